// Knows: signing, verifying and X25519 with keys of ours. Does not know: what is signed; every caller starts its
// message with a purpose. Rules: FIPS 186-5 (ECDSA), RFC 8032 section 5.1.7 with the strict reading of section 8
// (Ed25519).
#include <openssl/ec.h>
#include <string.h>

#include "base/mem.h"
#include "crypto/ossl/lib.h"
#include "crypto/key.h"

cm_result
cm_key_public_of_raw(enum cm_key_kind kind, struct cm_view raw, struct cm_report *report,
                     struct cm_key_public *ret_public)
{
	struct cm_key_public k = {.kind = kind, .n = raw.n};
	if (kind == CM_KEY_NONE)
		return CM_BUG;
	if (raw.n != (kind == CM_KEY_P256 ? 65u : 32u))
		return cm_report_refuse(report, CM_ERROR_KEY_PUBLIC, "key", "%zu bytes", raw.n);
	memcpy(k.b, raw.p, raw.n);
	if (kind == CM_KEY_P256) {
		CM_CLEANUP(cm_lib_pkey_free_at) EVP_PKEY *pkey = k.b[0] == 4 ? cm_lib_pkey_of_public(&k) : NULL;
		if (pkey == NULL)
			return cm_lib_clear(
				cm_report_refuse(report, CM_ERROR_KEY_PUBLIC, "key", "no point of the curve P-256"));
	}
	*ret_public = k;
	return CM_OK;
}

cm_result
cm_key_sign_digest(const struct cm_key *key, const struct cm_hash *digest, struct cm_key_signature *ret_sig)
{
	if (cm_key_kind(key) != CM_KEY_P256)
		return CM_BUG;
	CM_CLEANUP(cm_lib_pkey_ctx_free_at)
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(cm_lib_context(), cm_lib_pkey(key), NULL);
	uint8_t der[CM_KEY_DER_MAX];
	size_t n = sizeof der;
	struct cm_key_signature sig;
	if (ctx == NULL || EVP_PKEY_sign_init(ctx) != 1 ||
	    EVP_PKEY_sign(ctx, der, &n, digest->b, sizeof digest->b) != 1 || !cm_key_der_read(cm_view_of(der, n), &sig))
		return cm_lib_clear(CM_FAILED);
	*ret_sig = sig;
	return CM_OK;
}

cm_result
cm_key_sign(const struct cm_key *key, struct cm_view message, struct cm_key_signature *ret_sig)
{
	if (cm_key_kind(key) == CM_KEY_P256) {
		struct cm_hash digest = cm_hash_of(message);
		return cm_key_sign_digest(key, &digest, ret_sig);
	}
	if (cm_key_kind(key) != CM_KEY_ED25519)
		return CM_BUG;
	CM_CLEANUP(cm_lib_md_ctx_free_at) EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	struct cm_key_signature sig;
	size_t n = sizeof sig.b;
	if (ctx == NULL)
		return CM_NOMEM;
	if (EVP_DigestSignInit_ex(ctx, NULL, NULL, cm_lib_context(), NULL, cm_lib_pkey(key), NULL) != 1 ||
	    EVP_DigestSign(ctx, sig.b, &n, message.p, message.n) != 1 || n != sizeof sig.b)
		return cm_lib_clear(CM_FAILED);
	*ret_sig = sig;
	return CM_OK;
}

cm_result
cm_key_verify_digest(const struct cm_key_public *key, const struct cm_hash *digest, const struct cm_key_signature *sig,
                     struct cm_report *report)
{
	struct cm_key_der der;
	if (key->kind != CM_KEY_P256)
		return cm_report_refuse(report, CM_ERROR_SIGNATURE_WRONG, "signature", "the key is not P-256");
	if (!cm_key_der_write(sig, &der))
		return CM_NOMEM;
	CM_CLEANUP(cm_lib_pkey_free_at) EVP_PKEY *pkey = cm_lib_pkey_shared(key);
	CM_CLEANUP(cm_lib_pkey_ctx_free_at)
	EVP_PKEY_CTX *ctx = pkey == NULL ? NULL : EVP_PKEY_CTX_new_from_pkey(cm_lib_context(), pkey, NULL);
	if (ctx == NULL || EVP_PKEY_verify_init(ctx) != 1 ||
	    EVP_PKEY_verify(ctx, der.b, der.n, digest->b, sizeof digest->b) != 1)
		return cm_lib_clear(
			cm_report_refuse(report, CM_ERROR_SIGNATURE_WRONG, "signature", "ECDSA P-256 does not fit"));
	return CM_OK;
}

// Encodings of the points of small order, sign bit cleared (y = 0, 1, -1 and the two of order 8). With such a key one
// signature fits many messages. The non-canonical spellings of y = 0 and y = 1 fail cm_key_ed25519_canonical().
static const uint8_t cm_key_small[5][32] = {
	{0},
	{1},
	{0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0,
         0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05},
	{0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f,
         0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a},
	{0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
         0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f},
};

