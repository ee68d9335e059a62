// The report from inside: for the rooms that also call os, whose functions take a struct cm_report.
// Source: report.c.
#ifndef CM_API_REPORT_INSIDE_H
#define CM_API_REPORT_INSIDE_H

#include "base/report.h"
#include "comity/report.h"

// The findings of a report; NULL for NULL. Same memory, same life.
struct cm_report *comity_report_inside(struct comity_report *report);

// Adds a check. `name` is constant text; `about` and `detail` (printf) are escaped and cut. Sets the verdict to
// refused when the state is COMITY_CHECK_FAILED. No memory for it: the verdict becomes refused.
void comity_report_add_check(struct comity_report *report, const char *name, const char *about,
                             enum comity_check_state state, const char *detail, ...)
        __attribute__((format(printf, 5, 6)));
void comity_report_add_fact(struct comity_report *report, const char *name, const char *value, ...)
        __attribute__((format(printf, 3, 4)));

// Sets the verdict; refused stays refused.
void comity_report_set_verdict(struct comity_report *report, enum comity_verdict verdict);

// The two kinds of views and results are the same things under two names.
static inline struct cm_view
comity_inside(struct comity_view v)
{
	return (struct cm_view){v.p, v.n};
}
static inline struct comity_view
comity_outside(struct cm_view v)
{
	return (struct comity_view){v.p, v.n};
}
static inline enum comity_result
comity_result_of(cm_result r)
{
	return (enum comity_result)r;
}

#endif
