// Knows: which HI-1 objects carry a request of which family and how they refer to one another (doc/spec/profile.md,
// section 2). Does not know: law, keys, peers.
#include "format/draft.h"

#include "base/mem.h"
#include "base/tab_limit.h"

static struct cm_hi1_object
cm_draft_object(const struct cm_draft_told *told, enum cm_hi1_type type, struct cm_view id)
{
	return (struct cm_hi1_object){
	        .type = type, .id = id, .country = told->sender.country, .owner = told->sender.id, .external_id = told->reference};
}

static struct cm_hi1_object
cm_draft_authorisation_object(struct cm_draft *draft, const struct cm_draft_told *told, bool emergency)
{
	struct cm_hi1_object o = cm_draft_object(told, CM_HI1_TYPE_AUTHORISATION, told->authorisation);
	o.authorisation = draft->authorisation;
	if (o.authorisation.reference.n == 0)
		o.authorisation.reference = told->reference;
	if (o.authorisation.start.us == 0)
		o.authorisation.start = cm_instant_of_seconds(cm_instant_seconds(told->now));
	o.authorisation.legal_type = (struct cm_hi1_entry){
	        CM_DICTIONARY_LEGAL_TYPE, draft->doc.legal_basis_count > 0 ? draft->doc.legal_basis[0].instrument
	                                                                                 : cm_view_text("HC")};
	o.authorisation.desired_status =
	        cm_hi1_entry_of(CM_DICTIONARY_AUTHORISATION_DESIRED_STATUS, emergency ? "EmergencyApproval" : "Approved");
	if (emergency) {
		draft->authorisation_flag = cm_hi1_entry_of(CM_DICTIONARY_AUTHORISATION_FLAG, "IsEmergency");
		o.authorisation.flags = &draft->authorisation_flag;
		o.authorisation.flag_count = 1;
	}
	o.authorisation.jurisdiction = told->sender.country;
	o.authorisation.legal_entity = draft->doc.requesting == NULL ? told->node : draft->doc.requesting->name;
	if (draft->approval.name.n > 0) {
		draft->approval.type = cm_view_text("comity: second person");
		draft->approval.at = cm_instant_of_seconds(cm_instant_seconds(told->now));
		draft->approval.emergency = emergency ? CM_HI1_YES : CM_HI1_NO;
		if (draft->approval.reference.n == 0)
			draft->approval.reference = told->reference;
		o.authorisation.approvals = &draft->approval;
		o.authorisation.approval_count = 1;
	}
	return o;
}

static cm_result
cm_draft_document_object(struct cm_draft *draft, const struct cm_draft_told *told, const struct cm_view *associated,
                         size_t associated_count, struct cm_hi1_object *ret_object)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) text = cm_buf_of(CM_LIMIT_DOCUMENT_BYTES_VALUE);
	struct cm_hi1_body *body = cm_arena_new(&draft->arena, sizeof *body);
	uint8_t digest[32];
	struct cm_buf CM_CLEANUP(cm_buf_fini) name = cm_buf_of(CM_LIMIT_DOCUMENT_BYTES_VALUE);
	cm_result r = cm_request_doc_write(&draft->doc, &text);
	if (r != CM_OK)
		return r;
	if (body == NULL)
		return CM_NOMEM;
	cm_buf_text(&name, "Request: ");
	cm_buf_view_add(&name, told->reference);
	body->contents = cm_arena_copy(&draft->arena, cm_buf_view(&text));
	told->sha256(body->contents, digest);
	body->sha256 = cm_arena_copy(&draft->arena, cm_view_of(digest, sizeof digest));
	body->content_type = cm_view_text(CM_HI1_CONTENT_TYPE_REQUEST);
	struct cm_hi1_object o = cm_draft_object(told, CM_HI1_TYPE_DOCUMENT, told->document);
	o.associated = associated;
	o.associated_count = associated_count;
	o.document.name = cm_arena_copy(&draft->arena, cm_buf_view(&name));
	o.document.type = cm_hi1_entry_of(CM_DICTIONARY_DOCUMENT_TYPE, "Request");
	o.document.body = body;
	o.document.desired_status = cm_hi1_entry_of(CM_DICTIONARY_DOCUMENT_DESIRED_STATUS, "Approved");
	*ret_object = o;
	return draft->arena.failed ? CM_NOMEM : CM_OK;
}

static struct cm_hi1_object
cm_draft_preservation_object(struct cm_draft *draft, const struct cm_draft_told *told)
{
	struct cm_hi1_object o = cm_draft_object(told, CM_HI1_TYPE_PRESERVATION, told->task);
	o.preservation.desired_status = cm_hi1_entry_of(CM_DICTIONARY_LPTASK_DESIRED_STATUS, "Preserved");
	o.preservation.details = &draft->details;
	o.preservation.desired_expiration = draft->wanted_end;
	return o;
}

static struct cm_hi1_object
cm_draft_encryption_object(struct cm_draft *draft, const struct cm_draft_told *told)
{
	struct cm_hi1_certificate *certificate = cm_arena_new(&draft->arena, sizeof *certificate);
	struct cm_hi1_object o = cm_draft_object(told, CM_HI1_TYPE_ENCRYPTION, told->encryption);
	if (certificate != NULL)
		certificate->der = told->seal_certificate;
	o.encryption.scheme = cm_hi1_entry_of(CM_DICTIONARY_ENCRYPTION_SCHEME, "age-v1-x25519");
	o.encryption.certificates = certificate;
	o.encryption.certificate_count = 1;
	return o;
}

