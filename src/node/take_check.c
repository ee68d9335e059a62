// Knows: which action of a peer may be done, by the registrar rule and the law's verdict (doc/spec/profile.md, sections 1
// and 6). Does not know: what follows when it may.
#include "node/take.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/tab_limit.h"
#include "node/joint.h"
#include "domain/move.h"

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
cm_take_check_law(struct cm_take *take, const struct cm_reader_judged *j, struct cm_hi1_fault *fault)
{
	char seen[CM_REPORT_SEEN];
	if (j->good)
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

static cm_result
cm_take_check_request(struct cm_take *take, const struct cm_hi1_object *o, struct cm_hi1_fault *fault, struct cm_report *report)
{
	const struct cm_reader_judged *j = cm_take_judged(take, o->id);
	const char *why = NULL;
	if (j == NULL) {
		cm_take_fault(fault, CM_HI1_ERROR_DOCUMENT_INVALID, "/doc:DocumentBody", "it could not be judged");
		return CM_OK;
	}
	cm_take_check_law(take, j, fault);
	cm_result r = cm_joint_take(take->node, cm_view_text(take->peer.identity.node), j, report, &why);
	if (r == CM_OK && why != NULL)
		cm_take_fault(fault, CM_HI1_ERROR_REFERENCE_UNRESOLVED, "/relates_to", why);
	return r;
}

static cm_result
cm_take_check_create(struct cm_take *take, size_t at, const struct cm_store_object *known, struct cm_report *report)
{
	const struct cm_hi1_object *o = take->read.message.actions[at].object;
	struct cm_buf CM_CLEANUP(cm_buf_fini) wire = cm_buf_of(CM_LIMIT_HI1_WIRE_BYTES_VALUE);
	struct cm_hi1_fault *fault = &take->faults[at];
	if (known != NULL) {
		cm_result r = cm_event_object_wire(take->node, o, &wire);
		if (r != CM_OK)
			return r;
		struct cm_hash digest = cm_hash_of(cm_buf_view(&wire));
		take->known[at] = cm_view_is(known->peer, take->peer.identity.node) && cm_hash_equal(&digest, &known->digest);
		if (!take->known[at])
			cm_take_fault(fault, CM_HI1_ERROR_OBJECT_EXISTS, "/ObjectIdentifier", "it is here with other contents");
		return CM_OK;
	}
	if (o->type == CM_HI1_TYPE_DOCUMENT && cm_view_is(o->document.type.value, "Request"))
		return cm_take_check_request(take, o, fault, report);
	for (size_t i = 0; o->type == CM_HI1_TYPE_NOTIFICATION && i < o->notification.state_count; i++) {
		struct cm_hi1_entry told = o->notification.states[i].status;
		if (told.dictionary == CM_DICTIONARY_REQUEST_STATE && cm_state_find(told.value.p, told.value.n) == CM_STATE_NONE)
			cm_take_fault(fault, CM_HI1_ERROR_DICTIONARY_VALUE, "/notification:StatusOfAssociatedObjects", "no state of a request");
	}
	return CM_OK;
}

// A preservation cannot have ended before it was asked for (Art. 42(8)); by now it may be over.
static cm_result
cm_take_check_end(struct cm_take *take, const struct cm_hi1_object *o, const struct cm_store_object *known,
                  struct cm_hi1_fault *fault, struct cm_report *report)
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_request *request = NULL;
	if (known == NULL || known->registrar || o->type != CM_HI1_TYPE_PRESERVATION || o->preservation.expiration.us == 0 ||
	    !cm_view_is(o->preservation.status.value, "Preserved"))
		return CM_OK;
	cm_result r = cm_store_request(take->node->store, known->request, report, &page, &request);
	int64_t apart = CM_LIMIT_CLOCK_AHEAD_S_VALUE * CM_INSTANT_SECOND; // the two clocks are not one
	if (r == CM_OK && request != NULL && o->preservation.expiration.us <= request->created.us - apart)
		cm_take_fault(fault, CM_HI1_ERROR_CONTENT_INVALID, "/task:PreservationExpiration", "it is before the request");
	return r;
}

