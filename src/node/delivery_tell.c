// Knows: the message by which the receiver of evidence, as registrar of the Delivery, tells its status (doc/spec/profile.md,
// section 4). Does not know: how the evidence came or what is in it.
#include "node/delivery_tell.h"

#include <stdio.h>

#include "base/mem.h"
#include "base/tab_limit.h"
#include "node/send.h"

// What the message needs from the store: the kind of the request, and how often the object was changed.
static cm_result
cm_delivery_tell_about(struct cm_node *node, const struct cm_store_delivery *row, struct cm_report *report,
                       char kind[32], uint64_t *ret_generation)
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page2 = NULL;
	const struct cm_store_request *request = NULL;
	const struct cm_store_object *object = NULL;
	cm_result r = cm_store_request(node->store, row->request, report, &page, &request);
	if (r == CM_OK)
		r = cm_store_object(node->store, row->id, report, &page2, &object);
	if (r != CM_OK)
		return r;
	snprintf(kind, 32, "%.*s", CM_VIEW_ARG(request == NULL ? cm_view_text("stored") : request->kind));
	*ret_generation = object == NULL ? 2 : (uint64_t)object->generation + 1;
	return CM_OK;
}

struct cm_delivery_tell_into {
	struct cm_change *change;
	struct cm_buf *detail;
};

static cm_result
cm_delivery_tell_send(struct cm_node *node, const struct cm_hi1_message *message, const struct cm_store_delivery *row,
                      const struct cm_delivery_tell_into *into, struct cm_report *report)
{
	char request[40];
	snprintf(request, sizeof request, "%.*s", CM_VIEW_ARG(row->request));
	struct cm_send send = {.message = message, .told = {.peer = row->peer}, .topic = "delivery", .request = request};
	cm_act_set(&send.act, CM_ACT_FIELD_TYPE, cm_view_text("told"));
	cm_act_set(&send.act, CM_ACT_FIELD_PEER, row->peer);
	cm_act_set(&send.act, CM_ACT_FIELD_REQUEST, row->request);
	cm_act_set(&send.act, CM_ACT_FIELD_OBJECT, row->id);
	cm_act_set(&send.act, CM_ACT_FIELD_ARTIFACT, cm_view_text("$artifact"));
	return cm_send_with(node, &send, into->change, report, into->detail);
}

cm_result
cm_delivery_tell(struct cm_node *node, const struct cm_delivery_tell *tell, struct cm_change *change,
                 struct cm_report *report, struct cm_buf *detail)
{
	const struct cm_store_delivery *row = tell->row;
	struct cm_arena CM_CLEANUP(cm_arena_fini) arena = {.blocks = NULL};
	struct cm_hi1_message message;
	char notification[37], kind[32], peer[CM_X509_NODE];
	uint64_t generation = 2;
	snprintf(peer, sizeof peer, "%.*s", CM_VIEW_ARG(row->peer));
	cm_result r = cm_delivery_tell_about(node, row, report, kind, &generation);
	if (r == CM_OK)
		r = cm_send_begin(node, peer, cm_view_text(kind), &arena, report, &message);
	if (r == CM_OK)
		r = cm_node_uuid(notification, report);
	if (r != CM_OK)
		return r;
	struct cm_instant second = cm_instant_of_seconds(cm_instant_seconds(message.timestamp));
	struct cm_hi1_state state = {.object = row->id,
	                             .status = {CM_DICTIONARY_REQUEST_STATE, cm_view_text("delivered")},
	                             .details = tell->detail};
	struct cm_hi1_object objects[2] = {
	        {.type = CM_HI1_TYPE_DELIVERY, .id = row->id, .generation = generation, .last_changed = second},
	        {.type = CM_HI1_TYPE_NOTIFICATION,
	         .id = cm_view_text(notification),
	         .country = message.sender.country,
	         .owner = message.sender.id,
	         .associated = &row->id,
	         .associated_count = 1},
	};
	objects[0].delivery.status = cm_hi1_entry_of(CM_DICTIONARY_DELIVERY_STATUS, tell->status);
	objects[1].notification = (struct cm_hi1_notification){
	        .details = cm_view_text(tell->words),
	        .type = cm_hi1_entry_of(CM_DICTIONARY_NOTIFICATION_TYPE, "Delivery"),
	        .is_new = CM_HI1_YES,
	        .at = second,
	        .states = &state,
	        .state_count = 1,
	};
	struct cm_hi1_action actions[2] = {{.verb = CM_HI1_VERB_UPDATE, .object = &objects[0]},
	                                   {.verb = CM_HI1_VERB_CREATE, .object = &objects[1]}};
	message.actions = actions;
	message.action_count = 2;
	return cm_delivery_tell_send(node, &message, row, &(struct cm_delivery_tell_into){change, detail}, report);
}
