// Knows: sets of roles and the table of what each may do. Does not know: who a person is (keeper_person.c), or whether the statement
// is true (keeper_session.c). Serves "Persons" of doc/spec/keys.md and the rule that a preservation waits for nobody's role.
#include "domain/rights.h"

#include <stdio.h>
#include <string.h>

static cm_rights_roles
cm_rights_of(enum cm_person_role role)
{
	return (cm_rights_roles)1 << role;
}

cm_rights_roles
cm_rights_all(void)
{
	cm_rights_roles roles = 0;
	for (enum cm_person_role role = CM_PERSON_ROLE_NONE + 1; role < CM_PERSON_ROLE_END; role++)
		roles |= cm_rights_of(role);
	return roles;
}

cm_result
cm_rights_read(struct cm_view names, struct cm_report *report, cm_rights_roles *ret_roles)
{
	cm_rights_roles roles = 0;
	for (size_t at = 0; at < names.n;) {
		size_t end = cm_view_find(names, at, ',');
		struct cm_view name = cm_view_part(names, at, end - at);
		enum cm_person_role role = cm_person_role_find(name.p, name.n);
		if (role == CM_PERSON_ROLE_NONE)
			return cm_report_refuse(report, CM_ERROR_PERSON_FORM, "roles", "\"%.*s\" is no role", CM_VIEW_ARG(name));
		roles |= cm_rights_of(role);
		at = end + 1;
	}
	*ret_roles = roles;
	return CM_OK;
}

void
cm_rights_write(cm_rights_roles roles, struct cm_buf *to)
{
	const char *between = "";
	for (enum cm_person_role role = CM_PERSON_ROLE_NONE + 1; role < CM_PERSON_ROLE_END; role++)
		if ((roles & cm_rights_of(role)) != 0) {
			cm_buf_printf(to, "%s%s", between, cm_person_role_row(role)->name);
			between = ",";
		}
}

size_t
cm_rights_persons(struct cm_view act)
{
	enum cm_person_right right = cm_person_right_find(act.p, act.n);
	return right == CM_PERSON_RIGHT_NONE ? 1 : (size_t)cm_person_right_row(right)->persons;
}

static bool
cm_rights_one_of(const char *const *names, cm_rights_roles roles)
{
	for (; *names != NULL; names++)
		if ((roles & cm_rights_of(cm_person_role_find(*names, strlen(*names)))) != 0)
			return true;
	return false;
}

static cm_result
cm_rights_refuse(const char *act, const char *const *may, struct cm_report *report)
{
	char names[CM_REPORT_SEEN];
	size_t n = 0;
	names[0] = 0;
	for (; *may != NULL && n < sizeof names - 1; may++) {
		int added = snprintf(names + n, sizeof names - n, "%s%s", n == 0 ? "" : ", ", *may);
		n += added < 0 ? 0 : (size_t)added;
	}
	return cm_report_refuse(report, CM_ERROR_PERSON_ROLE, act, "these may: %s", names);
}

cm_result
cm_rights_check(cm_rights_roles roles, struct cm_view act, struct cm_report *report)
{
	enum cm_person_right right = cm_person_right_find(act.p, act.n);
	const struct cm_person_right_row *row = cm_person_right_row(right);
	if (right == CM_PERSON_RIGHT_NONE)
		return cm_report_refuse(report, CM_ERROR_STATEMENT_FORM, "act", "%.*s", CM_VIEW_ARG(act));
	if (cm_rights_one_of(row->roles, roles) || cm_rights_one_of(row->preservation, roles))
		return CM_OK;
	return cm_rights_refuse(row->name, row->roles, report);
}

cm_result
cm_rights_check_kind(cm_rights_roles roles, enum cm_kind kind, struct cm_report *report)
{
	const struct cm_person_right_row *row = cm_person_right_row(CM_PERSON_RIGHT_API_REQUEST_CREATE);
	if (cm_rights_one_of(row->roles, roles) || (kind == CM_KIND_PRES && cm_rights_one_of(row->preservation, roles)))
		return CM_OK;
	return cm_rights_refuse(row->name, row->roles, report);
}
