// A real keeper process behind its walls, asked over its socket: what it signs, what it refuses, and how evidence is released.
#include "home.h"

#include <unistd.h>

#include "hooks.h"

#include "base/b64.h"
#include "crypto/chain.h"
#include "crypto/cms.h"
#include "crypto/jws.h"
#include "crypto/note.h"
#include "crypto/statement.h"
#include "format/card.h"
#include "node/ipc_findings.h"
#include "node/tab_frame.h"

// These tests need no node.
cm_result
cm_node_main(struct cm_node_start *start, struct cm_report *report)
{
	(void)start;
	return cm_report_failed(report, CM_ERROR_INTERNAL, "node", "not in this test");
}

static struct home home;
static struct cm_keeper_process keeper;
static struct home_person ana = {.id = "ana", .password = "correct horse battery"};
static struct home_person bo = {.id = "bo", .password = "staple correct horse"};
static const struct cm_hash nothing;

static int
setup(void **state)
{
	(void)state;
	struct cm_report report = {0};
	home_make(&home);
	assert_good(cm_keeper_start(home.home, -1, &report, &keeper), &report);
	home_add(&keeper.client, &ana);
	home_add(&keeper.client, &bo);
	assert_good(home_login(&keeper.client, &ana, 0, &report), &report);
	assert_good(home_login(&keeper.client, &bo, 0, &report), &report);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	cm_keeper_stop(&keeper);
	home_remove(&home);
	return 0;
}

static struct cm_keeper_public
public_keys(void)
{
	struct cm_report report = {0};
	struct cm_keeper_public public;
	assert_good(cm_keeper_client_keys(&keeper.client, &report, &public), &report);
	return public;
}

static struct cm_key_public
signer(void)
{
	struct cm_x509 cert;
	struct cm_keeper_public public = public_keys();
	assert_int_equal(cm_x509_read(public.keys.chain[0], NULL, &cert), CM_OK);
	assert_string_equal(cert.node, HOME_NODE);
	cm_keeper_public_fini(&public);
	return cert.key;
}

static void
every_signature_verifies_over_what_it_says(void **state)
{
	(void)state;
	struct cm_report report = {0};
	struct cm_key_signature sig;
	struct cm_key_public key = signer();
	struct cm_keeper_public public = public_keys();
	struct cm_buf message = cm_buf_of(4096);

	struct cm_ipc_cades cades = {.manifest = cm_hash_of(cm_view_text("manifest")),
	        .time = cm_instant_of_seconds(cm_instant_seconds(cm_clock_utc()))};
	assert_good(cm_keeper_client_sign_cades(&keeper.client, &cades, &report, &sig), &report);
	assert_int_equal(cm_cms_attributes(&cades.manifest, cades.time, public.keys.chain[0], &message), CM_OK);
	assert_int_equal(cm_key_verify(&key, cm_buf_view(&message), &sig, NULL), CM_OK);

	cm_buf_clear(&message);
	struct cm_ipc_acts acts = {.root = cades.manifest, .count = 3, .time = cm_clock_utc()};
	assert_good(cm_keeper_client_sign_acts(&keeper.client, &acts, &report, &sig), &report);
	cm_statement_acts(&acts.root, acts.count, acts.time, &message);
	assert_int_equal(cm_key_verify(&key, cm_buf_view(&message), &sig, NULL), CM_OK);

	cm_buf_clear(&message);
	assert_good(cm_keeper_client_sign_card(&keeper.client, cm_view_text("{}"), &report, &sig), &report);
	struct cm_hash certificate = cm_hash_of(public.keys.chain[0]);
	cm_card_protected_write(certificate.b, &message);
	struct cm_hash card = cm_jws_digest(cm_buf_view(&message), cm_view_text("{}"));
	assert_int_equal(cm_jws_verify(&card, &sig, &key, NULL), CM_OK);

	cm_buf_clear(&message);
	struct cm_jws_spec spec = {.certificate = certificate, .request = &cades.manifest};
	assert_int_equal(cm_jws_protected_write(&spec, &message), CM_OK);
	struct cm_ipc_hi1 hi1 = {.protected_b64 = cm_buf_view(&message), .payload = cm_view_text("{\"a\":1}")};
	assert_good(cm_keeper_client_sign_hi1(&keeper.client, &hi1, &report, &sig), &report);
	struct cm_hash digest = cm_jws_digest(hi1.protected_b64, hi1.payload);
	assert_int_equal(cm_jws_verify(&digest, &sig, &key, NULL), CM_OK);

	// More than go into one question, each with its own payload; one bad one spoils all.
	static char payloads[70][16];
	struct cm_ipc_hi1 many[70];
	struct cm_key_signature sigs[70];
	for (size_t i = 0; i < 70; i++) {
		snprintf(payloads[i], sizeof payloads[i], "{\"a\":%zu}", i);
		many[i] = (struct cm_ipc_hi1){.protected_b64 = hi1.protected_b64, .payload = cm_view_text(payloads[i])};
	}
	assert_good(cm_keeper_client_sign_hi1_many(&keeper.client, many, 70, &report, sigs), &report);
	for (size_t i = 0; i < 70; i++) {
		digest = cm_jws_digest(many[i].protected_b64, many[i].payload);
		assert_int_equal(cm_jws_verify(&digest, &sigs[i], &key, NULL), CM_OK);
	}
	many[3].protected_b64 = cm_view_text("e30");
	assert_int_equal(cm_keeper_client_sign_hi1_many(&keeper.client, many, 70, NULL, sigs), CM_REFUSED);
	cm_buf_fini(&message);
	cm_keeper_public_fini(&public);
}

