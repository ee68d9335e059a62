// Knows: session files, sealed logins and statements as the officer's own program makes them. Does not know: how the
// keeper judges them (keeper_*.c), or what is asked for.
#include "node/officer.h"

#include <stdio.h>
#include <string.h>

#include "base/b64.h"
#include "base/hex.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/rd.h"
#include "crypto/secret.h"
#include "format/card.h"
#include "format/json.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/rand.h"
#include "proto/problem.h"
#include "node/admin_client.h"
#include "node/keeper.h"
#include "node/keeper_statement.h"

static const char cm_officer_magic[] = "comity-session 1";

void
cm_officer_session_fini(struct cm_officer_session *session)
{
	if (session != NULL)
		cm_mem_wipe(session, sizeof *session);
}

cm_result
cm_officer_session_save(const char *path, const struct cm_officer_session *session, struct cm_report *report)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) text = cm_buf_of_secret(CM_LIMIT_SESSION_FILE_VALUE);
	cm_buf_printf(&text, "%s\n%s\n", cm_officer_magic, session->person);
	cm_hex_write(&text, cm_view_of(session->id, sizeof session->id));
	cm_buf_u8(&text, '\n');
	cm_hex_write(&text, cm_view_of(session->key, sizeof session->key));
	cm_buf_printf(&text, "\n%lld\n", (long long)cm_instant_seconds(session->until));
	cm_result r = cm_buf_result(&text);
	return r == CM_OK ? cm_file_replace(path, 0600, cm_buf_view(&text), report) : r;
}

cm_result
cm_officer_session_load(const char *path, struct cm_report *report, struct cm_officer_session *ret_session)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) text = cm_buf_of_secret(CM_LIMIT_SESSION_FILE_VALUE);
	struct cm_officer_session CM_CLEANUP(cm_officer_session_fini) session = {.person = ""};
	cm_result r = cm_file_load(path, &text, report);
	if (r != CM_OK)
		return r;
	struct cm_rd rd = cm_rd_of(cm_buf_view(&text));
	bool good = cm_view_is(cm_rd_until(&rd, '\n'), cm_officer_magic);
	struct cm_view person = cm_rd_until(&rd, '\n');
	good = good && person.n > 0 && person.n < sizeof session.person;
	good = good && cm_hex_read(cm_rd_until(&rd, '\n'), session.id, sizeof session.id);
	good = good && cm_hex_read(cm_rd_until(&rd, '\n'), session.key, sizeof session.key);
	uint64_t until = 0;
	good = good && cm_num_u64(cm_rd_until(&rd, '\n'), 0, UINT32_MAX, &until) && cm_rd_done(&rd);
	if (!good)
		return cm_report_refuse(report, CM_ERROR_SESSION_FILE, path, "%s", "");
	memcpy(session.person, person.p, person.n);
	session.until = cm_instant_of_seconds((int64_t)until);
	*ret_session = session;
	return CM_OK;
}

cm_result
cm_officer_recipient(const char *home, struct cm_report *report, struct cm_seal_recipient *ret_recipient)
{
	char path[CM_FILE_PATH];
	struct cm_buf CM_CLEANUP(cm_buf_fini) text = cm_buf_of(CM_LIMIT_CARD_BYTES_VALUE);
	struct cm_card CM_CLEANUP(cm_card_fini) card = {.serial = 0};
	cm_result r = cm_file_path(path, sizeof path, home, "card.json", report);
	if (r == CM_OK)
		r = cm_file_load(path, &text, report);
	if (r == CM_OK)
		r = cm_card_read(cm_buf_view(&text), report, &card);
	return r == CM_OK ? cm_seal_recipient_read(card.seal_recipient, report, ret_recipient) : r;
}

// Makes a call of the running node and reads its JSON answer, if it has one.
static cm_result
cm_officer_call(const struct cm_admin_call *call, struct cm_report *report, struct cm_json **ret_json)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) body = cm_buf_of(CM_LIMIT_FRAME_BYTES_VALUE);
	unsigned status = 0;
	cm_result r = cm_admin_client_call(call, report, &body, &status);
	if (r == CM_OK && body.n > 0)
		r = cm_json_read(cm_buf_view(&body), CM_LIMIT_FRAME_BYTES_VALUE, report, ret_json);
	if (r != CM_OK || (status >= 200 && status < 300))
		return r;
	cm_problem_findings(*ret_json == NULL ? NULL : cm_json_root(*ret_json), status, report);
	return status < 500 ? CM_REFUSED : CM_FAILED;
}

