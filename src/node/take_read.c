// Knows: GET, LIST and GETCSPCONFIG (doc/spec/profile.md, sections 2 and 7): how a peer finds again what got lost, and what we
// can do. Does not know: writing.
#include "node/take.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/tab_limit.h"
#include "domain/kind.h"
#include "domain/tab_identifier.h"
#include "domain/tab_state.h"

static struct cm_hi1_entry
cm_take_read_status(struct cm_hi1_object *o, struct cm_view status, struct cm_arena *arena)
{
	static const enum cm_dictionary dictionaries[CM_HI1_TYPE_COUNT] = {
	        [CM_HI1_TYPE_AUTHORISATION] = CM_DICTIONARY_AUTHORISATION_STATUS,
	        [CM_HI1_TYPE_DOCUMENT] = CM_DICTIONARY_DOCUMENT_STATUS,
	        [CM_HI1_TYPE_PRESERVATION] = CM_DICTIONARY_LPTASK_STATUS,
	        [CM_HI1_TYPE_DISCLOSURE] = CM_DICTIONARY_LDTASK_STATUS,
	        [CM_HI1_TYPE_DELIVERY] = CM_DICTIONARY_DELIVERY_STATUS,
	};
	return (struct cm_hi1_entry){status.n == 0 ? CM_DICTIONARY_NONE : dictionaries[o->type], cm_arena_copy(arena, status)};
}

// Why the state is what it is, where the state alone says it; reasons of a refusal stand in the answer document.
static const struct cm_hi1_error_info *
cm_take_read_reason(const struct cm_store_request *request, struct cm_arena *arena)
{
	const struct cm_state_row *state = cm_state_row(cm_state_find(request->state.p, request->state.n));
	struct cm_buf CM_CLEANUP(cm_buf_fini) text = cm_buf_of(CM_LIMIT_CARD_BYTES_VALUE);
	struct cm_hi1_error_info *info = state->reason == 0 ? NULL : cm_arena_new(arena, sizeof *info);
	if (info == NULL)
		return NULL;
	cm_hi1_error_text(&text, cm_hi1_error_of_number(state->reason), NULL, state->title);
	info->code = state->reason;
	info->text = cm_arena_copy(arena, cm_buf_view(&text));
	return info;
}

// The object as it was created, with what the registrar says of it now.
static void
cm_take_read_now(struct cm_hi1_object *o, const struct cm_store_object *row, const struct cm_store_request *request,
                 struct cm_arena *arena)
{
	o->generation = (uint64_t)row->generation;
	o->last_changed = row->changed;
	if (row->status.n == 0)
		return;
	struct cm_hi1_entry status = cm_take_read_status(o, row->status, arena);
	switch (o->type) {
	case CM_HI1_TYPE_AUTHORISATION:
		o->authorisation.status = status;
		return;
	case CM_HI1_TYPE_DOCUMENT:
		o->document.status = status;
		return;
	case CM_HI1_TYPE_PRESERVATION:
		o->preservation.status = status;
		if (request != NULL) {
			o->preservation.expiration = request->until;
			o->preservation.reason = cm_take_read_reason(request, arena);
		}
		return;
	case CM_HI1_TYPE_DISCLOSURE:
		o->disclosure.status = status;
		if (request != NULL)
			o->disclosure.reason = cm_take_read_reason(request, arena);
		return;
	case CM_HI1_TYPE_DELIVERY:
		o->delivery.status = status;
		return;
	case CM_HI1_TYPE_NONE:
	case CM_HI1_TYPE_NOTIFICATION:
	case CM_HI1_TYPE_ENCRYPTION:
		return;
	}
}

