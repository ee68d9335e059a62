// Proofs for many new leaves at once: the part of the tree that an append touches, level by level, from the right edge of
// the old tree and the new leaves. One pass makes all hashes; each proof is then a walk up. The verifier is other code
// (crypto/merkle.h). Inside the room only. Source: paths.c.
#ifndef CM_STORE_PATHS_H
#define CM_STORE_PATHS_H

#include "crypto/merkle.h"

#define CM_PATHS_LEVELS 64

struct cm_paths {
	uint64_t older, size;                  // leaves before and after
	struct cm_hash left[CM_PATHS_LEVELS];  // at level l: the node left of the new ones, where older has bit l
	struct cm_hash *level[CM_PATHS_LEVELS]; // nodes from older >> l on
	struct cm_hash *memory;
};

// `edge` is the tree before, `leaves` are the `count` > 0 new ones. CM_NOMEM. Free with cm_paths_fini().
CM_CHECKED cm_result cm_paths_init(const struct cm_merkle_edge *edge, const struct cm_hash *leaves, size_t count,
                                   struct cm_paths *ret_paths);
void cm_paths_fini(struct cm_paths *paths);

struct cm_hash cm_paths_root(const struct cm_paths *paths);

// The way from entry `index` (older ≤ index < size) to the root.
void cm_paths_proof(const struct cm_paths *paths, uint64_t index, struct cm_merkle_proof *ret_proof);

// The proof that the tree of `size` leaves extends that of `older` (RFC 9162, section 2.1.4).
void cm_paths_consistency(const struct cm_paths *paths, struct cm_merkle_proof *ret_proof);

#endif