// Sends sealed bytes to a route.
static cm_result
cm_officer_send(const char *home, const char *path, struct cm_view sealed, struct cm_report *report,
                struct cm_json **ret_json)
{
	struct cm_admin_call call = {.home = home,
	        .method = "POST",
	        .path = path,
	        .content_type = "application/octet-stream",
	        .body = sealed,
	        .body_fd = -1};
	return cm_officer_call(&call, report, ret_json);
}

// The node's word about the session, believed only with the keeper's proof under our own key.
static cm_result
cm_officer_take_session(const struct cm_json_value *root, struct cm_officer_session *session,
                        struct cm_report *report)
{
	uint8_t proof[32];
	struct cm_instant until;
	bool good = cm_hex_read(cm_json_text(cm_json_member(root, "session")), session->id, sizeof session->id) &&
	            cm_hex_read(cm_json_text(cm_json_member(root, "proof")), proof, sizeof proof) &&
	            cm_instant_read(cm_json_text(cm_json_member(root, "until")), &until);
	if (good) {
		struct cm_hash want = cm_keeper_login_proof(session->key, session->id);
		good = cm_secret_equal(cm_hash_view(&want), cm_view_of(proof, sizeof proof));
	}
	if (!good)
		return cm_report_refuse(report, CM_ERROR_LOGIN_PROOF, "node", "%s", session->person);
	session->until = until;
	return CM_OK;
}

cm_result
cm_officer_login(const struct cm_officer_login *login, struct cm_report *report, struct cm_officer_session *ret_session)
{
	struct cm_officer_session CM_CLEANUP(cm_officer_session_fini) session = {.person = ""};
	struct cm_seal_random random;
	struct cm_seal_recipient recipient;
	struct cm_buf CM_CLEANUP(cm_buf_fini) sealed = cm_buf_of(CM_LIMIT_FRAME_BYTES_VALUE);
	struct cm_json CM_CLEANUP(cm_json_free_at) *json = NULL;
	if (strlen(login->person) >= sizeof session.person)
		return cm_report_refuse(report, CM_ERROR_PERSON_FORM, "person", "%s", login->person);
	memcpy(session.person, login->person, strlen(login->person));
	struct cm_keeper_login factors = {
	        .person = cm_view_text(login->person), .password = login->password, .code = login->code};
	cm_result r = cm_officer_recipient(login->home, report, &recipient);
	if (r == CM_OK)
		r = cm_rand_bytes(session.key, sizeof session.key, report);
	if (r == CM_OK)
		r = cm_rand_bytes(&random, sizeof random, report);
	memcpy(factors.session_key, session.key, sizeof factors.session_key);
	if (r == CM_OK)
		r = cm_keeper_login_seal(&factors, &recipient, &random, report, &sealed);
	cm_mem_wipe(&random, sizeof random);
	cm_mem_wipe(&factors, sizeof factors);
	if (r == CM_OK)
		r = cm_officer_send(login->home, "/api/v1/sessions", cm_buf_view(&sealed), report, &json);
	if (r == CM_OK)
		r = cm_officer_take_session(cm_json_root(json), &session, report);
	if (r == CM_OK)
		*ret_session = session;
	return r;
}

// Does the node wait for more approvals?
static bool
cm_officer_waits(const struct cm_json *json)
{
	return json != NULL && cm_view_is(cm_json_text(cm_json_member(cm_json_root(json), "state")), "waiting");
}

// A call about a person of the running node; with a session file its person states `act` over `digest`.
struct cm_officer_about {
	const char *home, *session, *act, *person;
	struct cm_hash digest;
};

static cm_result
cm_officer_about_send(const struct cm_officer_about *about, struct cm_admin_call *call, struct cm_report *report,
                      bool *ret_waits)
{
	struct cm_officer_session CM_CLEANUP(cm_officer_session_fini) session = {.person = ""};
	struct cm_json CM_CLEANUP(cm_json_free_at) *json = NULL;
	char fields[3][CM_OFFICER_FIELD];
	struct cm_officer_statement statement = {.act = about->act, .object = about->person, .digest = about->digest};
	cm_result r = about->session == NULL ? CM_OK : cm_officer_session_load(about->session, report, &session);
	if (r == CM_OK && about->session != NULL)
		r = cm_officer_state(&session, &statement, report, fields);
	for (size_t i = 0; about->session != NULL && i < 3; i++)
		call->fields[i] = fields[i];
	call->home = about->home;
	call->method = "POST";
	call->body_fd = -1;
	if (r == CM_OK)
		r = cm_officer_call(call, report, &json);
	if (r == CM_OK)
		*ret_waits = cm_officer_waits(json);
	return r;
}

