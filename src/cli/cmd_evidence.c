// Knows: what a person signs to approve that evidence is opened or exported. Does not know: who must approve (the
// keeper), or how a package is opened (the package reader).
#include "cli/cmd_evidence.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/tab_limit.h"
#include "format/json_put.h"
#include "cli/call.h"
#include "cli/cli.h"
#include "cli/wait.h"

// What is approved is one sealed file, named by the digest of its header; the keeper releases the key of no other one by it.
// Which file that is, is the node's word: only it has the file, so a taken node can have another one of those it holds
// approved under this id, when it deceives both persons alike (SECURITY.md). A node cannot change the file between them.
static cm_result
cm_cmd_evidence_header(const struct cm_command_line *line, struct cm_report *report, char ret_hex[65],
                       struct cm_json **ret_json)
{
	struct cm_call call;
	cm_result r = cm_call_begin(line, CM_ROUTE_API_EVIDENCE_SHOW, line->arguments[0], report, &call);
	if (r == CM_OK)
		r = cm_call_send(&call, report, ret_json);
	if (r != CM_OK)
		return r;
	struct cm_view hex = cm_json_text(cm_json_member(cm_json_root(*ret_json), "header_sha256"));
	if (hex.n != 64) {
		cm_json_free(cm_take(ret_json));
		return cm_report_refuse(report, CM_ERROR_EVIDENCE_NOT_HERE, line->arguments[0], "%s", "");
	}
	memcpy(ret_hex, hex.p, hex.n);
	ret_hex[hex.n] = 0;
	return CM_OK;
}

static int
cm_cmd_evidence_say(const struct cm_command_line *line, enum cm_route route, enum cm_option for_option)
{
	struct cm_report report = {0};
	struct cm_json CM_CLEANUP(cm_json_free_at) *shown = NULL;
	struct cm_json CM_CLEANUP(cm_json_free_at) *json = NULL;
	struct cm_buf CM_CLEANUP(cm_buf_fini) body = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE);
	struct cm_json_put put = cm_json_put_of(&body);
	const char *what = cm_command_value(line, for_option);
	bool export = what != NULL && strcmp(what, "export") == 0;
	struct cm_wait wait = {.line = line, .evidence = line->arguments[0]};
	char hex[65];
	struct cm_call call;
	if (what != NULL && !export && strcmp(what, "open") != 0) {
		cm_result wrong = cm_report_refuse(&report, CM_ERROR_USAGE, "--for", "open or export, not \"%s\"", what);
		return cm_call_show(line, wrong, NULL, &report);
	}
	cm_result r = cm_cmd_evidence_header(line, &report, hex, &shown);
	if (r != CM_OK)
		return cm_call_show(line, r, shown, &report);
	r = cm_call_begin(line, route, line->arguments[0], &report, &call);
	call.opens = true;
	call.waiting = cm_wait_reader;
	call.context = &wait;
	cm_json_put_object(&put);
	cm_json_put_member_cstr(&put, "for", export ? "export" : "open");
	cm_json_put_end_object(&put);
	struct cm_call_said said = {line, export ? "evidence_export" : "evidence_open", line->arguments[0], hex};
	if (r == CM_OK)
		r = cm_buf_result(&body);
	if (r == CM_OK)
		r = cm_call_say(&call, &body, &said, &report);
	if (r == CM_OK)
		r = cm_call_send(&call, &report, &json);
	cm_wait_end(&wait);
	return cm_call_show(line, r, json, &report);
}

int
cm_cmd_evidence_open(const struct cm_command_line *line)
{
	return cm_cmd_evidence_say(line, CM_ROUTE_API_EVIDENCE_OPEN, CM_OPTION_EVIDENCE_OPEN_FOR);
}

int
cm_cmd_evidence_approve(const struct cm_command_line *line)
{
	return cm_cmd_evidence_say(line, CM_ROUTE_API_EVIDENCE_APPROVE, CM_OPTION_EVIDENCE_APPROVE_FOR);
}
