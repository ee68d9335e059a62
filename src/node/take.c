// Knows: the steps from a peer's bytes to a durable, signed answer (doc/spec/profile.md, section 5). Each step answers: go on, or
// the exchange is answered.
// Does not know: how rows follow (apply_message.c) or what an action may do (take_check.c).
#include "node/take.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/tab_limit.h"
#include "crypto/jws.h"
#include "os/clock.h"
#include "node/clocks.h"
#include "node/hi1_answer.h"
#include "node/hold.h"
#include "node/listed.h"
#include "node/peer_key.h"
#include "node/timer.h"

// Most of the record of an answer to a change, far below the limit of a message: what is durable has to be answered.
#define CM_TAKE_ANSWER_BYTES 65536

void
cm_take_fault(struct cm_hi1_fault *fault, enum cm_hi1_error error, const char *place, const char *seen)
{
	if (fault->error != CM_HI1_ERROR_NONE)
		return; // the first one counts
	fault->error = error;
	snprintf(fault->place, sizeof fault->place, "%s", place);
	snprintf(fault->seen, sizeof fault->seen, "%s", seen);
}

static void
cm_take_free(struct cm_take *take)
{
	if (take == NULL)
		return;
	cm_reader_read_fini(&take->read);
	cm_mem_free(take);
}

static void
cm_take_free_at(struct cm_take **at)
{
	cm_take_free(*at);
}

// -- answers -------------------------------------------------------------------------------------------------------

static void
cm_take_send(struct cm_exchange *ex, struct cm_view answer)
{
	struct cm_buf body = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE);
	cm_buf_view_add(&body, answer);
	cm_exchange_bytes(ex, 200, "application/json", &body);
	cm_buf_fini(&body);
}

static void cm_take_refuse(struct cm_exchange *ex, struct cm_take *take);

// Signs and sends an answer that changes nothing here.
static void
cm_take_answer(struct cm_exchange *ex, struct cm_take *take, struct cm_hi1_message *answer)
{
	struct cm_report report = {0};
	struct cm_buf CM_CLEANUP(cm_buf_fini) bytes = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE);
	answer->timestamp = cm_clock_utc();
	cm_result r = cm_hi1_answer_sign(take->node, answer, &take->digest, &report, &bytes);
	if (r == CM_OK) {
		cm_take_send(ex, cm_buf_view(&bytes));
	} else if (r == CM_REFUSED && take->whole.error == CM_HI1_ERROR_NONE && !take->any_fault) {
		cm_take_fault(&take->whole, CM_HI1_ERROR_TOO_LARGE, "/ActionRequests",
		              "the answer would be larger than a message may be; ask for less at once");
		cm_take_refuse(ex, take);
	} else {
		cm_exchange_problem(ex, r == CM_REFUSED ? CM_BUG : r, &report);
	}
}

static void
cm_take_refuse(struct cm_exchange *ex, struct cm_take *take)
{
	struct cm_arena CM_CLEANUP(cm_arena_fini) arena = {.blocks = NULL};
	struct cm_hi1_message answer;
	const struct cm_hi1_fault *whole = take->whole.error == CM_HI1_ERROR_NONE ? NULL : &take->whole;
	if (cm_hi1_answer_refusal(take->node, &take->read.message, whole, take->faults, &arena, &answer) != CM_OK)
		cm_exchange_status(ex, 503);
	else
		cm_take_answer(ex, take, &answer);
}

// What became durable is answered.
static void
cm_take_done(void *context, const struct cm_store_outcome *outcome)
{
	struct cm_exchange *ex = context;
	struct cm_node *node = ex->node;
	char parent[sizeof ex->parent];
	memcpy(parent, ex->parent, sizeof parent);
	if (outcome->result == CM_OK) {
		bool stirs = ex->stirs && !outcome->repeated;
		cm_take_send(ex, outcome->answer);
		if (stirs)
			cm_node_stir(node);
		if (!outcome->repeated && *parent != 0)
			cm_timer_look_at(node->timer, cm_view_text(parent));
	} else if (outcome->result == CM_REFUSED && !ex->careful) {
		ex->careful = true; // again, and now with every look that finds out what it collides with
		if (!cm_queue_put(&node->messages, ex, 0))
			cm_exchange_problem(ex, CM_FAILED, outcome->report);
	} else
		cm_exchange_problem(ex, outcome->result, outcome->report);
}

