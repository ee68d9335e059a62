// Knows: how a decision becomes a message to the requesting node (doc/spec/profile.md, section 4). Does not know: whether it
// was wise; the tables say whether it is allowed.
#include "node/decide.h"

#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "base/mem.h"
#include "base/tab_limit.h"
#include "domain/deadline.h"
#include "domain/kind.h"
#include "domain/move.h"
#include "domain/refusal.h"
#include "node/clocks.h"
#include "node/decide_inside.h"
#include "node/directory.h"
#include "node/do_json.h"
#include "node/hold.h"
#include "node/joint.h"
#include "node/lawful.h"
#include "node/outbox.h"
#include "node/send.h"
#include "node/timer.h"
#include "os/clock.h"

static cm_result
cm_decide_time(const struct cm_decide *d, const char *member, struct cm_report *report, struct cm_instant *ret_t)
{
	struct cm_view text = cm_decide_said(d, member);
	if (text.n > 0 && !cm_instant_read(text, ret_t))
		return cm_report_refuse(report, CM_ERROR_API_MEMBER, member, "%.*s", CM_VIEW_ARG(text));
	return CM_OK;
}

// The end that is told. The node tells no other than the one that was promised; it may be over by now.
static cm_result
cm_decide_end(struct cm_decide *d, struct cm_report *report)
{
	if (d->who != CM_ACTOR_REQUESTED)
		d->until = d->request->until;
	else if (cm_move_at(d->kind, d->to, CM_EVENT_LAPSE) != CM_MOVE_NONE) {
		if (d->until.us == 0) { // whole seconds, and not one less than the sixty days
			d->until = cm_deadline_promise(d->now, d->request->wanted_until);
			d->until.us += CM_INSTANT_SECOND - 1;
		}
		d->until = cm_instant_of_seconds(cm_instant_seconds(d->until));
		struct cm_preservation now = cm_hold_now(d->request);
		if (now.until.us > d->until.us || d->event == CM_EVENT_EXTEND) // what was promised is never taken back
			return cm_preservation_extend_check(&now, d->now, d->until, d->now, report);
		return cm_deadline_promise_check(d->now, d->until, d->now, report);
	}
	if (d->event == CM_EVENT_LAPSE && d->until.us > d->now.us) // moved since the clock looked
		return cm_report_refuse(report, CM_ERROR_MOVE_NOT_ALLOWED, "lapse", "%.*s", CM_VIEW_ARG(d->request->id));
	return CM_OK;
}

static cm_result
cm_decide_extend(struct cm_decide *d, const struct cm_preservation *now, struct cm_report *report)
{
	if (d->until.us == 0)
		d->until = d->request->wanted_until;
	d->until = cm_instant_of_seconds(cm_instant_seconds(d->until));
	return cm_preservation_extend_check(now, d->request->created, d->until, d->now, report);
}

// What the answer to a request about a preservation does to that: it is extended or ended, or stays as it is. The task shows
// how it stands when nothing more follows.
static cm_result
cm_decide_changes(struct cm_decide *d, struct cm_report *report)
{
	cm_result r = cm_hold_find(d->node, d->request->objects, d->request->peer, report, &d->changes_page, &d->changes);
	if (r != CM_OK || d->changes == NULL)
		return r != CM_OK ? r : CM_BUG;
	struct cm_preservation now = cm_hold_now(d->changes);
	enum cm_actor who = d->event == CM_EVENT_RELEASE ? CM_ACTOR_REQUESTED_NODE : CM_ACTOR_REQUESTED; // only by such a request
	struct cm_move_step step = {now.kind, now.state, d->event, who};
	enum cm_state to = now.state;
	bool over = cm_preservation_can(&now, cm_preservation_event(d->kind)) == CM_PRESERVATION_OVER;
	if ((d->event == CM_EVENT_TOO_LATE && !over) || (d->event == CM_EVENT_KEEP_END && over))
		return cm_report_refuse(report, CM_ERROR_MOVE_NOT_ALLOWED, cm_event_row(d->event)->name, "the preservation is \"%s\"",
		                        cm_state_row(now.state)->title);
	if (d->event == CM_EVENT_EXTEND || d->event == CM_EVENT_RELEASE)
		r = cm_move_step(&step, report, &to);
	if (r == CM_OK && d->event == CM_EVENT_EXTEND)
		r = cm_decide_extend(d, &now, report);
	else
		d->until = cm_move_over(d->kind, d->to) && d->event != CM_EVENT_RELEASE ? now.until : (struct cm_instant){.us = 0};
	if (cm_move_over(d->kind, d->to))
		d->changes_status = cm_state_row(to)->preservation;
	return r;
}

