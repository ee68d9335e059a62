// Knows: what has to hold between the actions of one message, and between them and what is here already (doc/spec/profile.md,
// sections 1, 2 and 6). Does not know: what one action may set (take_check.c).
#include "node/take.h"

#include <stdio.h>

#include "domain/kind.h"
#include "domain/move.h"
#include "node/directory.h"
#include "node/hold.h"
#include "node/listed.h"

static bool
cm_take_is_request(const struct cm_hi1_object *o)
{
	return o->type == CM_HI1_TYPE_DOCUMENT && cm_view_is(o->document.type.value, "Request");
}

static bool
cm_take_is_task(const struct cm_hi1_object *o)
{
	return o->type == CM_HI1_TYPE_PRESERVATION || o->type == CM_HI1_TYPE_DISCLOSURE;
}

static const struct cm_hi1_object *
cm_take_created(const struct cm_take *take, size_t at)
{
	const struct cm_hi1_action *action = &take->read.message.actions[at];
	return action->verb == CM_HI1_VERB_CREATE ? action->object : NULL;
}

// By what is done, not by what the header calls it alone: one request about a preservation, with what comes with it.
bool
cm_take_only_preserves(const struct cm_take *take, const char *const *kinds)
{
	const struct cm_hi1_message *m = &take->read.message;
	struct cm_take_later later = {m->action_count, m->action_count, CM_EVENT_NONE};
	size_t requests = 0;
	while (*kinds != NULL && !cm_view_is(m->workflow, *kinds))
		kinds++;
	if (*kinds == NULL)
		return false;
	bool extends = cm_take_later(take, &later);
	for (size_t i = 0; i < m->action_count; i++) {
		const struct cm_hi1_object *o = cm_take_created(take, i);
		if (extends && i == later.task)
			continue;
		if (o == NULL)
			return false;
		if (cm_take_is_request(o))
			requests++;
		else if (o->type != CM_HI1_TYPE_AUTHORISATION && o->type != CM_HI1_TYPE_PRESERVATION)
			return false;
	}
	return requests == 1;
}

cm_result
cm_take_judge_standing(struct cm_take *take, struct cm_report *report)
{
	static const char *const holding[] = {"pres", "pres_ext", NULL};
	struct cm_standing standing;
	if (cm_listed_is(&take->peer))
		return cm_take_judge_listed(take, report);
	cm_directory_standing(take->node, &take->peer, take->now, &standing);
	if (standing.level != CM_STANDING_REFUSED)
		return CM_OK;
	if (cm_take_only_preserves(take, holding))
		take->marked = standing.why;
	else
		cm_take_fault(&take->whole, CM_HI1_ERROR_CERTIFICATE, "/Signature/protected", standing.why);
	return CM_OK;
}

// A request comes once, with at most one task, which is of the kind that the header says.
static void
cm_take_check_request_parts(struct cm_take *take)
{
	const struct cm_hi1_message *m = &take->read.message;
	enum cm_kind kind = cm_kind_find(m->workflow.p, m->workflow.n);
	const struct cm_hi1_object *o;
	size_t requests = 0, tasks = 0;
	for (size_t i = 0; i < m->action_count; i++) {
		o = cm_take_created(take, i);
		if (o == NULL)
			continue;
		if (cm_take_is_request(o) && m->workflow.n == 0)
			cm_take_fault(&take->whole, CM_HI1_ERROR_WORKFLOW_MISMATCH, "/Header/WorkflowIdentifier", "it is missing");
		if (cm_take_is_request(o) && requests++ > 0)
			cm_take_fault(&take->faults[i], CM_HI1_ERROR_UNSUPPORTED, "/HI1Object", "one request in one message");
		if (!cm_take_is_task(o))
			continue;
		if (tasks++ > 0)
			cm_take_fault(&take->faults[i], CM_HI1_ERROR_UNSUPPORTED, "/HI1Object", "one task in one message");
		if (cm_kind_row(kind)->works && !cm_kind_has_task(kind, cm_hi1_type_name(o->type)))
			cm_take_fault(&take->faults[i], CM_HI1_ERROR_UNSUPPORTED, "/@xsi:type", "not the task of this kind");
	}
	for (size_t i = 0; requests == 0 && i < m->action_count; i++) {
		o = cm_take_created(take, i);
		if (o != NULL && (cm_take_is_task(o) || o->type == CM_HI1_TYPE_AUTHORISATION))
			cm_take_fault(&take->faults[i], CM_HI1_ERROR_REFERENCE_UNRESOLVED, "/HI1Object", "no request comes with it");
	}
}