// -- steps ---------------------------------------------------------------------------------------------------------

// Sender on the register, we the receiver, signature there and good.
static void
cm_take_judge_sender(struct cm_take *take)
{
	const struct cm_hi1_message *m = &take->read.message;
	struct cm_node_name sender;
	bool named = cm_view_equal(cm_view_of(m->jws.certificate_sha256, 32),
	                           cm_hash_view(&take->peer.identity.sign_certificate));
	if (m->response)
		cm_take_fault(&take->whole, CM_HI1_ERROR_NOT_A_MESSAGE, "/Payload", "a response came as a request");
	else if (cm_node_name_join(m->sender.country, m->sender.id, NULL, &sender) != CM_OK ||
	         strcmp(sender.whole, take->peer.identity.node) != 0)
		cm_take_fault(&take->whole, CM_HI1_ERROR_SENDER_UNKNOWN, "/Header/SenderIdentifier", take->peer.identity.node);
	else if (!cm_view_is(m->receiver.country, take->node->name.country_upper) ||
	         !cm_view_is(m->receiver.id, cm_node_name_id(&take->node->name)))
		cm_take_fault(&take->whole, CM_HI1_ERROR_WRONG_RECEIVER, "/Header/ReceiverIdentifier", take->node->name.whole);
	else if (!m->jws.present)
		cm_take_fault(&take->whole, CM_HI1_ERROR_SIGNATURE_MISSING, "/Signature", "");
	// By its key. After a renewal the certificate is another one over the same key.
	else if (cm_peer_key_verify(take->node, m, &take->peer, NULL) != CM_OK)
		cm_take_fault(&take->whole, named ? CM_HI1_ERROR_SIGNATURE_INVALID : CM_HI1_ERROR_CERTIFICATE,
		              named ? "/Signature/signature" : "/Signature/protected",
		              named ? "" : "x5t#S256 is not the certificate on the card, nor is the key");
}

// Clock window; preservation and emergency are taken whatever the clock says.
static void
cm_take_judge_clock(struct cm_take *take)
{
	const struct cm_hi1_message *m = &take->read.message;
	char seen[CM_REPORT_SEEN], now[CM_INSTANT_TEXT];
	int64_t ahead = (m->timestamp.us - take->now.us) / CM_INSTANT_SECOND;
	if (cm_view_is(m->workflow, "pres") || cm_view_is(m->workflow, "pres_ext") || cm_view_is(m->workflow, "emergency"))
		return;
	if (ahead <= CM_LIMIT_CLOCK_AHEAD_S_VALUE && ahead >= -(int64_t)CM_LIMIT_CLOCK_BEHIND_S_VALUE)
		return;
	snprintf(seen, sizeof seen,
	         "Timestamp is %lld s %s the clock of this node; %d s ahead are allowed. Clock of this node: %s. Nothing was "
	         "stored.",
	         (long long)(ahead < 0 ? -ahead : ahead), ahead < 0 ? "behind" : "ahead of", CM_LIMIT_CLOCK_AHEAD_S_VALUE,
	         cm_instant_text(take->now, now));
	cm_take_fault(&take->whole, CM_HI1_ERROR_CLOCK_SKEW, "/Header/Timestamp", seen);
}

// The first answer is still being made: the store gives it when it is durable, and keeps nothing of this second message.
static void
cm_take_wait_answer(struct cm_exchange *ex, struct cm_take *take)
{
	struct cm_report report = {0};
	struct cm_change CM_CLEANUP(cm_change_free_at) *change = cm_change_new(take->now);
	struct cm_store_reply reply = {
	        .sender = cm_view_text(take->peer.identity.node),
	        .transaction = take->read.message.transaction,
	        .digest = take->digest,
	        .at = take->now,
	};
	cm_result r = change == NULL ? CM_NOMEM : CM_OK;
	if (r == CM_OK) {
		cm_change_reply(change, &reply);
		r = cm_store_submit(take->node->store, cm_take(&change), cm_take_done, ex, &report);
	}
	if (r != CM_OK)
		cm_exchange_problem(ex, r, &report);
}

