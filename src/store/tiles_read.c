// Knows: how any file of the log, of the published head or an older one, is cut from the files that are there. Does not
// know: HTTP. Serves C2SP tlog-tiles (partial tiles of every published size have to be served).
#include "format/tile.h"
#include "os/clock.h"
#include "os/file.h"
#include "store/inside.h"
#include "store/tiles.h"

#include <stdio.h>

#define CM_TILES_READ_MAX (256 * (2 + 65535)) // the greatest bundle

static uint64_t
cm_tiles_published(struct cm_store *store)
{
	CM_MUTEX_HOLD(&store->lock_tiles);
	return store->published;
}

// Bytes of the first `width` hashes or entries; 0: there are fewer.
static size_t
cm_tiles_cut(const struct cm_tile *tile, struct cm_view bytes)
{
	if (tile->kind == CM_TILE_HASHES)
		return bytes.n >= tile->width * (size_t)CM_HASH_SIZE ? tile->width * (size_t)CM_HASH_SIZE : 0;
	struct cm_rd rd = cm_rd_of(bytes);
	struct cm_view entry;
	for (unsigned i = 0; i < tile->width; i++)
		if (!cm_tile_entry_next(&rd, &entry))
			return 0;
	return rd.at;
}

static cm_result
cm_tiles_read_file(struct cm_store *store, const struct cm_tile *tile, unsigned width, struct cm_report *report,
                   struct cm_buf *to)
{
	char path[CM_STORE_PATH], name[CM_TILE_PATH];
	struct cm_tile there = *tile;
	there.width = width;
	if (snprintf(path, sizeof path, "%s/log/%s", store->home, cm_tile_path(&there, name)) >= CM_STORE_PATH)
		return CM_REFUSED;
	struct cm_buf bytes = cm_buf_of(CM_TILES_READ_MAX);
	cm_result r = cm_file_load(path, &bytes, report);
	if (r == CM_OK) {
		size_t n = tile->kind == CM_TILE_CHECKPOINT ? bytes.n : cm_tiles_cut(tile, cm_buf_view(&bytes));
		cm_buf_view_add(to, cm_view_part(cm_buf_view(&bytes), 0, n));
		r = n == 0 ? cm_report_refuse(report, CM_ERROR_STORE_DAMAGED, path, "is cut short") : cm_buf_result(to);
	}
	cm_buf_fini(&bytes);
	return r;
}

cm_result
cm_tiles_read(struct cm_store *store, struct cm_view path, struct cm_report *report, struct cm_buf *to)
{
	struct cm_tile tile;
	cm_result r = cm_tile_path_read(path, report, &tile);
	// The partial file may give way to a wider one between look and read: look again.
	for (int tries = 0; r == CM_OK && tries < 3; tries++) {
		uint64_t size = cm_tiles_published(store);
		unsigned width = tile.kind == CM_TILE_CHECKPOINT ? CM_TILE_WIDTH
		                                                 : cm_tile_width(size, tile.level, tile.n);
		if (size == 0 || width < tile.width)
			return cm_report_refuse(report, CM_ERROR_TILE_MISSING, "name", "%.*s", CM_VIEW_ARG(path));
		cm_result got = cm_tiles_read_file(store, &tile, width, NULL, to);
		if (got != CM_FAILED)
			return got == CM_REFUSED ? cm_report_refuse(report, CM_ERROR_STORE_DAMAGED, "tile", "%.*s",
			                                            CM_VIEW_ARG(path))
			                         : got;
	}
	return r == CM_OK ? cm_report_failed(report, CM_ERROR_IO_READ, "tile", "%.*s", CM_VIEW_ARG(path)) : r;
}

cm_result
cm_tiles_wait(struct cm_store *store, uint64_t size, int64_t deadline, struct cm_report *report)
{
	CM_MUTEX_HOLD(&store->lock_tiles);
	while (store->published < size && !store->tiles_closing)
		if (!cm_cond_wait(&store->tiles_moved, &store->lock_tiles, deadline))
			return cm_report_failed(report, CM_ERROR_PROC_DEADLINE, "log", "%llu of %llu entries",
			                        (unsigned long long)store->published, (unsigned long long)size);
	return CM_OK;
}
