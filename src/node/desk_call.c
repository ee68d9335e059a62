// Knows: how a page asks the node, and how a person signs in and out at the desk. Does not know: HTTP towards browsers (desk.c),
// what is asked for (the pages).
#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "base/mem.h"
#include "format/json.h"
#include "node/desk_inside.h"
#include "proto/form.h"
#include "proto/problem.h"
#include "proto/route.h"

cm_result
cm_desk_field(const struct cm_desk_visit *visit, const char *name, struct cm_report *report, struct cm_buf *to)
{
	return cm_form_field(visit->body, name, report, to);
}

cm_result
cm_desk_query(const struct cm_desk_visit *visit, const char *name, struct cm_report *report, struct cm_buf *to)
{
	return cm_route_query(visit->query, name, report, to);
}

// What the node found wrong.
static cm_result
cm_desk_refused(const struct cm_buf *body, unsigned status, struct cm_report *report)
{
	struct cm_json CM_CLEANUP(cm_json_free_at) *json = NULL;
	struct cm_report none = {0};
	cm_result r = body->n == 0 ? CM_REFUSED
	                           : cm_json_read(cm_buf_view(body), CM_LIMIT_API_ANSWER_BYTES_VALUE, &none, &json);
	cm_problem_findings(r == CM_OK ? cm_json_root(json) : NULL, status, report);
	return status < 500 ? CM_REFUSED : CM_FAILED;
}

cm_result
cm_desk_ask(struct cm_desk_visit *visit, const struct cm_desk_call *call, struct cm_report *report, struct cm_buf *to)
{
	struct cm_desk *desk = visit->desk;
	struct cm_buf CM_CLEANUP(cm_buf_fini) body = cm_buf_of(CM_LIMIT_API_ANSWER_BYTES_VALUE);
	char url[2048], fields[3][CM_OFFICER_FIELD];
	snprintf(url, sizeof url, "http://node%s", call->path);
	struct cm_client_request request = {
	        .method = call->method,
	        .url = url,
	        .unix_path = desk->socket,
	        .content_type = call->body.n > 0 ? "application/json" : NULL,
	        .body = call->body,
	        .deadline_us = CM_LIMIT_ADMIN_CALL_MS_VALUE * INT64_C(1000),
	};
	cm_result r = CM_OK;
	if (call->act != NULL && visit->session == NULL)
		return cm_report_refuse(report, CM_ERROR_SESSION_MISSING, "desk", "%s", call->act);
	if (call->act != NULL) {
		struct cm_officer_statement statement = {
		        .act = call->act, .object = call->object, .digest = cm_hash_of(call->body)};
		r = cm_officer_state(&visit->session->officer, &statement, report, fields);
		for (size_t i = 0; i < 3; i++)
			request.fields[i] = fields[i];
	}
	unsigned status = 0;
	if (r == CM_OK)
		r = cm_client_wait(desk->client, &request, report, &body, &status);
	if (r != CM_OK)
		return r;
	if (status < 200 || status >= 300)
		return cm_desk_refused(&body, status, report);
	cm_buf_view_add(to, cm_buf_view(&body));
	return cm_buf_result(to);
}

// -- signing in and out

static void
cm_desk_cookie(struct cm_desk_visit *visit, const char *token, int64_t seconds)
{
	snprintf(visit->cookie[0], sizeof visit->cookie[0],
	         "__Host-comity=%s; Path=/; Max-Age=%lld; Secure; HttpOnly; SameSite=Lax", token, (long long)seconds);
}

cm_result
cm_desk_sign_in(struct cm_desk_visit *visit, const struct cm_desk_factors *factors, struct cm_report *report)
{
	struct cm_officer_session CM_CLEANUP(cm_officer_session_fini) session = {.person = ""};
	char person[CM_IPC_PERSON_ID] = "", token[CM_DESK_TOKEN];
	if (factors->person.n >= sizeof person)
		return cm_report_refuse(report, CM_ERROR_PERSON_FORM, "person", "%.*s", CM_VIEW_ARG(factors->person));
	memcpy(person, factors->person.p, factors->person.n);
	struct cm_officer_login login = {
	        .home = visit->desk->home, .person = person, .password = factors->password, .code = factors->code};
	cm_result r = cm_officer_login(&login, report, &session);
	if (r == CM_OK)
		r = cm_desk_session_open(&visit->desk->sessions, &session, report, token);
	if (r == CM_OK)
		cm_desk_cookie(visit, token, CM_LIMIT_DESK_SESSION_S_VALUE);
	cm_mem_wipe(token, sizeof token);
	return r;
}

void
cm_desk_sign_out(struct cm_desk_visit *visit)
{
	struct cm_report report = {0};
	struct cm_buf CM_CLEANUP(cm_buf_fini) body = cm_buf_of(CM_LIMIT_API_ANSWER_BYTES_VALUE);
	char id[2 * CM_IPC_SESSION_ID + 1], path[64];
	if (visit->session == NULL)
		return;
	cm_hex_text(cm_view_of(visit->session->officer.id, sizeof visit->session->officer.id), id);
	snprintf(path, sizeof path, "/api/v1/sessions/%s", id);
	struct cm_desk_call call = {.method = "DELETE", .path = path, .act = "api_logout", .object = id};
	cm_desk_session_end(&visit->desk->sessions, visit->session);
	cm_result_ignore(cm_desk_ask(visit, &call, &report, &body), "it ends by itself when the node does not hear");
	cm_desk_cookie(visit, "", 0);
}

// Ours: "/" and then no second slash, so that it is no other host.
void
cm_desk_go(struct cm_desk_visit *visit, struct cm_view address)
{
	bool ours = address.n > 0 && address.n < sizeof visit->location && address.p[0] == '/' &&
	            (address.n == 1 || (address.p[1] != '/' && address.p[1] != '\\'));
	for (size_t i = 0; i < address.n && ours; i++)
		ours = address.p[i] > 0x20 && address.p[i] < 0x7f;
	if (!ours)
		address = cm_view_text("/");
	snprintf(visit->location, sizeof visit->location, "%.*s", CM_VIEW_ARG(address));
	visit->status = 303;
}
