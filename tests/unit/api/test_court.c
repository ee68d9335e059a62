// The court's files of a bundle: what is right is taken, each wrong thing is refused by its own rule.
#include "lab.h"

#include "base/hex.h"
#include "crypto/act_record.h"
#include "crypto/jws.h"
#include "crypto/note.h"
#include "crypto/seal.h"
#include "crypto/statement.h"
#include "domain/receipt.h"
#include "format/act.h"
#include "format/card.h"
#include "format/hi1_message.h"
#include "format/proof.h"

#define ORIGIN "xb.contact/log/2027"
#define ACT "0b7f1e60-7d38-4a63-9d0c-2a1b5c3d4e5f"
#define OTHER_ACT "1b7f1e60-7d38-4a63-9d0c-2a1b5c3d4e5f"

static struct lab lab;
static struct cm_buf package;
static char package_sha256[65];
static struct cm_key *log_key, *other_log_key;

// Text of a buffer that lives until the tests end.
#define KEPT_MAX 64
static uint8_t *all_kept[KEPT_MAX];
static size_t kept_count;

static const char *
kept(struct cm_buf *b)
{
	assert_int_equal(cm_buf_result(b), CM_OK);
	assert_true(kept_count < KEPT_MAX);
	all_kept[kept_count] = cm_buf_take(b, NULL);
	return (const char *)all_kept[kept_count++];
}

static void
vkey_of(const struct cm_key *key, struct cm_note_key *note, struct cm_buf *text)
{
	struct cm_key_public public;
	cm_key_public(key, &public);
	assert_int_equal(cm_note_key_make(cm_view_text(ORIGIN), CM_NOTE_ED25519, public.b, NULL, note), CM_OK);
	cm_note_key_write(note, text);
}

static void
sign_card(struct lab *by, struct cm_card *card, struct cm_buf *to)
{
	struct cm_buf plain = cm_buf_of(LAB_BYTES), text[4];
	struct cm_card_signature signatures[2] = {{.by = cm_view_text("authority")}, {.by = cm_view_text("state")}};
	assert_int_equal(cm_card_write_unsigned(card, &plain), CM_OK);
	for (size_t i = 0; i < 2; i++) {
		struct cm_hash certificate = cm_hash_of(i == 0 ? card->sign_certificate : card->state_certificate);
		struct cm_key_signature sig;
		text[2 * i] = cm_buf_of(LAB_BYTES);
		text[2 * i + 1] = cm_buf_of(LAB_BYTES);
		cm_card_protected_write(certificate.b, &text[2 * i]);
		struct cm_hash digest = cm_jws_digest(cm_buf_view(&text[2 * i]), cm_buf_view(&plain));
		assert_int_equal(cm_key_sign_digest(i == 0 ? by->key : by->root_key, &digest, &sig), CM_OK);
		cm_jws_signature_write(&sig, &text[2 * i + 1]);
		signatures[i].protected_b64 = cm_buf_view(&text[2 * i]);
		signatures[i].signature_b64 = cm_buf_view(&text[2 * i + 1]);
	}
	card->signatures = signatures;
	card->signature_count = 2;
	assert_int_equal(cm_card_write(card, to), CM_OK);
	for (size_t i = 0; i < 4; i++)
		cm_buf_fini(&text[i]);
	cm_buf_fini(&plain);
}

static int64_t card_until; // 0: as usual

