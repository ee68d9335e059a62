// Knows: how a command line becomes one call of the admin API and how its answer is shown. Does not know: sockets (the
// hook), or what a route does (data/routes.tab, the node).
#include "cli/call.h"

#include <string.h>

#include "base/hex.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/tab_limit.h"
#include "comity/comity.h"
#include "os/clock.h"
#include "os/env.h"
#include "os/file.h"
#include "proto/problem.h"
#include "proto/shape.h"
#include "proto/tab_route.h"
#include "cli/cli.h"
#include "cli/fail.h"
#include "cli/show.h"

struct cm_cli_hooks cm_cli_hooks;

static bool
cm_call_segment_good(const char *s)
{
	if (*s == 0)
		return false;
	for (; *s != 0; s++) {
		bool plain = (*s >= 'a' && *s <= 'z') || (*s >= 'A' && *s <= 'Z') || (*s >= '0' && *s <= '9') ||
		             strchr("-._~", *s) != NULL;
		if (!plain)
			return false;
	}
	return true;
}

cm_result
cm_call_begin(const struct cm_command_line *line, enum cm_route route, const char *id, struct cm_report *report,
              struct cm_call *ret_call)
{
	const struct cm_route_row *row = cm_route_row(route);
	const char *brace = strstr(row->path, "{id}");
	struct cm_call call = {.line = line, .home = line->home, .method = row->method, .body_fd = -1};
	if (brace == NULL) {
		snprintf(call.path, sizeof call.path, "%s", row->path);
	} else {
		if (id == NULL || !cm_call_segment_good(id))
			return cm_report_refuse(report, CM_ERROR_CALL_ARGUMENT, "argument", "%s", id == NULL ? "" : id);
		snprintf(call.path, sizeof call.path, "%.*s%s%s", (int)(brace - row->path), row->path, id, brace + 4);
	}
	*ret_call = call;
	return CM_OK;
}

void
cm_call_escape(struct cm_buf *to, struct cm_view value)
{
	for (size_t i = 0; i < value.n; i++) {
		char c[2] = {(char)value.p[i], 0};
		if (cm_call_segment_good(c))
			cm_buf_u8(to, value.p[i]);
		else
			cm_buf_printf(to, "%%%02X", value.p[i]);
	}
}

// The option's name as parameters and members are spelled: "answer-by" is answer_by.
static bool
cm_call_option_is(enum cm_option option, struct cm_view name)
{
	const char *spelled = cm_option_row(option)->long_name;
	size_t i = 0;
	for (; i < name.n && spelled[i] != 0; i++)
		if (name.p[i] != (spelled[i] == '-' ? '_' : spelled[i]))
			return false;
	return i == name.n && spelled[i] == 0;
}

cm_result
cm_call_query(struct cm_call *call, enum cm_route route, struct cm_report *report)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) path = cm_buf_of(sizeof call->path - 1);
	struct cm_shape_member parameter;
	char begins = '?';
	cm_buf_text(&path, call->path);
	for (size_t i = 0; i < call->line->value_count; i++)
		for (const char *const *cell = cm_shape_call(route)->parameters; *cell != NULL; cell++) {
			if (!cm_shape_member(*cell, &parameter) || !cm_call_option_is(call->line->values[i].option, parameter.name))
				continue;
			cm_buf_printf(&path, "%c%.*s=", begins, CM_VIEW_ARG(parameter.name));
			cm_call_escape(&path, cm_view_text(call->line->values[i].text));
			begins = '&';
		}
	if (cm_buf_result(&path) != CM_OK)
		return cm_report_refuse(report, CM_ERROR_USAGE, "options", "%s", "a text is too long");
	snprintf(call->path, sizeof call->path, "%s", cm_buf_cstr(&path));
	return CM_OK;
}

cm_result
cm_call_prove(struct cm_call *call, const char *session_file, const struct cm_call_statement *statement,
              struct cm_report *report)
{
	if (session_file == NULL)
		session_file = cm_env_get("COMITY_SESSION");
	if (session_file == NULL)
		return cm_report_refuse(report, CM_ERROR_SESSION_MISSING, "--session", "%s", "it needs --session FILE");
	return cm_cli_hooks.state(session_file, statement, report, call->fields);
}

