// Knows: growth, bounds, byte order. Does not know: which limit applies; the caller names it at birth.
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"

#define CM_BUF_SMALL 4096

struct cm_buf
cm_buf_of(size_t max)
{
	return (struct cm_buf){.max = max, .failed = CM_OK};
}

struct cm_buf
cm_buf_of_secret(size_t max)
{
	struct cm_buf b = cm_buf_of(max);
	b.secret = true;
	return b;
}

void
cm_buf_fini(struct cm_buf *b)
{
	if (b == NULL)
		return;
	if (b->secret && b->p != NULL)
		cm_mem_wipe(b->p, b->room);
	cm_mem_free(b->p);
	b->p = NULL;
	b->n = b->room = 0;
	b->failed = CM_OK;
}

void
cm_buf_clear(struct cm_buf *b)
{
	if (b->secret && b->p != NULL)
		cm_mem_wipe(b->p, b->n);
	b->n = 0;
	b->failed = CM_OK;
}

cm_result
cm_buf_result(const struct cm_buf *b)
{
	return b->failed;
}

struct cm_view
cm_buf_view(const struct cm_buf *b)
{
	return cm_view_of(b->p, b->n);
}

// A secret block is copied and wiped by hand, since realloc would leave the old bytes behind.
static uint8_t *
cm_buf_regrow(struct cm_buf *b, size_t room)
{
	if (!b->secret)
		return cm_mem_resize(b->p, room);
	uint8_t *p = cm_mem_new(room);
	if (p != NULL && b->p != NULL) {
		memcpy(p, b->p, b->n);
		cm_mem_wipe(b->p, b->room);
		cm_mem_free(b->p);
	}
	return p;
}

// Room for `n` more bytes and the NUL of cm_buf_cstr().
static bool
cm_buf_reserve(struct cm_buf *b, size_t n)
{
	if (b->failed != CM_OK)
		return false;
	if (n > b->max - b->n) {
		b->failed = CM_REFUSED;
		return false;
	}
	size_t need = b->n + n + 1;
	if (need <= b->room)
		return true;
	size_t room = b->room < 64 ? 64 : b->room;
	while (room < need)
		room *= room < CM_BUF_SMALL ? 4 : 2; // most texts are small, and each step costs a copy
	if (room > b->max + 1)
		room = b->max + 1;
	uint8_t *p = cm_buf_regrow(b, room);
	if (p == NULL) {
		b->failed = CM_NOMEM;
		return false;
	}
	b->p = p;
	b->room = room;
	return true;
}

void
cm_buf_add(struct cm_buf *b, const void *bytes, size_t n)
{
	if (!cm_buf_reserve(b, n) || n == 0)
		return;
	memcpy(b->p + b->n, bytes, n);
	b->n += n;
}

void
cm_buf_view_add(struct cm_buf *b, struct cm_view v)
{
	cm_buf_add(b, v.p, v.n);
}

void
cm_buf_text(struct cm_buf *b, const char *s)
{
	cm_buf_add(b, s, strlen(s));
}

void
cm_buf_printf(struct cm_buf *b, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	int n = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (n < 0 || !cm_buf_reserve(b, (size_t)n))
		return;
	va_start(args, format);
	vsnprintf((char *)b->p + b->n, (size_t)n + 1, format, args);
	va_end(args);
	b->n += (size_t)n;
}

void
cm_buf_fill(struct cm_buf *b, uint8_t byte, size_t n)
{
	if (!cm_buf_reserve(b, n) || n == 0)
		return;
	memset(b->p + b->n, byte, n);
	b->n += n;
}

static void
cm_buf_be(struct cm_buf *b, uint64_t x, size_t n)
{
	uint8_t bytes[8];
	for (size_t i = 0; i < n; i++)
		bytes[i] = (uint8_t)(x >> 8 * (n - 1 - i));
	cm_buf_add(b, bytes, n);
}

static void
cm_buf_le(struct cm_buf *b, uint64_t x, size_t n)
{
	uint8_t bytes[8];
	for (size_t i = 0; i < n; i++)
		bytes[i] = (uint8_t)(x >> 8 * i);
	cm_buf_add(b, bytes, n);
}

void
cm_buf_u8(struct cm_buf *b, uint8_t x)
{
	cm_buf_add(b, &x, 1);
}

void
cm_buf_u16be(struct cm_buf *b, uint16_t x)
{
	cm_buf_be(b, x, 2);
}

void
cm_buf_u32be(struct cm_buf *b, uint32_t x)
{
	cm_buf_be(b, x, 4);
}

void
cm_buf_u64be(struct cm_buf *b, uint64_t x)
{
	cm_buf_be(b, x, 8);
}

void
cm_buf_u16le(struct cm_buf *b, uint16_t x)
{
	cm_buf_le(b, x, 2);
}

void
cm_buf_u32le(struct cm_buf *b, uint32_t x)
{
	cm_buf_le(b, x, 4);
}

void
cm_buf_u64le(struct cm_buf *b, uint64_t x)
{
	cm_buf_le(b, x, 8);
}

void
cm_buf_field(struct cm_buf *b, struct cm_view v)
{
	if (v.n > UINT32_MAX) {
		b->failed = CM_REFUSED;
		return;
	}
	cm_buf_u32be(b, (uint32_t)v.n);
	cm_buf_view_add(b, v);
}

const char *
cm_buf_cstr(struct cm_buf *b)
{
	if (b->p == NULL)
		return "";
	b->p[b->n] = 0;
	return (const char *)b->p;
}

uint8_t *
cm_buf_take(struct cm_buf *b, size_t *ret_n)
{
	if (b->failed != CM_OK)
		return NULL;
	if (b->p == NULL && !cm_buf_reserve(b, 0))
		return NULL;
	b->p[b->n] = 0;
	if (ret_n != NULL)
		*ret_n = b->n;
	uint8_t *p = b->p;
	*b = b->secret ? cm_buf_of_secret(b->max) : cm_buf_of(b->max);
	return p;
}
