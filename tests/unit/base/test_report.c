#include "unit.h"

#include "base/mem.h"
#include "base/report.h"
#include "base/text.h"

static void
a_finding_names_rule_place_and_what_was_seen(void **state)
{
	(void)state;
	struct cm_report report = {0};
	assert_int_equal(cm_report_refuse(&report, CM_ERROR_USAGE, "option 2", "\"%s\"", "--x"), CM_REFUSED);
	assert_int_equal(cm_report_failed(&report, CM_ERROR_IO_READ, "file", "%d", 5), CM_FAILED);
	cm_report_add(&report, CM_ERROR_IO_WRITE, "", "%s", "");
	assert_int_equal(report.count, 3);
	assert_string_equal(report.findings[0].place, "option 2");
	assert_string_equal(report.findings[0].seen, "\"--x\"");
	assert_true(cm_report_has(&report, CM_ERROR_IO_READ));
	assert_false(cm_report_has(&report, CM_ERROR_INTERNAL));
	cm_report_clear(&report);
	assert_int_equal(report.count, 0);
	assert_int_equal(cm_report_refuse(NULL, CM_ERROR_USAGE, "x", "%s", "y"), CM_REFUSED);
}

static void
strangers_bytes_are_escaped(void **state)
{
	(void)state;
	struct cm_report report = {0};
	cm_report_add(&report, CM_ERROR_USAGE, "a\tb", "%s", "x\033[2Jy\xff\u202ez\n");
	assert_string_equal(report.findings[0].place, "a\\x09b");
	assert_null(strchr(report.findings[0].seen, '\033'));
	assert_true(cm_text_showable(cm_view_text(report.findings[0].seen), false));
}

static void
long_texts_are_cut_between_characters(void **state)
{
	(void)state;
	char text[1200];
	for (size_t shift = 0; shift < 4; shift++) {
		struct cm_report report = {0};
		memset(text, 'a', shift);
		for (size_t i = shift; i + 3 < sizeof text; i += 3)
			memcpy(text + i, "€", 4);
		cm_report_add(&report, CM_ERROR_USAGE, text, "%s", text);
		assert_true(cm_text_utf8(cm_view_text(report.findings[0].place)));
		assert_true(cm_text_utf8(cm_view_text(report.findings[0].seen)));
		assert_true(strlen(report.findings[0].place) > CM_REPORT_PLACE - 8);
	}
}

static void
what_does_not_fit_is_counted(void **state)
{
	(void)state;
	struct cm_report report = {0}, sum = {0};
	for (size_t i = 0; i < CM_REPORT_MAX + 5; i++)
		cm_report_add(&report, CM_ERROR_USAGE, "x", "%zu", i);
	assert_int_equal(report.count, CM_REPORT_MAX);
	assert_int_equal(report.dropped, 5);
	cm_report_add(&sum, CM_ERROR_INTERNAL, "y", "z");
	cm_report_join(&sum, &report);
	assert_int_equal(sum.count, CM_REPORT_MAX);
	assert_int_equal(sum.dropped, 6);
	assert_int_equal(sum.findings[0].rule, CM_ERROR_INTERNAL);
}

// The rule must be told even when there is no memory to quote what was seen.
static void
without_memory_the_rule_is_still_told(void **state)
{
	(void)state;
	for (unsigned long n = 1; n < 6; n++) {
		struct cm_report report = {0};
		cm_mem_fail_from(n);
		assert_int_equal(cm_report_refuse(&report, CM_ERROR_USAGE, "place", "%s", "seen"), CM_REFUSED);
		cm_mem_fail_from(0);
		assert_int_equal(report.count, 1);
		assert_int_equal(report.findings[0].rule, CM_ERROR_USAGE);
	}
}

// Codes are words in snake case, and each says what is wrong and what to do.
static void
every_error_row_is_whole(void **state)
{
	(void)state;
	for (enum cm_error e = CM_ERROR_NONE + 1; e < CM_ERROR_END; e++) {
		const struct cm_error_row *row = cm_error_row(e);
		assert_true(strspn(row->name, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(row->name));
		if (strlen(row->text) < 10 || strlen(row->remedy) < 5 || row->source[0] == 0)
			fail_msg("row %s", row->name);
		assert_int_equal(cm_error_find(row->name, strlen(row->name)), e);
	}
	assert_string_equal(cm_error_row(CM_ERROR_END)->name, "");
	assert_int_equal(cm_error_find("nothing", 7), CM_ERROR_NONE);
}

UNIT_MAIN(T(a_finding_names_rule_place_and_what_was_seen), T(strangers_bytes_are_escaped),
          T(long_texts_are_cut_between_characters), T(what_does_not_fit_is_counted),
          T(without_memory_the_rule_is_still_told), T(every_error_row_is_whole))
