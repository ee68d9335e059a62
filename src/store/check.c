// Knows: the whole check of a register in its database: each entry opens to its act, each node recomputes from the level
// below, each head of the table is the tree of its size, each blob is there. Does not know: HOME/log; `comity log fsck`
// checks that with other code. Serves doc/spec/register.md section 5.
#include "base/mem.h"
#include "domain/receipt.h"
#include "os/file.h"
#include "store/act_body.h"
#include "store/blobs.h"
#include "store/inside.h"

#include <inttypes.h>
#include <string.h>

struct cm_check {
	struct cm_db *db;
	struct cm_report *report;
	struct cm_merkle_edge edge;
	struct cm_hash tile[CM_MERKLE_TILE_WIDTH];
	struct cm_act_file file;
	uint64_t next_head; // size of the next head to be compared; 0: none
	struct cm_hash head_root;
};

static cm_result
cm_check_damaged(const struct cm_check *check, const char *place, uint64_t at)
{
	return cm_report_refuse(check->report, CM_ERROR_STORE_DAMAGED, place, "%" PRIu64, at);
}

static cm_result
cm_check_next_head(struct cm_check *check)
{
	struct cm_db_stmt *stmt;
	bool row;
	cm_result r = cm_db_stmt(check->db, "SELECT size, root FROM head WHERE size > ?1 ORDER BY size LIMIT 1",
	                         check->report, &stmt);
	if (r != CM_OK)
		return r;
	cm_db_bind_number(stmt, 1, (int64_t)check->edge.size);
	r = cm_db_step(stmt, check->report, &row);
	if (r != CM_OK)
		return r;
	check->next_head = row ? (uint64_t)cm_db_number(stmt, 0) : 0;
	struct cm_view root = row ? cm_db_bytes(stmt, 1) : cm_view_of(NULL, 0);
	if (root.n == sizeof check->head_root.b)
		memcpy(check->head_root.b, root.p, root.n);
	if (row)
		cm_db_reset(stmt);
	return row && root.n != CM_HASH_SIZE ? cm_check_damaged(check, "head", check->next_head) : CM_OK;
}

// A tile filled: its root stands in the level above, and so on upward.
static cm_result
cm_check_tile(struct cm_check *check, uint64_t n)
{
	struct cm_hash node, hash = cm_merkle_root(check->tile, CM_MERKLE_TILE_WIDTH);
	for (unsigned level = 1; level < CM_REGISTER_LEVELS; level++) {
		cm_result r = cm_log_nodes(check->db, level, n, 1, check->report, &node);
		if (r != CM_OK)
			return r;
		if (!cm_hash_equal(&node, &hash))
			return cm_check_damaged(check, "node", n);
		if (n % CM_MERKLE_TILE_WIDTH != CM_MERKLE_TILE_WIDTH - 1)
			return CM_OK;
		struct cm_hash below[CM_MERKLE_TILE_WIDTH];
		r = cm_log_nodes(check->db, level, n + 1 - CM_MERKLE_TILE_WIDTH, CM_MERKLE_TILE_WIDTH, check->report,
		                 below);
		if (r != CM_OK)
			return r;
		hash = cm_merkle_root(below, CM_MERKLE_TILE_WIDTH);
		n /= CM_MERKLE_TILE_WIDTH;
	}
	return CM_OK;
}

static cm_result
cm_check_entry(struct cm_check *check, const struct cm_log_act *row)
{
	struct cm_hash512 root;
	uint8_t entry[CM_ACT_RECORD_ENTRY];
	if (!cm_act_body_read(row->body, &check->file))
		return cm_check_damaged(check, "act", row->index);
	cm_result r = cm_receipt_root(&check->file, &root);
	if (r != CM_OK)
		return r;
	cm_act_record_entry(&root, entry);
	if (!cm_view_equal(row->entry, cm_view_of(entry, sizeof entry)))
		return cm_check_damaged(check, "entry", row->index);
	struct cm_hash leaf = cm_merkle_leaf(row->entry);
	check->tile[row->index % CM_MERKLE_TILE_WIDTH] = leaf;
	if (!cm_merkle_edge_push(&check->edge, &leaf))
		return CM_BUG;
	if (row->index % CM_MERKLE_TILE_WIDTH == CM_MERKLE_TILE_WIDTH - 1)
		r = cm_check_tile(check, row->index / CM_MERKLE_TILE_WIDTH);
	if (r == CM_OK && check->edge.size == check->next_head) {
		struct cm_hash now = cm_merkle_edge_root(&check->edge);
		r = cm_hash_equal(&now, &check->head_root) ? cm_check_next_head(check)
		                                           : cm_check_damaged(check, "head", check->edge.size);
	}
	return r;
}

static cm_result
cm_check_entries(struct cm_check *check, uint64_t size)
{
	cm_result r = cm_check_next_head(check);
	for (uint64_t i = 0; r == CM_OK && i < size; i++) {
		struct cm_arena arena = {0};
		struct cm_log_act row;
		bool found = false;
		r = cm_log_act_at(check->db, i, &arena, check->report, &row, &found);
		if (r == CM_OK && !found)
			r = cm_check_damaged(check, "act", i);
		if (r == CM_OK)
			r = cm_check_entry(check, &row);
		cm_arena_fini(&arena);
	}
	return r == CM_OK && check->next_head != 0 ? cm_check_damaged(check, "head", check->next_head) : r;
}

static cm_result
cm_check_blobs(struct cm_store *store, struct cm_check *check)
{
	struct cm_db_stmt *stmt;
	bool more = true;
	cm_result r = cm_db_stmt(check->db, "SELECT sha256, length FROM blob", check->report, &stmt);
	while (r == CM_OK) {
		uint64_t length = 0;
		struct cm_hash sha256;
		CM_FILE_AUTO int fd = -1;
		r = cm_db_step(stmt, check->report, &more);
		if (r != CM_OK || !more)
			break;
		struct cm_view digest = cm_db_bytes(stmt, 0);
		if (digest.n != sizeof sha256.b) {
			r = cm_check_damaged(check, "blob", 0);
			break;
		}
		memcpy(sha256.b, digest.p, digest.n);
		r = cm_blobs_open(store->home, &sha256, check->report, &fd, &length);
		if (r == CM_OK && length != (uint64_t)cm_db_number(stmt, 1))
			r = cm_check_damaged(check, "blob", length);
	}
	if (r != CM_OK && more)
		cm_db_reset(stmt);
	return r;
}

cm_result
cm_store_check(struct cm_store *store, struct cm_report *report)
{
	struct cm_merkle_head head;
	CM_AUTO struct cm_check *check = cm_mem_new(sizeof *check);
	if (check == NULL)
		return CM_NOMEM;
	check->report = report;
	check->db = cm_readers_take(store);
	cm_result r = cm_db_exec(check->db, "BEGIN", report);
	if (r == CM_OK) {
		r = cm_log_last_head(check->db, report, &head, NULL);
		if (r == CM_OK)
			r = cm_check_entries(check, head.size);
		if (r == CM_OK)
			r = cm_check_blobs(store, check);
		cm_result_ignore(cm_db_exec(check->db, "COMMIT", NULL), "nothing was written");
	}
	cm_readers_give(store, check->db);
	return r;
}
