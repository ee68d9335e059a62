// Knows: which ground of refusal may be used for which kind. Does not know: whether it is true; that is a finding of
// persons. Serves Arts 40(21)-(25), 42(4)-(6), 50(7) and the rows "reasons", "no-fiscal-bank" of data/safeguards.tab.
#include "domain/refusal.h"

#include <stdio.h>
#include <string.h>

#include "domain/article.h"
#include "domain/kind.h"

// Kinds under the regime "open" know no closed list of grounds.
static bool
cm_refusal_open(enum cm_kind kind)
{
	return strcmp(cm_kind_row(kind)->regime, "open") == 0;
}

bool
cm_refusal_may(enum cm_kind kind, enum cm_refusal ground)
{
	const struct cm_refusal_row *row = cm_refusal_row(ground);
	if (ground == CM_REFUSAL_NONE || row->forbidden)
		return false;
	return cm_refusal_open(kind) || cm_kind_listed(row->may, cm_kind_row(kind)->regime);
}

static cm_result
cm_refusal_not_allowed(enum cm_kind kind, enum cm_refusal ground, struct cm_report *report)
{
	char names[CM_REPORT_SEEN];
	size_t n = 0;
	names[0] = 0;
	for (enum cm_refusal g = CM_REFUSAL_NONE + 1; g < CM_REFUSAL_END && n < sizeof names - 1; g++)
		if (cm_refusal_may(kind, g)) {
			int added = snprintf(names + n, sizeof names - n, "%s%s", n == 0 ? "" : ", ",
			                     cm_refusal_row(g)->code);
			n += added < 0 ? 0 : (size_t)added;
		}
	return cm_report_refuse(report, CM_ERROR_REFUSAL_NOT_ALLOWED, cm_refusal_row(ground)->code,
	                        "for %s these may be used: %s", cm_kind_row(kind)->code, names);
}

cm_result
cm_refusal_check(enum cm_kind kind, const struct cm_refusal_said *said, struct cm_report *report,
                 enum cm_refusal *ret_ground)
{
	enum cm_refusal ground = cm_refusal_find(said->code.p, said->code.n);
	const struct cm_refusal_row *row = cm_refusal_row(ground);
	struct cm_article_cited cited;
	if (ground == CM_REFUSAL_NONE)
		return cm_report_refuse(report, CM_ERROR_REFUSAL_UNKNOWN, "ground", "\"%.*s\"", CM_VIEW_ARG(said->code));
	if (row->forbidden)
		return cm_report_refuse(report, CM_ERROR_REFUSAL_FORBIDDEN, row->code, "Art. %s", row->article);
	if (!cm_refusal_may(kind, ground)) {
		if (!cm_kind_listed(row->may_if, cm_kind_row(kind)->regime))
			return cm_refusal_not_allowed(kind, ground, report);
		if (said->basis.n == 0)
			return cm_report_refuse(report, CM_ERROR_REFUSAL_NEEDS_BASIS, row->code, "for %s",
			                        cm_kind_row(kind)->code);
	}
	if (said->reasons.n == 0)
		return cm_report_refuse(report, CM_ERROR_REFUSAL_WITHOUT_REASONS, row->code, "no reasons");
	if (!cm_view_is(said->article, "national") && !cm_article_read(said->article, &cited))
		return cm_report_refuse(report, CM_ERROR_REFUSAL_WITHOUT_REASONS, row->code, "article \"%.*s\"",
		                        CM_VIEW_ARG(said->article));
	*ret_ground = ground;
	return CM_OK;
}
