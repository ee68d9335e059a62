// Knows: how rows of clocks follow from a request, its state and the ends that were named. Does not know: which clocks there
// are (domain/deadline_start), or when they are looked at (timer.c, apply_deadline.c).
#include "node/apply_clock.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/tab_limit.h"
#include "domain/deadline.h"

// Whose days are counted: the asked State's, where its own law set the end; else the moment was named, or hours were counted.
static const char *
cm_apply_clock_calendar(const struct cm_apply_clock *a, const struct cm_store_request *request, enum cm_deadline_start start,
                        char peer[3])
{
	snprintf(peer, 3, "%c%c", request->peer.p[0] & 0xdf, request->peer.p[1] & 0xdf);
	if (strcmp(cm_deadline_start_row(start)->document, "receipt") != 0)
		return "UTC";
	return request->ours ? peer : a->node->name.country_upper;
}

static void
cm_apply_clock_put(const struct cm_apply_clock *a, const struct cm_store_request *request, enum cm_deadline_start start,
                   const struct cm_deadline_named_end *named)
{
	const struct cm_time_limit_row *limit = cm_time_limit_row(cm_deadline_start_row(start)->limit);
	enum cm_kind kind = cm_kind_find(request->kind.p, request->kind.n);
	enum cm_state state = cm_state_find(request->state.p, request->state.n);
	struct cm_instant none = {.us = 0}, at = named == NULL ? none : named->at;
	// Both sides count in UTC, so that they find the same moment.
	struct cm_instant end = cm_deadline_start_end(start, at, a->at, &(struct cm_calendar){.offset = 0});
	struct cm_deadline_clock clock = {cm_deadline_start_row(start)->limit, end, false};
	bool runs = cm_deadline_start_runs(start, kind, state), over = end.us <= a->at.us;
	char peer[3];
	struct cm_store_deadline row = {
	        .request = request->id,
	        .limit = cm_view_text(limit->id),
	        .peer = request->peer,
	        .start = a->at,
	        .at = end,
	        .stage = cm_deadline_stage(&clock, a->at),
	        .state = cm_view_text(runs ? "running" : over ? "over" : "met"),
	        .action = cm_view_text(named != NULL && named->quiet ? "tell" : limit->at_end),
	        .source = cm_view_text(limit->article),
	        .calendar = cm_view_text(cm_apply_clock_calendar(a, request, start, peer)),
	};
	if (over) // what came too late is told as well
		row.wake = end;
	else if (!runs || !cm_deadline_next(&clock, a->at, &row.wake))
		row.wake = none;
	cm_change_deadline(a->change, NULL, &row);
}

static const struct cm_deadline_named_end *
cm_apply_clock_named(const struct cm_event_ends *ends, enum cm_deadline_start start)
{
	for (size_t i = 0; i < ends->count; i++)
		if (ends->at[i].start == start)
			return &ends->at[i];
	return NULL;
}

void
cm_apply_clock_begin(const struct cm_apply_clock *a, const struct cm_store_request *row)
{
	enum cm_kind kind = cm_kind_find(row->kind.p, row->kind.n);
	uint64_t begun = 0; // limits, as bits: of rows that share one the first counts
	_Static_assert(CM_TIME_LIMIT_END <= 64, "a bit for each limit");
	for (enum cm_deadline_start s = 1; s < CM_DEADLINE_START_END; s++) {
		const struct cm_deadline_start_row *start = cm_deadline_start_row(s);
		const struct cm_deadline_named_end *named = cm_apply_clock_named(a->ends, s);
		uint64_t bit = UINT64_C(1) << start->limit;
		bool counts = named != NULL || strcmp(start->document, "-") == 0;
		if (!counts || (begun & bit) != 0 || strcmp(start->document, "answer") == 0 ||
		    !cm_deadline_start_holds(s, kind, row->ours != 0))
			continue;
		cm_apply_clock_put(a, row, s, named);
		begun |= bit;
	}
}

static void
cm_apply_clock_news(const struct cm_apply_clock *a, const struct cm_store_deadline *row)
{
	enum cm_time_limit limit = cm_time_limit_find(row->limit.p, row->limit.n);
	enum cm_deadline_view view = cm_deadline_rule_view(limit, row->at, row->theirs);
	struct cm_buf CM_CLEANUP(cm_buf_fini) text = cm_buf_of(CM_LIMIT_CARD_BYTES_VALUE);
	char until[CM_INSTANT_TEXT];
	if (view == CM_DEADLINE_VIEW_SAME)
		return;
	cm_buf_printf(&text, "%.*s: the other side counts to %s", CM_VIEW_ARG(row->limit), cm_instant_text(row->theirs, until));
	struct cm_store_news news = {
	        .at = a->at, .topic = cm_view_text("deadline"), .ref = row->request, .text = cm_buf_view(&text)};
	cm_change_news(a->change, &news);
	news.topic = cm_view_text("escalation");
	if (view == CM_DEADLINE_VIEW_HARM && cm_time_limit_row(limit)->escalates)
		cm_change_news(a->change, &news);
}