// The same message again gets the first answer; another one under the same transaction is refused. True: answered.
static bool
cm_take_repeat(struct cm_exchange *ex, struct cm_take *take)
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_reply *row = NULL;
	struct cm_report report = {0};
	cm_result r = cm_store_reply(take->node->store, cm_view_text(take->peer.identity.node),
	                             take->read.message.transaction, &report, &page, &row);
	if (r != CM_OK) {
		cm_exchange_problem(ex, r, &report);
		return true;
	}
	if (row == NULL)
		return false;
	if (!cm_hash_equal(&row->digest, &take->digest)) {
		cm_take_fault(&take->whole, CM_HI1_ERROR_TRANSACTION_REUSED, "/Header/TransactionIdentifier",
		              "other bytes came under it before");
		return false;
	}
	if (row->answer.n == 0)
		cm_take_wait_answer(ex, take);
	else
		cm_take_send(ex, row->answer);
	return true;
}

// False when it only reads, or creates what is here already: then nothing is stored.
static bool
cm_take_changes(const struct cm_take *take)
{
	const struct cm_hi1_message *m = &take->read.message;
	for (size_t i = 0; i < m->action_count; i++)
		if (m->actions[i].object != NULL && !take->known[i])
			return true;
	return false;
}

static const char *
cm_take_first_status(struct cm_hi1_object *to, const struct cm_hi1_object *from)
{
	to->type = from->type;
	to->id = from->id;
	to->generation = 1;
	switch (from->type) {
	case CM_HI1_TYPE_AUTHORISATION:
		to->authorisation.status = cm_hi1_entry_of(CM_DICTIONARY_AUTHORISATION_STATUS, "Approved");
		return "";
	case CM_HI1_TYPE_DOCUMENT:
		to->document.status = cm_hi1_entry_of(CM_DICTIONARY_DOCUMENT_STATUS, "AwaitingApproval");
		return "";
	case CM_HI1_TYPE_PRESERVATION:
		to->preservation.status = cm_hi1_entry_of(CM_DICTIONARY_LPTASK_STATUS, "AwaitingPreservation");
		return "";
	case CM_HI1_TYPE_DISCLOSURE:
		to->disclosure.status = cm_hi1_entry_of(CM_DICTIONARY_LDTASK_STATUS, "AwaitingApproval");
		return "";
	case CM_HI1_TYPE_NONE:
	case CM_HI1_TYPE_DELIVERY:
	case CM_HI1_TYPE_NOTIFICATION:
	case CM_HI1_TYPE_ENCRYPTION:
		break;
	}
	return NULL;
}

// The answer to a good message. *ret_receipt is the action that returns the Document Request, -1 without one.
static cm_result
cm_take_good_answer(struct cm_take *take, struct cm_arena *arena, struct cm_report *report,
                    struct cm_hi1_message *ret_answer, int *ret_receipt)
{
	const struct cm_hi1_message *m = &take->read.message;
	struct cm_hi1_message answer = {
	        .sender = m->receiver,
	        .receiver = m->sender,
	        .transaction = m->transaction,
	        .timestamp = take->now,
	        .workflow = m->workflow,
	        .response = true,
	        .actions = cm_arena_new_many(arena, m->action_count, sizeof *answer.actions),
	        .action_count = m->action_count,
	};
	cm_result r = answer.actions == NULL ? CM_NOMEM : CM_OK;
	*ret_receipt = -1;
	for (size_t i = 0; r == CM_OK && i < m->action_count; i++) {
		const struct cm_hi1_action *in = &m->actions[i];
		struct cm_hi1_action *out = &answer.actions[i];
		struct cm_hi1_object *object = cm_arena_new(arena, sizeof *object);
		out->verb = in->verb;
		if (object == NULL)
			return CM_NOMEM;
		if (in->verb == CM_HI1_VERB_GET || in->verb == CM_HI1_VERB_LIST || in->verb == CM_HI1_VERB_GETCSPCONFIG) {
			r = cm_take_read(take, i, arena, out, report);
			continue;
		}
		out->id = in->object->id;
		if (take->known[i])
			continue; // its state may be another by now: GET tells
		if (in->verb == CM_HI1_VERB_CREATE && cm_take_first_status(object, in->object) != NULL)
			out->object = object;
		if (in->verb == CM_HI1_VERB_CREATE && in->object->type == CM_HI1_TYPE_DOCUMENT &&
		    cm_view_is(in->object->document.type.value, "Request"))
			*ret_receipt = (int)i;
	}
	*ret_answer = answer;
	return r == CM_OK && arena->failed ? CM_NOMEM : r;
}

