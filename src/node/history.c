// Knows: how the thread of a request is read from its history and its signed messages. Does not know: what may be said on it
// (domain/said.c).
#include "node/history.h"

#include "base/tab_limit.h"
#include "domain/kind.h"
#include "node/do_json.h"

static void
cm_history_from(struct cm_history *history, struct cm_view state)
{
	enum cm_state from = cm_state_find(state.p, state.n);
	for (size_t i = 0; i < history->said.from_count; i++)
		if (history->from[i] == from)
			return;
	if (from != CM_STATE_NONE && history->said.from_count < CM_HISTORY_FROM)
		history->from[history->said.from_count++] = from;
}

// The states before the moves since the last word of the other side, in the order of their steps.
struct cm_history_since {
	enum cm_state at[CM_HISTORY_FROM];
	size_t n;
};

static void
cm_history_step(struct cm_history *history, struct cm_history_since *since, const struct cm_store_step *step)
{
	enum cm_state to = cm_state_find(step->to_state.p, step->to_state.n);
	enum cm_state from = cm_state_find(step->from_state.p, step->from_state.n);
	if (to != CM_STATE_NONE)
		history->said.told[to] = true;
	if (cm_view_is(step->event, "told"))
		since->n = 0;
	else if (since->n < CM_HISTORY_FROM && from != CM_STATE_NONE)
		since->at[since->n++] = from;
}

cm_result
cm_history_init(struct cm_node *node, const struct cm_store_request *request, enum cm_actor who, struct cm_report *report,
               struct cm_history *ret_history)
{
	struct cm_store_ask ask = {.request = request->id, .limit = CM_LIMIT_STORE_PAGE_VALUE};
	struct cm_history_since since = {.n = 0};
	size_t n = ask.limit;
	*ret_history = (struct cm_history){.said = {.kind = cm_kind_find(request->kind.p, request->kind.n), .who = who}};
	cm_facts_init(&ret_history->request);
	cm_facts_init(&ret_history->asked);
	ret_history->said.from = ret_history->from;
	cm_history_from(ret_history, request->state);
	while (n == ask.limit) {
		struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
		const struct cm_store_step *rows = NULL;
		cm_result r = cm_store_steps(node->store, &ask, report, &page, &rows, &n);
		if (r != CM_OK)
			return r;
		for (size_t i = 0; i < n; i++)
			cm_history_step(ret_history, &since, &rows[i]);
		if (n > 0)
			ask.after_id = rows[n - 1].id;
	}
	for (size_t i = 0; who == CM_ACTOR_REQUESTED && request->ours && i < since.n; i++)
		cm_history_from(ret_history, cm_view_text(cm_state_row(since.at[i])->name));
	return CM_OK;
}

cm_result
cm_history_documents(struct cm_node *node, const struct cm_store_request *request, struct cm_report *report,
                    struct cm_history *history)
{
	bool good = false;
	cm_result r = cm_do_request_facts(node, request, report, &history->request, &good);
	history->said.request = good ? &history->request : NULL;
	if (r == CM_OK && cm_view_is(request->state, cm_state_row(CM_STATE_MORE_INFO)->name))
		r = cm_do_request_said(node, request, CM_STATE_MORE_INFO, report, &history->asked, &good);
	else
		good = false;
	history->said.asked = r == CM_OK && good ? &history->asked : NULL;
	return r;
}

void
cm_history_fini(struct cm_history *history)
{
	if (history == NULL)
		return;
	cm_facts_fini(&history->request);
	cm_facts_fini(&history->asked);
}
