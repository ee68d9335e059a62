// Knows: how to look at bytes. Does not know: what they mean or who owns them.
#include "base/view.h"

#include <string.h>

struct cm_view
cm_view_of(const void *p, size_t n)
{
	return (struct cm_view){.p = p, .n = n};
}

struct cm_view
cm_view_text(const char *s)
{
	return cm_view_of(s, s == NULL ? 0 : strlen(s));
}

bool
cm_view_equal(struct cm_view a, struct cm_view b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool
cm_view_is(struct cm_view v, const char *s)
{
	return cm_view_equal(v, cm_view_text(s));
}

bool
cm_view_starts(struct cm_view v, const char *prefix)
{
	struct cm_view p = cm_view_text(prefix);
	return v.n >= p.n && cm_view_equal(cm_view_part(v, 0, p.n), p);
}

int
cm_view_order(struct cm_view a, struct cm_view b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int d = n == 0 ? 0 : memcmp(a.p, b.p, n);
	if (d != 0)
		return d;
	return a.n < b.n ? -1 : a.n > b.n ? 1 : 0;
}

struct cm_view
cm_view_part(struct cm_view v, size_t from, size_t n)
{
	if (from >= v.n)
		return cm_view_of(NULL, 0);
	size_t left = v.n - from;
	return cm_view_of(v.p + from, n < left ? n : left);
}

size_t
cm_view_find(struct cm_view v, size_t from, uint8_t byte)
{
	if (from >= v.n)
		return v.n;
	const uint8_t *at = memchr(v.p + from, byte, v.n - from);
	return at == NULL ? v.n : (size_t)(at - v.p);
}
