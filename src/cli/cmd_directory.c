// Knows: how a directory file reaches the node: its bytes as they are, for they are signed. Does not know: what is in it.
#include "cli/cmd_directory.h"

#include "base/tab_limit.h"
#include "os/file.h"
#include "cli/call.h"
#include "cli/cli.h"

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
	return cm_call_show(line, r, json, &report);
}
