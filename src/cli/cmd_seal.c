// Knows: the words of `comity seal`, and what the offline commands share. Does not know: how sealing works (seal_job.c).
#include <string.h>

#include "base/hex.h"
#include "base/mem.h"
#include "base/tab_limit.h"
#include "cli/cli.h"
#include "cli/cmd_package.h"
#include "cli/fail.h"
#include "cli/out.h"
#include "cli/seal_job.h"
#include "os/file.h"

enum comity_result
cm_cmd_load(const char *path, uint64_t max, struct comity_report *report, struct cm_buf *ret_bytes)
{
	struct cm_buf bytes = cm_buf_of_secret((size_t)max);
	cm_result r = cm_file_load(path, &bytes, comity_report_inside(report));
	if (r == CM_OK)
		*ret_bytes = bytes;
	else
		cm_buf_fini(&bytes);
	return comity_result_of(r);
}

enum comity_result
cm_cmd_put(void *sink, struct cm_view bytes, struct comity_report *report)
{
	return comity_result_of(cm_sink_write(sink, bytes, comity_report_inside(report)));
}

int
cm_cmd_failed(const struct cm_command_line *line, enum comity_result result, struct comity_report *report)
{
	return cm_fail(line, (cm_result)result, comity_report_inside(report));
}

static int
cm_cmd_seal_told(const struct cm_command_line *line, const struct cm_seal_told *told, const char *out)
{
	char hex[65], size[32];
	cm_hex_text(cm_view_of(told->sha256.b, sizeof told->sha256.b), hex);
	if (line->json) {
		struct cm_buf CM_CLEANUP(cm_buf_fini) text = cm_buf_of(CM_LIMIT_JSON_OUTPUT_VALUE);
		struct cm_json_put put = cm_json_put_of(&text);
		cm_json_put_object(&put);
		cm_json_put_member_number(&put, "length", (int64_t)told->written);
		cm_json_put_member_cstr(&put, "out", out);
		cm_json_put_member_number(&put, "plain_length", (int64_t)told->read);
		cm_json_put_member_cstr(&put, "sha256", hex);
		cm_json_put_end_object(&put);
		return cm_out_json(&text) ? CM_CLI_DONE : CM_CLI_ENVIRONMENT;
	}
	printf("%s: %s, SHA-256 %s\n", out, cm_out_bytes(told->written, size), hex);
	return CM_CLI_DONE;
}

int
cm_cmd_seal(const struct cm_command_line *line)
{
	const char *recipients[CM_LIMIT_SEAL_RECIPIENTS_VALUE + 1], *value;
	const char *out = cm_command_value(line, CM_OPTION_SEAL_OUT);
	struct cm_sink CM_CLEANUP(cm_sink_fini) sink = {.fd = -1};
	struct cm_seal_job job = {.path = line->arguments[0],
	                          .recipients = recipients,
	                          .put = cm_cmd_put,
	                          .self = &sink,
	                          .quiet = line->json};
	struct cm_seal_told told;
	struct comity_report *report;
	if (comity_init() != COMITY_OK || comity_report_new(&report) != COMITY_OK)
		return CM_CLI_ENVIRONMENT;
	for (size_t i = 0; i <= CM_LIMIT_SEAL_RECIPIENTS_VALUE &&
	                   (value = cm_command_value_at(line, CM_OPTION_SEAL_RECIPIENT, i)) != NULL;
	     i++)
		recipients[job.recipient_count++] = value;
	bool force = cm_command_value(line, CM_OPTION_SEAL_FORCE) != NULL;
	cm_result opened = cm_sink_open(out, force, comity_report_inside(report), &sink);
	enum comity_result r = comity_result_of(opened);
	if (r == COMITY_OK)
		r = cm_seal_job_seal(&job, report, &told);
	if (r == COMITY_OK)
		r = comity_result_of(cm_sink_commit(&sink, comity_report_inside(report)));
	int code = r != COMITY_OK ? cm_cmd_failed(line, r, report) : sink.stream ? CM_CLI_DONE
	                                                                         : cm_cmd_seal_told(line, &told, out);
	comity_report_free(report);
	return code;
}
