// The thread of a request as it is kept here, for judging what is said on it (domain/said.h). Source: history.c.
#ifndef CM_NODE_HISTORY_H
#define CM_NODE_HISTORY_H

#include "domain/said.h"
#include "node/node.h"

#define CM_HISTORY_FROM 8

// cm_history_fini() when done. `said` points into it.
struct cm_history {
	struct cm_said_thread said;
	enum cm_state from[CM_HISTORY_FROM];
	struct cm_facts request, asked;
};

// Where the request is, and what was told on its thread. `who` speaks. The requested side may not know yet of moves that this side, or
// its clock, made since its last word: where the request was before these counts, too.
CM_CHECKED cm_result cm_history_init(struct cm_node *node, const struct cm_store_request *request, enum cm_actor who,
                                    struct cm_report *report, struct cm_history *ret_history);
// Adds what stands in documents: what is asked, and the questions that are open.
CM_CHECKED cm_result cm_history_documents(struct cm_node *node, const struct cm_store_request *request, struct cm_report *report,
                                         struct cm_history *history);
void cm_history_fini(struct cm_history *history);

#endif
