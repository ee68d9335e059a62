// Knows: GET, LIST and GETCSPCONFIG (doc/spec/profile.md, sections 2 and 7): how a peer finds again what got lost, and what we
// can do. Does not know: writing.
#include "node/take.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/tab_limit.h"
#include "domain/tab_identifier.h"
#include "domain/tab_kind.h"

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
		if (request != NULL)
			o->preservation.expiration = request->until;
		return;
	case CM_HI1_TYPE_DISCLOSURE:
		o->disclosure.status = status;
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

// The object as its message says it; the record's memory goes over to the answer's arena.
static cm_result
cm_take_read_contents(struct cm_node *node, struct cm_view contents, struct cm_arena *arena, struct cm_report *report,
                      struct cm_hi1_object **ret_object)
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_artifact *rows = NULL;
	struct cm_reader_read CM_CLEANUP(cm_reader_read_fini) read = {.judged_count = 0};
	struct cm_reader_told told = {{.us = 0}, 0, 0};
	struct cm_event_where where;
	size_t n = 0;
	cm_result r = cm_event_where_read(contents, &where);
	struct cm_store_ask ask = {
	        .request = where.transaction, .kind = cm_view_text("hi1"), .limit = CM_LIMIT_STORE_PAGE_VALUE};
	if (r == CM_OK)
		r = cm_store_artifacts(node->store, &ask, report, &page, &rows, &n);
	size_t at = 0;
	while (r == CM_OK && at < n && rows[at].direction != (where.in ? CM_STORE_IN : CM_STORE_OUT))
		at++;
	if (r != CM_OK || at == n)
		return r != CM_OK ? r : CM_BUG;
	r = cm_reader_client_hi1(&node->reader, rows[at].bytes, &told, report, &read);
	for (size_t i = 0; r == CM_OK && i < read.message.action_count; i++) {
		const struct cm_hi1_object *o = read.message.actions[i].object;
		if (o == NULL || !cm_view_equal(o->id, where.object))
			continue;
		struct cm_hi1_object *copy = cm_arena_new(arena, sizeof *copy);
		if (copy == NULL)
			return CM_NOMEM;
		*copy = *o;
		cm_arena_adopt(arena, &read.message.arena);
		*ret_object = copy;
		return CM_OK;
	}
	return r != CM_OK ? r : CM_BUG;
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
	if (row == NULL || !cm_view_is(row->peer, take->peer.identity.node))
		return CM_OK;
	r = cm_take_read_contents(take->node, row->contents, arena, report, &o);
	if (r != CM_OK)
		return r;
	cm_take_read_now(o, row, request, arena);
	*to = (struct cm_hi1_action){.verb = CM_HI1_VERB_GET, .id = cm_arena_copy(arena, id), .object = o};
	return CM_OK;
}

static cm_result
cm_take_read_list(struct cm_take *take, const struct cm_hi1_list *list, struct cm_arena *arena, struct cm_hi1_action *to,
                  struct cm_report *report)
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_object *rows = NULL;
	size_t n = 0;
	enum cm_hi1_type type = cm_hi1_type_of(list->object_type);
	struct cm_store_ask ask = {
	        .peer = cm_view_text(take->peer.identity.node),
	        .kind = type == CM_HI1_TYPE_NONE ? cm_view_of(NULL, 0) : cm_view_text(cm_hi1_type_name(type)),
	        .from = list->from.us != 0 ? list->from : list->last_changed,
	        .until = list->to,
	        .limit = CM_LIMIT_STORE_PAGE_VALUE,
	};
	cm_result r = cm_store_objects(take->node->store, &ask, report, &page, &rows, &n);
	struct cm_hi1_listed *listed = cm_arena_new_many(arena, n, sizeof *listed);
	if (r != CM_OK || (n > 0 && listed == NULL))
		return r != CM_OK ? r : CM_NOMEM;
	for (size_t i = 0; i < n; i++) {
		struct cm_view type_name = cm_arena_copy(arena, rows[i].type);
		enum cm_hi1_type t = CM_HI1_TYPE_NONE;
		for (int k = 1; k < CM_HI1_TYPE_COUNT; k++)
			if (cm_view_is(type_name, cm_hi1_type_name((enum cm_hi1_type)k)))
				t = (enum cm_hi1_type)k;
		bool theirs = rows[i].registrar;
		listed[i] = (struct cm_hi1_listed){
		        .object_type = cm_hi1_type_entry(t),
		        .id = cm_arena_copy(arena, rows[i].id),
		        .country = theirs ? take->read.message.sender.country : take->read.message.receiver.country,
		        .owner = theirs ? take->read.message.sender.id : take->read.message.receiver.id,
		        .generation = (uint64_t)rows[i].generation,
		        .last_changed = rows[i].changed,
		};
	}
	to->listed = listed;
	to->listed_count = n;
	return CM_OK;
}

// Kinds that have behaviour here, and the identifiers that may stand in a request.
static cm_result
cm_take_read_config(struct cm_take *take, struct cm_arena *arena, struct cm_hi1_action *to)
{
	struct cm_hi1_config *config = cm_arena_new(arena, sizeof *config);
	struct cm_hi1_own_dictionary *dictionary = cm_arena_new(arena, sizeof *dictionary);
	struct cm_hi1_meaning *kinds = cm_arena_new_many(arena, CM_KIND_END, sizeof *kinds);
	struct cm_hi1_format *formats = cm_arena_new_many(arena, CM_IDENTIFIER_END, sizeof *formats);
	struct cm_hi1_targeting *targetings = cm_arena_new(arena, sizeof *targetings);
	struct cm_hi1_workflow *workflow = cm_arena_new_many(arena, 2, sizeof *workflow);
	char url[CM_FILE_PATH + 16];
	if (arena->failed)
		return CM_NOMEM;
	snprintf(url, sizeof url, "%s/hi1/v1", take->node->endpoint);
	for (int k = 1; k < CM_KIND_END; k++)
		if (cm_kind_row((enum cm_kind)k)->behaviour)
			kinds[dictionary->entry_count++] = (struct cm_hi1_meaning){
			        cm_view_text(cm_kind_row((enum cm_kind)k)->code), cm_view_text(cm_kind_row((enum cm_kind)k)->name)};
	dictionary->owner = cm_view_text("comity");
	dictionary->name = cm_view_text("RequestKind");
	dictionary->entries = kinds;
	for (int i = 1; i < CM_IDENTIFIER_END; i++)
		formats[config->format_count++] = (struct cm_hi1_format){
		        .name = cm_view_text(cm_identifier_row((enum cm_identifier)i)->code),
		        .description = cm_view_text(cm_identifier_row((enum cm_identifier)i)->form),
		        .regex = cm_view_text(cm_identifier_row((enum cm_identifier)i)->rule[0] == '^'
		                                      ? cm_identifier_row((enum cm_identifier)i)->rule
		                                      : "^.+$")};
	*targetings = (struct cm_hi1_targeting){.format_name = cm_view_text("account"), .format_owner = cm_view_text("comity")};
	workflow[0] = (struct cm_hi1_workflow){.endpoint = cm_hi1_entry_of(CM_DICTIONARY_LP_WORKFLOW, "NewPreservation"),
	        .url = cm_arena_copy(arena, cm_view_text(url))};
	config->dictionaries = dictionary;
	config->dictionary_count = 1;
	config->format_owner = cm_view_text("comity");
	config->formats = formats;
	config->targetings = targetings;
	config->targeting_count = 1;
	to->config = config;
	return CM_OK;
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
		return cm_take_read_list(take, in->list, arena, to, report);
	return cm_take_read_config(take, arena, to);
}