cm_result
cm_call_say(struct cm_call *call, const struct cm_buf *body, const struct cm_call_said *said, struct cm_report *report)
{
	struct comity_digest digest;
	struct comity_hash sha256;
	call->body = cm_buf_view(body);
	call->content_type = "application/json";
	comity_digest_init(&digest);
	comity_digest_add(&digest, (struct comity_view){body->p, body->n});
	sha256 = comity_digest_final(&digest);
	if (said->digest != NULL && !cm_hex_read(cm_view_text(said->digest), sha256.b, sizeof sha256.b))
		return cm_report_refuse(report, CM_ERROR_API_MEMBER, "digest", "%s", said->digest);
	return cm_call_prove(call, said->line->session, &(struct cm_call_statement){said->act, said->object, sha256.b},
	                     report);
}

// The option that was typed and became this parameter or member ("after", "/answer_by", "/questions/0/question"), or NULL.
static const struct cm_command_value *
cm_call_typed(const struct cm_command_line *line, const char *place)
{
	struct cm_view name = cm_view_text(*place == '/' ? place + 1 : place);
	name = cm_view_part(name, 0, cm_view_find(name, 0, '/'));
	for (size_t i = 0; i < line->value_count; i++) {
		struct cm_view member = cm_view_text(cm_option_row(line->values[i].option)->member);
		member = cm_view_part(member, 0, cm_view_find(member, 0, '.'));
		if (name.n > 0 && (cm_view_equal(member, name) || cm_call_option_is(line->values[i].option, name)))
			return &line->values[i];
	}
	return NULL;
}

// What the node says of its API is told as what is wrong with the option that was typed.
static void
cm_call_as_typed(const struct cm_command_line *line, struct cm_report *report)
{
	for (size_t i = 0; i < report->count; i++) {
		struct cm_finding *f = &report->findings[i];
		const struct cm_command_value *typed = cm_call_typed(line, f->place);
		if (typed == NULL || (f->rule != CM_ERROR_HTTP_QUERY && f->rule != CM_ERROR_API_MEMBER))
			continue;
		struct cm_buf CM_CLEANUP(cm_buf_fini) seen = cm_buf_of(CM_REPORT_SEEN - 1);
		bool says_more = strstr(f->seen, typed->text) == NULL;
		cm_buf_printf(&seen, "it does not take \"%.64s\"%s%.120s", typed->text, says_more && *f->seen != 0 ? ": " : "",
		              says_more ? f->seen : "");
		f->rule = CM_ERROR_USAGE;
		snprintf(f->place, sizeof f->place, "--%s", cm_option_row(typed->option)->long_name);
		snprintf(f->seen, sizeof f->seen, "%s", cm_buf_cstr(&seen));
	}
}

cm_result
cm_call_bytes(const struct cm_call *call, struct cm_report *report, struct cm_buf *ret_bytes)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) body = cm_buf_of(CM_LIMIT_API_ANSWER_BYTES_VALUE);
	struct cm_json CM_CLEANUP(cm_json_free_at) *problem = NULL;
	unsigned status = 0;
	cm_result r = cm_cli_hooks.call(call, report, &body, &status);
	if (r == CM_OK && status >= 200 && status < 300) {
		cm_buf_view_add(ret_bytes, cm_buf_view(&body));
		return cm_buf_result(ret_bytes);
	}
	if (r == CM_OK && body.n > 0)
		r = cm_json_read(cm_buf_view(&body), CM_LIMIT_API_ANSWER_BYTES_VALUE, report, &problem);
	if (r != CM_OK)
		return r;
	cm_problem_findings(problem == NULL ? NULL : cm_json_root(problem), status, report);
	cm_call_as_typed(call->line, report);
	return status < 500 ? CM_REFUSED : CM_FAILED;
}

cm_result
cm_call_send(const struct cm_call *call, struct cm_report *report, struct cm_json **ret_json)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) body = cm_buf_of(CM_LIMIT_API_ANSWER_BYTES_VALUE);
	cm_result r = cm_call_bytes(call, report, &body);
	if (r == CM_OK && body.n > 0)
		r = cm_json_read(cm_buf_view(&body), CM_LIMIT_API_ANSWER_BYTES_VALUE, report, ret_json);
	return r;
}

int
cm_call_show(const struct cm_command_line *line, cm_result result, const struct cm_json *json,
             const struct cm_report *report)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) text = cm_buf_of(CM_LIMIT_API_ANSWER_BYTES_VALUE);
	if (result != CM_OK)
		return cm_fail(line, result, report);
	if (json == NULL)
		puts(line->json ? "{}" : "done");
	else if (!line->json)
		cm_show_value(stdout, cm_json_root(json), cm_clock_utc());
	else if (cm_json_canonical(cm_json_root(json), NULL, &text) == CM_OK)
		printf("%s\n", cm_buf_cstr(&text));
	else
		return CM_CLI_ENVIRONMENT;
	return CM_CLI_DONE;
}

