// Questions of many threads to one process of ours: several may be under way at once, each thread waits for its own answer.
// One of those who wait reads for all, so there is no thread of its own for it. A channel whose other side says nothing for
// too long is dead until it is renewed. Source: ask.c.
#ifndef CM_NODE_ASK_H
#define CM_NODE_ASK_H

#include "os/ipc.h"
#include "os/thread.h"

struct cm_ask_wait; // ask.c

struct cm_ask_channel {
	struct cm_mutex sending, lock; // `sending` first
	struct cm_cond idle;           // nobody reads
	struct cm_ipc ipc;
	struct cm_ask_wait *first, **end; // questions under way
	uint32_t next;
	int64_t patience; // microseconds
	int64_t heard;    // cm_clock_mono() of the last answer, or of the first question since nothing was under way
	bool reading, ready;
	bool broken, told;        // the other side is not heard again; `lost` was called
	void (*lost)(void *self); // NULL, or called once when the other side lives but does not answer as it should, without a lock
	void *self;
};

// Takes over the descriptor.
void cm_ask_init(struct cm_ask_channel *channel, int fd, int64_t patience_us);
void cm_ask_fini(struct cm_ask_channel *channel); // NULL and zeroes are fine
// Another process answers from now on; what was under way fails.
void cm_ask_renew(struct cm_ask_channel *channel, int fd);

// One question and its answer: the payload is appended to `to`.
struct cm_ask {
	uint16_t type;
	struct cm_view payload;
	struct cm_buf *to;
	uint16_t ret_type; // of the answer
};

// Asks all `n` (at most CM_ASK_MANY) at once and waits for all answers. CM_FAILED when the channel died.
#define CM_ASK_MANY 64
CM_CHECKED cm_result cm_ask(struct cm_ask_channel *channel, struct cm_ask *asks, size_t n, struct cm_report *report);

#endif
