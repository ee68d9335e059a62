// What authorities may send and receive, by the roles on their cards (Arts 37(6), 40(12), 41, 42; data/roles.tab).
#ifndef CM_DOMAIN_AUTHORITY_H
#define CM_DOMAIN_AUTHORITY_H

#include "base/report.h"
#include "domain/tab_kind.h"
#include "domain/tab_role.h"

// A set of roles: bit 1 << CM_ROLE_x for each.
typedef uint32_t cm_authority_roles;

// Roles from their names separated by spaces, as a card has them; refused with role_unknown.
CM_CHECKED cm_result cm_authority_read(struct cm_view names, struct cm_report *report, cm_authority_roles *ret_roles);

bool cm_authority_may_send(enum cm_kind kind, cm_authority_roles roles);
bool cm_authority_may_receive(enum cm_kind kind, cm_authority_roles roles);

// Both at once, with a finding that names the role which is missing (role_not_allowed). A side whose roles are 0
// (not known yet) is not judged.
CM_CHECKED cm_result cm_authority_check(enum cm_kind kind, cm_authority_roles sender, cm_authority_roles receiver,
                                        struct cm_report *report);

#endif
