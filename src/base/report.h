// The report: what a check found. The caller makes it and passes it down; each finding names the rule (a row
// of data/errors.tab), the place in the input, and what was seen there. A refused input has at least one.
#ifndef CM_BASE_REPORT_H
#define CM_BASE_REPORT_H

#include "base/result.h"
#include "base/tab_error.h"
#include "base/view.h"

#define CM_REPORT_MAX 64    // findings kept; more are counted in `dropped`
#define CM_REPORT_PLACE 160 // bytes with NUL
#define CM_REPORT_SEEN 256  // bytes with NUL

struct cm_finding {
	enum cm_error rule;
	char place[CM_REPORT_PLACE]; // where in the input: "entry 3", "/Header/Timestamp", "byte 1042"; UTF-8, showable
	char seen[CM_REPORT_SEEN];   // what was there, quoted and cut
};

// Memory of a report is all in here; zero-initialise it.
struct cm_report {
	size_t count;
	size_t dropped;
	struct cm_finding findings[CM_REPORT_MAX];
};

// Adds a finding and returns CM_REFUSED, so that a check can end with `return cm_report_refuse(…)`.
// `place` is our own text; `seen` is printf text and may quote the input: unshowable bytes are escaped.
// `report` may be NULL: then only the result tells.
CM_CHECKED cm_result cm_report_refuse(struct cm_report *report, enum cm_error rule, const char *place,
                                      const char *seen, ...) __attribute__((format(printf, 4, 5)));

// The same for what the machine under us refused; returns CM_FAILED.
CM_CHECKED cm_result cm_report_failed(struct cm_report *report, enum cm_error rule, const char *place,
                                      const char *seen, ...) __attribute__((format(printf, 4, 5)));

// Adds a finding without judging (several may stand in one report).
void cm_report_add(struct cm_report *report, enum cm_error rule, const char *place, const char *seen, ...)
        __attribute__((format(printf, 4, 5)));

bool cm_report_has(const struct cm_report *report, enum cm_error rule);

// Forgets all findings.
void cm_report_clear(struct cm_report *report);

// Appends all findings of `from` to `to`.
void cm_report_join(struct cm_report *to, const struct cm_report *from);

#endif
