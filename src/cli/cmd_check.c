// Knows: how a draft is checked without a node, how findings are shown, and which call asks a node. Does not know: the law
// (domain/law.h). A judgement is never made here: what people have to decide is shown, with who. Serves doc/guide/law.md.
#include "cli/cmd_check.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/tab_limit.h"
#include "domain/kind.h"
#include "domain/nationals.h"
#include "domain/request.h"
#include "domain/request_draft.h"
#include "format/json_put.h"
#include "os/clock.h"
#include "os/file.h"
#include "proto/legal.h"
#include "cli/call.h"
#include "cli/cli.h"
#include "cli/fail.h"

struct cm_cmd_check_run {
	struct cm_facts facts;
	struct cm_nationals nationals;
	struct cm_law_told told;
	struct cm_law law;
	struct cm_report faults; // of the first check: contents, dates, identifiers
	cm_result formal;
	char from[3], to[3];
};

// "XB", or the node "xb.contact": two letters, as capitals.
static bool
cm_cmd_check_country(const char *name, char *to)
{
	for (size_t i = 0; i < 2; i++) {
		char c = name[i];
		if (c >= 'a' && c <= 'z')
			c = (char)(c - 'a' + 'A');
		if (c < 'A' || c > 'Z')
			return false;
		to[i] = c;
	}
	to[2] = 0;
	return name[2] == 0 || name[2] == '.';
}

static cm_result
cm_cmd_check_side(const struct cm_command_line *line, enum cm_option option, struct cm_report *report, char *to)
{
	const char *name = cm_command_value(line, option);
	if (name != NULL && !cm_cmd_check_country(name, to))
		return cm_report_refuse(report, CM_ERROR_USAGE, cm_option_row(option)->long_name, "\"%s\" is no State, as XB", name);
	return CM_OK;
}

static struct cm_view
cm_cmd_check_text(const struct cm_command_line *line, enum cm_option option)
{
	return cm_view_text(cm_command_value(line, option));
}

// The step that is named; one that is not leaves `ret_stage` as it is.
static cm_result
cm_cmd_check_stage(const struct cm_command_line *line, struct cm_report *report, enum cm_law_stage *ret_stage)
{
	struct cm_view stage = cm_cmd_check_text(line, CM_OPTION_REQUEST_CHECK_STAGE);
	if (stage.n > 0 && !cm_law_stage_read(stage, ret_stage))
		return cm_report_refuse(report, CM_ERROR_USAGE, "stage", "\"%.*s\" is no step, as before_send", CM_VIEW_ARG(stage));
	return CM_OK;
}

// Between which States, and at which step. Who asks is in the draft when it is not said.
static cm_result
cm_cmd_check_told(const struct cm_command_line *line, struct cm_report *report, struct cm_cmd_check_run *run)
{
	struct cm_view country;
	cm_result r = cm_cmd_check_side(line, CM_OPTION_REQUEST_CHECK_FROM, report, run->from);
	if (r == CM_OK)
		r = cm_cmd_check_side(line, CM_OPTION_REQUEST_CHECK_TO, report, run->to);
	if (r == CM_OK)
		r = cm_cmd_check_stage(line, report, &run->told.stage);
	if (r != CM_OK)
		return r;
	if (run->from[0] == 0 && cm_facts_find(&run->facts, "requesting.country", &country))
		snprintf(run->from, sizeof run->from, "%.*s", CM_VIEW_ARG(country));
	run->told.now = cm_clock_utc();
	run->told.asking = cm_view_text(run->from);
	run->told.asked = cm_view_text(run->to);
	run->told.asking_law = cm_nationals_find(&run->nationals, run->told.asking);
	run->told.asked_law = cm_nationals_find(&run->nationals, run->told.asked);
	run->told.purpose = cm_cmd_check_text(line, CM_OPTION_REQUEST_CHECK_PURPOSE);
	run->told.consent = cm_cmd_check_text(line, CM_OPTION_REQUEST_CHECK_CONSENT);
	run->told.formal = &run->faults;
	return CM_OK;
}

static cm_result
cm_cmd_check_judge(const struct cm_command_line *line, struct cm_report *report, struct cm_cmd_check_run *run)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) text = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE);
	struct cm_buf CM_CLEANUP(cm_buf_fini) plain = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE);
	cm_result r = cm_file_load(line->arguments[0], &text, report);
	if (r == CM_OK)
		r = cm_json_canonicalise(cm_buf_view(&text), CM_LIMIT_MESSAGE_BYTES_VALUE, report, &plain);
	if (r == CM_OK)
		r = cm_nationals_exercise(&run->nationals, report);
	if (r == CM_OK)
		r = cm_request_draft_read(cm_buf_view(&plain), report, &run->facts, &run->told.kind);
	if (r == CM_OK)
		r = cm_cmd_check_told(line, report, run);
	if (r != CM_OK)
		return r;
	run->formal = cm_request_check(
	        &run->facts, &(struct cm_request_told){.kind = run->told.kind, .now = run->told.now, .from = run->told.asking, .to = run->told.asked}, &run->faults);
	cm_law_check(&run->facts, &run->told, &run->law);
	return run->formal == CM_REFUSED ? CM_OK : run->formal;
}

