#include "base/tab_limit.h"
#include "zip_kit.h"

static const struct cm_zip_read_options ours = {0}, theirs = {.foreign = true};

static void
read_accepted(const char *name, struct cm_view bytes)
{
	struct cm_report report = {0};
	struct cm_zip_read *r = NULL;
	if (kit_read(bytes, &ours, &report, &r) != CM_OK)
		fail_msg("%s: %s", name, cm_error_row(report.findings[0].rule)->name);
	cm_zip_read_free(r);
	assert_int_equal(kit_read(bytes, &theirs, &report, &r), CM_OK);
	cm_zip_read_free(r);
}

static void
read_refused(const char *name, struct cm_view bytes)
{
	const struct cm_zip_read_options *const options[] = {&ours, &theirs};
	for (size_t i = 0; i < 2; i++) {
		struct cm_report report = {0};
		struct cm_zip_read *r = NULL;
		cm_result result = kit_read(bytes, options[i], &report, &r);
		if (result != CM_REFUSED || !cm_report_has(&report, kit_rule(name)))
			fail_msg("%s: %s %s %s", name, cm_result_name(result),
			         cm_error_row(report.findings[0].rule)->name, report.findings[0].seen);
		assert_null(r);
	}
}

static void
read_foreign(const char *name, struct cm_view bytes)
{
	struct cm_report report = {0};
	struct cm_zip_read *r = NULL;
	if (kit_read(bytes, &ours, &report, &r) != CM_REFUSED || !cm_report_has(&report, kit_rule(name)))
		fail_msg("%s: %s", name, cm_error_row(report.findings[0].rule)->name);
	cm_report_clear(&report);
	if (kit_read(bytes, &theirs, &report, &r) != CM_OK)
		fail_msg("%s, foreign: %s %s", name, cm_error_row(report.findings[0].rule)->name,
		         report.findings[0].seen);
	cm_zip_read_free(r);
}

static void
every_accept_file_is_read(void **state)
{
	(void)state;
	assert_true(kit_each_file("zip/accept", read_accepted) >= 7);
}

static void
every_refuse_file_is_refused_by_its_rule(void **state)
{
	(void)state;
	assert_true(kit_each_file("zip/refuse", read_refused) >= 80);
}

static void
what_others_write_is_read_on_request_only(void **state)
{
	(void)state;
	assert_true(kit_each_file("zip/foreign", read_foreign) >= 16);
}

static struct cm_buf
small(void)
{
	struct cm_buf b = cm_buf_of(KIT_MAX);
	CM_CLEANUP(cm_zip_write_fini) struct cm_zip_write w;
	cm_zip_write_init(&w, &(struct cm_zip_write_options){.modified = cm_instant_of_seconds(1804123456)});
	assert_int_equal(kit_put(&w, &b, "mimetype", cm_view_text("application/vnd.etsi.asic-e+zip")), CM_OK);
	assert_int_equal(kit_put(&w, &b, "data/ä b.txt", cm_view_text("contents\n")), CM_OK);
	assert_int_equal(kit_put(&w, &b, "data/empty", cm_view_text("")), CM_OK);
	assert_int_equal(cm_zip_write_end(&w, &b, NULL), CM_OK);
	return b;
}

static void
entries_are_found_where_their_contents_are(void **state)
{
	(void)state;
	CM_CLEANUP(cm_buf_fini) struct cm_buf b = small();
	struct cm_zip_read *r = NULL;
	assert_int_equal(kit_read(cm_buf_view(&b), &ours, NULL, &r), CM_OK);
	assert_int_equal(cm_zip_read_count(r), 3);
	const struct cm_zip_entry *e = cm_zip_read_find(r, "data/ä b.txt");
	assert_ptr_equal(e, cm_zip_read_entry(r, 1));
	assert_view_is(cm_view_of(b.p + e->offset, (size_t)e->size), "contents\n");
	assert_null(cm_zip_read_find(r, "data"));
	assert_null(cm_zip_read_entry(r, 3));
	cm_zip_read_free(r);
}

static void
every_flip_of_every_byte_is_refused(void **state)
{
	(void)state;
	CM_CLEANUP(cm_buf_fini) struct cm_buf b = small();
	for (size_t i = 0; i < b.n; i++)
		for (unsigned mask = 1; mask < 256; mask++) {
			struct cm_report report = {0};
			struct cm_zip_read *r = NULL;
			b.p[i] ^= (uint8_t)mask;
			cm_result result = kit_read(cm_buf_view(&b), &ours, &report, &r);
			b.p[i] ^= (uint8_t)mask;
			bool named = result == CM_REFUSED && report.count > 0;
			// DOS times stand twice: one flip can't change both, so even they are refused.
			if (!named)
				fail_msg("byte %zu mask %02x: %s", i, mask, cm_result_name(result));
		}
}