// The object in one message; the record's memory goes over to the answer's arena. NULL when it is not there.
static cm_result
cm_take_read_object(struct cm_node *node, const struct cm_store_artifact *artifact, struct cm_view id,
                    struct cm_arena *arena, struct cm_report *report, struct cm_hi1_object **ret_object)
{
	struct cm_reader_read CM_CLEANUP(cm_reader_read_fini) read = {.judged_count = 0};
	struct cm_reader_told told = {{.us = 0}, 0, 0};
	cm_result r = cm_reader_client_hi1(&node->reader, artifact->bytes, &told, report, &read);
	*ret_object = NULL;
	for (size_t i = 0; r == CM_OK && i < read.message.action_count; i++) {
		const struct cm_hi1_object *o = read.message.actions[i].object;
		if (o == NULL || !cm_view_equal(o->id, id))
			continue;
		struct cm_hi1_object *copy = cm_arena_new(arena, sizeof *copy);
		if (copy == NULL)
			return CM_NOMEM;
		*copy = *o;
		cm_arena_adopt(arena, &read.message.arena);
		*ret_object = copy;
		return CM_OK;
	}
	return r;
}

// The object as the message that created it says it. Both sides can use one transaction identifier, each for a message of its
// own, so more than one can have the name.
static cm_result
cm_take_read_contents(struct cm_take *take, struct cm_view contents, struct cm_arena *arena, struct cm_report *report,
                      struct cm_hi1_object **ret_object)
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_artifact *rows = NULL;
	struct cm_event_where where;
	size_t n = 0;
	cm_result r = cm_event_where_read(contents, &where);
	struct cm_store_ask ask = {.request = where.transaction,
	                           .peer = cm_view_text(take->peer.identity.node),
	                           .kind = cm_view_text("hi1"),
	                           .limit = CM_LIMIT_STORE_PAGE_VALUE};
	if (r == CM_OK)
		r = cm_store_artifacts(take->node->store, &ask, report, &page, &rows, &n);
	*ret_object = NULL;
	for (size_t i = 0; r == CM_OK && *ret_object == NULL && i < n; i++)
		if (rows[i].direction == (where.in ? CM_STORE_IN : CM_STORE_OUT))
			r = cm_take_read_object(take->node, &rows[i], where.object, arena, report, ret_object);
	return r == CM_OK && *ret_object == NULL ? CM_BUG : r;
}

static cm_result
cm_take_read_get(struct cm_take *take, struct cm_view id, struct cm_arena *arena, struct cm_hi1_action *to,
                 struct cm_report *report)
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page2 = NULL;
	const struct cm_store_object *row = NULL;
	const struct cm_store_request *request = NULL;
	struct cm_hi1_error_info *error = cm_arena_new(arena, sizeof *error);
	struct cm_hi1_object *o = NULL;
	cm_result r = cm_store_object(take->node->store, id, report, &page, &row);
	if (r == CM_OK && row != NULL)
		r = cm_store_request(take->node->store, row->request, report, &page2, &request);
	if (r != CM_OK || error == NULL)
		return r != CM_OK ? r : CM_NOMEM;
	to->verb = CM_HI1_VERB_NONE;
	error->code = cm_hi1_error_row(CM_HI1_ERROR_OBJECT_UNKNOWN)->number;
	error->text = cm_view_text("object_unknown: there is no such object between us");
	to->error = error;
	bool may = row != NULL && cm_view_is(row->peer, take->peer.identity.node);
	if (may)
		r = cm_take_may_follow(take, row->request, report, &may);
	if (r != CM_OK || !may)
		return r;
	r = cm_take_read_contents(take, row->contents, arena, report, &o);
	if (r != CM_OK)
		return r;
	cm_take_read_now(o, row, request, arena);
	*to = (struct cm_hi1_action){.verb = CM_HI1_VERB_GET, .object = o};
	return CM_OK;
}

// -- LIST ----------------------------------------------------------------------------------------------------------

static enum cm_hi1_type
cm_take_read_type(struct cm_view name)
{
	for (int k = 1; k < CM_HI1_TYPE_COUNT; k++)
		if (cm_view_is(name, cm_hi1_type_name((enum cm_hi1_type)k)))
			return (enum cm_hi1_type)k;
	return CM_HI1_TYPE_NONE;
}

