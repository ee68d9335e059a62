// Knows: how a message of ours is signed and kept until it is answered. Does not know: what it says, or how it travels
// (outbox.c).
#include "node/send.h"

#include <string.h>

#include "base/mem.h"
#include "base/tab_limit.h"
#include "crypto/jws.h"
#include "node/hi1_answer.h"
#include "node/outbox.h"
#include "os/clock.h"

cm_result
cm_send_begin(struct cm_node *node, const char *peer, struct cm_view workflow, struct cm_arena *arena,
              struct cm_report *report, struct cm_hi1_message *ret_message)
{
	struct cm_node_name name;
	char transaction[37];
	cm_result r = cm_node_name_read(cm_view_text(peer), report, &name);
	if (r == CM_OK)
		r = cm_node_uuid(transaction, report);
	if (r != CM_OK)
		return r;
	*ret_message = (struct cm_hi1_message){
	        .sender = {cm_view_text(node->name.country_upper), cm_view_text(cm_node_name_id(&node->name))},
	        .receiver = {cm_arena_copy(arena, cm_view_text(name.country_upper)),
	                cm_arena_copy(arena, cm_view_text(cm_node_name_id(&name)))},
	        .transaction = cm_arena_copy(arena, cm_view_text(transaction)),
	        .timestamp = cm_clock_utc(),
	        .workflow = cm_arena_copy(arena, workflow),
	};
	return arena->failed ? CM_NOMEM : CM_OK;
}

// The Signature is the last member, since "Signature" sorts behind "Header" and "Payload" (RFC 8785).
cm_result
cm_send_digest(struct cm_view sent, struct cm_hash *ret_digest)
{
	static const char mark[] = ",\"Signature\":{\"protected\":\"";
	struct cm_hash_stream stream;
	for (size_t at = sent.n; at-- > 0;)
		if (cm_view_starts(cm_view_part(sent, at, sent.n), mark)) {
			cm_hash_init(&stream);
			cm_hash_add(&stream, cm_view_part(sent, 0, at));
			cm_hash_add(&stream, cm_view_text("}"));
			*ret_digest = cm_hash_final(&stream);
			return CM_OK;
		}
	return CM_BUG;
}

// What travels with a change: the message as it is sent, and what an event says of it.
struct cm_send_made {
	struct cm_buf bytes, detail;
};

static struct cm_send_made
cm_send_made_of(void)
{
	return (struct cm_send_made){cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE), cm_buf_of(CM_LIMIT_FRAME_BYTES_VALUE)};
}

static void
cm_send_made_fini(struct cm_send_made *made)
{
	cm_buf_fini(&made->bytes);
	cm_buf_fini(&made->detail);
}

// Signs the message and lists everything that has to be durable before it leaves.
static cm_result
cm_send_put(struct cm_node *node, const struct cm_send *send, const struct cm_store_outbox *outbox,
            struct cm_change *change, struct cm_report *report, struct cm_send_made *made)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) wire = cm_buf_of(CM_LIMIT_HI1_WIRE_BYTES_VALUE);
	struct cm_event_message told = send->told;
	cm_result r = cm_hi1_answer_sign(node, send->message, NULL, report, &made->bytes);
	if (r == CM_OK)
		r = cm_event_wire(send->message, &wire);
	if (r != CM_OK)
		return r;
	told.wire = cm_buf_view(&wire);
	cm_event_message_write(&told, &made->detail);
	struct cm_store_artifact artifact = {
	        .direction = CM_STORE_OUT,
	        .peer = told.peer,
	        .media = cm_view_text("hi1"),
	        .name = send->message->transaction,
	        .at = send->message->timestamp,
	        .bytes = cm_buf_view(&made->bytes),
	};
	cm_change_artifact(change, &artifact);
	cm_change_outbox(change, outbox);
	cm_change_act(change, &send->act);
	return cm_buf_result(&made->detail);
}

