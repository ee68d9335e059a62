// Knows: what a decision does to the objects of the message: their new status and reason, the sealed package by URL, what is
// cancelled. Does not know: whether it may be decided (decide.c), its words (decide_words.c).
#include <string.h>

#include "base/mem.h"
#include "base/tab_limit.h"
#include "domain/kind.h"
#include "domain/preservation.h"
#include "format/hi1_error.h"
#include "node/decide_inside.h"
#include "node/delivery_asked.h"
#include "node/delivery_number.h"

static struct cm_hi1_error_info *
cm_decide_reason(struct cm_decide *d)
{
	struct cm_hi1_error_info *info = cm_arena_new(&d->arena, sizeof *info);
	struct cm_buf CM_CLEANUP(cm_buf_fini) text = cm_buf_of(CM_LIMIT_CARD_BYTES_VALUE);
	enum cm_hi1_error error = cm_hi1_error_of_number(cm_state_row(d->to)->reason);
	struct cm_view words = cm_decide_said(d, "text");
	if (info == NULL)
		return NULL;
	info->code = cm_state_row(d->to)->reason;
	if (d->ground != CM_REFUSAL_NONE && d->to != CM_STATE_CONSULTATION) // there it is only weighed
		info->code = CM_LIMIT_REFUSAL_NUMBER_VALUE + (uint64_t)d->ground;
	cm_buf_printf(&text, "%s", d->ground != CM_REFUSAL_NONE ? cm_refusal_row(d->ground)->code : cm_hi1_error_row(error)->word);
	if (cm_decide_said(d, "ground_article").n > 0)
		cm_buf_printf(&text, " %.*s", CM_VIEW_ARG(cm_decide_said(d, "ground_article")));
	cm_buf_text(&text, ": ");
	cm_buf_view_add(&text, words.n > 0 ? words : cm_view_text(cm_state_row(d->to)->title));
	info->text = cm_arena_copy(&d->arena, cm_buf_view(&text));
	return info->code == 0 ? NULL : info;
}

// The known generation of an object of ours as registrar, plus one.
static cm_result
cm_decide_generation(struct cm_decide *d, struct cm_view id, struct cm_report *report, uint64_t *ret_generation,
                     bool *ret_known)
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_object *row = NULL;
	cm_result r = id.n == 0 ? CM_OK : cm_store_object(d->node->store, id, report, &page, &row);
	*ret_known = row != NULL;
	*ret_generation = row == NULL ? 0 : (uint64_t)row->generation + 1;
	return r;
}

static cm_result
cm_decide_update(struct cm_decide *d, struct cm_view id, enum cm_hi1_type type, struct cm_report *report)
{
	const struct cm_state_row *state = cm_state_row(d->to);
	uint64_t generation;
	bool known;
	const char *status = type == CM_HI1_TYPE_DOCUMENT       ? state->document
	                     : type == CM_HI1_TYPE_DISCLOSURE   ? state->disclosure
	                     : d->changes_status != NULL        ? d->changes_status
	                                                        : state->preservation;
	cm_result r = cm_decide_generation(d, id, report, &generation, &known);
	if (r != CM_OK || !known || *status == 0)
		return r;
	struct cm_hi1_object *o = &d->objects[d->message.action_count];
	*o = (struct cm_hi1_object){
	        .type = type, .id = id, .generation = generation, .last_changed = cm_instant_of_seconds(cm_instant_seconds(d->now))};
	if (type == CM_HI1_TYPE_DOCUMENT) {
		o->document.status = cm_hi1_entry_of(CM_DICTIONARY_DOCUMENT_STATUS, status);
		o->document.invalid_reason = strcmp(status, "Rejected") == 0 ? cm_decide_reason(d) : NULL;
	} else if (type == CM_HI1_TYPE_PRESERVATION) {
		o->preservation.status = cm_hi1_entry_of(CM_DICTIONARY_LPTASK_STATUS, status);
		o->preservation.expiration = d->until;
		o->preservation.reason = cm_decide_reason(d);
	} else {
		o->disclosure.status = cm_hi1_entry_of(CM_DICTIONARY_LDTASK_STATUS, status);
		o->disclosure.reason = cm_decide_reason(d);
	}
	d->actions[d->message.action_count++] = (struct cm_hi1_action){.verb = CM_HI1_VERB_UPDATE, .object = o};
	return CM_OK;
}