// y < 2^255 - 19: every point has one spelling.
static bool
cm_key_ed25519_canonical(const uint8_t y[32])
{
	if (y[31] != 0x7f || y[0] < 0xed)
		return true;
	for (size_t i = 1; i < 31; i++)
		if (y[i] != 0xff)
			return true;
	return false;
}

static bool
cm_key_ed25519_weak(const struct cm_key_public *key)
{
	uint8_t y[32];
	memcpy(y, key->b, sizeof y);
	y[31] &= 0x7f;
	if (!cm_key_ed25519_canonical(y))
		return true;
	for (size_t i = 0; i < sizeof cm_key_small / sizeof *cm_key_small; i++)
		if (memcmp(y, cm_key_small[i], sizeof y) == 0)
			return true;
	return false;
}

// S < L, little-endian. The library tests it too; the rule is ours to keep.
static bool
cm_key_ed25519_s_reduced(const uint8_t s[32])
{
	static const uint8_t order[32] = {0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58,       0xd6,
	                                  0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, [31] = 0x10};
	for (size_t i = 32; i-- > 0;)
		if (s[i] != order[i])
			return s[i] < order[i];
	return false;
}

cm_result
cm_key_verify(const struct cm_key_public *key, struct cm_view message, const struct cm_key_signature *sig,
              struct cm_report *report)
{
	if (key->kind == CM_KEY_P256) {
		struct cm_hash digest = cm_hash_of(message);
		return cm_key_verify_digest(key, &digest, sig, report);
	}
	if (key->kind != CM_KEY_ED25519)
		return cm_report_refuse(report, CM_ERROR_SIGNATURE_WRONG, "signature", "the key cannot sign");
	if (cm_key_ed25519_weak(key))
		return cm_report_refuse(report, CM_ERROR_KEY_WEAK, "key", "Ed25519, small order or not canonical");
	if (!cm_key_ed25519_s_reduced(sig->b + 32))
		return cm_report_refuse(report, CM_ERROR_SIGNATURE_WRONG, "signature", "S is not reduced");
	CM_CLEANUP(cm_lib_pkey_free_at) EVP_PKEY *pkey = cm_lib_pkey_shared(key);
	CM_CLEANUP(cm_lib_md_ctx_free_at) EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	if (ctx == NULL)
		return CM_NOMEM;
	if (pkey == NULL || EVP_DigestVerifyInit_ex(ctx, NULL, NULL, cm_lib_context(), NULL, pkey, NULL) != 1 ||
	    EVP_DigestVerify(ctx, sig->b, sizeof sig->b, message.p, message.n) != 1)
		return cm_lib_clear(
			cm_report_refuse(report, CM_ERROR_SIGNATURE_WRONG, "signature", "Ed25519 does not fit"));
	return CM_OK;
}

bool
cm_key_x25519(const uint8_t scalar[32], const uint8_t point[32], uint8_t ret_shared[32])
{
	struct cm_key_public peer = {.kind = CM_KEY_X25519, .n = 32};
	memcpy(peer.b, point, 32);
	CM_CLEANUP(cm_lib_pkey_free_at) EVP_PKEY *theirs = cm_lib_pkey_of_public(&peer);
	CM_CLEANUP(cm_lib_pkey_free_at)
	EVP_PKEY *ours = EVP_PKEY_new_raw_private_key_ex(cm_lib_context(), "X25519", NULL, scalar, 32);
	CM_CLEANUP(cm_lib_pkey_ctx_free_at)
	EVP_PKEY_CTX *ctx = ours == NULL ? NULL : EVP_PKEY_CTX_new_from_pkey(cm_lib_context(), ours, NULL);
	uint8_t shared[32], zero[32] = {0};
	size_t n = sizeof shared;
	bool good = theirs != NULL && ctx != NULL && EVP_PKEY_derive_init(ctx) == 1 &&
	            EVP_PKEY_derive_set_peer(ctx, theirs) == 1 && EVP_PKEY_derive(ctx, shared, &n) == 1 &&
	            n == sizeof shared &&
	            !cm_secret_equal(cm_view_of(shared, sizeof shared), cm_view_of(zero, sizeof zero));
	if (good)
		memcpy(ret_shared, shared, sizeof shared);
	cm_mem_wipe(shared, sizeof shared);
	cm_result_ignore(cm_lib_clear(CM_OK), "only the queue is cleared");
	return good;
}

bool
cm_key_x25519_public(const uint8_t scalar[32], uint8_t ret_point[32])
{
	CM_CLEANUP(cm_lib_pkey_free_at)
	EVP_PKEY *ours = EVP_PKEY_new_raw_private_key_ex(cm_lib_context(), "X25519", NULL, scalar, 32);
	size_t n = 32;
	return ours != NULL && EVP_PKEY_get_raw_public_key(ours, ret_point, &n) == 1 && n == 32;
}
