// Knows: when an answer belongs to our message and what it means for it (doc/spec/profile.md, section 5: req#S256). Does not
// know: how it came.
#include "node/outbox.h"

#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "base/mem.h"
#include "base/tab_limit.h"
#include "domain/kind.h"
#include "domain/preservation.h"
#include "domain/receipt.h"
#include "node/directory.h"
#include "node/listed.h"
#include "node/peer_key.h"
#include "os/clock.h"

// A key that is not good any more answers for preservations alone, as it is heard about them alone: anything else waits for a
// better one.
static cm_result
cm_outbox_answer_standing(const struct cm_outbox_try *one, const struct cm_peer *peer, struct cm_report *report)
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_request *row = NULL;
	struct cm_standing standing;
	cm_directory_standing(one->node, peer, cm_clock_utc(), &standing);
	if (standing.level != CM_STANDING_REFUSED)
		return CM_OK;
	cm_result r = cm_store_request(one->node->store, cm_view_text(one->request), report, &page, &row);
	if (r != CM_OK || (row != NULL && cm_preservation_is(cm_kind_find(row->kind.p, row->kind.n))))
		return r;
	return cm_report_refuse(report, CM_ERROR_PEER_HELD, one->peer, "%s", standing.why);
}

// Signed by the peer, as the answer to exactly our bytes. Anything else is as good as no answer.
static cm_result
cm_outbox_answer_check(const struct cm_outbox_try *one, const struct cm_hi1_message *m, struct cm_peer *peer,
                       struct cm_report *report)
{
	if (!m->response || !cm_view_is(m->transaction, one->transaction))
		return cm_report_refuse(report, CM_ERROR_ANSWER_OTHER, "/Header", "%s", one->transaction);
	if (!m->jws.present || !m->jws.answers ||
	    !cm_view_equal(cm_view_of(m->jws.request_sha256, 32), cm_hash_view(&one->digest)))
		return cm_report_refuse(report, CM_ERROR_ANSWER_OTHER, "/Signature/protected", "req#S256");
	return cm_peer_key_verify(one->node, m, peer, report);
}

// The object that a CREATE of it is answered with: its registrar tells its first status there.
static bool
cm_outbox_answer_shows(const struct cm_hi1_object *o)
{
	return o->type == CM_HI1_TYPE_AUTHORISATION || o->type == CM_HI1_TYPE_DOCUMENT ||
	       o->type == CM_HI1_TYPE_PRESERVATION || o->type == CM_HI1_TYPE_DISCLOSURE;
}

static bool
cm_outbox_answers_action(const struct cm_hi1_action *asked, const struct cm_hi1_action *answer)
{
	const struct cm_hi1_object *o = asked->object, *shown = answer->object;
	if (answer->verb != asked->verb || !cm_view_equal(answer->id, o != NULL ? o->id : asked->id))
		return false;
	if (shown == NULL)
		return asked->verb != CM_HI1_VERB_CREATE || !cm_outbox_answer_shows(o);
	return o != NULL && shown->type == o->type && cm_view_equal(shown->id, o->id);
}

// Our message, as it was recorded, and what it says of clocks.
static cm_result
cm_outbox_answer_asked(const struct cm_outbox_try *one, struct cm_report *report, struct cm_event_clocks *ret_clocks,
                       struct cm_hi1_message *ret_asked)
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	struct cm_event_message told;
	struct cm_store_event event;
	struct cm_view detail;
	cm_result r = cm_store_outbox_event(one->node->store, one->id, report, &page, &event);
	if (r == CM_OK)
		r = cm_event_sent(&event, &detail);
	if (r == CM_OK)
		r = cm_event_message_read(detail, &told);
	if (r == CM_OK)
		*ret_clocks = told.clocks;
	return r == CM_OK ? cm_hi1_message_read_wire(told.wire, report, ret_asked) : r;
}

