// Any bytes as the facts of a request, judged as each kind that works: identifiers, moments, citations, numbers. What
// was read comes back as the same bytes.
#include <stdlib.h>

#include "domain/kind.h"
#include "domain/request.h"

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
	struct cm_rd rd = cm_rd_of(cm_view_of(data, size));
	struct cm_facts facts;
	cm_facts_init(&facts);
	if (size < 65536 && cm_facts_read(&rd, &facts) == CM_OK) {
		struct cm_buf back = cm_buf_of(2 * 65536);
		cm_facts_write(&facts, &back);
		must(cm_view_equal(cm_buf_view(&back), cm_view_of(data, rd.at)));
		cm_buf_fini(&back);
		for (enum cm_kind kind = CM_KIND_NONE + 1; kind < CM_KIND_END; kind++) {
			struct cm_report report = {0};
			struct cm_request_told told = {.kind = kind, .now = {.us = INT64_C(1804000000000000)}};
			cm_result r = cm_request_check(&facts, &told, &report);
			must((r == CM_OK) == (report.count == 0));
			cm_report_clear(&report);
			cm_request_advise(&facts, kind, &report);
		}
	}
	cm_facts_fini(&facts);
	return 0;
}