static void
cm_cmd_check_json(const struct cm_command_line *line, const struct cm_cmd_check_run *run)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) text = cm_buf_of(CM_LIMIT_API_ANSWER_BYTES_VALUE);
	struct cm_json_put put = cm_json_put_of(&text);
	cm_json_put_object(&put);
	cm_json_put_member_bool(&put, "complete", run->formal == CM_OK);
	cm_json_put_name(&put, "faults");
	cm_json_put_object(&put);
	cm_fail_json(&put, line->command, &run->faults);
	cm_json_put_end_object(&put);
	cm_legal_put(&put, &run->facts, &run->told, &run->law);
	cm_json_put_end_object(&put);
	printf("%s\n", cm_buf_cstr(&text));
}

static void
cm_cmd_check_show(const struct cm_command_line *line, const struct cm_cmd_check_run *run)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) open = cm_buf_of(CM_LIMIT_JSON_OUTPUT_VALUE);
	cm_fail_lines(stdout, line->command, &run->faults);
	for (size_t i = 0; i < run->law.count; i++) {
		const struct cm_law_finding *f = &run->law.findings[i];
		const struct cm_safeguard_row *row = cm_safeguard_row(f->rule);
		printf("%-5s %s  (Art. %s)%s\n      %s%s%s\n      remedy:  %s\n      decides: %s\n", row->severity, row->id, row->article,
		       f->holds ? "  HOLDS" : "", row->reason, f->seen[0] == 0 ? "" : " ", f->seen, row->remedy, row->decides);
	}
	if (run->told.stage == CM_LAW_BEFORE_ANSWER) {
		for (enum cm_refusal g = CM_REFUSAL_NONE + 1; g < CM_REFUSAL_END; g++)
			if (cm_law_ground(&run->facts, &run->told, g) <= CM_LAW_GROUND_WITH_BASIS)
				cm_buf_printf(&open, "%s%s%s", open.n == 0 ? "" : ", ", cm_refusal_row(g)->code,
				              cm_law_ground(&run->facts, &run->told, g) == CM_LAW_GROUND_OPEN ? "" : " (names its law)");
		printf("grounds of refusal that are open: %s\n", cm_buf_cstr(&open));
	}
	puts(run->formal != CM_OK || cm_law_judge(&run->law, NULL) != CM_OK ? "It may not go on yet." : "It may go on.");
}

static int
cm_cmd_check_here(const struct cm_command_line *line)
{
	struct cm_report report = {0};
	CM_AUTO struct cm_cmd_check_run *run = cm_mem_new(sizeof *run);
	if (run == NULL)
		return cm_fail(line, CM_NOMEM, &report);
	cm_facts_init(&run->facts);
	cm_result r = cm_cmd_check_judge(line, &report, run);
	bool goes_on = run->formal == CM_OK && cm_law_judge(&run->law, NULL) == CM_OK;
	if (r == CM_OK && line->json)
		cm_cmd_check_json(line, run);
	else if (r == CM_OK)
		cm_cmd_check_show(line, run);
	cm_facts_fini(&run->facts);
	cm_nationals_fini(&run->nationals);
	return r != CM_OK ? cm_fail(line, r, &report) : goes_on ? CM_CLI_DONE : CM_CLI_REFUSED;
}

// A request that the node has: its own side of it.
static int
cm_cmd_check_there(const struct cm_command_line *line, const char *id)
{
	struct cm_report report = {0};
	struct cm_json CM_CLEANUP(cm_json_free_at) *json = NULL;
	struct cm_call call;
	enum cm_law_stage stage;
	cm_result r = cm_cmd_check_stage(line, &report, &stage);
	if (r == CM_OK)
		r = cm_call_begin(line, CM_ROUTE_API_REQUEST_LAW, id, &report, &call);
	if (r == CM_OK)
		r = cm_call_query(&call, CM_ROUTE_API_REQUEST_LAW, &report);
	if (r == CM_OK)
		r = cm_call_send(&call, &report, &json);
	int code = cm_call_show(line, r, json, &report);
	const struct cm_json_value *goes_on = json == NULL ? NULL : cm_json_member(cm_json_root(json), "may_go_on");
	return r == CM_OK && goes_on != NULL && cm_json_kind(goes_on) == CM_JSON_FALSE ? CM_CLI_REFUSED : code;
}

int
cm_cmd_check(const struct cm_command_line *line)
{
	struct cm_report report = {0};
	const char *id = cm_command_value(line, CM_OPTION_REQUEST_CHECK_ID);
	if (id != NULL && line->home == NULL)
		return cm_fail(line, cm_report_refuse(&report, CM_ERROR_USAGE, "--home", "%s", "it needs the node that has the request"),
		               &report);
	if (id != NULL)
		return cm_cmd_check_there(line, id);
	if (line->argument_count == 0)
		return cm_fail(line, cm_report_refuse(&report, CM_ERROR_USAGE, "arguments", "%s", "it needs FILE"), &report);
	return line->home == NULL ? cm_cmd_check_here(line) : cm_call_run(line);
}