// The state that a word of ours tells, and what it does to clocks now that it is taken.
static cm_result
cm_outbox_answer_word(const struct cm_outbox_try *one, struct cm_report *report, struct cm_event_clocks *ret_clocks,
                      struct cm_buf *ret_state)
{
	struct cm_hi1_message CM_CLEANUP(cm_hi1_message_fini) asked = {.action_count = 0};
	cm_result r = cm_outbox_answer_asked(one, report, ret_clocks, &asked);
	for (size_t i = 0; r == CM_OK && i < asked.action_count; i++) {
		const struct cm_hi1_object *o = asked.actions[i].object;
		for (size_t k = 0; o != NULL && o->type == CM_HI1_TYPE_NOTIFICATION && k < o->notification.state_count; k++)
			if (cm_view_is(o->notification.states[k].object, one->request)) {
				cm_buf_clear(ret_state);
				cm_buf_view_add(ret_state, o->notification.states[k].status.value);
			}
	}
	return r == CM_OK ? cm_buf_result(ret_state) : r;
}

// A yes answers every action of our message, each about the object of that action: what it says of others is not asked for.
static cm_result
cm_outbox_answer_whole(const struct cm_outbox_try *one, const struct cm_hi1_message *m, struct cm_report *report)
{
	struct cm_hi1_message CM_CLEANUP(cm_hi1_message_fini) asked = {.action_count = 0};
	struct cm_event_clocks clocks; // not asked for here
	cm_result r = cm_outbox_answer_asked(one, report, &clocks, &asked);
	if (r == CM_OK && m->action_count != asked.action_count)
		r = cm_report_refuse(report, CM_ERROR_ANSWER_OTHER, "/ActionResponses", "%zu actions for %zu", m->action_count,
		                     asked.action_count);
	for (size_t i = 0; r == CM_OK && i < m->action_count; i++)
		if (!cm_outbox_answers_action(&asked.actions[i], &m->actions[i]))
			r = cm_report_refuse(report, CM_ERROR_ANSWER_OTHER, "/ActionResponses", "action %zu", i);
	return r;
}

// The first error in it, or NULL: then it is a yes.
static const struct cm_hi1_error_info *
cm_outbox_answer_error(const struct cm_hi1_message *m)
{
	const struct cm_hi1_error_info *first = m->error;
	for (size_t i = 0; first == NULL && i < m->action_count; i++)
		if (m->actions[i].error != NULL &&
		    m->actions[i].error->code != cm_hi1_error_row(CM_HI1_ERROR_NOT_DONE)->number)
			first = m->actions[i].error;
	return first;
}

// The place of the peer's act in its register, + 1, when the receipt holds: the act took this very message, and the register
// whose key stands on the peer's card has it. Else 0: what is not proved is not shown.
static uint64_t
cm_outbox_answer_entry(const struct cm_outbox_try *one, const struct cm_reader_read *read, const struct cm_peer *peer)
{
	char hex[2 * CM_HASH_SIZE + 1];
	struct cm_hash digest = cm_hash_of(cm_buf_view(&one->message));
	struct cm_receipt_question question = {.proof = cm_hi1_message_receipt(&read->message),
	        .entry = read->receipt_entry,
	        .keys = &peer->identity.log,
	        .key_count = 1};
	struct cm_receipt_told told;
	cm_hex_text(cm_hash_view(&digest), hex);
	if (read->receipt_entry.n == 0 || !cm_view_is(read->receipt_artifact, hex) ||
	    cm_receipt_verify(&question, NULL, &told) != CM_OK)
		return 0;
	return told.index + 1;
}

