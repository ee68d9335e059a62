// Passwords, one-time codes, comparison words.
#include "unit.h"

#include "crypto/password.h"
#include "crypto/totp.h"
#include "crypto/words.h"

static void
a_password_fits_its_own_verifier_only(void **state)
{
	(void)state;
	static const uint8_t salt[CM_PASSWORD_SALT] = "sixteen bytes...";
	char text[CM_PASSWORD_TEXT];
	struct cm_report report = {0};
	assert_int_equal(cm_password_hash(cm_view_text("short"), salt, &report, text), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_PASSWORD_LENGTH));
	assert_int_equal(cm_password_hash(cm_view_text("long enough"), salt, NULL, text), CM_OK);
	assert_int_equal(cm_password_verify(cm_view_text("long enough"), text, NULL), CM_OK);
	cm_report_clear(&report);
	assert_int_equal(cm_password_verify(cm_view_text("long enougi"), text, &report), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_PASSWORD_WRONG));
	assert_int_equal(cm_password_verify(cm_view_text(""), text, NULL), CM_REFUSED);
}

static void
a_verifier_of_other_form_is_refused(void **state)
{
	(void)state;
	static const char *const bad[] = {"",
	                                  "plain",
	                                  "$argon2id$v=19$m=4294967295,t=3,p=1$c2FsdHNhbHQ$aGFzaA",
	                                  "$argon2i$v=19$m=65536,t=3,p=1$c2FsdHNhbHQ$aGFzaA",
	                                  "$argon2id$v=19$m=65536,t=3,p=1$c2FsdHNhbHQ",
	                                  "$argon2id$v=19$m=65536,t=3,p=1$",
	                                  "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaA"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct cm_report report = {0};
		assert_int_equal(cm_password_verify(cm_view_text("long enough"), bad[i], &report), CM_REFUSED);
		assert_true(cm_report_has(&report, CM_ERROR_PASSWORD_FORM));
	}
}

// RFC 6238 appendix B, the SHA-1 column, last six digits.
static void
codes_are_those_of_rfc_6238(void **state)
{
	(void)state;
	static const struct {
		int64_t at;
		const char *code;
	} rows[] = {{59, "287082"}, {1111111109, "081804"}, {1234567890, "005924"}, {20000000000, "353130"}};
	struct cm_view secret = cm_view_text("12345678901234567890");
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char code[CM_TOTP_CODE];
		uint64_t step;
		struct cm_instant at = cm_instant_of_seconds(rows[i].at);
		assert_int_equal(cm_totp_code(secret, at, code), CM_OK);
		assert_string_equal(code, rows[i].code);
		assert_int_equal(cm_totp_check(secret, cm_view_text(code), at, 0, NULL, &step), CM_OK);
		assert_int_equal(step, rows[i].at / 30);
	}
}

static void
a_code_lives_three_steps_and_works_once(void **state)
{
	(void)state;
	struct cm_view secret = cm_view_text("12345678901234567890");
	char code[CM_TOTP_CODE];
	uint64_t step = 0;
	struct cm_report report = {0};
	struct cm_instant at = cm_instant_of_seconds(1234567890);
	assert_int_equal(cm_totp_code(secret, at, code), CM_OK);
	for (int64_t late = -2; late <= 2; late++) {
		struct cm_instant then = cm_instant_of_seconds(1234567890 + 30 * late);
		cm_result want = late == -2 || late == 2 ? CM_REFUSED : CM_OK;
		assert_int_equal(cm_totp_check(secret, cm_view_text(code), then, 0, &report, &step), want);
	}
	assert_true(cm_report_has(&report, CM_ERROR_TOTP_WRONG));
	assert_int_equal(cm_totp_check(secret, cm_view_text(code), at, step, &report, &step), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_TOTP_REPLAYED));
	assert_int_equal(cm_totp_check(secret, cm_view_text("00592"), at, 0, NULL, &step), CM_REFUSED);
	assert_int_equal(cm_totp_check(secret, cm_view_text("0059244"), at, 0, NULL, &step), CM_REFUSED);
}

static void
a_secret_is_written_for_apps(void **state)
{
	(void)state;
	struct cm_buf b = cm_buf_of(400);
	cm_totp_uri_write(cm_view_text("12345678901234567890"), "xa.contact", "Lê Minh", &b);
	assert_view_is(cm_buf_view(&b),
	               "otpauth://totp/xa.contact:L%C3%AA%20Minh?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
	               "&issuer=xa.contact");
	cm_buf_clear(&b);
	cm_totp_secret_write(cm_view_text("fooba"), &b); // RFC 4648 section 10
	assert_view_is(cm_buf_view(&b), "MZXW6YTB");
	cm_buf_clear(&b);
	cm_totp_secret_write(cm_view_text("foob"), &b);
	assert_view_is(cm_buf_view(&b), "MZXW6YQ");
	cm_buf_fini(&b);
}

// Each of the first 66 bits changes the words; the extremes are spelled by the rule.
static void
words_tell_transcripts_apart(void **state)
{
	(void)state;
	char a[CM_WORDS_TEXT], b[CM_WORDS_TEXT];
	struct cm_hash h = {{0}};
	assert_string_equal(cm_words_write(&h, a), "baba baba baba baba baba baba");
	for (size_t bit = 0; bit < 66; bit++) {
		h.b[bit / 8] ^= (uint8_t)(0x80 >> bit % 8);
		assert_string_not_equal(cm_words_write(&h, b), a);
		h.b[bit / 8] ^= (uint8_t)(0x80 >> bit % 8);
	}
	memset(h.b, 0xff, sizeof h.b);
	assert_string_equal(cm_words_write(&h, a), "zuzo zuzo zuzo zuzo zuzo zuzo");
	assert_int_equal(strlen(a), CM_WORDS_TEXT - 1);
}

UNIT_MAIN(T(a_password_fits_its_own_verifier_only), T(a_verifier_of_other_form_is_refused),
          T(codes_are_those_of_rfc_6238), T(a_code_lives_three_steps_and_works_once), T(a_secret_is_written_for_apps),
          T(words_tell_transcripts_apart))
