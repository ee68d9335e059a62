// Knows: the system allocator. Does not know: who owns what. The failure hook serves the torture tests,
// which fail the n-th allocation of every unit test in turn.
#include "base/mem.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static unsigned long cm_mem_countdown;

static int
cm_mem_refused(void)
{
	unsigned long left = __atomic_load_n(&cm_mem_countdown, __ATOMIC_RELAXED);
	if (left == 0)
		return 0;
	if (left == 1)
		return 1;
	__atomic_store_n(&cm_mem_countdown, left - 1, __ATOMIC_RELAXED);
	return 0;
}

void *
cm_mem_new(size_t size)
{
	if (cm_mem_refused())
		return NULL;
	return calloc(1, size == 0 ? 1 : size);
}

void *
cm_mem_new_many(size_t count, size_t size)
{
	if (size != 0 && count > SIZE_MAX / size)
		return NULL;
	return cm_mem_new(count * size);
}

void *
cm_mem_resize(void *p, size_t size)
{
	if (cm_mem_refused())
		return NULL;
	return realloc(p, size == 0 ? 1 : size);
}

char *
cm_mem_text(const void *bytes, size_t n)
{
	if (n == SIZE_MAX)
		return NULL;
	char *copy = cm_mem_new(n + 1);
	if (copy != NULL && n != 0)
		memcpy(copy, bytes, n);
	return copy;
}

void
cm_mem_free(void *p)
{
	free(p);
}

void
cm_mem_wipe(void *p, size_t n)
{
	if (n != 0)
		explicit_bzero(p, n);
}

void
cm_mem_free_at(void *at)
{
	void *p;
	memcpy(&p, at, sizeof p);
	free(p);
}

void
cm_mem_fail_from(unsigned long n)
{
	__atomic_store_n(&cm_mem_countdown, n, __ATOMIC_RELAXED);
}
