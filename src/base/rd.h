// Reading cursor with sticky failure: read all fields as the format's table lists them, then ask once
// whether every read was inside the bytes. After a failed read all further reads give zero or empty.
#ifndef CM_BASE_RD_H
#define CM_BASE_RD_H

#include "base/view.h"

struct cm_rd {
	struct cm_view all;
	size_t at;   // next byte
	bool failed; // a read went past the end
};

struct cm_rd cm_rd_of(struct cm_view v);

uint8_t cm_rd_u8(struct cm_rd *rd);
uint16_t cm_rd_u16be(struct cm_rd *rd);
uint32_t cm_rd_u32be(struct cm_rd *rd);
uint64_t cm_rd_u64be(struct cm_rd *rd);
uint16_t cm_rd_u16le(struct cm_rd *rd);
uint32_t cm_rd_u32le(struct cm_rd *rd);
uint64_t cm_rd_u64le(struct cm_rd *rd);

// The next `n` bytes as a view into the same memory.
struct cm_view cm_rd_bytes(struct cm_rd *rd, size_t n);

// A view with its length in front: u32be length, then the bytes. The inverse of cm_buf_field().
struct cm_view cm_rd_field(struct cm_rd *rd);

// Bytes up to `end` (not included), which is eaten too. Fails when `end` does not occur.
struct cm_view cm_rd_until(struct cm_rd *rd, uint8_t end);

size_t cm_rd_left(const struct cm_rd *rd);

// True when no read failed and every byte was eaten.
bool cm_rd_done(const struct cm_rd *rd);

#endif
