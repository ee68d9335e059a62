#include "unit.h"

#include "base/num.h"

static void
numbers_within_their_range_are_read(void **state)
{
	(void)state;
	uint64_t u = 0;
	int64_t i = 0;
	assert_true(cm_num_u64(cm_view_text("0"), 0, 0, &u));
	assert_int_equal(u, 0);
	assert_true(cm_num_u64(cm_view_text("18446744073709551615"), 0, UINT64_MAX, &u));
	assert_true(u == UINT64_MAX);
	assert_true(cm_num_i64(cm_view_text("-9223372036854775808"), INT64_MIN, INT64_MAX, &i));
	assert_true(i == INT64_MIN);
	assert_true(cm_num_i64(cm_view_text("9223372036854775807"), INT64_MIN, INT64_MAX, &i));
	assert_true(i == INT64_MAX);
	assert_true(cm_num_i64(cm_view_text("-5"), -5, -5, &i));
	assert_int_equal(i, -5);
}

static void
other_texts_are_refused(void **state)
{
	(void)state;
	static const char *const bad[] = {"", "00", "01", "+1", "1 ", " 1", "1.0", "0x1", "1e3", "18446744073709551616",
	        "99999999999999999999999", "-1", "one", "11"};
	static const char *const signed_bad[] = {"-0", "-", "--1", "-01", "9223372036854775808", "-9223372036854775809", "+1", ""};
	uint64_t u = 7;
	int64_t i = 7;
	for (size_t k = 0; k + 1 < sizeof bad / sizeof *bad; k++)
		assert_false(cm_num_u64(cm_view_text(bad[k]), 0, UINT64_MAX, &u));
	assert_false(cm_num_u64(cm_view_text("11"), 0, 10, &u));
	assert_false(cm_num_u64(cm_view_text("0"), 1, 10, &u));
	assert_false(cm_num_u64(cm_view_of("1\0", 2), 0, 10, &u));
	for (size_t k = 0; k < sizeof signed_bad / sizeof *signed_bad; k++)
		assert_false(cm_num_i64(cm_view_text(signed_bad[k]), INT64_MIN, INT64_MAX, &i));
	assert_int_equal(u, 7);
	assert_int_equal(i, 7);
}

static void
sums_and_products_stop_at_the_edge(void **state)
{
	(void)state;
	uint64_t x = 7;
	assert_false(cm_num_add(UINT64_MAX, 1, &x));
	assert_false(cm_num_mul(UINT64_C(1) << 32, UINT64_C(1) << 32, &x));
	assert_int_equal(x, 7);
	assert_true(cm_num_add(UINT64_MAX - 1, 1, &x));
	assert_true(x == UINT64_MAX);
	assert_true(cm_num_mul(UINT64_C(1) << 32, UINT64_C(1) << 31, &x));
	assert_true(x == UINT64_C(1) << 63);
}

UNIT_MAIN(T(numbers_within_their_range_are_read), T(other_texts_are_refused), T(sums_and_products_stop_at_the_edge))
