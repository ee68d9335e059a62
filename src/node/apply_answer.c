// Knows: what a peer's answer to a message of ours changes: generations and first statuses of our objects, and that a
// request has arrived, or was refused. Does not know: how the answer was checked (outbox.c).
// Texts of BOUNCED: request, what the peer said; a third when it was a word about the request, not the request itself.
#include "node/event.h"

#include "base/mem.h"
#include "base/tab_limit.h"
#include "domain/kind.h"
#include "domain/move.h"
#include "node/apply_clock.h"

struct cm_apply_answer {
	struct cm_node *node;
	const struct cm_store_event *event;
	const struct cm_event_message *told; // NULL: refused as a whole
	struct cm_change *change;
	struct cm_report *report;
};

static cm_result
cm_apply_answer_clocks(const struct cm_apply_answer *a, const struct cm_store_request *row)
{
	static const struct cm_event_ends none;
	struct cm_apply_clock clocks = {.node = a->node,
	        .ends = a->told == NULL ? &none : &a->told->ends,
	        .said = a->told == NULL ? NULL : &a->told->clocks,
	        .at = a->event->at,
	        .change = a->change,
	        .report = a->report};
	return cm_apply_clock_move(&clocks, row);
}

// The request moves on, and clocks that ran only until then with it.
static cm_result
cm_apply_answer_move(const struct cm_apply_answer *a, const struct cm_store_request *old, struct cm_store_request *row,
                     const char *name)
{
	const struct cm_store_event *event = a->event;
	struct cm_change *change = a->change;
	row->changed = event->at;
	cm_change_request(change, old, row);
	struct cm_store_step step = {
	        .request = row->id,
	        .event = cm_view_text(name),
	        .from_state = old->state,
	        .to_state = row->state,
	        .note = row->told,
	        .at = event->at,
	        .act = CM_STORE_LAST,
	};
	cm_change_step(change, &step);
	struct cm_store_news news = {.at = event->at, .topic = cm_view_text("request"), .ref = row->id, .text = row->state};
	cm_change_news(change, &news);
	return cm_apply_answer_clocks(a, row);
}

// A request of ours has arrived: the receipt proves it, and the first status says that it was taken up. A later state may have
// been told before; what is counted from the receipt begins all the same.
static cm_result
cm_apply_answer_request(const struct cm_apply_answer *a, struct cm_view id)
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_request *old = NULL;
	cm_result r = cm_store_request(a->node->store, id, a->report, &page, &old);
	if (r != CM_OK || old == NULL || !old->ours)
		return r;
	if (!cm_view_is(old->state, "sent"))
		return a->told->ends.count > 0 ? cm_apply_answer_clocks(a, old) : CM_OK;
	struct cm_store_request row = *old;
	row.state = cm_view_text("acknowledged");
	row.their_act = a->told->entry;
	return cm_apply_answer_move(a, old, &row, "deliver");
}

// Only what the peer itself keeps for us.
static cm_result
cm_apply_answer_object(const struct cm_apply_answer *a, const struct cm_hi1_object *o)
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_object *old = NULL;
	cm_result r = cm_store_object(a->node->store, o->id, a->report, &page, &old);
	if (r != CM_OK || old == NULL || old->registrar || !cm_view_equal(old->peer, a->told->peer) ||
	    (int64_t)o->generation < old->generation)
		return r;
	struct cm_store_object row = *old;
	struct cm_view status = cm_hi1_object_status(o);
	row.generation = (int64_t)o->generation;
	row.changed = cm_instant_of_seconds(cm_instant_seconds(a->event->at));
	if (status.n > 0)
		row.status = status;
	cm_change_object(a->change, -2, &row);
	return o->type == CM_HI1_TYPE_DOCUMENT ? cm_apply_answer_request(a, o->id) : CM_OK;
}

// The registrar has taken a word of ours. When it told a later state before its answer came, that one stays.
static cm_result
cm_apply_answer_word(const struct cm_apply_answer *a, const struct cm_event_judged *said)
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_request *old = NULL;
	cm_result r = cm_store_request(a->node->store, said->id, a->report, &page, &old);
	if (r != CM_OK || old == NULL || !old->ours)
		return r;
	struct cm_store_request row = *old;
	enum cm_kind kind = cm_kind_find(old->kind.p, old->kind.n);
	enum cm_state from = cm_state_find(old->state.p, old->state.n), to = cm_state_find(said->state.p, said->state.n);
	if (!cm_move_leads(kind, from, to, CM_ACTOR_REQUESTING) || cm_state_row(to)->passing)
		return cm_state_row(to)->passing ? cm_apply_answer_clocks(a, old) : CM_OK;
	row.state = said->state;
	return cm_apply_answer_move(a, old, &row, "taken");
}

cm_result
cm_apply_answer(struct cm_node *node, const struct cm_store_event *event, struct cm_change *change,
                struct cm_report *report)
{
	struct cm_hi1_message CM_CLEANUP(cm_hi1_message_fini) message = {.action_count = 0};
	struct cm_event_message told;
	struct cm_apply_answer a = {node, event, &told, change, report};
	cm_result r = cm_event_message_read(event->detail, &told);
	if (r == CM_OK)
		r = cm_hi1_message_read_wire(told.wire, report, &message);
	for (size_t i = 0; r == CM_OK && i < message.action_count; i++)
		if (message.actions[i].object != NULL)
			r = cm_apply_answer_object(&a, message.actions[i].object);
	for (size_t i = 0; r == CM_OK && i < told.judged_count; i++)
		r = cm_apply_answer_word(&a, &told.judged[i]);
	return r;
}

cm_result
cm_apply_bounced(struct cm_node *node, const struct cm_store_event *event, struct cm_change *change,
                 struct cm_report *report)
{
	struct cm_event_texts t;
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_request *old = NULL;
	cm_result r = cm_event_texts_read(event->detail, &t);
	if (r != CM_OK || t.n < 2)
		return CM_BUG;
	bool word = t.n > 2;
	r = cm_store_request(node->store, t.text[0], report, &page, &old);
	if (r != CM_OK || old == NULL || !old->ours || (!word && !cm_view_is(old->state, "sent")))
		return r;
	struct cm_store_request row = *old;
	if (word) { // it stays what it is
		row.told = t.text[1];
		return cm_apply_answer_move(&(struct cm_apply_answer){node, event, NULL, change, report}, old, &row, "bounce");
	}
	row.state = cm_view_text("draft");
	row.told = t.text[1];
	return cm_apply_answer_move(&(struct cm_apply_answer){node, event, NULL, change, report}, old, &row, "bounce");
}
