// Knows: the bytes of a message record between the message reader and the node. Does not know: JSON. The reader of
// these bytes trusts none of them: the process that wrote them has parsed a stranger's input.
#include <string.h>

#include "base/mem.h"
#include "base/tab_limit.h"
#include "base/text.h"
#include "format/hi1_action.h"
#include "format/hi1_message.h"

#define CM_HI1_WIRE_VERSION 1

// The message around its actions, as a shape of its own.
struct cm_hi1_wire_head {
	struct cm_hi1_endpoint sender, receiver;
	struct cm_view transaction;
	struct cm_instant timestamp;
	struct cm_view workflow;
	const struct cm_hi1_error_info *error;
	struct cm_view protected_b64, signature_b64, certificate_sha256, request_sha256;
	const struct cm_view *chain;
	size_t chain_count;
};

#define W cm_hi1_wire_head
#define AT(field) .at = offsetof(struct W, field)

static const struct cm_json_shape_field cm_hi1_wire_fields[] = {
        {"sender", CM_SHAPE_INLINE, AT(sender), .need = CM_SHAPE_ALWAYS, .sub = &cm_hi1_endpoint_shape},
        {"receiver", CM_SHAPE_INLINE, AT(receiver), .sub = &cm_hi1_endpoint_shape},
        {"transaction", CM_SHAPE_TEXT, AT(transaction), .need = CM_SHAPE_ALWAYS, .form = CM_FORM_UUID},
        {"timestamp", CM_SHAPE_MICRO, AT(timestamp)},
        {"workflow", CM_SHAPE_TEXT, AT(workflow), .form = CM_FORM_WORD},
        {"error", CM_SHAPE_POINTER, AT(error), .sub = &cm_hi1_error_info_shape},
        {"protected", CM_SHAPE_TEXT, AT(protected_b64), .form = CM_FORM_BASE64URL},
        {"signature", CM_SHAPE_TEXT, AT(signature_b64), .form = CM_FORM_BASE64URL},
        {"certificate", CM_SHAPE_HEX, AT(certificate_sha256), .max = 32},
        {"request", CM_SHAPE_HEX, AT(request_sha256), .max = 32},
        {"chain", CM_SHAPE_BASE64, AT(chain), .many = true, .count_at = offsetof(struct W, chain_count),
         .max = CM_LIMIT_CERTIFICATE_BYTES_VALUE, .most = CM_LIMIT_JWS_CHAIN_VALUE},
};
static const struct cm_json_shape cm_hi1_wire_shape = {
        "message", cm_hi1_wire_fields, sizeof cm_hi1_wire_fields / sizeof *cm_hi1_wire_fields, sizeof(struct W), NULL};

static void
cm_hi1_wire_write_fault(struct cm_buf *to, const struct cm_hi1_fault *fault)
{
	cm_buf_u16be(to, (uint16_t)fault->error);
	if (fault->error == CM_HI1_ERROR_NONE)
		return;
	cm_buf_field(to, cm_view_text(fault->place));
	cm_buf_field(to, cm_view_text(fault->seen));
}

static bool
cm_hi1_wire_read_text(struct cm_rd *rd, char *to, size_t room)
{
	struct cm_view text = cm_rd_field(rd);
	if (rd->failed || text.n >= room || !cm_text_showable(text, false))
		return false;
	if (text.n != 0)
		memcpy(to, text.p, text.n);
	to[text.n] = 0;
	return true;
}

static bool
cm_hi1_wire_read_fault(struct cm_rd *rd, struct cm_hi1_fault *fault)
{
	unsigned error = cm_rd_u16be(rd);
	if (rd->failed || error >= CM_HI1_ERROR_END)
		return false;
	fault->error = (enum cm_hi1_error)error;
	return error == CM_HI1_ERROR_NONE || (cm_hi1_wire_read_text(rd, fault->place, sizeof fault->place) &&
	                                      cm_hi1_wire_read_text(rd, fault->seen, sizeof fault->seen));
}

// A record or nothing.
static void
cm_hi1_wire_write_part(struct cm_buf *to, const struct cm_json_shape *shape, const void *record)
{
	cm_buf_u8(to, record != NULL);
	if (record != NULL)
		cm_json_shape_wire_write(to, shape, record);
}