static void
a_message_signature_cannot_be_had_for_anything_else(void **state)
{
	(void)state;
	struct cm_key_signature sig;
	static const char *const headers[] = {"", "e30", "MYIBIzA", "eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCJ9",
	        "eyJhbGciOiJub25lIiwidHlwIjoiY29taXR5LWhpMStqd3MifQ"};
	for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
		struct cm_ipc_hi1 hi1 = {.protected_b64 = cm_view_text(headers[i]), .payload = cm_view_text("{}")};
		assert_refused(cm_keeper_client_sign_hi1(&keeper.client, &hi1, report, &sig), CM_ERROR_KEEPER_FORM);
	}
	// The type of a message in a place where it says nothing; a certificate of somebody else.
	static const char *const texts[] = {
	        "{\"alg\":\"ES256\",\"typ\":\"comity-card+jws\",\"x\":{\"typ\":\"" CM_JWS_TYPE "\"}}",
	        "{\"alg\":\"ES256\",\"typ\":\"" CM_JWS_TYPE "\",\"x5t#S256\":\"47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU\"}"};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct cm_buf b64 = cm_buf_of(1024);
		cm_b64_write(&b64, cm_view_text(texts[i]), CM_B64_URL);
		struct cm_ipc_hi1 hi1 = {.protected_b64 = cm_buf_view(&b64), .payload = cm_view_text("{}")};
		assert_refused(cm_keeper_client_sign_hi1(&keeper.client, &hi1, report, &sig), CM_ERROR_KEEPER_FORM);
		cm_buf_fini(&b64);
	}
}

static void
a_signature_is_never_dated_back(void **state)
{
	(void)state;
	struct cm_key_signature sig;
	struct cm_instant now = cm_instant_of_seconds(cm_instant_seconds(cm_clock_utc()));
	struct cm_ipc_cades cades = {.time = {.us = now.us - CM_INSTANT_DAY}};
	assert_refused(cm_keeper_client_sign_cades(&keeper.client, &cades, report, &sig), CM_ERROR_KEEPER_TIME);
	cades.time.us = now.us + CM_INSTANT_DAY;
	assert_refused(cm_keeper_client_sign_cades(&keeper.client, &cades, report, &sig), CM_ERROR_KEEPER_TIME);
	cades.time.us = now.us + 1;
	assert_refused(cm_keeper_client_sign_cades(&keeper.client, &cades, report, &sig), CM_ERROR_KEEPER_FORM);
}

