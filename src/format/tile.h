// Names and contents of the files of a static log (C2SP tlog-tiles): "checkpoint", "tile/<L>/<N>[.p/<W>]",
// "tile/entries/<N>[.p/<W>]". Which hash stands where: crypto/merkle.h. Source: tile.c.
#ifndef CM_FORMAT_TILE_H
#define CM_FORMAT_TILE_H

#include "base/buf.h"
#include "base/rd.h"
#include "base/report.h"

#define CM_TILE_WIDTH 256
#define CM_TILE_PATH 96 // bytes with NUL of the longest name

enum cm_tile_kind {
	CM_TILE_CHECKPOINT,
	CM_TILE_HASHES,
	CM_TILE_ENTRIES,
};

struct cm_tile {
	enum cm_tile_kind kind;
	unsigned level; // of CM_TILE_HASHES: 0 … 63
	uint64_t n;     // number of the tile
	unsigned width; // 1 … 256; 256 is a full tile, less a partial one
};

// The name, relative to the log's own folder or URL, into `to`; returns `to`.
char *cm_tile_path(const struct cm_tile *tile, char to[CM_TILE_PATH]);

// The only spelling of each name; everything else is refused: tile_name.
CM_CHECKED cm_result cm_tile_path_read(struct cm_view path, struct cm_report *report, struct cm_tile *ret_tile);

// Width of tile `n` of `level` in a log of `size` entries: 256, less for the last one, 0 for a tile that is not there.
// Entry bundles have the widths of level 0.
unsigned cm_tile_width(uint64_t size, unsigned level, uint64_t n);

// Appends one entry to a bundle: u16be length, bytes. CM_REFUSED (tile_entry) over 65,535 bytes.
CM_CHECKED cm_result cm_tile_entry_write(struct cm_view entry, struct cm_report *report, struct cm_buf *to);

// The next entry of a bundle; false at its end or when it is cut (rd->failed tells).
bool cm_tile_entry_next(struct cm_rd *rd, struct cm_view *ret_entry);

#endif
