// Knows: how a question goes to the keeper and its answer comes back. Does not know: what the answers are good for. One
// keeper has one thread; questions wait in its channel, so that it need not wait for them.
#include "node/keeper_client.h"

#include <string.h>

#include "base/mem.h"
#include "base/rd.h"
#include "node/ipc_findings.h"
#include "node/tab_frame.h"
#include "os/clock.h"

void
cm_keeper_client_init(struct cm_keeper_client *client, int fd)
{
	cm_ask_init(&client->channel, fd, CM_LIMIT_KEEPER_ANSWER_S_VALUE * CM_INSTANT_SECOND);
}

void
cm_keeper_client_fini(struct cm_keeper_client *client)
{
	if (client != NULL)
		cm_ask_fini(&client->channel);
}

// A question on its way: the payload to send, and afterwards the answer's.
struct cm_keeper_ask {
	struct cm_keeper_client *client;
	enum cm_frame frame;
	struct cm_buf payload; // secret: it may be a file key's header or a login
	struct cm_buf answer;
};

static struct cm_keeper_ask
cm_keeper_ask_of(struct cm_keeper_client *client, enum cm_frame frame)
{
	return (struct cm_keeper_ask){
	        .client = client,
	        .frame = frame,
	        .payload = cm_buf_of_secret(CM_LIMIT_FRAME_BYTES_VALUE),
	        .answer = cm_buf_of_secret(CM_LIMIT_FRAME_BYTES_VALUE),
	};
}

static void
cm_keeper_ask_fini(struct cm_keeper_ask *ask)
{
	cm_buf_fini(&ask->payload);
	cm_buf_fini(&ask->answer);
}

static cm_result
cm_keeper_ask_malformed(const struct cm_keeper_ask *ask, struct cm_report *report)
{
	return cm_report_failed(report, CM_ERROR_IPC_FRAME, cm_frame_row(ask->frame)->name, "malformed answer");
}

static cm_result
cm_keeper_ask_judge(const struct cm_keeper_ask *ask, const struct cm_ask *one, struct cm_report *report)
{
	if (one->ret_type == CM_FRAME_REFUSED)
		return cm_ipc_findings_read(cm_buf_view(one->to), report);
	return one->ret_type == CM_FRAME_DONE ? CM_OK : cm_keeper_ask_malformed(ask, report);
}

// Sends, waits, and keeps the answer; a refusal comes back as the keeper's own findings.
static cm_result
cm_keeper_ask_run(struct cm_keeper_ask *ask, struct cm_report *report)
{
	cm_result r = cm_buf_result(&ask->payload);
	if (r != CM_OK)
		return cm_report_refuse(report, CM_ERROR_KEEPER_FORM, cm_frame_row(ask->frame)->name, "too long");
	struct cm_ask one = {
	        .type = (uint16_t)ask->frame, .payload = cm_buf_view(&ask->payload), .to = &ask->answer};
	r = cm_ask(&ask->client->channel, &one, 1, report);
	return r == CM_OK ? cm_keeper_ask_judge(ask, &one, report) : r;
}

// The common case: the answer is one signature.
static cm_result
cm_keeper_ask_signature(struct cm_keeper_ask *ask, struct cm_report *report, struct cm_key_signature *ret_sig)
{
	cm_result r = cm_keeper_ask_run(ask, report);
	if (r != CM_OK)
		return r;
	if (ask->answer.n != sizeof ret_sig->b)
		return cm_keeper_ask_malformed(ask, report);
	memcpy(ret_sig->b, ask->answer.p, sizeof ret_sig->b);
	return CM_OK;
}

// The answer from `from` on is one field, appended to `to`.
static cm_result
cm_keeper_ask_field(struct cm_keeper_ask *ask, size_t from, struct cm_report *report, struct cm_buf *to)
{
	struct cm_rd rd = cm_rd_of(cm_view_part(cm_buf_view(&ask->answer), from, ask->answer.n));
	struct cm_view field = cm_rd_field(&rd);
	if (!cm_rd_done(&rd))
		return cm_keeper_ask_malformed(ask, report);
	cm_buf_view_add(to, field);
	return cm_buf_result(to);
}

#define CM_KEEPER_ASK(client, frame)                                                                                   \
	CM_CLEANUP(cm_keeper_ask_fini) struct cm_keeper_ask ask = cm_keeper_ask_of(client, frame)

