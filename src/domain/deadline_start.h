// What starts a clock: rows of data/deadline_starts.tab held against a request, its documents and its state. Pure; both sides
// find the same moments, since they read them in the same document.
#ifndef CM_DOMAIN_DEADLINE_START_H
#define CM_DOMAIN_DEADLINE_START_H

#include "domain/deadline_rule.h"
#include "domain/facts.h"
#include "domain/move.h"
#include "domain/tab_deadline_start.h"

// A moment that a document names for the clock of a row.
struct cm_deadline_named_end {
	enum cm_deadline_start start;
	struct cm_instant at;
	bool quiet; // the document says that the end does nothing by itself
};
#define CM_DEADLINE_STARTS 12

enum cm_deadline_document { CM_DEADLINE_OF_REQUEST, CM_DEADLINE_OF_ANSWER };

// All moments that a document of this kind of request names; at most CM_DEADLINE_STARTS. A date without a time ends with its
// day in UTC. `kind` NONE: of any kind (an answer does not say; cm_deadline_start_holds() is asked again).
size_t cm_deadline_start_named(const struct cm_facts *facts, enum cm_deadline_document document, enum cm_kind kind,
                              struct cm_deadline_named_end *ret_ends);

// Is the row for this kind, and for the side that asks (`ours`) or is asked?
bool cm_deadline_start_holds(enum cm_deadline_start start, enum cm_kind kind, bool ours);

// Does its clock run while the request is in this state?
bool cm_deadline_start_runs(enum cm_deadline_start start, enum cm_kind kind, enum cm_state state);

// The end of the clock: `named` or, where the limit has a length, counted from `named` (us 0: from `begun`).
struct cm_instant cm_deadline_start_end(enum cm_deadline_start start, struct cm_instant named, struct cm_instant begun,
                                        const struct cm_calendar *calendar);

// The row whose clock a deadline of this limit is, for this kind and state: of rows that share a limit the first.
enum cm_deadline_start cm_deadline_start_of(enum cm_time_limit limit, enum cm_kind kind);

#endif
