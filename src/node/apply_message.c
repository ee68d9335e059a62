// Knows: what a message changes in our picture of requests, objects, deadlines and deliveries, whichever side sent it (the
// registrar rule, doc/spec/profile.md section 1). Does not know: whether the message may be taken (take.c) or how it
// leaves (send.c). The same code makes the rows the first time and when the store rebuilds.
#include "node/event.h"

#include <string.h>

#include "base/mem.h"
#include "base/tab_limit.h"
#include "domain/deadline.h"
#include "domain/kind.h"
#include "domain/move.h"
#include "node/apply_clock.h"
#include "node/hold.h"
#include "node/timer.h"

struct cm_apply {
	struct cm_node *node;
	const struct cm_store_event *event;
	struct cm_change *change;
	struct cm_report *report;
	struct cm_event_message told;
	const struct cm_hi1_message *message;
	bool in; // the peer sent it
	bool unheard; // a word of ours that the registrar has not taken yet: clocks go on as they did
};

static const struct cm_hi1_object *
cm_apply_task(const struct cm_hi1_message *message)
{
	for (size_t i = 0; i < message->action_count; i++) {
		const struct cm_hi1_object *o = message->actions[i].object;
		if (o != NULL && (o->type == CM_HI1_TYPE_PRESERVATION || o->type == CM_HI1_TYPE_DISCLOSURE))
			return o;
	}
	return NULL;
}

// The request that the objects of this message belong to: the Document Request created in it, or the one that a known
// object of it belongs to. `to` has 40 bytes; "" when there is none.
static cm_result
cm_apply_request_of(struct cm_apply *a, const struct cm_hi1_object *object, char to[40])
{
	to[0] = 0;
	if (a->told.document_count > 0) {
		memcpy(to, a->told.documents[0].id.p, a->told.documents[0].id.n < 39 ? a->told.documents[0].id.n : 39);
		to[a->told.documents[0].id.n < 39 ? a->told.documents[0].id.n : 39] = 0;
		return CM_OK;
	}
	for (size_t i = 0; i <= object->associated_count; i++) {
		struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
		const struct cm_store_object *row = NULL;
		struct cm_view id = i == 0 ? object->id : object->associated[i - 1];
		cm_result r = cm_store_object(a->node->store, id, a->report, &page, &row);
		if (r != CM_OK)
			return r;
		if (row != NULL && row->request.n > 0 && row->request.n < 40 && cm_view_equal(row->peer, a->told.peer)) {
			memcpy(to, row->request.p, row->request.n);
			to[row->request.n] = 0;
			return CM_OK;
		}
	}
	return CM_OK;
}

// The first status that a registrar gives to what was just created.
static const char *
cm_apply_first_status(enum cm_hi1_type type)
{
	switch (type) {
	case CM_HI1_TYPE_AUTHORISATION:
		return "Approved";
	case CM_HI1_TYPE_DOCUMENT:
	case CM_HI1_TYPE_DISCLOSURE:
		return "AwaitingApproval";
	case CM_HI1_TYPE_PRESERVATION:
		return "AwaitingPreservation";
	case CM_HI1_TYPE_DELIVERY:
		return "Available";
	case CM_HI1_TYPE_NONE:
	case CM_HI1_TYPE_NOTIFICATION:
	case CM_HI1_TYPE_ENCRYPTION:
		break;
	}
	return "";
}

static cm_result
cm_apply_create(struct cm_apply *a, const struct cm_hi1_object *o)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) wire = cm_buf_of(CM_LIMIT_HI1_WIRE_BYTES_VALUE);
	struct cm_buf CM_CLEANUP(cm_buf_fini) where = cm_buf_of(CM_LIMIT_CARD_BYTES_VALUE);
	char request[40];
	cm_result r = cm_apply_request_of(a, o, request);
	if (r == CM_OK)
		r = cm_event_object_wire(a->node, o, &wire);
	if (r != CM_OK)
		return r;
	// The contents stand in the message; the row only says which one (see cm_event_where()).
	cm_event_where_write(&(struct cm_event_where){a->in, a->message->transaction, o->id}, &where);
	struct cm_store_object row = {
	        .id = o->id,
	        .peer = a->told.peer,
	        .type = cm_view_text(cm_hi1_type_name(o->type)),
	        .request = cm_view_text(request),
	        .registrar = a->in,
	        .generation = a->in ? 1 : 0,
	        .changed = cm_instant_of_seconds(cm_instant_seconds(a->event->at)),
	        .status = a->in ? cm_view_text(cm_apply_first_status(o->type)) : cm_view_of(NULL, 0),
	        .digest = cm_hash_of(cm_buf_view(&wire)),
	        .contents = cm_buf_view(&where),
	};
	cm_change_object(a->change, -1, &row);
	return CM_OK;
}

