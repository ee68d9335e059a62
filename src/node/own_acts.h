// Acts about the node itself that its keeper or its folder shows and its register does not hold yet: persons who were added, got
// new factors or were disabled, and the card. One rule for what a command does on the running node, what was done on the
// stopped one, and what a crash left half done. Source: own_acts.c.
#ifndef CM_NODE_OWN_ACTS_H
#define CM_NODE_OWN_ACTS_H

#include "node/node.h"

// Compares the keeper's persons with those that the store knows and makes the acts that are missing. `note` goes to the act
// of person `id`; NULL: of nobody. Any other difference came while the node did not run.
CM_CHECKED cm_result cm_own_acts_persons(struct cm_node *node, const char *id, const char *note, struct cm_report *report);

// The act of the present card, when it is a new one.
CM_CHECKED cm_result cm_own_acts_card(struct cm_node *node, struct cm_report *report);

#endif
