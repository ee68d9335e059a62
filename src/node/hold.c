// Knows: what an undecided request for data, its decision, and the end of a preservation mean for the others (Art. 42(8),
// 42(9)). Does not know: how it is told (decide.c), or which moves there are (domain/move). Runs in the clock's thread.
#include "node/hold.h"

#include <stdio.h>

#include "base/tab_limit.h"
#include "domain/kind.h"
#include "domain/move.h"
#include "node/decide.h"

struct cm_view
cm_hold_task(const struct cm_store_request *row)
{
	return cm_kind_has_task(cm_kind_find(row->kind.p, row->kind.n), "LPTask") ? row->objects : row->parent;
}

cm_result
cm_hold_find(struct cm_node *node, struct cm_view task, struct cm_view peer, struct cm_report *report,
             struct cm_store_page **ret_page, const struct cm_store_request **ret_row)
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_object *object = NULL;
	*ret_row = NULL;
	cm_result r = task.n == 0 ? CM_OK : cm_store_object(node->store, task, report, &page, &object);
	if (r == CM_OK && object != NULL && cm_view_equal(object->peer, peer))
		r = cm_store_request(node->store, object->request, report, ret_page, ret_row);
	return r;
}

struct cm_preservation
cm_hold_now(const struct cm_store_request *row)
{
	return (struct cm_preservation){cm_kind_find(row->kind.p, row->kind.n), cm_state_find(row->state.p, row->state.n),
	                                row->until};
}

// Does an undecided request for the data name this task?
static cm_result
cm_hold_wanted(struct cm_node *node, struct cm_view task, struct cm_report *report, bool *ret_wanted)
{
	char after[40] = "";
	size_t n = CM_LIMIT_STORE_PAGE_VALUE;
	*ret_wanted = false;
	while (!*ret_wanted && n == CM_LIMIT_STORE_PAGE_VALUE) {
		struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
		const struct cm_store_request *rows = NULL;
		struct cm_store_ask ask = {.request = task, .after = cm_view_text(after)};
		cm_result r = cm_store_followers(node->store, &ask, report, &page, &rows, &n);
		if (r != CM_OK)
			return r;
		for (size_t i = 0; i < n; i++) {
			enum cm_kind kind = cm_kind_find(rows[i].kind.p, rows[i].kind.n);
			enum cm_state state = cm_state_find(rows[i].state.p, rows[i].state.n);
			*ret_wanted = *ret_wanted || (cm_kind_has_task(kind, "LDTask") && !cm_move_over(kind, state));
			snprintf(after, sizeof after, "%.*s", CM_VIEW_ARG(rows[i].id));
		}
	}
	return CM_OK;
}

static bool
cm_hold_may(const struct cm_store_request *row, enum cm_event event)
{
	return cm_move_at(cm_kind_find(row->kind.p, row->kind.n), cm_state_find(row->state.p, row->state.n), event) !=
	       CM_MOVE_NONE;
}

// What is to be told: the hold begins and ends with the requests for the data. False: nothing.
static bool
cm_hold_event(const struct cm_store_request *row, bool wanted, enum cm_event *ret_event)
{
	*ret_event = wanted ? CM_EVENT_MLA_ARRIVE : CM_EVENT_MLA_DECIDE; // ARRIVE: one came while the last was being decided
	return cm_hold_may(row, *ret_event);
}

static cm_result
cm_hold_settle(struct cm_node *node, const struct cm_store_request *row, struct cm_report *report)
{
	enum cm_event event;
	bool wanted;
	cm_result r = cm_hold_wanted(node, row->objects, report, &wanted);
	if (r != CM_OK)
		return r;
	if (!cm_hold_event(row, wanted, &event))
		return CM_OK; // held by the change that took the request: the clock tells it, by the row of that change
	return cm_decide_tell(node, row->id, event, CM_ACTOR_REQUESTED_NODE, report);
}

