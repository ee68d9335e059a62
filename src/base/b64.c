// Knows: RFC 4648 sections 4 and 5. One spelling for each byte string; everything else is refused.
#include "base/b64.h"

#include <string.h>

#include "base/mem.h"

static const char cm_b64_std[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char cm_b64_url[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

size_t
cm_b64_text(struct cm_view v, enum cm_b64_form form, char *to)
{
	const char *digits = form == CM_B64_URL ? cm_b64_url : cm_b64_std;
	size_t at = 0;
	size_t i = 0;
	for (; i + 3 <= v.n; i += 3, at += 4) {
		uint32_t x = (uint32_t)v.p[i] << 16 | (uint32_t)v.p[i + 1] << 8 | v.p[i + 2];
		to[at] = digits[x >> 18];
		to[at + 1] = digits[x >> 12 & 63];
		to[at + 2] = digits[x >> 6 & 63];
		to[at + 3] = digits[x & 63];
	}
	for (; i < v.n; i += 3) {
		size_t n = v.n - i < 3 ? v.n - i : 3;
		uint32_t x = (uint32_t)v.p[i] << 16;
		if (n > 1)
			x |= (uint32_t)v.p[i + 1] << 8;
		if (n > 2)
			x |= v.p[i + 2];
		char four[4] = {digits[x >> 18], digits[x >> 12 & 63], digits[x >> 6 & 63], digits[x & 63]};
		if (n < 3 && form == CM_B64_STANDARD)
			memset(four + n + 1, '=', 3 - n);
		size_t part = form == CM_B64_STANDARD ? 4 : n + 1;
		memcpy(to + at, four, part);
		at += part;
	}
	return at;
}

void
cm_b64_write(struct cm_buf *to, struct cm_view v, enum cm_b64_form form)
{
	for (size_t at = 0; at < v.n; at += 768) { // a multiple of 3: pieces join without padding
		char text[1024];
		cm_buf_add(to, text, cm_b64_text(cm_view_part(v, at, 768), form, text));
	}
}

// Value of each digit + 1; 0: no digit.
static const uint8_t *
cm_b64_values(enum cm_b64_form form)
{
#define CM_B64_BOTH                                                                                                    \
	['A'] = 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26,         \
	['a'] = 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51,    \
	52, ['0'] = 53, 54, 55, 56, 57, 58, 59, 60, 61, 62
	static const uint8_t std[256] = {CM_B64_BOTH, ['+'] = 63, ['/'] = 64};
	static const uint8_t url[256] = {CM_B64_BOTH, ['-'] = 63, ['_'] = 64};
#undef CM_B64_BOTH
	return form == CM_B64_URL ? url : std;
}

// Takes the padding off; false when it is not exactly what the length asks for.
static bool
cm_b64_unpad(struct cm_view *text)
{
	if (text->n % 4 != 0)
		return false;
	for (int i = 0; i < 2 && text->n > 0 && text->p[text->n - 1] == '='; i++)
		text->n--;
	return true;
}

// The bytes of the group of up to four characters at `i`; 0 when it is none.
static size_t
cm_b64_group(struct cm_view text, enum cm_b64_form form, size_t i, uint8_t ret_three[3])
{
	const uint8_t *values = cm_b64_values(form);
	size_t n = text.n - i < 4 ? text.n - i : 4;
	uint32_t x = 0;
	for (size_t k = 0; k < n; k++) {
		uint32_t value = values[text.p[i + k]];
		if (value == 0)
			return 0;
		x |= (value - 1) << (18 - 6 * k);
	}
	if ((n == 2 && (x & 0xffff) != 0) || (n == 3 && (x & 0xff) != 0))
		return 0;
	for (unsigned k = 0; k < 3; k++)
		ret_three[k] = (uint8_t)(x >> (16 - 8 * k));
	return n - 1;
}

// True when the text is of that form; then its padding is gone from `text`.
static bool
cm_b64_good(struct cm_view *text, enum cm_b64_form form)
{
	uint8_t three[3];
	if ((form == CM_B64_STANDARD && !cm_b64_unpad(text)) || text->n % 4 == 1)
		return false;
	for (size_t i = 0; i < text->n; i += 4)
		if (cm_b64_group(*text, form, i, three) == 0)
			return false;
	return true;
}

bool
cm_b64_is(struct cm_view text, enum cm_b64_form form)
{
	return cm_b64_good(&text, form);
}

bool
cm_b64_read(struct cm_view text, enum cm_b64_form form, struct cm_buf *to)
{
	uint8_t bytes[768];
	size_t have = 0;
	bool good = true;
	if ((form == CM_B64_STANDARD && !cm_b64_unpad(&text)) || text.n % 4 == 1)
		return false;
	for (size_t i = 0; good && i < text.n; i += 4) {
		size_t n = cm_b64_group(text, form, i, bytes + have);
		good = n != 0;
		have += n;
		if (have > sizeof bytes - 3 || i + 4 >= text.n) {
			cm_buf_add(to, bytes, have);
			have = 0;
		}
	}
	cm_mem_wipe(bytes, sizeof bytes); // it may have been a secret
	return good && to->failed == CM_OK;
}

bool
cm_b64_read_exact(struct cm_view text, enum cm_b64_form form, uint8_t *ret_bytes, size_t n)
{
	uint8_t three[3];
	if (!cm_b64_good(&text, form) || text.n / 4 * 3 + (text.n % 4 == 0 ? 0 : text.n % 4 - 1) != n)
		return false;
	for (size_t i = 0; i < text.n; i += 4) {
		size_t count = cm_b64_group(text, form, i, three);
		memcpy(ret_bytes + i / 4 * 3, three, count);
	}
	cm_mem_wipe(three, sizeof three);
	return true;
}
