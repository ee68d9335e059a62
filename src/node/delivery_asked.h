// What a delivery answers, as the asking side's own message names it. Source: delivery_asked.c.
#ifndef CM_NODE_DELIVERY_ASKED_H
#define CM_NODE_DELIVERY_ASKED_H

#include "base/arena.h"
#include "node/node.h"

// The reference of its task, and the object with the key that evidence is sealed to; texts come from `arena`. Refused with
// evidence_nobody when the message has none.
CM_CHECKED cm_result cm_delivery_asked_find(struct cm_node *node, const struct cm_store_request *request, struct cm_arena *arena,
                                            struct cm_report *report, struct cm_hi1_delivery *delivery);

#endif