// The identity card of xb.contact, by the keys of this laboratory.
static const char *
card_of(struct lab *by, unsigned exercise)
{
	struct cm_key CM_CLEANUP(cm_key_free_at) *seal = NULL;
	struct cm_key_public public;
	struct cm_buf der = cm_buf_of(LAB_BYTES), vkey = cm_buf_of(LAB_BYTES), out = cm_buf_of(LAB_BYTES);
	struct cm_note_key note;
	struct cm_seal_recipient recipient;
	char recipient_text[CM_SEAL_TEXT];
	assert_int_equal(cm_key_generate(CM_KEY_X25519, &seal), CM_OK);
	cm_key_public(seal, &public);
	struct cm_x509_spec spec = {.role = CM_X509_SEAL,
	                            .country = "XB",
	                            .node = "xb.contact",
	                            .serial = {9},
	                            .not_before = {LAB_NOW - CM_INSTANT_DAY},
	                            .not_after = {LAB_NOW + 300 * CM_INSTANT_DAY}};
	assert_int_equal(cm_x509_write(&spec, &public, by->root_key, cm_buf_view(&by->root), NULL, &der), CM_OK);
	memcpy(recipient.b, public.b, sizeof recipient.b);
	cm_seal_recipient_write(&recipient, recipient_text);
	vkey_of(log_key, &note, &vkey);
	struct cm_hash state = cm_hash_of(cm_buf_view(&by->root));
	struct cm_card_name name = {cm_view_text("en"), cm_view_text("Borvia contact point")};
	struct cm_view role = cm_view_text("contact_point"), language = cm_view_text("en");
	struct cm_card card = {.serial = 1,
	                       .node = cm_view_text("xb.contact"),
	                       .country = cm_view_text("XB"),
	                       .names = &name,
	                       .name_count = 1,
	                       .kind = cm_view_text("authority"),
	                       .roles = &role,
	                       .role_count = 1,
	                       .languages = &language,
	                       .language_count = 1,
	                       .endpoint = cm_view_text("https://xb.example:8443"),
	                       .exercise = exercise,
	                       .valid_from = {LAB_NOW - CM_INSTANT_DAY},
	                       .valid_until = {card_until != 0 ? card_until : LAB_NOW + 100 * CM_INSTANT_DAY},
	                       .sign_certificate = cm_buf_view(&by->leaf),
	                       .state_certificate = cm_buf_view(&by->root),
	                       .state_sha256 = cm_hash_view(&state),
	                       .seal_recipient = cm_view_text(recipient_text),
	                       .seal_certificate = cm_buf_view(&der),
	                       .log_origin = cm_view_text(ORIGIN),
	                       .log_vkey = cm_buf_view(&vkey)};
	sign_card(by, &card, &out);
	cm_buf_fini(&der);
	cm_buf_fini(&vkey);
	return kept(&out);
}

// An act "verified" about a package, signed alone in its batch.
static const char *
act_of(const char *id, const char *about, uint8_t entry[CM_ACT_RECORD_ENTRY])
{
	struct cm_act_values values = {0};
	struct cm_act_file act = {.count = 1, .time = {LAB_NOW}};
	struct cm_hash512 commitments[CM_ACT_SLOTS];
	struct cm_buf statement = cm_buf_of(CM_STATEMENT_ACTS), out = cm_buf_of(LAB_BYTES);
	struct cm_key_signature sig;
	cm_act_set(&values, CM_ACT_FIELD_ACT, cm_view_text(id));
	cm_act_set(&values, CM_ACT_FIELD_TYPE, cm_view_text("verified"));
	cm_act_set(&values, CM_ACT_FIELD_AT, cm_view_text("2027-02-22T01:22:04.000000Z"));
	cm_act_set(&values, CM_ACT_FIELD_NODE, cm_view_text("xb.contact"));
	cm_act_set(&values, CM_ACT_FIELD_PACKAGE, cm_view_text(about));
	for (size_t i = 0; i < CM_ACT_SLOTS; i++) {
		struct cm_act_slot *slot = &act.slots[i];
		slot->open = values.value[i].n != 0;
		slot->value = values.value[i];
		memset(slot->salt, (int)i + 1, sizeof slot->salt);
		memset(slot->commitment, (int)i + 1, sizeof slot->commitment);
		if (slot->open)
			assert_int_equal(cm_act_record_commit(slot->salt,
			                                      cm_view_text(cm_act_field_row(CM_ACT_FIELD_OF(i))->name),
			                                      slot->value, &commitments[i]),
			                 CM_OK);
		else
			memcpy(commitments[i].b, slot->commitment, sizeof commitments[i].b);
	}
	struct cm_hash512 record = cm_act_record_root(commitments);
	struct cm_hash root = cm_act_record_leaf(&record);
	cm_act_record_entry(&record, entry);
	cm_statement_acts(&root, 1, act.time, &statement);
	assert_int_equal(cm_key_sign(lab.key, cm_buf_view(&statement), &sig), CM_OK);
	memcpy(act.signature, sig.b, sizeof act.signature);
	struct cm_hash certificate = cm_hash_of(cm_buf_view(&lab.leaf));
	memcpy(act.certificate, certificate.b, sizeof act.certificate);
	assert_int_equal(cm_act_write(&act, &out), CM_OK);
	cm_buf_fini(&statement);
	return kept(&out);
}