static void
the_head_of_the_register_is_a_note_and_never_goes_back(void **state)
{
	(void)state;
	struct cm_report good = {0};
	struct cm_note note;
	struct cm_note_key key;
	struct cm_note_signers signers;
	struct cm_key_signature sig;
	struct cm_merkle_head held;
	struct cm_buf first = cm_buf_of(4096), again = cm_buf_of(4096);
	struct cm_hash leaf = cm_merkle_leaf(cm_view_text("act"));
	struct cm_keeper_public public = public_keys();
	struct cm_ipc_cycle cycle = {
	        .acts = {.root = leaf, .count = 1, .time = cm_clock_utc()},
	        .head = {.origin = cm_view_text(HOME_ORIGIN), .head = {.size = 1, .root = leaf}},
	};
	assert_good(cm_keeper_client_sign_cycle(&keeper.client, &cycle, &good, &sig, &first), &good);
	assert_good(cm_keeper_client_sign_head(&keeper.client, &cycle.head, &good, &again), &good);
	assert_true(cm_view_equal(cm_buf_view(&first), cm_buf_view(&again)));
	assert_int_equal(cm_note_key_make(cm_view_text(HOME_ORIGIN), CM_NOTE_ED25519, public.keys.log, NULL, &key), CM_OK);
	assert_good(cm_note_read(cm_buf_view(&first), &good, &note), &good);
	assert_good(cm_note_verify(&note, &key, 1, &good, &signers), &good);
	assert_int_equal(signers.count, 1);
	cycle.head.head.root.b[0] ^= 1;
	assert_refused(cm_keeper_client_sign_cycle(&keeper.client, &cycle, report, &sig, &again), CM_ERROR_GUARD_FORK);
	cycle.head.head = (struct cm_merkle_head){.size = 0, .root = cm_merkle_empty()};
	assert_refused(cm_keeper_client_sign_head(&keeper.client, &cycle.head, report, &again), CM_ERROR_GUARD_SMALLER);
	assert_good(cm_keeper_client_head(&keeper.client, cm_view_text(HOME_ORIGIN), &good, &held), &good);
	assert_int_equal(held.size, 1);
	cm_buf_fini(&first);
	cm_buf_fini(&again);
	cm_keeper_public_fini(&public);
}

static void
a_tls_certificate_chains_to_the_root_and_is_short(void **state)
{
	(void)state;
	struct cm_report good = {0};
	struct cm_key *key = NULL;
	struct cm_key_public subject;
	struct cm_chain_answer answer;
	struct cm_buf spki = cm_buf_of(256), der = cm_buf_of(4096);
	struct cm_keeper_public public = public_keys();
	static const uint8_t loopback[4] = {127, 0, 0, 1};
	struct cm_instant now = cm_instant_of_seconds(cm_instant_seconds(cm_clock_utc()));
	assert_int_equal(cm_key_generate(CM_KEY_P256, &key), CM_OK);
	cm_key_public(key, &subject);
	assert_int_equal(cm_key_spki_write(&subject, &spki), CM_OK);
	struct cm_ipc_tls tls = {.spki = cm_buf_view(&spki), .ip = cm_view_of(loopback, 4), .not_before = now,
	        .not_after = {.us = now.us + 30 * CM_INSTANT_DAY}};
	assert_good(cm_keeper_client_sign_tls(&keeper.client, &tls, &good, &der), &good);
	struct cm_chain_question question = {.leaf = cm_buf_view(&der), .between = public.keys.chain, .between_count = 1,
	        .roots = &public.keys.chain[1], .root_count = 1, .purpose = CM_CHAIN_TLS, .at = now, .node = HOME_NODE};
	assert_int_equal(public.keys.chain_count, 2);
	assert_good(cm_chain_check(&question, &good, &answer), &good);
	tls.not_after.us += CM_INSTANT_DAY;
	assert_refused(cm_keeper_client_sign_tls(&keeper.client, &tls, report, &der), CM_ERROR_KEEPER_FORM);
	cm_key_free(key);
	cm_buf_fini(&spki);
	cm_buf_fini(&der);
	cm_keeper_public_fini(&public);
}