static bool
cm_hi1_wire_read_part(struct cm_rd *rd, struct cm_arena *arena, const struct cm_json_shape *shape, void **ret_record)
{
	uint8_t given = cm_rd_u8(rd);
	if (rd->failed || given > 1 || shape == NULL)
		return false;
	if (given == 0)
		return true;
	void *record = cm_arena_new(arena, shape->size);
	if (record == NULL || !cm_json_shape_wire_read(rd, arena, shape, record))
		return false;
	*ret_record = record;
	return true;
}

static void
cm_hi1_wire_write_action(struct cm_buf *to, const struct cm_hi1_action *action)
{
	struct cm_hi1_listing listing = {action->listed, action->listed_count};
	cm_buf_u8(to, (uint8_t)action->verb);
	cm_buf_field(to, action->id);
	cm_buf_u8(to, action->object == NULL ? 0 : (uint8_t)action->object->type);
	if (action->object != NULL)
		cm_json_shape_wire_write(to, cm_hi1_object_shape(action->object->type), action->object);
	cm_hi1_wire_write_part(to, &cm_hi1_list_shape, action->list);
	cm_hi1_wire_write_part(to, &cm_hi1_listing_shape, &listing);
	cm_hi1_wire_write_part(to, &cm_hi1_config_shape, action->config);
	cm_hi1_wire_write_part(to, &cm_hi1_error_info_shape, action->error);
	cm_hi1_wire_write_fault(to, &action->fault);
}

static bool
cm_hi1_wire_read_object(struct cm_rd *rd, struct cm_arena *arena, struct cm_hi1_action *action)
{
	unsigned type = cm_rd_u8(rd);
	if (rd->failed || type >= CM_HI1_TYPE_COUNT)
		return false;
	if (type == CM_HI1_TYPE_NONE)
		return true;
	struct cm_hi1_object *object = cm_arena_new(arena, sizeof *object);
	if (object == NULL)
		return false;
	object->type = (enum cm_hi1_type)type;
	action->object = object;
	return cm_json_shape_wire_read(rd, arena, cm_hi1_object_shape(object->type), object);
}

static bool
cm_hi1_wire_read_action(struct cm_rd *rd, struct cm_arena *arena, struct cm_hi1_action *action)
{
	void *list = NULL, *listing = NULL, *config = NULL, *error = NULL;
	unsigned verb = cm_rd_u8(rd);
	action->id = cm_rd_field(rd);
	if (rd->failed || verb > CM_HI1_VERB_GETCSPCONFIG || (action->id.n != 0 && !cm_text_uuid(action->id)))
		return false;
	action->verb = (enum cm_hi1_verb)verb;
	if (!cm_hi1_wire_read_object(rd, arena, action) ||
	    !cm_hi1_wire_read_part(rd, arena, &cm_hi1_list_shape, &list) ||
	    !cm_hi1_wire_read_part(rd, arena, &cm_hi1_listing_shape, &listing) ||
	    !cm_hi1_wire_read_part(rd, arena, &cm_hi1_config_shape, &config) ||
	    !cm_hi1_wire_read_part(rd, arena, &cm_hi1_error_info_shape, &error))
		return false;
	action->list = list;
	action->config = config;
	action->error = error;
	if (listing != NULL) {
		action->listed = ((const struct cm_hi1_listing *)listing)->listed;
		action->listed_count = ((const struct cm_hi1_listing *)listing)->listed_count;
	}
	return cm_hi1_wire_read_fault(rd, &action->fault);
}

