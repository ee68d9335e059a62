// Knows: how a draft that continues a request is completed from it: what the draft does not say is taken over from the first, as its signed
// message has it. Does not know: whether it may go there (create.c). Runs in the message reader only.
// Serves doc/spec/request-document.md, section 4.
#include <string.h>

#include "base/mem.h"
#include "base/tab_limit.h"
#include "domain/kind.h"
#include "format/json_canonical.h"
#include "format/json_put.h"
#include "node/reader_message_ipc.h"

struct cm_reader_chain {
	struct cm_json_put *put;
	const struct cm_json_value *over; // what stands here already is not taken again
	const char *const *without;
	cm_result result;
};

static bool
cm_reader_chain_member(void *context, struct cm_view name, const struct cm_json_value *value)
{
	struct cm_reader_chain *chain = context;
	struct cm_buf CM_CLEANUP(cm_buf_fini) text = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE);
	struct cm_buf CM_CLEANUP(cm_buf_fini) key = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE);
	cm_buf_view_add(&key, name);
	for (size_t i = 0; chain->without != NULL && chain->without[i] != NULL; i++)
		if (cm_view_is(name, chain->without[i]))
			return true;
	if (chain->result != CM_OK || (chain->over != NULL && cm_json_member(chain->over, cm_buf_cstr(&key)) != NULL))
		return true;
	chain->result = cm_json_canonical(value, NULL, &text);
	cm_json_put_name(chain->put, cm_buf_cstr(&key));
	cm_json_put_raw(chain->put, cm_buf_view(&text));
	return true;
}

// The members of `from` that are not in `over`, nor in `without`.
static cm_result
cm_reader_chain_members(struct cm_json_put *put, const struct cm_json_value *from, const struct cm_json_value *over,
                        const char *const *without)
{
	struct cm_reader_chain chain = {put, over, without, CM_OK};
	if (from != NULL && cm_json_kind(from) == CM_JSON_OBJECT)
		cm_json_members(from, cm_reader_chain_member, &chain);
	return chain.result;
}

static const struct cm_hi1_object *
cm_reader_chain_object(const struct cm_hi1_message *first, enum cm_hi1_type type)
{
	for (size_t i = 0; i < first->action_count; i++)
		if (first->actions[i].object != NULL && first->actions[i].object->type == type)
			return first->actions[i].object;
	return NULL;
}

static void
cm_reader_chain_time(struct cm_json_put *put, const char *name, struct cm_instant t)
{
	char text[CM_INSTANT_TEXT];
	if (t.us != 0)
		cm_json_put_member_cstr(put, name, cm_instant_text(t, text));
}

static void
cm_reader_chain_entry(struct cm_json_put *put, const char *name, struct cm_hi1_entry entry)
{
	if (entry.value.n > 0)
		cm_json_put_member_text(put, name, entry.value);
}

// What sits in fields of HI-1: identifiers, period and sort of the data.
static void
cm_reader_chain_task(struct cm_json_put *put, const struct cm_hi1_details *d, struct cm_instant wanted)
{
	cm_json_put_name(put, "task");
	cm_json_put_object(put);
	cm_reader_chain_time(put, "end", d->end);
	cm_reader_chain_time(put, "start", d->start);
	if (d->subtype_count > 0) {
		cm_json_put_name(put, "subtypes");
		cm_json_put_array(put);
		for (size_t i = 0; i < d->subtype_count; i++)
			cm_json_put_text(put, d->subtypes[i].value);
		cm_json_put_end_array(put);
	}
	cm_reader_chain_entry(put, "type", d->type);
	cm_json_put_name(put, "values");
	cm_json_put_array(put);
	for (size_t i = 0; i < d->value_count; i++) {
		cm_json_put_object(put);
		cm_json_put_member_text(put, "format", d->values[i].format_name);
		cm_json_put_member_text(put, "value", d->values[i].value);
		cm_json_put_end_object(put);
	}
	cm_json_put_end_array(put);
	cm_reader_chain_time(put, "wanted_end", wanted);
	cm_json_put_end_object(put);
}

static void
cm_reader_chain_authorisation(struct cm_json_put *put, const struct cm_hi1_authorisation *a)
{
	cm_json_put_name(put, "authorisation");
	cm_json_put_object(put);
	cm_reader_chain_time(put, "end", a->end);
	cm_reader_chain_entry(put, "priority", a->priority);
	if (a->reference.n > 0)
		cm_json_put_member_text(put, "reference", a->reference);
	cm_reader_chain_time(put, "start", a->start);
	cm_reader_chain_entry(put, "type_of_case", a->type_of_case);
	cm_json_put_end_object(put);
}

// The request document. What belongs to one kind, or was so at one time, is not taken over.
static cm_result
cm_reader_chain_request(struct cm_json_put *put, const struct cm_reader_told *told, const struct cm_json_value *given,
                        const struct cm_json_value *first)
{
	static const char *const same[] = {"id", "format", "relates_to", "confirms_oral", "deadline", NULL};
	static const char *const other[] = {"id", "format", "relates_to", "confirms_oral", "deadline", "article", "legal_basis",
	        "mla_follow_up", "mla_state", "actions", NULL};
	const struct cm_json_value *kind = given == NULL ? NULL : cm_json_member(given, "kind");
	bool changes = kind != NULL && !cm_view_equal(cm_json_text(kind), cm_json_text(cm_json_member(first, "kind")));
	cm_json_put_name(put, "request");
	cm_json_put_object(put);
	cm_result r = cm_reader_chain_members(put, given, NULL, NULL);
	if (r == CM_OK)
		r = cm_reader_chain_members(put, first, given, changes ? other : same);
	if (given == NULL || cm_json_member(given, "relates_to") == NULL) {
		cm_json_put_name(put, "relates_to");
		cm_json_put_array(put);
		cm_json_put_object(put);
		cm_json_put_member_cstr(put, "how", told->chain.there ? "follows" : "chain_of");
		cm_json_put_member_text(put, "id", told->chain.request);
		if (told->chain.reference.n > 0)
			cm_json_put_member_text(put, "reference", told->chain.reference);
		cm_json_put_end_object(put);
		cm_json_put_end_array(put);
	}
	cm_json_put_end_object(put);
	return r;
}

