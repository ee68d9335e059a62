// The shapes of data/api_shapes.tab: as JSON Schema, and as a check of a body that was read. Knows the types that a row may name. Does
// not know which route has which handler, or what a text means. Serves RFC 8259, JSON Schema 2020-12, OpenAPI 3.1 section 4.8.24.
#include "proto/shape.h"

#include <stdio.h>
#include <string.h>

#include "base/instant.h"
#include "base/tab_limit.h"
#include "base/text.h"
#include "format/json_form.h"
#include "domain/tab_event.h"
#include "domain/tab_state.h"
#include "proto/problem.h"

#define CM_SHAPE_PLACE 128 // bytes of "/member" with NUL
#define CM_SHAPE_LINE 1024 // characters of one line

const struct cm_api_call_row *
cm_shape_call(enum cm_route route)
{
	const char *name = cm_route_row(route)->name;
	return cm_api_call_row(cm_api_call_find(name, strlen(name)));
}

// -- the types -----------------------------------------------------------------------------------------------------

static bool
cm_shape_is_text(const struct cm_json_value *value)
{
	return cm_json_kind(value) == CM_JSON_TEXT;
}

static bool
cm_shape_is_line(const struct cm_json_value *value)
{
	struct cm_view text = cm_json_text(value);
	size_t count = 0;
	uint32_t code;
	for (size_t at = 0; at < text.n && cm_text_next(text, &at, &code);)
		count++;
	return count > 0 && count <= CM_SHAPE_LINE && cm_text_showable(text, false);
}

static bool
cm_shape_is_bool(const struct cm_json_value *value)
{
	return cm_json_kind(value) == CM_JSON_TRUE || cm_json_kind(value) == CM_JSON_FALSE;
}

static bool
cm_shape_is_uuid(const struct cm_json_value *value)
{
	return cm_json_kind(value) == CM_JSON_TEXT && cm_json_form_good(CM_FORM_UUID, cm_json_text(value));
}

static bool
cm_shape_is_object(const struct cm_json_value *value)
{
	return cm_json_kind(value) == CM_JSON_OBJECT;
}

static bool
cm_shape_is_time(const struct cm_json_value *value)
{
	struct cm_instant t;
	return cm_instant_read(cm_json_text(value), &t);
}

static bool
cm_shape_is_number(const struct cm_json_value *value)
{
	return cm_json_kind(value) == CM_JSON_NUMBER && cm_json_number(value) >= 0;
}

static bool
cm_shape_is_seconds(const struct cm_json_value *value)
{
	int64_t n = cm_json_number(value);
	return cm_json_kind(value) == CM_JSON_NUMBER && n >= 0 && n <= UINT32_MAX;
}

static bool
cm_shape_is_of(const struct cm_json_value *value, const char *signs, size_t least, size_t most)
{
	struct cm_view text = cm_json_text(value);
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] == 0 || strchr(signs, text.p[i]) == NULL)
			return false;
	return text.n >= least && text.n <= most;
}

static bool
cm_shape_is_sha256(const struct cm_json_value *value)
{
	return cm_shape_is_of(value, "0123456789abcdef", 64, 64);
}