// The proof of an entry that stands alone in the log of this key.
static const char *
proof_of(const uint8_t entry[CM_ACT_RECORD_ENTRY], const struct cm_key *key)
{
	struct cm_buf note = cm_buf_of(LAB_BYTES), vkey = cm_buf_of(LAB_BYTES), message = cm_buf_of(LAB_BYTES);
	struct cm_buf out = cm_buf_of(LAB_BYTES);
	struct cm_note_key note_key;
	struct cm_key_signature sig;
	struct cm_hash leaf = cm_merkle_leaf(cm_view_of(entry, CM_ACT_RECORD_ENTRY));
	vkey_of(key, &note_key, &vkey);
	cm_statement_head(cm_view_text(ORIGIN), 1, &leaf, &note);
	cm_note_message(CM_NOTE_ED25519, 0, cm_buf_view(&note), &message);
	assert_int_equal(cm_key_sign(key, cm_buf_view(&message), &sig), CM_OK);
	cm_buf_u8(&note, '\n');
	cm_note_line_write(&note_key, 0, &sig, &note);
	struct cm_proof proof = {.note = cm_buf_view(&note)};
	cm_proof_write(&proof, &out);
	cm_buf_fini(&note);
	cm_buf_fini(&vkey);
	cm_buf_fini(&message);
	return kept(&out);
}

// A message that names `country`.contact as its sender, signed by the key of `by`.
static const char *
message_of(const char *country, const struct lab *by)
{
	struct cm_hash certificate = cm_hash_of(cm_buf_view(&by->leaf));
	struct cm_view chain = cm_buf_view(&by->leaf);
	struct cm_jws_spec spec = {.certificate = certificate, .chain = &chain, .chain_count = 1};
	struct cm_buf protected = cm_buf_of(LAB_BYTES), canonical = cm_buf_of(LAB_BYTES), signature = cm_buf_of(LAB_BYTES),
	              out = cm_buf_of(LAB_BYTES);
	struct cm_key_signature sig;
	struct cm_hi1_action get = {.verb = CM_HI1_VERB_GET, .id = cm_view_text(ACT)};
	struct cm_hi1_message m = {.sender = {cm_view_text(country), cm_view_text("contact")},
	        .receiver = {cm_view_text("XA"), cm_view_text("contact")},
	        .transaction = cm_view_text(OTHER_ACT),
	        .timestamp = {LAB_NOW},
	        .actions = &get,
	        .action_count = 1};
	assert_int_equal(cm_hi1_message_write(&m, &canonical), CM_OK);
	assert_int_equal(cm_jws_protected_write(&spec, &protected), CM_OK);
	struct cm_hash digest = cm_jws_digest(cm_buf_view(&protected), cm_buf_view(&canonical));
	assert_int_equal(cm_key_sign_digest(by->key, &digest, &sig), CM_OK);
	cm_jws_signature_write(&sig, &signature);
	assert_int_equal(cm_hi1_message_sign(cm_buf_view(&canonical), cm_buf_view(&protected), cm_buf_view(&signature), &out),
	                 CM_OK);
	cm_buf_fini(&canonical);
	cm_buf_fini(&protected);
	cm_buf_fini(&signature);
	return kept(&out);
}