static struct cm_apply_clock
cm_apply_clocks(const struct cm_apply *a)
{
	return (struct cm_apply_clock){a->node, &a->told.ends, a->unheard ? NULL : &a->told.clocks, a->event->at, a->change, a->report};
}

// A request document: a new request on this side.
static void
cm_apply_request(struct cm_apply *a, const struct cm_hi1_object *o, const struct cm_event_document *document)
{
	const struct cm_hi1_object *task = cm_apply_task(a->message);
	struct cm_store_request row = {
	        .id = o->id,
	        .ours = !a->in,
	        .peer = a->told.peer,
	        .kind = a->message->workflow,
	        .state = cm_view_text(a->in ? "acknowledged" : "sent"),
	        .reference = a->in ? cm_view_of(NULL, 0) : o->external_id,
	        .their_reference = a->in ? o->external_id : cm_view_of(NULL, 0),
	        .case_id = a->told.case_id,
	        .title = document->title,
	        .relates = document->relates,
	        .parent = document->parent,
	        .undertaking = document->undertaking,
	        .part = document->part,
	        .objects = task == NULL ? cm_view_of(NULL, 0) : task->id,
	        .person = a->in ? cm_view_of(NULL, 0) : a->told.person,
	        .told = document->gaps ? cm_view_text("Listed contents are missing; ask for them.") : cm_view_of(NULL, 0),
	        .message = CM_STORE_LAST,
	        .act = CM_STORE_LAST,
	        .created = a->event->at,
	        .changed = a->event->at,
	};
	if (task != NULL && task->type == CM_HI1_TYPE_PRESERVATION)
		row.wanted_until = task->preservation.desired_expiration;
	if (task != NULL && task->type == CM_HI1_TYPE_DISCLOSURE && task->disclosure.deadline_count > 0)
		row.due = task->disclosure.deadlines[0].at;
	if (row.undertaking.n > 0 && a->node->timer != NULL)
		cm_timer_undertakes(a->node->timer);
	cm_change_request(a->change, NULL, &row);
	struct cm_apply_clock clocks = cm_apply_clocks(a);
	cm_apply_clock_begin(&clocks, &row);
	struct cm_store_step step = {
	        .request = o->id,
	        .event = cm_view_text(a->in ? "acknowledge" : "send"),
	        .to_state = row.state,
	        .person = row.person,
	        .at = a->event->at,
	        .act = CM_STORE_LAST,
	};
	cm_change_step(a->change, &step);
	struct cm_store_news news = {
	        .at = a->event->at, .topic = cm_view_text("request"), .ref = o->id, .text = row.state};
	cm_change_news(a->change, &news);
}

// Puts the row of a request in another state, with its history. `said`: what only passes, or "".
static cm_result
cm_apply_move(struct cm_apply *a, const struct cm_store_request *old, struct cm_store_request *row, const char *event,
              struct cm_view said, struct cm_view note)
{
	row->changed = a->event->at;
	cm_change_request(a->change, old, row);
	struct cm_store_step step = {
	        .request = row->id,
	        .event = cm_view_text(event),
	        .from_state = old->state,
	        .to_state = said.n > 0 ? said : row->state,
	        .person = a->told.person,
	        .note = note,
	        .at = a->event->at,
	        .act = CM_STORE_LAST,
	};
	cm_change_step(a->change, &step);
	struct cm_store_news news = {.at = a->event->at, .topic = cm_view_text("request"), .ref = row->id, .text = row->state};
	cm_change_news(a->change, &news);
	struct cm_apply_clock clocks = cm_apply_clocks(a);
	return cm_apply_clock_move(&clocks, row);
}

// The row of the end that this request has now; NULL without.
static cm_result
cm_apply_end_now(struct cm_apply *a, struct cm_view request, struct cm_store_page **ret_page,
                 const struct cm_store_deadline **ret_row)
{
	const struct cm_store_deadline *rows = NULL;
	size_t n = 0;
	struct cm_store_ask ask = {.request = request};
	cm_result r = cm_store_deadlines(a->node->store, &ask, a->report, ret_page, &rows, &n);
	for (size_t i = 0; r == CM_OK && i < n; i++)
		if (cm_view_is(rows[i].limit, cm_time_limit_row(CM_TIME_LIMIT_HC_PRES_MIN)->id))
			*ret_row = &rows[i];
	return r;
}

