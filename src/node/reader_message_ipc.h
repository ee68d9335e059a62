// The fields of the message reader's jobs and answers that both sides need. Source: reader_message_ipc.c.
#ifndef CM_NODE_READER_MESSAGE_IPC_H
#define CM_NODE_READER_MESSAGE_IPC_H

#include "base/rd.h"
#include "node/reader_message.h"

void cm_reader_told_write(const struct cm_reader_told *told, struct cm_buf *to);
void cm_reader_told_read(struct cm_rd *rd, struct cm_reader_told *ret_told);

void cm_reader_draft_told_write(const struct cm_draft_told *told, struct cm_buf *to);
void cm_reader_draft_told_read(struct cm_rd *rd, struct cm_draft_told *ret_told);

void cm_reader_card_write(const struct cm_card *card, const struct cm_identity *identity, struct cm_buf *to);
// False for anything malformed. Views point into `bytes`.
bool cm_reader_card_read(struct cm_view bytes, struct cm_reader_card *ret_card);

// The moments that the documents and tasks of a message name (event_ends.h); source: reader_ends.c.
void cm_reader_ends(const struct cm_hi1_message *message, struct cm_buf *answer);

// A call whose draft continues a request (told->chain) with what the draft does not say: from the signed message of the first;
// source: reader_chain.c. Refused when the first, or the draft, is not what it has to be.
CM_CHECKED cm_result cm_reader_chain(const struct cm_reader_told *told, const struct cm_hi1_read_options *options, struct cm_view call,
                                     struct cm_report *report, struct cm_buf *ret_call);

#endif
