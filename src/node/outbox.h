// The outbox: brings waiting messages to their peers, the same bytes until an answer comes (profile section 5: again
// after 1, 2, 4 … 300 s). One thread; messages about one request, or one preservation, go one after another. Source: outbox.c (thread, calls),
// outbox_answer.c (what an answer does).
#ifndef CM_NODE_OUTBOX_H
#define CM_NODE_OUTBOX_H

#include "node/event.h"

struct cm_outbox;

CM_CHECKED cm_result cm_outbox_start(struct cm_node *node, struct cm_report *report, struct cm_outbox **ret_outbox);
// From now on nothing new leaves and nobody waits any more; what is durable stays due. Then, when the client was stopped
// and nobody calls any more, the end.
void cm_outbox_end(struct cm_outbox *outbox);
void cm_outbox_stop(struct cm_outbox *outbox);
void cm_outbox_free(struct cm_outbox *outbox); // once nobody can stir it any more

// Looks at once.
void cm_outbox_stir(struct cm_outbox *outbox);

// The topic of a word of the side that asked: its state changes here when the registrar has taken it.
#define CM_OUTBOX_WORD "word"

enum cm_outbox_end {
	CM_OUTBOX_WAITS,    // no answer before the deadline; it goes on trying
	CM_OUTBOX_ANSWERED, // taken by the peer
	CM_OUTBOX_REFUSED,  // the peer refused it; `report` says what it said
};

// Waits for the answer to a message of ours.
enum cm_outbox_end cm_outbox_wait(struct cm_outbox *outbox, const char *transaction, int64_t deadline,
                                  struct cm_report *report);

// The same without a thread that waits: `told` is called once, by another thread, when the answer is kept, at the deadline,
// or when the outbox ends. It must not wait. The memory stays the caller's and has to last until then.
struct cm_outbox_waiter {
	struct cm_outbox_waiter *next; // the outbox's
	const char *transaction;
	int64_t deadline; // cm_clock_mono()
	void (*told)(void *context, enum cm_outbox_end end, const struct cm_report *report);
	void *context;
};
void cm_outbox_await(struct cm_outbox *outbox, struct cm_outbox_waiter *waiter);

// What one try came to: filled by the client's callback, worked off by the outbox's thread.
struct cm_outbox_try {
	struct cm_outbox_try *next;
	struct cm_node *node;
	uint64_t id;
	char transaction[40], request[40], peer[CM_X509_NODE], topic[16];
	int64_t tries;
	struct cm_hash digest; // of the message's signed bytes
	struct cm_peer shown;  // who answers, by the certificates of the connection
	cm_result result;
	unsigned status;
	uint32_t retry_after;
	struct cm_buf message;  // as it is sent, until it is
	struct cm_buf body;     // the answer
	struct cm_report report;
	enum cm_outbox_end end; // how it ended, once its answer is kept
	struct cm_report said;  // what the peer said against it
};

// A message whose change is being made durable, so that it leaves at once afterwards and nobody has to look it up.
// Exactly one of begin and drop follows. `due` of its row should be later than cm_outbox_first_try(), so that nobody
// else begins it meanwhile.
CM_CHECKED cm_result cm_outbox_prepare(struct cm_outbox *outbox, const struct cm_store_outbox *row,
                                       struct cm_view message, struct cm_report *report,
                                       struct cm_outbox_try **ret_try);
void cm_outbox_begin(struct cm_outbox_try *one, uint64_t id); // the row is durable and has this id; does not wait
void cm_outbox_drop(struct cm_outbox_try *one);
// Microseconds until the next try after so many that failed: 1, 2, 4 … seconds up to the setting retry_max_s, or what the
// other side asks for (seconds, 0: nothing).
int64_t cm_outbox_pause(const struct cm_node *node, int64_t tries, uint32_t retry_after);
int64_t cm_outbox_first_try(void); // microseconds that the first try takes at most

// Judges an answer and submits what follows. *ret_submitted true: cm_outbox_kept() gets the outcome; false: as good as no
// answer, try again.
CM_CHECKED cm_result cm_outbox_take_answer(struct cm_outbox_try *one, struct cm_report *report, bool *ret_submitted);

// The store's completion for it (writer thread).
void cm_outbox_kept(void *context, const struct cm_store_outcome *outcome);

#endif
