// What the store keeps of a change so that its derived rows can be made again: the causes, and the detail of those that are
// about a message. Source: event.c; what follows from each: apply*.c.
#ifndef CM_NODE_EVENT_H
#define CM_NODE_EVENT_H

#include "base/rd.h"
#include "node/node.h"

// The causes.
#define CM_EVENT_TAKEN "taken"     // a message of a peer was stored; artifact 0 is it
#define CM_EVENT_SENT "sent"       // a message of ours was signed; artifact 0 is it
#define CM_EVENT_ANSWERED "answer" // a peer's answer came; artifact 0 is it
#define CM_EVENT_BOUNCED "bounced" // a peer refused a message of ours as a whole
#define CM_EVENT_DEADLINE "deadline" // the clock looked at a deadline
#define CM_EVENT_UPLOAD "upload"   // sealed evidence came from an officer's program
#define CM_EVENT_RECEIVED "received"
#define CM_EVENT_UNFETCHED "unfetched" // what came was never what was announced; it is not fetched any more
#define CM_EVENT_APPROVED "approved"
#define CM_EVENT_OPENED "opened"
#define CM_EVENT_EXPORTED "exported"
#define CM_EVENT_NEWS "news"       // something that only the feed tells: topic, ref, text

// One request document in a message: what only the message reader knows about it.
struct cm_event_document {
	struct cm_view id, title, parent, relates;
	bool gaps;
	struct cm_view undertaking, part; // the joint undertaking that it belongs to, and how
};

// A request whose state a message of ours tells, as it was when that was judged: the message must not become durable when it is
// another one by then.
struct cm_event_judged {
	struct cm_view id, state;
	struct cm_instant until;
};
#define CM_EVENT_JUDGED 2

// Detail of TAKEN, SENT and ANSWERED.
struct cm_event_message {
	struct cm_view wire; // record of the message, bare
	uint64_t entry;      // ANSWERED: place in the peer's register + 1, by the receipt; 0 without
	struct cm_view peer, person, case_id;
	struct cm_event_document documents[CM_READER_JUDGED];
	size_t document_count;
	struct cm_event_judged judged[CM_EVENT_JUDGED]; // SENT
	size_t judged_count;
	struct cm_event_ends ends; // what the documents name
	struct cm_view anyway;     // DELIVER of ours: a person's words for doing it with lists that are too old
	struct cm_event_clocks clocks; // what becomes of clocks that run
	struct cm_view over;       // SENT by a clock: the limit whose end it tells, of the first judged request; else empty
	struct cm_view roll;       // the parties to a joint undertaking that it tells (domain/joint.h)
};
void cm_event_message_write(const struct cm_event_message *message, struct cm_buf *to);
// The record of a message without what only its bytes are for, since these stand in the artifact: signature, RFC 8785 form,
// the document's contents (their digest stays), a receipt.
CM_CHECKED cm_result cm_event_wire(const struct cm_hi1_message *message, struct cm_buf *to);
// Views point into `detail`. CM_BUG for anything malformed: we wrote it.
CM_CHECKED cm_result cm_event_message_read(struct cm_view detail, struct cm_event_message *ret_message);

// Detail of the others: a fixed order of texts, each cause its own (see the file that applies it).
#define CM_EVENT_TEXTS 10
struct cm_event_texts {
	struct cm_view text[CM_EVENT_TEXTS];
	size_t n;
};
void cm_event_texts_write(const struct cm_event_texts *texts, struct cm_buf *to);
CM_CHECKED cm_result cm_event_texts_read(struct cm_view detail, struct cm_event_texts *ret_texts);

// The detail of the message of ours that an event made, whatever its cause: itself, or one of its texts. Empty without.
CM_CHECKED cm_result cm_event_sent(const struct cm_store_event *event, struct cm_view *ret_detail);

// The store's apply hook: puts the derived rows of an event into the change.
CM_CHECKED cm_result cm_apply_event(void *self, const struct cm_store_event *event, struct cm_change *change,
                                    struct cm_report *report);

// Parts of it.
CM_CHECKED cm_result cm_apply_message(struct cm_node *node, const struct cm_store_event *event,
                                      struct cm_change *change, struct cm_report *report);
CM_CHECKED cm_result cm_apply_answer(struct cm_node *node, const struct cm_store_event *event,
                                     struct cm_change *change, struct cm_report *report);
CM_CHECKED cm_result cm_apply_bounced(struct cm_node *node, const struct cm_store_event *event,
                                      struct cm_change *change, struct cm_report *report);
CM_CHECKED cm_result cm_apply_deadline(struct cm_node *node, const struct cm_store_event *event,
                                       struct cm_change *change, struct cm_report *report);
CM_CHECKED cm_result cm_apply_evidence(struct cm_node *node, const struct cm_store_event *event,
                                       struct cm_change *change, struct cm_report *report);

// What a notification tells, and about what; views into it. One fine state counts: that of the task for kinds with one (it is the
// finer), else that of the document. False: of no request that is here, or no state. Source: apply_message.c.
struct cm_event_told {
	struct cm_view request, state, task; // task: empty without
};
bool cm_apply_message_told(struct cm_node *node, const struct cm_hi1_notification *notification, struct cm_report *report,
                           struct cm_event_told *ret_told);

// Where the contents of an object stand: in the message of this transaction that came in or went out.
struct cm_event_where {
	bool in;
	struct cm_view transaction, object;
};
void cm_event_where_write(const struct cm_event_where *where, struct cm_buf *to);
CM_CHECKED cm_result cm_event_where_read(struct cm_view contents, struct cm_event_where *ret_where);

// The digest by which a CREATE is recognised: SHA-256 of its object in our own encoding, bare as above.
CM_CHECKED cm_result cm_event_object_wire(const struct cm_node *node, const struct cm_hi1_object *object,
                                          struct cm_buf *to);

#endif
