#include "unit.h"

#include "domain/calendar.h"

static struct cm_instant
at(const char *text)
{
	struct cm_instant t;
	assert_true(cm_instant_read(cm_view_text(text), &t));
	return t;
}

static int32_t
offset(const char *text)
{
	int32_t minutes = 9999;
	return cm_calendar_offset_read(cm_view_text(text), &minutes) ? minutes : 9999;
}

static void
an_offset_is_written_in_one_way(void **state)
{
	(void)state;
	assert_int_equal(offset("UTC"), 0);
	assert_int_equal(offset("UTC+13:00"), 780);
	assert_int_equal(offset("UTC-05:00"), -300);
	assert_int_equal(offset("UTC+05:45"), 345);
	assert_int_equal(offset("UTC+14:00"), CM_CALENDAR_OFFSET_MAX);
	static const char *const bad[] = {"", "utc", "UTC+14:01", "UTC+5:45", "UTC+13", "UTC+13:60", "UTC 13:00", "UTC+1300", "+13:00",
	                                  "UTC+13:00 ", "UTC+-1:00"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(offset(bad[i]), 9999);
}

// Scenario S5: one moment, as its two nodes show it.
static void
one_moment_is_shown_with_the_zone_of_either_side(void **state)
{
	(void)state;
	char text[CM_CALENDAR_TEXT];
	struct cm_calendar xa = {.offset = 780}, xb = {.offset = -300}, utc = {.offset = 0};
	assert_string_equal(cm_calendar_text(&xa, at("2027-03-11T00:00:00Z"), text), "2027-03-11 13:00:00 UTC+13:00");
	assert_string_equal(cm_calendar_text(&xb, at("2027-03-11T00:00:00Z"), text), "2027-03-10 19:00:00 UTC-05:00");
	assert_string_equal(cm_calendar_text(&utc, at("2027-03-11T00:00:00Z"), text), "2027-03-11 00:00:00 UTC");
	assert_int_equal(cm_calendar_day(&xa, at("2027-03-11T00:00:00Z")).day - cm_calendar_day(&xb, at("2027-03-11T00:00:00Z")).day, 1);
}

static void
weekends_and_holidays_are_days_off(void **state)
{
	(void)state;
	static const int32_t holidays[] = {20888}; // 2027-03-11
	struct cm_calendar c = {.weekend = CM_CALENDAR_SATURDAY | CM_CALENDAR_SUNDAY, .holidays = holidays, .holiday_count = 1};
	static const bool works[] = {true, false, true, false, false, true}; // Wednesday 10 March to Monday
	for (int64_t i = 0; i < 6; i++)
		assert_int_equal(cm_calendar_works(&c, cm_calendar_day(&c, at("2027-03-10T12:00:00Z")).day + i), works[i]);
}

UNIT_MAIN(T(an_offset_is_written_in_one_way), T(one_moment_is_shown_with_the_zone_of_either_side),
          T(weekends_and_holidays_are_days_off))