// What only the registrar says.
static bool
cm_take_sets_status(const struct cm_hi1_object *o)
{
	if (o->last_changed.us != 0)
		return true;
	switch (o->type) {
	case CM_HI1_TYPE_AUTHORISATION:
		return o->authorisation.status.value.n > 0 || o->authorisation.invalid_reason != NULL;
	case CM_HI1_TYPE_DOCUMENT:
		return o->document.status.value.n > 0 || o->document.invalid_reason != NULL;
	case CM_HI1_TYPE_PRESERVATION:
		return o->preservation.status.value.n > 0 || o->preservation.reason != NULL || o->preservation.expiration.us != 0;
	case CM_HI1_TYPE_DISCLOSURE:
		return o->disclosure.status.value.n > 0 || o->disclosure.reason != NULL;
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

static bool
cm_take_sets_authorisation(const struct cm_hi1_authorisation *a)
{
	return a->reference.n > 0 || a->legal_type.value.n > 0 || a->priority.value.n > 0 || a->desired_status.value.n > 0 ||
	       a->type_of_case.value.n > 0 || a->start.us != 0 || a->end.us != 0 || a->approval_count > 0 || a->flag_count > 0 ||
	       a->manual_information.n > 0 || a->jurisdiction.n > 0 || a->legal_entity.n > 0;
}

static bool
cm_take_sets_disclosure(const struct cm_hi1_disclosure *d)
{
	return d->reference.n > 0 || d->desired_status.value.n > 0 || d->details != NULL || d->destination_count > 0 ||
	       d->approval_count > 0 || d->provider != NULL || d->flag_count > 0 || d->preservation_count > 0 ||
	       d->deadline_count > 0 || d->manual_information.n > 0;
}

static bool
cm_take_sets_delivery(const struct cm_hi1_delivery *d)
{
	return d->reference.n > 0 || d->delivery_id.n > 0 || d->sequence != 0 || d->last != CM_HI1_UNSET ||
	       d->manifest.value.n > 0 || d->by_url != NULL || d->embedded != NULL || d->desired_status.value.n > 0 ||
	       d->encryption.n > 0 || d->encryption_information.n > 0;
}

// What only the creator says.
static bool
cm_take_sets_contents(const struct cm_hi1_object *o)
{
	switch (o->type) {
	case CM_HI1_TYPE_AUTHORISATION:
		return cm_take_sets_authorisation(&o->authorisation);
	case CM_HI1_TYPE_DOCUMENT:
		return o->document.reference.n > 0 || o->document.name.n > 0 || o->document.type.value.n > 0 ||
		       o->document.desired_status.value.n > 0 || o->document.start.us != 0 || o->document.end.us != 0 ||
		       o->document.body != NULL;
	case CM_HI1_TYPE_PRESERVATION:
		return o->preservation.desired_status.value.n > 0 || o->preservation.details != NULL ||
		       o->preservation.desired_expiration.us != 0 || o->preservation.provider != NULL;
	case CM_HI1_TYPE_DISCLOSURE:
		return cm_take_sets_disclosure(&o->disclosure);
	case CM_HI1_TYPE_DELIVERY:
		return cm_take_sets_delivery(&o->delivery);
	case CM_HI1_TYPE_NONE:
	case CM_HI1_TYPE_NOTIFICATION:
	case CM_HI1_TYPE_ENCRYPTION:
		break;
	}
	return true;
}

// A change by the side that asked takes effect through the state that its notification tells, or through the request that
// comes with it; alone it would only be kept, and nobody would act on it.
static bool
cm_take_takes_effect(const struct cm_take *take, const struct cm_hi1_object *o)
{
	const struct cm_hi1_message *m = &take->read.message;
	struct cm_take_later later;
	if (cm_take_later(take, &later) && m->actions[later.task].object == o)
		return true;
	for (size_t i = 0; i < m->action_count; i++)
		if (m->actions[i].verb == CM_HI1_VERB_CREATE && m->actions[i].object != NULL &&
		    m->actions[i].object->type == CM_HI1_TYPE_NOTIFICATION && m->actions[i].object->notification.state_count > 0)
			return true;
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
	else if (!known->registrar && cm_take_sets_contents(o))
		cm_take_fault(fault, CM_HI1_ERROR_NOT_YOURS, "contents", "they are the creator's");
	else if (known->registrar && o->generation != 0 && (int64_t)o->generation != known->generation) {
		snprintf(seen, sizeof seen, "it is at %lld", (long long)known->generation);
		cm_take_fault(fault, CM_HI1_ERROR_STALE_GENERATION, "/Generation", seen);
	} else if (!known->registrar && o->generation != 0 && (int64_t)o->generation < known->generation) {
		snprintf(seen, sizeof seen, "we know %lld already", (long long)known->generation);
		cm_take_fault(fault, CM_HI1_ERROR_STALE_GENERATION, "/Generation", seen);
	} else if (known->registrar && o->type != CM_HI1_TYPE_DELIVERY && !cm_take_takes_effect(take, o))
		cm_take_fault(fault, CM_HI1_ERROR_MOVE_NOT_ALLOWED, "/HI1Object",
		              "no notification or request says what is asked with it");
}

// Evidence is fetched by URL; it must belong to a request for data of ours.
static cm_result
cm_take_check_deliver(struct cm_take *take, const struct cm_hi1_object *o, struct cm_hi1_fault *fault,
                      struct cm_report *report)
{
	bool ours = false;
	char request[40] = "";
	for (size_t i = 0; i < o->associated_count && !ours; i++) {
		struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
		const struct cm_store_object *row = NULL;
		cm_result r = cm_store_object(take->node->store, o->associated[i], report, &page, &row);
		if (r != CM_OK)
			return r;
		ours = row != NULL && !row->registrar && cm_view_is(row->peer, take->peer.identity.node) &&
		       cm_view_is(row->type, "LDTask");
		if (ours)
			snprintf(request, sizeof request, "%.*s", CM_VIEW_ARG(row->request));
	}
	if (o->delivery.by_url == NULL)
		cm_take_fault(fault, CM_HI1_ERROR_UNSUPPORTED, "/delivery:Delivery", "evidence is taken by URL");
	else if (o->delivery.by_url->sha256.n != 32 || o->delivery.by_url->length == 0 ||
	         o->delivery.by_url->length > CM_LIMIT_EVIDENCE_BYTES_VALUE)
		cm_take_fault(fault, CM_HI1_ERROR_CONTENT_INVALID, "/delivery:Delivery", "length or SHA-256");
	else if (!ours)
		cm_take_fault(fault, CM_HI1_ERROR_REFERENCE_UNRESOLVED, "/AssociatedObjects", "no request for data of ours");
	else
		return cm_take_check_delivery(take, &o->delivery, cm_view_text(request), fault, report);
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
	if (o == NULL || fault->error != CM_HI1_ERROR_NONE)
		return CM_OK;
	cm_result r = take->unseen ? CM_OK : cm_store_object(take->node->store, o->id, report, &page, &known);
	if (r == CM_OK && action->verb == CM_HI1_VERB_UPDATE)
		cm_take_check_update(take, o, known, fault);
	else if (r == CM_OK)
		r = cm_take_check_create(take, at, known, report);
	if (r == CM_OK && action->verb == CM_HI1_VERB_UPDATE && fault->error == CM_HI1_ERROR_NONE)
		r = cm_take_check_end(take, o, known, fault, report);
	if (r == CM_OK && action->verb == CM_HI1_VERB_DELIVER && known == NULL)
		r = cm_take_check_deliver(take, o, fault, report);
	return r;
}

static bool
cm_take_faulty(const struct cm_take *take)
{
	for (size_t i = 0; i < take->read.message.action_count; i++)
		if (take->faults[i].error != CM_HI1_ERROR_NONE)
			return true;
	return false;
}

cm_result
cm_take_check(struct cm_take *take, struct cm_report *report)
{
	const struct cm_hi1_message *m = &take->read.message;
	cm_result r = CM_OK;
	for (size_t i = 0; i < m->action_count; i++)
		take->faults[i] = m->actions[i].fault;
	for (size_t i = 0; r == CM_OK && i < m->action_count; i++)
		r = cm_take_check_action(take, i, report);
	// Links are judged between whole actions only: one with a fault is as good as not there.
	bool whole = !cm_take_faulty(take);
	if (whole)
		cm_take_check_together(take);
	for (size_t i = 0; whole && r == CM_OK && i < m->action_count; i++)
		if (m->actions[i].object != NULL && !take->known[i])
			r = cm_take_check_links(take, i, report);
	whole = whole && !cm_take_faulty(take);
	for (size_t i = 0; whole && r == CM_OK && i < m->action_count; i++)
		if (m->actions[i].object != NULL && !take->known[i])
			r = cm_take_check_said(take, i, report);
	take->any_fault = cm_take_faulty(take);
	return r;
}

// A clock of ours whose end is silence, still to come.
static cm_result
cm_take_waits(const struct cm_take *take, struct cm_view request, struct cm_report *report, bool *ret_waits)
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_deadline *rows = NULL;
	size_t n = 0;
	struct cm_store_ask ask = {.request = request};
	cm_result r = cm_store_deadlines(take->node->store, &ask, report, &page, &rows, &n);
	for (size_t i = 0; r == CM_OK && i < n; i++)
		*ret_waits = *ret_waits || (cm_view_is(rows[i].action, cm_event_row(CM_EVENT_SILENCE)->name) &&
		                            cm_view_is(rows[i].state, "running") && rows[i].at.us > take->now.us);
	return r;
}

cm_result
cm_take_early(const struct cm_take *take, struct cm_report *report, bool *ret_early)
{
	const struct cm_hi1_message *m = &take->read.message;
	cm_result r = CM_OK;
	bool early = false;
	for (size_t i = 0; i < m->action_count; i++) {
		const struct cm_hi1_object *o = m->actions[i].object;
		bool tells = m->actions[i].verb == CM_HI1_VERB_CREATE && o != NULL && o->type == CM_HI1_TYPE_NOTIFICATION;
		for (size_t k = 0; tells && r == CM_OK && k < o->notification.state_count; k++) {
			struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
			const struct cm_store_request *row = NULL;
			struct cm_view state = o->notification.states[k].status.value;
			r = cm_store_request(take->node->store, o->notification.states[k].object, report, &page, &row);
			if (r != CM_OK || row == NULL || !row->ours || !cm_view_is(row->peer, take->peer.identity.node))
				continue;
			enum cm_kind kind = cm_kind_find(row->kind.p, row->kind.n);
			enum cm_state from = cm_state_find(row->state.p, row->state.n), to = cm_state_find(state.p, state.n);
			if (cm_move_leads(kind, from, to, CM_ACTOR_CLOCK) && !cm_move_leads(kind, from, to, CM_ACTOR_REQUESTED))
				r = cm_take_waits(take, row->id, report, &early);
		}
	}
	if (r == CM_OK)
		*ret_early = early;
	return r;
}