// A draft file becomes the member "draft" as it is; it must be JSON, so that a typing error is told here with its place.
static cm_result
cm_call_put_draft(struct cm_json_put *put, const char *path, struct cm_report *report)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) text = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE);
	struct cm_buf CM_CLEANUP(cm_buf_fini) canonical = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE);
	cm_result r = cm_file_load(path, &text, report);
	if (r == CM_OK)
		r = cm_json_canonicalise(cm_buf_view(&text), CM_LIMIT_MESSAGE_BYTES_VALUE, report, &canonical);
	if (r != CM_OK)
		return r;
	cm_json_put_name(put, "draft");
	cm_json_put_raw(put, cm_buf_view(&canonical));
	return CM_OK;
}

void
cm_call_put_answers(struct cm_json_put *put, const struct cm_command_line *line, enum cm_option option)
{
	const char *value;
	cm_json_put_name(put, cm_option_row(option)->member);
	cm_json_put_array(put);
	for (size_t i = 0; (value = cm_command_value_at(line, option, i)) != NULL; i++) {
		struct cm_view whole = cm_view_text(value);
		size_t equals = cm_view_find(whole, 0, '=');
		cm_json_put_object(put);
		cm_json_put_member_text(put, "rule", cm_view_part(whole, 0, equals));
		cm_json_put_member_text(put, "text", cm_view_part(whole, equals + 1, whole.n));
		cm_json_put_end_object(put);
	}
	cm_json_put_end_array(put);
}

struct cm_call_members {
	struct cm_json_put *put;
	cm_result result;
};

static bool
cm_call_put_member(void *context, struct cm_view name, const struct cm_json_value *value)
{
	struct cm_call_members *members = context;
	struct cm_buf CM_CLEANUP(cm_buf_fini) label = cm_buf_of(CM_LIMIT_CARD_BYTES_VALUE);
	struct cm_buf CM_CLEANUP(cm_buf_fini) text = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE);
	cm_buf_view_add(&label, name);
	members->result = cm_json_canonical(value, NULL, &text);
	if (members->result == CM_OK) {
		cm_json_put_name(members->put, cm_buf_cstr(&label));
		cm_json_put_raw(members->put, cm_buf_view(&text));
	}
	return members->result == CM_OK;
}

// The members of a file, beside those of the options. A member that stands in both is refused by the node.
static cm_result
cm_call_put_file(struct cm_json_put *put, const char *path, struct cm_report *report)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) text = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE);
	struct cm_json CM_CLEANUP(cm_json_free_at) *json = NULL;
	struct cm_call_members members = {put, CM_OK};
	cm_result r = cm_file_load(path, &text, report);
	if (r == CM_OK)
		r = cm_json_read(cm_buf_view(&text), CM_LIMIT_MESSAGE_BYTES_VALUE, report, &json);
	if (r == CM_OK && cm_json_kind(cm_json_root(json)) != CM_JSON_OBJECT)
		r = cm_report_refuse(report, CM_ERROR_CALL_ARGUMENT, "--file", "%s is no JSON object", path);
	if (r == CM_OK)
		cm_json_members(cm_json_root(json), cm_call_put_member, &members);
	return r == CM_OK ? members.result : r;
}

// "questions.n.question": a list of objects with their number, from 1, and the value.
static void
cm_call_put_numbered(struct cm_json_put *put, const struct cm_command_line *line, enum cm_option option)
{
	const char *member = cm_option_row(option)->member, *value;
	const char *number = strchr(member, '.') + 1, *name = strrchr(member, '.') + 1;
	char list[32], label[32];
	snprintf(list, sizeof list, "%.*s", (int)(number - member - 1), member);
	snprintf(label, sizeof label, "%.*s", (int)(name - number - 1), number);
	cm_json_put_name(put, list);
	cm_json_put_array(put);
	for (size_t i = 0; (value = cm_command_value_at(line, option, i)) != NULL; i++) {
		cm_json_put_object(put);
		cm_json_put_member_number(put, label, (int64_t)i + 1);
		cm_json_put_member_cstr(put, name, value);
		cm_json_put_end_object(put);
	}
	cm_json_put_end_array(put);
}

