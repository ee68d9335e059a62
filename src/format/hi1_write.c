// Knows: how a record becomes a message in RFC 8785 form (doc/spec/profile.md section 5), and how the signature joins
// it. Does not know: what should be said, or how to sign. The inverse of hi1_message.c.
#include <string.h>

#include "base/mem.h"
#include "base/tab_limit.h"
#include "format/hi1_action.h"
#include "format/hi1_message.h"

static unsigned
cm_hi1_write_context(enum cm_hi1_verb verb, bool response)
{
	if (response)
		return 0;
	return verb == CM_HI1_VERB_CREATE ? CM_SHAPE_CREATE : verb == CM_HI1_VERB_DELIVER ? CM_SHAPE_DELIVER : 0;
}

static cm_result
cm_hi1_write_operands(struct cm_json_put *put, const struct cm_hi1_action *action, bool response)
{
	cm_result r = CM_OK;
	cm_json_put_object(put);
	if (action->object != NULL) {
		const struct cm_json_shape *shape = cm_hi1_object_shape(action->object->type);
		cm_json_put_name(put, "HI1Object");
		r = shape == NULL ? CM_BUG
		                  : cm_json_shape_write(put, shape, action->object,
		                                        cm_hi1_write_context(action->verb, response));
	}
	if (action->id.n != 0)
		cm_json_put_member_text(put, "Identifier", action->id);
	cm_json_put_end_object(put);
	return r;
}

static cm_result
cm_hi1_write_verb(struct cm_json_put *put, const struct cm_hi1_action *action, bool response)
{
	if (action->verb == CM_HI1_VERB_NONE)
		return action->error == NULL ? CM_BUG
		                             : cm_json_shape_write(put, &cm_hi1_error_info_shape, action->error, 0);
	if (action->verb == CM_HI1_VERB_LIST && !response)
		return action->list == NULL ? CM_BUG : cm_json_shape_write(put, &cm_hi1_list_shape, action->list, 0);
	if (action->verb == CM_HI1_VERB_LIST) {
		struct cm_hi1_listing listing = {action->listed, action->listed_count};
		return cm_json_shape_write(put, &cm_hi1_listing_shape, &listing, 0);
	}
	if (action->verb == CM_HI1_VERB_GETCSPCONFIG && response)
		return action->config == NULL ? CM_BUG
		                              : cm_json_shape_write(put, &cm_hi1_config_shape, action->config, 0);
	return cm_hi1_write_operands(put, action, response);
}

static cm_result
cm_hi1_write_actions(struct cm_json_put *put, const struct cm_hi1_message *message)
{
	if (message->action_count == 0 || message->action_count > CM_LIMIT_HI1_ACTIONS_VALUE)
		return CM_BUG;
	cm_json_put_object(put);
	cm_json_put_name(put, message->response ? "ActionResponse" : "ActionRequest");
	cm_json_put_array(put);
	for (size_t i = 0; i < message->action_count; i++) {
		const struct cm_hi1_action *action = &message->actions[i];
		const char *name = cm_hi1_action_member(action->verb, message->response);
		if (*name == 0)
			return CM_BUG;
		cm_json_put_object(put);
		cm_json_put_member_number(put, "ActionIdentifier", (int64_t)i);
		cm_json_put_name(put, name);
		cm_result r = cm_hi1_write_verb(put, action, message->response);
		if (r != CM_OK)
			return r;
		cm_json_put_end_object(put);
	}
	cm_json_put_end_array(put);
	cm_json_put_end_object(put);
	return CM_OK;
}

static cm_result
cm_hi1_write_payload(struct cm_json_put *put, const struct cm_hi1_message *message)
{
	cm_result r;
	cm_json_put_object(put);
	cm_json_put_name(put, message->response ? "ResponsePayload" : "RequestPayload");
	cm_json_put_object(put);
	if (message->error != NULL && message->response) {
		cm_json_put_name(put, "ErrorInformation");
		r = cm_json_shape_write(put, &cm_hi1_error_info_shape, message->error, 0);
	} else {
		cm_json_put_name(put, message->response ? "ActionResponses" : "ActionRequests");
		r = cm_hi1_write_actions(put, message);
	}
	if (r != CM_OK)
		return r;
	cm_json_put_end_object(put);
	cm_json_put_end_object(put);
	return cm_buf_result(put->to);
}

static cm_result
cm_hi1_write_header(struct cm_json_put *put, const struct cm_hi1_message *message)
{
	struct cm_hi1_header header = {
	        .sender = message->sender,
	        .receiver = message->receiver,
	        .transaction = message->transaction,
	        .timestamp = message->timestamp,
	        .workflow = message->workflow,
	        .etsi_version = cm_view_text(CM_HI1_ETSI_VERSION),
	        .profile_owner = cm_view_text(CM_HI1_PROFILE_OWNER),
	        .profile_version = cm_view_text(CM_HI1_PROFILE_VERSION),
	};
	return cm_json_shape_write(put, &cm_hi1_header_shape, &header, 0);
}

cm_result
cm_hi1_message_write(const struct cm_hi1_message *message, struct cm_buf *to)
{
	// The payload first, since the namespaces in front of it depend on what it uses.
	struct cm_buf CM_CLEANUP(cm_buf_fini) payload = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE);
	struct cm_json_put inner = cm_json_put_of(&payload);
	cm_result r = cm_hi1_write_payload(&inner, message);
	if (r != CM_OK)
		return r;
	unsigned used = cm_hi1_prefixes(cm_buf_view(&payload));
	size_t before = to->n;
	struct cm_json_put put = cm_json_put_of(to);
	cm_json_put_object(&put);
	for (unsigned i = 0; i < CM_HI1_NAMESPACES; i++)
		if (cm_hi1_namespaces[i].prefix[0] == 0 || (used & 1u << i))
			cm_json_put_member_cstr(&put, cm_hi1_namespaces[i].member, cm_hi1_namespaces[i].uri);
	cm_json_put_name(&put, "Header");
	r = cm_hi1_write_header(&put, message);
	if (r != CM_OK)
		return r;
	cm_json_put_name(&put, "Payload");
	cm_json_put_raw(&put, cm_buf_view(&payload));
	cm_json_put_end_object(&put);
	if (to->n - before > CM_LIMIT_MESSAGE_BYTES_VALUE)
		return CM_REFUSED;
	return cm_buf_result(to);
}

cm_result
cm_hi1_message_sign(struct cm_view canonical, struct cm_view protected_b64, struct cm_view signature_b64,
                    struct cm_buf *to)
{
	if (canonical.n < 2 || canonical.p[canonical.n - 1] != '}')
		return CM_BUG;
	// "Signature" sorts behind "Payload", the last member.
	cm_buf_view_add(to, cm_view_part(canonical, 0, canonical.n - 1));
	cm_buf_text(to, ",\"Signature\":");
	struct cm_json_put put = cm_json_put_of(to);
	cm_json_put_object(&put);
	cm_json_put_member_text(&put, "protected", protected_b64);
	cm_json_put_member_text(&put, "signature", signature_b64);
	cm_json_put_end_object(&put);
	cm_buf_u8(to, '}');
	return cm_buf_result(to);
}
