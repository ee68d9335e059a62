// Request documents: what a State asks, held against the Convention's tables. doc/spec/request.md is the format.
#ifndef COMITY_REQUEST_H
#define COMITY_REQUEST_H

#include "comity/report.h"

#ifdef __cplusplus
extern "C" {
#endif

// Reads a request document (JSON) and judges whether it may leave: form, kind, contents that its kind needs, dates
// against `now`. Every missing content is a finding of its own.
COMITY_API COMITY_CHECKED enum comity_result comity_request_check(struct comity_view json, struct comity_instant now,
                                                                  struct comity_report *report);

#ifdef __cplusplus
}
#endif

#endif
