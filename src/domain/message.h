// The sentence that a notification carries when a request comes into a state (data/messages.tab).
#ifndef CM_DOMAIN_MESSAGE_H
#define CM_DOMAIN_MESSAGE_H

#include "base/buf.h"
#include "base/instant.h"
#include "domain/tab_refusal.h"
#include "domain/tab_state.h"

// What the sentence may name; leave out what is not known (us 0, NONE).
struct cm_message_values {
	struct cm_instant until; // end of a preservation
	enum cm_refusal ground;
};

// Appends the sentence for `state`, "" for a state that is not told. A value that is missing is written "…".
void cm_message_write(enum cm_state state, const struct cm_message_values *values, struct cm_buf *to);

#endif