static const char *
message_by(const struct lab *by)
{
	return message_of("XB", by);
}

static struct lab_file good[5];

static int
set_up(void **state)
{
	static const struct lab_file files[] = {{"a.txt", "hello"}};
	uint8_t entry[CM_ACT_RECORD_ENTRY];
	struct comity_fact fact;
	(void)state;
	lab_init(&lab);
	assert_int_equal(cm_key_generate(CM_KEY_ED25519, &log_key), CM_OK);
	assert_int_equal(cm_key_generate(CM_KEY_ED25519, &other_log_key), CM_OK);
	package = cm_buf_of(LAB_BYTES);
	assert_int_equal(lab_pack(&lab, files, 1, &package), COMITY_OK);
	assert_int_equal(lab_verify(&lab, cm_buf_view(&package), lab.trust), COMITY_VERDICT_VALID);
	for (size_t i = 0; comity_report_fact(lab.report, i, &fact); i++)
		if (strcmp(fact.name, "package.manifest_sha256") == 0)
			memcpy(package_sha256, fact.value, sizeof package_sha256);
	good[0] = (struct lab_file){"cards/xb.contact.json", card_of(&lab, 0)};
	good[1] = (struct lab_file){"messages/001.json", message_by(&lab)};
	good[2] = (struct lab_file){"acts/" ACT ".xb.contact.json", act_of(ACT, package_sha256, entry)};
	good[3] = (struct lab_file){"proofs/" ACT ".xb.contact.tlog-proof", proof_of(entry, log_key)};
	good[4] = (struct lab_file){"report.txt", "What happened.\n"};
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	for (size_t i = 0; i < kept_count; i++)
		cm_mem_free(all_kept[i]);
	cm_key_free(log_key);
	cm_key_free(other_log_key);
	cm_buf_fini(&package);
	lab_fini(&lab);
	return 0;
}

static enum comity_verdict
judged(const struct lab_file *files, size_t count, const struct comity_trust *trust)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) bundle = cm_buf_of(LAB_BYTES);
	assert_int_equal(lab_bundle(&lab, cm_buf_view(&package), files, count, &bundle), COMITY_OK);
	return lab_verify(&lab, cm_buf_view(&bundle), trust);
}

// The good bundle with file `at` replaced, or left out when `name` is NULL.
static bool
refused_by(size_t at, const char *name, const char *text, const char *rule)
{
	struct lab_file files[5];
	size_t n = 0;
	for (size_t i = 0; i < 5; i++)
		if (i != at)
			files[n++] = good[i];
		else if (name != NULL)
			files[n++] = (struct lab_file){name, text};
	enum comity_verdict verdict = judged(files, n, lab.trust);
	return verdict == COMITY_VERDICT_REFUSED && lab_has(&lab, rule);
}

static void
a_whole_bundle_is_valid(void **state)
{
	struct comity_check c;
	size_t seen = 0;
	(void)state;
	assert_int_equal(judged(good, 5, lab.trust), COMITY_VERDICT_VALID);
	for (size_t i = 0; comity_report_check(lab.report, i, &c); i++) {
		assert_int_equal(c.state, COMITY_CHECK_OK);
		seen += strcmp(c.name, "card") == 0 || strcmp(c.name, "message") == 0 || strcmp(c.name, "act") == 0 ||
		        strcmp(c.name, "receipt") == 0;
	}
	assert_int_equal(seen, 4);
	assert_int_equal(judged(good, 5, NULL), COMITY_VERDICT_INTACT);
}

static void
a_foreign_card_is_refused(void **state)
{
	(void)state;
	struct lab other;
	lab_init(&other);
	assert_true(refused_by(0, good[0].name, card_of(&other, 0), "identity_root"));
	assert_true(refused_by(0, "cards/xa.contact.json", good[0].text, "court_name"));
	assert_true(refused_by(0, NULL, NULL, "court_card"));
	assert_true(refused_by(0, good[0].name, "{}", "card_member"));
	lab_fini(&other);
}