cm_result
cm_keeper_client_keys(struct cm_keeper_client *client, struct cm_report *report, struct cm_keeper_public *ret_public)
{
	CM_KEEPER_ASK(client, CM_FRAME_KEYS);
	cm_result r = cm_keeper_ask_run(&ask, report);
	if (r != CM_OK)
		return r;
	struct cm_keeper_public public = {.bytes = cm_buf_of(CM_LIMIT_FRAME_BYTES_VALUE)};
	cm_buf_view_add(&public.bytes, cm_buf_view(&ask.answer));
	if (cm_buf_result(&public.bytes) != CM_OK)
		return CM_NOMEM;
	if (!cm_ipc_keeper_keys_read(cm_buf_view(&public.bytes), &public.keys)) {
		cm_keeper_public_fini(&public);
		return cm_keeper_ask_malformed(&ask, report);
	}
	*ret_public = public;
	return CM_OK;
}

void
cm_keeper_public_fini(struct cm_keeper_public *public)
{
	if (public != NULL)
		cm_buf_fini(&public->bytes);
}

cm_result
cm_keeper_client_sign_cades(struct cm_keeper_client *client, const struct cm_ipc_cades *cades,
                            struct cm_report *report, struct cm_key_signature *ret_sig)
{
	CM_KEEPER_ASK(client, CM_FRAME_SIGN_CADES);
	cm_ipc_keeper_cades_write(cades, &ask.payload);
	return cm_keeper_ask_signature(&ask, report, ret_sig);
}

cm_result
cm_keeper_client_sign_hi1(struct cm_keeper_client *client, const struct cm_ipc_hi1 *hi1, struct cm_report *report,
                          struct cm_key_signature *ret_sig)
{
	CM_KEEPER_ASK(client, CM_FRAME_SIGN_HI1);
	cm_ipc_keeper_hi1_write(hi1, &ask.payload);
	return cm_keeper_ask_signature(&ask, report, ret_sig);
}

// At most CM_ASK_MANY.
static cm_result
cm_keeper_client_sign_some(struct cm_keeper_client *client, const struct cm_ipc_hi1 *hi1, size_t n,
                           struct cm_report *report, struct cm_key_signature *ret_sigs)
{
	struct cm_keeper_ask asks[CM_ASK_MANY];
	struct cm_ask ones[CM_ASK_MANY];
	cm_result r = CM_OK;
	for (size_t i = 0; i < n; i++) {
		asks[i] = cm_keeper_ask_of(client, CM_FRAME_SIGN_HI1);
		cm_ipc_keeper_hi1_write(&hi1[i], &asks[i].payload);
		if (r == CM_OK)
			r = cm_buf_result(&asks[i].payload);
		ones[i] = (struct cm_ask){
		        .type = CM_FRAME_SIGN_HI1, .payload = cm_buf_view(&asks[i].payload), .to = &asks[i].answer};
	}
	if (r == CM_OK)
		r = cm_ask(&client->channel, ones, n, report);
	for (size_t i = 0; r == CM_OK && i < n; i++) {
		r = cm_keeper_ask_judge(&asks[i], &ones[i], report);
		if (r == CM_OK && asks[i].answer.n != sizeof ret_sigs[i].b)
			r = cm_keeper_ask_malformed(&asks[i], report);
		if (r == CM_OK)
			memcpy(ret_sigs[i].b, asks[i].answer.p, sizeof ret_sigs[i].b);
	}
	for (size_t i = 0; i < n; i++)
		cm_keeper_ask_fini(&asks[i]);
	return r;
}

cm_result
cm_keeper_client_sign_hi1_many(struct cm_keeper_client *client, const struct cm_ipc_hi1 *hi1, size_t n,
                               struct cm_report *report, struct cm_key_signature *ret_sigs)
{
	cm_result r = CM_OK;
	for (size_t at = 0; r == CM_OK && at < n; at += CM_ASK_MANY)
		r = cm_keeper_client_sign_some(client, hi1 + at, n - at < CM_ASK_MANY ? n - at : CM_ASK_MANY, report,
		                               ret_sigs + at);
	return r;
}

