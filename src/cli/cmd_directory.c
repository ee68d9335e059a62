// Knows: how a directory file reaches the node: its bytes as they are, for they are signed. Does not know: what is in it.
#include "cli/cmd_directory.h"

#include <stdio.h>

#include "base/tab_limit.h"
#include "os/file.h"
#include "cli/call.h"
#include "cli/cli.h"

// For people: what was taken, not the members of the answer.
static void
cm_cmd_directory_say(const struct cm_json *json)
{
	struct cm_view name = cm_json_text(cm_json_member(cm_json_root(json), "name"));
	bool known = cm_json_kind(cm_json_member(cm_json_root(json), "known")) == CM_JSON_TRUE;
	long long version = (long long)cm_json_number(cm_json_member(cm_json_root(json), "version"));
	bool states = cm_view_is(name, "states");
	const char *took = known ? "here already" : "taken";
	if (states)
		printf("%s: version %lld of the list of States\n", took, version);
	else
		printf("%s: version %lld of %.*s's list\n", took, version, CM_VIEW_ARG(name));
}

int
cm_cmd_directory_import(const struct cm_command_line *line)
{
	struct cm_report report = {0};
	struct cm_buf CM_CLEANUP(cm_buf_fini) bytes = cm_buf_of(CM_LIMIT_DIRECTORY_BYTES_VALUE);
	struct cm_json CM_CLEANUP(cm_json_free_at) *json = NULL;
	struct cm_call call = {.home = NULL};
	const char *fingerprint = cm_command_value(line, CM_OPTION_DIRECTORY_IMPORT_FINGERPRINT);
	const char *id = fingerprint == NULL ? "known" : fingerprint;
	struct cm_call_said said = {line, cm_route_row(CM_ROUTE_API_DIRECTORY_IMPORT)->name, id, NULL};
	cm_result r = cm_file_load(line->arguments[0], &bytes, &report);
	if (r == CM_OK)
		r = cm_call_begin(line, CM_ROUTE_API_DIRECTORY_IMPORT, id, &report, &call);
	if (r == CM_OK)
		r = cm_call_say(&call, &bytes, &said, &report);
	call.content_type = "application/octet-stream";
	if (r == CM_OK)
		r = cm_call_send(&call, &report, &json);
	if (r != CM_OK || line->json)
		return cm_call_show(line, r, json, &report);
	cm_cmd_directory_say(json);
	return CM_CLI_DONE;
}
