// The register's growing end in memory: the right edge, and for each tile level the hashes of the tile that is not full
// yet, so that the root of a tile is known the moment it fills. Inside the room only. Source: register.c.
#ifndef CM_STORE_REGISTER_H
#define CM_STORE_REGISTER_H

#include "crypto/merkle.h"
#include "store/sqlite/log.h"

#define CM_REGISTER_LEVELS 8

struct cm_register {
	struct cm_merkle_edge edge;
	struct cm_hash open[CM_REGISTER_LEVELS][CM_MERKLE_TILE_WIDTH]; // (size >> 8·level) mod 256 of them are set
};

// Reads the end of a log of `size` entries.
CM_CHECKED cm_result cm_register_load(struct cm_db *db, uint64_t size, struct cm_report *report,
                                      struct cm_register *ret_register);

// Appends a leaf; the roots of tiles that fill are written as node rows.
CM_CHECKED cm_result cm_register_push(struct cm_register *reg, struct cm_db *db, const struct cm_hash *leaf,
                                      struct cm_report *report);

#endif