// What the asking side says is about a request that has left, and told to the other side.
static cm_result
cm_decide_sayable(const struct cm_move_step *step, enum cm_state say, struct cm_report *report)
{
	bool left = cm_state_row(step->from)->told || step->from == CM_STATE_SENT || step->from == CM_STATE_DELIVERED;
	if (left && cm_state_row(say)->told)
		return CM_OK;
	return cm_report_refuse(report, CM_ERROR_MOVE_NOT_ALLOWED, cm_event_row(step->event)->name, "\"%s\" is not told to the other side",
	                        cm_state_row(left ? say : step->from)->title);
}

// The limit that a word extends. Only one that leaves the request as it is: the end of a preservation has an event of its own.
static cm_result
cm_decide_limit(struct cm_decide *d, struct cm_report *report)
{
	struct cm_view limit = cm_decide_said(d, "limit");
	if (limit.n == 0)
		return CM_OK;
	d->extend = cm_time_limit_find(limit.p, limit.n);
	if (d->extend == CM_TIME_LIMIT_NONE || d->say == d->to || d->until.us == 0)
		return cm_report_refuse(report, CM_ERROR_API_MEMBER, "limit", "\"%.*s\" with %s and %s", CM_VIEW_ARG(limit),
		                        cm_event_row(d->event)->name, d->until.us == 0 ? "no until" : "until");
	d->until = cm_instant_of_seconds(cm_instant_seconds(d->until));
	return CM_OK;
}

// Is the event open in this state, and are its times and grounds right?
static cm_result
cm_decide_judge(struct cm_decide *d, struct cm_report *report)
{
	struct cm_view ground = cm_decide_said(d, "ground");
	struct cm_move_step step = {
	        .kind = d->kind,
	        .from = cm_state_find(d->request->state.p, d->request->state.n),
	        .event = d->event,
	        .who = d->who,
	};
	d->say = d->to = step.from;
	cm_result r = d->event == CM_EVENT_NONE ? CM_OK : cm_move_step(&step, report, &d->to);
	if (r == CM_OK && d->event != CM_EVENT_NONE)
		d->say = cm_move_row(cm_move_at(d->kind, step.from, d->event))->to;
	if (r == CM_OK && d->request->ours)
		r = cm_decide_sayable(&step, d->say, report);
	if (r == CM_OK && d->by_person)
		r = cm_decide_words_check(d, report);
	if (r == CM_OK && d->by_person)
		r = cm_decide_words_fit(d, report);
	if (r == CM_OK)
		r = cm_decide_time(d, "until", report, &d->until);
	if (r == CM_OK)
		r = cm_decide_time(d, "order_until", report, &d->order_until);
	if (r == CM_OK)
		r = cm_decide_time(d, "answer_by", report, &d->answer_by);
	if (r == CM_OK)
		r = cm_decide_limit(d, report);
	if (r == CM_OK && d->answer_by.us != 0)
		r = cm_deadline_reply_check(d->say, d->answer_by, d->now, report);
	if (r == CM_OK && d->say == d->to && !d->request->ours)
		r = cm_preservation_event(d->kind) != CM_EVENT_NONE ? cm_decide_changes(d, report) : cm_decide_end(d, report);
	if (r == CM_OK && d->order_until.us != 0)
		r = cm_deadline_order_check(d->now, d->order_until, report);
	struct cm_refusal_said said = {.code = ground,
	        .article = cm_decide_said(d, "ground_article"),
	        .reasons = cm_decide_said(d, "text"),
	        .basis = cm_decide_said(d, "ground_basis")};
	if (r == CM_OK && (ground.n > 0 || d->to == CM_STATE_REFUSED || d->to == CM_STATE_NOT_EXTENDED))
		r = cm_refusal_check(d->kind, &said, report, &d->ground);
	return r;
}

