// Posted forms of browsers: application/x-www-form-urlencoded. Source: WHATWG URL section 5.1.
#ifndef CM_PROTO_FORM_H
#define CM_PROTO_FORM_H

#include "base/buf.h"
#include "base/report.h"

#define CM_FORM_TYPE "application/x-www-form-urlencoded"

// The decoded value of one field, appended to `to`; nothing when it is missing or empty. Line ends become LF. Refused
// (form_field): malformed, the field is there twice, or its text is not showable, or longer than `to` takes.
CM_CHECKED cm_result cm_form_field(struct cm_view form, const char *name, struct cm_report *report, struct cm_buf *to);

#endif