// What is found out is as long as what is kept here; the answer to a change has to be one that can be sent, before the change is
// durable.
static void
cm_take_check_unmixed(struct cm_take *take)
{
	const struct cm_hi1_message *m = &take->read.message;
	bool changes = false;
	for (size_t i = 0; i < m->action_count; i++)
		changes = changes || m->actions[i].object != NULL;
	for (size_t i = 0; i < m->action_count; i++)
		if (changes && m->actions[i].object == NULL)
			cm_take_fault(&take->faults[i], CM_HI1_ERROR_UNSUPPORTED, "",
			              "a message that changes something asks for nothing beside it");
}

bool
cm_take_later(const struct cm_take *take, struct cm_take_later *ret_later)
{
	const struct cm_hi1_message *m = &take->read.message;
	struct cm_take_later later = {m->action_count, m->action_count,
	                              cm_preservation_event(cm_kind_find(m->workflow.p, m->workflow.n))};
	if (later.event == CM_EVENT_NONE)
		return false;
	for (size_t i = m->action_count; i-- > 0;) {
		const struct cm_hi1_object *o = m->actions[i].object;
		if (o == NULL)
			continue;
		if (m->actions[i].verb == CM_HI1_VERB_CREATE && cm_take_is_request(o))
			later.request = i;
		if (m->actions[i].verb == CM_HI1_VERB_UPDATE && o->type == CM_HI1_TYPE_PRESERVATION)
			later.task = i;
	}
	*ret_later = later;
	return later.task < m->action_count && later.request < m->action_count;
}

// A request for a longer preservation, or for its end, says so at the task, and says nothing else there.
static void
cm_take_check_later(struct cm_take *take)
{
	const struct cm_hi1_message *m = &take->read.message;
	struct cm_take_later later = {.event = CM_EVENT_NONE};
	if (!cm_take_later(take, &later)) {
		if (later.event != CM_EVENT_NONE && later.request < m->action_count)
			cm_take_fault(&take->faults[later.request], CM_HI1_ERROR_REFERENCE_UNRESOLVED, "/HI1Object",
			              "no task of a preservation is changed with it");
		return;
	}
	const struct cm_hi1_preservation *p = &m->actions[later.task].object->preservation;
	bool extends = later.event == CM_EVENT_EXTEND;
	struct cm_view desired = p->desired_status.value;
	if ((desired.n > 0 || !extends) && !cm_view_is(desired, extends ? "Preserved" : "Cancelled"))
		cm_take_fault(&take->faults[later.task], CM_HI1_ERROR_MOVE_NOT_ALLOWED, "/task:DesiredStatus", "not what is asked");
	if (p->details != NULL || p->provider != NULL || (!extends && p->desired_expiration.us != 0))
		cm_take_fault(&take->faults[later.task], CM_HI1_ERROR_MOVE_NOT_ALLOWED, "/HI1Object", "it changes more than is asked");
	take->known[later.task] = take->known[later.request]; // asked before, and taken then
}

void
cm_take_check_together(struct cm_take *take)
{
	const struct cm_hi1_message *m = &take->read.message;
	cm_take_check_unmixed(take);
	for (size_t i = 0; i < m->action_count; i++)
		for (size_t k = 0; k < i && m->actions[i].object != NULL; k++)
			if (m->actions[k].object != NULL && cm_view_equal(m->actions[i].object->id, m->actions[k].object->id))
				cm_take_fault(&take->faults[i], CM_HI1_ERROR_OBJECT_EXISTS, "/ObjectIdentifier",
				              "the message has it twice");
	cm_take_check_request_parts(take);
	cm_take_check_later(take);
}

static bool
cm_take_has_object(const struct cm_take *take, struct cm_view id)
{
	const struct cm_hi1_message *m = &take->read.message;
	for (size_t i = 0; i < m->action_count; i++)
		if (m->actions[i].object != NULL && cm_view_equal(m->actions[i].object->id, id))
			return true;
	return false;
}

// The row of an object between us and this peer; *ret_row is NULL for any other, known or not: nobody learns of the objects of
// others.
static cm_result
cm_take_between(const struct cm_take *take, struct cm_view id, struct cm_report *report, struct cm_store_page **ret_page,
                const struct cm_store_object **ret_row)
{
	cm_result r = cm_store_object(take->node->store, id, report, ret_page, ret_row);
	if (r == CM_OK && *ret_row != NULL && !cm_view_is((*ret_row)->peer, take->peer.identity.node))
		*ret_row = NULL;
	return r;
}