static void
cm_call_put_option(struct cm_json_put *put, const struct cm_command_line *line, enum cm_option option)
{
	const struct cm_option_row *row = cm_option_row(option);
	const char *value = cm_command_value(line, option);
	uint64_t number;
	if (strcmp(row->kind, "list") == 0 && strchr(row->member, '.') != NULL)
		cm_call_put_numbered(put, line, option);
	else if (strcmp(row->kind, "list") == 0) {
		cm_json_put_name(put, row->member);
		cm_json_put_array(put);
		for (size_t i = 0; (value = cm_command_value_at(line, option, i)) != NULL; i++)
			cm_json_put_text(put, cm_view_text(value));
		cm_json_put_end_array(put);
	} else if (strcmp(row->kind, "answers") == 0)
		cm_call_put_answers(put, line, option);
	else if (strcmp(row->kind, "flag") == 0)
		cm_json_put_member_bool(put, row->member, true);
	else if (strcmp(row->kind, "number") == 0 && cm_num_u64(cm_view_text(value), 0, INT32_MAX, &number))
		cm_json_put_member_number(put, row->member, (int64_t)number);
	else
		cm_json_put_member_cstr(put, row->member, value);
}

// The JSON body: the first argument where the route has no {id} for it, and the options that have a member.
static cm_result
cm_call_body(const struct cm_command_line *line, struct cm_report *report, struct cm_buf *body)
{
	const struct cm_command_row *row = cm_command_row(line->command);
	struct cm_json_put put = cm_json_put_of(body);
	bool in_path = strstr(cm_route_row(row->route)->path, "{id}") != NULL;
	cm_json_put_object(&put);
	if (line->argument_count > 0 && !in_path && strstr(row->arguments, "FILE") != NULL) {
		cm_result r = cm_call_put_draft(&put, line->arguments[0], report);
		if (r != CM_OK)
			return r;
	} else if (line->argument_count > 0 && !in_path)
		cm_json_put_member_cstr(&put, "code", line->arguments[0]);
	for (int o = 1; o < CM_OPTION_END; o++) {
		const struct cm_option_row *option = cm_option_row((enum cm_option)o);
		const char *value = option->command == line->command ? cm_command_value(line, (enum cm_option)o) : NULL;
		if (value == NULL || *option->member == 0)
			continue;
		cm_result r = CM_OK;
		if (strcmp(option->member, "*") == 0)
			r = cm_call_put_file(&put, value, report);
		else
			cm_call_put_option(&put, line, (enum cm_option)o);
		if (r != CM_OK)
			return r;
	}
	cm_json_put_end_object(&put);
	return cm_buf_result(body);
}

cm_result
cm_call_ask(const struct cm_command_line *line, void (*waiting)(void *context, int64_t us), void *context,
            struct cm_report *report, struct cm_json **ret_json)
{
	const struct cm_command_row *row = cm_command_row(line->command);
	struct cm_buf CM_CLEANUP(cm_buf_fini) body = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE);
	struct cm_call call;
	cm_result r = cm_call_begin(line, row->route, line->argument_count > 0 ? line->arguments[0] : NULL, report, &call);
	if (r == CM_OK && strcmp(call.method, "GET") == 0)
		r = cm_call_query(&call, row->route, report);
	else if (r == CM_OK) {
		r = cm_call_body(line, report, &body);
		call.body = cm_buf_view(&body);
		call.content_type = "application/json";
	}
	bool in_path = strstr(cm_route_row(row->route)->path, "{id}") != NULL;
	struct cm_call_said said = {
	        line, cm_route_row(row->route)->name, line->argument_count > 0 && in_path ? line->arguments[0] : "", NULL};
	if (row->route == CM_ROUTE_API_PERSON_DISABLE) { // the keeper counts it as an approval of this, whatever the body
		said.act = "person_disable";
		said.digest = "0000000000000000000000000000000000000000000000000000000000000000";
	}
	if (r == CM_OK && row->person)
		r = cm_call_say(&call, &body, &said, report);
	call.waiting = waiting;
	call.context = context;
	return r == CM_OK ? cm_call_send(&call, report, ret_json) : r;
}

int
cm_call_run(const struct cm_command_line *line)
{
	struct cm_report report = {0};
	struct cm_json CM_CLEANUP(cm_json_free_at) *json = NULL;
	cm_result r = cm_call_ask(line, NULL, NULL, &report, &json);
	return cm_call_show(line, r, json, &report);
}
