// Two pieces of RFC 8785 that writers need too. Source: json_canonical.c.
#ifndef CM_FORMAT_JSON_CANONICAL_H
#define CM_FORMAT_JSON_CANONICAL_H

#include "base/buf.h"

// Appends the text in quotes with the escapes of RFC 8785 section 3.2.2.2. The text is UTF-8.
void cm_json_canonical_text(struct cm_view text, struct cm_buf *to);

// Order of member names by UTF-16 code units (RFC 8785 section 3.2.3): negative, 0, positive.
int cm_json_canonical_order(struct cm_view a, struct cm_view b);

#endif
