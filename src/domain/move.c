// Knows: how to walk data/request_moves.tab. Does not know: any state or event by name, but for the first
// and the last of a request; what follows from a move (messages, deadlines) is the node's. Serves convention.md 2.3 as the profile's section 4 has it.
#include "domain/move.h"

#include <stdio.h>

#include "domain/kind.h"
#include "domain/tab_family.h"

static bool
cm_move_holds(const struct cm_move_row *row, enum cm_kind kind)
{
	return cm_kind_listed(row->families, "all") ||
	       cm_kind_listed(row->families, cm_family_row(cm_kind_row(kind)->family)->name);
}

enum cm_move
cm_move_at(enum cm_kind kind, enum cm_state from, enum cm_event event)
{
	for (enum cm_move move = CM_MOVE_NONE + 1; move < CM_MOVE_END; move++) {
		const struct cm_move_row *row = cm_move_row(move);
		if (row->from == from && row->event == event && cm_move_holds(row, kind))
			return move;
	}
	return CM_MOVE_NONE;
}

bool
cm_move_may(enum cm_move move, enum cm_actor who)
{
	enum cm_actor wanted = cm_move_row(move)->who;
	if (move == CM_MOVE_NONE || who == CM_ACTOR_NONE)
		return false;
	if (wanted == CM_ACTOR_EITHER)
		return who == CM_ACTOR_REQUESTING || who == CM_ACTOR_REQUESTED || who == CM_ACTOR_EITHER;
	return wanted == who;
}

static cm_result
cm_move_refuse(const struct cm_move_step *step, struct cm_report *report)
{
	char names[CM_REPORT_SEEN];
	size_t n = 0;
	names[0] = 0;
	for (enum cm_move move = CM_MOVE_NONE + 1; move < CM_MOVE_END && n < sizeof names - 1; move++) {
		const struct cm_move_row *row = cm_move_row(move);
		if (row->from != step->from || !cm_move_holds(row, step->kind) || !cm_move_may(move, step->who))
			continue;
		int added = snprintf(names + n, sizeof names - n, "%s%s", n == 0 ? "" : ", ",
		                     cm_event_row(row->event)->name);
		n += added < 0 ? 0 : (size_t)added;
	}
	return cm_report_refuse(report, CM_ERROR_MOVE_NOT_ALLOWED, cm_event_row(step->event)->name,
	                        "%s is \"%s\"; possible now: %s", cm_kind_row(step->kind)->code,
	                        cm_state_row(step->from)->title, n == 0 ? "nothing" : names);
}

cm_result
cm_move_step(const struct cm_move_step *step, struct cm_report *report, enum cm_state *ret_to)
{
	enum cm_move move = cm_move_at(step->kind, step->from, step->event);
	const struct cm_move_row *row = cm_move_row(move);
	if (move == CM_MOVE_NONE)
		return cm_move_refuse(step, report);
	if (!cm_move_may(move, step->who))
		return cm_report_refuse(report, CM_ERROR_MOVE_NOT_YOURS, cm_event_row(step->event)->name,
		                        "this is for: %s", cm_actor_row(row->who)->title);
	*ret_to = cm_state_row(row->to)->passing ? step->from : row->to;
	return CM_OK;
}

size_t
cm_move_list(enum cm_kind kind, enum cm_state from, enum cm_actor who, enum cm_move *ret_moves, size_t max)
{
	size_t n = 0;
	for (enum cm_move move = CM_MOVE_NONE + 1; move < CM_MOVE_END && n < max; move++) {
		const struct cm_move_row *row = cm_move_row(move);
		if (row->from == from && cm_move_holds(row, kind) && cm_move_may(move, who))
			ret_moves[n++] = move;
	}
	return n;
}

bool
cm_move_leads(enum cm_kind kind, enum cm_state from, enum cm_state to, enum cm_actor who)
{
	for (enum cm_move move = CM_MOVE_NONE + 1; move < CM_MOVE_END; move++)
		if (cm_move_row(move)->from == from && cm_move_row(move)->to == to && from != CM_STATE_NONE &&
		    cm_move_holds(cm_move_row(move), kind) && cm_move_may(move, who))
			return true;
	return false;
}

bool
cm_move_over(enum cm_kind kind, enum cm_state state)
{
	return state == CM_STATE_CLOSED || state == CM_STATE_RETENTION_END ||
	       cm_move_at(kind, state, CM_EVENT_CLOSE) != CM_MOVE_NONE;
}

// A move that the requesting node learns of by the registrar's word. Its word also proves that the request was
// delivered, and that it took a reply of ours whose answer is still under way; all other moves of our own side we know ourselves.
static bool
cm_move_heard(const struct cm_move_row *row)
{
	switch (row->who) {
	case CM_ACTOR_REQUESTED:
	case CM_ACTOR_REQUESTED_NODE:
	case CM_ACTOR_CLOCK:
	case CM_ACTOR_EITHER:
		return true;
	case CM_ACTOR_REQUESTING_NODE:
		return row->event == CM_EVENT_DELIVER;
	case CM_ACTOR_REQUESTING:
		return row->event == CM_EVENT_ANSWER_INFO || row->event == CM_EVENT_REPLY || row->event == CM_EVENT_HEAR;
	case CM_ACTOR_NONE:
	case CM_ACTOR_END:
		break;
	}
	return false;
}

bool
cm_move_follows(enum cm_kind kind, enum cm_state from, enum cm_state to)
{
	bool seen[CM_STATE_END] = {false};
	if ((unsigned)from >= CM_STATE_END || (unsigned)to >= CM_STATE_END || from == CM_STATE_NONE)
		return false;
	seen[from] = true;
	for (bool grew = true; grew && !seen[to];) {
		grew = false;
		for (enum cm_move move = CM_MOVE_NONE + 1; move < CM_MOVE_END; move++) {
			const struct cm_move_row *row = cm_move_row(move);
			if (!seen[row->from] || seen[row->to] || !cm_move_heard(row) || !cm_move_holds(row, kind))
				continue;
			if (cm_state_row(row->from)->passing)
				continue;
			seen[row->to] = true;
			grew = true;
		}
	}
	return seen[to];
}

bool
cm_move_says(enum cm_kind kind, enum cm_state from, enum cm_state to, enum cm_actor who)
{
	if (who != CM_ACTOR_REQUESTED)
		return cm_move_leads(kind, from, to, who);
	for (enum cm_move move = CM_MOVE_NONE + 1; move < CM_MOVE_END && from != to; move++) {
		const struct cm_move_row *row = cm_move_row(move);
		bool own = row->who != CM_ACTOR_REQUESTING && row->who != CM_ACTOR_REQUESTING_NODE;
		if (row->to == to && own && cm_move_holds(row, kind) && cm_move_follows(kind, from, row->from))
			return true;
	}
	return from == to && from != CM_STATE_NONE;
}

bool
cm_move_discloses(enum cm_event event)
{
	static const enum cm_event telling[] = {CM_EVENT_DELIVER_PART, CM_EVENT_DISCLOSE, CM_EVENT_DISCLOSE_PART,
	        CM_EVENT_ANSWER, CM_EVENT_TELL_PROVIDER};
	for (size_t i = 0; i < sizeof telling / sizeof *telling; i++)
		if (event == telling[i])
			return true;
	return false;
}
