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
	} row[] = {{CM_ERROR_STORE_STATE_CHANGED, 409}, {CM_ERROR_STORE_GENERATION, 409}, {CM_ERROR_NODE_BUSY, 503}, {CM_ERROR_STORE_BUSY, 503}, {CM_ERROR_HTTP_STOPPING, 503},
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

// What one program wrote the other reads; a rule of a newer program is told by its text; there is always a finding.
static void
a_document_becomes_findings(void **state)
{
	(void)state;
	struct cm_report written = {.count = 0}, read = {.count = 0};
	struct cm_json CM_CLEANUP(cm_json_free_at) *json = NULL, *newer = NULL;
	CM_CLEANUP(cm_buf_fini) struct cm_buf to = cm_buf_of(4096);
	cm_report_add(&written, CM_ERROR_REQUEST_UNKNOWN, "request", "no-such-id");
	cm_problem_write(404, &written, &to);
	assert_int_equal(cm_json_read(cm_buf_view(&to), 4096, NULL, &json), CM_OK);
	cm_problem_findings(cm_json_root(json), 404, &read);
	assert_int_equal(read.count, 1);
	assert_int_equal(read.findings[0].rule, CM_ERROR_REQUEST_UNKNOWN);
	assert_string_equal(read.findings[0].place, "request");
	assert_string_equal(read.findings[0].seen, "no-such-id");
	assert_int_equal(cm_json_read(cm_view_text("{\"findings\":[{\"rule\":\"new\",\"text\":\"Not today.\"}]}"), 4096,
	                              NULL, &newer),
	                 CM_OK);
	cm_report_clear(&read);
	cm_problem_findings(cm_json_root(newer), 422, &read);
	assert_int_equal(read.findings[0].rule, CM_ERROR_CALL_STATUS);
	assert_string_equal(read.findings[0].seen, "Not today.");
	cm_report_clear(&read);
	cm_problem_findings(NULL, 503, &read);
	assert_string_equal(read.findings[0].seen, "HTTP 503");
}

UNIT_MAIN(T(findings_become_a_document), T(a_document_becomes_findings), T(classes_have_statuses), T(rules_have_statuses), T(json_text_is_escaped))
