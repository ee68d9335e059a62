// From a draft (doc/spec/request-document.md, section 4) to facts, before any node has seen it. Source: request_draft.c.
#ifndef CM_DOMAIN_REQUEST_DRAFT_H
#define CM_DOMAIN_REQUEST_DRAFT_H

#include "base/report.h"
#include "domain/facts.h"
#include "domain/tab_kind.h"

// Reads the JSON of a draft. Refused as cm_draft_read() does, and with kind_unknown. Facts were initialised and are empty.
CM_CHECKED cm_result cm_request_draft_read(struct cm_view json, struct cm_report *report, struct cm_facts *facts,
                                           enum cm_kind *ret_kind);

#endif