cm_result
cm_keeper_client_sign_card(struct cm_keeper_client *client, struct cm_view card, struct cm_report *report,
                           struct cm_key_signature *ret_sig)
{
	CM_KEEPER_ASK(client, CM_FRAME_SIGN_CARD);
	cm_buf_view_add(&ask.payload, card);
	return cm_keeper_ask_signature(&ask, report, ret_sig);
}

cm_result
cm_keeper_client_sign_acts(struct cm_keeper_client *client, const struct cm_ipc_acts *acts, struct cm_report *report,
                           struct cm_key_signature *ret_sig)
{
	CM_KEEPER_ASK(client, CM_FRAME_SIGN_ACTS);
	cm_ipc_keeper_acts_write(acts, &ask.payload);
	return cm_keeper_ask_signature(&ask, report, ret_sig);
}

cm_result
cm_keeper_client_sign_head(struct cm_keeper_client *client, const struct cm_ipc_head *head, struct cm_report *report,
                           struct cm_buf *to)
{
	CM_KEEPER_ASK(client, CM_FRAME_SIGN_HEAD);
	cm_ipc_keeper_head_write(head, &ask.payload);
	cm_result r = cm_keeper_ask_run(&ask, report);
	return r == CM_OK ? cm_keeper_ask_field(&ask, 0, report, to) : r;
}

cm_result
cm_keeper_client_sign_cycle(struct cm_keeper_client *client, const struct cm_ipc_cycle *cycle,
                            struct cm_report *report, struct cm_key_signature *ret_sig, struct cm_buf *to)
{
	CM_KEEPER_ASK(client, CM_FRAME_SIGN_CYCLE);
	cm_ipc_keeper_cycle_write(cycle, &ask.payload);
	cm_result r = cm_keeper_ask_run(&ask, report);
	if (r == CM_OK && ask.answer.n < sizeof ret_sig->b)
		r = cm_keeper_ask_malformed(&ask, report);
	if (r == CM_OK)
		r = cm_keeper_ask_field(&ask, sizeof ret_sig->b, report, to);
	if (r == CM_OK)
		memcpy(ret_sig->b, ask.answer.p, sizeof ret_sig->b);
	return r;
}

cm_result
cm_keeper_client_head(struct cm_keeper_client *client, struct cm_view origin, struct cm_report *report,
                      struct cm_merkle_head *ret_head)
{
	CM_KEEPER_ASK(client, CM_FRAME_HEAD);
	cm_buf_field(&ask.payload, origin);
	cm_result r = cm_keeper_ask_run(&ask, report);
	struct cm_rd rd = cm_rd_of(cm_buf_view(&ask.answer));
	uint64_t size = cm_rd_u64be(&rd);
	struct cm_view root = cm_rd_bytes(&rd, CM_HASH_SIZE);
	if (r == CM_OK && !cm_rd_done(&rd))
		r = cm_keeper_ask_malformed(&ask, report);
	if (r != CM_OK)
		return r;
	ret_head->size = size;
	memcpy(ret_head->root.b, root.p, CM_HASH_SIZE);
	return CM_OK;
}

cm_result
cm_keeper_client_sign_tls(struct cm_keeper_client *client, const struct cm_ipc_tls *tls, struct cm_report *report,
                          struct cm_buf *to)
{
	CM_KEEPER_ASK(client, CM_FRAME_SIGN_TLS);
	cm_ipc_keeper_tls_write(tls, &ask.payload);
	cm_result r = cm_keeper_ask_run(&ask, report);
	return r == CM_OK ? cm_keeper_ask_field(&ask, 0, report, to) : r;
}

static cm_result
cm_keeper_ask_enrolment(struct cm_keeper_ask *ask, struct cm_view sealed, struct cm_report *report,
                        char ret_id[CM_IPC_PERSON_ID])
{
	CM_CLEANUP(cm_buf_fini) struct cm_buf id = cm_buf_of(CM_IPC_PERSON_ID - 1);
	cm_buf_field(&ask->payload, sealed);
	cm_result r = cm_keeper_ask_run(ask, report);
	if (r == CM_OK)
		r = cm_keeper_ask_field(ask, 0, report, &id);
	if (r == CM_OK)
		memcpy(ret_id, cm_buf_cstr(&id), id.n + 1);
	return r;
}

cm_result
cm_keeper_client_person_add(struct cm_keeper_client *client, struct cm_view sealed, struct cm_report *report,
                            char ret_id[CM_IPC_PERSON_ID])
{
	CM_KEEPER_ASK(client, CM_FRAME_PERSON_ADD);
	return cm_keeper_ask_enrolment(&ask, sealed, report, ret_id);
}

