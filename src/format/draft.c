// Knows: the form of a draft. Does not know: whether it is complete (domain/request.h) or who may send it.
#include "format/draft.h"

#include "base/mem.h"
#include "base/tab_limit.h"
#include "format/json.h"
#include "format/json_form.h"
#include "format/json_put.h"

struct cm_draft_names {
	const char *const *names;
	struct cm_report *report;
	const char *place;
	bool good;
};

static bool
cm_draft_known(void *context, struct cm_view name, const struct cm_json_value *value)
{
	struct cm_draft_names *it = context;
	(void)value;
	for (size_t i = 0; it->names[i] != NULL; i++)
		if (cm_view_is(name, it->names[i]))
			return true;
	cm_report_add(it->report, CM_ERROR_DRAFT_FORM, it->place, "unknown member %.*s", CM_VIEW_ARG(name));
	it->good = false;
	return true;
}

static bool
cm_draft_has_only(const struct cm_json_value *object, const char *const *names, struct cm_report *report,
                  const char *place)
{
	struct cm_draft_names it = {names, report, place, true};
	if (object == NULL)
		return true;
	if (cm_json_kind(object) != CM_JSON_OBJECT) {
		cm_report_add(report, CM_ERROR_DRAFT_FORM, place, "%s instead of an object",
		              cm_json_kind_name(cm_json_kind(object)));
		return false;
	}
	cm_json_members(object, cm_draft_known, &it);
	return it.good;
}

static struct cm_view
cm_draft_text(struct cm_draft *draft, const struct cm_json_value *object, const char *name)
{
	const struct cm_json_value *value = object == NULL ? NULL : cm_json_member(object, name);
	return value == NULL ? cm_view_of(NULL, 0) : cm_arena_copy(&draft->arena, cm_json_text(value));
}

static struct cm_instant
cm_draft_time(struct cm_draft *draft, const struct cm_json_value *object, const char *name, struct cm_report *report)
{
	struct cm_view text = cm_draft_text(draft, object, name);
	struct cm_instant t = {.us = 0};
	if (text.n > 0 && !cm_instant_read(text, &t))
		cm_report_add(report, CM_ERROR_DRAFT_FORM, name, "%.*s is not a moment with its offset", CM_VIEW_ARG(text));
	return t;
}

static struct cm_hi1_entry
cm_draft_entry(struct cm_draft *draft, const struct cm_json_value *object, const char *name, enum cm_dictionary in,
               const char *otherwise)
{
	struct cm_view value = cm_draft_text(draft, object, name);
	return value.n > 0 ? (struct cm_hi1_entry){in, value} : cm_hi1_entry_of(in, otherwise);
}

// "request" with the members that the node fills in, as JSON text again, so that one reader judges every document.
struct cm_draft_fill {
	struct cm_json_put *put;
	bool failed;
};

static bool
cm_draft_fill_member(void *context, struct cm_view name, const struct cm_json_value *value)
{
	struct cm_draft_fill *fill = context;
	struct cm_buf CM_CLEANUP(cm_buf_fini) text = cm_buf_of(CM_LIMIT_DOCUMENT_BYTES_VALUE);
	struct cm_buf CM_CLEANUP(cm_buf_fini) key = cm_buf_of(CM_LIMIT_DOCUMENT_BYTES_VALUE);
	if (cm_view_is(name, "id") || cm_view_is(name, "format"))
		return true;
	cm_buf_view_add(&key, name);
	fill->failed = fill->failed || cm_json_canonical(value, NULL, &text) != CM_OK;
	cm_json_put_name(fill->put, cm_buf_cstr(&key));
	cm_json_put_raw(fill->put, cm_buf_view(&text));
	return true;
}

