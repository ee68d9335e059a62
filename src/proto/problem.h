// Refusals over HTTP: application/problem+json (RFC 9457) from the findings of a report. `type` is
// "urn:comity:error:<row>", `title` the row's text, `detail` what was seen, `findings` all of them with their remedies.
#ifndef CM_PROTO_PROBLEM_H
#define CM_PROTO_PROBLEM_H

#include "base/buf.h"
#include "base/report.h"
#include "format/json.h"

#define CM_PROBLEM_TYPE "application/problem+json"

// The HTTP status that fits a result and its first finding: 400 404 405 413 415 416 … 422 for other refusals, 500 for
// CM_BUG, 503 for CM_FAILED and CM_NOMEM. Never a success.
unsigned cm_problem_status(cm_result result, const struct cm_report *report);

// The status of a refusal whose first finding is this row: 422 when none is its own.
unsigned cm_problem_rule_status(enum cm_error rule);

// Appends the document. Without findings it is the bare status.
void cm_problem_write(unsigned status, const struct cm_report *report, struct cm_buf *to);

// Adds the findings of a problem document that a node answered with `status`; at least one. NULL: it answered nothing.
void cm_problem_findings(const struct cm_json_value *problem, unsigned status, struct cm_report *report);

// Appends a JSON string literal with its quotes, for the few documents made without a JSON tree. Ill-formed UTF-8 and
// control characters are escaped.
void cm_problem_json_text(struct cm_buf *to, struct cm_view text);

#endif
