// Jobs of package readers: one process for one job, asked for at the parent. Source: jobs.c.
#ifndef CM_NODE_JOBS_H
#define CM_NODE_JOBS_H

#include "node/node.h"

struct cm_jobs;

CM_CHECKED cm_result cm_jobs_start(struct cm_node *node, struct cm_report *report, struct cm_jobs **ret_jobs);
// Ends what runs; NULL is fine.
void cm_jobs_stop(struct cm_jobs *jobs);

// READER_STARTED, READER_FAILED, READER_ENDED of the parent; takes over the frame's descriptors.
void cm_jobs_parent_frame(struct cm_jobs *jobs, struct cm_ipc_frame *frame);

#endif
