// Making a message of ours durable, so that the outbox brings it to its peer however long that takes. Source: send.c.
#ifndef CM_NODE_SEND_H
#define CM_NODE_SEND_H

#include "node/event.h"

struct cm_send {
	const struct cm_hi1_message *message; // complete; sender, receiver, transaction, timestamp set
	struct cm_view canonical, wire;       // of it, when known already; else empty
	struct cm_event_message told;         // peer, person, case, documents; `wire` is filled in here
	const char *topic;                    // "request", "update", "deliver", "delivery"
	const char *request;                  // id, or ""
	struct cm_act_values act;             // "$artifact" stands for the message
};

// Signs, stores and queues. Afterwards it is durable: a success may be told.
CM_CHECKED cm_result cm_send_message(struct cm_node *node, const struct cm_send *send, struct cm_report *report);

// Signs it as part of a change whose cause is another one (evidence came, and that is told): puts message, outbox row and act
// into the change, and into `detail` what its event has to hold beside its own texts. Once the change is durable, the caller
// stirs the node.
CM_CHECKED cm_result cm_send_with(struct cm_node *node, const struct cm_send *send, struct cm_change *change,
                                  struct cm_report *report, struct cm_buf *detail);

// cm_send_message() without waiting: `done` is called once for CM_OK, from the store's writer: CM_OK when the message is durable; it
// leaves right afterwards. Not for messages that have to follow another one about the same request.
CM_CHECKED cm_result cm_send_start(struct cm_node *node, const struct cm_send *send,
                                   void (*done)(void *context, cm_result result, const struct cm_report *report),
                                   void *context, struct cm_report *report);

// SHA-256 of the signed bytes of a message of ours, from the message as it was sent: what its answer names (req#S256).
CM_CHECKED cm_result cm_send_digest(struct cm_view sent, struct cm_hash *ret_digest);

// Sets sender, receiver, transaction and timestamp of a message to a peer; texts come from `arena`.
CM_CHECKED cm_result cm_send_begin(struct cm_node *node, const char *peer, struct cm_view workflow,
                                   struct cm_arena *arena, struct cm_report *report, struct cm_hi1_message *ret_message);

#endif