// Clocks that stand still, go on or get a later end with it: "limit" and "until" of a word that leaves the state as it is.
static cm_result
cm_decide_clocks(struct cm_decide *d, struct cm_report *report)
{
	struct cm_clocks_ask ask = {.node = d->node, .request = d->request, .to = d->to, .now = d->now, .extend = d->extend, .until = d->until};
	cm_result r = cm_clocks_word(&ask, report, &d->clocks);
	if (d->extend != CM_TIME_LIMIT_NONE)
		d->until.us = 0; // it was the limit's
	return r;
}

static cm_result
cm_decide_build(struct cm_decide *d, const struct cm_ipc_person *person, struct cm_report *report)
{
	char peer[CM_X509_NODE];
	snprintf(peer, sizeof peer, "%.*s", CM_VIEW_ARG(d->request->peer));
	cm_result r = cm_send_begin(d->node, peer, d->request->kind, &d->arena, report, &d->message);
	d->message.actions = d->actions;
	d->now = d->message.timestamp;
	if (r == CM_OK)
		r = cm_decide_clocks(d, report);
	if (r == CM_OK && d->evidence != NULL)
		r = cm_decide_delivery(d, report);
	if (r == CM_OK && d->request->ours && d->to == CM_STATE_WITHDRAWN)
		cm_decide_cancel(d);
	if (r == CM_OK && !d->request->ours && d->say == d->to)
		r = cm_decide_updates(d, report);
	if (r == CM_OK)
		r = cm_decide_answer(d, person, report);
	if (r == CM_OK)
		r = cm_decide_notification(d, report);
	return r == CM_OK && d->arena.failed ? CM_NOMEM : r;
}

// What the register calls it.
static const char *
cm_decide_act(const struct cm_decide *d)
{
	if (d->request->ours)
		return d->event == CM_EVENT_WITHDRAW ? "withdrawn" : "told";
	return d->evidence != NULL ? "delivered" : d->by_person ? "decided" : "answered";
}

static cm_result
cm_decide_send(struct cm_decide *d, const struct cm_ipc_person *person, struct cm_report *report)
{
	char request[40], until[CM_INSTANT_TEXT], blob[65], package[65], length[24];
	struct cm_buf CM_CLEANUP(cm_buf_fini) roll = cm_buf_of(CM_LIMIT_FRAME_BYTES_VALUE);
	if (d->roll != NULL)
		cm_joint_roll_write(d->roll->parties, d->roll->count, &roll);
	snprintf(request, sizeof request, "%.*s", CM_VIEW_ARG(d->request->id));
	struct cm_send send = {
	        .message = &d->message,
	        .told = {.peer = d->request->peer,
	                .person = cm_view_text(person->id),
	                .judged = {{d->request->id, d->request->state, d->request->until}},
	                .judged_count = 1,
	                .roll = cm_buf_view(&roll),
	                .ends = d->ends,
	                .clocks = d->clocks,
	                .over = d->over},
	        .topic = d->request->ours ? CM_OUTBOX_WORD : d->evidence != NULL ? "deliver" : "update",
	        .request = request,
	};
	cm_act_set(&send.act, CM_ACT_FIELD_TYPE, cm_view_text(cm_decide_act(d)));
	cm_act_set(&send.act, CM_ACT_FIELD_PEER, d->request->peer);
	cm_act_set(&send.act, CM_ACT_FIELD_REQUEST, d->request->id);
	cm_act_set(&send.act, CM_ACT_FIELD_KIND, d->request->kind);
	cm_act_set(&send.act, CM_ACT_FIELD_ARTIFACT, cm_view_text("$artifact"));
	cm_act_set(&send.act, CM_ACT_FIELD_PERSON, cm_view_text(person->id));
	cm_act_set(&send.act, CM_ACT_FIELD_NOTE, d->note);
	if (d->changes != NULL) {
		send.told.judged[send.told.judged_count++] =
		        (struct cm_event_judged){d->changes->id, d->changes->state, d->changes->until};
		cm_act_set(&send.act, CM_ACT_FIELD_OBJECT, d->request->objects);
	}
	if (d->evidence != NULL) {
		send.told.anyway = cm_decide_said(d, "override");
		cm_hex_text(cm_hash_view(&d->evidence->blob), blob);
		cm_hex_text(cm_hash_view(&d->evidence->package), package);
		snprintf(length, sizeof length, "%llu", (unsigned long long)d->evidence->length);
		cm_act_set(&send.act, CM_ACT_FIELD_OBJECT, d->evidence->id);
		cm_act_set(&send.act, CM_ACT_FIELD_BLOB, cm_view_text(blob));
		cm_act_set(&send.act, CM_ACT_FIELD_LENGTH, cm_view_text(length));
		cm_act_set(&send.act, CM_ACT_FIELD_PACKAGE, cm_view_text(package));
	} else if (d->until.us != 0 && !d->request->ours)
		cm_act_set(&send.act, CM_ACT_FIELD_UNTIL, cm_view_text(cm_instant_text_micro(d->until, until)));
	cm_result r = cm_send_message(d->node, &send, report);
	struct cm_view task = cm_hold_task(d->request);
	if (r == CM_OK && task.n > 0 && d->node->timer != NULL)
		cm_timer_look_at(d->node->timer, task);
	return r;
}