cm_result
cm_hi1_message_write_wire(const struct cm_hi1_message *message, struct cm_buf *to)
{
	const struct cm_hi1_jws *jws = &message->jws;
	struct cm_hi1_wire_head head = {
	        .sender = message->sender,
	        .receiver = message->receiver,
	        .transaction = message->transaction,
	        .timestamp = message->timestamp,
	        .workflow = message->workflow,
	        .error = message->error,
	        .protected_b64 = jws->protected_b64,
	        .signature_b64 = jws->signature_b64,
	        .certificate_sha256 = cm_view_of(jws->certificate_sha256, jws->present ? 32 : 0),
	        .request_sha256 = cm_view_of(jws->request_sha256, jws->answers ? 32 : 0),
	        .chain = jws->chain,
	        .chain_count = jws->chain_count,
	};
	size_t before = to->n;
	cm_buf_u8(to, CM_HI1_WIRE_VERSION);
	cm_json_shape_wire_write(to, &cm_hi1_wire_shape, &head);
	cm_buf_u8(to, message->response);
	cm_buf_field(to, message->canonical);
	cm_hi1_wire_write_fault(to, &message->fault);
	cm_buf_u8(to, (uint8_t)message->action_count);
	for (size_t i = 0; i < message->action_count; i++)
		cm_hi1_wire_write_action(to, &message->actions[i]);
	return to->n - before > CM_LIMIT_HI1_WIRE_BYTES_VALUE ? CM_REFUSED : cm_buf_result(to);
}

static bool
cm_hi1_wire_read_head(struct cm_rd *rd, struct cm_arena *arena, struct cm_hi1_message *message)
{
	struct cm_hi1_wire_head head = {.chain = NULL};
	if (cm_rd_u8(rd) != CM_HI1_WIRE_VERSION || !cm_json_shape_wire_read(rd, arena, &cm_hi1_wire_shape, &head))
		return false;
	bool present = head.certificate_sha256.n != 0;
	if (present != (head.protected_b64.n != 0) || present != (head.signature_b64.n != 0))
		return false;
	message->sender = head.sender;
	message->receiver = head.receiver;
	message->transaction = head.transaction;
	message->timestamp = head.timestamp;
	message->workflow = head.workflow;
	message->error = head.error;
	message->jws = (struct cm_hi1_jws){.present = present,
	        .answers = head.request_sha256.n != 0,
	        .chain = head.chain,
	        .chain_count = head.chain_count,
	        .protected_b64 = head.protected_b64,
	        .signature_b64 = head.signature_b64};
	if (present)
		memcpy(message->jws.certificate_sha256, head.certificate_sha256.p, 32);
	if (message->jws.answers)
		memcpy(message->jws.request_sha256, head.request_sha256.p, 32);
	return true;
}

static bool
cm_hi1_wire_read(struct cm_rd *rd, struct cm_arena *arena, struct cm_hi1_message *message)
{
	if (!cm_hi1_wire_read_head(rd, arena, message))
		return false;
	uint8_t response = cm_rd_u8(rd);
	message->response = response == 1;
	message->canonical = cm_rd_field(rd);
	if (response > 1 || !cm_hi1_wire_read_fault(rd, &message->fault))
		return false;
	message->action_count = cm_rd_u8(rd);
	if (rd->failed || message->action_count > CM_LIMIT_HI1_ACTIONS_VALUE)
		return false;
	message->actions = cm_arena_new_many(arena, message->action_count, sizeof *message->actions);
	if (message->actions == NULL && message->action_count != 0)
		return false;
	for (size_t i = 0; i < message->action_count; i++)
		if (!cm_hi1_wire_read_action(rd, arena, &message->actions[i]))
			return false;
	return cm_rd_done(rd);
}

cm_result
cm_hi1_message_read_wire(struct cm_view bytes, struct cm_report *report, struct cm_hi1_message *ret_message)
{
	struct cm_hi1_message message = {.actions = NULL};
	struct cm_arena arena = {NULL, false};
	if (bytes.n > CM_LIMIT_HI1_WIRE_BYTES_VALUE)
		return cm_report_refuse(report, CM_ERROR_WIRE_MALFORMED, "message", "%zu bytes", bytes.n);
	struct cm_rd rd = cm_rd_of(cm_arena_copy(&arena, bytes));
	if (!arena.failed && cm_hi1_wire_read(&rd, &arena, &message)) {
		message.arena = arena;
		*ret_message = message;
		return CM_OK;
	}
	bool memory = arena.failed;
	cm_arena_fini(&arena);
	return memory ? CM_NOMEM : cm_report_refuse(report, CM_ERROR_WIRE_MALFORMED, "message", "byte %zu", rd.at);
}
