// Knows: how a document is read strictly (RFC 8259, RFC 7493) and how its values are reached. Does not know: any message. The
// bounds are judged by json_scan.c before anything is built; json_parse.c builds.
#include <string.h>

#include "base/mem.h"
#include "base/tab_limit.h"
#include "format/json_scan.h"
#include "format/json_tree.h"
#include "format/json.h"

cm_result
cm_json_read(struct cm_view bytes, size_t max, struct cm_report *report, struct cm_json **ret_json)
{
	if (bytes.n > max)
		return cm_report_refuse(report, CM_ERROR_JSON_TOO_LARGE, "whole", "%zu bytes, at most %zu", bytes.n,
		                        max);
	cm_result r = cm_json_scan(bytes, report);
	if (r != CM_OK)
		return r;
	if (bytes.n == 0)
		return cm_report_refuse(report, CM_ERROR_JSON_SYNTAX, "byte 0", "nothing");
	CM_CLEANUP(cm_json_free_at) struct cm_json *json = cm_mem_new(sizeof *json);
	if (json == NULL)
		return CM_NOMEM;
	r = cm_json_parse(bytes, report, json);
	if (r == CM_OK)
		*ret_json = cm_take(&json);
	return r;
}

void
cm_json_free(struct cm_json *json)
{
	if (json == NULL)
		return;
	cm_arena_fini(&json->arena);
	cm_mem_free(json);
}

void
cm_json_free_at(struct cm_json **at)
{
	cm_json_free(*at);
}

const struct cm_json_value *
cm_json_root(const struct cm_json *json)
{
	return &json->root;
}

enum cm_json_kind
cm_json_kind(const struct cm_json_value *value)
{
	return value->kind;
}

const char *
cm_json_kind_name(enum cm_json_kind kind)
{
	switch (kind) {
	case CM_JSON_OBJECT:
		return "an object";
	case CM_JSON_ARRAY:
		return "an array";
	case CM_JSON_TEXT:
		return "a text";
	case CM_JSON_NUMBER:
		return "a number";
	case CM_JSON_TRUE:
		return "true";
	case CM_JSON_FALSE:
		return "false";
	case CM_JSON_NULL:
		break;
	}
	return "null";
}

struct cm_view
cm_json_text(const struct cm_json_value *value)
{
	return value != NULL && value->kind == CM_JSON_TEXT ? value->text : cm_view_of(NULL, 0);
}

int64_t
cm_json_number(const struct cm_json_value *value)
{
	return value != NULL && value->kind == CM_JSON_NUMBER ? value->number : 0;
}

static bool
cm_json_is_list(const struct cm_json_value *value)
{
	return value != NULL && (value->kind == CM_JSON_ARRAY || value->kind == CM_JSON_OBJECT);
}

size_t
cm_json_count(const struct cm_json_value *value)
{
	return cm_json_is_list(value) ? value->count : 0;
}

const struct cm_json_value *
cm_json_at(const struct cm_json_value *array, size_t i)
{
	return array != NULL && array->kind == CM_JSON_ARRAY && i < array->count ? &array->children[i] : NULL;
}

const struct cm_json_value *
cm_json_member(const struct cm_json_value *object, const char *name)
{
	struct cm_view wanted = cm_view_text(name);
	for (size_t i = 0; object != NULL && object->kind == CM_JSON_OBJECT && i < object->count; i++)
		if (cm_view_equal(object->children[i].name, wanted))
			return &object->children[i];
	return NULL;
}

void
cm_json_members(const struct cm_json_value *object,
                bool (*each)(void *context, struct cm_view name, const struct cm_json_value *value), void *context)
{
	for (size_t i = 0; object != NULL && object->kind == CM_JSON_OBJECT && i < object->count; i++)
		if (!each(context, object->children[i].name, &object->children[i]))
			return;
}
