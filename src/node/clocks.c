// Knows: which words about a clock count, by the tables and by who says them, and where a clock ends that stood still. Does not know:
// how rows are kept (apply_clock.c), or how words travel (event_clocks.c, decide_words.c).
#include "node/clocks.h"

#include <string.h>

#include "base/mem.h"
#include "domain/kind.h"
#include "domain/move.h"
#include "domain/national_calendar.h"

// The law by which own limits of this request are counted: the asked State's.
static const struct cm_national *
cm_clocks_law(const struct cm_clocks_ask *ask)
{
	const struct cm_view peer = ask->request->peer;
	char country[] = {(char)(peer.p[0] & 0xdf), (char)(peer.p[1] & 0xdf), 0};
	return cm_nationals_find(&ask->node->nationals,
	                         cm_view_text(ask->request->ours ? country : ask->node->name.country_upper));
}

static struct cm_instant
cm_clocks_resumed(const struct cm_clocks_ask *ask, const struct cm_store_deadline *row, struct cm_instant at)
{
	enum cm_kind kind = cm_kind_find(ask->request->kind.p, ask->request->kind.n);
	struct cm_deadline_pause pause = {row->at, row->paused, at};
	struct cm_deadline_rule named = {.counting = CM_DEADLINE_NAMED};
	if (cm_view_is(row->limit, cm_time_limit_row(CM_TIME_LIMIT_NAT_ANSWER)->id))
		return cm_national_answer_resume(cm_clocks_law(ask), kind, row->start, &pause);
	return cm_deadline_rule_resume(&named, &pause, &(struct cm_calendar){.offset = 0});
}

// A moment that is said, kept between two of our own. All in whole seconds, as it travels, so that both sides have the same.
static struct cm_instant
cm_clocks_between(struct cm_instant from, struct cm_instant said, struct cm_instant to)
{
	int64_t at = cm_instant_seconds(said), least = cm_instant_seconds(from), most = cm_instant_seconds(to);
	return cm_instant_of_seconds(at < least ? least : at > most ? most : at);
}

// Who speaks here: the side that asks, or the one that is asked.
static enum cm_actor
cm_clocks_who(const struct cm_clocks_ask *ask)
{
	bool ours = ask->told == NULL;
	return ours == (ask->request->ours != 0) ? CM_ACTOR_REQUESTING : CM_ACTOR_REQUESTED;
}

// A question stops it: ours does; a peer's when its message says so, also when that comes late and the end was told here meanwhile.
static bool
cm_clocks_pauses(const struct cm_clocks_ask *ask, const struct cm_store_deadline *row, const struct cm_event_clock *told,
                 struct cm_event_clock *clock)
{
	if (ask->to != CM_STATE_MORE_INFO || !cm_time_limit_row(clock->limit)->pausable || row->paused.us != 0 ||
	    (ask->told != NULL && (told == NULL || told->says != CM_EVENT_PAUSED)))
		return false;
	bool counts = cm_view_is(row->state, "running") || (told != NULL && cm_view_is(row->state, "over"));
	struct cm_instant at = cm_clocks_between(row->start, told == NULL ? ask->now : told->at, ask->now);
	if (!counts || at.us >= row->at.us)
		return false;
	clock->says = CM_EVENT_PAUSED;
	clock->at = at;
	return true;
}

// It goes on when the request is not in question any more, whatever led there.
static bool
cm_clocks_resumes(const struct cm_clocks_ask *ask, const struct cm_store_deadline *row, const struct cm_event_clock *told,
                  struct cm_event_clock *clock)
{
	if (ask->to == CM_STATE_MORE_INFO || row->paused.us == 0)
		return false;
	bool named = told != NULL && told->says == CM_EVENT_RESUMED;
	clock->says = CM_EVENT_RESUMED;
	clock->at = cm_clocks_between(row->paused, named ? told->at : ask->now, ask->now);
	clock->end = cm_clocks_resumed(ask, row, clock->at);
	return true;
}

static bool
cm_clocks_extends(const struct cm_clocks_ask *ask, const struct cm_store_deadline *row, const struct cm_event_clock *told,
                  struct cm_event_clock *clock)
{
	bool ours = ask->told == NULL && ask->extend == clock->limit;
	bool theirs = told != NULL && told->says == CM_EVENT_EXTENDED;
	struct cm_instant until = ours ? ask->until : theirs ? told->theirs : row->at;
	if ((!ours && !theirs) || !cm_deadline_rule_extends(clock->limit, cm_clocks_who(ask)) || until.us <= row->at.us ||
	    (!cm_view_is(row->state, "running") && row->paused.us == 0))
		return false;
	clock->says = CM_EVENT_EXTENDED;
	clock->at = cm_clocks_between(row->start, ask->now, ask->now);
	clock->end = until;
	return true;
}

