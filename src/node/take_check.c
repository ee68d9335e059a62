// Knows: which action of a peer may be done, by the registrar rule and the law's verdict (doc/spec/profile.md, sections 1
// and 6). Does not know: what follows when it may.
#include "node/take.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/tab_limit.h"

static const struct cm_reader_judged *
cm_take_judged(const struct cm_take *take, struct cm_view document)
{
	for (size_t i = 0; i < take->read.judged_count; i++)
		if (cm_view_is(document, take->read.judged[i].document))
			return &take->read.judged[i];
	return NULL;
}

// The law's verdict about a request document. A preservation with gaps is taken and asked back: Art. 42(6) knows no
// refusal for form.
static void
cm_take_check_request(struct cm_take *take, const struct cm_hi1_object *o, struct cm_hi1_fault *fault)
{
	const struct cm_reader_judged *j = cm_take_judged(take, o->id);
	char seen[CM_REPORT_SEEN];
	if (j == NULL || j->good)
		return;
	bool pres = cm_view_is(take->read.message.workflow, "pres") || cm_view_is(take->read.message.workflow, "pres_ext");
	if (pres && j->only_gaps)
		return;
	struct cm_report found;
	cm_report_clear(&found);
	found.findings[0] = (struct cm_finding){.rule = CM_ERROR_NONE};
	cm_reader_judged_report(j, &found);
	const struct cm_finding *f = &found.findings[0];
	if (cm_report_has(&found, CM_ERROR_HI1_WORKFLOW_MISMATCH)) {
		cm_take_fault(&take->whole, CM_HI1_ERROR_WORKFLOW_MISMATCH, f->place, f->seen);
		return;
	}
	snprintf(seen, sizeof seen, "%.80s %.160s", f->place, f->seen);
	enum cm_hi1_error error = j->only_gaps                                      ? CM_HI1_ERROR_CONTENTS_MISSING
	                          : cm_report_has(&found, CM_ERROR_KIND_UNSUPPORTED) ? CM_HI1_ERROR_KIND_UNSUPPORTED
	                          : cm_report_has(&found, CM_ERROR_KIND_UNKNOWN)     ? CM_HI1_ERROR_KIND_UNSUPPORTED
	                                                                             : CM_HI1_ERROR_DOCUMENT_INVALID;
	cm_take_fault(fault, error, "/doc:DocumentBody", seen);
}

static void
cm_take_check_create(struct cm_take *take, const struct cm_hi1_object *o, const struct cm_store_object *known,
                     struct cm_hi1_fault *fault, struct cm_report *report)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) wire = cm_buf_of(CM_LIMIT_HI1_WIRE_BYTES_VALUE);
	(void)report;
	if (known != NULL && cm_event_object_wire(take->node, o, &wire) == CM_OK) {
		struct cm_hash digest = cm_hash_of(cm_buf_view(&wire));
		if (!cm_view_is(known->peer, take->peer.identity.node) || !cm_hash_equal(&digest, &known->digest))
			cm_take_fault(fault, CM_HI1_ERROR_OBJECT_EXISTS, "/ObjectIdentifier", "it is here with other contents");
		else
			take->repeated = true;
		return;
	}
	if (o->type == CM_HI1_TYPE_DOCUMENT &&
	    cm_view_is(o->document.type.value, "Request"))
		cm_take_check_request(take, o, fault);
}

// The status fields belong to the registrar; what is wanted belongs to the creator.
static bool
cm_take_sets_status(const struct cm_hi1_object *o)
{
	switch (o->type) {
	case CM_HI1_TYPE_AUTHORISATION:
		return o->authorisation.status.value.n > 0;
	case CM_HI1_TYPE_DOCUMENT:
		return o->document.status.value.n > 0;
	case CM_HI1_TYPE_PRESERVATION:
		return o->preservation.status.value.n > 0 || o->preservation.expiration.us != 0;
	case CM_HI1_TYPE_DISCLOSURE:
		return o->disclosure.status.value.n > 0;
	case CM_HI1_TYPE_DELIVERY:
		return o->delivery.status.value.n > 0 && !cm_view_is(o->delivery.status.value, "Available") &&
		       !cm_view_is(o->delivery.status.value, "Expired");
	case CM_HI1_TYPE_NONE:
	case CM_HI1_TYPE_NOTIFICATION:
	case CM_HI1_TYPE_ENCRYPTION:
		break;
	}
	return false;
}