static void
cm_decide_free(struct cm_decide *d)
{
	if (d == NULL)
		return;
	cm_facts_fini(&d->said);
	cm_arena_fini(&d->arena);
	cm_store_page_free(d->changes_page);
	cm_mem_free(d);
}

static void
cm_decide_free_at(struct cm_decide **at)
{
	cm_decide_free(*at);
}

static void
cm_decide_show(const struct cm_decide *d, enum cm_outbox_end end, const struct cm_report *found, struct cm_buf *body)
{
	struct cm_json_put put = cm_json_put_of(body);
	struct cm_buf CM_CLEANUP(cm_buf_fini) words = cm_buf_of(CM_LIMIT_DOCUMENT_BYTES_VALUE);
	cm_decide_sentence(d, &words);
	cm_json_put_object(&put);
	cm_json_put_member_bool(&put, "answered", end == CM_OUTBOX_ANSWERED);
	if (d->evidence != NULL)
		cm_json_put_member_text(&put, "evidence", d->evidence->id);
	cm_json_put_name(&put, "findings");
	cm_json_put_array(&put);
	for (size_t i = 0; i < found->count; i++) {
		const struct cm_error_row *row = cm_error_row(found->findings[i].rule);
		cm_json_put_object(&put);
		cm_json_put_member_cstr(&put, "remedy", row->remedy);
		cm_json_put_member_cstr(&put, "rule", row->name);
		cm_json_put_member_cstr(&put, "text", row->text);
		cm_json_put_end_object(&put);
	}
	cm_json_put_end_array(&put);
	if (d->evidence == NULL)
		cm_do_json_time(&put, "preserved_until", d->until);
	cm_json_put_member_text(&put, "request", d->request->id);
	if (d->evidence != NULL)
		cm_json_put_member_cstr(&put, "request_state", cm_state_row(d->to)->name);
	struct cm_view there = d->request->ours && end != CM_OUTBOX_ANSWERED ? d->request->state
	                                                                     : cm_view_text(cm_state_row(d->to)->name);
	cm_json_put_member_text(&put, "state", d->evidence != NULL ? cm_view_text("available") : there);
	cm_json_put_member_text(&put, "told", cm_buf_view(&words));
	cm_json_put_end_object(&put);
}

// A ground that is only weighed, in a consultation, refuses nothing.
static cm_result
cm_decide_lawful(struct cm_decide *d, const struct cm_ipc_person *person, struct cm_report *report)
{
	struct cm_lawful_step step = {.event = d->event,
	        .ground = d->say == CM_STATE_CONSULTATION ? CM_REFUSAL_NONE : d->ground,
	        .evidence = d->evidence != NULL,
	        .now = d->now,
	        .said = &d->said,
	        .person = person->id,
	        .arena = &d->arena};
	return cm_lawful_decide(d->node, d->request, &step, report, &d->note);
}

