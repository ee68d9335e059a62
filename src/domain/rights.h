// Roles of persons and what each may do: data/person_roles.tab, data/person_rights.tab. The keeper judges by them what a person states;
// the node adds what only it can see, whether a request is a preservation. Source: rights.c.
#ifndef CM_DOMAIN_RIGHTS_H
#define CM_DOMAIN_RIGHTS_H

#include "base/buf.h"
#include "base/report.h"
#include "domain/kind.h"
#include "domain/tab_person_right.h"
#include "domain/tab_person_role.h"

// A set of enum cm_person_role, one bit each.
typedef uint32_t cm_rights_roles;

cm_rights_roles cm_rights_all(void);
// Names separated by ",". An empty text is no role. Refused: person_form for a name that is no role.
CM_CHECKED cm_result cm_rights_read(struct cm_view names, struct cm_report *report, cm_rights_roles *ret_roles);
void cm_rights_write(cm_rights_roles roles, struct cm_buf *to);

// How many different persons an act needs (name of a row of person_rights.tab); one for an act without a row.
size_t cm_rights_persons(struct cm_view act);

// May a person of these roles state this act at all? Refused: person_role, with the roles that may.
CM_CHECKED cm_result cm_rights_check(cm_rights_roles roles, struct cm_view act, struct cm_report *report);
// May one of these roles send a request of this kind? Every role that may send something may send a preservation. Refused: person_role.
CM_CHECKED cm_result cm_rights_check_kind(cm_rights_roles roles, enum cm_kind kind, struct cm_report *report);

#endif
