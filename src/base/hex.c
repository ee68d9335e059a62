// Knows: hexadecimal digits. Lower case only, so that equal bytes have equal text.
#include "base/hex.h"

static const char cm_hex_digits[] = "0123456789abcdef";

void
cm_hex_text(struct cm_view v, char *to)
{
	for (size_t i = 0; i < v.n; i++) {
		to[2 * i] = cm_hex_digits[v.p[i] >> 4];
		to[2 * i + 1] = cm_hex_digits[v.p[i] & 15];
	}
	to[2 * v.n] = 0;
}

void
cm_hex_write(struct cm_buf *to, struct cm_view v)
{
	for (size_t i = 0; i < v.n; i++) {
		cm_buf_u8(to, (uint8_t)cm_hex_digits[v.p[i] >> 4]);
		cm_buf_u8(to, (uint8_t)cm_hex_digits[v.p[i] & 15]);
	}
}

static int
cm_hex_value(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

bool
cm_hex_read(struct cm_view text, uint8_t *ret_bytes, size_t n)
{
	if (text.n != 2 * n)
		return false;
	for (size_t i = 0; i < text.n; i++)
		if (cm_hex_value(text.p[i]) < 0)
			return false;
	for (size_t i = 0; i < n; i++)
		ret_bytes[i] = (uint8_t)(cm_hex_value(text.p[2 * i]) << 4 | cm_hex_value(text.p[2 * i + 1]));
	return true;
}