// A change of the message alone.
static cm_result
cm_send_change(struct cm_node *node, const struct cm_send *send, const struct cm_store_outbox *outbox,
               struct cm_report *report, struct cm_send_made *made, struct cm_change **ret_change)
{
	struct cm_change CM_CLEANUP(cm_change_free_at) *change = cm_change_new(send->message->timestamp);
	cm_result r = change == NULL ? CM_NOMEM : cm_send_put(node, send, outbox, change, report, made);
	if (r != CM_OK)
		return r;
	cm_change_early(change); // nobody waits for a receipt of our own
	struct cm_store_event event = {.at = send->message->timestamp,
	        .cause = cm_view_text(CM_EVENT_SENT),
	        .detail = cm_buf_view(&made->detail)};
	r = cm_store_apply(node->store, &event, change, report);
	if (r == CM_OK)
		*ret_change = cm_take(&change);
	return r;
}

static struct cm_store_outbox
cm_send_row(const struct cm_send *send)
{
	return (struct cm_store_outbox){
	        .peer = send->told.peer,
	        .transaction = send->message->transaction,
	        .request = cm_view_text(send->request),
	        .topic = cm_view_text(send->topic),
	        .state = CM_STORE_WAITING,
	        .created = send->message->timestamp,
	        .due = send->message->timestamp,
	};
}

cm_result
cm_send_with(struct cm_node *node, const struct cm_send *send, struct cm_change *change, struct cm_report *report,
             struct cm_buf *detail)
{
	struct cm_send_made CM_CLEANUP(cm_send_made_fini) made = cm_send_made_of();
	struct cm_store_outbox row = cm_send_row(send);
	cm_result r = cm_send_put(node, send, &row, change, report, &made);
	if (r == CM_OK)
		cm_buf_view_add(detail, cm_buf_view(&made.detail));
	return r == CM_OK ? cm_buf_result(detail) : r;
}

cm_result
cm_send_message(struct cm_node *node, const struct cm_send *send, struct cm_report *report)
{
	struct cm_send_made CM_CLEANUP(cm_send_made_fini) made = cm_send_made_of();
	struct cm_store_outbox row = cm_send_row(send);
	struct cm_change *change = NULL;
	cm_result r = cm_send_change(node, send, &row, report, &made, &change);
	if (r == CM_OK)
		r = cm_store_submit_wait(node->store, change, report, NULL, NULL);
	if (r == CM_OK)
		cm_node_stir(node);
	return r;
}

struct cm_send_started {
	struct cm_outbox_try *one;
	void (*done)(void *context, cm_result result, const struct cm_report *report);
	void *context;
};

// First whoever asked, so that an answer cannot come before the asker is ready for it.
static void
cm_send_kept(void *context, const struct cm_store_outcome *outcome)
{
	struct cm_send_started *started = context;
	started->done(started->context, outcome->result, outcome->report);
	if (outcome->result == CM_OK)
		cm_outbox_begin(started->one, outcome->outbox);
	else
		cm_outbox_drop(started->one);
	cm_mem_free(started);
}

cm_result
cm_send_start(struct cm_node *node, const struct cm_send *send,
              void (*done)(void *context, cm_result result, const struct cm_report *report), void *context,
              struct cm_report *report)
{
	CM_AUTO struct cm_send_started *started = cm_mem_new(sizeof *started);
	struct cm_send_made CM_CLEANUP(cm_send_made_fini) made = cm_send_made_of();
	struct cm_store_outbox row = cm_send_row(send);
	struct cm_change *change = NULL;
	// The first try is ours; should it not come to it, the row is due when it would be over.
	row.due.us += cm_outbox_first_try() + CM_INSTANT_SECOND;
	cm_result r = started == NULL ? CM_NOMEM : cm_send_change(node, send, &row, report, &made, &change);
	if (r == CM_OK) {
		*started = (struct cm_send_started){.done = done, .context = context};
		r = cm_outbox_prepare(node->outbox, &row, cm_buf_view(&made.bytes), report, &started->one);
	}
	if (r != CM_OK) {
		cm_change_free(change);
		return r;
	}
	struct cm_outbox_try *one = started->one;
	r = cm_store_submit(node->store, change, cm_send_kept, started, report);
	if (r == CM_OK)
		cm_take(&started);
	else
		cm_outbox_drop(one);
	return r;
}
