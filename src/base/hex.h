// Hexadecimal text, lower case.
#ifndef CM_BASE_HEX_H
#define CM_BASE_HEX_H

#include "base/buf.h"

// Appends 2 × v.n digits.
void cm_hex_write(struct cm_buf *to, struct cm_view v);

// Writes 2 × v.n digits and a NUL to `to`, which has room for 2 × v.n + 1 bytes.
void cm_hex_text(struct cm_view v, char *to);

// Exactly `n` bytes from exactly 2 × n lower-case digits.
bool cm_hex_read(struct cm_view text, uint8_t *ret_bytes, size_t n);

#endif
