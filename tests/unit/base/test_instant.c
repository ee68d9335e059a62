#include "unit.h"

#include "base/instant.h"

static void
every_day_of_four_centuries_comes_back(void **state)
{
	(void)state;
	for (int64_t day = 0; day < 146097; day++) {
		struct cm_instant t = {.us = day * CM_INSTANT_DAY + 3723 * CM_INSTANT_SECOND + 42};
		struct cm_instant back;
		assert_true(cm_instant_of_civil(cm_instant_civil(t), &back));
		assert_int_equal(t.us, back.us);
	}
}

static void
rfc3339_is_read_with_its_offset(void **state)
{
	(void)state;
	struct cm_instant t;
	char text[CM_INSTANT_TEXT];
	assert_true(cm_instant_read(cm_view_text("2027-03-02T01:22:04.318225+07:00"), &t));
	assert_string_equal(cm_instant_text_micro(t, text), "2027-03-01T18:22:04.318225Z");
	assert_string_equal(cm_instant_text_people(t, text), "2027-03-01 18:22:04 UTC");
}

static void
what_is_no_moment_is_refused(void **state)
{
	(void)state;
	static const char *const bad[] = {"2027-02-29T00:00:00Z", "2027-03-02T24:00:00Z", "2027-03-02T23:59:60Z",
	        "2027-03-02 01:22:04Z", "2027-03-02T01:22:04", "2027-03-02T01:22:04.Z", "2027-03-02T01:22:04z",
	        "1969-12-31T23:59:59Z", "1970-01-01T00:00:00+00:01", "2027-03-02T01:22:04+0200", "2027-13-02T01:22:04Z",
	        "2027-03-02T01:22:04.1234567890Z", "02027-03-02T01:22:04Z", "2027-03-02T01:22:04+24:00", ""};
	struct cm_instant t = {.us = 7};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(cm_instant_read(cm_view_text(bad[i]), &t));
	assert_int_equal(t.us, 7);
}

UNIT_MAIN(T(every_day_of_four_centuries_comes_back), T(rfc3339_is_read_with_its_offset),
          T(what_is_no_moment_is_refused))
