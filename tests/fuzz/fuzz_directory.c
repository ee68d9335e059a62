// A directory file that is taken has one spelling only, and comes through between our processes unchanged.
#include <stdlib.h>

#include "format/directory.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cm_report report = {0};
	struct cm_directory list, wired;
	struct cm_view bytes = cm_view_of(data, size);
	if (cm_directory_wire_read(bytes, &wired))
		cm_directory_fini(&wired);
	if (cm_directory_read(bytes, &report, &list) != CM_OK) {
		if (report.count == 0)
			abort();
		return 0;
	}
	struct cm_buf whole = cm_buf_of(size + 1), wire = cm_buf_of(4 * size + 64);
	cm_directory_wire_write(&list, &wire);
	if (!cm_directory_wire_read(cm_buf_view(&wire), &wired) || cm_directory_write(&wired, &whole) != CM_OK ||
	    !cm_view_equal(cm_buf_view(&whole), bytes))
		abort();
	cm_directory_fini(&wired);
	cm_directory_fini(&list);
	cm_buf_fini(&whole);
	cm_buf_fini(&wire);
	return 0;
}
