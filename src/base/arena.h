// Memory that is given out in pieces and freed all at once: what a reader makes lives as long as its record.
#ifndef CM_BASE_ARENA_H
#define CM_BASE_ARENA_H

#include <stdbool.h>

#include "base/view.h"

struct cm_arena_block;

// Zero-initialise. Failure is sticky: after the first piece that found no memory, `failed` stays true.
struct cm_arena {
	struct cm_arena_block *blocks;
	bool failed;
};

// `size` zeroed bytes, aligned for any type, valid until cm_arena_fini(); NULL when there is no memory.
void *cm_arena_new(struct cm_arena *arena, size_t size);

// The same for `count` elements of `size` bytes; NULL also when the product overflows. A count of 0 gives NULL
// without failing.
void *cm_arena_new_many(struct cm_arena *arena, size_t count, size_t size);

// A copy of the bytes with a NUL behind them (not counted); the empty view when there is no memory.
struct cm_view cm_arena_copy(struct cm_arena *arena, struct cm_view v);

// Takes over all pieces of another arena, which is empty afterwards: they live as long as this one.
void cm_arena_adopt(struct cm_arena *arena, struct cm_arena *from);

// Frees every piece; the arena is empty again. NULL is fine.
void cm_arena_fini(struct cm_arena *arena);

#endif