// The request that the message is about: of its own document, else the one that it names, else the one that an object of it
// belongs to: the task of a preservation can be changed by another request than its own.
static cm_result
cm_take_request(const struct cm_take *take, char to[40], struct cm_report *report)
{
	const struct cm_hi1_message *m = &take->read.message;
	to[0] = 0;
	if (take->read.judged_count > 0) {
		snprintf(to, 40, "%s", take->read.judged[0].document);
		return CM_OK;
	}
	for (size_t i = 0; i < m->action_count; i++) {
		const struct cm_hi1_object *o = m->actions[i].object;
		for (size_t k = 0; o != NULL && k <= o->associated_count; k++) {
			struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
			const struct cm_store_object *row = NULL;
			cm_result r = cm_store_object(take->node->store, k == 0 ? o->id : o->associated[k - 1], report, &page, &row);
			if (r != CM_OK)
				return r;
			if (row == NULL || row->request.n == 0 || !cm_view_is(row->peer, take->peer.identity.node))
				continue;
			bool itself = cm_view_equal(row->request, row->id);
			if (itself || to[0] == 0)
				snprintf(to, 40, "%.*s", CM_VIEW_ARG(row->request));
			if (itself)
				return CM_OK;
		}
	}
	return CM_OK;
}

// The preservation that the message is about, directly or through a request that names it.
static cm_result
cm_take_preservation(struct cm_exchange *ex, const struct cm_take *take, const char *request, struct cm_report *report)
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_request *row = NULL;
	struct cm_view task = cm_view_of(NULL, 0);
	if (take->read.judged_count > 0)
		task = cm_view_text(take->read.judged[0].parent);
	else {
		cm_result r = cm_store_request(take->node->store, cm_view_text(request), report, &page, &row);
		if (r != CM_OK)
			return r;
		if (row != NULL)
			task = cm_hold_task(row);
	}
	snprintf(ex->parent, sizeof ex->parent, "%.*s", CM_VIEW_ARG(task));
	return CM_OK;
}

// What is here already happened already: the event is about the rest.
static void
cm_take_only_new(struct cm_take *take)
{
	struct cm_hi1_message *m = &take->read.message;
	size_t n = 0, judged = 0;
	for (size_t i = 0; i < m->action_count; i++) {
		const struct cm_hi1_object *o = m->actions[i].object;
		for (size_t k = 0; o != NULL && take->known[i] && k < take->read.judged_count; k++)
			if (cm_view_is(o->id, take->read.judged[k].document))
				take->read.judged[k].document[0] = 0;
		if (!take->known[i])
			m->actions[n++] = m->actions[i];
	}
	for (size_t k = 0; k < take->read.judged_count; k++)
		if (take->read.judged[k].document[0] != 0)
			take->read.judged[judged++] = take->read.judged[k];
	m->action_count = n;
	take->read.judged_count = judged;
}

static void
cm_take_event(const struct cm_take *take, struct cm_view wire, struct cm_event_message *told)
{
	*told = (struct cm_event_message){
	        .wire = wire, .peer = cm_view_text(take->peer.identity.node), .ends = take->read.ends, .roll = take->read.roll};
	for (size_t i = 0; i < take->read.judged_count; i++) {
		const struct cm_reader_judged *j = &take->read.judged[i];
		told->documents[told->document_count++] = (struct cm_event_document){
		        cm_view_text(j->document), cm_view_text(j->title), cm_view_text(j->parent), cm_view_text(j->relates), !j->good, cm_view_text(j->undertaking), cm_view_text(j->part)};
	}
	struct cm_view kind = take->read.message.workflow;
	if (told->document_count > 0)
		cm_event_ends_national(cm_nationals_find(&take->node->nationals, cm_view_text(take->node->name.country_upper)),
		                       cm_kind_find(kind.p, kind.n), take->now, &told->ends);
}

