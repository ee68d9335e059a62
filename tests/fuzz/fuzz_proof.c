// A receipt that is read has one spelling only; one that verifies is the genuine one of its entry.
#include <stdlib.h>

#include "domain/receipt.h"
#include "format/proof.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char vkey[] =
	        "node-a.example/log+235617a4+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"; // nobody's receipts here
	static struct cm_proof proof;
	struct cm_report report = {0};
	struct cm_note_key key;
	struct cm_view bytes = cm_view_of(data, size);
	if (cm_proof_read(bytes, &report, &proof) == CM_OK) {
		struct cm_buf again = cm_buf_of(size + 1);
		cm_proof_write(&proof, &again);
		if (!cm_view_equal(cm_buf_view(&again), bytes))
			abort();
		cm_buf_fini(&again);
	} else if (report.count == 0) {
		abort();
	}
	if (cm_note_key_read(cm_view_text(vkey), NULL, &key) != CM_OK)
		abort();
	struct cm_receipt_question q = {.proof = bytes, .entry = cm_view_text("x"), .keys = &key, .key_count = 1};
	struct cm_receipt_told told;
	if (cm_receipt_verify(&q, NULL, &told) == CM_OK)
		abort();
	return 0;
}
