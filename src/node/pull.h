// Fetching delivered evidence: what is announced and not here is fetched from several peers at once, from each of them one
// after the other; what fails is tried again later and later; who hands over something else than announced is told so and
// not asked again. Source: pull.c.
#ifndef CM_NODE_PULL_H
#define CM_NODE_PULL_H

#include "node/event.h"

struct cm_pull;

CM_CHECKED cm_result cm_pull_start(struct cm_node *node, struct cm_report *report, struct cm_pull **ret_pull);
void cm_pull_stop(struct cm_pull *pull);
void cm_pull_free(struct cm_pull *pull); // once nobody can stir it any more

// Looks at once for evidence that is announced and not here.
void cm_pull_stir(struct cm_pull *pull);

// This evidence waits for its next try: it is due now.
CM_CHECKED cm_result cm_pull_now(struct cm_node *node, const struct cm_store_delivery *row, struct cm_report *report);

// The offsets at which fetching of this evidence began since the node started, oldest first; gives their number.
size_t cm_pull_begins(struct cm_pull *pull, const char *id, uint64_t *offsets, size_t max);

// For a fetch: it began at this offset; so many are under way (at least 1).
void cm_pull_began(struct cm_pull *pull, const char *id, uint64_t offset);
size_t cm_pull_count(struct cm_pull *pull);

// What the last fetch ran into, as kept in the row: the rule's name, a line feed, what was seen. False: nothing.
bool cm_pull_trouble(struct cm_view trouble, enum cm_error *ret_rule, struct cm_view *ret_seen);

#endif
