// Knows: what a start has to find, and to finish: head signature, right edge, newest entries; entries that were committed
// but not signed; answers that were not made; blobs without a row. Does not know: why the process ended. Serves
// doc/spec/register.md section 5, DECISIONS "Acts and the register" (start-up checks).
#include "base/mem.h"
#include "format/checkpoint.h"
#include "domain/receipt.h"
#include "os/clock.h"
#include "store/act_body.h"
#include "store/blobs.h"
#include "store/inside.h"

#include <inttypes.h>
#include <string.h>

static cm_result
cm_recover_damaged(struct cm_report *report, const char *place, uint64_t at)
{
	return cm_report_refuse(report, CM_ERROR_STORE_DAMAGED, place, "%" PRIu64, at);
}

// The newest head is signed by our key and says what the tables say.
static cm_result
cm_recover_head(struct cm_store *store, struct cm_report *report, struct cm_buf *bytes)
{
	CM_AUTO struct cm_note *note = cm_mem_new(sizeof *note);
	CM_AUTO struct cm_note_signers *signers = cm_mem_new(sizeof *signers);
	struct cm_checkpoint says;
	if (note == NULL || signers == NULL)
		return CM_NOMEM;
	cm_result r = cm_log_last_head(store->db, report, &store->head, bytes);
	if (r != CM_OK || store->head.size == 0)
		return r;
	r = cm_note_read(cm_buf_view(bytes), report, note);
	if (r == CM_OK)
		r = cm_note_verify(note, &store->log, 1, report, signers);
	if (r == CM_OK)
		r = cm_checkpoint_read(note->text, report, &says);
	if (r != CM_OK)
		return r;
	if (says.size != store->head.size || memcmp(says.root, store->head.root.b, sizeof says.root) != 0)
		return cm_recover_damaged(report, "head", store->head.size);
	return CM_OK;
}

static bool
cm_recover_entry(void *context, uint64_t index, struct cm_view entry)
{
	struct cm_store *store = context;
	struct cm_arena arena = {0};
	struct cm_log_act row;
	CM_AUTO struct cm_act_file *file = cm_mem_new(sizeof *file);
	struct cm_hash512 root;
	uint8_t bytes[CM_ACT_RECORD_ENTRY];
	bool found = false;
	bool good = file != NULL && cm_log_act_at(store->check, index, &arena, NULL, &row, &found) == CM_OK && found &&
	            cm_act_body_read(row.body, file) && cm_receipt_root(file, &root) == CM_OK;
	if (good)
		cm_act_record_entry(&root, bytes);
	cm_arena_fini(&arena);
	return good && cm_view_equal(entry, cm_view_of(bytes, sizeof bytes));
}

// The edge gives the root of the head; the newest entries open to their acts; the last full tile hashes upward.
static cm_result
cm_recover_end(struct cm_store *store, struct cm_report *report)
{
	struct cm_log_source log = {.db = store->check, .report = report};
	struct cm_merkle_source source = cm_log_source_of(&log);
	uint64_t size = store->head.size, tiles = size / CM_MERKLE_TILE_WIDTH;
	cm_result r = cm_merkle_edge_make(&source, size, &store->proved);
	if (r != CM_OK)
		return r;
	struct cm_hash root = cm_merkle_edge_root(&store->proved);
	if (size != 0 && !cm_hash_equal(&root, &store->head.root))
		return cm_recover_damaged(report, "root", size);
	uint64_t newest = size < CM_LIMIT_STORE_CHECK_ENTRIES_VALUE ? size : CM_LIMIT_STORE_CHECK_ENTRIES_VALUE;
	r = cm_log_entries(store->db, size - newest, newest, report, cm_recover_entry, store);
	if (r == CM_OK && tiles != 0) {
		struct cm_hash leaves[CM_MERKLE_TILE_WIDTH], node;
		r = cm_log_leaves(store->check, (tiles - 1) * CM_MERKLE_TILE_WIDTH, CM_MERKLE_TILE_WIDTH, report, leaves);
		if (r == CM_OK)
			r = cm_log_nodes(store->check, 1, tiles - 1, 1, report, &node);
		root = cm_merkle_root(leaves, CM_MERKLE_TILE_WIDTH);
		if (r == CM_OK && !cm_hash_equal(&root, &node))
			r = cm_recover_damaged(report, "tile", tiles - 1);
	}
	return r;
}

