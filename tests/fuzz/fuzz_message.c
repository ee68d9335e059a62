// An HI-1 message: what is read can be told between processes and comes back; a good one is written as the bytes that
// were signed. The same bytes are read as wire bytes, too.
#include <stdlib.h>
#include <string.h>

#include "base/tab_limit.h"
#include "crypto/hash.h"
#include "format/hi1_message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
sha256(struct cm_view bytes, uint8_t ret_digest[32])
{
	struct cm_hash h = cm_hash_of(bytes);
	memcpy(ret_digest, h.b, sizeof h.b);
}

static void
come_back(const struct cm_hi1_message *message)
{
	struct cm_hi1_message again;
	struct cm_buf wire = cm_buf_of(CM_LIMIT_HI1_WIRE_BYTES_VALUE), text = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE);
	if (cm_hi1_message_write_wire(message, &wire) != CM_OK ||
	    cm_hi1_message_read_wire(cm_buf_view(&wire), NULL, &again) != CM_OK)
		abort();
	if (cm_hi1_message_good(message) && (cm_hi1_message_write(&again, &text) != CM_OK ||
	                                     !cm_view_equal(cm_buf_view(&text), message->canonical)))
		abort();
	cm_hi1_message_fini(&again);
	cm_buf_fini(&wire);
	cm_buf_fini(&text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct cm_hi1_read_options options = {.sha256 = sha256};
	struct cm_report report = {0};
	struct cm_hi1_message message;
	cm_result r = cm_hi1_message_read(cm_view_of(data, size), &options, &report, &message);
	if (r == CM_REFUSED && report.count == 0)
		abort();
	if (r == CM_OK) {
		come_back(&message);
		cm_hi1_message_fini(&message);
	}
	if (cm_hi1_message_read_wire(cm_view_of(data, size), NULL, &message) == CM_OK)
		cm_hi1_message_fini(&message);
	return 0;
}
