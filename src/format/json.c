// Knows: the JSON library, and how to ask it to be strict (RFC 8259, RFC 7493). Does not know: any message. The only
// file beside json_canonical.c that sees the library; all others see struct cm_json_value.
#include <jansson.h>
#include <stdio.h>

#include "base/mem.h"
#include "base/tab_limit.h"
#include "format/json_scan.h"
#include "format/json.h"

struct cm_json {
	json_t *root;
};

// The library makes a seed of its own from files or the clock unless it has been told one; this room asks neither.
#define CM_JSON_FIXED_SEED 0x636f6d69u

void
cm_json_seed(uint64_t random)
{
	size_t seed = (size_t)random;
	json_object_seed(seed == 0 ? CM_JSON_FIXED_SEED : seed);
}

static const struct cm_json_value *
cm_json_value_of(const json_t *json)
{
	return (const struct cm_json_value *)(const void *)json;
}

static const json_t *
cm_json_of(const struct cm_json_value *value)
{
	return (const json_t *)(const void *)value;
}

static cm_result
cm_json_parse(struct cm_view bytes, struct cm_report *report, json_t **ret_root)
{
	json_error_t error;
	json_object_seed(CM_JSON_FIXED_SEED); // does nothing once a seed is set
	json_t *root = json_loadb((const char *)bytes.p, bytes.n, JSON_REJECT_DUPLICATES, &error);
	if (root != NULL) {
		*ret_root = root;
		return CM_OK;
	}
	if (json_error_code(&error) == json_error_out_of_memory)
		return CM_NOMEM;
	char place[32];
	snprintf(place, sizeof place, "byte %d", error.position);
	return cm_report_refuse(report, CM_ERROR_JSON_SYNTAX, place, "%s", error.text);
}

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
	json_t *root = NULL;
	r = cm_json_parse(bytes, report, &root);
	if (r != CM_OK)
		return r;
	struct cm_json *json = cm_mem_new(sizeof *json);
	if (json == NULL) {
		json_decref(root);
		return CM_NOMEM;
	}
	json->root = root;
	*ret_json = json;
	return CM_OK;
}

void
cm_json_free(struct cm_json *json)
{
	if (json == NULL)
		return;
	json_decref(json->root);
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
	return cm_json_value_of(json->root);
}

enum cm_json_kind
cm_json_kind(const struct cm_json_value *value)
{
	switch (json_typeof(cm_json_of(value))) {
	case JSON_OBJECT:
		return CM_JSON_OBJECT;
	case JSON_ARRAY:
		return CM_JSON_ARRAY;
	case JSON_STRING:
		return CM_JSON_TEXT;
	case JSON_INTEGER:
	case JSON_REAL: // the scan lets none through
		return CM_JSON_NUMBER;
	case JSON_TRUE:
		return CM_JSON_TRUE;
	case JSON_FALSE:
		return CM_JSON_FALSE;
	case JSON_NULL:
		break;
	}
	return CM_JSON_NULL;
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
	const json_t *json = cm_json_of(value);
	if (!json_is_string(json))
		return cm_view_of(NULL, 0);
	return cm_view_of(json_string_value(json), json_string_length(json));
}

int64_t
cm_json_number(const struct cm_json_value *value)
{
	return (int64_t)json_integer_value(cm_json_of(value));
}

size_t
cm_json_count(const struct cm_json_value *value)
{
	const json_t *json = cm_json_of(value);
	return json_is_array(json) ? json_array_size(json) : json_object_size(json);
}

const struct cm_json_value *
cm_json_at(const struct cm_json_value *array, size_t i)
{
	return cm_json_value_of(json_array_get(cm_json_of(array), i));
}

const struct cm_json_value *
cm_json_member(const struct cm_json_value *object, const char *name)
{
	return cm_json_value_of(json_object_get(cm_json_of(object), name));
}

// The library's walk takes an object that it could change; this one is only read.
static json_t *
cm_json_readable(const struct cm_json_value *value)
{
	json_t *json;
	const void *from = value;
	__builtin_memcpy(&json, &from, sizeof json);
	return json;
}

void
cm_json_members(const struct cm_json_value *object,
                bool (*each)(void *context, struct cm_view name, const struct cm_json_value *value), void *context)
{
	json_t *json = cm_json_readable(object);
	for (void *at = json_object_iter(json); at != NULL; at = json_object_iter_next(json, at)) {
		const char *name = json_object_iter_key(at);
		if (!each(context, cm_view_text(name), cm_json_value_of(json_object_iter_value(at))))
			return;
	}
}
