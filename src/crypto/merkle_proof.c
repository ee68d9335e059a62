// Knows: which hashes a proof of RFC 9162 (2.1.3.1, 2.1.4.1) consists of, and where they stand in tiles (C2SP
// tlog-tiles). Does not know: storage; hashes come through a callback. The recursions of the standard are walked from
// the root down and turned round at the end: nothing is recursive.
#include "crypto/merkle.h"

// Root over the perfect subtree of 2^height leaves that starts at leaf `start`: from the highest tile level below it.
static cm_result
cm_merkle_perfect(const struct cm_merkle_source *source, uint64_t start, unsigned height, struct cm_hash *ret_root)
{
	struct cm_hash row[CM_MERKLE_TILE_WIDTH / 2];
	unsigned level = height / CM_MERKLE_TILE_HEIGHT, above = height % CM_MERKLE_TILE_HEIGHT;
	size_t n = (size_t)1 << above;
	cm_result r = source->read(source->self, level, start >> (CM_MERKLE_TILE_HEIGHT * level), n, row);
	if (r != CM_OK)
		return r;
	for (; n > 1; n /= 2)
		for (size_t i = 0; i < n / 2; i++)
			row[i] = cm_merkle_node(&row[2 * i], &row[2 * i + 1]);
	*ret_root = row[0];
	return CM_OK;
}

// The largest power of two below n (n > 1).
static uint64_t
cm_merkle_split(uint64_t n)
{
	return UINT64_C(1) << (63 - __builtin_clzll(n - 1));
}

// Root over the leaves [start, end), a node of the tree: perfect subtrees from left to right, folded from the right.
static cm_result
cm_merkle_range(const struct cm_merkle_source *source, uint64_t start, uint64_t end, struct cm_hash *ret_root)
{
	struct cm_merkle_edge edge = {.size = end - start};
	size_t count = 0;
	for (uint64_t left = edge.size; left != 0; count++) {
		unsigned height = 63 - (unsigned)__builtin_clzll(left);
		cm_result r = cm_merkle_perfect(source, start, height, &edge.hashes[count]);
		if (r != CM_OK)
			return r;
		start += UINT64_C(1) << height;
		left -= UINT64_C(1) << height;
	}
	*ret_root = cm_merkle_edge_root(&edge);
	return CM_OK;
}

static void
cm_merkle_turn(struct cm_merkle_proof *proof)
{
	for (size_t i = 0; i < proof->count / 2; i++) {
		struct cm_hash h = proof->hashes[i];
		proof->hashes[i] = proof->hashes[proof->count - 1 - i];
		proof->hashes[proof->count - 1 - i] = h;
	}
}

cm_result
cm_merkle_inclusion_make(const struct cm_merkle_source *source, uint64_t index, uint64_t size,
                         struct cm_merkle_proof *ret_proof)
{
	struct cm_merkle_proof proof = {0};
	uint64_t start = 0, end = size;
	if (index >= size || size > INT64_MAX)
		return CM_BUG;
	while (end - start > 1) {
		uint64_t middle = start + cm_merkle_split(end - start);
		bool is_left = index < middle;
		cm_result r = cm_merkle_range(source, is_left ? middle : start, is_left ? end : middle,
		                              &proof.hashes[proof.count++]);
		if (r != CM_OK)
			return r;
		if (is_left)
			end = middle;
		else
			start = middle;
	}
	cm_merkle_turn(&proof);
	*ret_proof = proof;
	return CM_OK;
}

cm_result
cm_merkle_consistency_make(const struct cm_merkle_source *source, uint64_t older, uint64_t newer,
                           struct cm_merkle_proof *ret_proof)
{
	struct cm_merkle_proof proof = {0};
	uint64_t start = 0, end = newer;
	cm_result r;
	if (older > newer || newer > INT64_MAX)
		return CM_BUG;
	// SUBPROOF: down along the older tree's right border, until a node ends there.
	while (older != 0 && end != older) {
		uint64_t middle = start + cm_merkle_split(end - start);
		bool is_left = older <= middle;
		r = cm_merkle_range(source, is_left ? middle : start, is_left ? end : middle,
		                    &proof.hashes[proof.count++]);
		if (r != CM_OK)
			return r;
		if (is_left)
			end = middle;
		else
			start = middle;
	}
	if (older != 0 && start != 0) { // that node is not the older tree itself, so the verifier does not have it
		r = cm_merkle_range(source, start, end, &proof.hashes[proof.count++]);
		if (r != CM_OK)
			return r;
	}
	cm_merkle_turn(&proof);
	*ret_proof = proof;
	return CM_OK;
}

cm_result
cm_merkle_edge_make(const struct cm_merkle_source *source, uint64_t size, struct cm_merkle_edge *ret_edge)
{
	struct cm_merkle_edge edge = {.size = size};
	uint64_t start = 0;
	if (size > INT64_MAX)
		return CM_BUG;
	for (size_t count = 0; start != size; count++) {
		unsigned height = 63 - (unsigned)__builtin_clzll(size - start);
		cm_result r = cm_merkle_perfect(source, start, height, &edge.hashes[count]);
		if (r != CM_OK)
			return r;
		start += UINT64_C(1) << height;
	}
	*ret_edge = edge;
	return CM_OK;
}

static cm_result
cm_merkle_leaves_read(void *self, unsigned level, uint64_t first, size_t n, struct cm_hash *ret_hashes)
{
	const struct cm_merkle_leaves *l = self;
	uint64_t total = cm_merkle_tile_hashes(l->count, level);
	if (first > total || n > total - first)
		return CM_BUG;
	size_t width = (size_t)1 << (CM_MERKLE_TILE_HEIGHT * level);
	for (size_t i = 0; i < n; i++)
		ret_hashes[i] = cm_merkle_root(l->leaves + (size_t)(first + i) * width, width);
	return CM_OK;
}

struct cm_merkle_source
cm_merkle_source_of_leaves(struct cm_merkle_leaves *leaves)
{
	return (struct cm_merkle_source){.read = cm_merkle_leaves_read, .self = leaves};
}
