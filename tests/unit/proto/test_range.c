#include "vector_folder.h"

#include "proto/range.h"

static const struct {
	const char *range;
	uint64_t from, length;
} good[] = {{"bytes=0-0", 0, 1}, {"bytes=0-499", 0, 500}, {"bytes=500-", 500, 500}, {"bytes=999-", 999, 1},
        {"bytes=-1", 999, 1}, {"bytes=-1000", 0, 1000}, {"bytes=-5000", 0, 1000}, {"bytes=10-18446744073709551615", 10, 990}};

static void
one_range_is_served(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		struct cm_range range;
		assert_int_equal(cm_range_read(cm_view_text(good[i].range), cm_view_text(""), "\"t\"", 1000, NULL, &range), CM_OK);
		assert_int_equal(range.from, good[i].from);
		assert_int_equal(range.length, good[i].length);
		assert_true(range.partial);
	}
}

static cm_result
judge(struct cm_view range, struct cm_report *report)
{
	struct cm_range got = {.from = 7};
	cm_result r = cm_range_read(range, cm_view_text(""), "\"t\"", 1000, report, &got);
	assert_true(r == CM_OK || got.from == 7);
	return r;
}

static void
anything_else_is_416(void **state)
{
	(void)state;
	struct cm_range range;
	vector_folder("http", ".range", judge);
	assert_int_equal(cm_range_read(cm_view_text("bytes=-1"), cm_view_text(""), "\"t\"", 0, NULL, &range), CM_REFUSED);
}

static void
a_changed_object_is_sent_whole(void **state)
{
	(void)state;
	struct cm_range range;
	struct cm_view asked = cm_view_text("bytes=5-9");
	assert_int_equal(cm_range_read(asked, cm_view_text("\"old\""), "\"new\"", 1000, NULL, &range), CM_OK);
	assert_false(range.partial);
	assert_int_equal(range.length, 1000);
	assert_int_equal(cm_range_read(asked, cm_view_text("\"new\""), "\"new\"", 1000, NULL, &range), CM_OK);
	assert_true(range.partial);
	char text[CM_RANGE_TEXT];
	assert_string_equal(cm_range_content(range, 1000, text), "bytes 5-9/1000");
	assert_string_equal(cm_range_unsatisfied(1000, text), "bytes */1000");
}

UNIT_MAIN(T(one_range_is_served), T(anything_else_is_416), T(a_changed_object_is_sent_whole))
