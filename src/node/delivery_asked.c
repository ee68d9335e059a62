// Knows: where in the message that asked the task and the key of a delivery are named. Does not know: what is delivered (decide.c).
// Serves doc/spec/profile.md, section 3.
#include "node/delivery_asked.h"

#include "base/mem.h"

cm_result
cm_delivery_asked_find(struct cm_node *node, const struct cm_store_request *request, struct cm_arena *arena,
                       struct cm_report *report, struct cm_hi1_delivery *delivery)
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_artifact *row = NULL;
	struct cm_reader_read CM_CLEANUP(cm_reader_read_fini) read = {.judged_count = 0};
	struct cm_reader_told told = {{.us = 0}, 0, 0};
	cm_result r = cm_store_artifact(node->store, request->message, report, &page, &row);
	if (r == CM_OK && row != NULL)
		r = cm_reader_client_hi1(&node->reader, row->bytes, &told, report, &read);
	for (size_t i = 0; r == CM_OK && i < read.message.action_count; i++) {
		const struct cm_hi1_object *o = read.message.actions[i].object;
		if (o != NULL && o->type == CM_HI1_TYPE_DISCLOSURE && cm_view_equal(o->id, request->objects))
			delivery->reference = cm_arena_copy(arena, o->disclosure.reference);
		if (o != NULL && o->type == CM_HI1_TYPE_ENCRYPTION)
			delivery->encryption = cm_arena_copy(arena, o->id);
	}
	if (r == CM_OK && (delivery->reference.n == 0 || delivery->encryption.n == 0))
		r = cm_report_refuse(report, CM_ERROR_EVIDENCE_NOBODY, "request", "%.*s", CM_VIEW_ARG(request->id));
	return r;
}
