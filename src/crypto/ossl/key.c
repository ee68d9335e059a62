// Knows: how keys of our three kinds are made, read and written with OpenSSL, and their PKCS#8 PEM form (RFC 5958,
// RFC 8018). Does not know: where keys lie or who may use them.
#include <openssl/core_names.h>
#include <openssl/param_build.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>
#include <pthread.h>
#include <string.h>

#include "base/mem.h"
#include "base/tab_limit.h"
#include "crypto/ossl/lib.h"
#include "crypto/pem.h"
#include "crypto/key.h"

struct cm_key {
	EVP_PKEY *pkey;
	struct cm_key_public public;
};

EVP_PKEY *
cm_lib_pkey(const struct cm_key *key)
{
	return key->pkey;
}

// Which of our kinds a library key is; CM_KEY_NONE for others (also other curves).
static enum cm_key_kind
cm_key_kind_of(const EVP_PKEY *pkey)
{
	if (EVP_PKEY_is_a(pkey, "ED25519"))
		return CM_KEY_ED25519;
	if (EVP_PKEY_is_a(pkey, "X25519"))
		return CM_KEY_X25519;
	char group[32];
	size_t n;
	if (EVP_PKEY_is_a(pkey, "EC") && EVP_PKEY_get_group_name(pkey, group, sizeof group, &n) == 1 &&
	    strcmp(group, "prime256v1") == 0)
		return CM_KEY_P256;
	return CM_KEY_NONE;
}

// The public half in our form.
static bool
cm_key_read_public(const EVP_PKEY *pkey, struct cm_key_public *ret_public)
{
	struct cm_key_public k = {.kind = cm_key_kind_of(pkey)};
	if (k.kind == CM_KEY_NONE)
		return false;
	if (k.kind != CM_KEY_P256) {
		k.n = 32;
		if (EVP_PKEY_get_raw_public_key(pkey, k.b, &k.n) != 1 || k.n != 32)
			return false;
		*ret_public = k;
		return true;
	}
	CM_CLEANUP(cm_lib_bignum_free_at) BIGNUM *x = NULL;
	CM_CLEANUP(cm_lib_bignum_free_at) BIGNUM *y = NULL;
	if (EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_EC_PUB_X, &x) != 1 ||
	    EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_EC_PUB_Y, &y) != 1)
		return false;
	k.n = 65;
	k.b[0] = 4;
	if (BN_bn2binpad(x, k.b + 1, 32) != 32 || BN_bn2binpad(y, k.b + 33, 32) != 32)
		return false;
	*ret_public = k;
	return true;
}

// Wraps a library key, which becomes ours on success only.
static cm_result
cm_key_wrap(EVP_PKEY **pkey, struct cm_key **ret_key)
{
	struct cm_key_public public;
	if (!cm_key_read_public(*pkey, &public))
		return cm_lib_clear(CM_REFUSED);
	struct cm_key *key = cm_mem_new(sizeof *key);
	if (key == NULL)
		return CM_NOMEM;
	key->pkey = cm_take(pkey);
	key->public = public;
	*ret_key = key;
	return CM_OK;
}

cm_result
cm_key_generate(enum cm_key_kind kind, struct cm_key **ret_key)
{
	OSSL_LIB_CTX *c = cm_lib_context();
	CM_CLEANUP(cm_lib_pkey_free_at) EVP_PKEY *pkey = NULL;
	if (c == NULL)
		return CM_FAILED;
	switch (kind) {
	case CM_KEY_P256:
		pkey = EVP_PKEY_Q_keygen(c, NULL, "EC", "P-256");
		break;
	case CM_KEY_ED25519:
		pkey = EVP_PKEY_Q_keygen(c, NULL, "ED25519");
		break;
	case CM_KEY_X25519:
		pkey = EVP_PKEY_Q_keygen(c, NULL, "X25519");
		break;
	case CM_KEY_NONE:
		return CM_BUG;
	}
	if (pkey == NULL)
		return cm_lib_clear(CM_FAILED);
	return cm_key_wrap(&pkey, ret_key);
}