// Entries that a COMMIT kept and no head covers yet: one batch. The keeper signs the same head again if it did before.
static cm_result
cm_recover_unsigned(struct cm_store *store, uint64_t size, struct cm_report *report)
{
	bool found;
	struct cm_cycle *cycle = cm_mem_new(sizeof *cycle);
	uint64_t count = size - store->head.size;
	if (cycle == NULL)
		return CM_NOMEM;
	cycle->older = store->head;
	cycle->newer.size = size;
	cycle->newer.root = cm_merkle_edge_root(&store->reg.edge);
	cycle->leaves = cm_mem_new_many((size_t)count, sizeof *cycle->leaves);
	cm_result r = cycle->leaves == NULL ? CM_NOMEM : CM_OK;
	if (r == CM_OK)
		r = cm_log_entries(store->db, store->head.size, count, report, cm_recover_entry, store);
	if (r == CM_OK)
		r = cm_log_leaves(store->db, store->head.size, (size_t)count, report, cycle->leaves);
	if (r == CM_OK)
		r = cm_log_batch_of(store->db, store->head.size, report, &cycle->batch, &found);
	if (r == CM_OK && (!found || cycle->batch.first != store->head.size || cycle->batch.count != count))
		r = cm_recover_damaged(report, "batch", store->head.size);
	if (r == CM_OK)
		r = cm_cycle_sign(store, cycle, report);
	if (r == CM_OK)
		r = cm_cycle_write(store, cycle, &(struct cm_cycle){0}, report);
	cm_cycle_free(cycle);
	return r;
}

struct cm_recover_answer {
	struct cm_store *store;
	struct cm_arena arena;
	struct cm_store_reply_job job;
	uint64_t first, acts;
	struct cm_buf note;
};

static cm_result
cm_recover_next_answer(struct cm_recover_answer *a, struct cm_report *report, bool *ret_more)
{
	struct cm_db_stmt *stmt;
	cm_result r = cm_db_stmt(a->store->db,
	                         "SELECT sender, \"transaction\", context, coalesce(first, 0), coalesce(acts, 0)"
	                         " FROM reply WHERE length(answer) = 0 LIMIT 1",
	                         report, &stmt);
	if (r == CM_OK)
		r = cm_db_step(stmt, report, ret_more);
	if (r != CM_OK || !*ret_more)
		return r;
	a->job.sender = cm_arena_copy(&a->arena, cm_db_bytes(stmt, 0));
	a->job.transaction = cm_arena_copy(&a->arena, cm_db_bytes(stmt, 1));
	a->job.context = cm_arena_copy(&a->arena, cm_db_bytes(stmt, 2));
	a->first = (uint64_t)cm_db_number(stmt, 3);
	a->acts = (uint64_t)cm_db_number(stmt, 4);
	cm_db_reset(stmt);
	return a->arena.failed ? CM_NOMEM : CM_OK;
}

static cm_result
cm_recover_answer(struct cm_recover_answer *a, struct cm_report *report)
{
	struct cm_store *store = a->store;
	struct cm_db_stmt *stmt;
	struct cm_store_receipt *receipts = cm_arena_new_many(&a->arena, (size_t)a->acts, sizeof *receipts);
	struct cm_receipt_load from = {.db = store->db, .head = &store->head, .arena = &a->arena,
	                               .note = cm_buf_view(&a->note)};
	bool found = true;
	cm_result r = CM_OK;
	for (uint64_t i = 0; r == CM_OK && i < a->acts; i++) {
		r = cm_receipt_load_at(&from, a->first + i, report, &receipts[i], &found);
		if (r == CM_OK && !found)
			r = cm_recover_damaged(report, "act", a->first + i);
	}
	a->job.receipts = receipts;
	a->job.receipt_count = (size_t)a->acts;
	a->job.answer = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE);
	if (r == CM_OK)
		r = store->options.reply == NULL ? CM_BUG : store->options.reply(store->options.self, &a->job, 1, report);
	if (r == CM_OK)
		r = a->job.answer.n == 0 ? CM_BUG : cm_buf_result(&a->job.answer);
	if (r == CM_OK)
		r = cm_db_stmt(store->db, "UPDATE reply SET answer = ?3 WHERE sender = ?1 AND \"transaction\" = ?2",
		               report, &stmt);
	if (r == CM_OK) {
		cm_db_bind_text(stmt, 1, a->job.sender);
		cm_db_bind_text(stmt, 2, a->job.transaction);
		cm_db_bind_bytes(stmt, 3, cm_buf_view(&a->job.answer));
		r = cm_db_run(stmt, report);
	}
	cm_buf_fini(&a->job.answer);
	return r;
}

