// The court's part of a bundle: what this node knows about the way of one piece of evidence, as files under court/
// (doc/spec/package.md, section 6). Collected in the node, put into the bundle by the package reader.
// Source: court_files.c (which requests, cards, acts), court_messages.c (messages, receipts), court_custody.c (graph),
// court_report.c (text for readers).
#ifndef CM_NODE_COURT_H
#define CM_NODE_COURT_H

#include "base/arena.h"
#include "format/act.h"
#include "node/node.h"

// One request of the path: the one that was answered, or the preservation it follows.
struct cm_court_request {
	struct cm_view id, kind, state, title, reference, their_reference, peer;
	bool ours;
	struct cm_instant created, until; // until: preserved until, us 0 when nothing was promised
};

// One act of ours about one of them.
struct cm_court_act {
	uint64_t index; // in our register
	size_t request;
	struct cm_view value[CM_ACT_SLOTS]; // by CM_ACT_SLOT()
};

struct cm_court {
	struct cm_node *node;
	const struct cm_store_delivery *evidence;
	struct cm_instant now;
	struct cm_arena arena;
	struct cm_court_request requests[CM_LIMIT_COURT_REQUESTS_VALUE]; // the oldest first
	size_t request_count;
	struct cm_court_act acts[CM_LIMIT_COURT_ACTS_VALUE]; // in order of the register
	size_t act_count;
	uint64_t messages[CM_LIMIT_COURT_MESSAGES_VALUE]; // artifacts that are in already
	size_t message_count;
	unsigned number; // of the last message put
	size_t receipts; // of the peer
	size_t cards;
	struct cm_buf *to;
};

// The files under court/ for the bundle of this evidence, as records (field name without "court/", field bytes) for the
// package reader. Refused: zip_too_many_entries (more acts or messages than a bundle holds).
CM_CHECKED cm_result cm_court_files(struct cm_node *node, const struct cm_store_delivery *evidence,
                                    struct cm_report *report, struct cm_buf *to);

// Parts of it.
void cm_court_put(struct cm_court *court, const char *name, struct cm_view bytes);
struct cm_view cm_court_value(const struct cm_court_act *act, enum cm_act_field field);
CM_CHECKED cm_result cm_court_messages(struct cm_court *court, struct cm_report *report);
CM_CHECKED cm_result cm_court_custody(struct cm_court *court, struct cm_report *report);
CM_CHECKED cm_result cm_court_report(struct cm_court *court, struct cm_report *report);

#endif
