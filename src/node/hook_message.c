// Knows: nothing yet about messages; it answers with the SHA-256 of what came, so that the process can be run and tested. Replaced by
// the reader of HI-1 messages.
#include "node/reader.h"

#include "crypto/hash.h"

cm_result
cm_reader_message_handle(struct cm_view message, struct cm_report *report, struct cm_buf *answer)
{
	(void)report;
	struct cm_hash hash = cm_hash_of(message);
	cm_buf_view_add(answer, cm_hash_view(&hash));
	return CM_OK;
}
