// Jobs of package readers: one process for one job, asked for at the parent; it gets the file key from the keeper over its
// own channel and nothing else from anywhere. Source: jobs.c.
#ifndef CM_NODE_JOBS_H
#define CM_NODE_JOBS_H

#include "node/node.h"

struct cm_jobs;

CM_CHECKED cm_result cm_jobs_start(struct cm_node *node, struct cm_report *report, struct cm_jobs **ret_jobs);
// Kills every reader and lets no new one begin, so that whoever waits in cm_jobs_run() comes back. NULL is fine.
void cm_jobs_cancel(struct cm_jobs *jobs);
// Frees; nobody is in cm_jobs_run() any more. NULL is fine.
void cm_jobs_stop(struct cm_jobs *jobs);

// READER_STARTED, READER_FAILED, READER_ENDED of the parent; takes over the frame's descriptors.
void cm_jobs_parent_frame(struct cm_jobs *jobs, struct cm_ipc_frame *frame);

struct cm_jobs_ask {
	struct cm_ipc_release release; // `job` is filled in here
	struct cm_view payload;        // PACKAGE_JOB, written by reader_package.h
	int fds[CM_IPC_FDS];           // stay the caller's
	size_t fd_count;
	int asker;     // a socket on which nothing is said before the end: when its other side is gone, the job ends. -1: none
	bool released; // filled in: the reader got the key, so it may have written something even when it did not come to its end
};
// Runs one job on the caller's thread, as long as it takes; `answer` gets the payload of DONE. On CM_OK release.job is the
// job that the approvals are held by: settle it (keeper_client.h). Refused: node_busy (all
// package_readers work), what the keeper refuses (approval_missing …), what the reader refuses. CM_FAILED with
// process_ended when the reader died, output_left when the asker went away.
CM_CHECKED cm_result cm_jobs_run(struct cm_jobs *jobs, struct cm_jobs_ask *ask, struct cm_report *report,
                                 struct cm_buf *answer);

// How far the job on this object is; false when none runs.
bool cm_jobs_progress(struct cm_jobs *jobs, struct cm_view object, uint64_t *ret_done, uint64_t *ret_all);

#endif
