// Text of people: UTF-8 and what may be shown.
#ifndef CM_BASE_TEXT_H
#define CM_BASE_TEXT_H

#include "base/buf.h"
#include "base/instant.h"

// Well-formed UTF-8 (RFC 3629): no surrogates, no overlong forms, nothing above U+10FFFF.
bool cm_text_utf8(struct cm_view v);

// Where the bytes from `at` on stop being U+0020 to U+007E: the usual case of what follows, many bytes a step.
size_t cm_text_plain(struct cm_view v, size_t at);

// The next code point at `*at` (moved past it); false for ill-formed bytes or at the end.
bool cm_text_next(struct cm_view v, size_t *at, uint32_t *ret_code);

// UTF-8 without control characters (U+0000 to U+001F, U+007F to U+009F) and without the characters that
// reorder text (U+202A to U+202E, U+2066 to U+2069); line breaks only when `many_lines`.
bool cm_text_showable(struct cm_view v, bool many_lines);

// Appends `v` for a terminal or log: what is not showable becomes \xNN, at most `max` bytes of input, then "…".
void cm_text_quote(struct cm_buf *to, struct cm_view v, size_t max);

// A lower-case UUID: 8-4-4-4-12 hexadecimal digits (RFC 9562 text form).
bool cm_text_uuid(struct cm_view v);

// 16 bytes as such text into 37 bytes; version and variant bits are set to 4 and 10. Returns `to`.
char *cm_text_uuid_write(const uint8_t bytes[16], char *to);

// The same of version 7 (RFC 9562): the first six bytes are replaced by the moment in milliseconds, so that names of
// things made one after another sort that way and stand side by side in an index.
char *cm_text_uuid_at(struct cm_instant at, const uint8_t random[16], char *to);

#endif
