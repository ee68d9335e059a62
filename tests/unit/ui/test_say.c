// How moments, lengths of time and sizes are said.
#include "unit.h"

#include "ui/say.h"

static struct cm_instant
at(const char *text)
{
	struct cm_instant t;
	assert_true(cm_instant_read(cm_view_text(text), &t));
	return t;
}

static void
is_left(const char *end, const char *now, const char *expected)
{
	struct cm_buf b = cm_buf_of(256);
	cm_say_left(NULL, at(end), at(now), &b);
	assert_string_equal(cm_buf_cstr(&b), expected);
	cm_buf_fini(&b);
}

static void
test_left(void **state)
{
	(void)state;
	is_left("2026-11-16T22:20:00Z", "2026-11-16T21:07:00Z", "1 h 13 min left");
	is_left("2026-11-16T20:25:00Z", "2026-11-16T21:07:00Z", "Late by 42 min");
	is_left("2026-11-16T21:07:00Z", "2026-11-16T21:07:00Z", "Late by 1 min");
	is_left("2026-11-16T21:07:30Z", "2026-11-16T21:07:00Z", "1 min left");
	is_left("2026-11-18T20:00:00Z", "2026-11-16T21:00:00Z", "47 h 0 min left");
	is_left("2026-11-18T22:00:00Z", "2026-11-16T21:00:00Z", "2 d 1 h left");
	is_left("2027-01-15T00:00:00Z", "2026-11-16T21:00:00Z", "59 d left");
}

static void
is_moment(const char *when, int32_t zone, const char *expected)
{
	struct cm_buf b = cm_buf_of(256);
	cm_say_moment(NULL, at(when), zone, &b);
	assert_string_equal(cm_buf_cstr(&b), expected);
	cm_buf_fini(&b);
}

static void
test_moment(void **state)
{
	(void)state;
	is_moment("2026-11-17T10:00:00Z", 420, "Tue 17 Nov 2026, 17:00 (10:00 UTC)");
	is_moment("2026-11-16T22:20:00Z", 420, "Tue 17 Nov 2026, 05:20 (Mon 16 Nov 2026, 22:20 UTC)");
	is_moment("2026-11-16T22:20:00Z", 0, "Mon 16 Nov 2026, 22:20 UTC");
	is_moment("2027-01-01T00:10:00Z", -300, "Thu 31 Dec 2026, 19:10 (Fri 1 Jan 2027, 00:10 UTC)");
}

static void
test_size(void **state)
{
	(void)state;
	static const struct {
		uint64_t bytes;
		const char *text;
	} rows[] = {{0, "0 bytes"}, {999, "999 bytes"}, {1000, "1.0 kB"}, {48234567890, "48.2 GB"}, {123456, "123 kB"},
	            {UINT64_MAX, "18.4 EB"}};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct cm_buf b = cm_buf_of(256);
		cm_say_size(NULL, rows[i].bytes, &b);
		assert_string_equal(cm_buf_cstr(&b), rows[i].text);
		cm_buf_fini(&b);
	}
}

UNIT_MAIN(T(test_left), T(test_moment), T(test_size))
