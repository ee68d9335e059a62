// Writes the description of a listener's routes: for each route parameters, body, answers and every refusal, each status with the codes
// that lead to it. Knows the tables and the form of OpenAPI. Does not know any handler. Serves OpenAPI 3.1.0, RFC 9457.
#include "proto/openapi.h"

#include <stdio.h>
#include <string.h>

#include "base/report.h"
#include "domain/tab_event.h"
#include "domain/tab_state.h"
#include "proto/problem.h"
#include "proto/route.h"
#include "proto/shape.h"

static void
cm_openapi_text(struct cm_buf *to, const char *before, const char *text)
{
	cm_buf_text(to, before);
	cm_problem_json_text(to, cm_view_text(text));
}

// "/log/{path*}" is "/log/{path}" in OpenAPI, which has no name for the rest of a path.
static void
cm_openapi_path(const char *path, struct cm_buf *to)
{
	for (; *path != 0; path++)
		if (*path != '*')
			cm_buf_u8(to, (uint8_t)*path);
}

static void
cm_openapi_parameters(const struct cm_route_row *row, const struct cm_api_call_row *call, struct cm_buf *to)
{
	struct cm_shape_member m;
	const char *comma = "";
	cm_buf_text(to, ",\"parameters\":[");
	for (const char *p = strchr(row->path, '{'); p != NULL; p = strchr(p, '{')) {
		size_t n = strcspn(++p, "*}");
		cm_buf_printf(to,
		              "%s{\"name\":\"%.*s\",\"in\":\"path\",\"required\":true,\"schema\":{\"type\":\"string\",\"minLength\":1,"
		              "\"maxLength\":%d,\"pattern\":\"^[A-Za-z0-9_~-][A-Za-z0-9._~%s-]*$\"}}",
		              comma, (int)n, p, CM_ROUTE_PART - 1, p[n] == '*' ? "/" : "");
		comma = ",";
	}
	for (const char *const *cell = call->parameters; *cell != NULL; cell++) {
		if (!cm_shape_member(*cell, &m))
			continue;
		bool field = **cell >= 'A' && **cell <= 'Z';
		cm_buf_printf(to, "%s{\"name\":\"%.*s\",\"in\":\"%s\",\"required\":%s,\"schema\":", comma, CM_VIEW_ARG(m.name),
		              field ? "header" : "query", m.demanded ? "true" : "false");
		cm_shape_type(m.type, to);
		cm_buf_u8(to, '}');
		comma = ",";
	}
	cm_buf_text(to, "]");
}

static void
cm_openapi_media(const char *media, enum cm_api_shape shape, struct cm_buf *to)
{
	cm_openapi_text(to, "", media);
	if (shape != CM_API_SHAPE_NONE)
		cm_buf_printf(to, ":{\"schema\":{\"$ref\":\"#/components/schemas/%s\"}}", cm_api_shape_row(shape)->name);
	else if (strcmp(media, "application/json") == 0)
		cm_buf_text(to, ":{\"schema\":{\"type\":\"object\"}}");
	else
		cm_buf_text(to, ":{\"schema\":{\"type\":\"string\"}}");
}

static void
cm_openapi_success(const struct cm_route_row *row, const struct cm_api_call_row *call, const char *status, struct cm_buf *to)
{
	cm_openapi_text(to, "", status);
	cm_buf_text(to, ":{\"description\":\"done\"");
	if (strcmp(row->media_out, "-") != 0) {
		cm_buf_text(to, ",\"content\":{");
		cm_openapi_media(row->media_out, call->answer, to);
		for (const char *const *media = call->also_media; *media != NULL; media++) {
			cm_buf_u8(to, ',');
			cm_openapi_media(*media, CM_API_SHAPE_NONE, to);
		}
		cm_buf_u8(to, '}');
	}
	cm_buf_text(to, "}");
}

// The statuses that refusals have at all.
static bool
cm_openapi_used(unsigned status)
{
	for (int e = 1; e < CM_ERROR_END; e++)
		if (cm_problem_rule_status((enum cm_error)e) == status)
			return true;
	return false;
}

// Which of them a route can give: what is about persons, things and conflicts only where there are such.
static bool
cm_openapi_gives(const struct cm_route_row *row, unsigned status)
{
	bool named = strchr(row->path, '{') != NULL, body = strcmp(row->body, "none") != 0;
	if (status == 401 || status == 403)
		return row->session;
	if (status == 404)
		return named || body;
	if (status == 409)
		return body;
	return status != 416; // ranges: the peer listener
}

static void
cm_openapi_responses(const struct cm_route_row *row, const struct cm_api_call_row *call, struct cm_buf *to)
{
	char status[8];
	snprintf(status, sizeof status, "%u", (unsigned)row->status);
	cm_buf_text(to, ",\"responses\":{");
	cm_openapi_success(row, call, status, to);
	for (const char *const *also = call->also; *also != NULL; also++) {
		cm_buf_u8(to, ',');
		cm_openapi_success(row, call, *also, to);
	}
	for (unsigned s = 400; s < 600; s++)
		if (cm_openapi_used(s) && cm_openapi_gives(row, s))
			cm_buf_printf(to, ",\"%u\":{\"$ref\":\"#/components/responses/Refused%u\"}", s, s);
	cm_buf_u8(to, '}');
}

