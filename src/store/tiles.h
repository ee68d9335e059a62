// The static log under HOME/log: always a complete C2SP tlog-tiles tree for its own checkpoint. Files of full tiles are
// written once; partial tiles of the current size and then the checkpoint (by rename) follow, at most one second behind
// the database. Written by the store's own publishing thread; the node serves the files and asks here for what is no
// file: partial tiles of older checkpoints. Source: tiles.c (writing), tiles_read.c.
#ifndef CM_STORE_TILES_H
#define CM_STORE_TILES_H

#include "store/store.h"

// The bytes of a file of the log by its name ("checkpoint", "tile/0/x001/067.p/12" …), appended to `to`. A partial tile
// of any size up to the published one is cut from the full tile or the current partial one. Refused: tile_name,
// tile_missing (nothing of that name within the published checkpoint).
CM_CHECKED cm_result cm_tiles_read(struct cm_store *store, struct cm_view path, struct cm_report *report,
                                   struct cm_buf *to);

// Waits until the published tree has at least `size` entries; for commands that end right after.
CM_CHECKED cm_result cm_tiles_wait(struct cm_store *store, uint64_t size, int64_t deadline, struct cm_report *report);

#endif
