// The message reader's whole work: any bytes as a job of the node: a message, a draft, a card, the JSON body of a call.
// What is refused has a finding; what is taken has an answer that the node's side can read.
#include <stdlib.h>
#include <string.h>

#include "base/tab_limit.h"
#include "format/answer_doc.h"
#include "node/reader.h"
#include "node/reader_message_ipc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct cm_reader_card card;

static void
must(bool holds)
{
	if (!holds)
		abort();
}

static void
read_back(enum cm_reader_job job, struct cm_view answer)
{
	struct cm_rd rd = cm_rd_of(answer);
	struct cm_hi1_message message;
	struct cm_facts facts;
	struct cm_directory list;
	struct cm_answer_doc document;
	switch (job) {
	case CM_READER_JOB_HI1:
		must(cm_hi1_message_read_wire(cm_rd_field(&rd), NULL, &message) == CM_OK);
		cm_hi1_message_fini(&message);
		return;
	case CM_READER_JOB_CARD:
		must(cm_reader_card_read(answer, &card));
		return;
	case CM_READER_JOB_FACTS:
		cm_facts_init(&facts);
		must(cm_facts_read(&rd, &facts) == CM_OK && cm_rd_done(&rd));
		cm_facts_fini(&facts);
		return;
	case CM_READER_JOB_DIRECTORY:
		must(cm_directory_wire_read(answer, &list));
		cm_directory_fini(&list);
		return;
	case CM_READER_JOB_WORDS:
		must(cm_answer_doc_read(answer, NULL, &document) == CM_OK);
		cm_answer_doc_fini(&document);
		return;
	case CM_READER_JOB_DRAFT:
		return;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cm_report report = {0};
	struct cm_buf answer = cm_buf_of(CM_LIMIT_FRAME_BYTES_VALUE);
	cm_result r = cm_reader_message_handle(cm_view_of(data, size), &report, &answer);
	must(r != CM_REFUSED || report.count != 0);
	if (r == CM_OK)
		read_back((enum cm_reader_job)data[0], cm_buf_view(&answer));
	cm_buf_fini(&answer);
	return 0;
}
