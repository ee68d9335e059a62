// The two kinds of readers: processes that parse strangers' bytes and own nothing else. The message reader lives as long
// as the node and answers one frame at a time; a package reader does one job and ends. They open nothing by name.
// Source: reader.c (the loops); the two hooks are written where their formats are known.
#ifndef CM_NODE_READER_H
#define CM_NODE_READER_H

#include "base/buf.h"
#include "base/report.h"
#include "os/ipc.h"

// Hook: parses and judges one stranger's message. Appends the answer (the payload of DONE) to `answer`, or refuses with
// findings. What it read must not stay behind: the next message is another stranger's.
CM_CHECKED cm_result cm_reader_message_handle(struct cm_view message, struct cm_report *report,
                                              struct cm_buf *answer);

// What a package reader has in hand. The descriptors of the job are its own.
struct cm_reader_package {
	struct cm_ipc *node;        // PACKAGE_PROGRESS and the answer go out here
	struct cm_ipc *keeper;      // FILE_KEY comes in here, when the job needs one: cm_reader_package_key()
	struct cm_ipc_frame *job;   // PACKAGE_JOB: payload and descriptors
};

// Hook: does the job; what it appends to `answer` becomes the payload of DONE. May start threads.
CM_CHECKED cm_result cm_reader_package_run(struct cm_reader_package *package, struct cm_report *report,
                                           struct cm_buf *answer);

// Waits for the keeper's file key. `object` (CM_READER_OBJECT bytes) gets the object it was released for, `ret_grant` what
// was approved (enum cm_ipc_grant). The caller wipes the key. CM_REFUSED with approval_missing when the keeper closes the
// channel without a key.
#define CM_READER_OBJECT 128
CM_CHECKED cm_result cm_reader_package_key(struct cm_reader_package *package, int64_t deadline,
                                           struct cm_report *report, uint8_t ret_key[16],
                                           char ret_object[CM_READER_OBJECT], unsigned *ret_grant);

// Tells the node how far the job is; errors are left to the next send.
void cm_reader_package_progress(struct cm_reader_package *package, uint64_t done, uint64_t all);

// The processes themselves, called by role.c.
CM_CHECKED cm_result cm_reader_message_main(struct cm_report *report);
CM_CHECKED cm_result cm_reader_package_main(struct cm_report *report);

#endif
