// A checkpoint that is taken has one spelling only; so has the name of a tile.
#include <stdlib.h>

#include "format/checkpoint.h"
#include "format/tile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cm_report report = {0};
	struct cm_checkpoint c;
	struct cm_tile tile;
	struct cm_view bytes = cm_view_of(data, size);
	if (cm_checkpoint_read(bytes, &report, &c) == CM_OK) {
		struct cm_buf again = cm_buf_of(size + 1);
		cm_checkpoint_write(&c, &again);
		if (!cm_view_equal(cm_buf_view(&again), bytes))
			abort();
		cm_buf_fini(&again);
	} else if (report.count == 0) {
		abort();
	}
	char name[CM_TILE_PATH];
	if (cm_tile_path_read(bytes, NULL, &tile) == CM_OK && !cm_view_is(bytes, cm_tile_path(&tile, name)))
		abort();
	return 0;
}
