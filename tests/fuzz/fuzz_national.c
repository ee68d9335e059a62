// Any bytes as a file of national law: what was read answers every question about days and values.
#include <stdlib.h>

#include "base/mem.h"
#include "domain/national.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool holds)
{
	if (!holds)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cm_report report = {0};
	struct cm_national CM_CLEANUP(cm_national_fini) national = {.count = 0};
	struct cm_instant at = {.us = INT64_C(1804000000000000)};
	cm_result r = cm_national_read(cm_view_of(data, size), &report, &national);
	must((r == CM_OK) == (report.count == 0));
	if (r != CM_OK)
		return 0;
	for (enum cm_national_rule rule = CM_NATIONAL_RULE_NONE + 1; rule < CM_NATIONAL_RULE_END; rule++) {
		const struct cm_national_row *row = cm_national_find(&national, rule, at);
		for (; row != NULL; row = cm_national_next(&national, row, at))
			must(row->rule == rule && row->value.n > 0 && row->source.n > 0);
		(void)cm_national_find_value(&national, rule, "pres", at);
	}
	int minutes = cm_national_offset(&national, at);
	must(minutes >= -14 * 60 && minutes <= 14 * 60);
	must(!cm_national_works(&national, cm_instant_civil(at)) || cm_national_holiday(&national, cm_instant_civil(at)) == NULL);
	return 0;
}
