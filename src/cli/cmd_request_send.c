// Knows: that a joint investigation is asked of several parties with one command: one call for each --to, under the number of the
// first request (doc/spec/request-document.md, section 5). Does not know: what a call says beside it (call.c).
#include "cli/cmd_request.h"

#include <string.h>

#include "base/mem.h"
#include "base/tab_limit.h"
#include "cli/call.h"
#include "cli/cli.h"
#include "cli/cmd_after.h"
#include "cli/wait.h"

// The line with this one --to; of several the first begins the undertaking, and the others name it.
static void
cm_send_line(const struct cm_command_line *line, size_t at, const char *number, struct cm_command_line *ret_one)
{
	bool several = cm_command_value_at(line, CM_OPTION_REQUEST_SEND_TO, 1) != NULL;
	*ret_one = *line;
	ret_one->value_count = 0;
	for (size_t i = 0, to = 0; i < line->value_count; i++)
		if (line->values[i].option != CM_OPTION_REQUEST_SEND_TO || to++ == at)
			ret_one->values[ret_one->value_count++] = line->values[i];
	bool named = cm_command_value(line, CM_OPTION_REQUEST_SEND_UNDERTAKING) != NULL;
	if (several && !named)
		ret_one->values[ret_one->value_count++] = (struct cm_command_value){CM_OPTION_REQUEST_SEND_FOUNDS, ""};
	if (several && !named && *number != 0)
		ret_one->values[ret_one->value_count++] = (struct cm_command_value){CM_OPTION_REQUEST_SEND_UNDERTAKING, number};
}

static cm_result
cm_send_put(struct cm_json_put *put, const struct cm_json *json)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) text = cm_buf_of(CM_LIMIT_API_ANSWER_BYTES_VALUE);
	cm_result r = cm_json_canonical(cm_json_root(json), NULL, &text);
	cm_json_put_raw(put, cm_buf_view(&text));
	return r;
}

// What was sent, as one answer: the number, and each request. A party that could not be asked is told, and those before stay asked.
static cm_result
cm_send_all(const struct cm_command_line *line, struct cm_report *report, struct cm_buf *text)
{
	struct cm_json_put put = cm_json_put_of(text);
	char number[40] = "";
	cm_result r = CM_OK;
	cm_json_put_object(&put);
	cm_json_put_name(&put, "requests");
	cm_json_put_array(&put);
	for (size_t i = 0; r == CM_OK && cm_command_value_at(line, CM_OPTION_REQUEST_SEND_TO, i) != NULL; i++) {
		struct cm_command_line one;
		struct cm_wait wait = {.line = line};
		struct cm_json CM_CLEANUP(cm_json_free_at) *json = NULL;
		cm_send_line(line, i, number, &one);
		r = cm_call_ask(&one, cm_wait_answer, &wait, report, &json);
		if (r == CM_OK && json == NULL)
			r = CM_BUG;
		if (r == CM_OK && i == 0)
			snprintf(number, sizeof number, "%.*s", CM_VIEW_ARG(cm_json_text(cm_json_member(cm_json_root(json), "request"))));
		if (r == CM_OK)
			r = cm_send_put(&put, json);
	}
	cm_json_put_end_array(&put);
	cm_json_put_member_cstr(&put, "undertaking", number);
	cm_json_put_end_object(&put);
	return r == CM_OK ? cm_buf_result(text) : r;
}

int
cm_cmd_request_send(const struct cm_command_line *line)
{
	struct cm_report report = {0};
	struct cm_buf CM_CLEANUP(cm_buf_fini) text = cm_buf_of(CM_LIMIT_API_ANSWER_BYTES_VALUE);
	struct cm_json CM_CLEANUP(cm_json_free_at) *json = NULL;
	if (cm_command_value_at(line, CM_OPTION_REQUEST_SEND_TO, 1) == NULL)
		return cm_cmd_after_send(line);
	if (line->value_count + 2 > CM_COMMAND_VALUES)
		return cm_call_show(line, cm_report_refuse(&report, CM_ERROR_USAGE, "options", "%s", "too many"), NULL, &report);
	cm_result r = cm_send_all(line, &report, &text);
	if (r == CM_OK)
		r = cm_json_read(cm_buf_view(&text), CM_LIMIT_API_ANSWER_BYTES_VALUE, &report, &json);
	return cm_call_show(line, r, json, &report);
}
