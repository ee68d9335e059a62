// Knows: which event of a request starts which clock, and in which states that runs. Does not know: how long it is
// (deadline_rule), or how it is kept (node, store). Serves data/deadline_starts.tab.
#include "domain/deadline_start.h"

#include <stdio.h>
#include <string.h>

#include "domain/kind.h"

static const char *const cm_deadline_start_documents[] = {
        [CM_DEADLINE_OF_REQUEST] = "request", [CM_DEADLINE_OF_ANSWER] = "answer"};

static bool
cm_deadline_start_kind(enum cm_deadline_start start, enum cm_kind kind)
{
	const char *const *kinds = cm_deadline_start_row(start)->kinds;
	return kind == CM_KIND_NONE || cm_kind_listed(kinds, "all") || cm_kind_listed(kinds, cm_kind_row(kind)->code) ||
	       cm_kind_listed(kinds, cm_family_row(cm_kind_row(kind)->family)->name);
}

// RFC 3339, or a date alone.
static bool
cm_deadline_start_moment(struct cm_view text, struct cm_instant *ret_at)
{
	char whole[40];
	if (text.n != 10)
		return cm_instant_read(text, ret_at);
	snprintf(whole, sizeof whole, "%.*sT00:00:00Z", CM_VIEW_ARG(text));
	if (!cm_instant_read(cm_view_text(whole), ret_at))
		return false;
	ret_at->us += CM_INSTANT_DAY;
	return true;
}

size_t
cm_deadline_start_named(const struct cm_facts *facts, enum cm_deadline_document document, enum cm_kind kind,
                       struct cm_deadline_named_end *ret_ends)
{
	size_t n = 0;
	struct cm_view effect, text;
	// What a question said of silence binds who asked it.
	bool quiet = cm_facts_find(facts, "effect_of_silence", &effect) && !cm_view_is(effect, "returned_incomplete");
	for (enum cm_deadline_start s = 1; s < CM_DEADLINE_START_END && n < CM_DEADLINE_STARTS; s++) {
		const struct cm_deadline_start_row *row = cm_deadline_start_row(s);
		struct cm_instant at;
		if (strcmp(row->document, cm_deadline_start_documents[document]) == 0 && cm_deadline_start_kind(s, kind) &&
		    cm_facts_find(facts, row->fact, &text) && cm_deadline_start_moment(text, &at))
			ret_ends[n++] = (struct cm_deadline_named_end){s, at, quiet && cm_deadline_rule_event(row->limit) == CM_EVENT_SILENCE};
	}
	return n;
}

bool
cm_deadline_start_holds(enum cm_deadline_start start, enum cm_kind kind, bool ours)
{
	const char *watches = cm_time_limit_row(cm_deadline_start_row(start)->limit)->watches;
	return cm_deadline_start_kind(start, kind) && strcmp(watches, ours ? "receiver" : "sender") != 0;
}

bool
cm_deadline_start_runs(enum cm_deadline_start start, enum cm_kind kind, enum cm_state state)
{
	const char *const *runs = cm_deadline_start_row(start)->runs;
	return cm_kind_listed(runs, "always") || (cm_kind_listed(runs, "open") && !cm_move_over(kind, state)) ||
	       cm_kind_listed(runs, cm_state_row(state)->name);
}

struct cm_instant
cm_deadline_start_end(enum cm_deadline_start start, struct cm_instant named, struct cm_instant begun,
                      const struct cm_calendar *calendar)
{
	struct cm_deadline_rule rule = cm_deadline_rule_of(cm_deadline_start_row(start)->limit);
	// A fact of a limit with a length is where it starts, but an order may name its own, earlier end.
	if (rule.counting == CM_DEADLINE_NAMED || strcmp(cm_deadline_start_row(start)->document, "answer") == 0)
		return named;
	return cm_deadline_rule_end(&rule, named.us != 0 ? named : begun, calendar);
}

enum cm_deadline_start
cm_deadline_start_of(enum cm_time_limit limit, enum cm_kind kind)
{
	for (enum cm_deadline_start s = 1; s < CM_DEADLINE_START_END; s++)
		if (cm_deadline_start_row(s)->limit == limit && cm_deadline_start_kind(s, kind))
			return s;
	return CM_DEADLINE_START_NONE;
}