// True when the row is asked for: LastChanged is the word of the registrar, so only objects whose state we keep. "Task"
// stands for both kinds of task.
static bool
cm_take_read_wanted(const struct cm_hi1_list *list, const struct cm_hi1_listed *row, enum cm_hi1_type type)
{
	if (list->country.n > 0 && !cm_view_equal(list->country, row->country))
		return false;
	if (cm_hi1_entry_is(list->object_type, CM_DICTIONARY_OBJECT_TYPE, "Task"))
		return type == CM_HI1_TYPE_PRESERVATION || type == CM_HI1_TYPE_DISCLOSURE;
	return true;
}

// Appends wanted objects in the order of their change until `room` is full or none is left.
static cm_result
cm_take_read_rows(struct cm_take *take, const struct cm_hi1_list *list, struct cm_arena *arena, size_t room,
                  struct cm_hi1_listed *rows, size_t *ret_count)
{
	const struct cm_hi1_message *m = &take->read.message;
	enum cm_hi1_type type = cm_hi1_type_of(list->object_type);
	char after[40] = "";
	struct cm_store_ask ask = {
	        .peer = cm_view_text(take->peer.identity.node),
	        .kind = type == CM_HI1_TYPE_NONE ? cm_view_of(NULL, 0) : cm_view_text(cm_hi1_type_name(type)),
	        .from = list->from.us != 0 ? list->from : list->last_changed,
	        .until = list->to,
	        .limit = CM_LIMIT_STORE_PAGE_VALUE,
	};
	size_t count = 0;
	for (size_t n = ask.limit; n == ask.limit && count < room;) {
		struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
		const struct cm_store_object *found = NULL;
		cm_result r = cm_store_objects(take->node->store, &ask, NULL, &page, &found, &n);
		if (r != CM_OK)
			return r;
		for (size_t i = 0; i < n && count < room; i++) {
			type = cm_take_read_type(found[i].type);
			rows[count] = (struct cm_hi1_listed){
			        .object_type = cm_hi1_type_entry(type),
			        .country = m->sender.country, // who created it owns it
			        .owner = m->sender.id,
			        .generation = (uint64_t)found[i].generation,
			        .last_changed = found[i].changed,
			};
			bool may = found[i].registrar && cm_take_read_wanted(list, &rows[count], type);
			r = may ? cm_take_may_follow(take, found[i].request, NULL, &may) : CM_OK;
			if (r != CM_OK)
				return r;
			if (may)
				rows[count++].id = cm_arena_copy(arena, found[i].id);
		}
		if (n > 0) {
			snprintf(after, sizeof after, "%.*s", CM_VIEW_ARG(found[n - 1].id));
			ask.after = cm_view_text(after);
			ask.after_time = found[n - 1].changed;
		}
	}
	*ret_count = count;
	return CM_OK;
}

// A page ends between two seconds, so that who goes on from its last second misses nothing.
static cm_result
cm_take_read_list(struct cm_take *take, const struct cm_hi1_list *list, struct cm_arena *arena, struct cm_hi1_action *to)
{
	size_t max = list->max == 0 || list->max > CM_LIMIT_LIST_RECORDS_VALUE ? CM_LIMIT_LIST_RECORDS_VALUE : (size_t)list->max;
	max = max < CM_LIMIT_STORE_STAMP_VALUE ? CM_LIMIT_STORE_STAMP_VALUE : max;
	struct cm_hi1_listed *rows = cm_arena_new_many(arena, max + 1, sizeof *rows);
	size_t n = 0;
	cm_result r = rows == NULL ? CM_NOMEM : cm_take_read_rows(take, list, arena, max + 1, rows, &n);
	if (r != CM_OK)
		return r;
	if (n > max) {
		size_t end = max;
		while (end > 0 && rows[end - 1].last_changed.us == rows[max].last_changed.us)
			end--;
		n = end > 0 ? end : max;
	}
	to->listed = rows;
	to->listed_count = n;
	return CM_OK;
}

// -- GETCSPCONFIG --------------------------------------------------------------------------------------------------

