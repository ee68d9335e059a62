// Knows: how a peer's word about a request - a notification, an answer document, a delivery - is held against what is known of that
// request here. Does not know: the rules (domain/said.c, data/request_moves.tab). Serves doc/spec/profile.md, section 7.
#include "node/take.h"

#include <stdio.h>

#include "domain/move.h"
#include "node/event.h"
#include "node/history.h"

static cm_result
cm_take_said_fault(cm_result r, const struct cm_report *found, struct cm_hi1_fault *fault, const char *place)
{
	char seen[CM_REPORT_SEEN];
	if (r != CM_REFUSED)
		return r;
	const struct cm_finding *f = &found->findings[0];
	bool state = cm_report_has(found, CM_ERROR_MOVE_NOT_ALLOWED) || cm_report_has(found, CM_ERROR_SAID_NOT_ASKED);
	if (f->rule == CM_ERROR_MOVE_NOT_ALLOWED) // as the error itself is called
		snprintf(seen, sizeof seen, "%s", f->seen);
	else
		snprintf(seen, sizeof seen, "%s: %.64s %.120s", cm_error_row(f->rule)->name, f->place, f->seen);
	cm_take_fault(fault, state ? CM_HI1_ERROR_MOVE_NOT_ALLOWED : CM_HI1_ERROR_DOCUMENT_INVALID, place, seen);
	return CM_OK;
}

// The row of a request between us and this peer, and its thread; *ret_row is NULL for another.
static cm_result
cm_take_said_thread(const struct cm_take *take, struct cm_view request, struct cm_report *report, struct cm_store_page **ret_page,
                    const struct cm_store_request **ret_row, struct cm_history *ret_history)
{
	const struct cm_store_request *row = NULL;
	cm_result r = cm_store_request(take->node->store, request, report, ret_page, &row);
	if (r != CM_OK || row == NULL || !cm_view_is(row->peer, take->peer.identity.node))
		return r;
	*ret_row = row;
	return cm_history_init(take->node, row, row->ours ? CM_ACTOR_REQUESTED : CM_ACTOR_REQUESTING, report, ret_history);
}

// What the side that asked tells is judged with its objects (take_links.c).
static cm_result
cm_take_said_notification(struct cm_take *take, const struct cm_hi1_notification *n, struct cm_hi1_fault *fault,
                          struct cm_report *report)
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	struct cm_history CM_CLEANUP(cm_history_fini) history = {.from = {CM_STATE_NONE}};
	const struct cm_store_request *row = NULL;
	struct cm_report found = {0};
	struct cm_event_told told;
	if (!cm_apply_message_told(take->node, n, report, &told))
		return CM_OK;
	cm_result r = cm_take_said_thread(take, told.request, report, &page, &row, &history);
	if (r != CM_OK || row == NULL || !row->ours)
		return r;
	enum cm_state state = cm_state_find(told.state.p, told.state.n);
	r = cm_said_check_open(&history.said, state, &found);
	if (r == CM_OK)
		r = cm_said_check_told(&history.said, state, &found);
	return cm_take_said_fault(r, &found, fault, "/notification:Status");
}

static cm_result
cm_take_said_document(struct cm_take *take, const struct cm_hi1_object *o, struct cm_hi1_fault *fault,
                      struct cm_report *report)
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	struct cm_history CM_CLEANUP(cm_history_fini) history = {.from = {CM_STATE_NONE}};
	struct cm_facts CM_CLEANUP(cm_facts_fini) said;
	const struct cm_store_request *row = NULL;
	struct cm_report found = {0};
	struct cm_view answers = cm_view_of(NULL, 0);
	cm_facts_init(&said);
	cm_result r = cm_reader_client_facts(&take->node->reader, CM_API_SHAPE_NONE, o->document.body->contents, &found, &said);
	if (r == CM_OK && cm_facts_find(&said, "answers", &answers))
		r = cm_take_said_thread(take, answers, report, &page, &row, &history);
	if (r == CM_OK && row == NULL) {
		cm_take_fault(fault, CM_HI1_ERROR_REFERENCE_UNRESOLVED, "/doc:DocumentBody", "/answers is no request between us");
		return CM_OK;
	}
	if (r == CM_OK)
		r = cm_history_documents(take->node, row, report, &history);
	if (r == CM_OK)
		r = cm_said_judge(&history.said, &said, &found);
	return cm_take_said_fault(r, &found, fault, "/doc:DocumentBody");
}

