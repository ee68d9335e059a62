// Digests and what is built from them: SHA-256, SHA-512 (FIPS 180-4), HMAC (RFC 2104), HKDF-SHA-256 (RFC 5869).
// None of these can fail and none allocates; contexts live on the stack, cost nothing to make, and need no fini
// (use cm_hash_wipe() when secrets went in).
// Source: ossl/hash.c.
#ifndef CM_CRYPTO_HASH_H
#define CM_CRYPTO_HASH_H

#include "base/view.h"

#define CM_HASH_SIZE 32
#define CM_HASH_512_SIZE 64

// A SHA-256 value.
struct cm_hash {
	uint8_t b[CM_HASH_SIZE];
};

// A SHA-512 value.
struct cm_hash512 {
	uint8_t b[CM_HASH_512_SIZE];
};

// A running SHA-256. May be copied by assignment to fork a digest.
struct cm_hash_stream {
	uint64_t inner[16]; // the library's own state
};

// SHA-256 of `v`.
struct cm_hash cm_hash_of(struct cm_view v);

// The 32 bytes as a view; valid as long as `*h`.
struct cm_view cm_hash_view(const struct cm_hash *h);

// For public values; secrets go through cm_secret_equal().
bool cm_hash_equal(const struct cm_hash *a, const struct cm_hash *b);

void cm_hash_init(struct cm_hash_stream *s);
void cm_hash_add(struct cm_hash_stream *s, struct cm_view v);
// Ends the digest; the stream must be initialised again before further use.
struct cm_hash cm_hash_final(struct cm_hash_stream *s);
void cm_hash_wipe(struct cm_hash_stream *s);

// SHA-512 of `v`.
struct cm_hash512 cm_hash_512_of(struct cm_view v);

// HMAC under `key` of any length.
struct cm_hash cm_hash_hmac(struct cm_view key, struct cm_view message);
struct cm_hash512 cm_hash_hmac512(struct cm_view key, struct cm_view message);

#define CM_HASH_INFO_MAX 256 // bytes of HKDF info that are used: all of them in every protocol here

// HKDF-SHA-256: extract with `salt` (empty = 32 zeros) from `input`, expand with `info` to `n` bytes (n ≤ 8160).
void cm_hash_hkdf(struct cm_view input, struct cm_view salt, struct cm_view info, uint8_t *ret_bytes, size_t n);

#endif
