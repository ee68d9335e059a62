// HOME/run/output.sock: where a command hands over the descriptor that a court bundle is written to. Source: output.c.
#ifndef CM_NODE_OUTPUT_H
#define CM_NODE_OUTPUT_H

#include "node/node.h"

struct cm_output;

// Opens the listener; before the walls.
CM_CHECKED cm_result cm_output_open(struct cm_node *node, struct cm_report *report, struct cm_output **ret_output);
// Serves it; after the walls.
CM_CHECKED cm_result cm_output_start(struct cm_output *output, struct cm_report *report);
void cm_output_stop(struct cm_output *output);

#endif