// A P-256 key from its secret number: by way of the PKCS#8 form, so that the library computes the point.
static EVP_PKEY *
cm_key_p256_of_raw(struct cm_view raw)
{
	static const uint8_t head[] = {0x30, 0x41, 0x02, 0x01, 0x00, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48,
	                               0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03,
	                               0x01, 0x07, 0x04, 0x27, 0x30, 0x25, 0x02, 0x01, 0x01, 0x04, 0x20};
	uint8_t der[sizeof head + 32];
	memcpy(der, head, sizeof head);
	memcpy(der + sizeof head, raw.p, 32);
	const uint8_t *p = der;
	PKCS8_PRIV_KEY_INFO *info = d2i_PKCS8_PRIV_KEY_INFO(NULL, &p, (long)sizeof der);
	cm_mem_wipe(der, sizeof der);
	EVP_PKEY *pkey = info == NULL ? NULL : EVP_PKCS82PKEY_ex(info, cm_lib_context(), NULL);
	PKCS8_PRIV_KEY_INFO_free(info);
	EVP_PKEY_CTX *check = pkey == NULL ? NULL : EVP_PKEY_CTX_new_from_pkey(cm_lib_context(), pkey, NULL);
	bool good = check != NULL && EVP_PKEY_private_check(check) == 1;
	EVP_PKEY_CTX_free(check);
	if (good)
		return pkey;
	EVP_PKEY_free(pkey);
	return NULL;
}

cm_result
cm_key_of_raw(enum cm_key_kind kind, struct cm_view raw, struct cm_key **ret_key)
{
	CM_CLEANUP(cm_lib_pkey_free_at) EVP_PKEY *pkey = NULL;
	if (raw.n != 32 || kind == CM_KEY_NONE)
		return CM_BUG;
	if (cm_lib_context() == NULL)
		return CM_FAILED;
	if (kind == CM_KEY_P256)
		pkey = cm_key_p256_of_raw(raw);
	else
		pkey = EVP_PKEY_new_raw_private_key_ex(cm_lib_context(), kind == CM_KEY_ED25519 ? "ED25519" : "X25519",
		                                       NULL, raw.p, raw.n);
	if (pkey == NULL)
		return cm_lib_clear(CM_REFUSED);
	return cm_key_wrap(&pkey, ret_key);
}

cm_result
cm_key_raw(const struct cm_key *key, struct cm_secret *ret_raw)
{
	uint8_t raw[32];
	size_t n = sizeof raw;
	bool good;
	if (key->public.kind == CM_KEY_P256) {
		CM_CLEANUP(cm_lib_bignum_free_at) BIGNUM *d = NULL;
		good = EVP_PKEY_get_bn_param(key->pkey, OSSL_PKEY_PARAM_PRIV_KEY, &d) == 1 &&
		       BN_bn2binpad(d, raw, sizeof raw) == sizeof raw;
	} else {
		good = EVP_PKEY_get_raw_private_key(key->pkey, raw, &n) == 1 && n == sizeof raw;
	}
	cm_result r = good ? cm_secret_init(cm_view_of(raw, sizeof raw), ret_raw) : CM_BUG;
	cm_mem_wipe(raw, sizeof raw);
	return cm_lib_clear(r);
}

// Encrypts PKCS#8 by PBES2; NULL on failure.
static X509_SIG *
cm_key_encrypt(PKCS8_PRIV_KEY_INFO *info, struct cm_view pass)
{
	OSSL_LIB_CTX *c = cm_lib_context();
	X509_ALGOR *scheme = PKCS5_pbe2_set_iv_ex(cm_lib_aes256_cbc(), CM_LIMIT_PBKDF2_PASSES_VALUE, NULL, 16, NULL,
	                                          NID_hmacWithSHA256, c);
	if (scheme == NULL)
		return NULL;
	X509_SIG *sealed = PKCS8_set0_pbe_ex((const char *)pass.p, (int)pass.n, info, scheme, c, NULL);
	if (sealed == NULL)
		X509_ALGOR_free(scheme);
	return sealed;
}

