// Knows: X.690 tag, length, value with the restrictions of DER. Does not know: any structure made of it.
#include "crypto/der.h"

bool
cm_der_is_next(const struct cm_rd *rd, uint8_t tag)
{
	return !rd->failed && rd->at < rd->all.n && rd->all.p[rd->at] == tag;
}

// A length: short form below 128, else the fewest bytes (at most four).
static bool
cm_der_length(struct cm_rd *rd, size_t *ret_n)
{
	uint8_t first = cm_rd_u8(rd);
	if (first < 0x80) {
		*ret_n = first;
		return !rd->failed;
	}
	size_t bytes = first & 0x7f, n = 0;
	if (bytes == 0 || bytes > 4)
		return false;
	for (size_t i = 0; i < bytes; i++)
		n = n << 8 | cm_rd_u8(rd);
	if (rd->failed || n < 0x80 || n >> (8 * (bytes - 1)) == 0)
		return false;
	*ret_n = n;
	return true;
}

bool
cm_der_take(struct cm_rd *rd, uint8_t tag, struct cm_view *ret_value, struct cm_view *ret_whole)
{
	size_t start = rd->at, n = 0;
	if (!cm_der_is_next(rd, tag)) {
		rd->failed = true;
		return false;
	}
	cm_rd_u8(rd);
	if (!cm_der_length(rd, &n)) {
		rd->failed = true;
		return false;
	}
	struct cm_view value = cm_rd_bytes(rd, n);
	if (rd->failed)
		return false;
	*ret_value = value;
	if (ret_whole != NULL)
		*ret_whole = cm_view_part(rd->all, start, rd->at - start);
	return true;
}

void
cm_der_put(struct cm_buf *to, uint8_t tag, struct cm_view value)
{
	cm_buf_u8(to, tag);
	if (value.n < 0x80) {
		cm_buf_u8(to, (uint8_t)value.n);
	} else {
		unsigned bytes = value.n < 0x100 ? 1 : value.n < 0x10000 ? 2 : value.n < 0x1000000 ? 3 : 4;
		cm_buf_u8(to, (uint8_t)(0x80 | bytes));
		while (bytes-- > 0)
			cm_buf_u8(to, (uint8_t)(value.n >> (8 * bytes)));
	}
	cm_buf_view_add(to, value);
}
