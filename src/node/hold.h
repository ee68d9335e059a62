// What follows for a preservation, and for those who wait on it, when something about it changed (Art. 42(8), 42(9)): held
// while a request for the data is undecided, no longer when the last one is decided; an extension or an end that came too
// late is answered. It looks at what is there, so looking twice, or late, does no harm. Source: hold.c.
#ifndef CM_NODE_HOLD_H
#define CM_NODE_HOLD_H

#include "domain/preservation.h"
#include "node/node.h"

// The task of the preservation that a request is, or that it names; "" for others.
struct cm_view cm_hold_task(const struct cm_store_request *row);

// The preservation of this task as a row; NULL when there is none between us and this peer. `ret_page` holds it.
CM_CHECKED cm_result cm_hold_find(struct cm_node *node, struct cm_view task, struct cm_view peer, struct cm_report *report,
                                  struct cm_store_page **ret_page, const struct cm_store_request **ret_row);
struct cm_preservation cm_hold_now(const struct cm_store_request *row);

// Looks at the preservation of this task.
CM_CHECKED cm_result cm_hold_look(struct cm_node *node, struct cm_view task, struct cm_report *report);

// Looks at every preservation that is held: what was decided may have gone unseen while the node was down.
CM_CHECKED cm_result cm_hold_look_all(struct cm_node *node, struct cm_report *report);

#endif
