// One fetch of one piece of evidence from its deliverer, on the caller's thread: it goes on behind what is durable already,
// and what comes becomes durable every few mebibytes, so that a crash costs at most that much again. Source: fetch.c.
#ifndef CM_NODE_FETCH_H
#define CM_NODE_FETCH_H

#include "node/node.h"
#include "store/blobs.h"

enum cm_fetch_end {
	CM_FETCH_WHOLE,   // the announced bytes lie in their place
	CM_FETCH_LATER,   // line, disk or the other node failed, says the report; what came stays
	CM_FETCH_OTHER,   // other bytes than announced, or fewer, or more, says the report; what came is thrown away
	CM_FETCH_STOPPED, // by cm_fetch_stop(); what came stays
};

struct cm_fetch {
	struct cm_node *node;
	struct cm_store_delivery row; // its texts lie below; `have` is what is durable
	char id[40], peer[CM_X509_NODE], request[40];
	uint64_t gained;      // bytes that this fetch made durable
	uint32_t retry_after; // seconds that the other node asks to wait
	// Inside.
	struct cm_mutex lock;
	struct cm_cond change;
	bool stopping, done;
	struct cm_client_call *call;
	uint8_t *piece; // came and waits to be written
	size_t piece_n;
	cm_result result;
	unsigned status;
	struct cm_report report;
};

// Copies what it needs of the row.
void cm_fetch_init(struct cm_fetch *fetch, struct cm_node *node, const struct cm_store_delivery *row);
void cm_fetch_fini(struct cm_fetch *fetch);

CM_CHECKED enum cm_fetch_end cm_fetch_run(struct cm_fetch *fetch, struct cm_report *report);

// From any thread: it ends soon.
void cm_fetch_stop(struct cm_fetch *fetch);

#endif