static void
cm_outbox_answer_put_receipt(const struct cm_outbox_try *one, struct cm_view receipt, struct cm_instant now,
                             struct cm_change *change)
{
	struct cm_act_values act;
	memset(&act, 0, sizeof act);
	cm_act_set(&act, CM_ACT_FIELD_TYPE, cm_view_text("receipt_taken"));
	cm_act_set(&act, CM_ACT_FIELD_PEER, cm_view_text(one->peer));
	cm_act_set(&act, CM_ACT_FIELD_REQUEST, cm_view_text(one->request));
	cm_act_set(&act, CM_ACT_FIELD_ARTIFACT, cm_view_text("$artifact:0"));
	cm_change_act(change, &act);
	if (receipt.n == 0)
		return;
	struct cm_store_artifact kept = {
	        .direction = CM_STORE_IN,
	        .peer = cm_view_text(one->peer),
	        .media = cm_view_text("receipt"),
	        .name = cm_view_text(one->request),
	        .at = now,
	        .bytes = receipt,
	};
	cm_change_artifact(change, &kept);
}

// A refused request becomes a draft again, with what the other side said (event "bounce"); a refused word changes nothing.
static cm_result
cm_outbox_answer_bounce(const struct cm_outbox_try *one, const char *said, struct cm_instant now,
                        struct cm_change *change, struct cm_report *report)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) detail = cm_buf_of(CM_LIMIT_FRAME_BYTES_VALUE);
	bool word = strcmp(one->topic, CM_OUTBOX_WORD) == 0;
	struct cm_event_texts texts = {.text = {cm_view_text(one->request), cm_view_text(said), cm_view_text(one->topic)},
	        .n = word ? 3 : 2};
	cm_event_texts_write(&texts, &detail);
	struct cm_store_event event = {.at = now, .cause = cm_view_text(CM_EVENT_BOUNCED), .detail = cm_buf_view(&detail)};
	return cm_store_apply(one->node->store, &event, change, report);
}

// What the own law of the asked State counts from its receipt. It says itself when that was; but not before our request left, and
// not later than the answer is here.
static cm_result
cm_outbox_answer_ends(const struct cm_outbox_try *one, const struct cm_hi1_message *m, struct cm_report *report,
                      struct cm_event_message *told)
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_request *row = NULL;
	char country[] = {(char)(one->peer[0] & 0xdf), (char)(one->peer[1] & 0xdf), 0};
	struct cm_instant received = m->timestamp, now = cm_clock_utc();
	cm_result r = cm_store_request(one->node->store, cm_view_text(one->request), report, &page, &row);
	if (r != CM_OK || row == NULL)
		return r;
	received = received.us < row->created.us ? row->created : received.us > now.us ? now : received;
	cm_event_ends_national(cm_nationals_find(&one->node->nationals, cm_view_text(country)),
	                       cm_kind_find(row->kind.p, row->kind.n), received, &told->ends);
	return CM_OK;
}