// A frame as somebody would send it who does not use our client.
static cm_result
raw(uint16_t type, struct cm_view payload, struct cm_report *report)
{
	struct cm_ipc_frame frame = {.type = type, .id = 4711, .payload = payload}, reply;
	assert_int_equal(cm_ipc_send(&keeper.client.channel.ipc, &frame, CM_CLOCK_NEVER, NULL), CM_OK);
	assert_int_equal(cm_ipc_recv(&keeper.client.channel.ipc, cm_clock_after(10 * CM_INSTANT_SECOND), NULL, &reply), CM_OK);
	assert_int_equal(reply.id, 4711);
	return reply.type == CM_FRAME_REFUSED ? cm_ipc_findings_read(reply.payload, report) : CM_OK;
}

static void
what_is_not_in_the_table_or_malformed_is_refused(void **state)
{
	(void)state;
	static const uint8_t zeros[3000];
	for (uint16_t type = 0; type < 80; type++) {
		bool ours = type >= CM_FRAME_KEYS && type <= CM_FRAME_SETTLE;
		if (!ours)
			assert_refused(raw(type, cm_view_of(zeros, 40), report), CM_ERROR_KEEPER_PURPOSE);
		else if (type != CM_FRAME_LOGIN && type != CM_FRAME_PERSON_ADD && type != CM_FRAME_PERSON_ENROL)
			assert_int_not_equal(raw(type, cm_view_of(zeros, 3000), NULL), CM_OK);
	}
	assert_refused(raw(CM_FRAME_SIGN_CADES, cm_view_of(zeros, 39), report), CM_ERROR_KEEPER_FORM);
	assert_refused(raw(CM_FRAME_SIGN_CADES, cm_view_of(zeros, 41), report), CM_ERROR_KEEPER_FORM);
	assert_refused(raw(CM_FRAME_KEYS, cm_view_of(zeros, 1), report), CM_ERROR_KEEPER_FORM);
}

static void
a_code_works_once_and_every_wrong_factor_gives_the_same_answer(void **state)
{
	(void)state;
	struct home_person eve = {.id = "eve", .password = "another long password"};
	struct home_person nobody = {.id = "nobody", .password = "another long password"};
	struct cm_ipc_session session;
	struct cm_report good = {0};
	struct cm_buf sealed = cm_buf_of(CM_LIMIT_SEALED_LOGIN_VALUE);
	home_add(&keeper.client, &eve);
	home_login_make(&keeper.client, &eve, 0, &sealed);
	assert_good(cm_keeper_client_login(&keeper.client, cm_buf_view(&sealed), &good, &session), &good);
	struct cm_hash proof = cm_keeper_login_proof(eve.key, session.id);
	assert_true(cm_hash_equal(&proof, &session.proof));
	assert_refused(cm_keeper_client_login(&keeper.client, cm_buf_view(&sealed), report, &session),
	               CM_ERROR_LOGIN_WRONG);
	assert_refused(home_login(&keeper.client, &eve, -1, report), CM_ERROR_LOGIN_WRONG); // a step used before
	eve.password = "wrong";
	assert_refused(home_login(&keeper.client, &eve, 1, report), CM_ERROR_LOGIN_WRONG);
	assert_refused(home_login(&keeper.client, &nobody, 0, report), CM_ERROR_LOGIN_WRONG);
	sealed.p[sealed.n - 1] ^= 1;
	assert_refused(cm_keeper_client_login(&keeper.client, cm_buf_view(&sealed), report, &session),
	               CM_ERROR_LOGIN_SEALED);
	eve.password = "another long password";
	assert_good(home_login(&keeper.client, &eve, 1, &good), &good);
	for (int i = 0; i < CM_LIMIT_LOGIN_TRIES_VALUE; i++)
		assert_refused(home_login(&keeper.client, &eve, 0, report), CM_ERROR_LOGIN_WRONG);
	assert_refused(home_login(&keeper.client, &eve, 1, report), CM_ERROR_LOGIN_WAIT);
	assert_good(cm_keeper_client_logout(&keeper.client, eve.session.id, &good), &good);
	assert_refused(cm_keeper_client_logout(&keeper.client, eve.session.id, report), CM_ERROR_SESSION_UNKNOWN);
	cm_buf_fini(&sealed);
}