// The end of a preservation, as its state has it: it runs, waits while the data is held, or is over. One that was reached while
// the data was held is looked at once more, so that it does not end in silence; so is one that is over before the clock said
// so here. `tell`: the asker does not know yet that it is held, so the clock looks at once; our word to the asker, when that is
// applied, lets the row sleep.
static cm_result
cm_apply_end(struct cm_apply *a, const struct cm_store_request *request, bool tell)
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_deadline *old = NULL;
	struct cm_instant until = request->until, wake = {.us = 0};
	enum cm_state state = cm_state_find(request->state.p, request->state.n);
	bool held = request->held != 0;
	bool runs = cm_move_at(cm_kind_find(request->kind.p, request->kind.n), state, CM_EVENT_LAPSE) != CM_MOVE_NONE;
	struct cm_deadline_clock clock = {CM_TIME_LIMIT_HC_PRES_MIN, until, held};
	cm_result r = cm_apply_end_now(a, request->id, &page, &old);
	if (r != CM_OK)
		return r;
	bool same = old != NULL && old->at.us == until.us, said = same && old->stage == CM_DEADLINE_OVER;
	if (runs && !cm_deadline_next(&clock, a->event->at, &wake))
		wake = until;
	if (tell || (state == CM_STATE_LAPSED && !said))
		wake = a->event->at;
	struct cm_store_deadline row = {
	        .request = request->id,
	        .limit = cm_view_text(cm_time_limit_row(CM_TIME_LIMIT_HC_PRES_MIN)->id),
	        .peer = request->peer,
	        .start = request->created, // no preservation takes effect before it was asked for
	        .at = until,
	        .wake = wake,
	        .stage = state != CM_STATE_LAPSED ? cm_deadline_stage(&clock, a->event->at)
	                 : said                  ? CM_DEADLINE_OVER
	                                         : CM_DEADLINE_HEAD,
	        .state = cm_view_text(held ? "held" : runs ? "running" : "over"),
	        .action = cm_view_text(cm_time_limit_row(CM_TIME_LIMIT_HC_PRES_MIN)->at_end),
	        .source = cm_view_text("Art. 42(8)"),
	        .calendar = cm_view_text("UTC"),
	};
	cm_change_deadline(a->change, old, &row); // the timer may tell the end meanwhile
	return CM_OK;
}

// Does the state follow from the one we know? The registrar's word is followed, ours too; the side that asked tells its own
// moves only.
static bool
cm_apply_follows(const struct cm_apply *a, const struct cm_store_request *old, enum cm_state to)
{
	enum cm_kind kind = cm_kind_find(old->kind.p, old->kind.n);
	enum cm_state from = cm_state_find(old->state.p, old->state.n);
	if (a->in == (old->ours != 0))
		return cm_move_follows(kind, from, to);
	return cm_move_leads(kind, from, to, CM_ACTOR_REQUESTING);
}

// May we tell that it is in this state now? It was judged before, and is asked again.
static cm_result
cm_apply_tells(const struct cm_apply *a, const struct cm_store_request *old, enum cm_state to)
{
	bool judged = false;
	for (size_t i = 0; i < a->told.judged_count; i++)
		judged = judged || cm_view_equal(a->told.judged[i].id, old->id);
	if (!judged)
		return CM_BUG;
	if (!cm_apply_follows(a, old, to))
		return cm_report_refuse(a->report, CM_ERROR_MOVE_NOT_ALLOWED, "request", "%.*s", CM_VIEW_ARG(old->state));
	return CM_OK;
}

