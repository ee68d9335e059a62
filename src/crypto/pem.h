// PEM (RFC 7468): labelled base64 blocks in text. Source: pem.c.
#ifndef CM_CRYPTO_PEM_H
#define CM_CRYPTO_PEM_H

#include "base/buf.h"

// Appends one block: lines of 64 characters.
void cm_pem_write(struct cm_view der, const char *label, struct cm_buf *to);

enum cm_pem_found {
	CM_PEM_NONE,   // no further block
	CM_PEM_BLOCK,  // one was read
	CM_PEM_BROKEN, // a block begins that is not one
	CM_PEM_NOMEM,
};

// The next block after `*at` in `text`; moves `*at` behind it. Its label is a view into `text`, its bytes are appended
// to `to`. Lines may end in LF or CRLF; text between blocks is skipped; headers inside a block are not taken.
enum cm_pem_found cm_pem_next(struct cm_view text, size_t *at, struct cm_view *ret_label, struct cm_buf *to);

#endif
