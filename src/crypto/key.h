// Private and public keys: ECDSA P-256 with SHA-256 (FIPS 186-5), Ed25519 (RFC 8032), X25519 (RFC 7748).
// Private keys are opaque, travel as PKCS#8 PEM (RFC 5958, RFC 7468), encrypted with PBES2: AES-256-CBC and
// PBKDF2-HMAC-SHA-256 (RFC 8018). Public keys are small structs passed by pointer.
// Source: ossl/key.c (making, reading, writing), ossl/sign.c (signatures, X25519).
#ifndef CM_CRYPTO_KEY_H
#define CM_CRYPTO_KEY_H

#include "base/buf.h"
#include "base/report.h"
#include "crypto/hash.h"
#include "crypto/secret.h"

enum cm_key_kind {
	CM_KEY_NONE = 0,
	CM_KEY_P256,
	CM_KEY_ED25519,
	CM_KEY_X25519,
};

#define CM_KEY_PUBLIC_MAX 65
#define CM_KEY_SIGNATURE_SIZE 64 // r||s, and Ed25519
#define CM_KEY_DER_MAX 72        // an ECDSA signature in DER

// A public key in its raw form: the uncompressed point 04||x||y (65 bytes) for P-256, 32 bytes for the others.
// Two keys are the same key exactly when kind, n and bytes are equal.
struct cm_key_public {
	enum cm_key_kind kind;
	size_t n;
	uint8_t b[CM_KEY_PUBLIC_MAX];
};

// A 64-byte signature: r||s big-endian for P-256, R||S of RFC 8032 for Ed25519.
struct cm_key_signature {
	uint8_t b[CM_KEY_SIGNATURE_SIZE];
};

// An ECDSA signature as DER SEQUENCE { r, s }.
struct cm_key_der {
	size_t n;
	uint8_t b[CM_KEY_DER_MAX];
};

struct cm_key; // a private key

// A fresh key from the library's generator. CM_FAILED when there is no entropy, CM_NOMEM.
CM_CHECKED cm_result cm_key_generate(enum cm_key_kind kind, struct cm_key **ret_key);

// From 32 raw bytes: the seed for Ed25519, the scalar for X25519, the secret number (1 ≤ d < n) for P-256.
CM_CHECKED cm_result cm_key_of_raw(enum cm_key_kind kind, struct cm_view raw, struct cm_key **ret_key);

// The 32 raw bytes of a private key (an age identity for X25519).
CM_CHECKED cm_result cm_key_raw(const struct cm_key *key, struct cm_secret *ret_raw);

// PKCS#8 PEM. With a pass phrase (n > 0) "ENCRYPTED PRIVATE KEY", else "PRIVATE KEY". Appends to `to`, which should be
// a cm_buf_of_secret() when the key is plain.
CM_CHECKED cm_result cm_key_pem_write(const struct cm_key *key, struct cm_view pass, struct cm_buf *to);

// Reads such a PEM; a plain key is taken whether or not `pass` is given. Refused: key_pem (not a key of the three
// kinds), key_pass (wrong or missing pass phrase).
CM_CHECKED cm_result cm_key_pem_read(struct cm_view pem, struct cm_view pass, struct cm_report *report,
                                     struct cm_key **ret_key);

// Wipes and frees; NULL is fine. cm_key_free_at fits CM_CLEANUP.
void cm_key_free(struct cm_key *key);
void cm_key_free_at(struct cm_key **key);

enum cm_key_kind cm_key_kind(const struct cm_key *key);
// The public half; never fails for a key of this file.
void cm_key_public(const struct cm_key *key, struct cm_key_public *ret_public);

bool cm_key_public_equal(const struct cm_key_public *a, const struct cm_key_public *b);

// Raw bytes of a public key of `kind`: length, and for P-256 that the point is on the curve. Refused: key_public.
CM_CHECKED cm_result cm_key_public_of_raw(enum cm_key_kind kind, struct cm_view raw, struct cm_report *report,
                                          struct cm_key_public *ret_public);

// DER SubjectPublicKeyInfo, both ways. Reading is strict: one key of the three kinds, nothing behind it.
CM_CHECKED cm_result cm_key_spki_write(const struct cm_key_public *key, struct cm_buf *to);
CM_CHECKED cm_result cm_key_spki_read(struct cm_view der, struct cm_report *report, struct cm_key_public *ret_public);

// Signs the message (P-256: over its SHA-256; Ed25519: over the message itself). CM_BUG for an X25519 key.
CM_CHECKED cm_result cm_key_sign(const struct cm_key *key, struct cm_view message, struct cm_key_signature *ret_sig);

// ECDSA over a digest that somebody else computed. P-256 only (else CM_BUG).
CM_CHECKED cm_result cm_key_sign_digest(const struct cm_key *key, const struct cm_hash *digest,
                                        struct cm_key_signature *ret_sig);

// CM_OK or refused with signature_wrong (and key_weak for an Ed25519 key of small order or in a non-canonical form).
// Ed25519 refuses S ≥ L; ECDSA refuses r or s outside 1 … n−1.
CM_CHECKED cm_result cm_key_verify(const struct cm_key_public *key, struct cm_view message,
                                   const struct cm_key_signature *sig, struct cm_report *report);
CM_CHECKED cm_result cm_key_verify_digest(const struct cm_key_public *key, const struct cm_hash *digest,
                                          const struct cm_key_signature *sig, struct cm_report *report);

// The two forms of an ECDSA signature. Reading DER is strict (minimal, nothing behind it). False for anything else.
CM_CHECKED bool cm_key_der_write(const struct cm_key_signature *sig, struct cm_key_der *ret_der);
CM_CHECKED bool cm_key_der_read(struct cm_view der, struct cm_key_signature *ret_sig);

// X25519 of a 32-byte scalar and a 32-byte point. False when the shared value is all zeros (small-order point).
CM_CHECKED bool cm_key_x25519(const uint8_t scalar[32], const uint8_t point[32], uint8_t ret_shared[32]);
// The public point of a scalar.
CM_CHECKED bool cm_key_x25519_public(const uint8_t scalar[32], uint8_t ret_point[32]);

#endif
