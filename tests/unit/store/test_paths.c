#include "unit.h"

#include "base/mem.h"
#include "store/paths.h"

#define MOST 300

// Every append to every tree up to MOST leaves: the root is the tree's, and every proof is the verifier's.
static void
proofs_of_every_append_verify(void **state)
{
	(void)state;
	static struct cm_hash leaves[MOST];
	for (size_t i = 0; i < MOST; i++) {
		uint8_t bytes[2] = {(uint8_t)(i >> 8), (uint8_t)i};
		leaves[i] = cm_merkle_leaf(cm_view_of(bytes, 2));
	}
	struct cm_merkle_edge edge = {0};
	for (size_t older = 0; older < MOST; older++) {
		for (size_t size = older + 1; size <= MOST; size += 1 + (size - older) / 4) {
			struct cm_paths paths;
			struct cm_hash root = cm_merkle_root(leaves, size), mine;
			assert_int_equal(cm_paths_init(&edge, leaves + older, size - older, &paths), CM_OK);
			mine = cm_paths_root(&paths);
			assert_true(cm_hash_equal(&root, &mine));
			for (size_t i = older; i < size; i += 1 + (size - older) / 7) {
				struct cm_merkle_proof proof;
				cm_paths_proof(&paths, i, &proof);
				assert_int_equal(cm_merkle_inclusion_verify(i, size, &leaves[i], &proof, &root, NULL), CM_OK);
			}
			struct cm_merkle_proof grown;
			struct cm_merkle_head from = {older, cm_merkle_root(leaves, older)}, to = {size, root};
			cm_paths_consistency(&paths, &grown);
			assert_int_equal(cm_merkle_consistency_verify(&from, &to, &grown, NULL), CM_OK);
			cm_paths_fini(&paths);
		}
		assert_true(cm_merkle_edge_push(&edge, &leaves[older]));
	}
}

static void
without_memory_it_says_so(void **state)
{
	(void)state;
	struct cm_merkle_edge none = {0};
	struct cm_hash leaf = {{0}};
	struct cm_paths paths;
	cm_mem_fail_from(1);
	cm_result r = cm_paths_init(&none, &leaf, 1, &paths);
	cm_mem_fail_from(0);
	assert_int_equal(r, CM_NOMEM);
}

UNIT_MAIN(T(proofs_of_every_append_verify), T(without_memory_it_says_so))
