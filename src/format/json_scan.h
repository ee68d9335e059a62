// A first pass over JSON bytes, before the library sees them: what the library would take and we do not.
// Source: json_scan.c.
#ifndef CM_FORMAT_JSON_SCAN_H
#define CM_FORMAT_JSON_SCAN_H

#include "base/report.h"

// Refused: json_utf8, json_depth, json_members, json_number. Does not judge the rest of the syntax.
CM_CHECKED cm_result cm_json_scan(struct cm_view bytes, struct cm_report *report);

#endif
