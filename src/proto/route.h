// Which handler a request belongs to: a walk over data/routes.tab. A path is compared segment by segment; what
// could be read in two ways (dot segments, empty segments, escaped reserved characters) is refused, so a path names
// one resource in one spelling. Source: RFC 3986 sections 2.3, 3.3, 6.2.2; RFC 9110 section 9.
#ifndef CM_PROTO_ROUTE_H
#define CM_PROTO_ROUTE_H

#include "base/buf.h"
#include "base/report.h"
#include "proto/tab_route.h"

#define CM_ROUTE_PARTS 3  // parameters of one pattern
#define CM_ROUTE_PART 384 // bytes of one parameter with NUL

struct cm_route_match {
	enum cm_route route;
	size_t count;                                // parameters, in the order of the pattern
	char part[CM_ROUTE_PARTS][CM_ROUTE_PART]; // "{id}": one segment; "{path*}": the rest, without leading '/'
	char allow[64];                              // the methods of the path, when `route` is NONE: "GET, HEAD, POST"
};

// Finds the route of `method` and `path` (before '?', as sent) on `listener` ("peer", "admin", "desk"). HEAD finds the
// route of GET. CM_REFUSED: http_path (400: malformed), http_not_found (404), http_method (405; `allow` is filled).
// *ret_match is always written.
CM_CHECKED cm_result cm_route_walk(const char *listener, struct cm_view method, struct cm_view path,
                                   struct cm_report *report, struct cm_route_match *ret_match);

// The decoded value of one parameter of a query string ("after=x&limit=20"). CM_OK with `to` empty when it is missing;
// refused when the query is malformed, names the parameter twice, or the value is not showable UTF-8.
CM_CHECKED cm_result cm_route_query(struct cm_view query, const char *name, struct cm_report *report,
                                    struct cm_buf *to);

// The same as a number; `otherwise` when it is missing.
CM_CHECKED cm_result cm_route_query_u64(struct cm_view query, const char *name, uint64_t otherwise, uint64_t max,
                                        struct cm_report *report, uint64_t *ret_value);

// Does the route stand on this listener?
bool cm_route_listens(const struct cm_route_row *row, const char *listener);

#endif
