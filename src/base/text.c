// Knows: UTF-8 (RFC 3629) and which characters could deceive a reader. Does not know: languages.
#include "base/text.h"

#include <string.h>

#include "base/hex.h"

// Length of a sequence by its first byte, and the bits that byte carries; 0 for a byte that starts nothing.
static size_t
cm_text_lead(uint8_t b, uint32_t *ret_bits)
{
	if (b < 0x80) {
		*ret_bits = b;
		return 1;
	}
	if (b >= 0xc2 && b < 0xe0) {
		*ret_bits = b & 0x1f;
		return 2;
	}
	if (b >= 0xe0 && b < 0xf0) {
		*ret_bits = b & 0x0f;
		return 3;
	}
	if (b >= 0xf0 && b < 0xf5) {
		*ret_bits = b & 0x07;
		return 4;
	}
	return 0;
}

size_t
cm_text_plain(struct cm_view v, size_t at)
{
	static const uint64_t ones = UINT64_C(0x0101010101010101), high = UINT64_C(0x8080808080808080);
	for (; v.n - at >= 8; at += 8) {
		uint64_t x;
		memcpy(&x, v.p + at, 8);
		// A high bit for each byte above 0x7e or below 0x20; false ones only beside a true one.
		if (((x | (x + ones) | ((x - ones * 0x20) & ~x)) & high) != 0)
			break;
	}
	while (at < v.n && v.p[at] >= 0x20 && v.p[at] <= 0x7e)
		at++;
	return at;
}

bool
cm_text_next(struct cm_view v, size_t *at, uint32_t *ret_code)
{
	static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
	uint32_t code;
	size_t n = *at < v.n ? cm_text_lead(v.p[*at], &code) : 0;
	if (n == 0 || n > v.n - *at)
		return false;
	for (size_t i = 1; i < n; i++) {
		uint8_t b = v.p[*at + i];
		if ((b & 0xc0) != 0x80)
			return false;
		code = code << 6 | (b & 0x3f);
	}
	if (code < least[n] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
		return false;
	*at += n;
	*ret_code = code;
	return true;
}

bool
cm_text_utf8(struct cm_view v)
{
	uint32_t code;
	for (size_t at = cm_text_plain(v, 0); at < v.n; at = cm_text_plain(v, at))
		if (!cm_text_next(v, &at, &code))
			return false;
	return true;
}

static bool
cm_text_deceives(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code <= 0x9f) || (code >= 0x202a && code <= 0x202e) ||
	       (code >= 0x2066 && code <= 0x2069);
}

bool
cm_text_showable(struct cm_view v, bool many_lines)
{
	uint32_t code;
	for (size_t at = cm_text_plain(v, 0); at < v.n; at = cm_text_plain(v, at)) {
		if (!cm_text_next(v, &at, &code))
			return false;
		if (cm_text_deceives(code) && !(many_lines && (code == '\n' || code == '\t')))
			return false;
	}
	return true;
}

void
cm_text_quote(struct cm_buf *to, struct cm_view v, size_t max)
{
	uint32_t code;
	for (size_t at = 0; at < v.n;) {
		if (at >= max) {
			cm_buf_text(to, "…");
			return;
		}
		size_t from = at;
		if (cm_text_next(v, &at, &code) && !cm_text_deceives(code))
			cm_buf_view_add(to, cm_view_part(v, from, at - from));
		else {
			at = from + 1;
			cm_buf_printf(to, "\\x%02x", v.p[from]);
		}
	}
}

bool
cm_text_uuid(struct cm_view v)
{
	if (v.n != 36)
		return false;
	for (size_t i = 0; i < 36; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;
		uint8_t c = v.p[i];
		bool digit = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
		if (dash ? c != '-' : !digit)
			return false;
	}
	return true;
}

static char *
cm_text_uuid_put(uint8_t b[16], uint8_t version, char *to)
{
	static const uint8_t starts[5] = {0, 4, 6, 8, 10}, places[5] = {0, 9, 14, 19, 24};
	b[6] = (uint8_t)((b[6] & 0x0f) | version);
	b[8] = (uint8_t)((b[8] & 0x3f) | 0x80);
	for (size_t i = 0; i < 5; i++) {
		size_t end = i == 4 ? 16 : starts[i + 1];
		cm_hex_text(cm_view_of(b + starts[i], end - starts[i]), to + places[i]);
		if (i < 4)
			to[places[i + 1] - 1] = '-';
	}
	return to;
}

char *
cm_text_uuid_write(const uint8_t bytes[16], char *to)
{
	uint8_t b[16];
	for (size_t i = 0; i < 16; i++)
		b[i] = bytes[i];
	return cm_text_uuid_put(b, 0x40, to);
}

char *
cm_text_uuid_at(struct cm_instant at, const uint8_t random[16], char *to)
{
	uint8_t b[16];
	uint64_t milli = (uint64_t)at.us / 1000;
	for (size_t i = 0; i < 16; i++)
		b[i] = (uint8_t)(i < 6 ? milli >> 8 * (5 - i) : random[i]);
	return cm_text_uuid_put(b, 0x70, to);
}
