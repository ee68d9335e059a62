// Knows: the forms of the desk and which call of the API each one makes. Does not know: how pages are written (page.c).
#include <string.h>

#include <stdio.h>

#include "base/mem.h"
#include "base/tab_limit.h"
#include "ui/page.h"
#include "ui/request_form.h"

// -- signing in and out

// What was typed stays in the form, but for the password and the code.
static void
cm_page_post_sign_in_again(struct cm_desk_visit *visit, const struct cm_report *report, struct cm_view person,
                           struct cm_view next)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) also = cm_buf_of(CM_LIMIT_DESK_FIELD_BYTES_VALUE);
	struct cm_json_put put = cm_json_put_of(&also);
	cm_json_put_object(&put);
	cm_json_put_member_text(&put, "next", next);
	cm_json_put_member_text(&put, "person", person);
	cm_json_put_end_object(&put);
	visit->status = 422;
	cm_page_write(visit, (struct cm_page_at){.page = CM_PAGE_SIGN_IN}, report, cm_buf_view(&also));
}

static void
cm_page_post_sign_in(struct cm_desk_visit *visit)
{
	struct cm_report report = {0};
	struct cm_buf CM_CLEANUP(cm_buf_fini) person = cm_buf_of(256), next = cm_buf_of(512);
	struct cm_buf CM_CLEANUP(cm_buf_fini) password = cm_buf_of_secret(1024), code = cm_buf_of_secret(64);
	cm_result r = cm_desk_field(visit, "next", &report, &next);
	if (r == CM_OK)
		r = cm_desk_field(visit, "person", &report, &person);
	if (r == CM_OK)
		r = cm_desk_field(visit, "password", &report, &password);
	if (r == CM_OK)
		r = cm_desk_field(visit, "code", &report, &code);
	struct cm_desk_factors factors = {
	        .person = cm_buf_view(&person), .password = cm_buf_view(&password), .code = cm_buf_view(&code)};
	if (r == CM_OK)
		r = cm_desk_sign_in(visit, &factors, &report);
	if (r == CM_OK)
		cm_desk_go(visit, cm_buf_view(&next));
	else
		cm_page_post_sign_in_again(visit, &report, cm_buf_view(&person), cm_buf_view(&next));
}

static void
cm_page_post_sign_out(struct cm_desk_visit *visit)
{
	cm_desk_sign_out(visit);
	cm_desk_go(visit, cm_view_text("/sign-in"));
}

// -- what an officer decides about a request, or says on it

static void
cm_page_post_request(struct cm_desk_visit *visit, struct cm_page_at at)
{
	struct cm_report report = {0};
	char id[65], path[128];
	struct cm_buf CM_CLEANUP(cm_buf_fini) body = cm_buf_of(CM_LIMIT_DESK_FORM_BYTES_VALUE);
	struct cm_buf CM_CLEANUP(cm_buf_fini) answer = cm_buf_of(CM_LIMIT_API_ANSWER_BYTES_VALUE);
	snprintf(id, sizeof id, "%.*s", CM_VIEW_ARG(at.id));
	snprintf(path, sizeof path, "/api/v1/requests/%s/decision", id);
	cm_result r = cm_request_form_read(visit, &report, &body);
	struct cm_desk_call call = {
	        .method = "POST", .path = path, .act = "api_request_decide", .object = id, .body = cm_buf_view(&body)};
	if (r == CM_OK)
		r = cm_desk_ask(visit, &call, &report, &answer);
	if (r == CM_OK) {
		cm_desk_go(visit, visit->path);
		return;
	}
	visit->status = 422;
	cm_page_write(visit, at, &report, (struct cm_view){0});
}

bool
cm_page_post(struct cm_desk_visit *visit)
{
	static const struct {
		const char *path;
		void (*post)(struct cm_desk_visit *visit);
	} rows[] = {
	        {"/sign-in", cm_page_post_sign_in},
	        {"/sign-out", cm_page_post_sign_out},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		if (cm_view_is(visit->path, rows[i].path)) {
			rows[i].post(visit);
			return true;
		}
	}
	struct cm_page_at at = cm_page_of(visit->path);
	if (at.page == CM_PAGE_REQUEST && visit->person != NULL) {
		cm_page_post_request(visit, at);
		return true;
	}
	return false;
}