static cm_result
cm_outbox_answer_keep(struct cm_outbox_try *one, const struct cm_reader_read *read, const struct cm_peer *peer,
                      struct cm_report *report, bool *ret_submitted)
{
	const struct cm_hi1_message *m = &read->message;
	const struct cm_hi1_error_info *error = cm_outbox_answer_error(m);
	struct cm_instant now = cm_clock_utc();
	struct cm_change CM_CLEANUP(cm_change_free_at) *change = cm_change_new(now);
	struct cm_buf CM_CLEANUP(cm_buf_fini) detail = cm_buf_of(CM_LIMIT_FRAME_BYTES_VALUE);
	struct cm_buf CM_CLEANUP(cm_buf_fini) wire = cm_buf_of(CM_LIMIT_HI1_WIRE_BYTES_VALUE);
	struct cm_event_message told = {.peer = cm_view_text(one->peer)};
	struct cm_buf CM_CLEANUP(cm_buf_fini) state = cm_buf_of(CM_LIMIT_CARD_BYTES_VALUE);
	char said[CM_REPORT_SEEN] = "";
	cm_result r = CM_OK;
	bool word = strcmp(one->topic, CM_OUTBOX_WORD) == 0;
	if (change == NULL)
		return CM_NOMEM;
	struct cm_store_artifact artifact = {
	        .direction = CM_STORE_IN,
	        .peer = told.peer,
	        .media = cm_view_text("hi1"),
	        .name = m->transaction,
	        .at = now,
	        .bytes = cm_buf_view(&one->body),
	};
	cm_change_artifact(change, &artifact);
	cm_change_early(change);
	if (error != NULL)
		snprintf(said, sizeof said, "%llu %.*s", (unsigned long long)error->code,
		         (int)(error->text.n < 200 ? error->text.n : 200), (const char *)error->text.p);
	struct cm_store_outbox mark = {
	        .id = one->id,
	        .state = error == NULL ? CM_STORE_DONE : CM_STORE_FAILED,
	        .tries = one->tries + 1,
	        .due = now,
	        .trouble = cm_view_text(said),
	};
	cm_change_outbox_mark(change, &mark);
	struct cm_store_event event = {.at = now, .cause = cm_view_text(CM_EVENT_ANSWERED), .detail = cm_buf_view(&detail)};
	if (error == NULL) {
		r = cm_event_wire(m, &wire);
		if (r == CM_OK && word)
			r = cm_outbox_answer_word(one, report, &told.clocks, &state);
		if (r != CM_OK)
			return r;
		told.judged[0] = (struct cm_event_judged){cm_view_text(one->request), cm_buf_view(&state), {.us = 0}};
		told.judged_count = word ? 1 : 0;
		told.wire = cm_buf_view(&wire);
		told.entry = cm_outbox_answer_entry(one, read, peer);
		if (strcmp(one->topic, "request") == 0)
			r = cm_outbox_answer_ends(one, m, report, &told);
		if (r != CM_OK)
			return r;
		cm_event_message_write(&told, &detail);
		event.detail = cm_buf_view(&detail);
		if (strcmp(one->topic, "request") == 0)
			cm_outbox_answer_put_receipt(one, cm_hi1_message_receipt(m), now, change);
		r = cm_store_apply(one->node->store, &event, change, report);
	} else {
		cm_report_add(&one->said, CM_ERROR_PEER_REFUSED, one->peer, "%s", said);
		if (strcmp(one->topic, "request") == 0 || word)
			r = cm_outbox_answer_bounce(one, said, now, change, report);
	}
	one->end = error == NULL ? CM_OUTBOX_ANSWERED : CM_OUTBOX_REFUSED;
	if (r == CM_OK)
		r = cm_store_submit(one->node->store, cm_take(&change), cm_outbox_kept, one, report);
	*ret_submitted = r == CM_OK;
	return r;
}

cm_result
cm_outbox_take_answer(struct cm_outbox_try *one, struct cm_report *report, bool *ret_submitted)
{
	struct cm_reader_read CM_CLEANUP(cm_reader_read_fini) read = {.judged_count = 0};
	struct cm_peer peer;
	struct cm_reader_told told = {cm_clock_utc(), 0, 0};
	cm_result r = cm_reader_client_hi1(&one->node->reader, cm_buf_view(&one->body), &told, &one->report, &read);
	if (r == CM_OK && !cm_peers_confirmed(&one->node->peers, one->peer, &peer)) {
		peer = one->shown;
		if (!cm_listed_is(&peer))
			r = cm_report_refuse(&one->report, CM_ERROR_PEER_UNKNOWN, "answer", "%s", one->peer);
	}
	if (r == CM_OK)
		r = cm_outbox_answer_check(one, &read.message, &peer, &one->report);
	if (r == CM_OK)
		r = cm_outbox_answer_standing(one, &peer, &one->report);
	if (r == CM_OK && cm_outbox_answer_error(&read.message) == NULL)
		r = cm_outbox_answer_whole(one, &read.message, &one->report);
	if (r != CM_OK) {
		cm_node_log("an answer is not one to our message", &one->report);
		return CM_OK;
	}
	return cm_outbox_answer_keep(one, &read, &peer, report, ret_submitted);
}
