// The outbox: brings waiting messages to their peers, the same bytes until an answer comes (profile section 5: again
// after 1, 2, 4 … 300 s). One thread; messages about one request go one after another. Source: outbox.c (thread, calls),
// outbox_answer.c (what an answer does).
#ifndef CM_NODE_OUTBOX_H
#define CM_NODE_OUTBOX_H

#include "node/event.h"

struct cm_outbox;

CM_CHECKED cm_result cm_outbox_start(struct cm_node *node, struct cm_report *report, struct cm_outbox **ret_outbox);
void cm_outbox_stop(struct cm_outbox *outbox);

// Looks at once.
void cm_outbox_stir(struct cm_outbox *outbox);

enum cm_outbox_end {
	CM_OUTBOX_WAITS,    // no answer before the deadline; it goes on trying
	CM_OUTBOX_ANSWERED, // taken by the peer
	CM_OUTBOX_REFUSED,  // the peer refused it; `report` says what it said
};

// Waits for the answer to a message of ours.
enum cm_outbox_end cm_outbox_wait(struct cm_outbox *outbox, const char *transaction, int64_t deadline,
                                  struct cm_report *report);

// What one try came to: filled by the client's callback, worked off by the outbox's thread.
struct cm_outbox_try {
	struct cm_outbox_try *next;
	struct cm_node *node;
	uint64_t id;
	char transaction[40], request[40], peer[CM_X509_NODE], topic[16];
	int64_t tries;
	struct cm_hash digest; // of the message's signed bytes
	cm_result result;
	unsigned status;
	uint32_t retry_after;
	struct cm_buf body;
	struct cm_report report;
	enum cm_outbox_end end; // how it ended, once its answer is kept
	struct cm_report said;  // what the peer said against it
};

// Judges an answer and submits what follows. *ret_submitted true: cm_outbox_kept() gets the outcome; false: as good as no
// answer, try again.
CM_CHECKED cm_result cm_outbox_take_answer(struct cm_outbox_try *one, struct cm_report *report, bool *ret_submitted);

// The store's completion for it (writer thread).
void cm_outbox_kept(void *context, const struct cm_store_outcome *outcome);

#endif
