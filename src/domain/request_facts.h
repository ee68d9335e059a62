// From the records of format to facts: the request document and the task object it travels with, so that
// cm_request_check() can judge them. One seat per fact (profile, sections 1 and 3): identifiers, period, wanted end,
// key, preservation and deadline come from the task, all else from the document.
#ifndef CM_DOMAIN_REQUEST_FACTS_H
#define CM_DOMAIN_REQUEST_FACTS_H

#include "domain/facts.h"
#include "format/hi1_object.h"
#include "format/request_doc.h"

// Each puts its facts behind those that are there; ask cm_facts_result() once at the end.
void cm_request_facts_document(const struct cm_request_doc *doc, struct cm_facts *facts);
void cm_request_facts_preservation(const struct cm_hi1_preservation *task, struct cm_facts *facts);
void cm_request_facts_disclosure(const struct cm_hi1_disclosure *task, struct cm_facts *facts);

#endif
