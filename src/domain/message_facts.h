// The facts of a request as it travels: its request document and the task object beside it, for the law's tables.
#ifndef CM_DOMAIN_MESSAGE_FACTS_H
#define CM_DOMAIN_MESSAGE_FACTS_H

#include "domain/facts.h"
#include "format/hi1_message.h"
#include "format/request_doc.h"

// Puts every member of the document and what HI-1 fields hold ("task.…", see facts.h). `task` is the LPTask or LDTask of
// the same message, NULL for kinds without one.
void cm_message_facts_put(struct cm_facts *facts, const struct cm_request_doc *doc, const struct cm_hi1_object *task);

#endif
