#include "store_unit.h"

#include "domain/log_check.h"
#include "os/clock.h"
#include "format/tile.h"

static cm_result
fetch(void *self, const char *name, struct cm_report *report, struct cm_buf *to)
{
	struct unit_store *u = self;
	char path[512];
	snprintf(path, sizeof path, "%s/log/%s", u->home, name);
	return cm_file_load(path, to, report);
}

// Appends `n` acts, sixteen a change.
static void
append(struct unit_store *u, size_t n)
{
	for (size_t done = 0; done < n;) {
		struct cm_change *change = unit_person("p1");
		struct cm_act_values values = {0};
		cm_act_set(&values, CM_ACT_FIELD_TYPE, cm_view_text("person_added"));
		cm_act_set(&values, CM_ACT_FIELD_PERSON, cm_view_text("p2"));
		for (done++; done % 16 != 0 && done < n; done++)
			cm_change_act(change, &values);
		assert_int_equal(cm_store_submit_wait(u->store, change, NULL, NULL, NULL), CM_OK);
	}
}

static void
publish(struct unit_store *u)
{
	struct cm_store_figures f;
	cm_store_figures(u->store, &f);
	assert_int_equal(cm_tiles_wait(u->store, f.size, cm_clock_after(20 * CM_INSTANT_SECOND), NULL), CM_OK);
}

static void
the_folder_is_whole_for_its_own_head(void **state)
{
	struct unit_store *u = *state;
	static const size_t steps[] = {1, 9, 240, 6, 300, 1};
	static struct cm_report report;
	struct cm_log_check check = {.fetch = fetch, .self = u, .keys = &u->log, .key_count = 1};
	uint64_t size = 0;
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		struct cm_log_check_told told;
		append(u, steps[i]);
		size += steps[i];
		publish(u);
		cm_result r = cm_log_check_run(&check, &report, &told);
		if (r != CM_OK)
			print_message("%s: %s\n", report.findings[0].place, report.findings[0].seen);
		assert_int_equal(r, CM_OK);
		assert_int_equal(told.size, size);
		assert_string_equal(told.origin, "xa.contact/log/2027");
	}
	// Proofs from the folder alone hold for the database's acts.
	struct cm_buf proof = cm_buf_of(100000);
	struct cm_store_receipt_page *page;
	const struct cm_store_receipt *receipt;
	assert_int_equal(cm_log_check_prove(&check, 255, &report, &proof), CM_OK);
	assert_int_equal(cm_store_act_by_index(u->store, 255, &report, &page, &receipt), CM_OK);
	assert_true(cm_view_equal(cm_buf_view(&proof), receipt->proof));
	cm_store_receipt_page_free(page);
	assert_int_equal(cm_log_check_prove(&check, size, &report, &proof), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_FSCK_INDEX));
	assert_int_equal(cm_store_check(u->store, &report), CM_OK);
	cm_buf_fini(&proof);
}

static void
partial_tiles_of_older_heads_are_still_given(void **state)
{
	struct unit_store *u = *state;
	struct cm_buf narrow = cm_buf_of(100000), wide = cm_buf_of(100000);
	struct cm_report report = {0};
	append(u, 5);
	publish(u);
	assert_int_equal(cm_tiles_read(u->store, cm_view_text("tile/0/000.p/5"), &report, &narrow), CM_OK);
	append(u, 260);
	publish(u);
	assert_int_equal(cm_tiles_read(u->store, cm_view_text("tile/0/000.p/5"), &report, &wide), CM_OK);
	assert_true(cm_view_equal(cm_buf_view(&narrow), cm_buf_view(&wide)));
	cm_buf_clear(&wide);
	assert_int_equal(cm_tiles_read(u->store, cm_view_text("tile/entries/000.p/3"), &report, &wide), CM_OK);
	assert_int_equal(wide.n, 3 * (2 + 69));
	cm_buf_clear(&wide);
	assert_int_equal(cm_tiles_read(u->store, cm_view_text("tile/1/000.p/1"), &report, &wide), CM_OK);
	assert_int_equal(wide.n, 32);
	cm_buf_clear(&wide);
	assert_int_equal(cm_tiles_read(u->store, cm_view_text("checkpoint"), &report, &wide), CM_OK);
	assert_true(cm_view_starts(cm_buf_view(&wide), "xa.contact/log/2027\n265\n"));
	static const char *const missing[] = {"tile/0/001.p/10", "tile/0/002", "tile/0/001", "tile/2/000.p/1"};
	for (size_t i = 0; i < 4; i++) {
		cm_report_clear(&report);
		assert_int_equal(cm_tiles_read(u->store, cm_view_text(missing[i]), &report, &wide), CM_REFUSED);
		assert_true(cm_report_has(&report, CM_ERROR_TILE_MISSING));
	}
	assert_int_equal(cm_tiles_read(u->store, cm_view_text("../db/comity.db"), &report, &wide), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_TILE_NAME));
	cm_buf_fini(&narrow);
	cm_buf_fini(&wide);
}