// With a running node its API, else a keeper of our own.
static cm_result
cm_officer_enrol(const struct cm_officer_person *person, struct cm_view sealed, struct cm_report *report, bool *ret_waits)
{
	char id[CM_IPC_PERSON_ID], path[64 + CM_IPC_PERSON_ID] = "/api/v1/persons";
	struct cm_keeper_process keeper = {0};
	cm_result r = cm_keeper_start(person->home, -1, report, &keeper);
	if (r == CM_REFUSED && cm_report_has(report, CM_ERROR_LOCK_HELD)) {
		struct cm_admin_call call = {.path = path, .content_type = "application/octet-stream", .body = sealed};
		struct cm_officer_about about = {.home = person->home,
		        .session = person->session,
		        .act = person->enrol ? "person_enrol" : "person_add",
		        .person = person->person,
		        .digest = cm_hash_of(sealed)};
		if (person->enrol)
			snprintf(path, sizeof path, "/api/v1/persons/%s/enrol", person->person);
		cm_report_clear(report);
		return cm_officer_about_send(&about, &call, report, ret_waits);
	}
	if (r == CM_OK)
		r = person->enrol ? cm_keeper_client_person_enrol(&keeper.client, sealed, report, id)
		                  : cm_keeper_client_person_add(&keeper.client, sealed, report, id);
	cm_keeper_stop(&keeper);
	return r;
}

cm_result
cm_officer_person_put(const struct cm_officer_person *person, struct cm_report *report, struct cm_buf *ret_secret,
                      bool *ret_waits)
{
	struct cm_seal_random random;
	struct cm_seal_recipient recipient;
	struct cm_buf CM_CLEANUP(cm_buf_fini) sealed = cm_buf_of(CM_LIMIT_FRAME_BYTES_VALUE);
	struct cm_keeper_enrolment enrolment = {
	        .person = cm_view_text(person->person),
	        .name = cm_view_text(person->name),
	        .functions = cm_view_text(person->functions == NULL ? "officer" : person->functions),
	        .roles = cm_view_text(person->roles),
	        .password = person->password,
	};
	if (strlen(person->person) >= CM_IPC_PERSON_ID)
		return cm_report_refuse(report, CM_ERROR_PERSON_FORM, "id", "%s", person->person);
	cm_result r = cm_officer_recipient(person->home, report, &recipient);
	if (r == CM_OK)
		r = cm_rand_bytes(&random, sizeof random, report);
	if (r == CM_OK)
		r = cm_rand_bytes(enrolment.totp, sizeof enrolment.totp, report);
	if (r == CM_OK)
		r = cm_keeper_enrolment_seal(&enrolment, &recipient, &random, report, &sealed);
	cm_mem_wipe(&random, sizeof random);
	if (r == CM_OK)
		r = cm_officer_enrol(person, cm_buf_view(&sealed), report, ret_waits);
	if (r == CM_OK)
		cm_totp_secret_write(cm_view_of(enrolment.totp, sizeof enrolment.totp), ret_secret);
	cm_mem_wipe(&enrolment, sizeof enrolment);
	return r;
}

// What waits for this person: its act, and the digest that the next statement names.
static cm_result
cm_officer_waiting(const char *home, const char *person, struct cm_report *report, char ret_act[16],
                   struct cm_hash *ret_digest)
{
	struct cm_json CM_CLEANUP(cm_json_free_at) *json = NULL;
	struct cm_admin_call call = {.home = home, .method = "GET", .path = "/api/v1/persons", .body_fd = -1};
	cm_result r = cm_officer_call(&call, report, &json);
	const struct cm_json_value *list = json == NULL ? NULL : cm_json_member(cm_json_root(json), "waiting");
	if (r != CM_OK)
		return r;
	for (size_t i = 0; list != NULL && i < cm_json_count(list); i++) {
		const struct cm_json_value *one = cm_json_at(list, i);
		struct cm_view act = cm_json_text(cm_json_member(one, "act"));
		if (!cm_view_is(cm_json_text(cm_json_member(one, "person")), person) || act.n >= 16)
			continue;
		if (!cm_hex_read(cm_json_text(cm_json_member(one, "digest")), ret_digest->b, sizeof ret_digest->b))
			break;
		snprintf(ret_act, 16, "%.*s", CM_VIEW_ARG(act));
		return CM_OK;
	}
	return cm_report_refuse(report, CM_ERROR_PERSON_WAITING_NONE, "person", "%s", person);
}

