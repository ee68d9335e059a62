// A view: bytes that somebody else owns. It is passed by value and never freed.
#ifndef CM_BASE_VIEW_H
#define CM_BASE_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cm_view {
	const uint8_t *p; // may be NULL only when n is 0
	size_t n;         // bytes
};

// printf("%.*s", CM_VIEW_ARG(v)) for views that are known to be text.
#define CM_VIEW_ARG(v) (int)((v).n > 4096 ? 4096 : (v).n), ((v).p == NULL ? "" : (const char *)(v).p)

// `n` bytes at `p`.
struct cm_view cm_view_of(const void *p, size_t n);

// The bytes of a C string without its NUL; NULL gives the empty view.
struct cm_view cm_view_text(const char *s);

// Same length and same bytes. Not for secrets: see cm_secret_equal() in crypto.
bool cm_view_equal(struct cm_view a, struct cm_view b);
bool cm_view_is(struct cm_view v, const char *s);
bool cm_view_starts(struct cm_view v, const char *prefix);

// Order as unsigned bytes, shorter first when one is a prefix: negative, 0, positive.
int cm_view_order(struct cm_view a, struct cm_view b);

// Bytes [from, from+n), cut at the end of `v`; empty when `from` is past it.
struct cm_view cm_view_part(struct cm_view v, size_t from, size_t n);

// Position of the first `byte` at or after `from`, or v.n when there is none.
size_t cm_view_find(struct cm_view v, size_t from, uint8_t byte);

#endif
