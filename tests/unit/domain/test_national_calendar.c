#include "unit.h"

#include "domain/deadline_rule.h"
#include "domain/national_calendar.h"

static struct cm_instant
at(const char *text)
{
	struct cm_instant t;
	assert_true(cm_instant_read(cm_view_text(text), &t));
	return t;
}

static const char law[] = "#national XA\nrule\tvalue\tfrom\tto\ttext\tsource\n"
                          "time_zone\tUTC+01:00\t\t2027-03-27\t\tinvented\n"
                          "time_zone\tUTC+02:00\t2027-03-28\t\t\tinvented\n"
                          "working_days\tmon; tue; wed; thu; fri\t\t\t\tinvented\n"
                          "holiday\t2027-03-26\t\t\t\tinvented\n"
                          "holiday\t12-25\t\t\t\tinvented\n";

static void
working_days_are_counted_on_the_days_of_a_table(void **state)
{
	(void)state;
	static struct cm_national_calendar c;
	struct cm_national national = {.count = 0};
	struct cm_deadline_rule three = {CM_DEADLINE_WORKING, CM_DEADLINE_DAY, 3}, ninety = {CM_DEADLINE_CALENDAR, CM_DEADLINE_DAY, 90};
	assert_int_equal(cm_national_read(cm_view_text(law), NULL, &national), CM_OK);
	// Wednesday 24 March; Thursday is the first, Friday is free, Monday and Tuesday; summer time began on Sunday.
	cm_national_calendar_init(&c, &national, at("2027-03-24T10:00:00Z"));
	assert_int_equal(cm_deadline_rule_end(&three, at("2027-03-24T10:00:00Z"), &c.calendar).us, at("2027-03-30T22:00:00Z").us);
	// The same local time ninety days later is an hour less.
	assert_int_equal(cm_deadline_rule_end(&ninety, at("2027-03-24T10:00:00Z"), &c.calendar).us, at("2027-06-22T09:00:00Z").us);
	// A holiday of every year.
	assert_false(cm_calendar_works(&c.calendar, cm_calendar_day(&c.calendar, at("2029-12-25T10:00:00Z")).day));
	cm_national_fini(&national);
}

static void
a_state_without_a_table_works_from_monday_to_friday(void **state)
{
	(void)state;
	static struct cm_national_calendar c;
	struct cm_deadline_rule one = {CM_DEADLINE_WORKING, CM_DEADLINE_DAY, 1};
	cm_national_calendar_init(&c, NULL, at("2027-03-26T10:00:00Z"));
	assert_int_equal(cm_deadline_rule_end(&one, at("2027-03-26T10:00:00Z"), &c.calendar).us, at("2027-03-30T00:00:00Z").us);
}

UNIT_MAIN(T(working_days_are_counted_on_the_days_of_a_table), T(a_state_without_a_table_works_from_monday_to_friday))
