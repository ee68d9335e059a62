#include "unit.h"

#include "base/mem.h"
#include "domain/national.h"
#include "domain/nationals.h"
#include "vector_folder.h"

static struct cm_nationals all;

static struct cm_instant
at(const char *text)
{
	struct cm_instant t = {0};
	assert_true(cm_instant_read(cm_view_text(text), &t));
	return t;
}

static const struct cm_national *
state(const char *country)
{
	const struct cm_national *found = cm_nationals_find(&all, cm_view_text(country));
	assert_non_null(found);
	return found;
}

static struct cm_civil
day(int year, int month, int date)
{
	return (struct cm_civil){.year = year, .month = month, .day = date};
}

static cm_result
judge(struct cm_view bytes, struct cm_report *report)
{
	struct cm_national CM_CLEANUP(cm_national_fini) national = {.count = 0};
	return cm_national_read(bytes, report, &national);
}

static void
files_are_read_or_refused_by_the_rule_in_their_name(void **unused)
{
	(void)unused;
	vector_folder("national", ".tab", judge);
}

static void
the_invented_states_are_compiled_in(void **unused)
{
	(void)unused;
	assert_int_equal(all.count, 4);
	assert_null(cm_nationals_find(&all, cm_view_text("ZZ")));
	assert_null(cm_nationals_find(NULL, cm_view_text("XA")));
	assert_view_is(cm_national_find(state("XC"), CM_NATIONAL_RULE_NAME, at("2027-01-01T00:00:00Z"))->value, "Corvia");
}

static void
a_row_holds_from_its_first_day_to_its_last(void **unused)
{
	(void)unused;
	assert_null(cm_national_find_value(state("XD"), CM_NATIONAL_RULE_PARTY, "HC", at("2026-05-31T23:59:59Z")));
	assert_non_null(cm_national_find_value(state("XD"), CM_NATIONAL_RULE_PARTY, "HC", at("2026-06-01T00:00:00Z")));
	assert_null(cm_national_find_value(state("XC"), CM_NATIONAL_RULE_PARTY, "HC", at("2027-01-01T00:00:00Z")));
	assert_int_equal(cm_national_offset(state("XD"), at("2027-04-03T23:59:59Z")), 13 * 60);
	assert_int_equal(cm_national_offset(state("XD"), at("2027-04-04T00:00:00Z")), 12 * 60);
	assert_int_equal(cm_national_offset(state("XC"), at("2027-04-04T00:00:00Z")), -5 * 60);
	assert_int_equal(cm_national_offset(NULL, at("2027-04-04T00:00:00Z")), 0);
}

static void
values_are_found_alone_in_lists_and_by_all(void **unused)
{
	(void)unused;
	struct cm_instant t = at("2027-01-01T00:00:00Z");
	assert_non_null(cm_national_find_value(state("XA"), CM_NATIONAL_RULE_COURT_ORDER, "search", t));
	assert_null(cm_national_find_value(state("XA"), CM_NATIONAL_RULE_COURT_ORDER, "sear", t));
	assert_non_null(cm_national_find_value(state("XC"), CM_NATIONAL_RULE_DEATH_PENALTY, "csam", t));
	const struct cm_national_row *bar = cm_national_find(state("XA"), CM_NATIONAL_RULE_TIME_BAR, t);
	assert_view_is(bar->value, "all 10");
	bar = cm_national_next(state("XA"), bar, t);
	assert_view_is(bar->value, "fraud 15");
	assert_null(cm_national_next(state("XA"), bar, t));
	assert_false(cm_national_says(state("XB"), CM_NATIONAL_RULE_DEATH_ASSURANCE, t));
}

static void
working_days_are_those_of_the_week_without_holidays(void **unused)
{
	(void)unused;
	assert_true(cm_national_works(state("XA"), day(2027, 3, 25)));
	assert_false(cm_national_works(state("XA"), day(2027, 3, 26))); // Good Friday of that year
	assert_true(cm_national_works(state("XA"), day(2028, 3, 27)));
	assert_false(cm_national_works(state("XA"), day(2031, 12, 25))); // a Thursday, each year
	assert_true(cm_national_works(state("XD"), day(2027, 3, 7)));    // a Sunday
	assert_false(cm_national_works(state("XD"), day(2027, 3, 5)));   // a Friday
	assert_true(cm_national_works(NULL, day(2027, 1, 1)));
	assert_false(cm_national_works(NULL, day(2027, 1, 2)));
	assert_view_is(cm_national_holiday(state("XB"), day(2027, 2, 9))->text, "Lunar New Year");
	assert_false(cm_national_works(NULL, day(2027, 2, 30)));
}

static void
a_file_takes_the_place_of_the_one_before(void **unused)
{
	(void)unused;
	struct cm_report report = {0};
	struct cm_nationals CM_CLEANUP(cm_nationals_fini) some = {.count = 0};
	assert_int_equal(cm_nationals_exercise(&some, &report), CM_OK);
	assert_int_equal(cm_nationals_put(&some, cm_view_text("#national XB\nrule\tvalue\tfrom\tto\ttext\tsource\nname\tOther\t\t\t\ts. 1\n"),
	                                  &report), CM_OK);
	assert_int_equal(some.count, 4);
	const struct cm_national *xb = cm_nationals_find(&some, cm_view_text("XB"));
	assert_int_equal(xb->count, 1);
	assert_view_is(xb->rows[0].value, "Other");
}

static int
begin(void **unused)
{
	(void)unused;
	struct cm_report report = {0};
	return cm_nationals_exercise(&all, &report) == CM_OK ? 0 : -1;
}

static int
end(void **unused)
{
	(void)unused;
	cm_nationals_fini(&all);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	        T(files_are_read_or_refused_by_the_rule_in_their_name),
	        T(the_invented_states_are_compiled_in),
	        T(a_row_holds_from_its_first_day_to_its_last),
	        T(values_are_found_alone_in_lists_and_by_all),
	        T(working_days_are_those_of_the_week_without_holidays),
	        T(a_file_takes_the_place_of_the_one_before),
	};
	return cmocka_run_group_tests(tests, begin, end);
}
