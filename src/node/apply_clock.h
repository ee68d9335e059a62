// The clocks of a request as rows: begun by what a message or the request itself names, met when the request moves on, all by
// data/deadline_starts.tab. The end of a preservation has more to it and is made in apply_message.c. Source: apply_clock.c.
#ifndef CM_NODE_APPLY_CLOCK_H
#define CM_NODE_APPLY_CLOCK_H

#include "node/event.h"

struct cm_apply_clock {
	struct cm_node *node;
	const struct cm_event_ends *ends; // of the message
	const struct cm_event_clocks *said; // what it does to clocks that run; NULL: nothing
	struct cm_instant at;             // of the event
	struct cm_change *change;
	struct cm_report *report;
};

// A request came or left: what its documents name, and what counts from now.
void cm_apply_clock_begin(const struct cm_apply_clock *a, const struct cm_store_request *row);

// It is in another state, or was told more in the same: clocks stand still, go on or get a later end as the message says; those that do
// not run in that state are met (or over, when their time had come); what the message's answer names begins.
CM_CHECKED cm_result cm_apply_clock_move(const struct cm_apply_clock *a, const struct cm_store_request *row);

#endif