// The registrar tells any state of its objects. The side that asked tells only its own moves, as a withdrawal.
static cm_result
cm_take_check_told(struct cm_take *take, const struct cm_hi1_state *told, struct cm_hi1_fault *fault,
                   struct cm_report *report)
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page2 = NULL;
	const struct cm_store_object *row = NULL;
	const struct cm_store_request *request = NULL;
	cm_result r = cm_take_between(take, told->object, report, &page, &row);
	if (r == CM_OK && row != NULL && row->registrar)
		r = cm_store_request(take->node->store, row->request, report, &page2, &request);
	if (r != CM_OK)
		return r;
	if (row == NULL && !cm_take_has_object(take, told->object))
		cm_take_fault(fault, CM_HI1_ERROR_REFERENCE_UNRESOLVED, "/notification:AssociatedObject", "it is not between us");
	if (row != NULL && !row->registrar)
		return CM_OK;
	if (request == NULL) {
		cm_take_fault(fault, CM_HI1_ERROR_NOT_YOURS, "/notification:Status", "its state is the registrar's");
		return CM_OK;
	}
	enum cm_kind kind = cm_kind_find(request->kind.p, request->kind.n);
	enum cm_state from = cm_state_find(request->state.p, request->state.n);
	enum cm_state to = cm_state_find(told->status.value.p, told->status.value.n);
	if (cm_move_leads(kind, from, to, CM_ACTOR_REQUESTING))
		return CM_OK;
	cm_take_fault(fault,
	              from != to && cm_move_follows(kind, from, to) ? CM_HI1_ERROR_NOT_YOURS : CM_HI1_ERROR_MOVE_NOT_ALLOWED,
	              "/notification:Status", "the side that asked cannot say it now");
	return CM_OK;
}

// Is there something that can be extended, or ended? What has ended already is taken too: the answer says so.
static cm_result
cm_take_check_preservation(struct cm_take *take, const struct cm_take_later *later, struct cm_report *report)
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_request *row = NULL;
	const struct cm_hi1_object *o = take->read.message.actions[later->task].object;
	struct cm_hi1_fault *fault = &take->faults[later->task];
	const char *relates = take->read.judged_count > 0 ? take->read.judged[0].relates : "";
	struct cm_instant wanted = o->preservation.desired_expiration;
	cm_result r = cm_hold_find(take->node, o->id, cm_view_text(take->peer.identity.node), report, &page, &row);
	if (r != CM_OK || row == NULL)
		return r == CM_OK ? CM_BUG : r; // the task was found before
	struct cm_preservation now = cm_hold_now(row);
	enum cm_preservation_can can = cm_preservation_can(&now, later->event);
	if (*relates != 0 && !cm_view_is(row->id, relates))
		cm_take_fault(&take->faults[later->request], CM_HI1_ERROR_REFERENCE_UNRESOLVED, "/doc:DocumentBody",
		              "relates_to is not the request of this task");
	else if (can == CM_PRESERVATION_NOT)
		cm_take_fault(fault, CM_HI1_ERROR_MOVE_NOT_ALLOWED, "/HI1Object", "it is not decided yet");
	else if (can == CM_PRESERVATION_YES && wanted.us != 0 && wanted.us <= now.until.us)
		cm_take_fault(fault, CM_HI1_ERROR_MOVE_NOT_ALLOWED, "/task:DesiredPreservationExpiration",
		              "it is not later than the present end");
	return CM_OK;
}

cm_result
cm_take_check_links(struct cm_take *take, size_t at, struct cm_report *report)
{
	const struct cm_hi1_object *o = take->read.message.actions[at].object;
	struct cm_hi1_fault *fault = &take->faults[at];
	struct cm_take_later later;
	cm_result r = CM_OK;
	if (cm_take_later(take, &later) && later.task == at)
		r = cm_take_check_preservation(take, &later, report);
	for (size_t i = 0; r == CM_OK && i < o->associated_count; i++) {
		struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
		const struct cm_store_object *row = NULL;
		if (cm_take_has_object(take, o->associated[i]))
			continue;
		r = cm_take_between(take, o->associated[i], report, &page, &row);
		if (r == CM_OK && row == NULL)
			cm_take_fault(fault, CM_HI1_ERROR_REFERENCE_UNRESOLVED, "/AssociatedObjects", "an object that is not between us");
	}
	if (o->type != CM_HI1_TYPE_NOTIFICATION)
		return r;
	for (size_t i = 0; r == CM_OK && i < o->notification.state_count; i++)
		r = cm_take_check_told(take, &o->notification.states[i], fault, report);
	return r;
}