cm_result
cm_officer_person_approve(const struct cm_officer_person *person, struct cm_report *report, bool *ret_waits)
{
	char act[16], path[64 + CM_IPC_PERSON_ID];
	struct cm_officer_about about = {
	        .home = person->home, .session = person->session, .act = act, .person = person->person};
	struct cm_admin_call call = {.path = path};
	cm_result r = cm_officer_waiting(person->home, person->person, report, act, &about.digest);
	if (r != CM_OK)
		return r;
	snprintf(path, sizeof path, "/api/v1/persons/%.64s/approve", person->person);
	return cm_officer_about_send(&about, &call, report, ret_waits);
}

cm_result
cm_officer_state(const struct cm_officer_session *session, const struct cm_officer_statement *statement,
                 struct cm_report *report, char ret_fields[3][CM_OFFICER_FIELD])
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) text = cm_buf_of(CM_LIMIT_STATEMENT_BYTES_VALUE);
	struct cm_buf CM_CLEANUP(cm_buf_fini) b64 = cm_buf_of(CM_OFFICER_FIELD);
	struct cm_keeper_statement said = {
	        .time = cm_clock_utc(),
	        .act = cm_view_text(statement->act),
	        .object = cm_view_text(statement->object),
	        .digest = statement->digest,
	};
	char hex[65];
	cm_keeper_statement_write(&said, &text);
	cm_b64_write(&b64, cm_buf_view(&text), CM_B64_URL);
	if (cm_buf_result(&text) != CM_OK || cm_buf_result(&b64) != CM_OK)
		return cm_report_refuse(report, CM_ERROR_STATEMENT_FORM, "statement", "%s", statement->object);
	struct cm_hash mac = cm_keeper_statement_mac(session->key, session->id, cm_buf_view(&text));
	cm_hex_text(cm_view_of(session->id, sizeof session->id), hex);
	snprintf(ret_fields[0], CM_OFFICER_FIELD, "Comity-Session: %s", hex);
	snprintf(ret_fields[1], CM_OFFICER_FIELD, "Comity-Statement: %s", cm_buf_cstr(&b64));
	cm_hex_text(cm_hash_view(&mac), hex);
	snprintf(ret_fields[2], CM_OFFICER_FIELD, "Comity-Mac: %s", hex);
	return CM_OK;
}

cm_result
cm_officer_logout(const char *home, const char *path, struct cm_report *report)
{
	struct cm_officer_session CM_CLEANUP(cm_officer_session_fini) session = {.person = ""};
	struct cm_json CM_CLEANUP(cm_json_free_at) *json = NULL;
	char fields[3][CM_OFFICER_FIELD], id[2 * CM_IPC_SESSION_ID + 1], call_path[64];
	struct cm_admin_call call = {.home = home, .method = "DELETE", .path = call_path, .body_fd = -1};
	cm_result r = cm_officer_session_load(path, report, &session);
	if (r != CM_OK)
		return r;
	cm_hex_text(cm_view_of(session.id, sizeof session.id), id);
	snprintf(call_path, sizeof call_path, "/api/v1/sessions/%s", id);
	struct cm_officer_statement statement = {
	        .act = "api_logout", .object = id, .digest = cm_hash_of(cm_view_of(NULL, 0))};
	r = cm_officer_state(&session, &statement, report, fields);
	for (size_t i = 0; i < 3; i++)
		call.fields[i] = fields[i];
	if (r == CM_OK)
		r = cm_officer_call(&call, report, &json);
	if (r == CM_REFUSED && cm_report_has(report, CM_ERROR_SESSION_UNKNOWN)) {
		cm_report_clear(report); // it had ended by itself
		r = CM_OK;
	}
	return r == CM_OK ? cm_file_remove(path, report) : r;
}