// What the registrar told about a request with a notification: its fine state, and words for people. The end of a
// preservation stands in the LPTask of the same message.
static cm_result
cm_apply_told_state(struct cm_apply *a, const struct cm_hi1_notification *notification, struct cm_view request,
                    struct cm_view state)
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_request *old = NULL;
	cm_result r = cm_store_request(a->node->store, request, a->report, &page, &old);
	if (r != CM_OK || old == NULL || !cm_view_equal(old->peer, a->told.peer))
		return r;
	struct cm_store_request row = *old;
	const struct cm_hi1_object *task = cm_apply_task(a->message);
	enum cm_state to = cm_state_find(state.p, state.n);
	r = a->in ? CM_OK : cm_apply_tells(a, old, to);
	if (r != CM_OK)
		return r;
	struct cm_view passing = cm_state_row(to)->passing ? state : cm_view_of(NULL, 0);
	if (to == CM_STATE_PARTIES_TOLD && (old->ours != 0) == !a->in) // told by the side that asked: the leading one
		row.roll = a->told.roll;
	a->unheard = !a->in && old->ours;
	if (a->unheard) // it is so when the registrar has taken it (apply_answer.c)
		return cm_apply_move(a, old, &row, "said", passing, notification->details);
	bool follows = cm_apply_follows(a, old, to);
	if (follows)
		row.told = notification->details;
	if (follows && !cm_state_row(to)->passing) { // what is passing is said, in words
		row.state = state;
		row.held = to == CM_STATE_HELD_PENDING_MLA;
		if (task != NULL && task->type == CM_HI1_TYPE_PRESERVATION && task->preservation.expiration.us != 0)
			row.until = task->preservation.expiration;
	}
	r = cm_apply_move(a, old, &row, a->in ? "told" : "decided", follows ? passing : cm_view_of(NULL, 0), notification->details);
	bool preservation = cm_kind_has_task(cm_kind_find(row.kind.p, row.kind.n), "LPTask");
	if (r == CM_OK && preservation && (row.until.us != 0 || row.held))
		r = cm_apply_end(a, &row, false);
	return r;
}

// What becomes of a preservation by the answer to a request that is about it: extended, ended, held. Where the answer changes
// nothing (not extended, too late) it stays as it is.
static cm_result
cm_apply_told_task(struct cm_apply *a, const struct cm_hi1_notification *notification, struct cm_view task,
                   struct cm_view request, struct cm_view state)
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_request *row = NULL;
	cm_result r = cm_hold_find(a->node, task, a->told.peer, a->report, &page, &row);
	if (r != CM_OK || row == NULL || cm_view_equal(row->id, request) ||
	    !cm_apply_follows(a, row, cm_state_find(state.p, state.n)))
		return r;
	return cm_apply_told_state(a, notification, row->id, state);
}

static bool
cm_apply_is_document(struct cm_node *node, struct cm_view id, struct cm_report *report)
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_request *row = NULL;
	return cm_store_request(node->store, id, report, &page, &row) == CM_OK && row != NULL;
}

bool
cm_apply_message_told(struct cm_node *node, const struct cm_hi1_notification *n, struct cm_report *report,
                      struct cm_event_told *ret_told)
{
	struct cm_event_told told = {.state = {NULL, 0}};
	for (size_t i = 0; i < n->state_count; i++)
		if (cm_apply_is_document(node, n->states[i].object, report))
			told.request = n->states[i].object;
	for (size_t i = 0; i < n->state_count; i++)
		if (n->states[i].status.dictionary == CM_DICTIONARY_REQUEST_STATE &&
		    (told.state.n == 0 || !cm_view_equal(n->states[i].object, told.request))) {
			told.state = n->states[i].status.value;
			told.task = cm_view_equal(n->states[i].object, told.request) ? told.task : n->states[i].object;
		}
	*ret_told = told;
	return told.request.n > 0 && told.state.n > 0;
}

static cm_result
cm_apply_notification(struct cm_apply *a, const struct cm_hi1_object *o)
{
	const struct cm_hi1_notification *n = &o->notification;
	struct cm_event_told told;
	if (!cm_apply_message_told(a->node, n, a->report, &told))
		return CM_OK;
	cm_result r = cm_apply_told_state(a, n, told.request, told.state);
	return r == CM_OK && told.task.n > 0 ? cm_apply_told_task(a, n, told.task, told.request, told.state) : r;
}

static cm_result
cm_apply_delivery_status(struct cm_apply *a, const struct cm_hi1_object *o)
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_delivery *old = NULL;
	cm_result r = cm_store_delivery(a->node->store, o->id, a->report, &page, &old);
	if (r != CM_OK || old == NULL || !old->ours)
		return r; // what we tell of a delivery to us stands in its row already
	struct cm_store_delivery row = *old;
	if (cm_view_is(o->delivery.status.value, "Received"))
		row.state = cm_view_text("received");
	else if (cm_view_is(o->delivery.status.value, "Acknowledged"))
		row.state = cm_view_text("acknowledged");
	else if (cm_view_is(o->delivery.status.value, "Error"))
		row.state = cm_view_text("error");
	row.changed = a->event->at;
	cm_change_delivery(a->change, &row);
	return CM_OK;
}

