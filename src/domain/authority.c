// Knows: which roles may send and receive which kind. Does not know: cards (format, trust), or whether a card is
// genuine. Serves Arts 37(6), 40(12), 41, 42 and the row "authority" of data/safeguards.tab.
#include "domain/authority.h"

#include <stdio.h>

#include "domain/kind.h"

cm_result
cm_authority_read(struct cm_view names, struct cm_report *report, cm_authority_roles *ret_roles)
{
	cm_authority_roles roles = 0;
	for (size_t at = 0; at < names.n;) {
		size_t end = cm_view_find(names, at, ' ');
		struct cm_view name = cm_view_part(names, at, end - at);
		enum cm_role role = cm_role_find(name.p, name.n);
		if (role == CM_ROLE_NONE)
			return cm_report_refuse(report, CM_ERROR_ROLE_UNKNOWN, "roles", "\"%.*s\"", CM_VIEW_ARG(name));
		roles |= (cm_authority_roles)1 << role;
		at = end + 1;
	}
	*ret_roles = roles;
	return CM_OK;
}

static bool
cm_authority_one_of(const char *const *wanted, cm_authority_roles roles)
{
	for (enum cm_role role = CM_ROLE_NONE + 1; role < CM_ROLE_END; role++)
		if ((roles & (cm_authority_roles)1 << role) != 0 && cm_kind_listed(wanted, cm_role_row(role)->name))
			return true;
	return false;
}

bool
cm_authority_may_send(enum cm_kind kind, cm_authority_roles roles)
{
	return cm_authority_one_of(cm_kind_row(kind)->senders, roles);
}

bool
cm_authority_may_receive(enum cm_kind kind, cm_authority_roles roles)
{
	return cm_authority_one_of(cm_kind_row(kind)->receivers, roles);
}

static cm_result
cm_authority_refuse(struct cm_report *report, const char *place, const char *const *wanted)
{
	char names[CM_REPORT_SEEN];
	size_t n = 0;
	names[0] = 0;
	for (; *wanted != NULL && n < sizeof names - 1; wanted++) {
		const struct cm_role_row *row = cm_role_row(cm_role_find(*wanted, cm_view_text(*wanted).n));
		int added = snprintf(names + n, sizeof names - n, "%s%s", n == 0 ? "" : " or ", row->title);
		n += added < 0 ? 0 : (size_t)added;
	}
	return cm_report_refuse(report, CM_ERROR_ROLE_NOT_ALLOWED, place, "needed: %s", names);
}

cm_result
cm_authority_check(enum cm_kind kind, cm_authority_roles sender, cm_authority_roles receiver,
                   struct cm_report *report)
{
	const struct cm_kind_row *row = cm_kind_row(kind);
	cm_result r = CM_OK;
	if (sender != 0 && !cm_authority_may_send(kind, sender))
		r = cm_authority_refuse(report, "requesting authority", row->senders);
	if (receiver != 0 && !cm_authority_may_receive(kind, receiver))
		r = cm_authority_refuse(report, "requested authority", row->receivers);
	return r;
}
