// Knows: what a person needs after a call was answered: that a request waits, that the node has really ended. Does not know:
// what the calls do.
#include "cli/cmd_after.h"

#include <stdio.h>

#include "base/tab_limit.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/ipc.h"
#include "cli/call.h"
#include "cli/cli.h"
#include "cli/wait.h"

#define CM_CMD_AFTER_LOOK (CM_INSTANT_SECOND / 50) // between two looks at the lock
#define CM_CMD_AFTER_PARTS 3                        // node, readers, keeper: each has its time to end

void
cm_cmd_after_tell(const struct cm_command_line *line, const struct cm_json_value *answer)
{
	const struct cm_json_value *receipt = cm_json_member(answer, "receipt");
	const struct cm_json_value *answered = cm_json_member(answer, "answered"); // of what is said; a request has its receipt
	bool waits = answered != NULL ? cm_json_kind(answered) == CM_JSON_FALSE
	                              : receipt == NULL || cm_json_member(receipt, "origin") == NULL;
	if (waits && !line->json)
		printf("The other node has not answered yet: this waits in the outbox and is sent again by itself.\n"
		       "\"comity request show %.*s\" tells how far it is.\n",
		       CM_VIEW_ARG(cm_json_text(cm_json_member(answer, "request"))));
}

int
cm_cmd_after_send(const struct cm_command_line *line)
{
	struct cm_report report = {0};
	struct cm_json CM_CLEANUP(cm_json_free_at) *json = NULL;
	struct cm_wait wait = {.line = line};
	cm_result r = cm_call_ask(line, cm_wait_answer, &wait, &report, &json);
	int code = cm_call_show(line, r, json, &report);
	if (r == CM_OK && json != NULL)
		cm_cmd_after_tell(line, cm_json_root(json));
	return code;
}

// The lock of the folder is held until the last process of the node has ended.
static cm_result
cm_cmd_after_end(const char *home, struct cm_report *report)
{
	char path[CM_FILE_PATH];
	int64_t late = cm_clock_after(CM_CMD_AFTER_PARTS * CM_LIMIT_PROCESS_STOP_S_VALUE * CM_INSTANT_SECOND);
	cm_result r = cm_file_path(path, sizeof path, home, "run/lock", report);
	while (r == CM_OK) {
		CM_FILE_AUTO int fd = -1;
		int none;
		cm_result locked = cm_file_lock(path, NULL, &fd);
		if (locked != CM_REFUSED)
			return locked == CM_OK ? CM_OK : cm_file_lock(path, report, &fd);
		if (cm_clock_mono() >= late)
			return cm_report_failed(report, CM_ERROR_LOCK_HELD, home, "%s", "it was told to stop and still works");
		r = cm_ipc_wait(NULL, 0, 0, cm_clock_after(CM_CMD_AFTER_LOOK), &none);
	}
	return r;
}

int
cm_cmd_after_stop(const struct cm_command_line *line)
{
	struct cm_report report = {0};
	struct cm_json CM_CLEANUP(cm_json_free_at) *json = NULL;
	cm_result r = cm_call_ask(line, NULL, NULL, &report, &json);
	if (r == CM_OK)
		r = cm_cmd_after_end(line->home, &report);
	if (r != CM_OK)
		return cm_call_show(line, r, NULL, &report);
	puts(line->json ? "{\"stopped\":true}" : "The node has stopped.");
	return CM_CLI_DONE;
}
