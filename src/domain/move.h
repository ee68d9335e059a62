// How requests move: the states, the events and who may cause them, all from data/request_moves.tab
// (convention.md 2.3, profile section 4).
#ifndef CM_DOMAIN_MOVE_H
#define CM_DOMAIN_MOVE_H

#include "base/report.h"
#include "domain/tab_kind.h"
#include "domain/tab_move.h"

// The row for this event in this state for this kind, or CM_MOVE_NONE.
enum cm_move cm_move_at(enum cm_kind kind, enum cm_state from, enum cm_event event);

// True when `who` may cause the move; CM_ACTOR_EITHER in the table lets officers of both sides.
bool cm_move_may(enum cm_move move, enum cm_actor who);

// Takes the step. Refused with move_not_allowed (no such row; the finding lists the events that are possible) or
// move_not_yours. `ret_to` is the new state; a passing state ("warn_prejudice") is said but never becomes the
// state, then `ret_to` is `from`.
struct cm_move_step {
	enum cm_kind kind;
	enum cm_state from;
	enum cm_event event;
	enum cm_actor who;
};
CM_CHECKED cm_result cm_move_step(const struct cm_move_step *step, struct cm_report *report, enum cm_state *ret_to);

// The moves open to `who` from a state, for menus: writes up to `max` rows, gives their number.
size_t cm_move_list(enum cm_kind kind, enum cm_state from, enum cm_actor who, enum cm_move *ret_moves, size_t max);

// True when one move that `who` may cause leads from `from` to `to`.
bool cm_move_leads(enum cm_kind kind, enum cm_state from, enum cm_state to, enum cm_actor who);

// True when the request was decided or taken back: all that is left is to close it.
bool cm_move_over(enum cm_kind kind, enum cm_state state);

// May the registrar's word be followed: can the requested side (and the clock), in any number of moves, lead
// from the state we know to the state it told? The requesting node follows such a word even when a message in
// between was lost. True for `to` == `from` and for passing states that are one such move away.
bool cm_move_follows(enum cm_kind kind, enum cm_state from, enum cm_state to);

// May `who` say `to` on the thread, as far as one can know who knows the request in state `from`: by a move of its own from there, or,
// for the requested side with its node and its clock, from what may follow in between. True for `to` == `from`: that is said again.
bool cm_move_says(enum cm_kind kind, enum cm_state from, enum cm_state to, enum cm_actor who);

// Does the other side learn data by this event? Holding data, asking back and refusing tell it nothing.
bool cm_move_discloses(enum cm_event event);

#endif
