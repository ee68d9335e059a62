// Fetching delivered evidence by HTTP ranges, going on where it stopped: bytes become durable every few mebibytes, so that
// a crash costs at most that much again. Source: pull.c.
#ifndef CM_NODE_PULL_H
#define CM_NODE_PULL_H

#include "node/event.h"

struct cm_pull;

CM_CHECKED cm_result cm_pull_start(struct cm_node *node, struct cm_report *report, struct cm_pull **ret_pull);
void cm_pull_stop(struct cm_pull *pull);

// Looks at once for evidence that is announced and not here.
void cm_pull_stir(struct cm_pull *pull);

// The offsets at which fetching of this evidence began since the node started, oldest first; gives their number.
size_t cm_pull_begins(struct cm_pull *pull, const char *id, uint64_t *offsets, size_t max);

#endif