static bool
cm_shape_is_case(const struct cm_json_value *value)
{
	return cm_shape_is_of(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~", 1, CM_LIMIT_CASE_NAME_VALUE);
}

static bool
cm_shape_is_event(const struct cm_json_value *value)
{
	struct cm_view text = cm_json_text(value);
	return cm_event_find(text.p, text.n) != CM_EVENT_NONE;
}

#define CM_SHAPE_TEXT_OF(n) #n
#define CM_SHAPE_TEXT(n) CM_SHAPE_TEXT_OF(n)

// One of "(a|b c|d)".
static bool
cm_shape_is_one_of(struct cm_view type, const struct cm_json_value *value)
{
	struct cm_view text = cm_json_text(value);
	for (size_t at = 1; at < type.n;) {
		size_t end = cm_view_find(type, at, '|');
		end = end < type.n ? end : type.n - 1;
		if (cm_json_kind(value) == CM_JSON_TEXT && cm_view_equal(text, cm_view_part(type, at, end - at)))
			return true;
		at = end + 1;
	}
	return false;
}

// Types without a check stand in answers and addresses only.
static const struct cm_shape_scalar {
	const char *name, *schema;
	bool (*is)(const struct cm_json_value *value);
} cm_shape_scalars[] = {
        {"text", "{\"type\":\"string\"}", cm_shape_is_text},
        {"line", "{\"type\":\"string\",\"minLength\":1,\"maxLength\":" CM_SHAPE_TEXT(CM_SHAPE_LINE) ",\"pattern\":"
         "\"^[^\\u0000-\\u001f\\u007f-\\u009f\\u202a-\\u202e\\u2066-\\u2069]*$\"}", cm_shape_is_line},
        {"case", "{\"type\":\"string\",\"pattern\":\"^[A-Za-z0-9._~-]{1,64}$\"}", cm_shape_is_case},
        {"object", "{\"type\":\"object\"}", cm_shape_is_object},
        {"time", "{\"type\":\"string\",\"format\":\"date-time\"}", cm_shape_is_time},
        {"seconds", "{\"type\":\"integer\",\"minimum\":0,\"maximum\":4294967295}", cm_shape_is_seconds},
        {"sha256", "{\"type\":\"string\",\"pattern\":\"^[0-9a-f]{64}$\"}", cm_shape_is_sha256},
        {"number", "{\"type\":\"integer\",\"minimum\":0,\"maximum\":9007199254740991}", cm_shape_is_number},
        {"page", "{\"type\":\"integer\",\"minimum\":1,\"maximum\":1000}", NULL},
        {"status", "{\"type\":\"integer\",\"minimum\":400,\"maximum\":599}", NULL},
        {"bool", "{\"type\":\"boolean\"}", cm_shape_is_bool},
        {"texts", "{\"type\":\"object\",\"additionalProperties\":{\"type\":\"string\"}}", NULL},
        {"code", "{\"type\":\"string\",\"pattern\":\"^[a-z0-9_]+$\"}", NULL},
        {"rule", "{\"type\":\"string\",\"pattern\":\"^(about:blank|urn:comity:error:[a-z0-9_]+)$\"}", NULL},
        {"hex", "{\"type\":\"string\",\"pattern\":\"^([0-9a-f]{2})*$\"}", NULL},
        {"uuid", "{\"type\":\"string\",\"format\":\"uuid\"}", cm_shape_is_uuid},
};

static const struct cm_shape_scalar *
cm_shape_scalar(struct cm_view type)
{
	for (size_t i = 0; i < sizeof cm_shape_scalars / sizeof *cm_shape_scalars; i++)
		if (cm_view_is(type, cm_shape_scalars[i].name))
			return &cm_shape_scalars[i];
	return NULL;
}

static bool
cm_shape_cut(struct cm_view *v, const char *end)
{
	size_t n = strlen(end);
	if (v->n < n || memcmp(v->p + v->n - n, end, n) != 0)
		return false;
	v->n -= n;
	return true;
}

bool
cm_shape_member(const char *cell, struct cm_shape_member *ret_member)
{
	struct cm_view all = cm_view_text(cell);
	size_t colon = cm_view_find(all, 0, ':');
	struct cm_shape_member m = {.name = cm_view_part(all, 0, colon), .type = cm_view_part(all, colon + 1, all.n)};
	if (colon >= all.n)
		return false;
	m.optional = cm_shape_cut(&m.name, "?");
	m.demanded = cm_shape_cut(&m.name, "!");
	m.null = cm_shape_cut(&m.type, "|null");
	m.list = cm_shape_cut(&m.type, "[]");
	*ret_member = m;
	return true;
}

// -- described -----------------------------------------------------------------------------------------------------

// "(a|b c|d)"
static void
cm_shape_one_of(struct cm_view type, struct cm_buf *to)
{
	const char *comma = "";
	cm_buf_text(to, "{\"enum\":[");
	for (size_t at = 1; at < type.n;) {
		size_t end = cm_view_find(type, at, '|');
		end = end < type.n ? end : type.n - 1;
		cm_buf_text(to, comma);
		cm_problem_json_text(to, cm_view_part(type, at, end - at));
		comma = ",";
		at = end + 1;
	}
	cm_buf_text(to, "]}");
}

void
cm_shape_type(struct cm_view type, struct cm_buf *to)
{
	const struct cm_shape_scalar *scalar = cm_shape_scalar(type);
	if (scalar != NULL)
		cm_buf_text(to, scalar->schema);
	else if (type.n > 0 && type.p[0] == '(')
		cm_shape_one_of(type, to);
	else if (type.n > 0 && type.p[0] == '@')
		cm_buf_printf(to, "{\"$ref\":\"#/components/schemas/%.*s\"}", (int)type.n - 1, (const char *)type.p + 1);
	else
		cm_buf_printf(to, "{\"$ref\":\"#/components/schemas/%.*s\"}", CM_VIEW_ARG(type));
}

static void
cm_shape_properties(enum cm_api_shape shape, struct cm_buf *to, const char **comma)
{
	struct cm_shape_member m;
	const char *const *cell = cm_api_shape_row(shape)->members;
	for (; *cell != NULL; cell++) {
		if (**cell == '+') {
			cm_shape_properties(cm_api_shape_find(*cell + 1, strlen(*cell + 1)), to, comma);
			continue;
		}
		if (!cm_shape_member(*cell, &m))
			continue;
		cm_buf_printf(to, "%s\"%.*s\":%s%s", *comma, CM_VIEW_ARG(m.name), m.null ? "{\"anyOf\":[{\"type\":\"null\"}," : "",
		              m.list ? "{\"type\":\"array\",\"items\":" : "");
		cm_shape_type(m.type, to);
		cm_buf_printf(to, "%s%s", m.list ? "}" : "", m.null ? "]}" : "");
		*comma = ",";
	}
}

static void
cm_shape_required(enum cm_api_shape shape, struct cm_buf *to, const char **comma)
{
	struct cm_shape_member m;
	const char *const *cell = cm_api_shape_row(shape)->members;
	for (; *cell != NULL; cell++)
		if (**cell == '+')
			cm_shape_required(cm_api_shape_find(*cell + 1, strlen(*cell + 1)), to, comma);
		else if (cm_shape_member(*cell, &m) && !m.optional) {
			cm_buf_printf(to, "%s\"%.*s\"", *comma, CM_VIEW_ARG(m.name));
			*comma = ",";
		}
}

void
cm_shape_schema(enum cm_api_shape shape, struct cm_buf *to)
{
	const char *comma = "";
	cm_buf_text(to, "{\"type\":\"object\",\"description\":");
	cm_problem_json_text(to, cm_view_text(cm_api_shape_row(shape)->meaning));
	cm_buf_text(to, ",\"additionalProperties\":false,\"required\":[");
	cm_shape_required(shape, to, &comma);
	comma = "";
	cm_buf_text(to, "],\"properties\":{");
	cm_shape_properties(shape, to, &comma);
	cm_buf_text(to, "}}");
}

// -- judged --------------------------------------------------------------------------------------------------------

// The member of the shape with this name.
static bool
cm_shape_find(enum cm_api_shape shape, struct cm_view name, struct cm_shape_member *ret_member)
{
	const char *const *cell = cm_api_shape_row(shape)->members;
	for (; *cell != NULL; cell++) {
		if (**cell == '+' && cm_shape_find(cm_api_shape_find(*cell + 1, strlen(*cell + 1)), name, ret_member))
			return true;
		if (**cell != '+' && cm_shape_member(*cell, ret_member) && cm_view_equal(ret_member->name, name))
			return true;
	}
	return false;
}

static bool
cm_shape_is(struct cm_view type, const struct cm_json_value *value)
{
	const struct cm_shape_scalar *scalar = cm_shape_scalar(type);
	if (cm_view_is(type, "@event"))
		return cm_shape_is_event(value);
	if (type.n > 0 && type.p[0] == '(')
		return cm_shape_is_one_of(type, value);
	return scalar != NULL && scalar->is != NULL && scalar->is(value);
}

struct cm_shape_walk {
	enum cm_api_shape shape;
	struct cm_report *report;
	cm_result result;
};

static cm_result
cm_shape_refuse(struct cm_report *report, struct cm_view name, const char *why)
{
	char place[CM_SHAPE_PLACE];
	snprintf(place, sizeof place, "/%.*s", CM_VIEW_ARG(name));
	return cm_report_refuse(report, CM_ERROR_API_MEMBER, place, "%s", why);
}

// A value of one type, or of a shape of its own.
static bool
cm_shape_is_one(struct cm_view type, const struct cm_json_value *value)
{
	enum cm_api_shape shape = cm_api_shape_find((const char *)type.p, type.n);
	bool plain = shape == CM_API_SHAPE_NONE || cm_shape_scalar(type) != NULL; // "case" is the name of both
	return plain ? cm_shape_is(type, value) : cm_shape_check(shape, value, NULL) == CM_OK;
}

static bool
cm_shape_is_member(const struct cm_shape_member *m, const struct cm_json_value *value)
{
	if (!m->list)
		return cm_shape_is_one(m->type, value);
	bool good = cm_json_kind(value) == CM_JSON_ARRAY;
	for (size_t i = 0; good && i < cm_json_count(value); i++)
		good = cm_shape_is_one(m->type, cm_json_at(value, i));
	return good;
}

static bool
cm_shape_each(void *context, struct cm_view name, const struct cm_json_value *value)
{
	struct cm_shape_walk *walk = context;
	struct cm_shape_member m;
	if (!cm_shape_find(walk->shape, name, &m))
		walk->result = cm_shape_refuse(walk->report, name, "no such member");
	else if (!cm_shape_is_member(&m, value))
		walk->result = cm_shape_refuse(walk->report, name, cm_json_kind_name(cm_json_kind(value)));
	return true;
}

cm_result
cm_shape_check(enum cm_api_shape shape, const struct cm_json_value *value, struct cm_report *report)
{
	struct cm_shape_walk walk = {shape, report, CM_OK};
	struct cm_shape_member m;
	char name[CM_SHAPE_PLACE];
	if (cm_json_kind(value) != CM_JSON_OBJECT)
		return cm_shape_refuse(report, cm_view_text(""), cm_json_kind_name(cm_json_kind(value)));
	cm_json_members(value, cm_shape_each, &walk);
	for (const char *const *cell = cm_api_shape_row(shape)->members; *cell != NULL; cell++) {
		if (!cm_shape_member(*cell, &m) || m.optional)
			continue;
		snprintf(name, sizeof name, "%.*s", CM_VIEW_ARG(m.name));
		if (cm_json_member(value, name) == NULL)
			walk.result = cm_shape_refuse(report, m.name, "missing");
	}
	return walk.result;
}

bool
cm_shape_may_miss(enum cm_api_shape shape)
{
	struct cm_shape_member m;
	for (const char *const *cell = cm_api_shape_row(shape)->members; *cell != NULL; cell++)
		if (cm_shape_member(*cell, &m) && !m.optional)
			return false;
	return shape != CM_API_SHAPE_NONE;
}

// The parameter of the route with this name; header fields are none of the query.
static bool
cm_shape_parameter(enum cm_route route, struct cm_view name)
{
	struct cm_shape_member m;
	for (const char *const *cell = cm_shape_call(route)->parameters; *cell != NULL; cell++)
		if (cm_shape_member(*cell, &m) && cm_view_equal(m.name, name) && (**cell < 'A' || **cell > 'Z'))
			return true;
	return false;
}

cm_result
cm_shape_query_check(enum cm_route route, struct cm_view query, struct cm_report *report)
{
	if (cm_shape_call(route) == cm_api_call_row(CM_API_CALL_NONE))
		return CM_OK; // another listener's
	for (size_t at = 0; at < query.n;) {
		size_t end = cm_view_find(query, at, '&');
		struct cm_view part = cm_view_part(query, at, end - at);
		size_t equals = cm_view_find(part, 0, '=');
		at = end + 1;
		// No parameter has an empty value: a line, a number, a word of a list.
		if (!cm_shape_parameter(route, cm_view_part(part, 0, equals)) || equals + 1 >= part.n)
			return cm_report_refuse(report, CM_ERROR_HTTP_QUERY, "query", "%.*s", CM_VIEW_ARG(part));
	}
	return CM_OK;
}
