// A growing buffer that is born with its maximum. Writing is sticky: after the first write that would pass
// the maximum (or finds no memory) nothing more is written and cm_buf_result() tells; so a writer writes all
// its fields and asks once.
#ifndef CM_BASE_BUF_H
#define CM_BASE_BUF_H

#include "base/result.h"
#include "base/view.h"

struct cm_buf {
	uint8_t *p;
	size_t n;    // bytes written
	size_t room; // bytes allocated
	size_t max;  // bytes it may ever hold
	cm_result failed;
	bool secret; // wiped on growth and at the end
};

// An empty buffer that may hold up to `max` bytes (a row of data/limits.tab).
struct cm_buf cm_buf_of(size_t max);

// The same for bytes that must not stay in memory: every block is wiped before it is freed.
struct cm_buf cm_buf_of_secret(size_t max);

// Frees the bytes; the buffer may be used again from empty with the same maximum.
void cm_buf_fini(struct cm_buf *b);

// Forgets the contents, keeps the memory.
void cm_buf_clear(struct cm_buf *b);

// CM_OK, CM_REFUSED (maximum passed) or CM_NOMEM.
CM_CHECKED cm_result cm_buf_result(const struct cm_buf *b);

struct cm_view cm_buf_view(const struct cm_buf *b);

void cm_buf_add(struct cm_buf *b, const void *bytes, size_t n);
void cm_buf_view_add(struct cm_buf *b, struct cm_view v);
void cm_buf_text(struct cm_buf *b, const char *s);
void cm_buf_printf(struct cm_buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
void cm_buf_fill(struct cm_buf *b, uint8_t byte, size_t n);

void cm_buf_u8(struct cm_buf *b, uint8_t x);
void cm_buf_u16be(struct cm_buf *b, uint16_t x);
void cm_buf_u32be(struct cm_buf *b, uint32_t x);
void cm_buf_u64be(struct cm_buf *b, uint64_t x);
void cm_buf_u16le(struct cm_buf *b, uint16_t x);
void cm_buf_u32le(struct cm_buf *b, uint32_t x);
void cm_buf_u64le(struct cm_buf *b, uint64_t x);

// u32be length and the bytes; read back by cm_rd_field().
void cm_buf_field(struct cm_buf *b, struct cm_view v);

// The contents with a NUL behind them, for C calls that want a string; "" when nothing was written.
// Valid until the next write. A NUL inside the contents ends the string early.
const char *cm_buf_cstr(struct cm_buf *b);

// Gives the memory to the caller (free with cm_mem_free) with a NUL behind it and leaves an empty buffer;
// NULL when a write failed. `ret_n` may be NULL.
uint8_t *cm_buf_take(struct cm_buf *b, size_t *ret_n);

#endif
