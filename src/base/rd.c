// Knows: byte order and bounds. Does not know: any format.
#include "base/rd.h"

struct cm_rd
cm_rd_of(struct cm_view v)
{
	return (struct cm_rd){.all = v, .at = 0, .failed = false};
}

struct cm_view
cm_rd_bytes(struct cm_rd *rd, size_t n)
{
	if (rd->failed || n > rd->all.n - rd->at) {
		rd->failed = true;
		return cm_view_of(NULL, 0);
	}
	struct cm_view v = cm_view_of(n == 0 ? NULL : rd->all.p + rd->at, n);
	rd->at += n;
	return v;
}

static uint64_t
cm_rd_be(struct cm_rd *rd, size_t n)
{
	struct cm_view v = cm_rd_bytes(rd, n);
	uint64_t x = 0;
	for (size_t i = 0; i < v.n; i++)
		x = x << 8 | v.p[i];
	return x;
}

static uint64_t
cm_rd_le(struct cm_rd *rd, size_t n)
{
	struct cm_view v = cm_rd_bytes(rd, n);
	uint64_t x = 0;
	for (size_t i = v.n; i > 0; i--)
		x = x << 8 | v.p[i - 1];
	return x;
}

uint8_t
cm_rd_u8(struct cm_rd *rd)
{
	return (uint8_t)cm_rd_be(rd, 1);
}

uint16_t
cm_rd_u16be(struct cm_rd *rd)
{
	return (uint16_t)cm_rd_be(rd, 2);
}

uint32_t
cm_rd_u32be(struct cm_rd *rd)
{
	return (uint32_t)cm_rd_be(rd, 4);
}

uint64_t
cm_rd_u64be(struct cm_rd *rd)
{
	return cm_rd_be(rd, 8);
}

uint16_t
cm_rd_u16le(struct cm_rd *rd)
{
	return (uint16_t)cm_rd_le(rd, 2);
}

uint32_t
cm_rd_u32le(struct cm_rd *rd)
{
	return (uint32_t)cm_rd_le(rd, 4);
}

uint64_t
cm_rd_u64le(struct cm_rd *rd)
{
	return cm_rd_le(rd, 8);
}

struct cm_view
cm_rd_field(struct cm_rd *rd)
{
	uint32_t n = cm_rd_u32be(rd);
	return cm_rd_bytes(rd, n);
}

struct cm_view
cm_rd_until(struct cm_rd *rd, uint8_t end)
{
	size_t stop = rd->failed ? rd->all.n : cm_view_find(rd->all, rd->at, end);
	if (stop >= rd->all.n) {
		rd->failed = true;
		return cm_view_of(NULL, 0);
	}
	struct cm_view v = cm_rd_bytes(rd, stop - rd->at);
	rd->at++;
	return v;
}

size_t
cm_rd_left(const struct cm_rd *rd)
{
	return rd->failed ? 0 : rd->all.n - rd->at;
}

bool
cm_rd_done(const struct cm_rd *rd)
{
	return !rd->failed && rd->at == rd->all.n;
}
