// ChaCha20-Poly1305 (RFC 8439) of a 16-byte file key under a one-time key and the zero nonce, as a stanza wraps it.
// Source: ossl/seal.c.
#ifndef CM_CRYPTO_SEAL_AEAD_H
#define CM_CRYPTO_SEAL_AEAD_H

#include "crypto/seal.h"

CM_CHECKED bool cm_seal_aead_wrap(const uint8_t key[32], const struct cm_seal_file_key *file_key, uint8_t ret_body[32]);
CM_CHECKED bool cm_seal_aead_unwrap(const uint8_t key[32], const uint8_t body[32],
                                    struct cm_seal_file_key *ret_file_key);

#endif