static void
a_statement_counts_once_and_only_in_its_session(void **state)
{
	(void)state;
	struct cm_report good = {0};
	struct cm_ipc_person person;
	struct cm_buf text = cm_buf_of(CM_LIMIT_STATEMENT_BYTES_VALUE);
	struct cm_ipc_statement s = home_state(&ana, "api_request_create", "r1", &nothing, &text);
	assert_good(cm_keeper_client_act_check(&keeper.client, &s, &good, &person), &good);
	assert_string_equal(person.id, "ana");
	assert_refused(cm_keeper_client_act_check(&keeper.client, &s, report, &person), CM_ERROR_STATEMENT_REPLAYED);
	s = home_state(&ana, "api_request_create", "r1", &nothing, &text);
	memcpy(s.session, bo.session.id, sizeof s.session);
	assert_refused(cm_keeper_client_act_check(&keeper.client, &s, report, &person), CM_ERROR_STATEMENT_MAC);
	s = home_state(&ana, "api_request_create", "r1", &nothing, &text);
	text.p[text.n - 40] ^= 1; // inside the digest
	assert_refused(cm_keeper_client_act_check(&keeper.client, &s, report, &person), CM_ERROR_STATEMENT_MAC);
	s = home_state(&ana, "api_request_create", "r1", &nothing, &text);
	s.session[0] ^= 1;
	assert_refused(cm_keeper_client_act_check(&keeper.client, &s, report, &person), CM_ERROR_SESSION_UNKNOWN);
	for (size_t i = 0; i < 2 * CM_LIMIT_SESSION_REPLAYS_VALUE; i++) {
		s = home_state(&ana, "api_request_create", "r1", &nothing, &text);
		assert_good(cm_keeper_client_act_check(&keeper.client, &s, &good, &person), &good);
	}
	cm_buf_fini(&text);
}

static void
a_statement_with_an_old_time_is_refused(void **state)
{
	(void)state;
	struct cm_ipc_person person;
	struct cm_buf text = cm_buf_of(CM_LIMIT_STATEMENT_BYTES_VALUE);
	struct cm_keeper_statement old = {.time = {.us = cm_clock_utc().us - 3600 * CM_INSTANT_SECOND},
	        .act = cm_view_text("api_request_create")};
	cm_keeper_statement_write(&old, &text);
	struct cm_ipc_statement s = {.text = cm_buf_view(&text)};
	memcpy(s.session, ana.session.id, sizeof s.session);
	s.mac = cm_keeper_statement_mac(ana.key, ana.session.id, s.text);
	assert_refused(cm_keeper_client_act_check(&keeper.client, &s, report, &person), CM_ERROR_KEEPER_TIME);
	cm_buf_fini(&text);
}

// A sealed file's header for the node, with its file key.
static void
seal(struct cm_buf *header, struct cm_seal_file_key *key)
{
	struct cm_seal_random random;
	struct cm_seal_recipient recipient = home_recipient(&keeper.client);
	home_random(&random);
	assert_int_equal(cm_seal_header_write(&recipient, 1, &random, NULL, header), CM_OK);
	*key = random.file_key;
	header->n -= CM_SEAL_NONCE;
}