static void
cm_clocks_row(const struct cm_clocks_ask *ask, const struct cm_store_deadline *row, struct cm_event_clocks *clocks)
{
	enum cm_kind kind = cm_kind_find(ask->request->kind.p, ask->request->kind.n);
	enum cm_time_limit limit = cm_time_limit_find(row->limit.p, row->limit.n);
	enum cm_deadline_start start = cm_deadline_start_of(limit, kind);
	const struct cm_event_clock *told = ask->told == NULL ? NULL : cm_event_clocks_find(ask->told, limit);
	struct cm_event_clock clock = {.limit = limit, .says = CM_EVENT_RUNS, .end = row->at};
	if (start == CM_DEADLINE_START_NONE || clocks->count == CM_DOC_CLOCKS)
		return;
	if (told != NULL)
		clock.theirs = told->theirs;
	bool does = cm_clocks_pauses(ask, row, told, &clock) || cm_clocks_resumes(ask, row, told, &clock) ||
	            cm_clocks_extends(ask, row, told, &clock);
	bool runs = (cm_view_is(row->state, "running") || row->paused.us != 0) && cm_deadline_start_runs(start, kind, ask->to);
	if (does || told != NULL || (ask->told == NULL && runs && cm_deadline_rule_both(limit)))
		clocks->at[clocks->count++] = clock;
}

// A limit of the asked State's own law that we have no table for: its word begins the clock.
static void
cm_clocks_begin(const struct cm_clocks_ask *ask, struct cm_event_clocks *clocks)
{
	enum cm_kind kind = cm_kind_find(ask->request->kind.p, ask->request->kind.n);
	const struct cm_event_clock *told = cm_event_clocks_find(ask->told, CM_TIME_LIMIT_NAT_ANSWER);
	if (told == NULL || !ask->request->ours || cm_event_clocks_find(clocks, told->limit) != NULL || clocks->count == CM_DOC_CLOCKS ||
	    !cm_deadline_start_runs(CM_DEADLINE_START_NATIONAL, kind, ask->to))
		return;
	clocks->at[clocks->count++] = (struct cm_event_clock){
	        .limit = told->limit, .says = CM_EVENT_RUNS, .end = told->theirs, .theirs = told->theirs};
}

static cm_result
cm_clocks_extended(const struct cm_clocks_ask *ask, const struct cm_event_clocks *clocks, struct cm_report *report)
{
	const struct cm_event_clock *clock = cm_event_clocks_find(clocks, ask->extend);
	if (ask->extend == CM_TIME_LIMIT_NONE || (clock != NULL && clock->says == CM_EVENT_EXTENDED))
		return CM_OK;
	if (clock != NULL && cm_deadline_rule_extends(ask->extend, cm_clocks_who(ask)))
		return cm_report_refuse(report, CM_ERROR_EXTENSION_NOT_LATER, "until", "%s", cm_time_limit_row(ask->extend)->id);
	return cm_report_refuse(report, CM_ERROR_DEADLINE_NOT_EXTENDED, "limit", "%s: %s", cm_time_limit_row(ask->extend)->id,
	                        clock == NULL ? "no such clock runs" : cm_time_limit_row(ask->extend)->extended_by);
}

cm_result
cm_clocks_word(const struct cm_clocks_ask *ask, struct cm_report *report, struct cm_event_clocks *ret_clocks)
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_deadline *rows = NULL;
	struct cm_event_clocks clocks = {.count = 0};
	size_t n = 0;
	struct cm_store_ask which = {.request = ask->request->id};
	cm_result r = cm_store_deadlines(ask->node->store, &which, report, &page, &rows, &n);
	for (size_t i = 0; r == CM_OK && i < n; i++)
		cm_clocks_row(ask, &rows[i], &clocks);
	if (r == CM_OK && ask->told != NULL)
		cm_clocks_begin(ask, &clocks);
	if (r == CM_OK)
		r = cm_clocks_extended(ask, &clocks, report);
	if (r == CM_OK)
		*ret_clocks = clocks;
	return r;
}

// The state that the message leads to, as far as it follows from ours; else ours.
static enum cm_state
cm_clocks_state(const struct cm_clocks_taken *taken, const struct cm_store_request *row)
{
	enum cm_kind kind = cm_kind_find(row->kind.p, row->kind.n);
	enum cm_state from = cm_state_find(row->state.p, row->state.n), to = from;
	for (size_t i = 0; i < taken->message->action_count; i++) {
		const struct cm_hi1_object *o = taken->message->actions[i].object;
		for (size_t k = 0; o != NULL && o->type == CM_HI1_TYPE_NOTIFICATION && k < o->notification.state_count; k++) {
			struct cm_view told = o->notification.states[k].status.value;
			if (cm_view_equal(o->notification.states[k].object, row->id))
				to = cm_state_find(told.p, told.n);
		}
	}
	bool follows = to != CM_STATE_NONE && !cm_state_row(to)->passing &&
	               (row->ours ? cm_move_follows(kind, from, to) : cm_move_leads(kind, from, to, CM_ACTOR_REQUESTING));
	return follows ? to : from;
}

cm_result
cm_clocks_take(const struct cm_clocks_taken *taken, struct cm_report *report, struct cm_event_clocks *ret_clocks)
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_request *row = NULL;
	cm_result r = taken->request.n == 0 ? CM_OK : cm_store_request(taken->node->store, taken->request, report, &page, &row);
	ret_clocks->count = 0;
	if (r != CM_OK || row == NULL || !cm_view_equal(row->peer, taken->peer))
		return r;
	struct cm_clocks_ask ask = {
	        .node = taken->node, .request = row, .to = cm_clocks_state(taken, row), .now = taken->now, .told = taken->told};
	return cm_clocks_word(&ask, report, ret_clocks);
}
