// Knows: how pieces are cut from blocks. Does not know: what they are for.
#include "base/arena.h"

#include <stdalign.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"

#define CM_ARENA_BLOCK 4096 // bytes of an ordinary block; larger pieces get a block of their own

struct cm_arena_block {
	struct cm_arena_block *next;
	size_t used, room;
	alignas(max_align_t) uint8_t bytes[];
};

void *
cm_arena_new(struct cm_arena *arena, size_t size)
{
	size_t align = alignof(max_align_t);
	uint64_t need;
	if (arena->failed || !cm_num_add(size, align - 1, &need) || need > SIZE_MAX / 2) {
		arena->failed = true;
		return NULL;
	}
	need -= need % align;
	struct cm_arena_block *b = arena->blocks;
	if (b == NULL || need > b->room - b->used) {
		size_t room = need > CM_ARENA_BLOCK ? need : CM_ARENA_BLOCK;
		b = cm_mem_new(sizeof *b + room);
		if (b == NULL) {
			arena->failed = true;
			return NULL;
		}
		b->room = room;
		b->next = arena->blocks;
		arena->blocks = b;
	}
	void *p = b->bytes + b->used;
	b->used += need;
	return p;
}

void *
cm_arena_new_many(struct cm_arena *arena, size_t count, size_t size)
{
	uint64_t total;
	if (count == 0)
		return NULL;
	if (!cm_num_mul(count, size, &total) || total > SIZE_MAX / 2) {
		arena->failed = true;
		return NULL;
	}
	return cm_arena_new(arena, total);
}

struct cm_view
cm_arena_copy(struct cm_arena *arena, struct cm_view v)
{
	uint8_t *p = cm_arena_new(arena, v.n + 1);
	if (p == NULL)
		return cm_view_of(NULL, 0);
	if (v.n != 0)
		memcpy(p, v.p, v.n);
	return cm_view_of(p, v.n);
}

void
cm_arena_adopt(struct cm_arena *arena, struct cm_arena *from)
{
	struct cm_arena_block **end = &arena->blocks;
	while (*end != NULL)
		end = &(*end)->next;
	*end = from->blocks;
	arena->failed = arena->failed || from->failed;
	from->blocks = NULL;
	from->failed = false;
}

void
cm_arena_fini(struct cm_arena *arena)
{
	if (arena == NULL)
		return;
	while (arena->blocks != NULL) {
		struct cm_arena_block *b = arena->blocks;
		arena->blocks = b->next;
		cm_mem_free(b);
	}
	arena->failed = false;
}
