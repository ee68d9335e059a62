// Knows: addresses, templates, languages, and how the answers of the API become what a template is filled with. Does not know:
// HTTP and sessions (node/desk.h), what any form does (page_post.c).
#include "ui/page.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/tab_limit.h"
#include "ui/html.h"
#include "ui/language.h"
#include "ui/request_form.h"
#include "ui/request_sheet.h"
#include "ui/tmpl.h"
#include "ui/web.h"
#include "ui/words.h"

// Read once, before the first visit; not written afterwards.
static struct {
	struct cm_tmpl_set *set;
	char build[17]; // changes with the files, so that browsers may keep them
	struct cm_words words[CM_LANGUAGE_END];
} cm_page;

// FNV-1a over the files: no proof of anything, only another address for another file.
static void
cm_page_build(void)
{
	uint64_t h = UINT64_C(14695981039346656037);
	for (const struct cm_web_file *file = cm_web_files; file->name != NULL; file++)
		for (size_t i = 0; i < file->bytes.n; i++)
			h = (h ^ file->bytes.p[i]) * UINT64_C(1099511628211);
	snprintf(cm_page.build, sizeof cm_page.build, "%016llx", (unsigned long long)h);
}

static cm_result
cm_page_start(void *self, struct cm_report *report)
{
	(void)self;
	cm_page_build();
	cm_page.set = cm_tmpl_set_new();
	cm_result r = cm_page.set == NULL ? CM_NOMEM : CM_OK;
	for (const struct cm_web_file *file = cm_web_templates; r == CM_OK && file->name != NULL; file++)
		r = cm_tmpl_set_put(cm_page.set, file->name, file->bytes, report);
	if (r == CM_OK)
		r = cm_tmpl_set_check(cm_page.set, report);
	for (const struct cm_web_file *file = cm_web_words; r == CM_OK && file->name != NULL; file++) {
		enum cm_language language = cm_language_of(cm_view_text(file->name));
		r = cm_words_init(file->bytes, cm_language_row(language)->plural, report, &cm_page.words[language]);
	}
	return r;
}

// -- the language

static enum cm_language
cm_page_language(struct cm_desk_visit *visit)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) asked = cm_buf_of(16);
	struct cm_report none = {0};
	struct cm_view wanted = {0};
	if (cm_desk_query(visit, "lang", &none, &asked) == CM_OK)
		wanted = cm_buf_view(&asked);
	enum cm_language language = cm_language_of(wanted);
	if (language != CM_LANGUAGE_NONE) { // chosen: it stays so
		snprintf(visit->cookie[1], sizeof visit->cookie[1], "lang=%s; Path=/; Max-Age=31536000; Secure; HttpOnly; SameSite=Lax",
		         cm_language_row(language)->name);
		return language;
	}
	language = cm_language_of(visit->language);
	return language != CM_LANGUAGE_NONE ? language : cm_language_accepted(visit->languages);
}

static void
cm_page_put_languages(struct cm_json_put *put, enum cm_language chosen)
{
	cm_json_put_name(put, "languages");
	cm_json_put_array(put);
	for (size_t i = CM_LANGUAGE_NONE + 1; i < CM_LANGUAGE_END; i++) {
		const struct cm_language_row *row = cm_language_row((enum cm_language)i);
		cm_json_put_object(put);
		cm_json_put_member_bool(put, "chosen", (enum cm_language)i == chosen);
		cm_json_put_member_cstr(put, "id", row->name);
		cm_json_put_member_cstr(put, "own", row->own);
		cm_json_put_end_object(put);
	}
	cm_json_put_end_array(put);
}

// -- what a template is filled with

static void
cm_page_put_findings(struct cm_json_put *put, const struct cm_report *report)
{
	cm_json_put_name(put, "findings");
	cm_json_put_array(put);
	for (size_t i = 0; report != NULL && i < report->count; i++) {
		const struct cm_finding *finding = &report->findings[i];
		const struct cm_error_row *row = cm_error_row(finding->rule);
		cm_json_put_object(put);
		cm_json_put_member_cstr(put, "place", finding->place);
		cm_json_put_member_cstr(put, "remedy", row->remedy);
		cm_json_put_member_cstr(put, "rule", row->name);
		cm_json_put_member_cstr(put, "seen", finding->seen);
		cm_json_put_member_cstr(put, "text", row->text);
		cm_json_put_end_object(put);
	}
	cm_json_put_end_array(put);
}

// Where a person who signs in wanted to go.
static void
cm_page_put_next(struct cm_json_put *put, const struct cm_desk_visit *visit)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) next = cm_buf_of(sizeof visit->location);
	struct cm_report none = {0};
	if (cm_desk_query(visit, "next", &none, &next) != CM_OK)
		cm_buf_clear(&next);
	cm_json_put_member_text(put, "next", cm_buf_view(&next));
}