// What a message says of a clock, as it was found when the message came or left. The timer may have told its end since: then it
// stays over, unless it stood still before that.
static void
cm_apply_clock_say(const struct cm_apply_clock *a, const struct cm_event_clock *said, struct cm_store_deadline *row)
{
	bool over = cm_view_is(row->state, "over");
	if (said->says == CM_EVENT_PAUSED && (over || cm_view_is(row->state, "running"))) {
		row->state = cm_view_text("held");
		row->paused = said->at;
		row->stage = CM_DEADLINE_HELD;
		row->wake.us = 0;
	} else if (said->says == CM_EVENT_RESUMED && row->paused.us != 0) {
		row->state = cm_view_text("running");
		row->paused.us = 0;
		row->at = said->end;
	} else if (said->says == CM_EVENT_EXTENDED && !over)
		row->at = said->end;
	if (cm_view_is(row->state, "running") && said->says != CM_EVENT_RUNS) {
		struct cm_deadline_clock clock = {said->limit, row->at, false};
		row->stage = cm_deadline_stage(&clock, a->at);
		if (!cm_deadline_next(&clock, a->at, &row->wake))
			row->wake = row->at; // it is over by now, and told so
	}
	if (said->theirs.us != 0 && said->theirs.us != row->theirs.us) {
		row->theirs = said->theirs;
		if (!cm_view_is(row->state, "met"))
			cm_apply_clock_news(a, row);
	}
}

// A clock whose state is left: met in time, or over and not yet told.
static void
cm_apply_clock_leave(const struct cm_apply_clock *a, enum cm_deadline_start start, const struct cm_store_request *request,
                     struct cm_store_deadline *row)
{
	enum cm_kind kind = cm_kind_find(request->kind.p, request->kind.n);
	enum cm_state state = cm_state_find(request->state.p, request->state.n);
	if ((!cm_view_is(row->state, "running") && row->paused.us == 0) || cm_deadline_start_runs(start, kind, state))
		return;
	bool over = row->paused.us == 0 && row->at.us <= a->at.us;
	row->state = cm_view_text(over ? "over" : "met");
	row->wake.us = over ? a->at.us : 0;
	row->paused.us = 0;
}

// Only while it is as it was read: when the timer told its end meanwhile, the change is refused and made again.
static void
cm_apply_clock_row(const struct cm_apply_clock *a, const struct cm_store_request *request, const struct cm_store_deadline *old)
{
	enum cm_time_limit limit = cm_time_limit_find(old->limit.p, old->limit.n);
	enum cm_deadline_start start = cm_deadline_start_of(limit, cm_kind_find(request->kind.p, request->kind.n));
	const struct cm_event_clock *said = a->said == NULL ? NULL : cm_event_clocks_find(a->said, limit);
	struct cm_store_deadline row = *old;
	if (start == CM_DEADLINE_START_NONE)
		return;
	if (said != NULL)
		cm_apply_clock_say(a, said, &row);
	cm_apply_clock_leave(a, start, request, &row);
	if (!cm_view_equal(row.state, old->state) || row.at.us != old->at.us || row.theirs.us != old->theirs.us)
		cm_change_deadline(a->change, old, &row);
}

// A clock that the other side's word begins.
static void
cm_apply_clock_said(const struct cm_apply_clock *a, const struct cm_store_request *request, const struct cm_store_deadline *rows,
                    size_t n)
{
	const struct cm_event_clock *said = a->said == NULL ? NULL : cm_event_clocks_find(a->said, CM_TIME_LIMIT_NAT_ANSWER);
	for (size_t i = 0; said != NULL && i < n; i++)
		if (cm_view_is(rows[i].limit, cm_time_limit_row(said->limit)->id))
			said = NULL;
	if (said != NULL && said->theirs.us != 0)
		cm_apply_clock_put(a, request, CM_DEADLINE_START_NATIONAL,
		                   &(struct cm_deadline_named_end){.start = CM_DEADLINE_START_NATIONAL, .at = said->theirs});
}

cm_result
cm_apply_clock_move(const struct cm_apply_clock *a, const struct cm_store_request *row)
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_deadline *rows = NULL;
	size_t n = 0;
	enum cm_kind kind = cm_kind_find(row->kind.p, row->kind.n);
	enum cm_state state = cm_state_find(row->state.p, row->state.n);
	struct cm_store_ask ask = {.request = row->id};
	cm_result r = cm_store_deadlines(a->node->store, &ask, a->report, &page, &rows, &n);
	for (size_t i = 0; r == CM_OK && i < n; i++)
		cm_apply_clock_row(a, row, &rows[i]);
	if (r == CM_OK)
		cm_apply_clock_said(a, row, rows, n);
	for (size_t i = 0; r == CM_OK && i < a->ends->count; i++) {
		enum cm_deadline_start s = a->ends->at[i].start;
		if (strcmp(cm_deadline_start_row(s)->document, "request") != 0 && // what the request named began with it
		    cm_deadline_start_holds(s, kind, row->ours != 0) && cm_deadline_start_runs(s, kind, state))
			cm_apply_clock_put(a, row, s, &a->ends->at[i]);
	}
	return r;
}
