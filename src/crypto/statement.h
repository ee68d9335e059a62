// The bytes that are signed for acts and heads. Those of acts start with their purpose, so that a signature for them can
// never stand for another (a JWS input starts with "ey", DER attributes with byte 31). Source: statement.c.
#ifndef CM_CRYPTO_STATEMENT_H
#define CM_CRYPTO_STATEMENT_H

#include "base/buf.h"
#include "base/instant.h"
#include "crypto/hash.h"

// "comity-acts-v1\n", u64 count, u64 microseconds, 32 bytes root. Signed by ECDSA over its SHA-256 (cm_key_sign()).
void cm_statement_acts(const struct cm_hash *root, uint64_t count, struct cm_instant time, struct cm_buf *to);
#define CM_STATEMENT_ACTS 64 // enough bytes

// The text of a checkpoint (C2SP tlog-checkpoint): origin, size in decimal, root in base64, one a line.
void cm_statement_head(struct cm_view origin, uint64_t size, const struct cm_hash *root, struct cm_buf *to);

#endif
