// One request can be answered by several packages, one after the other: they share one DeliveryID and are numbered from 1
// (doc/spec/profile.md, section 2). Source: delivery_number.c.
#ifndef CM_NODE_DELIVERY_NUMBER_H
#define CM_NODE_DELIVERY_NUMBER_H

#include "base/arena.h"
#include "node/node.h"

// The DeliveryID and number that evidence of ours gets when it is delivered next for its request. `ret_series` lives in `arena`.
CM_CHECKED cm_result cm_delivery_number(struct cm_node *node, const struct cm_store_delivery *row, struct cm_arena *arena,
                                        struct cm_report *report, struct cm_view *ret_series, uint64_t *ret_sequence);

#endif
