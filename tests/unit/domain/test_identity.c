#include "unit.h"

#include "../crypto/pki.h"

#include "base/mem.h"
#include "crypto/jws.h"
#include "domain/identity.h"

#define BYTES (1u << 18)
#define ORIGIN "xa.contact/log/2027"

static struct pki pki;
static char recipient_text[CM_SEAL_TEXT];
static struct cm_buf vkey;
static struct cm_hash state_sha256;
static const struct cm_card_name card_name = {{(const uint8_t *)"en", 2}, {(const uint8_t *)"Arland", 6}};
static struct cm_view card_role, card_language;

// The card of xa.contact; tests change a field before it is signed.
static struct cm_card
plain_card(void)
{
	card_role = cm_view_text("contact_point");
	card_language = cm_view_text("en");
	return (struct cm_card){.serial = 1,
	                        .node = cm_view_text("xa.contact"),
	                        .country = cm_view_text("XA"),
	                        .names = &card_name,
	                        .name_count = 1,
	                        .kind = cm_view_text("authority"),
	                        .roles = &card_role,
	                        .role_count = 1,
	                        .languages = &card_language,
	                        .language_count = 1,
	                        .endpoint = cm_view_text("https://xa.example:8443"),
	                        .valid_from = pki_time("2027-02-01T00:00:00Z"),
	                        .valid_until = pki_time("2027-06-01T00:00:00Z"),
	                        .sign_certificate = cm_buf_view(&pki.authority),
	                        .state_certificate = cm_buf_view(&pki.root),
	                        .state_sha256 = cm_hash_view(&state_sha256),
	                        .seal_recipient = cm_view_text(recipient_text),
	                        .seal_certificate = cm_buf_view(&pki.seal),
	                        .log_origin = cm_view_text(ORIGIN),
	                        .log_vkey = cm_buf_view(&vkey)};
}

static void
make_signature(const struct cm_card *card, struct cm_view certificate, const struct cm_key *key, struct cm_buf text[2])
{
	struct cm_buf plain = cm_buf_of(BYTES);
	struct cm_hash digest = cm_hash_of(certificate);
	struct cm_key_signature sig;
	assert_int_equal(cm_card_write_unsigned(card, &plain), CM_OK);
	text[0] = cm_buf_of(BYTES);
	text[1] = cm_buf_of(BYTES);
	cm_card_protected_write(digest.b, &text[0]);
	digest = cm_jws_digest(cm_buf_view(&text[0]), cm_buf_view(&plain));
	assert_int_equal(cm_key_sign_digest(key, &digest, &sig), CM_OK);
	cm_jws_signature_write(&sig, &text[1]);
	cm_buf_fini(&plain);
}

static const struct cm_key *authority_signer, *state_signer;

// Signs, reads the bytes back as anybody would, and judges them.
static enum cm_error
judged(struct cm_card card, const struct cm_identity_question *question, struct cm_identity *ret_identity)
{
	struct cm_report report = {.count = 0};
	struct cm_buf text[4], whole = cm_buf_of(BYTES);
	struct cm_card_signature signatures[2] = {{.by = cm_view_text("authority")}, {.by = cm_view_text("state")}};
	make_signature(&card, card.sign_certificate, authority_signer, text);
	make_signature(&card, card.state_certificate, state_signer, text + 2);
	for (size_t i = 0; i < 2; i++) {
		signatures[i].protected_b64 = cm_buf_view(&text[2 * i]);
		signatures[i].signature_b64 = cm_buf_view(&text[2 * i + 1]);
	}
	card.signatures = signatures;
	card.signature_count = 2;
	assert_int_equal(cm_card_write(&card, &whole), CM_OK);
	struct cm_card again;
	assert_int_equal(cm_card_read(cm_buf_view(&whole), &report, &again), CM_OK);
	cm_result r = cm_identity_check(&again, question, &report, ret_identity);
	cm_card_fini(&again);
	for (size_t i = 0; i < 4; i++)
		cm_buf_fini(&text[i]);
	cm_buf_fini(&whole);
	return r == CM_OK ? CM_ERROR_NONE : report.findings[report.count - 1].rule;
}

static struct cm_identity_question
in_march(void)
{
	return (struct cm_identity_question){.at = pki_time("2027-03-01T00:00:00Z")};
}

