#include "unit.h"

#include <stdio.h>

#include "cli/call.h"
#include "cli/name.h"

#define WHOLE "01a20ef0-5f5e-7cbc-a88a-a6707523c0f0"
#define ONE "{\"request\":\"" WHOLE "\",\"peer\":\"xb.contact\",\"title\":\"Image\"}"

static char asked[1024];
static const char *answer;

static cm_result
node_call(const struct cm_call *call, struct cm_report *report, struct cm_buf *ret_body, unsigned *ret_status)
{
	(void)report;
	snprintf(asked, sizeof asked, "%s", call->path);
	cm_buf_text(ret_body, answer);
	*ret_status = 200;
	return CM_OK;
}

static cm_result
find(int argc, const char *const *argv, const char *text, struct cm_command_line *line, struct cm_names *names)
{
	struct cm_report report = {0};
	answer = text;
	asked[0] = 0;
	names->count = 0;
	cm_cli_hooks = (struct cm_cli_hooks){.call = node_call};
	assert_true(cm_command_parse(argc, argv, line));
	cm_result r = cm_name_find(line, names, &report);
	assert_true(r == CM_OK || cm_report_has(&report, CM_ERROR_NAME_SEVERAL));
	return r;
}

static void
a_name_becomes_the_id(void **state)
{
	(void)state;
	static const char *const show[] = {"request", "show", "XA 7", "--home", "h"};
	static const char *const list[] = {"evidence", "list", "--request", "XA-7", "--home", "h"};
	struct cm_command_line line;
	struct cm_names names;
	assert_int_equal(find(5, show, "{\"requests\":[" ONE "]}", &line, &names), CM_OK);
	assert_string_equal(asked, "/api/v1/requests?limit=5&named=XA%207");
	assert_string_equal(line.arguments[0], WHOLE);
	assert_int_equal(find(6, list, "{\"requests\":[" ONE "]}", &line, &names), CM_OK);
	assert_string_equal(cm_command_value(&line, CM_OPTION_EVIDENCE_LIST_REQUEST), WHOLE);
}

static void
what_has_no_or_two_meanings_is_not_guessed(void **state)
{
	(void)state;
	static const char *const show[] = {"request", "show", "XA-7", "--home", "h"};
	struct cm_command_line line;
	struct cm_names names;
	assert_int_equal(find(5, show, "{\"requests\":[]}", &line, &names), CM_OK);
	assert_string_equal(line.arguments[0], "XA-7");
	assert_int_equal(find(5, show, "{\"requests\":[" ONE "," ONE "]}", &line, &names), CM_REFUSED);
}

static void
an_id_is_not_asked_for(void **state)
{
	(void)state;
	static const char *const show[] = {"request", "show", WHOLE, "--home", "h"};
	static const char *const peer[] = {"peer", "show", "xb.contact", "--home", "h"};
	struct cm_command_line line;
	struct cm_names names;
	assert_int_equal(find(5, show, "no json", &line, &names), CM_OK);
	assert_int_equal(find(5, peer, "no json", &line, &names), CM_OK);
	assert_string_equal(asked, "");
}

UNIT_MAIN(T(a_name_becomes_the_id), T(what_has_no_or_two_meanings_is_not_guessed), T(an_id_is_not_asked_for))