static void
cm_openapi_operation(enum cm_route route, struct cm_buf *to)
{
	const struct cm_route_row *row = cm_route_row(route);
	const struct cm_api_call_row *call = cm_shape_call(route);
	char method[16] = "";
	for (size_t i = 0; row->method[i] != 0 && i + 1 < sizeof method; i++)
		method[i] = (char)(row->method[i] + ('a' - 'A'));
	cm_buf_printf(to, "\"%s\":{\"operationId\":\"%s\"", method, row->name);
	cm_openapi_text(to, ",\"summary\":", row->summary);
	cm_openapi_parameters(row, call, to);
	if (strcmp(row->body, "none") != 0) {
		cm_buf_printf(to, ",\"requestBody\":{\"required\":%s,\"content\":{", cm_shape_may_miss(call->body) ? "false" : "true");
		cm_openapi_media(row->media_in, call->body, to);
		cm_buf_text(to, "}}");
	}
	if (row->session)
		cm_buf_text(to, ",\"security\":[{\"session\":[],\"statement\":[],\"mac\":[]}]");
	cm_openapi_responses(row, call, to);
	cm_buf_text(to, "}");
}

static void
cm_openapi_paths(const char *listener, struct cm_buf *to)
{
	const char *comma = "";
	for (int i = 1; i < CM_ROUTE_END; i++) {
		const struct cm_route_row *row = cm_route_row((enum cm_route)i);
		bool again = false;
		for (int k = 1; k < i; k++)
			again = again || (cm_route_listens(cm_route_row((enum cm_route)k), listener) &&
			                  strcmp(cm_route_row((enum cm_route)k)->path, row->path) == 0);
		if (again || !cm_route_listens(row, listener))
			continue;
		cm_buf_printf(to, "%s\"", comma);
		cm_openapi_path(row->path, to);
		cm_buf_text(to, "\":{");
		comma = "";
		for (int k = i; k < CM_ROUTE_END; k++) {
			const struct cm_route_row *other = cm_route_row((enum cm_route)k);
			if (!cm_route_listens(other, listener) || strcmp(other->path, row->path) != 0)
				continue;
			cm_buf_text(to, comma);
			cm_openapi_operation((enum cm_route)k, to);
			comma = ",";
		}
		cm_buf_text(to, "}");
		comma = ",\n";
	}
}

static void
cm_openapi_schemas(struct cm_buf *to)
{
	cm_buf_text(to, "\"event\":{\"enum\":[");
	for (int i = 1; i < CM_EVENT_END; i++)
		cm_openapi_text(to, i == 1 ? "" : ",", cm_event_row((enum cm_event)i)->name);
	cm_buf_text(to, "]},\n\"state\":{\"enum\":[");
	for (int i = 1; i < CM_STATE_END; i++)
		cm_openapi_text(to, i == 1 ? "" : ",", cm_state_row((enum cm_state)i)->name);
	cm_buf_text(to, "]}");
	for (int i = 1; i < CM_API_SHAPE_END; i++) {
		cm_buf_printf(to, ",\n\"%s\":", cm_api_shape_row((enum cm_api_shape)i)->name);
		cm_shape_schema((enum cm_api_shape)i, to);
	}
}

// One answer for each status; its `type` is one of the codes that lead to it.
static void
cm_openapi_refusal(unsigned status, struct cm_buf *to)
{
	cm_buf_printf(to, "\"Refused%u\":{\"description\":\"refused\",\"content\":{\"" CM_PROBLEM_TYPE "\":{\"schema\":{\"allOf\":["
	              "{\"$ref\":\"#/components/schemas/problem\"},{\"properties\":{\"status\":{\"const\":%u},\"type\":{\"enum\":["
	              "\"about:blank\"", status, status);
	for (int e = 1; e < CM_ERROR_END; e++) {
		unsigned own = cm_problem_rule_status((enum cm_error)e);
		// What has no status of its own is 422 when it is the caller's fault and 503 when it is this machine's.
		if (own == status || (status == 503 && own == 422))
			cm_buf_printf(to, ",\"urn:comity:error:%s\"", cm_error_row((enum cm_error)e)->name);
	}
	cm_buf_text(to, "]}}}]}}}}");
}

static void
cm_openapi_security(struct cm_buf *to)
{
	static const char *const schemes[][3] = {
	        {"session", "Comity-Session", "Which session: 32 hexadecimal digits."},
	        {"statement", "Comity-Statement", "What the person states: time, act, object, SHA-256 of the body (doc/spec/keys.md, Statements), base64url."},
	        {"mac", "Comity-Mac", "HMAC-SHA-256 of the statement under the session key, which only the person and the keeper have."},
	};
	for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
		cm_buf_printf(to, "%s\"%s\":{\"type\":\"apiKey\",\"in\":\"header\",\"name\":\"%s\"", i == 0 ? "" : ",\n", schemes[i][0],
		              schemes[i][1]);
		cm_openapi_text(to, ",\"description\":", schemes[i][2]);
		cm_buf_u8(to, '}');
	}
}

void
cm_openapi_write(const char *listener, const char *version, struct cm_buf *to)
{
	const char *comma = "";
	cm_openapi_text(to, "{\"openapi\":\"3.1.0\",\"info\":{\"title\":\"comity\",\"version\":", version);
	cm_buf_text(to, "},\"paths\":{");
	cm_openapi_paths(listener, to);
	cm_buf_text(to, "},\n\"components\":{\"securitySchemes\":{");
	cm_openapi_security(to);
	cm_buf_text(to, "},\n\"responses\":{");
	for (unsigned s = 400; s < 600; s++)
		if (cm_openapi_used(s)) {
			cm_buf_text(to, comma);
			cm_openapi_refusal(s, to);
			comma = ",\n";
		}
	cm_buf_text(to, "},\n\"schemas\":{");
	cm_openapi_schemas(to);
	cm_buf_text(to, "}}}\n");
}
