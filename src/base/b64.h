// Base64 (RFC 4648): the standard alphabet with padding, the URL alphabet without, and the standard
// alphabet without padding as age headers use it. Reading is strict: no white space, exact padding, zero
// trailing bits, so each byte string has one text only.
#ifndef CM_BASE_B64_H
#define CM_BASE_B64_H

#include "base/buf.h"

enum cm_b64_form {
	CM_B64_STANDARD, // section 4, padded
	CM_B64_URL,      // section 5, not padded (JOSE)
	CM_B64_RAW,      // section 4, not padded (age)
};

// At most 4 x ceil(v.n / 3) characters to `to`, without NUL; returns how many. Pieces of a multiple of three bytes may
// be written one after the other.
size_t cm_b64_text(struct cm_view v, enum cm_b64_form form, char *to);

// The same, appended.
void cm_b64_write(struct cm_buf *to, struct cm_view v, enum cm_b64_form form);

// Appends the bytes to `to`. False for any other text, or when `to` is full (ask cm_buf_result()).
bool cm_b64_read(struct cm_view text, enum cm_b64_form form, struct cm_buf *to);

// True when the text is of that form; needs no memory.
bool cm_b64_is(struct cm_view text, enum cm_b64_form form);

// Exactly `n` bytes into `ret_bytes`; needs no memory.
bool cm_b64_read_exact(struct cm_view text, enum cm_b64_form form, uint8_t *ret_bytes, size_t n);

#endif
