// Knows: which nodes of a tree an append makes. Does not know: where leaves come from. Node j of level l covers the
// leaves [j·2^l, (j+1)·2^l), cut at the size; an unpaired last node goes up unchanged, which gives the tree of RFC 9162
// section 2.1.1. Serves doc/spec/register.md section 5.
#include "base/mem.h"
#include "store/paths.h"

#include <string.h>

// Nodes of level `level` in a tree of `size` leaves.
static uint64_t
cm_paths_nodes(uint64_t size, unsigned level)
{
	return level == 0 ? size : ((size - 1) >> level) + 1;
}

// The new nodes of a level, as an array.
static uint64_t
cm_paths_new(const struct cm_paths *paths, unsigned level)
{
	return cm_paths_nodes(paths->size, level) - (paths->older >> level);
}

static void
cm_paths_up(struct cm_paths *paths, unsigned below)
{
	uint64_t first = paths->older >> below, nodes = cm_paths_nodes(paths->size, below);
	uint64_t from = paths->older >> (below + 1), to = cm_paths_nodes(paths->size, below + 1);
	for (uint64_t j = from; j < to; j++) {
		const struct cm_hash *left = 2 * j < first ? &paths->left[below] : &paths->level[below][2 * j - first];
		struct cm_hash *out = &paths->level[below + 1][j - from];
		if (2 * j + 1 >= nodes)
			*out = *left;
		else
			*out = cm_merkle_node(left, &paths->level[below][2 * j + 1 - first]);
	}
}

cm_result
cm_paths_init(const struct cm_merkle_edge *edge, const struct cm_hash *leaves, size_t count, struct cm_paths *ret_paths)
{
	struct cm_paths p = {.older = edge->size, .size = edge->size + count};
	size_t at = cm_merkle_edge_count(edge), total = 0;
	unsigned top = 0;
	for (unsigned l = 0; l < CM_PATHS_LEVELS; l++)
		if ((edge->size >> l & 1) != 0)
			p.left[l] = edge->hashes[--at]; // the edge lists the largest first
	while (cm_paths_nodes(p.size, top) > 1)
		total += cm_paths_new(&p, top++);
	total += cm_paths_new(&p, top);
	p.memory = cm_mem_new_many(total, sizeof *p.memory);
	if (p.memory == NULL)
		return CM_NOMEM;
	struct cm_hash *next = p.memory;
	for (unsigned l = 0; l <= top; l++) {
		p.level[l] = next;
		next += cm_paths_new(&p, l);
	}
	memcpy(p.level[0], leaves, count * sizeof *leaves);
	for (unsigned l = 0; l < top; l++)
		cm_paths_up(&p, l);
	*ret_paths = p;
	return CM_OK;
}

void
cm_paths_fini(struct cm_paths *paths)
{
	if (paths == NULL)
		return;
	cm_mem_free(paths->memory);
	paths->memory = NULL;
}

struct cm_hash
cm_paths_root(const struct cm_paths *paths)
{
	unsigned top = 0;
	while (cm_paths_nodes(paths->size, top) > 1)
		top++;
	return paths->level[top][0];
}

void
cm_paths_proof(const struct cm_paths *paths, uint64_t index, struct cm_merkle_proof *ret_proof)
{
	ret_proof->count = 0;
	for (unsigned l = 0; cm_paths_nodes(paths->size, l) > 1; l++) {
		uint64_t first = paths->older >> l, sibling = (index >> l) ^ 1;
		if (sibling >= cm_paths_nodes(paths->size, l))
			continue; // unpaired: goes up unchanged
		ret_proof->hashes[ret_proof->count++] =
		        sibling < first ? paths->left[l] : paths->level[l][sibling - first];
	}
}

// Every node of it is an old subtree at the edge or a new node: none has to be read again.
void
cm_paths_consistency(const struct cm_paths *paths, struct cm_merkle_proof *ret_proof)
{
	unsigned l = 0;
	ret_proof->count = 0;
	if (paths->older == 0 || paths->older == paths->size)
		return;
	while ((paths->older >> l & 1) == 0)
		l++; // the smallest whole subtree at the old end: where the walk begins
	if (paths->older >> l != 1)
		ret_proof->hashes[ret_proof->count++] = paths->left[l];
	for (; cm_paths_nodes(paths->size, l) > 1; l++) {
		uint64_t at = (paths->older - 1) >> l; // the node that holds the old end
		if (at % 2 == 1)
			ret_proof->hashes[ret_proof->count++] = paths->left[l];
		else if (at + 1 < cm_paths_nodes(paths->size, l))
			ret_proof->hashes[ret_proof->count++] = paths->level[l][at + 1 - (paths->older >> l)];
	}
}
