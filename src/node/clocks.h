// What a message does to clocks that run: they stand still while a question is open, go on with its answer, get a later end by the
// word of whom the table names (data/time_limits.tab: pausable, extended_by), and are told as they are counted. Found when the event is
// made and kept in it: national tables may be others when rows are made again. Source: clocks.c.
#ifndef CM_NODE_CLOCKS_H
#define CM_NODE_CLOCKS_H

#include "domain/tab_state.h"
#include "node/event.h"

struct cm_clocks_ask {
	struct cm_node *node;
	const struct cm_store_request *request;
	enum cm_state to;                   // it is in this state afterwards
	struct cm_instant now;              // when we say it, or when it came here
	const struct cm_event_clocks *told; // of the peer's document; NULL: the word is ours
	enum cm_time_limit extend;          // ours: this limit ends at `until` from now on; NONE: no limit
	struct cm_instant until;
};

// Refused, for a word of ours, with deadline_not_extended (not this side's to extend, or no such clock runs) or extension_not_later. What
// a peer says beyond its right is kept as its view alone. Moments that it names count between the clock's start and `now`.
CM_CHECKED cm_result cm_clocks_word(const struct cm_clocks_ask *ask, struct cm_report *report, struct cm_event_clocks *ret_clocks);

// The same of a peer's message that came at `now` about a request we know; else nothing. `told`: what its document says.
struct cm_clocks_taken {
	struct cm_node *node;
	const struct cm_hi1_message *message;
	struct cm_view peer, request;
	struct cm_instant now;
	const struct cm_event_clocks *told;
};
CM_CHECKED cm_result cm_clocks_take(const struct cm_clocks_taken *taken, struct cm_report *report, struct cm_event_clocks *ret_clocks);

#endif