// A key was released to job 5 by the approvals of ana and bo: they are good for one result.
static void
only_one_result(struct cm_ipc_release release, const struct cm_hash *digest)
{
	struct cm_report good = {0};
	struct cm_ipc_approval approval;
	struct cm_proc reader = {0};
	struct cm_proc_end end;
	int fd = -1;
	struct cm_buf text = cm_buf_of(CM_LIMIT_STATEMENT_BYTES_VALUE);
	assert_good(cm_role_reader_start(&keeper.parent, 7, &good, &reader, &fd), &good);
	struct cm_ipc node = cm_ipc_of(fd);
	// What came of it is open: no second reader by the same approvals.
	release.job = 7;
	assert_refused(cm_keeper_client_release(&keeper.client, &release, report), CM_ERROR_APPROVAL_IN_USE);
	assert_good(cm_keeper_client_settle(&keeper.client, 6, true, &good), &good); // another job's end is not this one's
	assert_refused(cm_keeper_client_release(&keeper.client, &release, report), CM_ERROR_APPROVAL_IN_USE);
	// Nothing came of it: one of the persons asks again.
	assert_good(cm_keeper_client_settle(&keeper.client, 5, false, &good), &good);
	struct cm_ipc_statement s = home_state(&ana, "evidence_open", "e1", digest, &text);
	assert_good(cm_keeper_client_approve(&keeper.client, &s, &good, &approval), &good);
	assert_true(approval.again);
	assert_int_equal(approval.have, 2);
	assert_string_equal(approval.person, "ana");
	assert_good(cm_keeper_client_release(&keeper.client, &release, &good), &good);
	// It is kept: the two approvals are spent, and both persons begin anew.
	assert_good(cm_keeper_client_settle(&keeper.client, 7, true, &good), &good);
	assert_refused(cm_keeper_client_release(&keeper.client, &release, report), CM_ERROR_APPROVAL_MISSING);
	s = home_state(&ana, "evidence_open", "e1", digest, &text);
	assert_good(cm_keeper_client_approve(&keeper.client, &s, &good, &approval), &good);
	assert_false(approval.again);
	assert_int_equal(approval.have, 1);
	cm_ipc_fini(&node);
	assert_good(cm_proc_wait(&reader, cm_clock_after(10 * CM_INSTANT_SECOND), &good, &end), &good);
	cm_buf_fini(&text);
}