static cm_result
cm_draft_document(struct cm_draft *draft, const struct cm_json_value *request, const struct cm_draft_told *told,
                  struct cm_report *report)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) text = cm_buf_of(CM_LIMIT_DOCUMENT_BYTES_VALUE);
	struct cm_json_put put = cm_json_put_of(&text);
	struct cm_draft_fill fill = {&put, false};
	cm_json_put_object(&put);
	cm_json_put_member_cstr(&put, "format", "comity.request/1");
	cm_json_put_member_text(&put, "id", told->document);
	cm_json_members(request, cm_draft_fill_member, &fill);
	cm_json_put_end_object(&put);
	cm_result r = fill.failed ? CM_NOMEM : cm_buf_result(&text);
	return r == CM_OK ? cm_request_doc_read(cm_buf_view(&text), report, &draft->doc) : r;
}

static void
cm_draft_values(struct cm_draft *draft, const struct cm_json_value *task)
{
	const struct cm_json_value *values = cm_json_member(task, "values"), *subtypes = cm_json_member(task, "subtypes");
	size_t n = values == NULL ? 0 : cm_json_count(values), m = subtypes == NULL ? 0 : cm_json_count(subtypes);
	struct cm_hi1_request_value *list = cm_arena_new_many(&draft->arena, n, sizeof *list);
	struct cm_hi1_entry *kinds = cm_arena_new_many(&draft->arena, m, sizeof *kinds);
	for (size_t i = 0; list != NULL && i < n; i++) {
		const struct cm_json_value *v = cm_json_at(values, i);
		list[i] = (struct cm_hi1_request_value){cm_view_text("comity"), cm_draft_text(draft, v, "format"),
		        cm_draft_text(draft, v, "value")};
	}
	for (size_t i = 0; kinds != NULL && i < m; i++)
		kinds[i] = (struct cm_hi1_entry){CM_DICTIONARY_REQUEST_SUBTYPE,
		        cm_arena_copy(&draft->arena, cm_json_text(cm_json_at(subtypes, i)))};
	draft->details.values = list;
	draft->details.value_count = list == NULL ? 0 : n;
	draft->details.subtypes = kinds;
	draft->details.subtype_count = kinds == NULL ? 0 : m;
}

static void
cm_draft_task(struct cm_draft *draft, const struct cm_json_value *task, struct cm_report *report)
{
	static const char *const names[] = {"type", "start", "end", "values", "subtypes", "wanted_end", "deadline",
	        "deadline_reason", NULL};
	if (task == NULL || !cm_draft_has_only(task, names, report, "/task"))
		return;
	draft->details.type = cm_draft_entry(draft, task, "type", CM_DICTIONARY_REQUEST_TYPE, "Other");
	draft->details.start = cm_draft_time(draft, task, "start", report);
	draft->details.end = cm_draft_time(draft, task, "end", report);
	draft->wanted_end = cm_draft_time(draft, task, "wanted_end", report);
	draft->deadline.at = cm_draft_time(draft, task, "deadline", report);
	draft->deadline.nature = cm_hi1_entry_of(CM_DICTIONARY_NATURE_OF_DEADLINE, "suggested");
	draft->deadline.information = cm_draft_text(draft, task, "deadline_reason");
	cm_draft_values(draft, task);
}

static void
cm_draft_authorisation(struct cm_draft *draft, const struct cm_json_value *from, struct cm_report *report)
{
	static const char *const names[] = {"reference", "type_of_case", "priority", "start", "end", "approved_by",
	        "approver_role", "approval_reference", NULL};
	struct cm_hi1_authorisation *to = &draft->authorisation;
	if (!cm_draft_has_only(from, names, report, "/authorisation"))
		return;
	to->reference = cm_draft_text(draft, from, "reference");
	to->priority = cm_draft_entry(draft, from, "priority", CM_DICTIONARY_AUTHORISATION_PRIORITY, "High");
	to->type_of_case = cm_draft_entry(draft, from, "type_of_case", CM_DICTIONARY_AUTHORISATION_TYPE_OF_CASE, "Cybercrime");
	to->start = cm_draft_time(draft, from, "start", report);
	to->end = cm_draft_time(draft, from, "end", report);
	draft->approval.name = cm_draft_text(draft, from, "approved_by");
	draft->approval.role = cm_draft_text(draft, from, "approver_role");
	draft->approval.reference = cm_draft_text(draft, from, "approval_reference");
}

