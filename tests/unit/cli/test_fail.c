// One form of failure: lines for people, one object for scripts, the exit code.
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/tab_limit.h"
#include "cli/cli.h"
#include "cli/fail.h"
#include "format/json.h"

static char *out, *err;

static int
told(const struct cm_command_line *line, cm_result result, const struct cm_report *report)
{
	FILE *old_out = stdout, *old_err = stderr;
	size_t n, m;
	free(out);
	free(err);
	stdout = open_memstream(&out, &n);
	stderr = open_memstream(&err, &m);
	int code = cm_fail(line, result, report);
	fclose(stdout);
	fclose(stderr);
	stdout = old_out;
	stderr = old_err;
	return code;
}

static void
people_read_what_where_and_what_to_do(void **state)
{
	(void)state;
	struct cm_command_line line = {.command = CM_COMMAND_REQUEST_SHOW};
	struct cm_report report = {.count = 0};
	cm_report_add(&report, CM_ERROR_REQUEST_UNKNOWN, "request", "no-such-id");
	assert_int_equal(told(&line, CM_REFUSED, &report), CM_CLI_REFUSED);
	assert_string_equal(out, "");
	assert_string_equal(err, "comity request show: This node has no such request.\n  where:  request: no-such-id\n"
	                         "  remedy: \"comity request list\" shows those there are.\n  rule:   request_unknown\n");
}

static void
a_wrong_line_names_the_help_to_type(void **state)
{
	(void)state;
	struct cm_command_line line = {.command = CM_COMMAND_REQUEST_SHOW};
	struct cm_report report = {.count = 0};
	cm_report_add(&report, CM_ERROR_USAGE, "arguments", "it needs ID");
	assert_int_equal(told(&line, CM_REFUSED, &report), CM_CLI_USAGE);
	assert_non_null(strstr(err, "remedy: Type \"comity request show --help\" to"));
	line.command = CM_COMMAND_NONE;
	assert_int_equal(told(&line, CM_REFUSED, &report), CM_CLI_USAGE);
	assert_int_equal(strncmp(err, "comity: ", 8), 0);
	assert_non_null(strstr(err, "remedy: Type \"comity help\" to"));
	cm_report_clear(&report);
	cm_report_add(&report, CM_ERROR_SESSION_MISSING, "--session", "it needs --session FILE");
	assert_int_equal(told(&line, CM_REFUSED, &report), CM_CLI_USAGE);
}

static void
scripts_read_one_object(void **state)
{
	(void)state;
	struct cm_command_line line = {.command = CM_COMMAND_SEAL, .json = true};
	struct cm_report report = {.count = 0};
	struct cm_json CM_CLEANUP(cm_json_free_at) *json = NULL;
	cm_report_add(&report, CM_ERROR_IO_OPEN, "a", "No such file or directory");
	cm_report_add(&report, CM_ERROR_SEAL_RECIPIENT, "recipient", "b");
	assert_int_equal(told(&line, CM_FAILED, &report), CM_CLI_ENVIRONMENT);
	assert_string_equal(err, "");
	assert_int_equal(cm_json_read(cm_view_text(out), CM_LIMIT_JSON_OUTPUT_VALUE, NULL, &json), CM_OK);
	const struct cm_json_value *findings = cm_json_member(cm_json_root(json), "findings");
	assert_int_equal(cm_json_number(cm_json_member(cm_json_root(json), "exit")), CM_CLI_ENVIRONMENT);
	assert_int_equal(cm_json_count(findings), 2);
	assert_view_is(cm_json_text(cm_json_member(cm_json_at(findings, 1), "rule")), "seal_recipient");
	assert_int_equal(cm_json_count(cm_json_at(findings, 0)), 6);
}

// The object would be taken for a part of the result.
static void
a_taken_output_is_left_alone(void **state)
{
	(void)state;
	struct cm_command_line line = {
	        .command = CM_COMMAND_SEAL, .json = true, .values = {{CM_OPTION_SEAL_OUT, "-"}}, .value_count = 1};
	struct cm_report report = {.count = 0};
	assert_int_equal(told(&line, CM_NOMEM, &report), CM_CLI_ENVIRONMENT);
	assert_string_equal(out, "");
	assert_non_null(strstr(err, "\"rule\":\"out_of_memory\""));
	free(out);
	free(err);
}

UNIT_MAIN(T(people_read_what_where_and_what_to_do), T(a_wrong_line_names_the_help_to_type), T(scripts_read_one_object),
          T(a_taken_output_is_left_alone))
