// The description of the admin API as OpenAPI 3.1, made of data/routes.tab, api_calls.tab, api_shapes.tab and errors.tab.
// GET /api/v1/openapi.json and doc/spec/openapi.json are these bytes. Source: openapi.c.
#ifndef CM_PROTO_OPENAPI_H
#define CM_PROTO_OPENAPI_H

#include "base/buf.h"

// Appends the document of a listener's routes.
void cm_openapi_write(const char *listener, const char *version, struct cm_buf *to);

#endif