cm_result
cm_keeper_client_person_enrol(struct cm_keeper_client *client, struct cm_view sealed, struct cm_report *report,
                              char ret_id[CM_IPC_PERSON_ID])
{
	CM_KEEPER_ASK(client, CM_FRAME_PERSON_ENROL);
	return cm_keeper_ask_enrolment(&ask, sealed, report, ret_id);
}

cm_result
cm_keeper_client_person_disable(struct cm_keeper_client *client, const char *id, struct cm_report *report)
{
	CM_KEEPER_ASK(client, CM_FRAME_PERSON_DISABLE);
	cm_buf_field(&ask.payload, cm_view_text(id));
	return cm_keeper_ask_run(&ask, report);
}

cm_result
cm_keeper_client_person_list(struct cm_keeper_client *client, struct cm_report *report,
                             struct cm_ipc_persons *ret_persons)
{
	CM_KEEPER_ASK(client, CM_FRAME_PERSON_LIST);
	cm_result r = cm_keeper_ask_run(&ask, report);
	if (r == CM_OK && !cm_ipc_keeper_persons_read(cm_buf_view(&ask.answer), ret_persons))
		r = cm_keeper_ask_malformed(&ask, report);
	return r;
}

cm_result
cm_keeper_client_login(struct cm_keeper_client *client, struct cm_view sealed, struct cm_report *report,
                       struct cm_ipc_session *ret_session)
{
	CM_KEEPER_ASK(client, CM_FRAME_LOGIN);
	cm_buf_field(&ask.payload, sealed);
	cm_result r = cm_keeper_ask_run(&ask, report);
	if (r == CM_OK && !cm_ipc_keeper_session_read(cm_buf_view(&ask.answer), ret_session))
		r = cm_keeper_ask_malformed(&ask, report);
	return r;
}

cm_result
cm_keeper_client_logout(struct cm_keeper_client *client, const uint8_t session[CM_IPC_SESSION_ID],
                        struct cm_report *report)
{
	CM_KEEPER_ASK(client, CM_FRAME_LOGOUT);
	cm_buf_add(&ask.payload, session, CM_IPC_SESSION_ID);
	return cm_keeper_ask_run(&ask, report);
}

cm_result
cm_keeper_client_act_check(struct cm_keeper_client *client, const struct cm_ipc_statement *statement,
                           struct cm_report *report, struct cm_ipc_person *ret_person)
{
	CM_KEEPER_ASK(client, CM_FRAME_ACT_CHECK);
	cm_ipc_keeper_statement_write(statement, &ask.payload);
	cm_result r = cm_keeper_ask_run(&ask, report);
	if (r == CM_OK && !cm_ipc_keeper_person_read(cm_buf_view(&ask.answer), ret_person))
		r = cm_keeper_ask_malformed(&ask, report);
	return r;
}

cm_result
cm_keeper_client_approve(struct cm_keeper_client *client, const struct cm_ipc_statement *statement,
                         struct cm_report *report, struct cm_ipc_approval *ret_approval)
{
	CM_KEEPER_ASK(client, CM_FRAME_APPROVE);
	cm_ipc_keeper_statement_write(statement, &ask.payload);
	cm_result r = cm_keeper_ask_run(&ask, report);
	if (r == CM_OK && !cm_ipc_keeper_approval_read(cm_buf_view(&ask.answer), ret_approval))
		r = cm_keeper_ask_malformed(&ask, report);
	return r;
}

cm_result
cm_keeper_client_release(struct cm_keeper_client *client, const struct cm_ipc_release *release,
                         struct cm_report *report)
{
	CM_KEEPER_ASK(client, CM_FRAME_RELEASE);
	cm_ipc_keeper_release_write(release, &ask.payload);
	return cm_keeper_ask_run(&ask, report);
}

cm_result
cm_keeper_client_settle(struct cm_keeper_client *client, uint32_t job, bool spent, struct cm_report *report)
{
	CM_KEEPER_ASK(client, CM_FRAME_SETTLE);
	cm_buf_u32be(&ask.payload, job);
	cm_buf_u8(&ask.payload, spent ? 1 : 0);
	return cm_keeper_ask_run(&ask, report);
}
