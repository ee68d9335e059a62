// Knows: how bytes of the node come to a file or to standard output unchanged. Does not know: what they mean.
#include "cli/cmd_record.h"

#include <string.h>

#include "base/mem.h"
#include "base/tab_limit.h"
#include "os/file.h"
#include "cli/call.h"
#include "cli/cli.h"

static int
cm_cmd_record_run(const struct cm_command_line *line, enum cm_route route, enum cm_option out_option)
{
	struct cm_report report = {0};
	struct cm_json CM_CLEANUP(cm_json_free_at) *problem = NULL;
	struct cm_buf CM_CLEANUP(cm_buf_fini) bytes = cm_buf_of(CM_LIMIT_API_ANSWER_BYTES_VALUE);
	const char *out = cm_command_value(line, out_option);
	struct cm_call call;
	cm_result r = cm_call_begin(line, route, line->arguments[0], &report, &call);
	if (r == CM_OK)
		r = cm_call_bytes(&call, &report, &bytes, &problem);
	if (r == CM_OK && out != NULL && strcmp(out, "-") != 0)
		r = cm_file_replace(out, 0644, cm_buf_view(&bytes), &report);
	else if (r == CM_OK)
		r = cm_file_write_all(1, cm_buf_view(&bytes), &report);
	return r == CM_OK ? CM_CLI_DONE : cm_call_show(line, r, problem, &report);
}

int
cm_cmd_record_message(const struct cm_command_line *line)
{
	return cm_cmd_record_run(line, CM_ROUTE_API_MESSAGE_SHOW, CM_OPTION_MESSAGE_SHOW_OUT);
}

int
cm_cmd_record_proof(const struct cm_command_line *line)
{
	return cm_cmd_record_run(line, CM_ROUTE_API_ACT_PROOF, CM_OPTION_ACT_PROOF_OUT);
}
