// Any bytes as a Range field: what is taken lies within the object, and Content-Range names it.
#include <stdlib.h>
#include <string.h>

#include "proto/range.h"

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
	static const uint64_t totals[] = {0, 1, 1000, UINT64_MAX};
	struct cm_view v = cm_view_of(data, size);
	for (size_t i = 0; i < sizeof totals / sizeof *totals; i++) {
		struct cm_range range = {.from = 0};
		struct cm_report report = {.count = 0};
		char text[CM_RANGE_TEXT];
		if (cm_range_read(v, cm_view_text(""), "\"e\"", totals[i], &report, &range) != CM_OK) {
			must(report.count == 1);
			continue;
		}
		must(range.length <= totals[i] && range.from <= totals[i] - range.length);
		must(!range.partial || range.length != 0);
		must(strlen(cm_range_content(range, totals[i], text)) < CM_RANGE_TEXT);
	}
	return 0;
}