// Every kind of damage to a folder has its name.
static void
damage_is_found_by_name(void **state)
{
	struct unit_store *u = *state;
	static const struct {
		const char *file;
		bool remove;
		enum cm_error rule;
	} rows[] = {
	        {"tile/0/000", false, CM_ERROR_FSCK_LEAF},      {"tile/entries/000", false, CM_ERROR_FSCK_LEAF},
	        {"tile/1/000.p/1", false, CM_ERROR_FSCK_NODE},  {"tile/0/001.p/4", true, CM_ERROR_FSCK_MISSING},
	        {"tile/entries/001.p/4", true, CM_ERROR_FSCK_MISSING}, {"checkpoint", false, CM_ERROR_NOTE_UNSIGNED},
	};
	append(u, 260);
	publish(u);
	unit_close(u);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char path[512];
		static struct cm_report report;
		struct cm_log_check check = {.fetch = fetch, .self = u, .keys = &u->log, .key_count = 1};
		struct cm_log_check_told told;
		struct cm_buf was = cm_buf_of(1000000), now = cm_buf_of(1000000);
		cm_report_clear(&report);
		snprintf(path, sizeof path, "%s/log/%s", u->home, rows[i].file);
		assert_int_equal(cm_file_load(path, &was, NULL), CM_OK);
		cm_buf_view_add(&now, cm_buf_view(&was));
		now.p[i == 5 ? now.n - 50 : 20] ^= 1;
		assert_int_equal(cm_file_remove(path, NULL), CM_OK);
		if (!rows[i].remove)
			assert_int_equal(cm_file_replace(path, 0644, cm_buf_view(&now), NULL), CM_OK);
		assert_int_equal(cm_log_check_run(&check, &report, &told), CM_REFUSED);
		if (i != 5)
			assert_true(cm_report_has(&report, rows[i].rule));
		assert_int_equal(cm_file_replace(path, 0644, cm_buf_view(&was), NULL), CM_OK);
		cm_buf_fini(&was);
		cm_buf_fini(&now);
	}
	unit_open(u);
}

static void
a_folder_ahead_of_the_database_stops_the_start(void **state)
{
	struct unit_store *u = *state;
	char from[512], to[512];
	struct cm_report report = {0};
	struct cm_store *store;
	append(u, 3);
	publish(u);
	unit_close(u);
	// An old backup: the database of a younger register beside the published head of this one.
	snprintf(from, sizeof from, "%s/db", u->home);
	snprintf(to, sizeof to, "%s/db.away", u->home);
	assert_int_equal(cm_file_rename(from, to, NULL), CM_OK);
	assert_int_equal(cm_store_open(&u->options, &report, &store), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_STORE_DAMAGED));
	assert_int_equal(cm_dir_remove_all(from, NULL), CM_OK);
	assert_int_equal(cm_file_rename(to, from, NULL), CM_OK);
	unit_open(u);
}

UNIT_MAIN(S(the_folder_is_whole_for_its_own_head), S(partial_tiles_of_older_heads_are_still_given),
          S(damage_is_found_by_name), S(a_folder_ahead_of_the_database_stops_the_start))
