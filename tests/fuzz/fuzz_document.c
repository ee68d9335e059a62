// The request document and the answer document: what is read can be written and read again, as text and as wire bytes.
// The same bytes are read as wire bytes, too.
#include <stdlib.h>

#include "base/tab_limit.h"
#include "format/answer_doc.h"
#include "format/request_doc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
leaf(void *context, struct cm_view path, struct cm_view text)
{
	if (path.n == 0 || text.n == 0)
		abort();
	*(size_t *)context += 1;
}

static void
request(struct cm_view bytes)
{
	struct cm_report report = {0};
	struct cm_request_doc doc, again;
	struct cm_buf text = cm_buf_of(1 << 22), wire = cm_buf_of(1 << 22);
	size_t leaves = 0, leaves_again = 0;
	cm_result r = cm_request_doc_read(bytes, &report, &doc);
	if (r == CM_REFUSED && report.count == 0)
		abort();
	if (r == CM_OK) {
		if (cm_request_doc_write(&doc, &text) != CM_OK || cm_request_doc_write_wire(&doc, &wire) != CM_OK ||
		    cm_request_doc_read_wire(cm_buf_view(&wire), NULL, &again) != CM_OK)
			abort();
		cm_request_doc_each(&doc, leaf, &leaves);
		cm_request_doc_each(&again, leaf, &leaves_again);
		if (leaves != leaves_again)
			abort();
		cm_request_doc_fini(&again);
		cm_request_doc_fini(&doc);
	}
	if (cm_request_doc_read_wire(bytes, NULL, &doc) == CM_OK)
		cm_request_doc_fini(&doc);
	cm_buf_fini(&text);
	cm_buf_fini(&wire);
}

static void
answer(struct cm_view bytes)
{
	struct cm_report report = {0};
	struct cm_answer_doc doc, again;
	struct cm_buf text = cm_buf_of(1 << 22), wire = cm_buf_of(1 << 22);
	size_t leaves = 0, leaves_again = 0;
	cm_result r = cm_answer_doc_read(bytes, &report, &doc);
	if (r == CM_REFUSED && report.count == 0)
		abort();
	if (r == CM_OK) {
		if (cm_answer_doc_write(&doc, &text) != CM_OK || cm_answer_doc_write_wire(&doc, &wire) != CM_OK ||
		    cm_answer_doc_read_wire(cm_buf_view(&wire), NULL, &again) != CM_OK)
			abort();
		cm_answer_doc_each(&doc, leaf, &leaves);
		cm_answer_doc_each(&again, leaf, &leaves_again);
		if (leaves != leaves_again)
			abort();
		cm_answer_doc_fini(&again);
		cm_answer_doc_fini(&doc);
	}
	if (cm_answer_doc_read_wire(bytes, NULL, &doc) == CM_OK)
		cm_answer_doc_fini(&doc);
	cm_buf_fini(&text);
	cm_buf_fini(&wire);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	request(cm_view_of(data, size));
	answer(cm_view_of(data, size));
	return 0;
}
