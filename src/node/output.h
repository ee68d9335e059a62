// HOME/run/output.sock: where a command hands over the descriptor that a court bundle is written to. Source: output.c.
#ifndef CM_NODE_OUTPUT_H
#define CM_NODE_OUTPUT_H

#include "format/json_put.h"
#include "node/node.h"

struct cm_output;

// Opens the listener; before the walls.
CM_CHECKED cm_result cm_output_open(struct cm_node *node, struct cm_report *report, struct cm_output **ret_output);
// Serves it; after the walls.
CM_CHECKED cm_result cm_output_start(struct cm_output *output, struct cm_report *report);
// Ends the listener and waits for the bundles under way. NULL is fine.
void cm_output_stop(struct cm_output *output);

#define CM_OUTPUT_JOB 33 // 32 hexadecimal digits with NUL

// A person wants the bundle of this evidence; whoever shows the job's name at the socket within ten minutes gets it. The
// name cannot be guessed. Refused: node_busy.
CM_CHECKED cm_result cm_output_expect(struct cm_output *output, const char *evidence, const char *person,
                                      struct cm_report *report, char ret_job[CM_OUTPUT_JOB]);

// {"done","evidence","job","of","state"}: "waits", "runs", "done", "refused". False: there is no such job (any more).
bool cm_output_show(struct cm_output *output, const char *job, struct cm_json_put *put);

#endif
