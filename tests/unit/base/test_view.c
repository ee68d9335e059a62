#include "unit.h"

#include "base/view.h"

static void
views_compare_by_their_bytes(void **state)
{
	(void)state;
	struct cm_view abc = cm_view_text("abc"), none = cm_view_text(NULL);
	assert_true(cm_view_is(abc, "abc"));
	assert_false(cm_view_is(abc, "ab"));
	assert_false(cm_view_is(cm_view_of("ab\0", 3), "ab"));
	assert_true(cm_view_is(none, ""));
	assert_true(cm_view_equal(none, cm_view_text("")));
	assert_true(cm_view_starts(abc, "ab"));
	assert_true(cm_view_starts(abc, ""));
	assert_true(cm_view_starts(none, ""));
	assert_false(cm_view_starts(abc, "abcd"));
	assert_true(cm_view_order(cm_view_text("a"), cm_view_text("b")) < 0);
	assert_true(cm_view_order(cm_view_text("a"), cm_view_text("aa")) < 0);
	assert_true(cm_view_order(cm_view_text("\xff"), cm_view_text("a")) > 0);
	assert_int_equal(cm_view_order(abc, cm_view_text("abc")), 0);
	assert_true(cm_view_order(none, abc) < 0);
	assert_int_equal(cm_view_order(none, none), 0);
}

static void
parts_are_cut_at_the_end(void **state)
{
	(void)state;
	struct cm_view abc = cm_view_text("abc");
	assert_view_is(cm_view_part(abc, 1, 1), "b");
	assert_view_is(cm_view_part(abc, 1, SIZE_MAX), "bc");
	assert_int_equal(cm_view_part(abc, 3, 1).n, 0);
	assert_int_equal(cm_view_part(abc, SIZE_MAX, SIZE_MAX).n, 0);
	assert_int_equal(cm_view_part(abc, 0, 0).n, 0);
}

static void
finding_gives_the_place_or_the_end(void **state)
{
	(void)state;
	struct cm_view v = cm_view_of("a;b;\0", 5);
	assert_int_equal(cm_view_find(v, 0, ';'), 1);
	assert_int_equal(cm_view_find(v, 2, ';'), 3);
	assert_int_equal(cm_view_find(v, 4, ';'), 5);
	assert_int_equal(cm_view_find(v, 0, 0), 4);
	assert_int_equal(cm_view_find(v, 9, ';'), 5);
	assert_int_equal(cm_view_find(cm_view_of(NULL, 0), 0, ';'), 0);
}

UNIT_MAIN(T(views_compare_by_their_bytes), T(parts_are_cut_at_the_end), T(finding_gives_the_place_or_the_end))