static void
evidence_opens_after_two_different_persons_and_the_key_goes_to_the_reader(void **state)
{
	(void)state;
	struct cm_report good = {0};
	struct cm_ipc_approval approval;
	struct cm_proc reader = {0};
	struct cm_proc_end end;
	struct cm_ipc_frame reply;
	struct cm_seal_file_key key, other_key;
	int fd = -1;
	struct cm_buf header = cm_buf_of(4096), other = cm_buf_of(4096), text = cm_buf_of(CM_LIMIT_STATEMENT_BYTES_VALUE);
	seal(&header, &key);
	seal(&other, &other_key);
	struct cm_hash digest = cm_hash_of(cm_buf_view(&header));
	struct cm_ipc_release release = {.job = 5, .grant = CM_IPC_GRANT_OPEN, .object = cm_view_text("e1"),
	        .header = cm_buf_view(&header)};
	assert_good(cm_role_reader_start(&keeper.parent, 5, &good, &reader, &fd), &good);
	struct cm_ipc node = cm_ipc_of(fd);
	assert_refused(cm_keeper_client_release(&keeper.client, &release, report), CM_ERROR_APPROVAL_MISSING);

	struct cm_ipc_statement s = home_state(&ana, "evidence_open", "e1", &digest, &text);
	assert_good(cm_keeper_client_approve(&keeper.client, &s, &good, &approval), &good);
	assert_int_equal(approval.have, 1);
	assert_int_equal(approval.needed, 2);
	assert_refused(cm_keeper_client_release(&keeper.client, &release, report), CM_ERROR_APPROVAL_MISSING);
	s = home_state(&ana, "evidence_open", "e1", &digest, &text); // one person approving twice
	assert_refused(cm_keeper_client_approve(&keeper.client, &s, report, &approval), CM_ERROR_APPROVAL_SAME_PERSON);
	s = home_state(&bo, "evidence_open", "e2", &digest, &text); // for another evidence
	assert_good(cm_keeper_client_approve(&keeper.client, &s, &good, &approval), &good);
	assert_refused(cm_keeper_client_release(&keeper.client, &release, report), CM_ERROR_APPROVAL_MISSING);
	s = home_state(&bo, "evidence_export", "e1", &digest, &text); // for another purpose
	assert_good(cm_keeper_client_approve(&keeper.client, &s, &good, &approval), &good);
	assert_refused(cm_keeper_client_release(&keeper.client, &release, report), CM_ERROR_APPROVAL_MISSING);
	s = home_state(&bo, "evidence_open", "e1", &digest, &text);
	assert_good(cm_keeper_client_approve(&keeper.client, &s, &good, &approval), &good);
	assert_int_equal(approval.have, 2);

	struct cm_ipc_release swapped = release; // the approvals name another header
	swapped.header = cm_buf_view(&other);
	assert_refused(cm_keeper_client_release(&keeper.client, &swapped, report), CM_ERROR_APPROVAL_MISSING);
	struct cm_ipc_release nobody = release;
	nobody.job = 6;
	assert_refused(cm_keeper_client_release(&keeper.client, &nobody, report), CM_ERROR_RELEASE_JOB);

	struct cm_ipc_frame job = {.type = CM_FRAME_PACKAGE_JOB, .id = 1};
	assert_int_equal(cm_ipc_send(&node, &job, CM_CLOCK_NEVER, NULL), CM_OK);
	assert_good(cm_keeper_client_release(&keeper.client, &release, &good), &good);
	assert_good(cm_ipc_recv(&node, cm_clock_after(10 * CM_INSTANT_SECOND), &good, &reply), &good);
	assert_int_equal(reply.type, CM_FRAME_DONE);
	struct cm_hash expect = cm_hash_of(cm_view_of(key.b, sizeof key.b));
	assert_int_equal(reply.payload.n, CM_HASH_SIZE + 1 + 2);
	assert_memory_equal(reply.payload.p, expect.b, CM_HASH_SIZE);
	assert_int_equal(reply.payload.p[CM_HASH_SIZE], CM_IPC_GRANT_OPEN);
	assert_good(cm_proc_wait(&reader, cm_clock_after(10 * CM_INSTANT_SECOND), &good, &end), &good);
	assert_int_equal(end.code, 0);
	assert_int_equal(end.signal, 0);
	cm_ipc_fini(&node);

	only_one_result(release, &digest);
	cm_buf_fini(&header);
	cm_buf_fini(&other);
	cm_buf_fini(&text);
}

static void
a_disabled_person_says_nothing_more_and_the_approval_is_gone(void **state)
{
	(void)state;
	struct cm_report good = {0};
	struct cm_ipc_approval approval;
	struct cm_ipc_persons persons;
	struct cm_hash digest = cm_hash_of(cm_view_text("header"));
	struct home_person cy = {.id = "cy", .password = "a third long password"};
	struct cm_buf text = cm_buf_of(CM_LIMIT_STATEMENT_BYTES_VALUE);
	home_add(&keeper.client, &cy);
	assert_good(home_login(&keeper.client, &cy, 0, &good), &good);
	struct cm_ipc_statement s = home_state(&cy, "evidence_open", "e9", &digest, &text);
	assert_good(cm_keeper_client_approve(&keeper.client, &s, &good, &approval), &good);
	assert_good(cm_keeper_client_person_disable(&keeper.client, "cy", &good), &good);
	s = home_state(&cy, "evidence_open", "e10", &digest, &text);
	assert_refused(cm_keeper_client_approve(&keeper.client, &s, report, &approval), CM_ERROR_SESSION_UNKNOWN);
	s = home_state(&ana, "evidence_open", "e9", &digest, &text);
	assert_good(cm_keeper_client_approve(&keeper.client, &s, &good, &approval), &good);
	assert_int_equal(approval.have, 1);
	assert_refused(home_login(&keeper.client, &cy, 1, report), CM_ERROR_LOGIN_WRONG);
	assert_good(cm_keeper_client_person_list(&keeper.client, &good, &persons), &good);
	assert_true(persons.persons[persons.n - 1].disabled);
	assert_refused(cm_keeper_client_person_disable(&keeper.client, "zed", report), CM_ERROR_PERSON_UNKNOWN);
	cm_buf_fini(&text);
}

