// Our signed answers to HI-1 messages: records, the receipt in them, errors. Source: hi1_answer.c.
#ifndef CM_NODE_HI1_ANSWER_H
#define CM_NODE_HI1_ANSWER_H

#include "node/node.h"

// Signs `record` (a response when `request_canonical` is not empty: req#S256) by the keeper and appends the message as it
// is sent.
CM_CHECKED cm_result cm_hi1_answer_sign(struct cm_node *node, const struct cm_hi1_message *record,
                                        const struct cm_hash *request, struct cm_report *report, struct cm_buf *to);

// The record of an answer that refuses: the whole message (`fault` of the message), or its actions (each with its own
// fault, the others 42000). `faults` has one place for each action of `message`; NULL: the message's own faults.
// Memory comes from `arena`.
CM_CHECKED cm_result cm_hi1_answer_refusal(struct cm_node *node, const struct cm_hi1_message *message,
                                           const struct cm_hi1_fault *whole, const struct cm_hi1_fault *faults,
                                           struct cm_arena *arena, struct cm_hi1_message *ret_answer);

// What a reply row carries until the answer can be made (store: context): the answer's record as wire bytes, digest of the
// request, and the action whose Document gets the receipt (-1: none).
void cm_hi1_answer_context_write(struct cm_view wire, const struct cm_hash *request, int receipt_action,
                                 struct cm_buf *to);

// The store's reply hook.
CM_CHECKED cm_result cm_hi1_answer_reply(void *self, struct cm_store_reply_job *jobs, size_t count,
                                         struct cm_report *report);

// The receipt of one act as a tlog-proof whose `extra` is the act file: everything the other side needs to check it.
CM_CHECKED cm_result cm_hi1_answer_receipt(const struct cm_store_receipt *receipt, struct cm_report *report,
                                           struct cm_buf *to);

#endif