static cm_result
cm_apply_update(struct cm_apply *a, const struct cm_hi1_object *o)
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_object *old = NULL;
	cm_result r = cm_store_object(a->node->store, o->id, a->report, &page, &old);
	if (r != CM_OK || old == NULL)
		return r;
	if (!a->in && !old->registrar && o->type != CM_HI1_TYPE_DELIVERY)
		return CM_OK; // what we want of an object whose state the peer keeps: its word will follow
	struct cm_store_object row = *old;
	struct cm_view status = cm_hi1_object_status(o);
	bool ours = !a->in && old->registrar;
	if (ours && (int64_t)o->generation != old->generation + 1)
		return cm_report_refuse(a->report, CM_ERROR_STORE_GENERATION, "object", "%llu after %lld",
		                        (unsigned long long)o->generation, (long long)old->generation);
	row.generation = o->generation > 0 && !(a->in && old->registrar) ? (int64_t)o->generation : old->generation + 1;
	if (row.generation > CM_LIMIT_GENERATION_VALUE) // a peer counted so far; it stays a number that can be told
		row.generation = CM_LIMIT_GENERATION_VALUE;
	row.changed = cm_instant_of_seconds(cm_instant_seconds(a->event->at));
	if (status.n > 0)
		row.status = status;
	cm_change_object(a->change, ours ? old->generation : -2, &row);
	return o->type == CM_HI1_TYPE_DELIVERY ? cm_apply_delivery_status(a, o) : CM_OK;
}

static cm_result
cm_apply_deliver(struct cm_apply *a, const struct cm_hi1_object *o)
{
	const struct cm_hi1_delivery *d = &o->delivery;
	char request[40];
	cm_result r = cm_apply_request_of(a, o, request);
	if (r != CM_OK || d->by_url == NULL)
		return r;
	struct cm_store_delivery row = {
	        .id = o->id,
	        .request = cm_view_text(request),
	        .peer = a->told.peer,
	        .ours = !a->in,
	        .delivery_id = d->delivery_id,
	        .sequence = (int64_t)d->sequence,
	        .last = d->last == CM_HI1_YES,
	        .state = cm_view_text("available"),
	        .url = d->by_url->url,
	        .length = d->by_url->length,
	        .have = a->in ? 0 : d->by_url->length,
	        .title = d->by_url->filename,
	        .message = CM_STORE_LAST,
	        .created = a->event->at,
	        .changed = a->event->at,
	};
	if (d->by_url->sha256.n == sizeof row.blob.b)
		memcpy(row.blob.b, d->by_url->sha256.p, sizeof row.blob.b);
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_delivery *packed = NULL;
	r = a->in ? CM_OK : cm_store_delivery(a->node->store, o->id, a->report, &page, &packed);
	if (r != CM_OK)
		return r;
	if (packed != NULL) { // what the message does not say
		row.package = packed->package;
		row.created = packed->created;
		row.anyway = a->told.anyway;
	}
	if (a->in)
		cm_change_delivery(a->change, &row);
	else
		cm_change_deliver(a->change, &row);
	struct cm_store_news news = {.at = a->event->at, .topic = cm_view_text("delivery"), .ref = o->id, .text = row.state};
	cm_change_news(a->change, &news);
	return cm_apply_create(a, o);
}

// A request for data that names a preservation holds it until it is decided (Art. 42(8)), here as registrar.
static cm_result
cm_apply_hold(struct cm_apply *a, struct cm_view task)
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page2 = NULL;
	const struct cm_store_object *object = NULL;
	const struct cm_store_request *old = NULL;
	cm_result r = cm_store_object(a->node->store, task, a->report, &page, &object);
	if (r == CM_OK && object != NULL)
		r = cm_store_request(a->node->store, object->request, a->report, &page2, &old);
	if (r != CM_OK || old == NULL || old->ours || !cm_view_equal(old->peer, a->told.peer))
		return r;
	enum cm_state to = cm_state_find(old->state.p, old->state.n);
	struct cm_move_step step = {cm_kind_find(old->kind.p, old->kind.n), to, CM_EVENT_MLA_ARRIVE, CM_ACTOR_REQUESTED_NODE};
	struct cm_store_request row = *old;
	if (cm_move_step(&step, NULL, &to) == CM_OK) {
		row.state = cm_view_text(cm_state_row(to)->name);
		row.held = 1;
		r = cm_apply_move(a, old, &row, "mla_arrive", cm_view_of(NULL, 0), cm_view_of(NULL, 0));
	}
	return r == CM_OK && row.held ? cm_apply_end(a, &row, true) : r;
}

