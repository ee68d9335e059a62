// Turns the findings of a report into an HTTP status and an application/problem+json document. Knows no route and no
// socket. Serves RFC 9457; the texts are those of data/errors.tab, so a rule reads the same everywhere.
#include <stdio.h>

#include "base/text.h"

#include "proto/problem.h"

static const struct cm_problem_status {
	enum cm_error rule;
	unsigned status;
} cm_problem_statuses[] = {
        {CM_ERROR_HTTP_PATH, 400},
        {CM_ERROR_SESSION_MISSING, 401},
        {CM_ERROR_SESSION_UNKNOWN, 401},
        {CM_ERROR_STATEMENT_FORM, 401},
        {CM_ERROR_STATEMENT_MAC, 401},
        {CM_ERROR_STATEMENT_REPLAYED, 401},
        {CM_ERROR_STATEMENT_OTHER, 401},
        {CM_ERROR_HTTP_NOT_FOUND, 404},
        {CM_ERROR_REQUEST_UNKNOWN, 404},
        {CM_ERROR_EVIDENCE_UNKNOWN, 404},
        {CM_ERROR_CASE_UNKNOWN, 404},
        {CM_ERROR_MESSAGE_UNKNOWN, 404},
        {CM_ERROR_ACT_UNKNOWN, 404},
        {CM_ERROR_PEER_NONE, 404},
        {CM_ERROR_HTTP_METHOD, 405},
        {CM_ERROR_HTTP_METHOD_UNKNOWN, 501},
        {CM_ERROR_HTTP_QUERY, 400},
        {CM_ERROR_HTTP_RANGE, 416},
        {CM_ERROR_HTTP_VERSION, 505},
        {CM_ERROR_HTTP_HOST, 400},
        {CM_ERROR_HTTP_FIELD_REPEATED, 400},
        {CM_ERROR_HTTP_FIELD_MALFORMED, 400},
        {CM_ERROR_HTTP_TWO_LENGTHS, 400},
        {CM_ERROR_HTTP_CODING, 501},
        {CM_ERROR_HTTP_EXPECT, 417},
        {CM_ERROR_HTTP_HEADER_SIZE, 431},
        {CM_ERROR_HTTP_BODY_SIZE, 413},
        {CM_ERROR_HTTP_BODY_UNWANTED, 413},
        {CM_ERROR_HTTP_CERTIFICATE, 403},
        {CM_ERROR_PERSON_ROLE, 403},
        {CM_ERROR_HTTP_STOPPING, 503},
        {CM_ERROR_STORE_STATE_CHANGED, 409},
        {CM_ERROR_STORE_GENERATION, 409},
        {CM_ERROR_NODE_BUSY, 503},
        {CM_ERROR_BLOB_NO_ROOM, 507},
        {CM_ERROR_STORE_BUSY, 503},
};

unsigned
cm_problem_rule_status(enum cm_error rule)
{
	for (size_t i = 0; i < sizeof cm_problem_statuses / sizeof *cm_problem_statuses; i++)
		if (cm_problem_statuses[i].rule == rule)
			return cm_problem_statuses[i].status;
	return 422;
}

unsigned
cm_problem_status(cm_result result, const struct cm_report *report)
{
	if (result == CM_FAILED || result == CM_NOMEM)
		return 503;
	if (result != CM_REFUSED)
		return 500;
	return report == NULL || report->count == 0 ? 422 : cm_problem_rule_status(report->findings[0].rule);
}

void
cm_problem_json_text(struct cm_buf *to, struct cm_view text)
{
	cm_buf_u8(to, '"');
	for (size_t at = 0; at < text.n;) {
		size_t from = at;
		uint32_t code;
		if (!cm_text_next(text, &at, &code)) {
			cm_buf_text(to, "\\ufffd");
			at = from + 1;
		} else if (code < 0x20 || code == 0x7f)
			cm_buf_printf(to, "\\u%04x", (unsigned)code);
		else {
			if (code == '"' || code == '\\')
				cm_buf_u8(to, '\\');
			cm_buf_add(to, text.p + from, at - from);
		}
	}
	cm_buf_u8(to, '"');
}

static void
cm_problem_member(struct cm_buf *to, const char *name, const char *text)
{
	cm_buf_printf(to, ",\"%s\":", name);
	cm_problem_json_text(to, cm_view_text(text));
}

static void
cm_problem_finding(struct cm_buf *to, const struct cm_finding *finding)
{
	const struct cm_error_row *row = cm_error_row(finding->rule);
	cm_buf_text(to, "{\"rule\":");
	cm_problem_json_text(to, cm_view_text(row->name));
	cm_problem_member(to, "text", row->text);
	cm_problem_member(to, "place", finding->place);
	cm_problem_member(to, "seen", finding->seen);
	cm_problem_member(to, "remedy", row->remedy);
	cm_problem_member(to, "source", row->source);
	cm_buf_text(to, "}");
}

void
cm_problem_write(unsigned status, const struct cm_report *report, struct cm_buf *to)
{
	if (report == NULL || report->count == 0) {
		cm_buf_printf(to, "{\"type\":\"about:blank\",\"title\":\"%u\",\"status\":%u}\n", status, status);
		return;
	}
	const struct cm_error_row *row = cm_error_row(report->findings[0].rule);
	cm_buf_printf(to, "{\"type\":\"urn:comity:error:%s\",\"status\":%u", row->name, status);
	cm_problem_member(to, "title", row->text);
	char detail[CM_REPORT_PLACE + CM_REPORT_SEEN + 4];
	snprintf(detail, sizeof detail, "%s: %s", report->findings[0].place, report->findings[0].seen);
	cm_problem_member(to, "detail", detail);
	cm_buf_text(to, ",\"findings\":[");
	for (size_t i = 0; i < report->count; i++) {
		cm_buf_text(to, i == 0 ? "" : ",\n");
		cm_problem_finding(to, &report->findings[i]);
	}
	cm_buf_text(to, "]}\n");
}

// One finding as another node's program wrote it. A rule that this program does not have is told by its text.
static void
cm_problem_take(const struct cm_json_value *finding, struct cm_report *report)
{
	struct cm_view rule = cm_json_text(cm_json_member(finding, "rule")), seen = cm_json_text(cm_json_member(finding, "seen"));
	char place[CM_REPORT_PLACE];
	enum cm_error row = cm_error_find(rule.p, rule.n);
	snprintf(place, sizeof place, "%.*s", CM_VIEW_ARG(cm_json_text(cm_json_member(finding, "place"))));
	if (row == CM_ERROR_NONE) {
		row = CM_ERROR_CALL_STATUS;
		seen = cm_json_text(cm_json_member(finding, "text"));
	}
	cm_report_add(report, row, place, "%.*s", CM_VIEW_ARG(seen));
}

void
cm_problem_findings(const struct cm_json_value *problem, unsigned status, struct cm_report *report)
{
	const struct cm_json_value *findings = cm_json_member(problem, "findings");
	size_t n = findings == NULL ? 0 : cm_json_count(findings);
	for (size_t i = 0; i < n; i++)
		cm_problem_take(cm_json_at(findings, i), report);
	if (n == 0)
		cm_report_add(report, CM_ERROR_CALL_STATUS, "node", "HTTP %u", status);
}
