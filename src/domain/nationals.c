// Knows: the files of national law that are there, by State. Does not know: where they come from (the node reads HOME/national),
// or what a row means (national.h). Serves doc/guide/national.md, section "What is compiled in".
#include "domain/nationals.h"

#include "base/mem.h"
#include "base/tab_limit.h"
#include "domain/national_text_xa.h"
#include "domain/national_text_xb.h"
#include "domain/national_text_xc.h"
#include "domain/national_text_xd.h"

static struct cm_national *
cm_nationals_place(const struct cm_nationals *nationals, struct cm_view country)
{
	for (size_t i = 0; i < nationals->count; i++)
		if (cm_view_is(country, nationals->at[i].country))
			return &nationals->at[i];
	return NULL;
}

const struct cm_national *
cm_nationals_find(const struct cm_nationals *nationals, struct cm_view country)
{
	return nationals == NULL ? NULL : cm_nationals_place(nationals, country);
}

cm_result
cm_nationals_put(struct cm_nationals *nationals, struct cm_view text, struct cm_report *report)
{
	struct cm_national national;
	cm_result r = cm_national_read(text, report, &national);
	if (r != CM_OK)
		return r;
	struct cm_national *place = cm_nationals_place(nationals, cm_view_text(national.country));
	if (place != NULL)
		cm_national_fini(place);
	else if (nationals->count >= CM_LIMIT_NATIONAL_STATES_VALUE) {
		cm_national_fini(&national);
		return cm_report_refuse(report, CM_ERROR_NATIONAL_MANY, "files", "more than %d", CM_LIMIT_NATIONAL_STATES_VALUE);
	} else {
		struct cm_national *at = cm_mem_resize(nationals->at, (nationals->count + 1) * sizeof *at);
		if (at == NULL) {
			cm_national_fini(&national);
			return CM_NOMEM;
		}
		nationals->at = at;
		place = &at[nationals->count++];
	}
	*place = national;
	return CM_OK;
}

cm_result
cm_nationals_exercise(struct cm_nationals *nationals, struct cm_report *report)
{
	const char *const texts[] = {cm_national_text_xa, cm_national_text_xb, cm_national_text_xc, cm_national_text_xd};
	cm_result r = CM_OK;
	for (size_t i = 0; r == CM_OK && i < sizeof texts / sizeof *texts; i++)
		r = cm_nationals_put(nationals, cm_view_text(texts[i]), report);
	return r;
}

void
cm_nationals_fini(struct cm_nationals *nationals)
{
	if (nationals == NULL)
		return;
	for (size_t i = 0; i < nationals->count; i++)
		cm_national_fini(&nationals->at[i]);
	cm_mem_free(nationals->at);
	*nationals = (struct cm_nationals){.count = 0};
}