cm_result
cm_key_pem_write(const struct cm_key *key, struct cm_view pass, struct cm_buf *to)
{
	if (pass.n > CM_LIMIT_PASSWORD_BYTES_VALUE)
		return CM_BUG;
	PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(key->pkey);
	if (info == NULL)
		return cm_lib_clear(CM_NOMEM);
	uint8_t *der = NULL;
	int n;
	if (pass.n != 0) {
		X509_SIG *sealed = cm_key_encrypt(info, pass);
		n = sealed == NULL ? -1 : i2d_X509_SIG(sealed, &der);
		X509_SIG_free(sealed);
	} else {
		n = i2d_PKCS8_PRIV_KEY_INFO(info, &der);
	}
	PKCS8_PRIV_KEY_INFO_free(info);
	if (n <= 0)
		return cm_lib_clear(CM_FAILED);
	cm_pem_write(cm_view_of(der, (size_t)n), pass.n != 0 ? "ENCRYPTED PRIVATE KEY" : "PRIVATE KEY", to);
	OPENSSL_clear_free(der, (size_t)n);
	return cm_buf_result(to);
}

static PKCS8_PRIV_KEY_INFO *
cm_key_decrypt(struct cm_view der, struct cm_view pass)
{
	const uint8_t *p = der.p;
	X509_SIG *sealed = d2i_X509_SIG(NULL, &p, (long)der.n);
	PKCS8_PRIV_KEY_INFO *info = NULL;
	if (sealed != NULL && p == der.p + der.n)
		info = PKCS8_decrypt_ex(sealed, (const char *)pass.p, (int)pass.n, cm_lib_context(), NULL);
	X509_SIG_free(sealed);
	return info;
}

cm_result
cm_key_pem_read(struct cm_view pem, struct cm_view pass, struct cm_report *report, struct cm_key **ret_key)
{
	CM_CLEANUP(cm_buf_fini) struct cm_buf der = cm_buf_of_secret(CM_LIMIT_CERTIFICATE_BYTES_VALUE);
	struct cm_view label;
	size_t at = 0;
	if (cm_lib_context() == NULL)
		return CM_FAILED;
	if (pem.n > 2 * (size_t)CM_LIMIT_CERTIFICATE_BYTES_VALUE)
		return cm_report_refuse(report, CM_ERROR_KEY_PEM, "key", "%zu bytes", pem.n);
	enum cm_pem_found found = cm_pem_next(pem, &at, &label, &der);
	if (found == CM_PEM_NOMEM)
		return CM_NOMEM;
	if (found != CM_PEM_BLOCK)
		return cm_report_refuse(report, CM_ERROR_KEY_PEM, "key", "no PEM block");
	PKCS8_PRIV_KEY_INFO *info = NULL;
	const uint8_t *p = der.p;
	if (cm_view_is(label, "ENCRYPTED PRIVATE KEY")) {
		if (pass.n == 0 || pass.n > CM_LIMIT_PASSWORD_BYTES_VALUE)
			return cm_report_refuse(report, CM_ERROR_KEY_PASS, "key", "a pass phrase is needed");
		info = cm_key_decrypt(cm_buf_view(&der), pass);
		if (info == NULL)
			return cm_lib_clear(cm_report_refuse(report, CM_ERROR_KEY_PASS, "key", "it does not decrypt"));
	} else if (cm_view_is(label, "PRIVATE KEY")) {
		info = d2i_PKCS8_PRIV_KEY_INFO(NULL, &p, (long)der.n);
	}
	CM_CLEANUP(cm_lib_pkey_free_at)
	EVP_PKEY *pkey = info == NULL ? NULL : EVP_PKCS82PKEY_ex(info, cm_lib_context(), NULL);
	PKCS8_PRIV_KEY_INFO_free(info);
	cm_result r = pkey == NULL ? CM_REFUSED : cm_key_wrap(&pkey, ret_key);
	if (r == CM_REFUSED)
		r = cm_report_refuse(report, CM_ERROR_KEY_PEM, "key", "block \"%.*s\"", CM_VIEW_ARG(label));
	return cm_lib_clear(r);
}