// Everything that can be refused before a word is said.
static cm_result
cm_decide_allowed(struct cm_decide *d, const struct cm_ipc_person *person, struct cm_report *report)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) peer = cm_buf_of(CM_X509_NODE);
	cm_buf_view_add(&peer, d->request->peer);
	cm_result r = cm_decide_judge(d, report);
	if (r == CM_OK && d->event == CM_EVENT_TELL_PARTIES)
		r = cm_report_refuse(report, CM_ERROR_MOVE_NOT_YOURS, "event", "the node tells it by itself");
	if (r == CM_OK && (d->evidence != NULL || cm_move_discloses(d->event))) // a party that left gets nothing new
		r = cm_joint_may_give(d->node, d->request, report);
	bool path = d->event == CM_EVENT_FIND_ELSEWHERE; // the way of a communication is traffic data (43(1))
	if (r == CM_OK && (d->evidence != NULL || path || cm_move_discloses(d->event)))
		r = cm_directory_may_disclose(d->node, cm_buf_cstr(&peer), cm_decide_said(d, "override"), d->asks ? NULL : person->id, report);
	if (r == CM_OK && !d->request->ours)
		r = cm_decide_lawful(d, person, report);
	return r;
}

// Signs, sends, and waits a little for the other side's answer, so that most people see it at once.
static cm_result
cm_decide_finish(struct cm_decide *d, const struct cm_ipc_person *person, struct cm_report *report, struct cm_buf *body)
{
	char transaction[40];
	struct cm_report found = {0};
	cm_result r = cm_decide_allowed(d, person, report);
	if (r == CM_OK)
		r = cm_decide_words_consulted(d, &found, report);
	if (r == CM_OK)
		r = cm_decide_build(d, person, report);
	if (r == CM_OK)
		r = cm_decide_send(d, person, report);
	if (r != CM_OK)
		return r;
	snprintf(transaction, sizeof transaction, "%.*s", CM_VIEW_ARG(d->message.transaction));
	enum cm_outbox_end end = cm_outbox_wait(d->node->outbox, transaction,
	                                        cm_clock_after(CM_LIMIT_HI1_ANSWER_MS_VALUE * INT64_C(1000)), report);
	if (d->request->ours && end == CM_OUTBOX_REFUSED)
		return CM_REFUSED; // the registrar did not take it; the report has what it said
	cm_decide_show(d, end, &found, body);
	return CM_OK;
}

cm_result
cm_decide_request(struct cm_exchange *ex, const struct cm_ipc_person *person, struct cm_report *report,
                  struct cm_buf *body)
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	struct cm_decide CM_CLEANUP(cm_decide_free_at) *d = cm_mem_new(sizeof *d);
	if (d == NULL)
		return CM_NOMEM;
	d->node = ex->node;
	d->by_person = true;
	d->body = cm_server_body(ex->rq);
	d->now = cm_clock_utc();
	cm_facts_init(&d->said);
	cm_result r = cm_exchange_facts(ex, report, &d->said);
	if (r == CM_OK)
		r = cm_store_request(ex->node->store, cm_view_text(ex->match.part[0]), report, &page, &d->request);
	if (r == CM_OK && d->request == NULL)
		r = cm_report_refuse(report, CM_ERROR_REQUEST_UNKNOWN, "request", "%s", ex->match.part[0]);
	if (r != CM_OK)
		return r;
	d->kind = cm_kind_find(d->request->kind.p, d->request->kind.n);
	d->who = d->request->ours ? CM_ACTOR_REQUESTING : CM_ACTOR_REQUESTED;
	r = cm_said_event(d->kind, &d->said, report, &d->event, &d->word);
	return r == CM_OK ? cm_decide_finish(d, person, report, body) : r;
}

// The request that evidence answers, and the event by which it does.
static cm_result
cm_decide_deliver_begin(struct cm_decide *d, struct cm_exchange *ex, struct cm_view request, struct cm_store_page **page,
                        struct cm_report *report)
{
	d->node = ex->node;
	d->by_person = true;
	d->body = cm_server_body(ex->rq);
	d->now = cm_clock_utc();
	cm_facts_init(&d->said);
	cm_result r = cm_exchange_facts(ex, report, &d->said);
	if (r == CM_OK)
		r = cm_store_request(ex->node->store, request, report, page, &d->request);
	if (r == CM_OK && (d->request == NULL || d->request->ours))
		r = cm_report_refuse(report, CM_ERROR_REQUEST_UNKNOWN, "request", "%.*s", CM_VIEW_ARG(request));
	if (r != CM_OK)
		return r;
	d->kind = cm_kind_find(d->request->kind.p, d->request->kind.n);
	d->who = CM_ACTOR_REQUESTED;
	enum cm_family family = cm_kind_row(d->kind)->family;
	bool data = family == CM_FAMILY_DISCLOSURE || family == CM_FAMILY_EMERGENCY;
	d->event = data ? CM_EVENT_DISCLOSE : CM_EVENT_ANSWER;
	if (cm_facts_has(&d->said, "event") || cm_facts_has(&d->said, "answer"))
		r = cm_said_event(d->kind, &d->said, report, &d->event, &d->word);
	return r;
}

