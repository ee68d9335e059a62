#include "store_unit.h"

#include "store/sqlite/db.h"
#include "store/sqlite/schema.h"
#include "store/table.h"

static void
path_of(struct unit_store *u, char path[512])
{
	snprintf(path, 512, "%s/db/comity.db", u->home);
}

static void
a_newer_database_is_refused_and_left_alone(void **state)
{
	struct unit_store *u = *state;
	char path[512];
	struct cm_db *db;
	struct cm_store *store;
	struct cm_report report = {0};
	path_of(u, path);
	unit_close(u);
	assert_int_equal(cm_db_open(path, CM_DB_WRITE, NULL, &db), CM_OK);
	int64_t version;
	assert_int_equal(cm_db_ask(db, "PRAGMA user_version", NULL, &version), CM_OK);
	assert_int_equal(cm_db_exec(db, "PRAGMA user_version=1000", NULL), CM_OK);
	cm_db_close(db);
	assert_int_equal(cm_store_open(&u->options, &report, &store), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_STORE_NEWER));
	char back[64];
	snprintf(back, sizeof back, "PRAGMA user_version=%d", (int)version);
	assert_int_equal(cm_db_open(path, CM_DB_WRITE, NULL, &db), CM_OK);
	assert_int_equal(cm_db_exec(db, back, NULL), CM_OK);
	cm_db_close(db);
	unit_open(u);
}

static void
every_column_of_a_row_is_a_column_of_its_table(void **state)
{
	struct unit_store *u = *state;
	char path[512], sql[256];
	struct cm_db *db;
	path_of(u, path);
	for (int t = 0; t < CM_TABLE_END; t++) {
		const struct cm_table *table = cm_table_of((enum cm_table_name)t);
		for (const struct cm_table_column *c = table->columns; c->name != NULL; c++) {
			int64_t found;
			snprintf(sql, sizeof sql, "SELECT count(*) FROM pragma_table_info('%s') WHERE name = '%s'",
			         table->name, c->name);
			assert_int_equal(cm_db_open(path, CM_DB_READ, NULL, &db), CM_OK);
			assert_int_equal(cm_db_ask(db, sql, NULL, &found), CM_OK);
			cm_db_close(db);
			assert_int_equal(found, 1);
			assert_true(c->at < table->size);
		}
	}
}

static void
heads_entries_and_artifacts_are_never_changed(void **state)
{
	struct unit_store *u = *state;
	char path[512];
	struct cm_db *db;
	static const char *const bad[] = {"UPDATE head SET root = x'00'", "DELETE FROM head",
	        "UPDATE entry SET bytes = x'00'", "UPDATE artifact SET bytes = x'00'"};
	struct cm_change *change = unit_person("p1");
	struct cm_store_artifact a = {.direction = CM_STORE_IN, .bytes = cm_view_text("{}")};
	cm_change_artifact(change, &a);
	assert_int_equal(cm_store_submit_wait(u->store, change, NULL, NULL, NULL), CM_OK);
	unit_close(u);
	path_of(u, path);
	assert_int_equal(cm_db_open(path, CM_DB_WRITE, NULL, &db), CM_OK);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(cm_db_exec(db, bad[i], NULL), CM_REFUSED);
	cm_db_close(db);
	unit_open(u);
}

static void
a_flipped_bit_in_an_entry_stops_the_start(void **state)
{
	struct unit_store *u = *state;
	char path[512];
	struct cm_db *db;
	struct cm_store *store;
	struct cm_report report = {0};
	assert_int_equal(cm_store_submit_wait(u->store, unit_person("p1"), NULL, NULL, NULL), CM_OK);
	unit_close(u);
	path_of(u, path);
	assert_int_equal(cm_db_open(path, CM_DB_WRITE, NULL, &db), CM_OK);
	assert_int_equal(cm_db_exec(db, "UPDATE act SET body = substr(body, 1, 40) || x'ff' || substr(body, 42)", NULL),
	                 CM_OK);
	cm_db_close(db);
	assert_int_equal(cm_store_open(&u->options, &report, &store), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_STORE_DAMAGED));
}

UNIT_MAIN(S(a_newer_database_is_refused_and_left_alone), S(every_column_of_a_row_is_a_column_of_its_table),
          S(heads_entries_and_artifacts_are_never_changed), S(a_flipped_bit_in_an_entry_stops_the_start))