void
cm_key_free(struct cm_key *key)
{
	if (key == NULL)
		return;
	EVP_PKEY_free(key->pkey); // OpenSSL wipes private parts
	cm_mem_free(key);
}

void
cm_key_free_at(struct cm_key **key)
{
	cm_key_free(*key);
}

enum cm_key_kind
cm_key_kind(const struct cm_key *key)
{
	return key->public.kind;
}

void
cm_key_public(const struct cm_key *key, struct cm_key_public *ret_public)
{
	*ret_public = key->public;
}

EVP_PKEY *
cm_lib_pkey_of_public(const struct cm_key_public *key)
{
	OSSL_LIB_CTX *c = cm_lib_context();
	if (c == NULL || key->kind == CM_KEY_NONE)
		return NULL;
	if (key->kind != CM_KEY_P256)
		return EVP_PKEY_new_raw_public_key_ex(c, key->kind == CM_KEY_ED25519 ? "ED25519" : "X25519", NULL,
		                                      key->b, key->n);
	char group[] = "P-256";
	uint8_t point[CM_KEY_PUBLIC_MAX];
	memcpy(point, key->b, sizeof point);
	OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
	                       OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point),
	                       OSSL_PARAM_construct_end()};
	CM_CLEANUP(cm_lib_pkey_ctx_free_at) EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(c, "EC", NULL);
	EVP_PKEY *pkey = NULL;
	if (ctx == NULL || EVP_PKEY_fromdata_init(ctx) != 1 ||
	    EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_PUBLIC_KEY, params) != 1)
		return NULL;
	return pkey;
}

#define CM_LIB_SHARED 16 // keys: those of the peers that write just now

// Public keys only; used by all threads, since verifying does not change them.
static struct {
	pthread_mutex_t lock;
	struct cm_lib_shared {
		struct cm_key_public key;
		EVP_PKEY *pkey;
	} at[CM_LIB_SHARED];
	unsigned next;
} cm_lib_shared = {.lock = PTHREAD_MUTEX_INITIALIZER};

static EVP_PKEY *
cm_lib_shared_find(const struct cm_key_public *key)
{
	for (size_t i = 0; i < CM_LIB_SHARED; i++) {
		const struct cm_lib_shared *one = &cm_lib_shared.at[i];
		if (one->pkey != NULL && one->key.kind == key->kind && one->key.n == key->n &&
		    memcmp(one->key.b, key->b, key->n) == 0 && EVP_PKEY_up_ref(one->pkey) == 1)
			return one->pkey;
	}
	return NULL;
}

EVP_PKEY *
cm_lib_pkey_shared(const struct cm_key_public *key)
{
	if (pthread_mutex_lock(&cm_lib_shared.lock) != 0)
		return cm_lib_pkey_of_public(key);
	EVP_PKEY *pkey = cm_lib_shared_find(key);
	pthread_mutex_unlock(&cm_lib_shared.lock);
	if (pkey != NULL)
		return pkey;
	pkey = cm_lib_pkey_of_public(key);
	if (pkey == NULL || pthread_mutex_lock(&cm_lib_shared.lock) != 0)
		return pkey;
	if (EVP_PKEY_up_ref(pkey) == 1) {
		struct cm_lib_shared *one = &cm_lib_shared.at[cm_lib_shared.next++ % CM_LIB_SHARED];
		EVP_PKEY_free(one->pkey);
		*one = (struct cm_lib_shared){.key = *key, .pkey = pkey};
	}
	pthread_mutex_unlock(&cm_lib_shared.lock);
	return pkey;
}