static cm_result
cm_recover_answers(struct cm_store *store, struct cm_report *report)
{
	cm_result r = CM_OK;
	for (bool more = true; r == CM_OK && more;) {
		struct cm_recover_answer a = {.store = store, .note = cm_buf_of(CM_LIMIT_NOTE_BYTES_VALUE)};
		struct cm_merkle_head head;
		r = cm_recover_next_answer(&a, report, &more);
		if (r == CM_OK && more)
			r = cm_log_last_head(store->db, report, &head, &a.note);
		if (r == CM_OK && more)
			r = cm_recover_answer(&a, report);
		cm_buf_fini(&a.note);
		cm_arena_fini(&a.arena);
	}
	return r;
}

// A blob with a row; or one that a delivery waits for: it came whole, and the crash was before its row.
static bool
cm_recover_keeps_blob(void *self, const struct cm_hash *sha256)
{
	struct cm_store *store = self;
	struct cm_db_stmt *stmt;
	bool found = true;
	if (cm_db_stmt(store->db, "SELECT 1 FROM blob WHERE sha256 = ?1 UNION ALL SELECT 1 FROM delivery WHERE blob = ?1",
	               NULL, &stmt) != CM_OK)
		return true;
	cm_db_bind_bytes(stmt, 1, cm_hash_view(sha256));
	if (cm_db_step(stmt, NULL, &found) != CM_OK)
		return true;
	cm_db_reset(stmt);
	return found;
}

// A part belongs to a delivery that is being pulled; it carries the delivery's identifier as its name.
static bool
cm_recover_keeps_part(void *self, struct cm_view name)
{
	struct cm_store *store = self;
	struct cm_db_stmt *stmt;
	bool found = true;
	if (cm_db_stmt(store->db, "SELECT 1 FROM delivery WHERE id = ?1", NULL, &stmt) != CM_OK)
		return true;
	cm_db_bind_text(stmt, 1, name);
	if (cm_db_step(stmt, NULL, &found) != CM_OK)
		return true;
	cm_db_reset(stmt);
	return found;
}

// What was left over while nobody looked.
static cm_result
cm_recover_tidy(struct cm_store *store, struct cm_report *report)
{
	size_t removed;
	struct cm_blobs_keep keep = {.blob = cm_recover_keeps_blob, .part = cm_recover_keeps_part, .self = store};
	struct cm_instant before = {.us = cm_clock_utc().us - CM_LIMIT_STORE_REPLY_DAYS_VALUE * CM_INSTANT_DAY};
	cm_result r = cm_put_prune(store->db, before, report);
	return r == CM_OK ? cm_blobs_sweep(store->home, &keep, report, &removed) : r;
}

cm_result
cm_recover_run(struct cm_store *store, struct cm_report *report)
{
	struct cm_buf note = cm_buf_of(CM_LIMIT_NOTE_BYTES_VALUE);
	uint64_t size = 0;
	cm_result r = cm_recover_head(store, report, &note);
	cm_buf_fini(&note);
	if (r == CM_OK)
		r = cm_recover_end(store, report);
	if (r == CM_OK)
		r = cm_log_size(store->db, report, &size);
	if (r == CM_OK && size < store->head.size)
		r = cm_recover_damaged(report, "entries", size);
	if (r == CM_OK)
		r = cm_register_load(store->db, size, report, &store->reg);
	if (r == CM_OK)
		r = cm_log_last_time(store->db, report, &store->last_at);
	if (r == CM_OK && size > store->head.size)
		r = cm_recover_unsigned(store, size, report);
	if (r == CM_OK)
		r = cm_recover_answers(store, report);
	if (r == CM_OK)
		r = cm_recover_tidy(store, report);
	store->committed = store->head.size;
	return r;
}
