// Knows: which kinds there are and which of them this program handles. Does not know: what each must hold
// (request.h) or how it moves (move.h). Serves section 2 of the profile.
#include "domain/kind.h"

#include <string.h>

#include "domain/tab_family.h"

cm_result
cm_kind_check(struct cm_view code, struct cm_report *report, enum cm_kind *ret_kind)
{
	enum cm_kind kind = cm_kind_find(code.p, code.n);
	if (kind == CM_KIND_NONE)
		return cm_report_refuse(report, CM_ERROR_KIND_UNKNOWN, "kind", "\"%.*s\"", CM_VIEW_ARG(code));
	*ret_kind = kind;
	const struct cm_kind_row *row = cm_kind_row(kind);
	if (!row->works)
		return cm_report_refuse(report, CM_ERROR_KIND_UNSUPPORTED, "kind", "%s (Art. %s)", row->name,
		                        row->article);
	return CM_OK;
}

bool
cm_kind_has_task(enum cm_kind kind, const char *task)
{
	return strcmp(cm_family_row(cm_kind_row(kind)->family)->task, task) == 0;
}

enum cm_draft_task
cm_kind_draft(enum cm_kind kind)
{
	enum cm_family family = cm_kind_row(kind)->family;
	return family == CM_FAMILY_EXTENSION            ? CM_DRAFT_EXTENSION
	       : family == CM_FAMILY_ENDING             ? CM_DRAFT_ENDING
	       : family == CM_FAMILY_EMERGENCY          ? CM_DRAFT_EMERGENCY
	       : cm_kind_has_task(kind, "LPTask")       ? CM_DRAFT_PRESERVATION
	       : cm_kind_has_task(kind, "LDTask")       ? CM_DRAFT_DISCLOSURE
	       : cm_family_row(family)->authorised      ? CM_DRAFT_AUTHORISED
	                                                : CM_DRAFT_ALONE;
}

bool
cm_kind_listed(const char *const *list, const char *word)
{
	for (; list != NULL && *list != NULL; list++)
		if (strcmp(*list, word) == 0)
			return true;
	return false;
}
