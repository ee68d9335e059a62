// One byte range of an object, as requests ask for it and answers name it. Source: RFC 9110 sections 13.1.5, 14.
#ifndef CM_PROTO_RANGE_H
#define CM_PROTO_RANGE_H

#include "base/report.h"

#define CM_RANGE_TEXT 80 // longest text of this file with its NUL

struct cm_range {
	uint64_t from, length; // bytes [from, from + length)
	bool partial;          // a range was asked for and is given: 206; false: the whole object, 200
};

// Judges Range and If-Range against an object of `total` bytes with the entity tag `etag` (with quotes; strong).
// An empty `range` gives the whole object; so does an If-Range that names another tag. Exactly one range in bytes is
// served: several, another unit or anything malformed or outside the object is CM_REFUSED, http_range (416).
// A range that reaches beyond the end is cut there.
CM_CHECKED cm_result cm_range_read(struct cm_view range, struct cm_view if_range, const char *etag, uint64_t total,
                                   struct cm_report *report, struct cm_range *ret_range);

// "bytes 0-499/1234" (206) into `to` (CM_RANGE_TEXT bytes); returns `to`.
char *cm_range_content(struct cm_range range, uint64_t total, char *to);
// "bytes */1234" (416).
char *cm_range_unsatisfied(uint64_t total, char *to);

#endif
