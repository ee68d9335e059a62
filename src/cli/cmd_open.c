// Knows: the words of `comity open`. Does not know: how opening works (seal_job.c).
#include <string.h>

#include "base/mem.h"
#include "base/tab_limit.h"
#include "cli/cli.h"
#include "cli/cmd_package.h"
#include "cli/out.h"
#include "cli/seal_job.h"
#include "os/file.h"

static int
cm_cmd_open_told(const struct cm_command_line *line, const struct cm_seal_told *told, const char *out)
{
	char size[32];
	if (line->json) {
		struct cm_buf CM_CLEANUP(cm_buf_fini) text = cm_buf_of(CM_LIMIT_JSON_OUTPUT_VALUE);
		struct cm_json_put put = cm_json_put_of(&text);
		cm_json_put_object(&put);
		cm_json_put_member_number(&put, "length", (int64_t)told->written);
		cm_json_put_member_cstr(&put, "out", out);
		cm_json_put_end_object(&put);
		return cm_out_json(&text) ? CM_CLI_DONE : CM_CLI_ENVIRONMENT;
	}
	printf("%s: %s\n", out, cm_out_bytes(told->written, size));
	return CM_CLI_DONE;
}

int
cm_cmd_open(const struct cm_command_line *line)
{
	const char *out = cm_command_value(line, CM_OPTION_OPEN_OUT), *file;
	struct cm_sink CM_CLEANUP(cm_sink_fini) sink = {.fd = -1};
	struct cm_seal_job job = {
	        .path = line->arguments[0], .put = cm_cmd_put, .self = &sink, .quiet = line->json};
	struct cm_seal_told told;
	struct comity_report *report;
	if (comity_init() != COMITY_OK || comity_report_new(&report) != COMITY_OK)
		return CM_CLI_ENVIRONMENT;
	enum comity_result r = comity_open_new(&job.open);
	for (size_t i = 0; r == COMITY_OK && (file = cm_command_value_at(line, CM_OPTION_OPEN_IDENTITY, i)) != NULL; i++) {
		struct cm_buf text = cm_buf_of_secret(0);
		r = cm_cmd_load(file, CM_LIMIT_IDENTITY_FILE_VALUE, report, &text);
		if (r == COMITY_OK)
			r = comity_open_identities(job.open, comity_outside(cm_buf_view(&text)), report);
		cm_buf_fini(&text);
	}
	bool force = cm_command_value(line, CM_OPTION_OPEN_FORCE) != NULL;
	if (r == COMITY_OK)
		r = comity_result_of(cm_sink_open(out, force, comity_report_inside(report), &sink));
	if (r == COMITY_OK)
		r = cm_seal_job_open(&job, report, &told);
	if (r == COMITY_OK)
		r = comity_result_of(cm_sink_commit(&sink, comity_report_inside(report)));
	int code = r != COMITY_OK ? cm_cmd_failed(line, r, report) : sink.stream ? CM_CLI_DONE
	                                                                         : cm_cmd_open_told(line, &told, out);
	comity_open_free(job.open);
	comity_report_free(report);
	return code;
}
