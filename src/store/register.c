// Knows: which hashes a growing log keeps at hand. Does not know: acts, signatures. Serves doc/spec/register.md section 5
// and C2SP tlog-tiles (hash n of level L+1 is the root of full tile n of level L).
#include "store/register.h"

cm_result
cm_register_load(struct cm_db *db, uint64_t size, struct cm_report *report, struct cm_register *ret_register)
{
	struct cm_log_source from = {.db = db, .report = report};
	struct cm_merkle_source source = cm_log_source_of(&from);
	cm_result r = cm_merkle_edge_make(&source, size, &ret_register->edge);
	for (unsigned level = 0; r == CM_OK && level < CM_REGISTER_LEVELS; level++) {
		uint64_t hashes = size >> (8 * level), n = hashes % CM_MERKLE_TILE_WIDTH;
		if (n != 0)
			r = source.read(source.self, level, hashes - n, (size_t)n, ret_register->open[level]);
	}
	return r;
}

cm_result
cm_register_push(struct cm_register *reg, struct cm_db *db, const struct cm_hash *leaf, struct cm_report *report)
{
	uint64_t n = reg->edge.size;
	struct cm_hash hash = *leaf;
	if (!cm_merkle_edge_push(&reg->edge, leaf))
		return CM_BUG;
	for (unsigned level = 0; level < CM_REGISTER_LEVELS; level++) {
		uint64_t place = n % CM_MERKLE_TILE_WIDTH;
		reg->open[level][place] = hash;
		if (place != CM_MERKLE_TILE_WIDTH - 1 || level + 1 == CM_REGISTER_LEVELS)
			return CM_OK;
		hash = cm_merkle_root(reg->open[level], CM_MERKLE_TILE_WIDTH);
		n /= CM_MERKLE_TILE_WIDTH;
		cm_result r = cm_log_put_node(db, level + 1, n, &hash, report);
		if (r != CM_OK)
			return r;
	}
	return CM_OK;
}