static void
every_shorter_or_longer_container_is_refused(void **state)
{
	(void)state;
	CM_CLEANUP(cm_buf_fini) struct cm_buf b = small();
	cm_buf_fill(&b, 0, 3);
	struct cm_zip_read *r = NULL;
	for (size_t n = 0; n <= b.n; n++)
		if (n != b.n - 3)
			assert_int_equal(kit_read(cm_view_of(b.p, n), &ours, NULL, &r), CM_REFUSED);
	for (size_t from = 1; from < b.n - 3; from++)
		assert_int_equal(kit_read(cm_view_of(b.p + from, b.n - 3 - from), &ours, NULL, &r), CM_REFUSED);
}

static void
limits_hold_at_their_value_and_one_past_it(void **state)
{
	(void)state;
	CM_CLEANUP(cm_buf_fini) struct cm_buf b = small();
	struct cm_zip_read *r = NULL;
	struct cm_report report = {0};
	struct cm_zip_read_options o = {.max_entries = 3, .max_entry_bytes = 31};
	assert_int_equal(kit_read(cm_buf_view(&b), &o, &report, &r), CM_OK);
	cm_zip_read_free(r);
	o.max_entries = 2;
	assert_int_equal(kit_read(cm_buf_view(&b), &o, &report, &r), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_ZIP_TOO_MANY_ENTRIES));
	o = (struct cm_zip_read_options){.max_entry_bytes = 30};
	assert_int_equal(kit_read(cm_buf_view(&b), &o, &report, &r), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_ZIP_ENTRY_TOO_BIG));
}

// A directory of one megabyte and one byte, without reading it: the end record is enough.
static void
a_directory_is_bounded_before_it_is_asked_for(void **state)
{
	(void)state;
	for (uint32_t more = 0; more < 2; more++) {
		CM_CLEANUP(cm_buf_fini) struct cm_buf b = cm_buf_of(128);
		uint32_t size = CM_LIMIT_ZIP_DIRECTORY_BYTES_VALUE + more;
		cm_buf_fill(&b, 0, 76);
		cm_buf_u32le(&b, 0x06054b50);
		cm_buf_u32le(&b, 0);
		cm_buf_u16le(&b, 1);
		cm_buf_u16le(&b, 1);
		cm_buf_u32le(&b, size);
		cm_buf_u32le(&b, 31);
		cm_buf_u16le(&b, 0);
		struct cm_zip_read *r = NULL;
		struct cm_report report = {0};
		struct cm_zip_need need = {0};
		assert_int_equal(cm_zip_read_new(&ours, 31 + (uint64_t)size + 22, &r), CM_OK);
		assert_int_equal(cm_zip_read_step(r, (struct cm_view){0}, &report, &need), CM_OK);
		assert_int_equal(need.length, 98);
		cm_result result = cm_zip_read_step(r, cm_buf_view(&b), &report, &need);
		assert_int_equal(result, more == 0 ? CM_OK : CM_REFUSED);
		assert_int_equal(cm_report_has(&report, CM_ERROR_ZIP_DIRECTORY_SIZE), more == 1);
		cm_zip_read_free(r);
	}
}

static void
bytes_that_nobody_asked_for_are_our_bug(void **state)
{
	(void)state;
	struct cm_zip_read *r = NULL;
	struct cm_zip_need need = {0};
	assert_int_equal(cm_zip_read_new(&ours, 1000, &r), CM_OK);
	assert_int_equal(cm_zip_read_step(r, cm_view_text("x"), NULL, &need), CM_BUG);
	cm_zip_read_free(r);
	cm_zip_read_free(NULL);
}

static void
every_missing_memory_is_survived(void **state)
{
	(void)state;
	CM_CLEANUP(cm_buf_fini) struct cm_buf b = small();
	cm_result result = CM_NOMEM;
	unsigned long n = 0;
	while (result == CM_NOMEM) {
		struct cm_zip_read *r = NULL;
		cm_mem_fail_from(++n);
		result = kit_read(cm_buf_view(&b), &ours, NULL, &r);
		cm_mem_fail_from(0);
		if (result == CM_OK)
			cm_zip_read_free(r);
	}
	assert_int_equal(result, CM_OK);
	assert_true(n > 4);
}

UNIT_MAIN(T(every_accept_file_is_read), T(every_refuse_file_is_refused_by_its_rule),
          T(what_others_write_is_read_on_request_only), T(entries_are_found_where_their_contents_are),
          T(every_flip_of_every_byte_is_refused), T(every_shorter_or_longer_container_is_refused),
          T(limits_hold_at_their_value_and_one_past_it), T(a_directory_is_bounded_before_it_is_asked_for),
          T(bytes_that_nobody_asked_for_are_our_bug), T(every_missing_memory_is_survived))
