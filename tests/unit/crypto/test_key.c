#include "unit.h"

#include "base/hex.h"
#include "crypto/key.h"
#include "crypto/setup.h"

static const enum cm_key_kind kinds[] = {CM_KEY_P256, CM_KEY_ED25519, CM_KEY_X25519};

static void
unhex(const char *hex, uint8_t *to, size_t n)
{
	assert_true(cm_hex_read(cm_view_text(hex), to, n));
}

static void
a_key_survives_paper(void **state)
{
	(void)state;
	assert_int_equal(cm_setup_init(), CM_OK);
	assert_int_equal(cm_setup_init(), CM_OK);
	for (size_t i = 0; i < 3; i++) {
		for (int with_pass = 0; with_pass < 2; with_pass++) {
			struct cm_key *key, *back;
			struct cm_view pass = cm_view_text(with_pass ? "correct horse" : "");
			struct cm_buf pem = cm_buf_of_secret(4096);
			assert_int_equal(cm_key_generate(kinds[i], &key), CM_OK);
			assert_int_equal(cm_key_pem_write(key, pass, &pem), CM_OK);
			assert_int_equal(cm_key_pem_read(cm_buf_view(&pem), pass, NULL, &back), CM_OK);
			struct cm_key_public a, b;
			cm_key_public(key, &a);
			cm_key_public(back, &b);
			assert_true(cm_key_public_equal(&a, &b));
			assert_int_equal(a.kind, kinds[i]);
			struct cm_report report = {0};
			if (with_pass) {
				struct cm_key *none = NULL;
				assert_int_equal(
					cm_key_pem_read(cm_buf_view(&pem), cm_view_text("wrong horse"), &report, &none),
					CM_REFUSED);
				assert_true(cm_report_has(&report, CM_ERROR_KEY_PASS));
				assert_null(none);
			}
			struct cm_secret raw;
			struct cm_key *third;
			assert_int_equal(cm_key_raw(key, &raw), CM_OK);
			assert_int_equal(cm_key_of_raw(kinds[i], cm_secret_view(&raw), &third), CM_OK);
			cm_key_public(third, &b);
			assert_true(cm_key_public_equal(&a, &b));
			cm_secret_fini(&raw);
			cm_key_free(third);
			cm_key_free(back);
			cm_key_free(key);
			cm_buf_fini(&pem);
		}
	}
}

static void
a_public_key_survives_its_two_forms(void **state)
{
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct cm_key *key;
		struct cm_key_public a, b;
		struct cm_buf der = cm_buf_of(200);
		assert_int_equal(cm_key_generate(kinds[i], &key), CM_OK);
		cm_key_public(key, &a);
		assert_int_equal(cm_key_spki_write(&a, &der), CM_OK);
		assert_int_equal(cm_key_spki_read(cm_buf_view(&der), NULL, &b), CM_OK);
		assert_true(cm_key_public_equal(&a, &b));
		cm_buf_u8(&der, 0);
		assert_int_equal(cm_key_spki_read(cm_buf_view(&der), NULL, &b), CM_REFUSED);
		if (kinds[i] == CM_KEY_P256) {
			a.b[64] ^= 1; // no longer on the curve
			struct cm_report report = {0};
			assert_int_equal(cm_key_public_of_raw(CM_KEY_P256, cm_view_of(a.b, 65), &report, &b),
			                 CM_REFUSED);
			assert_true(cm_report_has(&report, CM_ERROR_KEY_PUBLIC));
		}
		cm_buf_fini(&der);
		cm_key_free(key);
	}
}

static void
a_signature_fits_its_message_and_key_only(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct cm_key *key, *other;
		struct cm_key_public mine, theirs;
		struct cm_key_signature sig;
		struct cm_view m = cm_view_text("purpose: a message");
		assert_int_equal(cm_key_generate(kinds[i], &key), CM_OK);
		assert_int_equal(cm_key_generate(kinds[i], &other), CM_OK);
		cm_key_public(key, &mine);
		cm_key_public(other, &theirs);
		assert_int_equal(cm_key_sign(key, m, &sig), CM_OK);
		assert_int_equal(cm_key_verify(&mine, m, &sig, NULL), CM_OK);
		assert_int_equal(cm_key_verify(&theirs, m, &sig, NULL), CM_REFUSED);
		assert_int_equal(cm_key_verify(&mine, cm_view_text("purpose: b message"), &sig, NULL), CM_REFUSED);
		for (size_t byte = 0; byte < sizeof sig.b; byte++) {
			struct cm_key_signature bad = sig;
			bad.b[byte] ^= 0x80;
			assert_int_equal(cm_key_verify(&mine, m, &bad, NULL), CM_REFUSED);
		}
		struct cm_key_signature zero = {{0}};
		assert_int_equal(cm_key_verify(&mine, m, &zero, NULL), CM_REFUSED);
		cm_key_free(key);
		cm_key_free(other);
	}
}

