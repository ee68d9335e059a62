// Knows: how a file of the officer is handed to the node as a descriptor, so that the plain bundle is written there and
// nowhere else. Does not know: what stands in a bundle, or who had to approve.
#include "cli/cmd_bundle.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/tab_limit.h"
#include "format/json_put.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/ipc.h"
#include "os/local.h"
#include "cli/call.h"
#include "cli/cli.h"
#include "cli/sink.h"
#include "cli/wait.h"

enum {
	CM_CMD_BUNDLE_JOB = 1,     // to the node: which job the descriptor is for
	CM_CMD_BUNDLE_KEPT = 2,    // to the node: the bundle stands in its place, so the approvals are spent
	CM_CMD_BUNDLE_DONE = 1,    // from the node: JSON about the bundle
	CM_CMD_BUNDLE_REFUSED = 2, // from the node: findings
};

// Asks for the job; its name is 32 hexadecimal digits.
static cm_result
cm_cmd_bundle_job(const struct cm_command_line *line, struct cm_report *report, char ret_job[33],
                  struct cm_json **ret_json)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) body = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE);
	struct cm_json_put put = cm_json_put_of(&body);
	struct cm_call call;
	cm_json_put_object(&put);
	cm_json_put_member_cstr(&put, "evidence", line->arguments[0]);
	cm_json_put_end_object(&put);
	cm_result r = cm_call_begin(line, CM_ROUTE_API_BUNDLE, NULL, report, &call);
	if (r == CM_OK)
		r = cm_buf_result(&body);
	struct cm_call_said said = {line, "api_bundle", "", NULL};
	if (r == CM_OK)
		r = cm_call_say(&call, &body, &said, report);
	if (r == CM_OK)
		r = cm_call_send(&call, report, ret_json);
	if (r != CM_OK)
		return r;
	struct cm_view job = cm_json_text(cm_json_member(cm_json_root(*ret_json), "job"));
	if (job.n != 32)
		return CM_BUG;
	memcpy(ret_job, job.p, job.n);
	ret_job[job.n] = 0;
	cm_json_free(cm_take(ret_json));
	return CM_OK;
}

// As long as the evidence is; each second the node is asked how far it is.
static cm_result
cm_cmd_bundle_wait(struct cm_wait *wait, int socket, struct cm_report *report)
{
	int64_t begun = cm_clock_mono();
	int index = -1;
	cm_result r = CM_OK;
	while (r == CM_OK && index < 0) {
		r = cm_ipc_wait(&socket, 1, 0, cm_clock_after(CM_INSTANT_SECOND), &index);
		if (r == CM_OK && index < 0)
			cm_wait_reader(wait, cm_clock_mono() - begun);
	}
	cm_wait_end(wait);
	if (r != CM_OK)
		cm_report_add(report, CM_ERROR_IO_READ, "run/output.sock", "%s", "waiting failed");
	return r;
}

// Hands the descriptor over and waits for the end; the answer's JSON goes to *ret_json. `ipc` stays open: a node that loses it
// takes the bundle for lost.
static cm_result
cm_cmd_bundle_fetch(struct cm_wait *wait, int fd, struct cm_ipc *ipc, struct cm_report *report, struct cm_json **ret_json)
{
	char path[CM_FILE_PATH];
	int socket = -1;
	struct cm_ipc_frame frame = {
	        .type = CM_CMD_BUNDLE_JOB, .payload = cm_view_text(wait->job), .fds = {fd}, .fd_count = 1};
	struct cm_ipc_frame answer = {0};
	cm_result r = cm_file_path(path, sizeof path, wait->line->home, "run/output.sock", report);
	if (r == CM_OK)
		r = cm_local_connect(path, report, &socket);
	if (r != CM_OK)
		return r;
	*ipc = cm_ipc_of(socket);
	r = cm_ipc_send(ipc, &frame, cm_clock_after(CM_LIMIT_ADMIN_CALL_MS_VALUE * INT64_C(1000)), report);
	if (r == CM_OK)
		r = cm_cmd_bundle_wait(wait, socket, report);
	if (r == CM_OK)
		r = cm_ipc_recv(ipc, CM_CLOCK_NEVER, report, &answer);
	if (r != CM_OK)
		return r;
	cm_ipc_frame_close(&answer);
	if (answer.type != CM_CMD_BUNDLE_DONE)
		return cm_cli_hooks.findings(answer.payload, report);
	return cm_json_read(answer.payload, CM_LIMIT_API_ANSWER_BYTES_VALUE, report, ret_json);
}

// The node closes when it has noted it. A node that is gone by now leaves the approvals in force, which harms nobody.
static void
cm_cmd_bundle_kept(struct cm_ipc *ipc)
{
	const struct cm_ipc_frame kept = {.type = CM_CMD_BUNDLE_KEPT};
	struct cm_ipc_frame none = {0};
	int64_t late = cm_clock_after(CM_LIMIT_ADMIN_CALL_MS_VALUE * INT64_C(1000));
	if (cm_ipc_send(ipc, &kept, late, NULL) == CM_OK && cm_ipc_recv(ipc, late, NULL, &none) == CM_OK)
		cm_ipc_frame_close(&none);
}

int
cm_cmd_bundle_export(const struct cm_command_line *line)
{
	struct cm_report report = {0};
	struct cm_json CM_CLEANUP(cm_json_free_at) *json = NULL;
	struct cm_sink CM_CLEANUP(cm_sink_fini) sink = {.fd = -1};
	struct cm_ipc CM_CLEANUP(cm_ipc_fini) ipc = cm_ipc_of(-1);
	const char *out = cm_command_value(line, CM_OPTION_BUNDLE_EXPORT_OUT);
	bool force = cm_command_value(line, CM_OPTION_BUNDLE_EXPORT_FORCE) != NULL;
	char job[33];
	cm_result r = CM_OK;
	if (strcmp(out, "-") == 0)
		r = cm_report_refuse(&report, CM_ERROR_USAGE, "--out", "%s", "a bundle goes to a file, not to standard output");
	if (r == CM_OK)
		r = cm_sink_open(out, force, &report, &sink); // first: the job takes the approvals
	if (r == CM_OK)
		r = cm_cmd_bundle_job(line, &report, job, &json);
	if (r == CM_OK)
		r = cm_cmd_bundle_fetch(&(struct cm_wait){.line = line, .job = job}, cm_sink_hand(&sink), &ipc, &report, &json);
	if (r == CM_OK)
		r = cm_sink_commit(&sink, &report);
	if (r == CM_OK)
		cm_cmd_bundle_kept(&ipc);
	return cm_call_show(line, r, json, &report);
}
