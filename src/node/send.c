// Knows: how a message of ours is signed and kept until it is answered. Does not know: what it says, or how it travels
// (outbox.c).
#include "node/send.h"

#include <string.h>

#include "base/mem.h"
#include "base/tab_limit.h"
#include "crypto/jws.h"
#include "node/hi1_answer.h"
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

cm_result
cm_send_message(struct cm_node *node, const struct cm_send *send, struct cm_report *report)
{
	struct cm_change CM_CLEANUP(cm_change_free_at) *change = cm_change_new(send->message->timestamp);
	struct cm_buf CM_CLEANUP(cm_buf_fini) bytes = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE);
	struct cm_buf CM_CLEANUP(cm_buf_fini) wire = cm_buf_of(CM_LIMIT_HI1_WIRE_BYTES_VALUE);
	struct cm_buf CM_CLEANUP(cm_buf_fini) detail = cm_buf_of(CM_LIMIT_FRAME_BYTES_VALUE);
	struct cm_event_message told = send->told;
	cm_result r = change == NULL ? CM_NOMEM : cm_hi1_answer_sign(node, send->message, NULL, report, &bytes);
	if (r == CM_OK && send->wire.n == 0)
		r = cm_hi1_message_write_wire(send->message, &wire);
	if (r != CM_OK)
		return r;
	told.wire = send->wire.n == 0 ? cm_buf_view(&wire) : send->wire;
	cm_event_message_write(&told, &detail);
	struct cm_store_artifact artifact = {
	        .direction = CM_STORE_OUT,
	        .peer = told.peer,
	        .media = cm_view_text("hi1"),
	        .name = send->message->transaction,
	        .at = send->message->timestamp,
	        .bytes = cm_buf_view(&bytes),
	};
	struct cm_store_outbox outbox = {
	        .peer = told.peer,
	        .transaction = send->message->transaction,
	        .request = cm_view_text(send->request),
	        .topic = cm_view_text(send->topic),
	        .state = CM_STORE_WAITING,
	        .created = send->message->timestamp,
	        .due = send->message->timestamp,
	};
	struct cm_store_event event = {
	        .at = send->message->timestamp, .cause = cm_view_text(CM_EVENT_SENT), .detail = cm_buf_view(&detail)};
	cm_change_artifact(change, &artifact);
	cm_change_outbox(change, &outbox);
	cm_change_act(change, &send->act);
	cm_change_early(change); // nobody waits for a receipt of our own
	r = cm_store_apply(node->store, &event, change, report);
	if (r == CM_OK)
		r = cm_store_submit_wait(node->store, cm_take(&change), report, NULL, NULL);
	if (r == CM_OK)
		cm_node_stir(node);
	return r;
}
