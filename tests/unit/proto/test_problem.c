#include "unit.h"

#include "base/mem.h"
#include "proto/problem.h"

static void
findings_become_a_document(void **state)
{
	(void)state;
	struct cm_report report = {.count = 0};
	cm_result r = cm_report_refuse(&report, CM_ERROR_HTTP_RANGE, "Range", "\"a\\b\"");
	assert_int_equal(cm_problem_status(r, &report), 416);
	CM_CLEANUP(cm_buf_fini) struct cm_buf to = cm_buf_of(4096);
	cm_problem_write(416, &report, &to);
	const char *text = cm_buf_cstr(&to);
	assert_non_null(strstr(text, "{\"type\":\"urn:comity:error:http_range\",\"status\":416,\"title\":\"The range"));
	assert_non_null(strstr(text, "\"rule\":\"http_range\""));
	assert_non_null(strstr(text, "\"remedy\":\""));
}

static void
classes_have_statuses(void **state)
{
	(void)state;
	assert_int_equal(cm_problem_status(CM_FAILED, NULL), 503);
	assert_int_equal(cm_problem_status(CM_BUG, NULL), 500);
	assert_int_equal(cm_problem_status(CM_REFUSED, NULL), 422);
	CM_CLEANUP(cm_buf_fini) struct cm_buf to = cm_buf_of(4096);
	cm_problem_write(503, NULL, &to);
	assert_view_is(cm_buf_view(&to), "{\"type\":\"about:blank\",\"title\":\"503\",\"status\":503}\n");
}

// Who may try again must not be told that the message itself is wrong.
static void
rules_have_statuses(void **state)
{
	(void)state;
	static const struct {
		enum cm_error rule;
		unsigned status;
	} row[] = {{CM_ERROR_NODE_BUSY, 503}, {CM_ERROR_STORE_BUSY, 503}, {CM_ERROR_HTTP_STOPPING, 503},
	           {CM_ERROR_HTTP_CERTIFICATE, 403}, {CM_ERROR_HTTP_BODY_SIZE, 413}, {CM_ERROR_HTTP_METHOD, 405},
	           {CM_ERROR_JSON_SYNTAX, 422}};
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		struct cm_report report = {.count = 0};
		cm_result r = cm_report_refuse(&report, row[i].rule, "-", "-");
		assert_int_equal(cm_problem_status(r, &report), row[i].status);
	}
}

static void
json_text_is_escaped(void **state)
{
	(void)state;
	CM_CLEANUP(cm_buf_fini) struct cm_buf to = cm_buf_of(4096);
	cm_problem_json_text(&to, cm_view_text("a\"\\\n\xff\xc3\xa9\x7f"));
	assert_view_is(cm_buf_view(&to), "\"a\\\"\\\\\\u000a\\ufffd\xc3\xa9\\u007f\"");
}

UNIT_MAIN(T(findings_become_a_document), T(classes_have_statuses), T(rules_have_statuses), T(json_text_is_escaped))