static struct cm_hi1_object
cm_draft_disclosure_object(struct cm_draft *draft, const struct cm_draft_told *told, bool emergency)
{
	struct cm_hi1_destination *to = cm_arena_new(&draft->arena, sizeof *to);
	struct cm_hi1_object o = cm_draft_object(told, CM_HI1_TYPE_DISCLOSURE, told->task);
	if (to != NULL) {
		to->endpoint = told->sender;
		to->encryption = told->encryption;
		to->handover_format = cm_hi1_entry_of(CM_DICTIONARY_HANDOVER_FORMAT, "asic-e-sealed");
	}
	o.disclosure.reference = told->disclosure_reference;
	o.disclosure.desired_status = cm_hi1_entry_of(CM_DICTIONARY_LDTASK_DESIRED_STATUS, "Disclosed");
	o.disclosure.details = &draft->details;
	o.disclosure.destinations = to;
	o.disclosure.destination_count = 1;
	o.disclosure.preservations = draft->preservations;
	o.disclosure.preservation_count = draft->preservation_count;
	o.disclosure.deadlines = &draft->deadline;
	o.disclosure.deadline_count = draft->deadline.at.us == 0 ? 0 : 1;
	if (emergency) {
		draft->task_flag = cm_hi1_entry_of(CM_DICTIONARY_LDTASK_FLAG, "IsEmergency");
		o.disclosure.flags = &draft->task_flag;
		o.disclosure.flag_count = 1;
	}
	return o;
}

// What the side that asked wants of its preservation from now on; the rest of the task stays as it is.
static struct cm_hi1_object
cm_draft_later_object(struct cm_draft *draft, enum cm_draft_task task)
{
	struct cm_hi1_object o = {.type = CM_HI1_TYPE_PRESERVATION};
	for (size_t i = 0; i < draft->preservation_count; i++)
		if (cm_view_is(draft->preservations[i].nature, "comity:ObjectIdentifier"))
			o.id = draft->preservations[i].value;
	o.preservation.desired_status =
	        cm_hi1_entry_of(CM_DICTIONARY_LPTASK_DESIRED_STATUS, task == CM_DRAFT_EXTENSION ? "Preserved" : "Cancelled");
	if (task == CM_DRAFT_EXTENSION)
		o.preservation.desired_expiration = draft->wanted_end;
	return o;
}

// The Document Request names the task, and the request that the preservation began with.
static cm_result
cm_draft_later(struct cm_draft *draft, const struct cm_draft_told *told, enum cm_draft_task task,
               struct cm_hi1_object *objects)
{
	struct cm_view *ids = cm_arena_new_many(&draft->arena, 2, sizeof *ids);
	size_t n = 0;
	if (ids == NULL)
		return CM_NOMEM;
	objects[1] = cm_draft_later_object(draft, task);
	ids[n++] = objects[1].id;
	if (draft->doc.relates_to_count > 0)
		ids[n++] = draft->doc.relates_to[0].id;
	return cm_draft_document_object(draft, told, ids, n, &objects[0]);
}

static bool
cm_draft_is_later(enum cm_draft_task task)
{
	return task == CM_DRAFT_EXTENSION || task == CM_DRAFT_ENDING;
}

// A new request: what it creates refers to one another.
static cm_result
cm_draft_new(struct cm_draft *draft, const struct cm_draft_told *told, enum cm_draft_task task,
             struct cm_hi1_object *objects, size_t *ret_count)
{
	struct cm_view *ids = cm_arena_new_many(&draft->arena, 4, sizeof *ids);
	bool emergency = task == CM_DRAFT_EMERGENCY, data = emergency || task == CM_DRAFT_DISCLOSURE;
	size_t n = 0;
	if (ids == NULL)
		return CM_NOMEM;
	if (task != CM_DRAFT_ALONE)
		objects[n++] = cm_draft_authorisation_object(draft, told, emergency);
	ids[0] = told->authorisation;
	cm_result r = cm_draft_document_object(draft, told, ids, task == CM_DRAFT_ALONE ? 0 : 1, &objects[n++]);
	if (data)
		objects[n++] = cm_draft_encryption_object(draft, told);
	if (task == CM_DRAFT_PRESERVATION)
		objects[n++] = cm_draft_preservation_object(draft, told);
	if (data)
		objects[n++] = cm_draft_disclosure_object(draft, told, emergency);
	if (data || task == CM_DRAFT_PRESERVATION) {
		ids[1] = told->document;
		ids[2] = told->encryption;
		objects[n - 1].associated = ids;
		objects[n - 1].associated_count = data ? 3 : 2;
	}
	*ret_count = n;
	return r;
}

cm_result
cm_draft_message(struct cm_draft *draft, const struct cm_draft_told *told, enum cm_draft_task task,
                 struct cm_report *report, struct cm_hi1_message *ret_message)
{
	(void)report;
	struct cm_hi1_object *objects = cm_arena_new_many(&draft->arena, 4, sizeof *objects);
	struct cm_hi1_action *actions = cm_arena_new_many(&draft->arena, 4, sizeof *actions);
	size_t n = 2;
	if (draft->arena.failed)
		return CM_NOMEM;
	cm_result r = cm_draft_is_later(task) ? cm_draft_later(draft, told, task, objects)
	                                      : cm_draft_new(draft, told, task, objects, &n);
	if (r != CM_OK || draft->arena.failed)
		return r != CM_OK ? r : CM_NOMEM;
	for (size_t i = 0; i < n; i++)
		actions[i] = (struct cm_hi1_action){.verb = CM_HI1_VERB_CREATE, .object = &objects[i]};
	if (cm_draft_is_later(task))
		actions[1].verb = CM_HI1_VERB_UPDATE;
	*ret_message = (struct cm_hi1_message){
	        .sender = told->sender,
	        .receiver = told->receiver,
	        .transaction = told->transaction,
	        .timestamp = told->now,
	        .workflow = draft->doc.kind,
	        .actions = actions,
	        .action_count = n,
	};
	return CM_OK;
}
