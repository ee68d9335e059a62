// Heap memory and scope cleanup. The only place of the program that calls malloc and free.
#ifndef CM_BASE_MEM_H
#define CM_BASE_MEM_H

#include <stddef.h>

// Runs `fn(&variable)` when the variable leaves scope: CM_CLEANUP(cm_buf_fini) struct cm_buf b;
#define CM_CLEANUP(fn) __attribute__((cleanup(fn)))
// A heap pointer freed at the end of its scope unless cm_take() took it.
#define CM_AUTO CM_CLEANUP(cm_mem_free_at)

// Gives the pointer in `*at` to the caller and leaves NULL behind, so that a cleanup finds nothing.
#define cm_take(at)                                                                                                    \
	({                                                                                                             \
		__typeof__(*(at)) cm_taken_ = *(at);                                                                   \
		*(at) = NULL;                                                                                          \
		cm_taken_;                                                                                             \
	})

// `size` zeroed bytes (0 counts as 1), or NULL when there is no memory. Free with cm_mem_free().
void *cm_mem_new(size_t size) __attribute__((malloc));

// `count` zeroed elements of `size` bytes; NULL also when the product overflows.
void *cm_mem_new_many(size_t count, size_t size) __attribute__((malloc));

// Grows or shrinks a block to `size` bytes; new bytes are not zeroed. NULL: the old block still stands.
void *cm_mem_resize(void *p, size_t size);

// A copy of `n` bytes with one NUL behind it, or NULL when there is no memory.
char *cm_mem_text(const void *bytes, size_t n) __attribute__((malloc));

// Frees; NULL is fine.
void cm_mem_free(void *p);

// Overwrites `n` bytes with zeros in a way the compiler keeps.
void cm_mem_wipe(void *p, size_t n);

// Cleanup form for CM_AUTO: `at` is the address of a pointer.
void cm_mem_free_at(void *at);

// Test hook: lets the allocation number `n` from now (1 = the next) and all after it fail; 0 turns it off.
void cm_mem_fail_from(unsigned long n);

#endif
