// Knows: the desk's process: its walls, its listener, what a browser is told beside each page, which form is believed. Does not
// know: pages (main hands them in), how a session is kept (desk_session.c), calls of the API (desk_call.c).
// Order: settings and the TLS pair, walls, client, workers, listener, READY.
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "crypto/secret.h"
#include "crypto/setup.h"
#include "node/desk_inside.h"
#include "node/role.h"
#include "node/tab_frame.h"
#include "node/tls_key.h"
#include "os/clock.h"
#include "proto/form.h"
#include "proto/route.h"

// -- what every answer says

// Nothing from elsewhere, no script or style in the page, in no frame (CSP level 3; doc/spec/desk.md section 3). The origin of
// a form must reach us, so the referrer policy is not "no-referrer", which would hide it.
static void
cm_desk_fields(const struct cm_desk_visit *visit, struct cm_server_answer *answer)
{
	static const struct cm_server_field always[] = {
	        {"Content-Security-Policy",
	         "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
	         "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"},
	        {"X-Content-Type-Options", "nosniff"},
	        {"Referrer-Policy", "same-origin"},
	        {"Cross-Origin-Opener-Policy", "same-origin"},
	        {"Cross-Origin-Resource-Policy", "same-origin"},
	        {"Permissions-Policy", "camera=(), geolocation=(), microphone=()"},
	        {"Strict-Transport-Security", "max-age=31536000"},
	};
	for (size_t i = 0; i < sizeof always / sizeof always[0]; i++)
		cm_server_answer_field(answer, always[i].name, always[i].value);
	cm_server_answer_field(answer, "Cache-Control",
	                       visit->keep ? "public, max-age=31536000, immutable" : "no-store");
	if (visit->location[0] != '\0')
		cm_server_answer_field(answer, "Location", visit->location);
	for (size_t i = 0; i < sizeof visit->cookie / sizeof visit->cookie[0]; i++)
		if (visit->cookie[i][0] != '\0')
			cm_server_answer_field(answer, "Set-Cookie", visit->cookie[i]);
}

static void
cm_desk_answer(struct cm_net_request *rq, struct cm_desk_visit *visit)
{
	struct cm_server_answer answer = {.status = visit->status, .content_type = visit->content_type};
	size_t n = 0;
	cm_desk_fields(visit, &answer);
	if (visit->answer.n > 0) {
		answer.bytes = cm_buf_take(&visit->answer, &n);
		answer.length = n;
	}
	if (visit->answer.failed != CM_OK)
		answer.status = 503;
	cm_server_answer(rq, &answer);
}

// -- who asks

// The value of a cookie; empty when it is not there. Of two of the same name the first.
static struct cm_view
cm_desk_cookie_of(struct cm_view cookies, const char *name)
{
	size_t n = strlen(name);
	for (size_t at = 0; at < cookies.n;) {
		size_t end = cm_view_find(cookies, at, ';');
		struct cm_view one = cm_view_part(cookies, at, end - at);
		at = end + 1;
		while (one.n > 0 && one.p[0] == ' ')
			one = cm_view_part(one, 1, one.n);
		if (one.n > n && cm_view_starts(one, name) && one.p[n] == '=')
			return cm_view_part(one, n + 1, one.n);
	}
	return (struct cm_view){0};
}

// A form of ours comes from a page of ours: browsers say so in Origin, which no page can write.
static bool
cm_desk_from_here(const struct cm_net_request *rq)
{
	struct cm_view origin = cm_server_header(rq, "Origin"), host = cm_server_header(rq, "Host");
	return cm_view_starts(origin, "https://") && host.n > 0 && cm_view_equal(cm_view_part(origin, 8, origin.n), host);
}

static bool
cm_desk_form_good(const struct cm_desk_visit *visit)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) word = cm_buf_of(CM_DESK_WORD);
	struct cm_report none = {0};
	return cm_desk_field(visit, "form", &none, &word) == CM_OK &&
	       cm_secret_equal(cm_buf_view(&word), cm_view_text(visit->form));
}

