// Knows: the SQL of every table and its history. Does not know: what is written when. A new migration is a new row at the
// end of cm_schema_steps, on fixed tables only; a changed derived table is a new CM_SCHEMA_DERIVED. Serves DECISIONS
// "Store".
#include "base/buf.h"
#include "store/sqlite/schema.h"
#include "store/table.h"

#include <inttypes.h>
#include <stdio.h>

#define CM_SCHEMA_DERIVED 11    // version of the derived tables
#define CM_SCHEMA_SQL_MAX 16384 // the derived tables need a quarter of it

// Step N brings version N to N + 1.
static const char *const cm_schema_steps[] = {
        // What came, went and was said.
        "CREATE TABLE meta(name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;"
        "CREATE TABLE event(seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, cause TEXT NOT NULL, detail BLOB NOT NULL);"
        "CREATE TABLE artifact(id INTEGER PRIMARY KEY, sha256 BLOB NOT NULL, direction INTEGER NOT NULL,"
        " peer TEXT NOT NULL, media TEXT NOT NULL, name TEXT NOT NULL, at INTEGER NOT NULL, bytes BLOB NOT NULL,"
        " seq INTEGER);"
        "CREATE INDEX artifact_name ON artifact(name, id);"
        "CREATE INDEX artifact_seq ON artifact(seq) WHERE seq IS NOT NULL;"
        "CREATE TABLE peer(node TEXT PRIMARY KEY, state TEXT NOT NULL, title TEXT NOT NULL, address TEXT NOT NULL,"
        " card BLOB NOT NULL, secret BLOB NOT NULL, created INTEGER NOT NULL, changed INTEGER NOT NULL,"
        " expires INTEGER NOT NULL, tries INTEGER NOT NULL);"
        "CREATE TABLE reply(sender TEXT NOT NULL, \"transaction\" TEXT NOT NULL, digest BLOB NOT NULL,"
        " at INTEGER NOT NULL, context BLOB NOT NULL, answer BLOB NOT NULL, first INTEGER, acts INTEGER,"
        " PRIMARY KEY(sender, \"transaction\"));"
        "CREATE INDEX reply_at ON reply(at);"
        "CREATE INDEX reply_open ON reply(length(answer)) WHERE length(answer) = 0;"
        "CREATE TABLE outbox(id INTEGER PRIMARY KEY, peer TEXT NOT NULL, \"transaction\" TEXT NOT NULL,"
        " request TEXT NOT NULL, topic TEXT NOT NULL, artifact INTEGER NOT NULL, state INTEGER NOT NULL,"
        " tries INTEGER NOT NULL, created INTEGER NOT NULL, due INTEGER NOT NULL, answer INTEGER NOT NULL,"
        " trouble TEXT NOT NULL);"
        "CREATE INDEX outbox_due ON outbox(due, id) WHERE state = 1;"
        "CREATE INDEX outbox_request ON outbox(request, id);"
        "CREATE TABLE blob(sha256 BLOB PRIMARY KEY, length INTEGER NOT NULL, at INTEGER NOT NULL,"
        " origin TEXT NOT NULL);"
        "CREATE TABLE person(id TEXT PRIMARY KEY, name TEXT NOT NULL, state TEXT NOT NULL, at INTEGER NOT NULL);"
        // The register. entry = what the log commits to; act = what opens it; node = roots of full tiles, by level;
        // head is append-only: one root a size, for ever.
        "CREATE TABLE entry(idx INTEGER PRIMARY KEY, bytes BLOB NOT NULL);"
        "CREATE TABLE act(idx INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, request TEXT NOT NULL, seq INTEGER,"
        " body BLOB NOT NULL);"
        "CREATE INDEX act_request ON act(request, idx) WHERE request <> '';"
        "CREATE INDEX act_seq ON act(seq) WHERE seq IS NOT NULL;"
        "CREATE TABLE node(level INTEGER NOT NULL, n INTEGER NOT NULL, hash BLOB NOT NULL, PRIMARY KEY(level, n))"
        " WITHOUT ROWID;"
        "CREATE TABLE batch(first INTEGER PRIMARY KEY, count INTEGER NOT NULL, time INTEGER NOT NULL,"
        " root BLOB NOT NULL, signature BLOB, certificate BLOB);"
        "CREATE TABLE head(size INTEGER PRIMARY KEY, root BLOB NOT NULL, note BLOB NOT NULL);"
        "CREATE TRIGGER head_fixed BEFORE UPDATE ON head BEGIN SELECT RAISE(ABORT, 'heads are never changed'); END;"
        "CREATE TRIGGER head_kept BEFORE DELETE ON head BEGIN SELECT RAISE(ABORT, 'heads are never removed'); END;"
        "CREATE TRIGGER entry_fixed BEFORE UPDATE ON entry BEGIN SELECT RAISE(ABORT, 'entries are never changed');"
        " END;"
        "CREATE TRIGGER artifact_fixed BEFORE UPDATE ON artifact BEGIN"
        " SELECT RAISE(ABORT, 'artifacts are never changed'); END;",
        // Cases that were opened before they had a request.
        "ALTER TABLE person ADD COLUMN factors INTEGER NOT NULL DEFAULT 0;"
        "CREATE TABLE folder(id TEXT PRIMARY KEY, title TEXT NOT NULL, person TEXT NOT NULL, created INTEGER NOT NULL);",
        // The directory.
        "CREATE TABLE directory(name TEXT PRIMARY KEY, version INTEGER NOT NULL, at INTEGER NOT NULL, bytes BLOB NOT NULL);",
};
#define CM_SCHEMA_VERSION ((int64_t)(sizeof cm_schema_steps / sizeof *cm_schema_steps))

