// An identity card that is taken has one spelling only.
#include <stdlib.h>

#include "format/card.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cm_report report = {0};
	struct cm_card card;
	struct cm_view bytes = cm_view_of(data, size);
	if (cm_card_read(bytes, &report, &card) != CM_OK) {
		if (report.count == 0)
			abort();
		return 0;
	}
	struct cm_buf whole = cm_buf_of(size + 1), bare = cm_buf_of(size + 1);
	if (cm_card_write(&card, &whole) != CM_OK || !cm_view_equal(cm_buf_view(&whole), bytes) ||
	    cm_card_write_unsigned(&card, &bare) != CM_OK || !cm_view_equal(cm_buf_view(&bare), card.canonical))
		abort();
	cm_buf_fini(&whole);
	cm_buf_fini(&bare);
	cm_card_fini(&card);
	return 0;
}
