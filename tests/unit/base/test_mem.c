#include "unit.h"

#include "base/mem.h"

static void
memory_comes_zeroed(void **state)
{
	(void)state;
	for (size_t n = 0; n < 300; n += 7) {
		uint8_t *p = cm_mem_new(n);
		assert_non_null(p);
		for (size_t i = 0; i < n; i++)
			assert_int_equal(p[i], 0);
		memset(p, 0xff, n);
		cm_mem_free(p);
	}
	cm_mem_free(NULL);
}

static void
products_that_overflow_give_nothing(void **state)
{
	(void)state;
	assert_null(cm_mem_new_many(SIZE_MAX, 2));
	assert_null(cm_mem_new_many(SIZE_MAX / 2 + 1, 2));
	void *p = cm_mem_new_many(SIZE_MAX, 0);
	assert_non_null(p);
	cm_mem_free(p);
	assert_null(cm_mem_text("x", SIZE_MAX));
}

static void
a_copy_ends_with_nul(void **state)
{
	(void)state;
	CM_AUTO char *p = cm_mem_text("abcdef", 3);
	assert_string_equal(p, "abc");
	CM_AUTO char *empty = cm_mem_text(NULL, 0);
	assert_string_equal(empty, "");
}

static void
taken_memory_survives_its_scope(void **state)
{
	(void)state;
	char *kept;
	{
		CM_AUTO char *p = cm_mem_text("kept", 4);
		kept = cm_take(&p);
		assert_null(p);
	}
	assert_string_equal(kept, "kept");
	cm_mem_free(kept);
}

static void
the_hook_fails_the_nth_and_all_after(void **state)
{
	(void)state;
	cm_mem_fail_from(3);
	void *a = cm_mem_new(1), *b = cm_mem_new(1);
	assert_non_null(a);
	assert_non_null(b);
	assert_null(cm_mem_new(1));
	assert_null(cm_mem_resize(a, 100));
	assert_null(cm_mem_text("x", 1));
	cm_mem_fail_from(0);
	a = cm_mem_resize(a, 100);
	assert_non_null(a);
	cm_mem_free(a);
	cm_mem_free(b);
}

static void
wiping_leaves_zeros(void **state)
{
	(void)state;
	uint8_t bytes[40];
	memset(bytes, 0xaa, sizeof bytes);
	cm_mem_wipe(bytes + 4, 32);
	cm_mem_wipe(NULL, 0);
	for (size_t i = 0; i < sizeof bytes; i++)
		assert_int_equal(bytes[i], i >= 4 && i < 36 ? 0 : 0xaa);
}

UNIT_MAIN(T(memory_comes_zeroed), T(products_that_overflow_give_nothing), T(a_copy_ends_with_nul),
          T(taken_memory_survives_its_scope), T(the_hook_fails_the_nth_and_all_after), T(wiping_leaves_zeros))
