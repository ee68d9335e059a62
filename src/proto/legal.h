// What the legal check found, as JSON: the same for a draft that nobody has sent (cli) and for a request of the node.
// doc/guide/law.md, section "The answer". Source: legal.c.
#ifndef CM_PROTO_LEGAL_H
#define CM_PROTO_LEGAL_H

#include "domain/law.h"
#include "format/json_put.h"

// The member "findings" of an object that is open: rule, severity, article, what was found, remedy, who decides, what was said by whom,
// whether that answers it, whether it holds.
void cm_legal_findings_put(struct cm_json_put *put, const struct cm_law *law);
// The members "findings", "grounds" (before_answer only: which grounds of refusal are open for the kind), "may_go_on", "stage".
void cm_legal_put(struct cm_json_put *put, const struct cm_facts *facts, const struct cm_law_told *told,
                  const struct cm_law *law);

#endif
