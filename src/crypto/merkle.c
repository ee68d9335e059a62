// Knows: the tree of RFC 9162 section 2.1 and its iterative verifiers (2.1.3.2, 2.1.4.2). Does not know: what entries
// mean or where hashes lie; merkle_proof.c makes the proofs that are checked here.
#include "crypto/merkle.h"

struct cm_hash
cm_merkle_leaf(struct cm_view entry)
{
	static const uint8_t prefix[1] = {0};
	struct cm_hash_stream s;
	cm_hash_init(&s);
	cm_hash_add(&s, cm_view_of(prefix, 1));
	cm_hash_add(&s, entry);
	return cm_hash_final(&s);
}

struct cm_hash
cm_merkle_node(const struct cm_hash *left, const struct cm_hash *right)
{
	static const uint8_t prefix[1] = {1};
	struct cm_hash_stream s;
	cm_hash_init(&s);
	cm_hash_add(&s, cm_view_of(prefix, 1));
	cm_hash_add(&s, cm_hash_view(left));
	cm_hash_add(&s, cm_hash_view(right));
	return cm_hash_final(&s);
}

struct cm_hash
cm_merkle_empty(void)
{
	return cm_hash_of(cm_view_of(NULL, 0));
}

size_t
cm_merkle_edge_count(const struct cm_merkle_edge *edge)
{
	return (size_t)__builtin_popcountll(edge->size);
}

bool
cm_merkle_edge_push(struct cm_merkle_edge *edge, const struct cm_hash *leaf)
{
	if (edge->size >= INT64_MAX)
		return false;
	size_t count = cm_merkle_edge_count(edge);
	struct cm_hash h = *leaf;
	for (uint64_t s = edge->size; (s & 1) != 0; s >>= 1) {
		count--;
		h = cm_merkle_node(&edge->hashes[count], &h);
	}
	edge->hashes[count] = h;
	edge->size++;
	return true;
}

struct cm_hash
cm_merkle_edge_root(const struct cm_merkle_edge *edge)
{
	size_t count = cm_merkle_edge_count(edge);
	if (count == 0)
		return cm_merkle_empty();
	struct cm_hash h = edge->hashes[--count];
	while (count-- > 0)
		h = cm_merkle_node(&edge->hashes[count], &h);
	return h;
}

struct cm_hash
cm_merkle_root(const struct cm_hash *leaves, size_t count)
{
	struct cm_merkle_edge edge = {0};
	for (size_t i = 0; i < count; i++)
		if (!cm_merkle_edge_push(&edge, &leaves[i]))
			break; // an array of 2^63 hashes does not exist
	return cm_merkle_edge_root(&edge);
}

uint64_t
cm_merkle_tile_hashes(uint64_t size, unsigned level)
{
	return level >= 64 / CM_MERKLE_TILE_HEIGHT ? 0 : size >> (CM_MERKLE_TILE_HEIGHT * level);
}

// Where a walk from a leaf up stands: `at` is the node's place in its row, `last` that of the row's last node.
struct cm_merkle_walk {
	uint64_t at, last;
};

// The node's sibling is on its left. Rows in which the node is last and has no sibling are passed over.
static bool
cm_merkle_left(struct cm_merkle_walk *w)
{
	if ((w->at & 1) == 0 && w->at != w->last)
		return false;
	while ((w->at & 1) == 0 && w->at != 0) {
		w->at >>= 1;
		w->last >>= 1;
	}
	return true;
}

cm_result
cm_merkle_inclusion_verify(uint64_t index, uint64_t size, const struct cm_hash *leaf,
                           const struct cm_merkle_proof *proof, const struct cm_hash *root, struct cm_report *report)
{
	if (index >= size || size > INT64_MAX || proof->count > CM_MERKLE_PROOF_MAX)
		return cm_report_refuse(report, CM_ERROR_MERKLE_INCLUSION, "proof", "entry %llu of %llu",
		                        (unsigned long long)index, (unsigned long long)size);
	struct cm_merkle_walk w = {.at = index, .last = size - 1};
	struct cm_hash h = *leaf;
	for (size_t i = 0; i < proof->count; i++) {
		if (w.last == 0)
			return cm_report_refuse(report, CM_ERROR_MERKLE_INCLUSION, "proof", "%zu hashes are too many",
			                        proof->count);
		const struct cm_hash *p = &proof->hashes[i];
		h = cm_merkle_left(&w) ? cm_merkle_node(p, &h) : cm_merkle_node(&h, p);
		w.at >>= 1;
		w.last >>= 1;
	}
	if (w.last != 0)
		return cm_report_refuse(report, CM_ERROR_MERKLE_INCLUSION, "proof", "%zu hashes are too few",
		                        proof->count);
	if (!cm_hash_equal(&h, root))
		return cm_report_refuse(report, CM_ERROR_MERKLE_INCLUSION, "proof", "it leads to another root");
	return CM_OK;
}

static cm_result
cm_merkle_inconsistent(const struct cm_merkle_head *older, const struct cm_merkle_head *newer, struct cm_report *report)
{
	return cm_report_refuse(report, CM_ERROR_MERKLE_CONSISTENCY, "proof", "from size %llu to size %llu",
	                        (unsigned long long)older->size, (unsigned long long)newer->size);
}

// 0 < older < newer, at least one hash.
static bool
cm_merkle_consistent(const struct cm_merkle_head *older, const struct cm_merkle_head *newer,
                     const struct cm_merkle_proof *proof)
{
	struct cm_merkle_walk w = {.at = older->size - 1, .last = newer->size - 1};
	while ((w.at & 1) != 0) {
		w.at >>= 1;
		w.last >>= 1;
	}
	// A perfect older tree is itself the first node of the way.
	bool is_perfect = (older->size & (older->size - 1)) == 0;
	struct cm_hash from = is_perfect ? older->root : proof->hashes[0], to = from;
	for (size_t i = is_perfect ? 0 : 1; i < proof->count; i++) {
		const struct cm_hash *p = &proof->hashes[i];
		if (w.last == 0)
			return false;
		if (cm_merkle_left(&w)) {
			from = cm_merkle_node(p, &from);
			to = cm_merkle_node(p, &to);
		} else {
			to = cm_merkle_node(&to, p);
		}
		w.at >>= 1;
		w.last >>= 1;
	}
	return w.last == 0 && cm_hash_equal(&from, &older->root) && cm_hash_equal(&to, &newer->root);
}

cm_result
cm_merkle_consistency_verify(const struct cm_merkle_head *older, const struct cm_merkle_head *newer,
                             const struct cm_merkle_proof *proof, struct cm_report *report)
{
	struct cm_hash empty = cm_merkle_empty();
	bool good;
	if (older->size > newer->size || newer->size > INT64_MAX || proof->count > CM_MERKLE_PROOF_MAX)
		good = false;
	else if (older->size == 0)
		good = proof->count == 0 && cm_hash_equal(&older->root, &empty) &&
		       (newer->size != 0 || cm_hash_equal(&newer->root, &empty));
	else if (older->size == newer->size)
		good = proof->count == 0 && cm_hash_equal(&older->root, &newer->root);
	else
		good = proof->count != 0 && cm_merkle_consistent(older, newer, proof);
	return good ? CM_OK : cm_merkle_inconsistent(older, newer, report);
}