// The sealed package, by URL (06-deliver-request of the profile's messages).
cm_result
cm_decide_delivery(struct cm_decide *d, struct cm_report *report)
{
	const struct cm_store_delivery *row = d->evidence;
	struct cm_buf CM_CLEANUP(cm_buf_fini) url = cm_buf_of(CM_LIMIT_CARD_BYTES_VALUE);
	struct cm_hi1_object *o;
	uint64_t sequence;
	struct cm_view series;
	cm_result r = cm_decide_new_object(d, CM_HI1_TYPE_DELIVERY, report, &o);
	if (r == CM_OK)
		r = cm_delivery_number(d->node, row, &d->arena, report, &series, &sequence);
	if (r != CM_OK)
		return r;
	cm_buf_printf(&url, "%s/hi1/v1/evidence/%.*s", d->node->endpoint, CM_VIEW_ARG(row->id));
	d->content = (struct cm_hi1_content){
	        .url = cm_arena_copy(&d->arena, cm_buf_view(&url)),
	        .length = row->length,
	        .content_type = cm_view_text("application/vnd.comity.sealed-package"),
	        .sha256 = cm_hash_view(&row->blob),
	        .filename = row->title,
	};
	o->id = row->id;
	o->delivery = (struct cm_hi1_delivery){
	        .delivery_id = series,
	        .sequence = sequence,
	        .last = d->event == CM_EVENT_DELIVER_PART ? CM_HI1_NO : CM_HI1_YES,
	        .manifest = cm_hi1_entry_of(CM_DICTIONARY_MANIFEST, "asic-e-package"),
	        .by_url = &d->content,
	        .status = cm_hi1_entry_of(CM_DICTIONARY_DELIVERY_STATUS, "Available"),
	};
	d->actions[d->message.action_count - 1] = (struct cm_hi1_action){.verb = CM_HI1_VERB_DELIVER, .id = row->id, .object = o};
	r = cm_delivery_asked_find(d->node, d->request, &d->arena, report, &o->delivery);
	return r == CM_OK ? cm_buf_result(&url) : r;
}

// What the asking side wants of its objects when it takes its request back. The preservation that another request is about stays.
void
cm_decide_cancel(struct cm_decide *d)
{
	struct cm_hi1_object *o = d->objects;
	bool data = cm_kind_has_task(d->kind, "LDTask");
	if (d->request->objects.n > 0 && cm_preservation_event(d->kind) == CM_EVENT_NONE) {
		*o = (struct cm_hi1_object){.type = data ? CM_HI1_TYPE_DISCLOSURE : CM_HI1_TYPE_PRESERVATION, .id = d->request->objects};
		if (data)
			o->disclosure.desired_status = cm_hi1_entry_of(CM_DICTIONARY_LDTASK_DESIRED_STATUS, "Cancelled");
		else
			o->preservation.desired_status = cm_hi1_entry_of(CM_DICTIONARY_LPTASK_DESIRED_STATUS, "Cancelled");
		o++;
	}
	*o = (struct cm_hi1_object){.type = CM_HI1_TYPE_DOCUMENT, .id = d->request->id};
	o->document.desired_status = cm_hi1_entry_of(CM_DICTIONARY_DOCUMENT_DESIRED_STATUS, "Cancelled");
	for (struct cm_hi1_object *at = d->objects; at <= o; at++)
		d->actions[d->message.action_count++] = (struct cm_hi1_action){.verb = CM_HI1_VERB_UPDATE, .object = at};
}

// What becomes of the objects whose registrar this node is.
cm_result
cm_decide_updates(struct cm_decide *d, struct cm_report *report)
{
	enum cm_hi1_type task = cm_kind_has_task(d->kind, "LDTask") ? CM_HI1_TYPE_DISCLOSURE : CM_HI1_TYPE_PRESERVATION;
	cm_result r = CM_OK;
	if (d->request->objects.n > 0 && (d->changes == NULL || d->changes_status != NULL))
		r = cm_decide_update(d, d->request->objects, task, report);
	if (r == CM_OK && (d->request->objects.n == 0 || d->changes != NULL))
		r = cm_decide_update(d, d->request->id, CM_HI1_TYPE_DOCUMENT, report);
	return r;
}
