// Knows: the encoding of the store's events. Does not know: what follows from them.
#include "node/event.h"

#include <string.h>

#include "base/mem.h"
#include "base/tab_limit.h"

void
cm_event_message_write(const struct cm_event_message *message, struct cm_buf *to)
{
	cm_buf_field(to, message->wire);
	cm_buf_u64be(to, message->entry);
	cm_buf_field(to, message->peer);
	cm_buf_field(to, message->person);
	cm_buf_field(to, message->case_id);
	cm_buf_u8(to, (uint8_t)message->document_count);
	for (size_t i = 0; i < message->document_count; i++) {
		cm_buf_field(to, message->documents[i].id);
		cm_buf_field(to, message->documents[i].title);
		cm_buf_field(to, message->documents[i].parent);
		cm_buf_u8(to, message->documents[i].gaps);
	}
	cm_buf_u8(to, (uint8_t)message->judged_count);
	for (size_t i = 0; i < message->judged_count; i++) {
		cm_buf_field(to, message->judged[i].id);
		cm_buf_field(to, message->judged[i].state);
		cm_buf_u64be(to, (uint64_t)message->judged[i].until.us);
	}
	cm_event_ends_write(&message->ends, to);
	cm_buf_field(to, message->anyway);
	cm_buf_field(to, message->over);
	for (size_t i = 0; i < message->document_count; i++) {
		cm_buf_field(to, message->documents[i].undertaking);
		cm_buf_field(to, message->documents[i].part);
	}
	cm_buf_field(to, message->roll);
	cm_event_clocks_write(&message->clocks, to);
	for (size_t i = 0; i < message->document_count; i++)
		cm_buf_field(to, message->documents[i].relates);
}

cm_result
cm_event_message_read(struct cm_view detail, struct cm_event_message *ret_message)
{
	struct cm_rd rd = cm_rd_of(detail);
	struct cm_event_message m = {.document_count = 0};
	m.wire = cm_rd_field(&rd);
	m.entry = cm_rd_u64be(&rd);
	m.peer = cm_rd_field(&rd);
	m.person = cm_rd_field(&rd);
	m.case_id = cm_rd_field(&rd);
	m.document_count = cm_rd_u8(&rd);
	if (m.document_count > CM_READER_JUDGED)
		return CM_BUG;
	for (size_t i = 0; i < m.document_count; i++) {
		m.documents[i].id = cm_rd_field(&rd);
		m.documents[i].title = cm_rd_field(&rd);
		m.documents[i].parent = cm_rd_field(&rd);
		m.documents[i].gaps = cm_rd_u8(&rd) == 1;
	}
	m.judged_count = cm_rd_u8(&rd);
	if (m.judged_count > CM_EVENT_JUDGED)
		return CM_BUG;
	for (size_t i = 0; i < m.judged_count; i++) {
		m.judged[i].id = cm_rd_field(&rd);
		m.judged[i].state = cm_rd_field(&rd);
		m.judged[i].until.us = (int64_t)cm_rd_u64be(&rd);
	}
	bool older = cm_rd_done(&rd); // written before documents were read for their ends
	if (!older && !cm_event_ends_read(&rd, &m.ends))
		return CM_BUG;
	older = cm_rd_done(&rd); // written before an override was kept
	if (!older)
		m.anyway = cm_rd_field(&rd);
	older = cm_rd_done(&rd); // written before the clock that made it was named
	if (!older)
		m.over = cm_rd_field(&rd);
	older = cm_rd_done(&rd); // written before undertakings were kept
	for (size_t i = 0; !older && i < m.document_count; i++) {
		m.documents[i].undertaking = cm_rd_field(&rd);
		m.documents[i].part = cm_rd_field(&rd);
	}
	if (!older)
		m.roll = cm_rd_field(&rd);
	older = cm_rd_done(&rd); // written before messages spoke of clocks
	if (!older && !cm_event_clocks_read(&rd, &m.clocks))
		return CM_BUG;
	older = cm_rd_done(&rd); // written before links were kept
	for (size_t i = 0; !older && i < m.document_count; i++)
		m.documents[i].relates = cm_rd_field(&rd);
	if (!cm_rd_done(&rd))
		return CM_BUG;
	*ret_message = m;
	return CM_OK;
}

void
cm_event_texts_write(const struct cm_event_texts *texts, struct cm_buf *to)
{
	cm_buf_u8(to, (uint8_t)texts->n);
	for (size_t i = 0; i < texts->n; i++)
		cm_buf_field(to, texts->text[i]);
}