// What stands against this visit before any page looks at it.
static void
cm_desk_judge(const struct cm_net_request *rq, struct cm_desk_visit *visit)
{
	if (!cm_view_is(visit->method, "POST"))
		return;
	if (!cm_desk_from_here(rq))
		cm_report_add(&visit->why, CM_ERROR_DESK_ORIGIN, "Origin", "%.*s",
		              CM_VIEW_ARG(cm_server_header(rq, "Origin")));
	else if (visit->session != NULL && !cm_desk_form_good(visit))
		cm_report_add(&visit->why, CM_ERROR_DESK_FORM, "form", "%s", "");
	visit->status = visit->why.count > 0 ? 403 : visit->status;
}

// -- workers

static void
cm_desk_visit(struct cm_desk *desk, struct cm_net_request *rq, struct cm_desk_visit *visit)
{
	struct cm_desk_session CM_CLEANUP(cm_desk_session_fini) session = {.used = 0};
	struct cm_view cookies = cm_server_header(rq, "Cookie"), token = cm_desk_cookie_of(cookies, "__Host-comity");
	*visit = (struct cm_desk_visit){
	        .desk = desk,
	        .method = cm_server_method(rq),
	        .path = cm_server_path(rq),
	        .query = cm_server_query(rq),
	        .body = cm_server_body(rq),
	        .languages = cm_server_header(rq, "Accept-Language"),
	        .language = cm_desk_cookie_of(cookies, "lang"),
	        .now = cm_clock_utc(),
	        .status = 200,
	        .content_type = "text/html; charset=utf-8",
	        .answer = cm_buf_of(CM_LIMIT_PAGE_BYTES_VALUE),
	};
	if (token.n > 0 && cm_desk_session_find(&desk->sessions, token, &session)) {
		visit->session = &session;
		visit->person = session.officer.person;
		cm_desk_form_word(token, visit->form);
	}
	cm_desk_judge(rq, visit);
	desk->pages->answer(desk->pages->self, visit);
	cm_desk_answer(rq, visit);
	cm_buf_fini(&visit->answer);
}

static void
cm_desk_worker(void *arg)
{
	struct cm_desk *desk = arg;
	struct cm_desk_visit *visit = cm_mem_new(sizeof *visit); // holds a report: too large for a stack
	for (struct cm_net_request *rq; (rq = cm_queue_take(&desk->visits, CM_CLOCK_NEVER)) != NULL;) {
		if (visit == NULL)
			cm_server_answer(rq, &(struct cm_server_answer){.status = 503});
		else
			cm_desk_visit(desk, rq, visit);
	}
	cm_mem_free(visit);
}

// -- the listener

static void
cm_desk_head(void *context, struct cm_net_request *rq, struct cm_server_plan *plan)
{
	struct cm_view method = cm_server_method(rq);
	(void)context;
	if (cm_view_is(method, "POST")) {
		plan->body = CM_SERVER_BODY_COLLECT;
		plan->body_max = CM_LIMIT_DESK_FORM_BYTES_VALUE;
	} else if (!cm_view_is(method, "GET") && !cm_view_is(method, "HEAD")) {
		cm_server_answer(rq, &(struct cm_server_answer){.status = 405});
	}
}

static void
cm_desk_request(void *context, struct cm_net_request *rq)
{
	struct cm_desk *desk = context;
	if (!cm_queue_put(&desk->visits, rq, 0))
		cm_server_answer(rq, &(struct cm_server_answer){.status = 503});
}

static cm_result
cm_desk_listen(struct cm_desk *desk, struct cm_view pair, struct cm_report *report)
{
	struct cm_server_options options = {
	        .name = "desk",
	        .address = cm_settings_text(&desk->settings, CM_SETTING_DESK_LISTEN),
	        .threads = 1,
	        .key_pem = pair,
	        .chain_pem = pair,
	};
	desk->service = (struct cm_server_service){.context = desk, .head = cm_desk_head, .request = cm_desk_request};
	return cm_server_new(&options, &desk->service, report, &desk->server);
}

// run/desk_address: where browsers find it.
static cm_result
cm_desk_tell_address(const struct cm_desk *desk, struct cm_report *report)
{
	char path[CM_FILE_PATH], url[128];
	snprintf(url, sizeof url, "https://%s/\n", cm_server_address(desk->server));
	cm_result r = cm_file_path(path, sizeof path, desk->home, "run/desk_address", report);
	return r == CM_OK ? cm_file_replace(path, 0600, cm_view_text(url), report) : r;
}