// Kinds that work here.
static const struct cm_hi1_own_dictionary *
cm_take_read_kinds(struct cm_arena *arena)
{
	struct cm_hi1_own_dictionary *dictionary = cm_arena_new(arena, sizeof *dictionary);
	struct cm_hi1_meaning *kinds = cm_arena_new_many(arena, CM_KIND_END, sizeof *kinds);
	if (arena->failed)
		return NULL;
	*dictionary = (struct cm_hi1_own_dictionary){
	        .owner = cm_view_text("comity"), .name = cm_view_text("RequestKind"), .entries = kinds};
	for (enum cm_kind k = CM_KIND_NONE + 1; k < CM_KIND_END; k++)
		if (cm_kind_row(k)->works)
			kinds[dictionary->entry_count++] =
			        (struct cm_hi1_meaning){cm_view_text(cm_kind_row(k)->code), cm_view_text(cm_kind_row(k)->name)};
	return dictionary;
}

static const struct cm_hi1_workflow *
cm_take_read_workflow(struct cm_take *take, struct cm_hi1_entry endpoint, struct cm_arena *arena)
{
	struct cm_hi1_workflow *workflow = cm_arena_new(arena, sizeof *workflow);
	char url[CM_FILE_PATH + 16];
	if (workflow == NULL)
		return NULL;
	snprintf(url, sizeof url, "%s/hi1/v1", take->node->endpoint);
	*workflow = (struct cm_hi1_workflow){.endpoint = endpoint, .url = cm_arena_copy(arena, cm_view_text(url))};
	return workflow;
}

// What this program can do changes with the program, so it is as old as the process.
static cm_result
cm_take_read_config(struct cm_take *take, struct cm_arena *arena, struct cm_hi1_action *to)
{
	struct cm_hi1_config *config = cm_arena_new(arena, sizeof *config);
	struct cm_hi1_format *formats = cm_arena_new_many(arena, CM_IDENTIFIER_END, sizeof *formats);
	struct cm_hi1_targeting *targetings = cm_arena_new_many(arena, CM_IDENTIFIER_END, sizeof *targetings);
	if (arena->failed)
		return CM_NOMEM;
	struct cm_view comity = cm_view_text("comity");
	config->last_changed = cm_instant_of_seconds(cm_instant_seconds(take->node->started));
	config->dictionaries = cm_take_read_kinds(arena);
	config->dictionary_count = 1;
	config->format_owner = comity;
	config->formats = formats;
	config->targetings = targetings;
	for (enum cm_identifier i = CM_IDENTIFIER_NONE + 1; i < CM_IDENTIFIER_END; i++) {
		struct cm_view code = cm_view_text(cm_identifier_row(i)->code);
		formats[config->format_count++] = (struct cm_hi1_format){
		        .name = code, .description = cm_view_text(cm_identifier_row(i)->form), .regex = cm_view_text("^.+$")};
		targetings[config->targeting_count++] = (struct cm_hi1_targeting){.format_name = code, .format_owner = comity};
	}
	config->preservation_workflows =
	        cm_take_read_workflow(take, cm_hi1_entry_of(CM_DICTIONARY_LP_WORKFLOW, "NewPreservation"), arena);
	config->preservation_workflow_count = 1;
	config->disclosure_workflows =
	        cm_take_read_workflow(take, cm_hi1_entry_of(CM_DICTIONARY_LD_WORKFLOW, "NewDisclosure"), arena);
	config->disclosure_workflow_count = 1;
	to->config = config;
	return arena->failed ? CM_NOMEM : CM_OK;
}

cm_result
cm_take_read(struct cm_take *take, size_t action, struct cm_arena *arena, struct cm_hi1_action *to,
             struct cm_report *report)
{
	const struct cm_hi1_action *in = &take->read.message.actions[action];
	to->verb = in->verb;
	if (in->verb == CM_HI1_VERB_GET)
		return cm_take_read_get(take, in->id, arena, to, report);
	if (in->verb == CM_HI1_VERB_LIST)
		return cm_take_read_list(take, in->list, arena, to);
	return cm_take_read_config(take, arena, to);
}
