// Knows: the one form of a failure, as text and as JSON, and which exit code it has. Does not know: what failed; texts and
// remedies are rows of data/errors.tab. Serves the contract for scripts (README, "For scripts").
#include "cli/fail.h"

#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/tab_limit.h"
#include "cli/cli.h"

#define CM_FAIL_COMMAND "{command}" // in a remedy: what to type to get the help of the command

int
cm_fail_exit(cm_result result, const struct cm_report *report)
{
	enum cm_error first = report->count == 0 ? CM_ERROR_NONE : report->findings[0].rule;
	if (result == CM_REFUSED && (first == CM_ERROR_USAGE || first == CM_ERROR_SESSION_MISSING))
		return CM_CLI_USAGE;
	return result == CM_OK ? CM_CLI_DONE : result == CM_REFUSED ? CM_CLI_REFUSED : CM_CLI_ENVIRONMENT;
}

static void
cm_fail_remedy(struct cm_buf *to, enum cm_command command, const char *remedy)
{
	const char *words = cm_command_row(command)->words, *hole = strstr(remedy, CM_FAIL_COMMAND);
	if (hole == NULL) {
		cm_buf_text(to, remedy);
		return;
	}
	cm_buf_add(to, remedy, (size_t)(hole - remedy));
	cm_buf_printf(to, "%s%s", words, command == CM_COMMAND_NONE ? "help" : " --help");
	cm_buf_text(to, hole + strlen(CM_FAIL_COMMAND));
}

void
cm_fail_lines(FILE *to, enum cm_command command, const struct cm_report *report)
{
	const char *words = cm_command_row(command)->words;
	for (size_t i = 0; i < report->count; i++) {
		const struct cm_finding *f = &report->findings[i];
		const struct cm_error_row *row = cm_error_row(f->rule);
		struct cm_buf CM_CLEANUP(cm_buf_fini) remedy = cm_buf_of(CM_LIMIT_JSON_OUTPUT_VALUE);
		cm_fail_remedy(&remedy, command, row->remedy);
		fprintf(to, "comity%s%s: %s\n  where:  %s%s%s\n  remedy: %s\n  rule:   %s\n", *words == 0 ? "" : " ", words,
		        row->text, f->place, *f->seen == 0 ? "" : ": ", f->seen, cm_buf_cstr(&remedy), row->name);
	}
	if (report->dropped != 0)
		fprintf(to, "and %zu more\n", report->dropped);
}

void
cm_fail_json(struct cm_json_put *put, enum cm_command command, const struct cm_report *report)
{
	cm_json_put_name(put, "findings");
	cm_json_put_array(put);
	for (size_t i = 0; i < report->count; i++) {
		const struct cm_finding *f = &report->findings[i];
		const struct cm_error_row *row = cm_error_row(f->rule);
		struct cm_buf CM_CLEANUP(cm_buf_fini) remedy = cm_buf_of(CM_LIMIT_JSON_OUTPUT_VALUE);
		cm_fail_remedy(&remedy, command, row->remedy);
		cm_json_put_object(put);
		cm_json_put_member_cstr(put, "place", f->place);
		cm_json_put_member_cstr(put, "remedy", cm_buf_cstr(&remedy));
		cm_json_put_member_cstr(put, "rule", row->name);
		cm_json_put_member_cstr(put, "seen", f->seen);
		cm_json_put_member_cstr(put, "source", row->source);
		cm_json_put_member_cstr(put, "text", row->text);
		cm_json_put_end_object(put);
	}
	cm_json_put_end_array(put);
}

// True when the result of the command goes to standard output, where an object would be taken for a part of it.
static bool
cm_fail_output_taken(const struct cm_command_line *line)
{
	for (size_t i = 0; i < line->value_count; i++)
		if (strcmp(cm_option_row(line->values[i].option)->long_name, "out") == 0 &&
		    strcmp(line->values[i].text, "-") == 0)
			return true;
	return false;
}

int
cm_fail(const struct cm_command_line *line, cm_result result, const struct cm_report *report)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) text = cm_buf_of(CM_LIMIT_JSON_OUTPUT_VALUE);
	struct cm_json_put put = cm_json_put_of(&text);
	CM_AUTO struct cm_report *none = report->count == 0 ? cm_mem_new(sizeof *none) : NULL;
	if (none != NULL) {
		cm_report_add(none, result == CM_NOMEM ? CM_ERROR_OUT_OF_MEMORY : CM_ERROR_INTERNAL, "this program", "%s", "");
		report = none;
	}
	int code = cm_fail_exit(result, report);
	cm_json_put_object(&put);
	cm_json_put_member_number(&put, "exit", code);
	cm_fail_json(&put, line->command, report);
	cm_json_put_end_object(&put);
	if (line->json && cm_buf_result(&text) == CM_OK)
		fprintf(cm_fail_output_taken(line) ? stderr : stdout, "%s\n", cm_buf_cstr(&text));
	else
		cm_fail_lines(stderr, line->command, report);
	return code;
}