// -- up and down

static cm_result
cm_desk_load(struct cm_desk *desk, struct cm_report *report, struct cm_buf *ret_pair)
{
	char path[CM_FILE_PATH];
	cm_result r = cm_settings_load(desk->home, report, &desk->settings);
	if (r == CM_OK)
		r = cm_file_path(desk->socket, sizeof desk->socket, desk->home,
		                 cm_settings_text(&desk->settings, CM_SETTING_ADMIN_LISTEN), report);
	if (r == CM_OK)
		r = cm_file_path(path, sizeof path, desk->home, CM_TLS_KEY_FILE, report);
	return r == CM_OK ? cm_file_load(path, ret_pair, report) : r;
}

static cm_result
cm_desk_walls(const char *home, struct cm_report *report, struct cm_sandbox_done *ret_done)
{
	static const struct cm_role_path own[] = {{"run", true}, {"tls", false}, {"card.json", false}};
	return cm_role_walls(home, own, sizeof own / sizeof own[0], report, ret_done);
}

static cm_result
cm_desk_up(struct cm_desk *desk, struct cm_desk_start *start, struct cm_report *report)
{
	struct cm_sandbox_done done;
	struct cm_buf CM_CLEANUP(cm_buf_fini) pair = cm_buf_of_secret(CM_LIMIT_CARD_BYTES_VALUE);
	cm_result r = cm_desk_load(desk, report, &pair);
	if (r == CM_OK)
		r = desk->pages->start(desk->pages->self, report);
	if (r == CM_OK)
		r = cm_desk_walls(desk->home, report, &done);
	if (r == CM_OK)
		r = cm_queue_init(&desk->visits, CM_LIMIT_DESK_QUEUE_VALUE);
	if (r == CM_OK)
		r = cm_client_new(&(struct cm_client_options){.connections = CM_LIMIT_DESK_WORKERS_VALUE}, report,
		                  &desk->client);
	for (size_t i = 0; r == CM_OK && i < CM_LIMIT_DESK_WORKERS_VALUE; i++)
		r = cm_thread_start(&desk->workers[i], "desk-worker", cm_desk_worker, desk, report);
	if (r == CM_OK)
		r = cm_desk_listen(desk, cm_buf_view(&pair), report);
	if (r == CM_OK)
		r = cm_desk_tell_address(desk, report);
	return r == CM_OK ? cm_role_ready(&start->parent, &done, report) : r;
}

static void
cm_desk_down(struct cm_desk *desk)
{
	if (desk->server != NULL)
		cm_server_stop(desk->server);
	if (desk->client != NULL)
		cm_client_stop(desk->client); // whoever waits for the node comes back
	cm_queue_close(&desk->visits);
	for (size_t i = 0; i < CM_LIMIT_DESK_WORKERS_VALUE; i++)
		cm_thread_join(&desk->workers[i]);
	cm_server_free(desk->server);
	cm_client_free(desk->client);
	cm_queue_fini(&desk->visits);
	cm_mem_wipe(&desk->sessions, sizeof desk->sessions);
	cm_mem_free(desk);
}

cm_result
cm_desk_main(struct cm_desk_start *start, struct cm_report *report)
{
	struct cm_ipc_frame frame;
	struct cm_desk *desk = cm_mem_new(sizeof *desk);
	cm_result r = desk == NULL ? CM_NOMEM : cm_setup_init();
	if (r != CM_OK)
		return r;
	signal(SIGPIPE, SIG_IGN);
	snprintf(desk->home, sizeof desk->home, "%s", start->home);
	desk->pages = start->pages;
	cm_mutex_init(&desk->sessions.lock);
	r = cm_desk_up(desk, start, report);
	// Until the parent says STOP or is gone.
	while (r == CM_OK && cm_ipc_recv(&start->parent, CM_CLOCK_NEVER, NULL, &frame) == CM_OK &&
	       frame.type != CM_FRAME_STOP)
		cm_ipc_frame_close(&frame);
	cm_desk_down(desk);
	if (r != CM_OK)
		cm_role_failed(&start->parent, r, report);
	return r;
}
