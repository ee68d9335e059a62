// Knows: which words of a command line name a request or evidence, and how the node is asked which one is meant. Does not
// know: how names are looked up (the node), or what the command does.
#include "cli/name.h"

#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/call.h"

#define CM_NAME_UUID 36 // characters of a whole id

// A row of data/routes.tab whose list finds names of this kind; NONE: the word names neither.
static enum cm_route
cm_name_route(const char *word, size_t n)
{
	if (n == 7 && strncmp(word, "REQUEST", n) == 0)
		return CM_ROUTE_API_REQUEST_LIST;
	return n == 8 && strncmp(word, "EVIDENCE", n) == 0 ? CM_ROUTE_API_EVIDENCE_LIST : CM_ROUTE_NONE;
}

// To whom a person is about to say something: a reference is the other side's own choice.
static void
cm_name_tell(const char *typed, const struct cm_json_value *found, const char *id)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) title = cm_buf_of(4 * CM_REPORT_SEEN);
	cm_text_quote(&title, cm_json_text(cm_json_member(found, "title")), CM_REPORT_SEEN);
	fprintf(stderr, "%s is %s, %.*s: %s\n", typed, id, CM_VIEW_ARG(cm_json_text(cm_json_member(found, "peer"))),
	        cm_buf_cstr(&title));
}

static cm_result
cm_name_several(const struct cm_json_value *list, const char *member, const char *typed, struct cm_report *report)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) ids = cm_buf_of(CM_REPORT_SEEN - 1);
	for (size_t i = 0; i < cm_json_count(list); i++) {
		struct cm_view id = cm_json_text(cm_json_member(cm_json_at(list, i), member));
		if (ids.n + id.n + 2 < ids.max)
			cm_buf_printf(&ids, "%s%.*s", i == 0 ? "" : ", ", CM_VIEW_ARG(id));
	}
	return cm_report_refuse(report, CM_ERROR_NAME_SEVERAL, typed, "%s", cm_buf_cstr(&ids));
}

static cm_result
cm_name_ask(struct cm_command_line *line, enum cm_route route, const char **typed, struct cm_names *names,
            struct cm_report *report)
{
	struct cm_json CM_CLEANUP(cm_json_free_at) *json = NULL;
	struct cm_call call;
	bool request = route == CM_ROUTE_API_REQUEST_LIST;
	cm_result r = cm_call_begin(line, route, NULL, report, &call);
	struct cm_buf CM_CLEANUP(cm_buf_fini) path = cm_buf_of(sizeof call.path - 1);
	if (r != CM_OK)
		return r;
	cm_buf_printf(&path, "%s?limit=5&named=", call.path);
	cm_call_escape(&path, cm_view_text(*typed));
	snprintf(call.path, sizeof call.path, "%s", cm_buf_cstr(&path));
	if (cm_buf_result(&path) != CM_OK || !cm_text_showable(cm_view_text(*typed), false))
		return cm_report_refuse(report, CM_ERROR_CALL_ARGUMENT, "argument", "%s", *typed);
	r = cm_call_send(&call, report, &json);
	if (r != CM_OK)
		return r;
	const char *member = request ? "request" : "evidence";
	const struct cm_json_value *list = cm_json_member(cm_json_root(json), request ? "requests" : "evidence");
	size_t n = list == NULL ? 0 : cm_json_count(list);
	if (n > 1)
		return cm_name_several(list, member, *typed, report);
	struct cm_view id = n == 0 ? cm_view_of(NULL, 0) : cm_json_text(cm_json_member(cm_json_at(list, 0), member));
	if (id.n == 0 || id.n >= CM_NAME_ID || names->count == CM_NAMES)
		return CM_OK;
	char *to = names->ids[names->count++];
	snprintf(to, CM_NAME_ID, "%.*s", CM_VIEW_ARG(id));
	if (cm_command_row(line->command)->person && !line->json)
		cm_name_tell(*typed, cm_json_at(list, 0), to);
	*typed = to;
	return CM_OK;
}

cm_result
cm_name_find(struct cm_command_line *line, struct cm_names *names, struct cm_report *report)
{
	const char *word = cm_command_row(line->command)->arguments;
	cm_result r = CM_OK;
	if (line->home == NULL)
		return CM_OK; // the command says that it needs one
	for (size_t i = 0; r == CM_OK && i < line->argument_count; i++) {
		size_t n = strcspn(word, " ");
		enum cm_route route = cm_name_route(word, n);
		if (route != CM_ROUTE_NONE && *line->arguments[i] != 0 && strlen(line->arguments[i]) != CM_NAME_UUID)
			r = cm_name_ask(line, route, &line->arguments[i], names, report);
		word += n + (word[n] == ' ');
	}
	for (size_t i = 0; r == CM_OK && i < line->value_count; i++) {
		const char *argument = cm_option_row(line->values[i].option)->argument;
		enum cm_route route = cm_name_route(argument, strlen(argument));
		if (route != CM_ROUTE_NONE && *line->values[i].text != 0 && strlen(line->values[i].text) != CM_NAME_UUID)
			r = cm_name_ask(line, route, &line->values[i].text, names, report);
	}
	return r;
}
