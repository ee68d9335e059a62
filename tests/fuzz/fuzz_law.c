// Any bytes as the facts of a request, judged at each stage for each kind between the invented States: nothing is found twice,
// and what stops it is a block or a hold.
#include <stdlib.h>

#include "base/mem.h"
#include "domain/law.h"
#include "domain/nationals.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool holds)
{
	if (!holds)
		abort();
}

static void
judge(const struct cm_facts *facts, const struct cm_law_told *told)
{
	struct cm_law law;
	struct cm_report report = {0};
	cm_law_check(facts, told, &law);
	must(law.count <= CM_LAW_FINDINGS);
	bool stops = false;
	for (size_t i = 0; i < law.count; i++) {
		must(cm_law_find(&law, law.findings[i].rule) == &law.findings[i]);
		stops = stops || cm_law_severity(law.findings[i].rule) >= CM_LAW_HOLD;
	}
	must((cm_law_judge(&law, &report) == CM_REFUSED) == stops);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct cm_nationals nationals;
	struct cm_facts CM_CLEANUP(cm_facts_fini) facts;
	struct cm_rd rd = cm_rd_of(cm_view_of(data, size));
	cm_facts_init(&facts);
	if (nationals.count == 0)
		must(cm_nationals_exercise(&nationals, NULL) == CM_OK);
	if (size > 16384 || cm_facts_read(&rd, &facts) != CM_OK)
		return 0;
	for (enum cm_kind kind = CM_KIND_NONE + 1; kind < CM_KIND_END; kind++)
		for (enum cm_law_stage stage = 0; stage < CM_LAW_STAGES; stage++) {
			struct cm_law_told told = {.kind = kind,
			        .stage = stage,
			        .now = {.us = INT64_C(1804000000000000)},
			        .asking = cm_view_text("XA"),
			        .asked = cm_view_text("XD"),
			        .asking_law = cm_nationals_find(&nationals, cm_view_text("XA")),
			        .asked_law = cm_nationals_find(&nationals, cm_view_text("XD"))};
			judge(&facts, &told);
		}
	return 0;
}
