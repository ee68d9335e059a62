// Merkle trees of RFC 9162 section 2.1 (the same as RFC 6962): hashes, the right edge, proofs made and verified, and
// the tile layout of C2SP tlog-tiles (which hash stands in which tile). No storage: hashes are read by a callback.
// Source: merkle.c (hashes, edge, verify), merkle_proof.c (making proofs).
#ifndef CM_CRYPTO_MERKLE_H
#define CM_CRYPTO_MERKLE_H

#include "base/report.h"
#include "crypto/hash.h"

#define CM_MERKLE_PROOF_MAX 63 // hashes of a proof; sizes stay below 2^63
#define CM_MERKLE_TILE_HEIGHT 8
#define CM_MERKLE_TILE_WIDTH 256

// leaf = SHA-256(00 || entry); node = SHA-256(01 || left || right); empty tree = SHA-256("").
struct cm_hash cm_merkle_leaf(struct cm_view entry);
struct cm_hash cm_merkle_node(const struct cm_hash *left, const struct cm_hash *right);
struct cm_hash cm_merkle_empty(void);

struct cm_merkle_proof {
	size_t count;
	struct cm_hash hashes[CM_MERKLE_PROOF_MAX];
};

// The right edge of a tree: the roots of its perfect subtrees, largest first. Zero-initialised is the empty tree.
struct cm_merkle_edge {
	uint64_t size;
	struct cm_hash hashes[64]; // as many as `size` has one-bits
};

// Adds a leaf hash. False when the tree is full (2^63 - 1 leaves).
CM_CHECKED bool cm_merkle_edge_push(struct cm_merkle_edge *edge, const struct cm_hash *leaf);
size_t cm_merkle_edge_count(const struct cm_merkle_edge *edge);
struct cm_hash cm_merkle_edge_root(const struct cm_merkle_edge *edge);

// Root over `count` leaf hashes (0: the empty tree).
struct cm_hash cm_merkle_root(const struct cm_hash *leaves, size_t count);

// Is `leaf` entry `index` of the tree (size, root)? Refused: merkle_inclusion.
CM_CHECKED cm_result cm_merkle_inclusion_verify(uint64_t index, uint64_t size, const struct cm_hash *leaf,
                                                const struct cm_merkle_proof *proof, const struct cm_hash *root,
                                                struct cm_report *report);

struct cm_merkle_head {
	uint64_t size;
	struct cm_hash root;
};

// Is `newer` an extension of `older`? Refused: merkle_consistency.
CM_CHECKED cm_result cm_merkle_consistency_verify(const struct cm_merkle_head *older,
                                                  const struct cm_merkle_head *newer,
                                                  const struct cm_merkle_proof *proof, struct cm_report *report);

// Where hashes come from when a proof is made. `read` gives hashes [first, first+n) of tile level `level`: hash i of
// level L is the root over the entries [i·256^L, (i+1)·256^L); it stands at place i mod 256 of tile i div 256.
// n is at most 256 and all n lie in one tile. Only hashes of full subtrees of the tree are asked for.
struct cm_merkle_source {
	cm_result (*read)(void *self, unsigned level, uint64_t first, size_t n, struct cm_hash *ret_hashes);
	void *self;
};

// Source over an array of leaf hashes (level 0; upper levels are computed). `leaves` must outlive the source.
struct cm_merkle_leaves {
	const struct cm_hash *leaves;
	size_t count;
};
struct cm_merkle_source cm_merkle_source_of_leaves(struct cm_merkle_leaves *leaves);

// The proof that entry `index` is in the tree of `size` leaves; index < size (else CM_BUG). Passes on what read says.
CM_CHECKED cm_result cm_merkle_inclusion_make(const struct cm_merkle_source *source, uint64_t index, uint64_t size,
                                              struct cm_merkle_proof *ret_proof);
// The proof that the tree of `newer` leaves extends that of `older`; older ≤ newer (else CM_BUG).
CM_CHECKED cm_result cm_merkle_consistency_make(const struct cm_merkle_source *source, uint64_t older, uint64_t newer,
                                                struct cm_merkle_proof *ret_proof);
// The edge of the tree of `size` leaves, from stored hashes.
CM_CHECKED cm_result cm_merkle_edge_make(const struct cm_merkle_source *source, uint64_t size,
                                         struct cm_merkle_edge *ret_edge);

// Hashes that level `level` of a tree of `size` leaves has in all: size div 256^level.
uint64_t cm_merkle_tile_hashes(uint64_t size, unsigned level);

#endif