static void
cm_draft_preservation(struct cm_draft *draft, const struct cm_json_value *from, struct cm_report *report)
{
	static const char *const names[] = {"task", "reference", "at", NULL};
	if (from == NULL || !cm_draft_has_only(from, names, report, "/preservation"))
		return;
	struct cm_view task = cm_draft_text(draft, from, "task"), reference = cm_draft_text(draft, from, "reference");
	if (task.n > 0)
		draft->preservations[draft->preservation_count++] = (struct cm_hi1_alternative){task,
		        cm_view_text("comity:ObjectIdentifier"), cm_draft_time(draft, from, "at", report)};
	if (reference.n > 0)
		draft->preservations[draft->preservation_count++] =
		        (struct cm_hi1_alternative){reference, cm_view_text("comity:ExternalIdentifier"), {.us = 0}};
}

cm_result
cm_draft_read(struct cm_view json, const struct cm_draft_told *told, struct cm_report *report, struct cm_draft *ret_draft)
{
	static const char *const names[] = {"format", "request", "task", "authorisation", "preservation", NULL};
	struct cm_json CM_CLEANUP(cm_json_free_at) *tree = NULL;
	struct cm_draft CM_CLEANUP(cm_draft_fini) draft = {.preservation_count = 0};
	struct cm_report own = {0};
	report = report == NULL ? &own : report; // findings decide below, so there must be a place for them
	cm_result r = cm_json_read(json, CM_LIMIT_MESSAGE_BYTES_VALUE, report, &tree);
	if (r != CM_OK)
		return r;
	size_t before = report->count + report->dropped;
	const struct cm_json_value *root = cm_json_member(cm_json_root(tree), "draft");
	if (root == NULL || cm_json_kind(root) != CM_JSON_OBJECT)
		return cm_report_refuse(report, CM_ERROR_API_MEMBER, "/draft", "missing");
	const struct cm_json_value *request = cm_json_member(root, "request"), *format = cm_json_member(root, "format");
	if (!cm_draft_has_only(root, names, report, "/"))
		return CM_REFUSED;
	if (format == NULL || !cm_view_is(cm_json_text(format), "comity.draft/1") || request == NULL ||
	    cm_json_kind(request) != CM_JSON_OBJECT)
		return cm_report_refuse(report, CM_ERROR_DRAFT_FORM, "/", "format or request is missing");
	draft.to = cm_draft_text(&draft, cm_json_root(tree), "to");
	draft.case_id = cm_draft_text(&draft, cm_json_root(tree), "case");
	draft.undertaking = cm_draft_text(&draft, cm_json_root(tree), "undertaking");
	if (cm_json_member(cm_json_root(tree), "undertaking") != NULL && !cm_json_form_good(CM_FORM_UUID, draft.undertaking))
		return cm_report_refuse(report, CM_ERROR_API_MEMBER, "/undertaking", "it is not %s", cm_json_form_say(CM_FORM_UUID));
	const struct cm_json_value *founds = cm_json_member(cm_json_root(tree), "founds");
	draft.founds = founds != NULL && cm_json_kind(founds) == CM_JSON_TRUE;
	cm_draft_task(&draft, cm_json_member(root, "task"), report);
	cm_draft_authorisation(&draft, cm_json_member(root, "authorisation"), report);
	cm_draft_preservation(&draft, cm_json_member(root, "preservation"), report);
	r = cm_draft_document(&draft, request, told, report);
	if (r == CM_OK && report->count + report->dropped > before)
		r = CM_REFUSED;
	if (r == CM_OK && draft.arena.failed)
		r = CM_NOMEM;
	if (r == CM_OK) {
		*ret_draft = draft;
		draft = (struct cm_draft){.preservation_count = 0};
	}
	return r;
}

void
cm_draft_fini(struct cm_draft *draft)
{
	if (draft == NULL)
		return;
	cm_request_doc_fini(&draft->doc);
	cm_arena_fini(&draft->arena);
}