// What stands beside the request document: the task, the authorisation, the preservation that is followed.
static void
cm_reader_chain_beside(struct cm_json_put *put, const struct cm_reader_told *told, const struct cm_json_value *given,
                       const struct cm_hi1_message *first, enum cm_kind kind)
{
	const struct cm_hi1_object *held = cm_reader_chain_object(first, CM_HI1_TYPE_PRESERVATION);
	const struct cm_hi1_object *task = held != NULL ? held : cm_reader_chain_object(first, CM_HI1_TYPE_DISCLOSURE);
	const struct cm_hi1_object *authorisation = cm_reader_chain_object(first, CM_HI1_TYPE_AUTHORISATION);
	const struct cm_hi1_details *details = task == NULL ? NULL : held != NULL ? held->preservation.details : task->disclosure.details;
	bool preserves = cm_kind_has_task(kind, "LPTask"), discloses = cm_kind_has_task(kind, "LDTask");
	struct cm_instant wanted = held != NULL && preserves ? held->preservation.desired_expiration : (struct cm_instant){.us = 0};
	if (cm_json_member(given, "task") == NULL && details != NULL && (preserves || discloses))
		cm_reader_chain_task(put, details, wanted);
	if (cm_json_member(given, "authorisation") == NULL && authorisation != NULL)
		cm_reader_chain_authorisation(put, &authorisation->authorisation);
	if (cm_json_member(given, "preservation") != NULL || held == NULL || !discloses || !told->chain.there)
		return;
	cm_json_put_name(put, "preservation");
	cm_json_put_object(put);
	cm_json_put_member_text(put, "task", held->id);
	cm_json_put_end_object(put);
}

// `call` with its draft completed.
static cm_result
cm_reader_chain_call(struct cm_json_put *put, const struct cm_reader_told *told, const struct cm_json_value *call,
                     const struct cm_hi1_message *first, const struct cm_json_value *document)
{
	static const char *const draft[] = {"draft", NULL}, *const request[] = {"request", NULL};
	const struct cm_json_value *given = cm_json_member(call, "draft"), *asked = cm_json_member(given, "request");
	const struct cm_json_value *word = asked == NULL ? NULL : cm_json_member(asked, "kind");
	struct cm_view kind = cm_json_text(word != NULL ? word : cm_json_member(document, "kind"));
	cm_json_put_object(put);
	cm_result r = cm_reader_chain_members(put, call, NULL, draft);
	cm_json_put_name(put, "draft");
	cm_json_put_object(put);
	if (cm_json_member(given, "format") == NULL)
		cm_json_put_member_cstr(put, "format", "comity.draft/1");
	if (r == CM_OK)
		r = cm_reader_chain_members(put, given, NULL, request);
	if (r == CM_OK)
		r = cm_reader_chain_request(put, told, asked, document);
	cm_reader_chain_beside(put, told, given, first, cm_kind_find(kind.p, kind.n));
	cm_json_put_end_object(put);
	cm_json_put_end_object(put);
	return r;
}

cm_result
cm_reader_chain(const struct cm_reader_told *told, const struct cm_hi1_read_options *options, struct cm_view call,
                struct cm_report *report, struct cm_buf *ret_call)
{
	struct cm_hi1_message CM_CLEANUP(cm_hi1_message_fini) first = {.action_count = 0};
	struct cm_json CM_CLEANUP(cm_json_free_at) *tree = NULL;
	struct cm_json CM_CLEANUP(cm_json_free_at) *document = NULL;
	struct cm_json_put put = cm_json_put_of(ret_call);
	cm_result r = cm_hi1_message_read(told->chain.message, options, report, &first);
	const struct cm_hi1_object *o = r == CM_OK ? cm_reader_chain_object(&first, CM_HI1_TYPE_DOCUMENT) : NULL;
	if (r == CM_OK && (o == NULL || o->document.body == NULL))
		r = cm_report_refuse(report, CM_ERROR_REQUEST_UNKNOWN, "chain_of", "%.*s has no document", CM_VIEW_ARG(told->chain.request));
	if (r == CM_OK)
		r = cm_json_read(o->document.body->contents, CM_LIMIT_MESSAGE_BYTES_VALUE, report, &document);
	if (r == CM_OK)
		r = cm_json_read(call, CM_LIMIT_MESSAGE_BYTES_VALUE, report, &tree);
	if (r != CM_OK)
		return r;
	const struct cm_json_value *root = cm_json_root(tree), *given = cm_json_member(root, "draft");
	if (given == NULL || cm_json_kind(given) != CM_JSON_OBJECT)
		return cm_report_refuse(report, CM_ERROR_API_MEMBER, "/draft", "missing");
	r = cm_reader_chain_call(&put, told, root, &first, cm_json_root(document));
	return r == CM_OK ? cm_buf_result(ret_call) : r;
}