static cm_result
cm_schema_step(struct cm_db *db, int64_t from, struct cm_report *report)
{
	char done[64];
	snprintf(done, sizeof done, "PRAGMA user_version=%" PRId64, CM_SCHEMA_VERSION);
	cm_result r = cm_db_exec(db, "BEGIN IMMEDIATE", report);
	for (int64_t v = from; r == CM_OK && v < CM_SCHEMA_VERSION; v++)
		r = cm_db_exec(db, cm_schema_steps[v], report);
	if (r == CM_OK && from == 0)
		r = cm_schema_derive(db, report);
	if (r == CM_OK)
		r = cm_db_exec(db, done, report);
	if (r == CM_OK)
		return cm_db_exec(db, "COMMIT", report);
	cm_result_ignore(cm_db_exec(db, "ROLLBACK", NULL), "the first failure is the one to tell");
	return r;
}

cm_result
cm_schema_migrate(struct cm_db *db, const char *path, struct cm_report *report, bool *ret_derived_stale)
{
	int64_t version, derived;
	cm_result r = cm_db_ask(db, "PRAGMA user_version", report, &version);
	if (r != CM_OK)
		return r;
	if (version > CM_SCHEMA_VERSION)
		return cm_report_refuse(report, CM_ERROR_STORE_NEWER, path, "version %" PRId64 ", known %" PRId64, version,
		                        CM_SCHEMA_VERSION);
	if (version != 0 && version < CM_SCHEMA_VERSION) {
		char backup[1100];
		snprintf(backup, sizeof backup, "%s.before-%" PRId64, path, CM_SCHEMA_VERSION);
		r = cm_db_backup(db, backup, report);
	}
	if (r == CM_OK && version < CM_SCHEMA_VERSION)
		r = cm_schema_step(db, version, report);
	if (r == CM_OK)
		r = cm_db_ask(db, "SELECT value FROM meta WHERE name = 'derived'", report, &derived);
	if (r == CM_OK && derived > CM_SCHEMA_DERIVED)
		return cm_report_refuse(report, CM_ERROR_STORE_NEWER, path, "derived tables of version %" PRId64, derived);
	if (r == CM_OK)
		*ret_derived_stale = derived != CM_SCHEMA_DERIVED;
	return r;
}

static const char *
cm_schema_type(enum cm_table_type type)
{
	switch (type) {
	case CM_TABLE_ID:
	case CM_TABLE_NUMBER:
	case CM_TABLE_TIME:
		return "INTEGER";
	case CM_TABLE_TEXT:
		return "TEXT";
	case CM_TABLE_BYTES:
	case CM_TABLE_HASH:
		return "BLOB";
	}
	return "";
}

static void
cm_schema_table(const struct cm_table *table, struct cm_buf *sql)
{
	cm_buf_printf(sql, "DROP TABLE IF EXISTS \"%s\";CREATE TABLE \"%s\"(", table->name, table->name);
	for (const struct cm_table_column *c = table->columns; c->name != NULL; c++)
		cm_buf_printf(sql, "\"%s\" %s%s,", c->name, cm_schema_type(c->type),
		              c->type == CM_TABLE_ID ? "" : " NOT NULL");
	cm_buf_text(sql, "PRIMARY KEY(");
	for (size_t i = 0; i < table->keys; i++)
		cm_buf_printf(sql, "%s\"%s\"", i == 0 ? "" : ",", table->columns[i].name);
	// Names as keys: the tree of the key is the table itself, one less to write.
	cm_buf_printf(sql, "))%s;%s", table->columns[0].type == CM_TABLE_ID ? "" : " WITHOUT ROWID",
	              table->indexes == NULL ? "" : table->indexes);
}

cm_result
cm_schema_derive(struct cm_db *db, struct cm_report *report)
{
	struct cm_buf sql = cm_buf_of(CM_SCHEMA_SQL_MAX);
	for (int t = CM_TABLE_DERIVED; t < CM_TABLE_END; t++)
		cm_schema_table(cm_table_of((enum cm_table_name)t), &sql);
	cm_buf_printf(&sql, "INSERT OR REPLACE INTO meta VALUES('derived', %d);", CM_SCHEMA_DERIVED);
	cm_result r = cm_buf_result(&sql);
	if (r == CM_OK)
		r = cm_db_exec(db, cm_buf_cstr(&sql), report);
	cm_buf_fini(&sql);
	return r == CM_REFUSED ? CM_BUG : r;
}
