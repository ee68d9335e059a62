// The library context of this room and the algorithms that are fetched once. Only for files in ossl/.
#ifndef CM_CRYPTO_OSSL_LIB_H
#define CM_CRYPTO_OSSL_LIB_H

#include <openssl/evp.h>
#include <openssl/types.h>

#include "crypto/key.h"

// The context; NULL when it could not be made (cm_setup_init() says so).
OSSL_LIB_CTX *cm_lib_context(void);
const EVP_MD *cm_lib_sha256(void);
const EVP_CIPHER *cm_lib_chacha20_poly1305(void);
const EVP_CIPHER *cm_lib_aes256_cbc(void);

// The library's key object behind ours; stays ours.
EVP_PKEY *cm_lib_pkey(const struct cm_key *key);
// A fresh library object for a public key, free with EVP_PKEY_free(); NULL when the bytes are no such key.
EVP_PKEY *cm_lib_pkey_of_public(const struct cm_key_public *key);

// The same for a key that will verify more than once: the objects of the last few keys are kept, since to make one costs as
// much as to verify with it. Free as above.
EVP_PKEY *cm_lib_pkey_shared(const struct cm_key_public *key);

// Forgets the library's error queue of this thread and returns `r`.
cm_result cm_lib_clear(cm_result r);

// Scope cleanup for the library's objects.
void cm_lib_pkey_free_at(EVP_PKEY **p);
void cm_lib_pkey_ctx_free_at(EVP_PKEY_CTX **p);
void cm_lib_md_ctx_free_at(EVP_MD_CTX **p);
void cm_lib_x509_free_at(X509 **p);
void cm_lib_bignum_free_at(BIGNUM **p);

#endif