cm_result
cm_event_texts_read(struct cm_view detail, struct cm_event_texts *ret_texts)
{
	struct cm_rd rd = cm_rd_of(detail);
	struct cm_event_texts t = {.n = cm_rd_u8(&rd)};
	if (t.n > CM_EVENT_TEXTS)
		return CM_BUG;
	for (size_t i = 0; i < t.n; i++)
		t.text[i] = cm_rd_field(&rd);
	if (!cm_rd_done(&rd))
		return CM_BUG;
	*ret_texts = t;
	return CM_OK;
}

cm_result
cm_event_sent(const struct cm_store_event *event, struct cm_view *ret_detail)
{
	struct cm_event_texts t;
	bool fetched = cm_view_is(event->cause, CM_EVENT_RECEIVED) || cm_view_is(event->cause, CM_EVENT_UNFETCHED);
	size_t at = fetched ? 1 : cm_view_is(event->cause, CM_EVENT_OPENED) ? 4 : CM_EVENT_TEXTS;
	*ret_detail = cm_view_is(event->cause, CM_EVENT_SENT) ? event->detail : cm_view_of(NULL, 0);
	if (at == CM_EVENT_TEXTS)
		return CM_OK;
	cm_result r = cm_event_texts_read(event->detail, &t);
	if (r == CM_OK && at < t.n)
		*ret_detail = t.text[at];
	return r;
}

void
cm_event_where_write(const struct cm_event_where *where, struct cm_buf *to)
{
	cm_buf_u8(to, where->in);
	cm_buf_field(to, where->transaction);
	cm_buf_field(to, where->object);
}

cm_result
cm_event_where_read(struct cm_view contents, struct cm_event_where *ret_where)
{
	struct cm_rd rd = cm_rd_of(contents);
	ret_where->in = cm_rd_u8(&rd) == 1;
	ret_where->transaction = cm_rd_field(&rd);
	ret_where->object = cm_rd_field(&rd);
	return cm_rd_done(&rd) ? CM_OK : CM_BUG;
}

// What a bare document points to.
struct cm_event_bare {
	struct cm_hi1_object object;
	struct cm_hi1_body body;
};

// The object, or a copy of it without contents and receipt.
static const struct cm_hi1_object *
cm_event_bare(const struct cm_hi1_object *object, struct cm_event_bare *bare)
{
	if (object == NULL || object->type != CM_HI1_TYPE_DOCUMENT)
		return object;
	bare->object = *object;
	struct cm_hi1_document *document = &bare->object.document;
	if (document->body != NULL) {
		bare->body = *document->body;
		bare->body.contents = bare->body.sha256;
		document->body = &bare->body;
	}
	if (document->property_count == 1 && cm_view_is(document->properties[0].type.value, "receipt")) {
		document->properties = NULL;
		document->property_count = 0;
	}
	return &bare->object;
}

cm_result
cm_event_wire(const struct cm_hi1_message *message, struct cm_buf *to)
{
	struct cm_arena CM_CLEANUP(cm_arena_fini) arena = {.blocks = NULL};
	struct cm_hi1_message bare = *message;
	struct cm_hi1_action *actions = cm_arena_new_many(&arena, message->action_count, sizeof *actions);
	struct cm_event_bare *parts = cm_arena_new_many(&arena, message->action_count, sizeof *parts);
	if (arena.failed)
		return CM_NOMEM;
	for (size_t i = 0; i < message->action_count; i++) {
		actions[i] = message->actions[i];
		actions[i].object = cm_event_bare(message->actions[i].object, &parts[i]);
	}
	bare.actions = actions;
	bare.canonical = cm_view_of(NULL, 0);
	bare.jws = (struct cm_hi1_jws){.present = false};
	return cm_hi1_message_write_wire(&bare, to);
}

cm_result
cm_event_object_wire(const struct cm_node *node, const struct cm_hi1_object *object, struct cm_buf *to)
{
	struct cm_event_bare bare;
	struct cm_hi1_action action = {.verb = CM_HI1_VERB_CREATE, .object = cm_event_bare(object, &bare)};
	struct cm_hi1_endpoint self = {cm_view_text(node->name.country_upper), cm_view_text(cm_node_name_id(&node->name))};
	struct cm_hi1_message message = {
	        .sender = self,
	        .receiver = self,
	        .transaction = object->id,
	        .timestamp = cm_instant_of_seconds(1),
	        .actions = &action,
	        .action_count = 1,
	};
	return cm_hi1_message_write_wire(&message, to);
}
