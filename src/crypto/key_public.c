// Knows: public keys as raw bytes and as SubjectPublicKeyInfo (RFC 5480, RFC 8410), and the two forms of an ECDSA
// signature (RFC 3279 2.2.3; r||s of RFC 7518 3.4). Does not know: any mathematics; ossl/sign.c judges points.
#include <string.h>

#include "crypto/der.h"
#include "crypto/key.h"

// Everything of the SubjectPublicKeyInfo that stands before the raw key: each kind has one spelling.
static const uint8_t cm_key_spki_p256[] = {0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48,
                                           0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48,
                                           0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00};
static const uint8_t cm_key_spki_ed25519[] = {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};
static const uint8_t cm_key_spki_x25519[] = {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x6e, 0x03, 0x21, 0x00};

static struct cm_view
cm_key_spki_head(enum cm_key_kind kind)
{
	switch (kind) {
	case CM_KEY_P256:
		return cm_view_of(cm_key_spki_p256, sizeof cm_key_spki_p256);
	case CM_KEY_ED25519:
		return cm_view_of(cm_key_spki_ed25519, sizeof cm_key_spki_ed25519);
	case CM_KEY_X25519:
		return cm_view_of(cm_key_spki_x25519, sizeof cm_key_spki_x25519);
	case CM_KEY_NONE:
		break;
	}
	return cm_view_of(NULL, 0);
}

bool
cm_key_public_equal(const struct cm_key_public *a, const struct cm_key_public *b)
{
	return a->kind == b->kind && cm_view_equal(cm_view_of(a->b, a->n), cm_view_of(b->b, b->n));
}

cm_result
cm_key_spki_write(const struct cm_key_public *key, struct cm_buf *to)
{
	struct cm_view head = cm_key_spki_head(key->kind);
	if (head.n == 0)
		return CM_BUG;
	cm_buf_view_add(to, head);
	cm_buf_add(to, key->b, key->n);
	return cm_buf_result(to);
}

cm_result
cm_key_spki_read(struct cm_view der, struct cm_report *report, struct cm_key_public *ret_public)
{
	static const enum cm_key_kind kinds[] = {CM_KEY_P256, CM_KEY_ED25519, CM_KEY_X25519};
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		struct cm_view head = cm_key_spki_head(kinds[i]);
		size_t raw = kinds[i] == CM_KEY_P256 ? 65 : 32;
		if (der.n == head.n + raw && memcmp(der.p, head.p, head.n) == 0)
			return cm_key_public_of_raw(kinds[i], cm_view_part(der, head.n, raw), report, ret_public);
	}
	return cm_report_refuse(report, CM_ERROR_KEY_PUBLIC, "key", "not P-256, Ed25519 or X25519");
}

// One number of a signature as a DER INTEGER.
static void
cm_key_der_number(struct cm_buf *to, const uint8_t number[32])
{
	uint8_t padded[33] = {0};
	memcpy(padded + 1, number, 32);
	size_t from = 0;
	while (from < 32 && padded[from] == 0 && padded[from + 1] < 0x80)
		from++;
	cm_der_put(to, CM_DER_INTEGER, cm_view_of(padded + from, sizeof padded - from));
}

bool
cm_key_der_write(const struct cm_key_signature *sig, struct cm_key_der *ret_der)
{
	struct cm_buf numbers = cm_buf_of(CM_KEY_DER_MAX), whole = cm_buf_of(CM_KEY_DER_MAX);
	cm_key_der_number(&numbers, sig->b);
	cm_key_der_number(&numbers, sig->b + 32);
	cm_der_put(&whole, CM_DER_SEQUENCE, cm_buf_view(&numbers));
	bool good = cm_buf_result(&numbers) == CM_OK && cm_buf_result(&whole) == CM_OK;
	if (good) {
		ret_der->n = whole.n;
		memcpy(ret_der->b, whole.p, whole.n);
	}
	cm_buf_fini(&numbers);
	cm_buf_fini(&whole);
	return good;
}

// A positive, minimal INTEGER of at most 32 bytes.
static bool
cm_key_der_number_read(struct cm_rd *rd, uint8_t ret_number[32])
{
	struct cm_view v;
	if (!cm_der_take(rd, CM_DER_INTEGER, &v, NULL) || v.n == 0 || v.n > 33 || v.p[0] >= 0x80)
		return false;
	if (v.p[0] == 0) {
		if (v.n > 1 && v.p[1] < 0x80)
			return false;
		v = cm_view_part(v, 1, v.n);
	}
	if (v.n > 32)
		return false;
	memset(ret_number, 0, 32);
	if (v.n != 0)
		memcpy(ret_number + 32 - v.n, v.p, v.n);
	return true;
}

bool
cm_key_der_read(struct cm_view der, struct cm_key_signature *ret_sig)
{
	struct cm_rd outer = cm_rd_of(der);
	struct cm_view inside;
	struct cm_key_signature sig;
	if (!cm_der_take(&outer, CM_DER_SEQUENCE, &inside, NULL) || !cm_rd_done(&outer))
		return false;
	struct cm_rd rd = cm_rd_of(inside);
	if (!cm_key_der_number_read(&rd, sig.b) || !cm_key_der_number_read(&rd, sig.b + 32) || !cm_rd_done(&rd))
		return false;
	*ret_sig = sig;
	return true;
}