// -- deliveries ----------------------------------------------------------------------------------------------------------

// May data come now? One event of the requested side that delivers is open.
static bool
cm_take_said_delivers(const struct cm_history *history)
{
	static const enum cm_event delivering[] = {CM_EVENT_DELIVER_PART, CM_EVENT_DISCLOSE, CM_EVENT_DISCLOSE_PART, CM_EVENT_ANSWER};
	for (size_t i = 0; i < history->said.from_count; i++)
		for (size_t k = 0; k < sizeof delivering / sizeof *delivering; k++)
			if (cm_move_at(history->said.kind, history->from[i], delivering[k]) != CM_MOVE_NONE)
				return true;
	return false;
}

// One series: the same DeliveryID, no number twice or backwards, nothing after the last.
static cm_result
cm_take_said_series(const struct cm_take *take, const struct cm_hi1_delivery *d, struct cm_view request,
                    struct cm_hi1_fault *fault, struct cm_report *report)
{
	struct cm_store_ask ask = {.request = request, .limit = CM_LIMIT_STORE_PAGE_VALUE};
	char after[40];
	size_t n = ask.limit;
	while (n == ask.limit) {
		struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
		const struct cm_store_delivery *rows = NULL;
		cm_result r = cm_store_deliveries(take->node->store, &ask, report, &page, &rows, &n);
		if (r != CM_OK)
			return r;
		for (size_t i = 0; i < n; i++) {
			bool other = !rows[i].ours && !cm_view_equal(rows[i].delivery_id, d->delivery_id);
			if (!rows[i].ours && rows[i].last)
				cm_take_fault(fault, CM_HI1_ERROR_CONTENT_INVALID, "/delivery:SequenceNumber", "the last one is here");
			else if (!rows[i].ours && rows[i].sequence >= (int64_t)d->sequence)
				cm_take_fault(fault, CM_HI1_ERROR_CONTENT_INVALID, "/delivery:SequenceNumber", "this number, or a later one, is here");
			else if (other)
				cm_take_fault(fault, CM_HI1_ERROR_CONTENT_INVALID, "/delivery:DeliveryID", "the request has another one");
			snprintf(after, sizeof after, "%.*s", CM_VIEW_ARG(rows[i].id));
			ask.after = cm_view_text(after);
			ask.after_time = rows[i].created;
		}
	}
	return CM_OK;
}

cm_result
cm_take_check_delivery(struct cm_take *take, const struct cm_hi1_delivery *d, struct cm_view request,
                       struct cm_hi1_fault *fault, struct cm_report *report)
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	struct cm_history CM_CLEANUP(cm_history_fini) history = {.from = {CM_STATE_NONE}};
	const struct cm_store_request *row = NULL;
	cm_result r = cm_take_said_thread(take, request, report, &page, &row, &history);
	if (r == CM_OK && row != NULL && row->ours && !cm_take_said_delivers(&history))
		cm_take_fault(fault, CM_HI1_ERROR_MOVE_NOT_ALLOWED, "/delivery:Delivery", "the request is not where data is delivered");
	return r == CM_OK ? cm_take_said_series(take, d, request, fault, report) : r;
}

cm_result
cm_take_check_said(struct cm_take *take, size_t at, struct cm_report *report)
{
	const struct cm_hi1_action *action = &take->read.message.actions[at];
	const struct cm_hi1_object *o = action->object;
	if (action->verb != CM_HI1_VERB_CREATE)
		return CM_OK;
	if (o->type == CM_HI1_TYPE_NOTIFICATION)
		return cm_take_said_notification(take, &o->notification, &take->faults[at], report);
	bool answer = o->type == CM_HI1_TYPE_DOCUMENT && o->document.body != NULL &&
	              cm_view_is(o->document.body->content_type, CM_HI1_CONTENT_TYPE_ANSWER);
	return answer ? cm_take_said_document(take, o, &take->faults[at], report) : CM_OK;
}