static void
a_good_card_binds_its_keys(void **state)
{
	(void)state;
	struct cm_identity identity;
	struct cm_identity_question question = in_march();
	struct cm_view root = cm_buf_view(&pki.root);
	assert_int_equal(judged(plain_card(), &question, &identity), CM_ERROR_NONE);
	question.roots = &root;
	question.root_count = 1;
	assert_int_equal(judged(plain_card(), &question, &identity), CM_ERROR_NONE);
	struct cm_key_public sign;
	cm_key_public(pki.authority_key, &sign);
	assert_string_equal(identity.node, "xa.contact");
	assert_true(cm_key_public_equal(&identity.sign, &sign));
	assert_true(cm_hash_equal(&identity.state, &state_sha256));
	assert_string_equal(identity.log.name, ORIGIN);
	assert_int_equal(identity.roles, (cm_authority_roles)1 << CM_ROLE_CONTACT_POINT);
}

static void
another_root_is_refused(void **state)
{
	(void)state;
	struct cm_identity identity;
	struct cm_identity_question question = in_march();
	struct cm_view other = cm_buf_view(&pki.authority);
	question.roots = &other;
	question.root_count = 1;
	assert_int_equal(judged(plain_card(), &question, &identity), CM_ERROR_IDENTITY_ROOT);
}

static void
a_card_counts_within_its_dates_only(void **state)
{
	(void)state;
	struct cm_identity identity;
	struct cm_identity_question question = {.at = pki_time("2027-06-01T00:00:00Z")};
	assert_int_equal(judged(plain_card(), &question, &identity), CM_ERROR_NONE);
	question.at.us++;
	assert_int_equal(judged(plain_card(), &question, &identity), CM_ERROR_IDENTITY_VALIDITY);
	question.at = pki_time("2027-01-31T23:59:59Z");
	assert_int_equal(judged(plain_card(), &question, &identity), CM_ERROR_IDENTITY_VALIDITY);
}

static void
each_signature_must_be_its_own_keys(void **state)
{
	(void)state;
	struct cm_identity identity;
	struct cm_identity_question question = in_march();
	authority_signer = pki.root_key;
	assert_int_equal(judged(plain_card(), &question, &identity), CM_ERROR_IDENTITY_SIGNATURE);
	authority_signer = pki.authority_key;
	state_signer = pki.authority_key;
	assert_int_equal(judged(plain_card(), &question, &identity), CM_ERROR_IDENTITY_SIGNATURE);
	state_signer = pki.root_key;
}

static void
keys_must_belong_together(void **state)
{
	(void)state;
	struct cm_identity identity;
	struct cm_identity_question question = in_march();
	struct cm_card card = plain_card();
	card.log_origin = cm_view_text("xa.contact/log/2028");
	assert_int_equal(judged(card, &question, &identity), CM_ERROR_IDENTITY_KEYS);
	// The register of another node, whose name and key go together.
	struct cm_note_key foreign;
	struct cm_buf foreign_vkey = cm_buf_of(BYTES);
	uint8_t raw[32] = {7};
	assert_int_equal(cm_note_key_make(cm_view_text("xb.contact/log/2027"), CM_NOTE_ED25519, raw, NULL, &foreign), CM_OK);
	cm_note_key_write(&foreign, &foreign_vkey);
	card.log_origin = cm_view_text("xb.contact/log/2027");
	card.log_vkey = cm_buf_view(&foreign_vkey);
	assert_int_equal(judged(card, &question, &identity), CM_ERROR_IDENTITY_KEYS);
	cm_buf_fini(&foreign_vkey);
	struct cm_seal_recipient other = {.b = {9}};
	char text[CM_SEAL_TEXT];
	cm_seal_recipient_write(&other, text);
	card = plain_card();
	card.seal_recipient = cm_view_text(text);
	assert_int_equal(judged(card, &question, &identity), CM_ERROR_IDENTITY_KEYS);
}

static int
setup(void **state)
{
	(void)state;
	struct cm_key CM_CLEANUP(cm_key_free_at) *log_key = NULL;
	struct cm_key_public public;
	struct cm_note_key note;
	struct cm_seal_recipient recipient;
	pki_init(&pki);
	state_sha256 = cm_hash_of(cm_buf_view(&pki.root));
	cm_key_public(pki.seal_key, &public);
	memcpy(recipient.b, public.b, sizeof recipient.b);
	cm_seal_recipient_write(&recipient, recipient_text);
	assert_int_equal(cm_key_generate(CM_KEY_ED25519, &log_key), CM_OK);
	cm_key_public(log_key, &public);
	vkey = cm_buf_of(1024);
	assert_int_equal(cm_note_key_make(cm_view_text(ORIGIN), CM_NOTE_ED25519, public.b, NULL, &note), CM_OK);
	cm_note_key_write(&note, &vkey);
	authority_signer = pki.authority_key;
	state_signer = pki.root_key;
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	pki_fini(&pki);
	cm_buf_fini(&vkey);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	        T(a_good_card_binds_its_keys),
	        T(another_root_is_refused),
	        T(a_card_counts_within_its_dates_only),
	        T(each_signature_must_be_its_own_keys),
	        T(keys_must_belong_together),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