// Not every request that names a preservation holds it.
static bool
cm_apply_for_data(const struct cm_apply *a)
{
	return cm_kind_has_task(cm_kind_find(a->message->workflow.p, a->message->workflow.n), "LDTask");
}

static cm_result
cm_apply_action(struct cm_apply *a, const struct cm_hi1_action *action)
{
	const struct cm_hi1_object *o = action->object;
	if (o == NULL)
		return CM_OK;
	if (action->verb == CM_HI1_VERB_UPDATE)
		return cm_apply_update(a, o);
	if (action->verb == CM_HI1_VERB_DELIVER)
		return cm_apply_deliver(a, o);
	if (action->verb != CM_HI1_VERB_CREATE)
		return CM_OK;
	cm_result r = cm_apply_create(a, o);
	for (size_t i = 0; r == CM_OK && i < a->told.document_count; i++)
		if (cm_view_equal(a->told.documents[i].id, o->id)) {
			cm_apply_request(a, o, &a->told.documents[i]);
			if (a->in && a->told.documents[i].parent.n > 0 && cm_apply_for_data(a))
				r = cm_apply_hold(a, a->told.documents[i].parent);
		}
	if (r == CM_OK && o->type == CM_HI1_TYPE_NOTIFICATION)
		r = cm_apply_notification(a, o);
	return r;
}

// What we tell was judged by rows read earlier, and is signed by now. It may only become durable when they still are so; the
// store compares once more, when it writes.
static cm_result
cm_apply_judged(const struct cm_apply *a)
{
	for (size_t i = 0; i < a->told.judged_count; i++) {
		const struct cm_event_judged *judged = &a->told.judged[i];
		struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
		const struct cm_store_request *row = NULL;
		cm_result r = cm_store_request(a->node->store, judged->id, a->report, &page, &row);
		if (r != CM_OK || row == NULL)
			return r != CM_OK ? r : CM_BUG;
		if (!cm_view_equal(judged->state, row->state) || judged->until.us != row->until.us)
			return cm_report_refuse(a->report, CM_ERROR_STORE_STATE_CHANGED, "request",
			                        "%.*s when it was judged, now %.*s", CM_VIEW_ARG(judged->state),
			                        CM_VIEW_ARG(row->state));
	}
	return CM_OK;
}

// A clock's end is told of a clock that runs and is over. It was so when the timer read it; a new day may have been set since.
static cm_result
cm_apply_over(const struct cm_apply *a)
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_deadline *rows = NULL;
	size_t n = 0;
	struct cm_store_ask ask = {.request = a->told.judged[0].id};
	if (a->told.over.n == 0)
		return CM_OK;
	cm_result r = cm_store_deadlines(a->node->store, &ask, a->report, &page, &rows, &n);
	for (size_t i = 0; r == CM_OK && i < n; i++)
		if (cm_view_equal(rows[i].limit, a->told.over) && cm_view_is(rows[i].state, "running") && rows[i].at.us <= a->event->at.us)
			return CM_OK;
	return r != CM_OK ? r
	                  : cm_report_refuse(a->report, CM_ERROR_STORE_STATE_CHANGED, "deadline", "%.*s of %.*s is another one now",
	                                     CM_VIEW_ARG(a->told.over), CM_VIEW_ARG(a->told.judged[0].id));
}

cm_result
cm_apply_message(struct cm_node *node, const struct cm_store_event *event, struct cm_change *change,
                 struct cm_report *report)
{
	struct cm_hi1_message CM_CLEANUP(cm_hi1_message_fini) message = {.action_count = 0};
	struct cm_apply a = {.node = node,
	        .event = event,
	        .change = change,
	        .report = report,
	        .message = &message,
	        .in = cm_view_is(event->cause, CM_EVENT_TAKEN)};
	cm_result r = cm_event_message_read(event->detail, &a.told);
	if (r == CM_OK)
		r = cm_hi1_message_read_wire(a.told.wire, report, &message);
	if (r == CM_OK)
		r = cm_apply_judged(&a);
	if (r == CM_OK)
		r = cm_apply_over(&a);
	for (size_t i = 0; r == CM_OK && i < message.action_count; i++)
		r = cm_apply_action(&a, &message.actions[i]);
	return r;
}