static void
a_role_that_may_not_approves_nothing_and_an_approval_ends_with_its_role(void **state)
{
	(void)state;
	struct cm_report good = {0};
	struct cm_ipc_approval approval;
	struct cm_ipc_person person;
	char id[CM_IPC_PERSON_ID];
	struct cm_hash digest = cm_hash_of(cm_view_text("header"));
	struct home_person dee = {.id = "dee", .password = "a fourth long password", .roles = "custodian"};
	struct cm_buf text = cm_buf_of(CM_LIMIT_STATEMENT_BYTES_VALUE), sealed = cm_buf_of(CM_LIMIT_SEALED_LOGIN_VALUE);
	home_add(&keeper.client, &dee);
	assert_good(home_login(&keeper.client, &dee, 0, &good), &good);
	struct cm_ipc_statement s = home_state(&dee, "api_request_decide", "r1", &digest, &text);
	assert_refused(cm_keeper_client_act_check(&keeper.client, &s, report, &person), CM_ERROR_PERSON_ROLE);
	s = home_state(&dee, "evidence_export", "e11", &digest, &text);
	assert_good(cm_keeper_client_approve(&keeper.client, &s, &good, &approval), &good);
	dee.roles = "auditor";
	home_enrolment(&keeper.client, &dee, &sealed);
	assert_good(cm_keeper_client_person_enrol(&keeper.client, cm_buf_view(&sealed), &good, id), &good);
	s = home_state(&ana, "evidence_export", "e11", &digest, &text);
	assert_good(cm_keeper_client_approve(&keeper.client, &s, &good, &approval), &good);
	assert_int_equal(approval.have, 1);
	assert_good(home_login(&keeper.client, &dee, 1, &good), &good);
	s = home_state(&dee, "evidence_export", "e11", &digest, &text);
	assert_refused(cm_keeper_client_approve(&keeper.client, &s, report, &approval), CM_ERROR_PERSON_ROLE);
	cm_buf_fini(&text);
	cm_buf_fini(&sealed);
}

static void
a_second_keeper_over_the_same_folder_is_refused(void **state)
{
	(void)state;
	struct cm_keeper_process second;
	assert_refused(cm_keeper_start(home.home, -1, report, &second), CM_ERROR_LOCK_HELD);
}

static void
persons_and_used_codes_outlive_a_restart(void **state)
{
	(void)state;
	struct cm_report good = {0};
	cm_keeper_stop(&keeper);
	assert_good(cm_keeper_start(home.home, -1, &good, &keeper), &good);
	assert_refused(home_login(&keeper.client, &ana, -1, report), CM_ERROR_LOGIN_WRONG); // a step used before
	assert_good(home_login(&keeper.client, &ana, 1, &good), &good);
}

int
main(int argc, char **argv)
{
	int code;
	if (cm_role_main(argc, argv, NULL, &code))
		return code;
	const struct CMUnitTest tests[] = {
	        T(every_signature_verifies_over_what_it_says),
	        T(a_message_signature_cannot_be_had_for_anything_else),
	        T(a_signature_is_never_dated_back),
	        T(the_head_of_the_register_is_a_note_and_never_goes_back),
	        T(a_tls_certificate_chains_to_the_root_and_is_short),
	        T(what_is_not_in_the_table_or_malformed_is_refused),
	        T(a_code_works_once_and_every_wrong_factor_gives_the_same_answer),
	        T(a_statement_counts_once_and_only_in_its_session),
	        T(a_statement_with_an_old_time_is_refused),
	        T(evidence_opens_after_two_different_persons_and_the_key_goes_to_the_reader),
	        T(a_disabled_person_says_nothing_more_and_the_approval_is_gone),
	        T(a_role_that_may_not_approves_nothing_and_an_approval_ends_with_its_role),
	        T(a_second_keeper_over_the_same_folder_is_refused),
	        T(persons_and_used_codes_outlive_a_restart),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