// RFC 8032 section 7.1, test 2; the same signature with S + L fits the equation and is refused.
static void
ed25519_is_strict(void **state)
{
	(void)state;
	struct cm_key_public key = {.kind = CM_KEY_ED25519, .n = 32};
	struct cm_key_signature sig;
	uint8_t message = 0x72;
	unhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", key.b, 32);
	unhex("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
	      "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
	      sig.b, 64);
	assert_int_equal(cm_key_verify(&key, cm_view_of(&message, 1), &sig, NULL), CM_OK);
	static const uint8_t order[32] = {0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58,       0xd6,
	                                  0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, [31] = 0x10};
	unsigned carry = 0;
	for (size_t i = 0; i < 32; i++) {
		carry += (unsigned)sig.b[32 + i] + order[i];
		sig.b[32 + i] = (uint8_t)carry;
		carry >>= 8;
	}
	struct cm_report report = {0};
	assert_int_equal(cm_key_verify(&key, cm_view_of(&message, 1), &sig, &report), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_SIGNATURE_WRONG));
}

// All eight points of small order and their spellings; with them R = A, S = 0 would fit many messages.
static void
a_key_of_small_order_is_refused(void **state)
{
	(void)state;
	static const char *const weak[] = {"0000000000000000000000000000000000000000000000000000000000000000",
	                                   "0100000000000000000000000000000000000000000000000000000000000000",
	                                   "0000000000000000000000000000000000000000000000000000000000000080",
	                                   "0100000000000000000000000000000000000000000000000000000000000080",
	                                   "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
	                                   "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
	                                   "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
	                                   "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
	                                   "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	                                   "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	                                   "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
	                                   "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	                                   "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"};
	for (size_t i = 0; i < sizeof weak / sizeof *weak; i++) {
		struct cm_key_public key = {.kind = CM_KEY_ED25519, .n = 32};
		struct cm_key_signature sig = {{0}};
		struct cm_report report = {0};
		unhex(weak[i], key.b, 32);
		memcpy(sig.b, key.b, 32);
		assert_int_equal(cm_key_verify(&key, cm_view_text("any"), &sig, &report), CM_REFUSED);
		assert_true(cm_report_has(&report, CM_ERROR_KEY_WEAK));
	}
}

static void
der_has_one_spelling(void **state)
{
	(void)state;
	struct cm_key_signature sig = {{0}}, back;
	struct cm_key_der der;
	for (unsigned round = 0; round < 300; round++) {
		for (size_t i = 0; i < 64; i++)
			sig.b[i] = i % 32 < round % 33 ? 0 : (uint8_t)(round * 31 + i * 17);
		assert_true(cm_key_der_write(&sig, &der));
		assert_true(cm_key_der_read(cm_view_of(der.b, der.n), &back));
		assert_memory_equal(sig.b, back.b, 64);
		assert_false(cm_key_der_read(cm_view_of(der.b, der.n - 1), &back));
	}
	static const char *const bad[] = {"3006020100020101ff", "3008020200010202000100", "30080202000102020001",
	                                  "300702028001020101", "3006020180020101",       "30800201010201010000",
	                                  "308106020101020101", "3005020002010100",       "3003020101"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		uint8_t bytes[32];
		size_t n = strlen(bad[i]) / 2;
		if (cm_hex_read(cm_view_text(bad[i]), bytes, n))
			assert_false(cm_key_der_read(cm_view_of(bytes, n), &back));
	}
}

// Both sides agree; a point that gives zeros to everybody is refused; RFC 7748.
static void
x25519_is_that_of_rfc_7748(void **state)
{
	(void)state;
	uint8_t a[32], b[32], point[32], shared[32], want[32];
	for (size_t i = 0; i < 32; i++) {
		a[i] = (uint8_t)(i + 1);
		b[i] = (uint8_t)(200 - i);
	}
	assert_true(cm_key_x25519_public(a, point));
	assert_true(cm_key_x25519(b, point, shared));
	uint8_t other[32];
	assert_true(cm_key_x25519_public(b, point));
	assert_true(cm_key_x25519(a, point, other));
	assert_memory_equal(shared, other, 32);
	memset(point, 0, 32);
	assert_false(cm_key_x25519(a, point, shared));
	// RFC 7748 section 5.2, first vector
	unhex("a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4", a, 32);
	unhex("e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c", point, 32);
	unhex("c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552", want, 32);
	assert_true(cm_key_x25519(a, point, shared));
	assert_memory_equal(shared, want, 32);
}

static void
what_is_no_key_is_refused(void **state)
{
	(void)state;
	static const char *const bad[] = {"",
	                                  "hello",
	                                  "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n",
	                                  "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
	                                  "-----BEGIN PRIVATE KEY-----\nAAAA\n",
	                                  "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct cm_report report = {0};
		struct cm_key *key = NULL;
		assert_int_equal(cm_key_pem_read(cm_view_text(bad[i]), cm_view_text(""), &report, &key), CM_REFUSED);
		assert_true(cm_report_has(&report, CM_ERROR_KEY_PEM));
	}
	uint8_t zero[32] = {0};
	struct cm_key *key = NULL;
	assert_int_equal(cm_key_of_raw(CM_KEY_P256, cm_view_of(zero, 32), &key), CM_REFUSED);
}

UNIT_MAIN(T(a_key_survives_paper), T(a_public_key_survives_its_two_forms), T(a_signature_fits_its_message_and_key_only),
          T(ed25519_is_strict), T(a_key_of_small_order_is_refused), T(der_has_one_spelling),
          T(x25519_is_that_of_rfc_7748), T(what_is_no_key_is_refused))
