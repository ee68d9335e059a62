// Knows: how OpenSSL is started apart from its global state: own context, no configuration file, default provider.
// Does not know: what is computed with it. Serves setup.h.
#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/provider.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <pthread.h>

#include "crypto/setup.h"
#include "crypto/ossl/lib.h"

// One for each process, made once and kept to its end: OpenSSL's objects in other threads may refer to it.
static struct {
	OSSL_LIB_CTX *context;
	EVP_MD *sha256;
	EVP_CIPHER *chacha20_poly1305;
	EVP_CIPHER *aes256_cbc;
	bool ready;
} cm_lib;
static pthread_once_t cm_lib_once = PTHREAD_ONCE_INIT;

static void
cm_lib_make(void)
{
	OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
	OSSL_LIB_CTX *c = OSSL_LIB_CTX_new();
	if (c == NULL || OSSL_PROVIDER_load(c, "default") == NULL)
		return;
	cm_lib.context = c;
	cm_lib.sha256 = EVP_MD_fetch(c, "SHA2-256", NULL);
	cm_lib.chacha20_poly1305 = EVP_CIPHER_fetch(c, "ChaCha20-Poly1305", NULL);
	cm_lib.aes256_cbc = EVP_CIPHER_fetch(c, "AES-256-CBC", NULL);
	uint8_t warm[16];
	cm_lib.ready = cm_lib.sha256 != NULL && cm_lib.chacha20_poly1305 != NULL && cm_lib.aes256_cbc != NULL &&
	               RAND_bytes_ex(c, warm, sizeof warm, 0) == 1 && RAND_priv_bytes_ex(c, warm, sizeof warm, 0) == 1;
}

cm_result
cm_setup_init(void)
{
	pthread_once(&cm_lib_once, cm_lib_make);
	return cm_lib_clear(cm_lib.ready ? CM_OK : CM_FAILED);
}

OSSL_LIB_CTX *
cm_lib_context(void)
{
	pthread_once(&cm_lib_once, cm_lib_make);
	return cm_lib.context;
}

const EVP_MD *
cm_lib_sha256(void)
{
	pthread_once(&cm_lib_once, cm_lib_make);
	return cm_lib.sha256;
}

const EVP_CIPHER *
cm_lib_chacha20_poly1305(void)
{
	pthread_once(&cm_lib_once, cm_lib_make);
	return cm_lib.chacha20_poly1305;
}

const EVP_CIPHER *
cm_lib_aes256_cbc(void)
{
	pthread_once(&cm_lib_once, cm_lib_make);
	return cm_lib.aes256_cbc;
}

cm_result
cm_lib_clear(cm_result r)
{
	ERR_clear_error();
	return r;
}

void
cm_lib_pkey_free_at(EVP_PKEY **p)
{
	EVP_PKEY_free(*p);
}

void
cm_lib_pkey_ctx_free_at(EVP_PKEY_CTX **p)
{
	EVP_PKEY_CTX_free(*p);
}

void
cm_lib_md_ctx_free_at(EVP_MD_CTX **p)
{
	EVP_MD_CTX_free(*p);
}

void
cm_lib_x509_free_at(X509 **p)
{
	X509_free(*p);
}

void
cm_lib_bignum_free_at(BIGNUM **p)
{
	BN_clear_free(*p);
}