static void
cm_page_put_frame(struct cm_json_put *put, const struct cm_desk_visit *visit, enum cm_page page, enum cm_language language)
{
	const struct cm_page_row *row = cm_page_row(page);
	char now[CM_INSTANT_TEXT];
	cm_json_put_member_cstr(put, "build", cm_page.build);
	cm_json_put_member_cstr(put, "dir", cm_language_row(language)->dir);
	cm_json_put_member_cstr(put, "form", visit->form);
	cm_json_put_member_cstr(put, "language", cm_language_row(language)->name);
	cm_page_put_languages(put, language);
	cm_page_put_next(put, visit);
	cm_json_put_member_cstr(put, "now", cm_instant_text(visit->now, now));
	cm_json_put_member_cstr(put, "page", row->name);
	cm_json_put_member_text(put, "path", visit->path);
	cm_json_put_member_cstr(put, "person", visit->person == NULL ? "" : visit->person);
	cm_json_put_member_bool(put, "refused", visit->status >= 400);
	cm_json_put_member_cstr(put, "title", row->title);
}

// The address of a call: "{id}" is the thing, "{after}" at its end the place where a page of a list begins.
static void
cm_page_call_path(const struct cm_desk_visit *visit, const char *pattern, struct cm_view id, struct cm_buf *to)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) after = cm_buf_of(512);
	struct cm_report none = {0};
	for (; *pattern != '\0' && *pattern != '{'; pattern++)
		cm_buf_u8(to, (uint8_t)*pattern);
	if (strncmp(pattern, "{id}", 4) == 0) {
		cm_buf_view_add(to, id);
		cm_buf_text(to, pattern + 4);
	} else if (*pattern == '{' && cm_desk_query(visit, "after", &none, &after) == CM_OK && after.n > 0) {
		cm_buf_text(to, "&after=");
		cm_html_write(CM_HTML_COMPONENT, cm_buf_view(&after), to);
	}
}

// One call of the row, "member=address"; what the node refuses is said on the page.
static void
cm_page_put_call(struct cm_json_put *put, struct cm_desk_visit *visit, const char *text, struct cm_view id,
                 struct cm_report *report)
{
	char name[32] = "";
	const char *equals = strchr(text, '=');
	struct cm_buf CM_CLEANUP(cm_buf_fini) path = cm_buf_of(1024);
	struct cm_buf CM_CLEANUP(cm_buf_fini) answer = cm_buf_of(CM_LIMIT_API_ANSWER_BYTES_VALUE);
	snprintf(name, sizeof name, "%.*s", (int)(equals - text), text);
	cm_page_call_path(visit, equals + 1, id, &path);
	struct cm_desk_call call = {.method = "GET", .path = cm_buf_cstr(&path)};
	cm_json_put_name(put, name);
	if (cm_desk_ask(visit, &call, report, &answer) == CM_OK && answer.n > 0)
		cm_json_put_raw(put, cm_buf_view(&answer));
	else
		cm_json_put_null(put);
}

// What a page shows beside the answers of the API, made of them and of the tables.
static void
cm_page_put_more(struct cm_json_put *put, const struct cm_desk_visit *visit, enum cm_page page, const struct cm_json_value *root)
{
	const struct cm_json_value *request = cm_json_member(root, "request");
	if (page != CM_PAGE_REQUEST || request == NULL || cm_json_kind(request) != CM_JSON_OBJECT)
		return;
	cm_request_sheet_put(put, cm_json_member(request, "document"));
	cm_request_form_put(put, visit, request);
}

static void
cm_page_fill(struct cm_desk_visit *visit, const char *name, enum cm_language language, struct cm_view json)
{
	struct cm_json CM_CLEANUP(cm_json_free_at) *document = NULL;
	struct cm_report none = {0};
	cm_result r = cm_json_read(json, CM_LIMIT_API_ANSWER_BYTES_VALUE, &none, &document);
	struct cm_tmpl_data data = {.now = visit->now, .zone_min = 0};
	if (language != CM_LANGUAGE_EN)
		data.words = &cm_page.words[language];
	if (r == CM_OK) {
		data.root = cm_json_root(document);
		r = cm_tmpl_set_write(cm_page.set, name, &data, &visit->answer);
	}
	if (r != CM_OK) { // no page of ours is larger; what the node answered is
		visit->answer.failed = r;
		visit->status = 503;
	}
}

// Behind the answers of the calls, in the same object, what is made of them.
static void
cm_page_add_more(struct cm_buf *json, const struct cm_desk_visit *visit, enum cm_page page)
{
	struct cm_json CM_CLEANUP(cm_json_free_at) *document = NULL;
	struct cm_buf CM_CLEANUP(cm_buf_fini) more = cm_buf_of(CM_LIMIT_API_ANSWER_BYTES_VALUE);
	struct cm_json_put put = cm_json_put_of(&more);
	struct cm_report none = {0};
	if (cm_json_read(cm_buf_view(json), CM_LIMIT_API_ANSWER_BYTES_VALUE, &none, &document) != CM_OK)
		return; // cm_page_fill() says so
	cm_json_put_object(&put);
	cm_page_put_more(&put, visit, page, cm_json_root(document));
	cm_json_put_end_object(&put);
	if (more.n <= 2)
		return;
	json->n--; // "}"
	cm_buf_text(json, ",");
	cm_buf_view_add(json, cm_view_part(cm_buf_view(&more), 1, more.n));
}

