// An act file that is taken has one spelling only, and its record can be computed.
#include <stdlib.h>

#include "domain/receipt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct cm_act_file act;
	struct cm_report report = {0};
	uint8_t entry[CM_ACT_RECORD_ENTRY];
	struct cm_view bytes = cm_view_of(data, size);
	if (cm_act_read(bytes, &report, &act) != CM_OK) {
		if (report.count == 0)
			abort();
		return 0;
	}
	struct cm_buf again = cm_buf_of(size + 1);
	if (cm_act_write(&act, &again) != CM_OK || !cm_view_equal(cm_buf_view(&again), bytes) ||
	    cm_receipt_entry(&act, entry) != CM_OK)
		abort();
	cm_buf_fini(&again);
	cm_act_fini(&act);
	return 0;
}
