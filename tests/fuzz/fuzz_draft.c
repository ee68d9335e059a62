// A draft of an officer's program: read it, and make the message of what was read; a good message can be written.
#include <stdlib.h>
#include <string.h>

#include "crypto/hash.h"
#include "format/draft.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
sha256(struct cm_view bytes, uint8_t ret_digest[32])
{
	struct cm_hash h = cm_hash_of(bytes);
	memcpy(ret_digest, h.b, sizeof h.b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cm_draft_told told = {
	        .sender = {cm_view_text("XA"), cm_view_text("contact")},
	        .receiver = {cm_view_text("XB"), cm_view_text("contact")},
	        .now = cm_instant_of_seconds(1800000000),
	        .transaction = cm_view_text("f357d00a-90d3-43c2-ab55-070a3863644a"),
	        .document = cm_view_text("f0ba8e34-0854-4f6a-ad46-fdacbe0a008e"),
	        .authorisation = cm_view_text("fdcf2fbc-7b86-4bde-a249-90c977902991"),
	        .task = cm_view_text("1bc5d8d0-5bfc-47d7-a174-31dff2677b34"),
	        .encryption = cm_view_text("0769828b-b7f6-4afd-ac56-f36a3ad82828"),
	        .reference = cm_view_text("XA-2027-0412"),
	        .disclosure_reference = cm_view_text("XA-contact-2027.0412"),
	        .seal_certificate = cm_view_text("der"),
	        .node = cm_view_text("xa.contact"),
	        .sha256 = sha256,
	};
	for (int task = CM_DRAFT_ALONE; task <= CM_DRAFT_EMERGENCY; task++) {
		struct cm_draft draft = {.preservation_count = 0};
		struct cm_hi1_message message;
		struct cm_buf text = cm_buf_of(1 << 20);
		if (cm_draft_read(cm_view_of(data, size), &told, NULL, &draft) == CM_OK &&
		    cm_draft_message(&draft, &told, (enum cm_draft_task)task, NULL, &message) == CM_OK)
			cm_result_ignore(cm_hi1_message_write(&message, &text), "values are judged when it is written");
		cm_buf_fini(&text);
		cm_draft_fini(&draft);
	}
	return 0;
}