// With the row of a sender that nobody confirmed, when it is the first that comes from it.
static cm_result
cm_take_submit(struct cm_exchange *ex, const struct cm_take *take, struct cm_change *change, struct cm_report *report)
{
	struct cm_node *node = take->node;
	struct cm_peer known;
	if (!cm_listed_is(&take->peer) || cm_peers_find(&node->peers, take->peer.identity.node, &known))
		return cm_store_submit(node->store, change, cm_take_done, ex, report);
	CM_MUTEX_HOLD(&node->peering_lock); // nobody makes it a peer meanwhile
	cm_listed_put(node, &take->peer, take->now, change);
	struct cm_peer peer = take->peer; // when it is submitted, the exchange belongs to the store
	cm_result r = cm_store_submit(node->store, change, cm_take_done, ex, report);
	if (r == CM_OK)
		cm_result_ignore(cm_listed_remember(node, &peer), "it is there at the next start");
	return r;
}

// Everything that has to be durable before the answer leaves, as one change.
static cm_result
cm_take_change(struct cm_exchange *ex, struct cm_take *take, const struct cm_hi1_message *answer, int receipt,
               struct cm_report *report)
{
	struct cm_node *node = take->node;
	struct cm_change CM_CLEANUP(cm_change_free_at) *change = cm_change_new(take->now);
	struct cm_buf CM_CLEANUP(cm_buf_fini) wire = cm_buf_of(CM_TAKE_ANSWER_BYTES);
	struct cm_buf CM_CLEANUP(cm_buf_fini) event_wire = cm_buf_of(CM_LIMIT_HI1_WIRE_BYTES_VALUE);
	struct cm_buf CM_CLEANUP(cm_buf_fini) context = cm_buf_of(CM_LIMIT_FRAME_BYTES_VALUE);
	struct cm_buf CM_CLEANUP(cm_buf_fini) detail = cm_buf_of(CM_LIMIT_FRAME_BYTES_VALUE);
	struct cm_event_message told;
	struct cm_act_values values;
	struct cm_take_blob blob;
	char request[40];
	cm_result r = change == NULL ? CM_NOMEM : cm_hi1_message_write_wire(answer, &wire);
	if (r == CM_OK)
		r = cm_take_request(take, request, report);
	if (r != CM_OK)
		return r;
	cm_hi1_answer_context_write(cm_buf_view(&wire), &take->digest, receipt, &context);
	ex->parent[0] = 0;
	cm_take_only_new(take);
	r = cm_event_wire(&take->read.message, &event_wire);
	if (r != CM_OK)
		return r;
	cm_take_event(take, cm_buf_view(&event_wire), &told);
	struct cm_clocks_taken clocks = {node, &take->read.message, told.peer, cm_view_text(request), take->now, &take->read.clocks};
	r = told.document_count > 0 ? CM_OK : cm_clocks_take(&clocks, report, &told.clocks);
	if (r == CM_OK)
		r = cm_take_preservation(ex, take, request, report);
	if (r != CM_OK)
		return r;
	cm_event_message_write(&told, &detail);
	struct cm_store_artifact artifact = {
	        .direction = CM_STORE_IN,
	        .peer = told.peer,
	        .media = cm_view_text("hi1"),
	        .name = take->read.message.transaction,
	        .at = take->now,
	        .bytes = cm_server_body(ex->rq),
	};
	struct cm_store_reply reply = {
	        .sender = told.peer,
	        .transaction = take->read.message.transaction,
	        .digest = take->digest,
	        .at = take->now,
	        .context = cm_buf_view(&context),
	};
	cm_change_artifact(change, &artifact);
	cm_change_reply(change, &reply);
	cm_take_act(take, request, &values);
	cm_take_act_blob(take, &blob, &values);
	cm_change_act(change, &values);
	struct cm_store_event event = {
	        .at = take->now, .cause = cm_view_text(CM_EVENT_TAKEN), .detail = cm_buf_view(&detail)};
	r = cm_store_apply(node->store, &event, change, report);
	if (r == CM_OK && cm_listed_is(&take->peer))
		r = cm_take_listed_news(take, change, report);
	return r == CM_OK ? cm_take_submit(ex, take, cm_take(&change), report) : r;
}

