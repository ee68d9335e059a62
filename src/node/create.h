// Drafts of officers: checked, or made requests that leave. Source: create.c.
#ifndef CM_NODE_CREATE_H
#define CM_NODE_CREATE_H

#include "node/exchange.h"

// What the law's tables say about a draft; the answer's JSON goes to `body`.
CM_CHECKED cm_result cm_create_check(struct cm_exchange *ex, struct cm_report *report, struct cm_buf *body);

// Signs, stores and sends the request of `person`; the exchange is answered when the peer's receipt is durable, at the
// latest after limit hi1_answer_ms. Takes the exchange over.
void cm_create_request(struct cm_exchange *ex, const struct cm_ipc_person *person);

#endif
