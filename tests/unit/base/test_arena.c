#include "unit.h"

#include "base/arena.h"
#include "base/mem.h"

static void
pieces_are_zeroed_aligned_and_apart(void **state)
{
	(void)state;
	struct cm_arena arena = {0};
	uint8_t *piece[200];
	for (size_t i = 0; i < 200; i++) {
		piece[i] = cm_arena_new(&arena, i * 37 % 9000 + 1);
		assert_non_null(piece[i]);
		assert_int_equal((uintptr_t)piece[i] % _Alignof(max_align_t), 0);
		for (size_t k = 0; k < i * 37 % 9000 + 1; k++)
			assert_int_equal(piece[i][k], 0);
		memset(piece[i], (int)i, i * 37 % 9000 + 1);
	}
	for (size_t i = 0; i < 200; i++)
		assert_int_equal(piece[i][i * 37 % 9000], i);
	struct cm_view copy = cm_arena_copy(&arena, cm_view_text("text"));
	assert_view_is(copy, "text");
	assert_int_equal(copy.p[4], 0);
	assert_false(arena.failed);
	cm_arena_fini(&arena);
	cm_arena_fini(NULL);
}

static void
overflow_and_no_memory_are_sticky(void **state)
{
	(void)state;
	struct cm_arena arena = {0};
	assert_null(cm_arena_new_many(&arena, 0, 8));
	assert_false(arena.failed);
	assert_null(cm_arena_new_many(&arena, SIZE_MAX, 8));
	assert_true(arena.failed);
	cm_arena_fini(&arena);
	arena = (struct cm_arena){0};
	cm_mem_fail_from(1);
	assert_null(cm_arena_new(&arena, 8));
	cm_mem_fail_from(0);
	assert_true(arena.failed);
	assert_int_equal(cm_arena_copy(&arena, cm_view_text("x")).n, 0);
	cm_arena_fini(&arena);
}

UNIT_MAIN(T(pieces_are_zeroed_aligned_and_apart), T(overflow_and_no_memory_are_sticky))
