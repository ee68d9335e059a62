// The JSON objects of the admin API (data/api_shapes.tab): the same rows describe them to outsiders (openapi.c) and judge the bodies
// that come. Source: shape.c.
#ifndef CM_PROTO_SHAPE_H
#define CM_PROTO_SHAPE_H

#include "base/buf.h"
#include "base/report.h"
#include "format/json.h"
#include "proto/tab_route.h"
#include "proto/tab_api_call.h"
#include "proto/tab_api_shape.h"

// The row of a route in api_calls.tab; the empty row when it has none (routes of other listeners).
const struct cm_api_call_row *cm_shape_call(enum cm_route route);

// Is `value` an object with the members of the shape, and no other? Refused: api_member, with the member as place.
CM_CHECKED cm_result cm_shape_check(enum cm_api_shape shape, const struct cm_json_value *value, struct cm_report *report);

// Has the shape no member that must be there? Then a body may be missing altogether.
bool cm_shape_may_miss(enum cm_api_shape shape);

// Has the query only parameters of the route? Their values are judged by who uses them. Refused: http_query.
CM_CHECKED cm_result cm_shape_query_check(enum cm_route route, struct cm_view query, struct cm_report *report);

// Appends the JSON Schema of a shape (closed), and of a type as a row names it (without marks).
void cm_shape_schema(enum cm_api_shape shape, struct cm_buf *to);
void cm_shape_type(struct cm_view type, struct cm_buf *to);

// "name?:type[]|null" in its parts; false when it has no colon.
struct cm_shape_member {
	struct cm_view name, type; // without marks
	bool optional, demanded;   // "?", "!"
	bool list, null;           // "[]", "|null"
};
bool cm_shape_member(const char *cell, struct cm_shape_member *ret_member);

#endif