cm_result
cm_decide_deliver(struct cm_exchange *ex, const struct cm_ipc_person *person, const struct cm_store_delivery *evidence,
                  struct cm_report *report, struct cm_buf *body)
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	struct cm_decide CM_CLEANUP(cm_decide_free_at) *d = cm_mem_new(sizeof *d);
	if (d == NULL)
		return CM_NOMEM;
	d->evidence = evidence;
	cm_result r = cm_decide_deliver_begin(d, ex, evidence->request, &page, report);
	return r == CM_OK ? cm_decide_finish(d, person, report, body) : r;
}

cm_result
cm_decide_may_deliver(struct cm_exchange *ex, const struct cm_ipc_person *person, struct cm_report *report,
                      struct cm_buf *body)
{
	static const struct cm_store_delivery any;
	struct cm_json_put put = cm_json_put_of(body);
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	struct cm_decide CM_CLEANUP(cm_decide_free_at) *d = cm_mem_new(sizeof *d);
	if (d == NULL)
		return CM_NOMEM;
	d->evidence = &any;
	d->asks = true;
	cm_result r = cm_decide_deliver_begin(d, ex, cm_view_text(ex->match.part[0]), &page, report);
	if (r == CM_OK)
		r = cm_decide_allowed(d, person, report);
	if (r != CM_OK)
		return r;
	cm_json_put_object(&put);
	cm_json_put_member_text(&put, "request", d->request->id);
	cm_json_put_member_cstr(&put, "request_state", cm_state_row(d->to)->name);
	cm_json_put_end_object(&put);
	return CM_OK;
}

// The node's own word, without a person.
static cm_result
cm_decide_own(const struct cm_decide *said, struct cm_view request, struct cm_report *report)
{
	struct cm_decide CM_CLEANUP(cm_decide_free_at) *d = cm_mem_new(sizeof *d);
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	struct cm_ipc_person nobody = {.id = ""};
	if (d == NULL)
		return CM_NOMEM;
	*d = *said;
	d->now = cm_clock_utc();
	cm_facts_init(&d->said);
	cm_result r = cm_store_request(d->node->store, request, report, &page, &d->request);
	if (r != CM_OK || d->request == NULL || (d->request->ours != 0) != (d->roll != NULL))
		return r;
	d->kind = cm_kind_find(d->request->kind.p, d->request->kind.n);
	r = cm_decide_judge(d, report);
	if (r == CM_OK)
		r = cm_decide_build(d, &nobody, report);
	return r == CM_OK ? cm_decide_send(d, &nobody, report) : r;
}

cm_result
cm_decide_tell(struct cm_node *node, struct cm_view request, enum cm_event event, enum cm_actor who,
               struct cm_report *report)
{
	return cm_decide_own(&(struct cm_decide){.node = node, .event = event, .who = who}, request, report);
}

cm_result
cm_decide_parties(struct cm_node *node, struct cm_view request, const struct cm_joint_roll *roll, struct cm_report *report)
{
	struct cm_decide said = {.node = node, .event = CM_EVENT_TELL_PARTIES, .who = CM_ACTOR_REQUESTING, .roll = roll};
	return cm_decide_own(&said, request, report);
}

cm_result
cm_decide_end_tell(struct cm_node *node, const struct cm_store_deadline *row, enum cm_event event, struct cm_report *report)
{
	struct cm_decide said = {.node = node, .event = event, .who = CM_ACTOR_CLOCK, .over = row->limit};
	return cm_decide_own(&said, row->request, report);
}
