// Knows: how bytes of the node come to a file or to standard output unchanged, and how the list of events goes on. Does not
// know: what they mean.
#include "cli/cmd_record.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "base/tab_limit.h"
#include "cli/call.h"
#include "cli/cli.h"
#include "cli/fail.h"
#include "cli/sink.h"

static int
cm_cmd_record_run(const struct cm_command_line *line, enum cm_route route, enum cm_option out_option,
                  enum cm_option force_option)
{
	struct cm_report report = {0};
	struct cm_buf CM_CLEANUP(cm_buf_fini) bytes = cm_buf_of(CM_LIMIT_API_ANSWER_BYTES_VALUE);
	struct cm_sink CM_CLEANUP(cm_sink_fini) sink = {.fd = -1};
	const char *out = cm_command_value(line, out_option);
	bool force = cm_command_value(line, force_option) != NULL;
	struct cm_call call;
	cm_result r = cm_sink_open(out == NULL ? "-" : out, force, &report, &sink);
	if (r == CM_OK)
		r = cm_call_begin(line, route, line->arguments[0], &report, &call);
	if (r == CM_OK)
		r = cm_call_bytes(&call, &report, &bytes);
	if (r == CM_OK)
		r = cm_sink_write(&sink, cm_buf_view(&bytes), &report);
	if (r == CM_OK)
		r = cm_sink_commit(&sink, &report);
	return r == CM_OK ? CM_CLI_DONE : cm_call_show(line, r, NULL, &report);
}

int
cm_cmd_record_message(const struct cm_command_line *line)
{
	return cm_cmd_record_run(line, CM_ROUTE_API_MESSAGE_SHOW, CM_OPTION_MESSAGE_SHOW_OUT,
	                         CM_OPTION_MESSAGE_SHOW_FORCE);
}

int
cm_cmd_record_proof(const struct cm_command_line *line)
{
	return cm_cmd_record_run(line, CM_ROUTE_API_ACT_PROOF, CM_OPTION_ACT_PROOF_OUT, CM_OPTION_ACT_PROOF_FORCE);
}

static bool
cm_cmd_record_event(void *context, uint64_t id, struct cm_view topic, struct cm_view json)
{
	(void)context;
	(void)id;
	(void)topic;
	printf("%.*s\n", CM_VIEW_ARG(json));
	return fflush(stdout) == 0;
}

int
cm_cmd_record_events(const struct cm_command_line *line)
{
	struct cm_report report = {0};
	const char *after = cm_command_value(line, CM_OPTION_EVENT_LIST_AFTER);
	uint64_t number = 0;
	if (cm_command_value(line, CM_OPTION_EVENT_LIST_FOLLOW) == NULL)
		return cm_call_run(line);
	const struct cm_call_follow each = {.event = cm_cmd_record_event};
	bool good = after == NULL || cm_num_u64(cm_view_text(after), 0, INT64_MAX, &number);
	cm_result told = good ? cm_cli_hooks.follow(line->home, number, &each, &report) : CM_BUG; // the parser saw a number
	return told == CM_OK ? CM_CLI_DONE : cm_fail(line, told, &report);
}