// The card is there, its State's root was not given: one fault names that, and what the card signed is not judged.
static void
a_root_that_was_not_given_is_told_once(void **state)
{
	(void)state;
	struct lab other;
	struct comity_finding f;
	struct comity_check c;
	size_t roots = 0, waiting = 0;
	lab_init(&other);
	assert_int_equal(judged(good, 5, other.trust), COMITY_VERDICT_REFUSED);
	assert_false(lab_has(&lab, "court_card"));
	for (size_t i = 0; comity_report_finding(lab.report, i, &f); i++)
		roots += strcmp(f.rule.code, "identity_root") == 0;
	for (size_t i = 0; comity_report_check(lab.report, i, &c); i++) {
		bool signed_by_card = strcmp(c.name, "message") == 0 || strcmp(c.name, "act") == 0 || strcmp(c.name, "receipt") == 0;
		assert_true(!signed_by_card || c.state == COMITY_CHECK_NOT_JUDGED);
		waiting += signed_by_card && strstr(c.detail, "card of xb.contact is not trusted") != NULL;
	}
	assert_int_equal(roots, 1);
	assert_int_equal(waiting, 3);
	struct lab_file files[5];
	memcpy(files, good, sizeof files);
	files[1].text = message_of("XA", &lab); // what is wrong in itself is refused all the same
	assert_int_equal(judged(files, 5, other.trust), COMITY_VERDICT_REFUSED);
	assert_true(lab_has(&lab, "court_sender"));
	lab_fini(&other);
}

static void
a_message_of_somebody_else_is_refused(void **state)
{
	(void)state;
	struct lab other;
	char changed[8192];
	lab_init(&other);
	assert_true(refused_by(1, good[1].name, message_by(&other), "court_card"));
	assert_true(refused_by(1, good[1].name, message_of("XA", &lab), "court_sender"));
	assert_true(refused_by(1, good[1].name, "{\"Header\":{},\"Payload\":{}}", "hi1_not_a_message"));
	strncpy(changed, good[1].text, sizeof changed - 1);
	memcpy(strstr(changed, ",\"Signature\""), "}", 2);
	assert_true(refused_by(1, good[1].name, changed, "court_unsigned"));
	strncpy(changed, good[1].text, sizeof changed - 1);
	changed[sizeof changed - 1] = 0;
	memcpy(strstr(changed, OTHER_ACT), ACT, strlen(ACT));
	assert_true(refused_by(1, good[1].name, changed, "jws_signature"));
	lab_fini(&other);
}

static void
an_act_and_its_proof_stand_together(void **state)
{
	(void)state;
	uint8_t entry[CM_ACT_RECORD_ENTRY], mine[CM_ACT_RECORD_ENTRY];
	const char *other = act_of(OTHER_ACT, package_sha256, entry);
	assert_true(refused_by(3, good[3].name, proof_of(entry, log_key), "receipt_other_act"));
	act_of(ACT, package_sha256, mine);
	assert_true(refused_by(3, good[3].name, proof_of(mine, other_log_key), "receipt_log_unlisted"));
	assert_true(refused_by(3, NULL, NULL, "court_proof"));
	assert_true(refused_by(2, NULL, NULL, "court_proof"));
	assert_true(refused_by(2, good[2].name, other, "court_name"));
	assert_true(refused_by(2, good[2].name,
	                       act_of(ACT, "0000000000000000000000000000000000000000000000000000000000000000", mine),
	                       "court_package"));
}

