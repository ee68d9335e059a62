// The parent: starts keeper, message reader, node and desk, starts package readers when the node asks, watches all of them. It
// has no network, no keys, no store. A dead message reader is started again; a dead keeper or node stops everything.
// Source: parent.c.
#ifndef CM_NODE_PARENT_H
#define CM_NODE_PARENT_H

#include "base/report.h"

enum cm_parent_news {
	CM_PARENT_READY,   // all processes work; text: what could not be protected, or ""
	CM_PARENT_TROUBLE, // something ended that is started again; text says what
	CM_PARENT_STOPS,   // an orderly stop begins
};

struct cm_parent_options {
	const char *home; // absolute
	bool desk;        // a listener for browsers too
	int pass_fd;      // the keeper's pass phrase, or -1 for the credential file; taken over
	// Told on the parent's only thread; may be NULL.
	void (*say)(void *self, enum cm_parent_news news, const char *text);
	void *self;
};

// Runs the node until SIGTERM, SIGINT or the death of a part. CM_OK after an orderly stop; CM_REFUSED with lock_held when
// a node or command already works in this folder; CM_FAILED with process_ended and what that part said last.
CM_CHECKED cm_result cm_parent_run(const struct cm_parent_options *options, struct cm_report *report);

#endif