void
cm_page_write(struct cm_desk_visit *visit, struct cm_page_at at, const struct cm_report *report, struct cm_view also)
{
	const struct cm_page_row *row = cm_page_row(at.page);
	enum cm_language language = cm_page_language(visit);
	struct cm_buf CM_CLEANUP(cm_buf_fini) json = cm_buf_of(CM_LIMIT_API_ANSWER_BYTES_VALUE);
	struct cm_json_put put = cm_json_put_of(&json);
	struct cm_report said = {0};
	if (report != NULL)
		cm_report_join(&said, report);
	cm_json_put_object(&put);
	for (const char *const *call = row->calls; *call != NULL; call++)
		cm_page_put_call(&put, visit, *call, at.id, &said);
	if (also.n > 0) {
		cm_json_put_name(&put, "also");
		cm_json_put_raw(&put, also);
	}
	if (said.count > 0 && visit->status < 400) // a page without what it is about
		visit->status = cm_report_has(&said, CM_ERROR_NODE_NOT_RUNNING) ? 503 : 404;
	cm_page_put_frame(&put, visit, at.page, language);
	cm_page_put_findings(&put, &said);
	cm_json_put_end_object(&put);
	cm_page_add_more(&json, visit, at.page);
	cm_page_fill(visit, row->name, language, cm_buf_view(&json));
}

void
cm_page_refuse(struct cm_desk_visit *visit, unsigned status, const struct cm_report *report)
{
	visit->status = status;
	cm_page_write(visit, (struct cm_page_at){.page = CM_PAGE_REFUSED}, report, (struct cm_view){0});
}

// -- the way of a visit

// Sheet, scripts and pictures: the same for everybody.
static bool
cm_page_file(struct cm_desk_visit *visit)
{
	for (const struct cm_web_file *file = cm_web_files; file->name != NULL; file++) {
		if (!cm_view_is(visit->path, file->name))
			continue;
		visit->content_type = file->type;
		visit->keep = true;
		cm_buf_view_add(&visit->answer, file->bytes);
		return true;
	}
	return false;
}

// Ids and references: letters, digits, "-" and ".".
static bool
cm_page_id(struct cm_view v)
{
	for (size_t i = 0; i < v.n; i++)
		if (!((v.p[i] | 0x20) >= 'a' && (v.p[i] | 0x20) <= 'z') && !(v.p[i] >= '0' && v.p[i] <= '9') && v.p[i] != '-' &&
		    v.p[i] != '.')
			return false;
	return v.n > 0 && v.n <= 64;
}

struct cm_page_at
cm_page_of(struct cm_view path)
{
	for (size_t i = CM_PAGE_NONE + 1; i < CM_PAGE_END; i++) {
		const char *pattern = cm_page_row((enum cm_page)i)->path, *brace = strstr(pattern, "{id}");
		size_t n = brace == NULL ? strlen(pattern) : (size_t)(brace - pattern);
		struct cm_view id = cm_view_part(path, n, path.n);
		if (!cm_view_equal(cm_view_part(path, 0, n), cm_view_of(pattern, n)))
			continue;
		if (brace == NULL ? id.n == 0 : cm_page_id(id))
			return (struct cm_page_at){.page = (enum cm_page)i, .id = id};
	}
	return (struct cm_page_at){.page = CM_PAGE_NONE};
}

// Nobody is signed in: first sign in, then back to here.
static void
cm_page_to_sign_in(struct cm_desk_visit *visit)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) address = cm_buf_of(sizeof visit->location);
	cm_buf_text(&address, "/sign-in?next=");
	cm_html_write(CM_HTML_COMPONENT, visit->path, &address);
	cm_desk_go(visit, cm_buf_result(&address) == CM_OK ? cm_buf_view(&address) : cm_view_text("/sign-in"));
}

static void
cm_page_answer(void *self, struct cm_desk_visit *visit)
{
	struct cm_report report = {0};
	(void)self;
	if (visit->why.count > 0) {
		cm_page_refuse(visit, visit->status, &visit->why);
		return;
	}
	bool get = !cm_view_is(visit->method, "POST");
	struct cm_page_at at = cm_page_of(visit->path);
	if (get && cm_page_file(visit))
		return;
	if (!get && cm_page_post(visit))
		return;
	if (!get || at.page == CM_PAGE_NONE) {
		cm_report_add(&report, CM_ERROR_DESK_PAGE_NONE, "address", "%.*s", CM_VIEW_ARG(visit->path));
		cm_page_refuse(visit, 404, &report);
	} else if (visit->person == NULL && !cm_page_row(at.page)->open) {
		cm_page_to_sign_in(visit);
	} else {
		cm_page_write(visit, at, NULL, (struct cm_view){0});
	}
}

const struct cm_desk_pages cm_page_pages = {.start = cm_page_start, .answer = cm_page_answer};