// The card of today holds another certificate over the same key than the one that the message and the act name.
static void
a_renewed_card_stands_for_what_its_key_signed_before(void **state)
{
	(void)state;
	struct lab renewed = lab;
	struct lab_file files[5];
	struct comity_check c;
	renewed.leaf = cm_buf_of(LAB_BYTES);
	lab_certificate(&renewed, CM_X509_AUTHORITY, lab.key, &renewed.leaf);
	assert_false(cm_view_equal(cm_buf_view(&renewed.leaf), cm_buf_view(&lab.leaf)));
	memcpy(files, good, sizeof files);
	files[0].text = card_of(&renewed, 0);
	assert_int_equal(judged(files, 5, lab.trust), COMITY_VERDICT_VALID);
	for (size_t i = 0; comity_report_check(lab.report, i, &c); i++)
		assert_int_equal(c.state, COMITY_CHECK_OK);
	cm_buf_fini(&renewed.leaf);
}

// A card of the node's next key stands in the bundle, and the one of before beside it, under its number.
static void
a_card_of_before_stands_for_its_own_time(void **state)
{
	(void)state;
	struct lab changed = lab;
	struct lab_file files[6], *former = &files[5];
	struct comity_check c;
	changed.leaf = cm_buf_of(LAB_BYTES);
	assert_int_equal(cm_key_generate(CM_KEY_P256, &changed.key), CM_OK);
	lab_certificate(&changed, CM_X509_AUTHORITY, changed.key, &changed.leaf);
	memcpy(files, good, sizeof good);
	files[0].text = card_of(&changed, 0);
	assert_int_equal(judged(files, 5, lab.trust), COMITY_VERDICT_REFUSED);
	assert_true(lab_has(&lab, "court_card"));
	*former = (struct lab_file){"cards/xb.contact.1.json", good[0].text};
	assert_int_equal(judged(files, 6, lab.trust), COMITY_VERDICT_VALID);
	for (size_t i = 0; comity_report_check(lab.report, i, &c); i++)
		assert_int_equal(c.state, COMITY_CHECK_OK);
	static const char *const names[] = {"cards/xb.contact.x.json", "cards/xb.contact..json", "cards/xb.contact.1.1.json", "cards/xb.json"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		former->name = names[i];
		assert_int_equal(judged(files, 6, lab.trust), COMITY_VERDICT_REFUSED);
		assert_true(lab_has(&lab, "court_name"));
	}
	// Its time was over when the others of these were signed.
	former->name = "cards/xb.contact.1.json";
	card_until = LAB_NOW - CM_INSTANT_SECOND;
	former->text = card_of(&lab, 0);
	card_until = 0;
	assert_int_equal(judged(files, 6, lab.trust), COMITY_VERDICT_REFUSED);
	assert_true(lab_has(&lab, "court_card"));
	cm_key_free(changed.key);
	cm_buf_fini(&changed.leaf);
}

// Signed by the State's root like any other, with times that somebody wrote into a file.
static void
an_exercise_is_no_evidence(void **state)
{
	(void)state;
	struct lab_file files[5];
	struct comity_check c;
	size_t told = 0;
	memcpy(files, good, sizeof files);
	files[0].text = card_of(&lab, 2);
	assert_int_equal(judged(files, 5, lab.trust), COMITY_VERDICT_EXERCISE);
	for (size_t i = 0; comity_report_check(lab.report, i, &c); i++)
		told += strcmp(c.name, "exercise") == 0 && c.state == COMITY_CHECK_NOT_JUDGED;
	assert_int_equal(told, 1);
	assert_int_equal(judged(files, 5, NULL), COMITY_VERDICT_EXERCISE);
	files[3].text = "nothing";
	assert_int_equal(judged(files, 5, lab.trust), COMITY_VERDICT_REFUSED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {T(a_whole_bundle_is_valid), T(a_foreign_card_is_refused),
	                                   T(a_root_that_was_not_given_is_told_once),
	                                   T(a_message_of_somebody_else_is_refused),
	                                   T(an_act_and_its_proof_stand_together),
	                                   T(a_renewed_card_stands_for_what_its_key_signed_before),
	                                   T(a_card_of_before_stands_for_its_own_time),
	                                   T(an_exercise_is_no_evidence)};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