// Nothing but a new request: the store refuses what is here already, so there is no need to look first, and nothing of it
// gives other parts of the node something to do.
static bool
cm_take_only_asks(const struct cm_hi1_message *m)
{
	for (size_t i = 0; i < m->action_count; i++)
		if (m->actions[i].verb != CM_HI1_VERB_CREATE || m->actions[i].object == NULL ||
		    m->actions[i].object->type == CM_HI1_TYPE_NOTIFICATION)
			return false;
	return m->action_count > 0;
}

// Bytes to record. True: go on.
static bool
cm_take_read_message(struct cm_exchange *ex, struct cm_take *take)
{
	struct cm_report report = {0};
	struct cm_view der[8];
	size_t n = cm_server_certificate_count(ex->rq);
	n = n < 8 ? n : 8;
	for (size_t i = 0; i < n; i++)
		der[i] = cm_server_certificate(ex->rq, i);
	cm_result r = cm_listed_by_tls(take->node, der, n, take->now, &report, &take->peer);
	struct cm_reader_told told = {take->now, take->peer.identity.roles, take->node->self.identity.roles};
	if (r == CM_OK)
		r = cm_reader_client_hi1(&take->node->reader, cm_server_body(ex->rq), &told, &report, &take->read);
	if (r != CM_OK)
		cm_exchange_problem(ex, r, &report);
	else
		take->digest = cm_jws_request(take->read.message.canonical);
	return r == CM_OK;
}

// Everything but the writing. True: the exchange is answered, or belongs to the store. False: once more, looking first: what
// came before under this transaction counts more than a fault found now.
static bool
cm_take_once(struct cm_exchange *ex, struct cm_take *take)
{
	struct cm_arena CM_CLEANUP(cm_arena_fini) arena = {.blocks = NULL};
	struct cm_report report;
	struct cm_hi1_message answer;
	int receipt;
	cm_report_clear(&report);
	take->node = ex->node;
	take->now = cm_clock_utc();
	if (!cm_take_read_message(ex, take))
		return true;
	cm_take_judge_sender(take);
	bool known_sender = take->whole.error == CM_HI1_ERROR_NONE;
	bool asks = cm_take_only_asks(&take->read.message);
	take->unseen = asks && !ex->careful;
	ex->stirs = !asks;
	if (known_sender && !take->unseen && cm_take_repeat(ex, take))
		return true;
	if (take->whole.error == CM_HI1_ERROR_NONE)
		take->whole = take->read.message.fault;
	if (take->whole.error == CM_HI1_ERROR_NONE)
		cm_take_judge_clock(take);
	cm_result r = take->whole.error == CM_HI1_ERROR_NONE ? cm_take_judge_standing(take, &report) : CM_OK;
	if (r == CM_OK && take->whole.error == CM_HI1_ERROR_NONE)
		r = cm_take_check(take, &report);
	// Another worker may have stored these very bytes meanwhile; then they are known, stale or out of turn by themselves.
	bool settled = take->unseen || take->whole.error != CM_HI1_ERROR_NONE || (!take->any_fault && cm_take_changes(take));
	if (r == CM_OK && !settled && cm_take_repeat(ex, take))
		return true;
	if (r == CM_OK && (take->whole.error != CM_HI1_ERROR_NONE || take->any_fault)) {
		if (known_sender && take->unseen)
			return false;
		cm_take_refuse(ex, take);
		return true;
	}
	bool early = false;
	if (r == CM_OK && !asks)
		r = cm_take_early(take, &report, &early);
	if (r == CM_OK && early) {
		cm_exchange_status(ex, 503); // it is sent again until the day is over here too
		return true;
	}
	if (r == CM_OK)
		r = cm_take_good_answer(take, &arena, &report, &answer, &receipt);
	if (r == CM_OK && !cm_take_changes(take)) {
		cm_take_answer(ex, take, &answer);
		return true;
	}
	if (r == CM_OK)
		r = cm_take_change(ex, take, &answer, receipt, &report);
	if (r != CM_OK)
		cm_exchange_problem(ex, r, &report);
	return true;
}

void
cm_take_message(struct cm_exchange *ex)
{
	for (bool over = false; !over;) {
		struct cm_take CM_CLEANUP(cm_take_free_at) *take = cm_mem_new(sizeof *take);
		if (take == NULL) {
			cm_exchange_status(ex, 503);
			return;
		}
		over = cm_take_once(ex, take);
		if (!over)
			ex->careful = true;
	}
}