// An extension of what is held anyway, or a change of what has ended, needs no person to be answered.
static cm_result
cm_hold_answer(struct cm_node *node, const struct cm_store_request *row, const struct cm_store_request *later,
               struct cm_report *report)
{
	struct cm_preservation now = cm_hold_now(row);
	enum cm_kind kind = cm_kind_find(later->kind.p, later->kind.n);
	enum cm_event wants = cm_preservation_event(kind);
	if (wants == CM_EVENT_NONE || cm_move_over(kind, cm_state_find(later->state.p, later->state.n)))
		return CM_OK;
	switch (cm_preservation_can(&now, wants)) {
	case CM_PRESERVATION_HELD:
		return cm_decide_tell(node, later->id, CM_EVENT_MLA_ARRIVE, CM_ACTOR_REQUESTED_NODE, report);
	case CM_PRESERVATION_OVER:
		return cm_decide_tell(node, later->id, CM_EVENT_TOO_LATE, CM_ACTOR_REQUESTED, report);
	case CM_PRESERVATION_YES:
	case CM_PRESERVATION_NOT:
		break;
	}
	return CM_OK;
}

static cm_result
cm_hold_answers(struct cm_node *node, const struct cm_store_request *row, struct cm_report *report)
{
	char after[40] = "";
	size_t n = CM_LIMIT_STORE_PAGE_VALUE;
	while (n == CM_LIMIT_STORE_PAGE_VALUE) {
		struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
		const struct cm_store_request *rows = NULL;
		struct cm_store_ask ask = {.request = row->objects, .after = cm_view_text(after)};
		cm_result r = cm_store_followers(node->store, &ask, report, &page, &rows, &n);
		for (size_t i = 0; r == CM_OK && i < n; i++) {
			r = cm_hold_answer(node, row, &rows[i], report);
			snprintf(after, sizeof after, "%.*s", CM_VIEW_ARG(rows[i].id));
		}
		if (r != CM_OK)
			return r;
	}
	return CM_OK;
}

cm_result
cm_hold_look(struct cm_node *node, struct cm_view task, struct cm_report *report)
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page2 = NULL;
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page3 = NULL;
	const struct cm_store_object *object = NULL;
	const struct cm_store_request *row = NULL;
	cm_result r = cm_store_object(node->store, task, report, &page, &object);
	if (r == CM_OK && object != NULL)
		r = cm_store_request(node->store, object->request, report, &page2, &row);
	if (r != CM_OK || row == NULL || row->ours)
		return r;
	r = cm_hold_settle(node, row, report);
	if (r == CM_OK)
		r = cm_store_request(node->store, object->request, report, &page3, &row);
	return r == CM_OK ? cm_hold_answers(node, row, report) : r;
}

cm_result
cm_hold_look_all(struct cm_node *node, struct cm_report *report)
{
	char after[40] = "", limit[40] = "";
	struct cm_store_ask ask = {.state = cm_view_text("held")};
	size_t n = CM_LIMIT_STORE_PAGE_VALUE;
	while (n == CM_LIMIT_STORE_PAGE_VALUE) {
		struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
		const struct cm_store_deadline *rows = NULL;
		cm_result r = cm_store_ends(node->store, &ask, report, &page, &rows, &n);
		for (size_t i = 0; r == CM_OK && i < n; i++) {
			struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page2 = NULL;
			const struct cm_store_request *row = NULL;
			r = cm_store_request(node->store, rows[i].request, report, &page2, &row);
			if (r == CM_OK && row != NULL)
				r = cm_hold_look(node, row->objects, report);
		}
		if (r != CM_OK)
			return r;
		if (n > 0) {
			snprintf(after, sizeof after, "%.*s", CM_VIEW_ARG(rows[n - 1].request));
			snprintf(limit, sizeof limit, "%.*s", CM_VIEW_ARG(rows[n - 1].limit));
			ask.after = cm_view_text(after);
			ask.kind = cm_view_text(limit);
			ask.after_time = rows[n - 1].at;
		}
	}
	return CM_OK;
}