static void
cm_take_check_update(struct cm_take *take, const struct cm_hi1_object *o, const struct cm_store_object *known,
                     struct cm_hi1_fault *fault)
{
	char seen[64];
	if (known == NULL || !cm_view_is(known->peer, take->peer.identity.node))
		cm_take_fault(fault, CM_HI1_ERROR_OBJECT_UNKNOWN, "/ObjectIdentifier", "");
	else if (!cm_view_is(known->type, cm_hi1_type_name(o->type)))
		cm_take_fault(fault, CM_HI1_ERROR_OBJECT_UNKNOWN, "/@xsi:type", "the object is of another type");
	else if (known->registrar && cm_take_sets_status(o))
		cm_take_fault(fault, CM_HI1_ERROR_NOT_YOURS, "status", "it is the registrar's");
	else if (known->registrar && o->generation != 0 && (int64_t)o->generation != known->generation) {
		snprintf(seen, sizeof seen, "it is at %lld", (long long)known->generation);
		cm_take_fault(fault, CM_HI1_ERROR_STALE_GENERATION, "/Generation", seen);
	} else if (!known->registrar && o->generation != 0 && (int64_t)o->generation < known->generation) {
		snprintf(seen, sizeof seen, "we know %lld already", (long long)known->generation);
		cm_take_fault(fault, CM_HI1_ERROR_STALE_GENERATION, "/Generation", seen);
	}
}

// Evidence is fetched by URL; it must belong to a request for data of ours.
static cm_result
cm_take_check_deliver(struct cm_take *take, const struct cm_hi1_object *o, struct cm_hi1_fault *fault,
                      struct cm_report *report)
{
	bool ours = false;
	for (size_t i = 0; i < o->associated_count && !ours; i++) {
		struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
		const struct cm_store_object *row = NULL;
		cm_result r = cm_store_object(take->node->store, o->associated[i], report, &page, &row);
		if (r != CM_OK)
			return r;
		ours = row != NULL && !row->registrar && cm_view_is(row->peer, take->peer.identity.node) &&
		       cm_view_is(row->type, "LDTask");
	}
	if (o->delivery.by_url == NULL)
		cm_take_fault(fault, CM_HI1_ERROR_UNSUPPORTED, "/delivery:Delivery", "evidence is taken by URL");
	else if (o->delivery.by_url->sha256.n != 32 || o->delivery.by_url->length == 0 ||
	         o->delivery.by_url->length > CM_LIMIT_EVIDENCE_BYTES_VALUE)
		cm_take_fault(fault, CM_HI1_ERROR_CONTENT_INVALID, "/delivery:Delivery", "length or SHA-256");
	else if (!ours)
		cm_take_fault(fault, CM_HI1_ERROR_REFERENCE_UNRESOLVED, "/AssociatedObjects", "no request for data of ours");
	return CM_OK;
}

static cm_result
cm_take_check_action(struct cm_take *take, size_t at, struct cm_report *report)
{
	const struct cm_hi1_action *action = &take->read.message.actions[at];
	const struct cm_hi1_object *o = action->object;
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_object *known = NULL;
	struct cm_hi1_fault *fault = &take->faults[at];
	*fault = action->fault;
	if (o == NULL || fault->error != CM_HI1_ERROR_NONE)
		return CM_OK;
	cm_result r = take->unseen ? CM_OK : cm_store_object(take->node->store, o->id, report, &page, &known);
	if (r != CM_OK)
		return r;
	if (action->verb == CM_HI1_VERB_UPDATE)
		cm_take_check_update(take, o, known, fault);
	else
		cm_take_check_create(take, o, known, fault, report);
	if (action->verb == CM_HI1_VERB_DELIVER && known == NULL)
		r = cm_take_check_deliver(take, o, fault, report);
	return r;
}

cm_result
cm_take_check(struct cm_take *take, struct cm_report *report)
{
	cm_result r = CM_OK;
	for (size_t i = 0; r == CM_OK && i < take->read.message.action_count; i++) {
		r = cm_take_check_action(take, i, report);
		take->any_fault = take->any_fault || take->faults[i].error != CM_HI1_ERROR_NONE;
	}
	return r;
}
