// Knows: how an act that is in the database long since gets a receipt to the newest head. Does not know: what it is for.
// Serves doc/spec/register.md section 6.
#include "format/proof.h"
#include "store/act_body.h"
#include "store/inside.h"

#include <string.h>

cm_result
cm_receipt_load_text(struct cm_arena *arena, uint64_t index, const struct cm_merkle_proof *path, struct cm_view note,
                     struct cm_view *ret_text)
{
	struct cm_proof proof = {.index = index, .count = path->count, .note = note};
	for (size_t i = 0; i < path->count; i++)
		memcpy(proof.hashes[i], path->hashes[i].b, sizeof proof.hashes[i]);
	struct cm_buf text = cm_buf_of(CM_LIMIT_PROOF_BYTES_VALUE);
	cm_proof_write(&proof, &text);
	cm_result r = cm_buf_result(&text);
	if (r == CM_OK)
		*ret_text = cm_arena_copy(arena, cm_buf_view(&text));
	cm_buf_fini(&text);
	return r == CM_OK && arena->failed ? CM_NOMEM : r;
}

struct cm_receipt_load_records {
	struct cm_hash *next;
};

static bool
cm_receipt_load_record(void *context, uint64_t index, struct cm_view entry)
{
	struct cm_receipt_load_records *records = context;
	struct cm_hash512 root;
	(void)index;
	if (entry.n != CM_ACT_RECORD_ENTRY)
		return false;
	memcpy(root.b, entry.p + entry.n - sizeof root.b, sizeof root.b);
	*records->next++ = cm_act_record_leaf(&root);
	return true;
}

// The batch's signature and the way of this record to its root.
static cm_result
cm_receipt_load_batch(const struct cm_receipt_load *from, const struct cm_log_batch *batch, uint64_t index,
                      struct cm_report *report, struct cm_act_file *file)
{
	struct cm_hash *leaves = cm_arena_new_many(from->arena, (size_t)batch->count, sizeof *leaves);
	struct cm_receipt_load_records records = {.next = leaves};
	struct cm_merkle_edge none = {0};
	struct cm_merkle_proof path;
	struct cm_paths paths;
	if (leaves == NULL)
		return CM_NOMEM;
	cm_result r = cm_log_entries(from->db, batch->first, batch->count, report, cm_receipt_load_record, &records);
	if (r == CM_OK)
		r = cm_paths_init(&none, leaves, (size_t)batch->count, &paths);
	if (r != CM_OK)
		return r;
	cm_paths_proof(&paths, index - batch->first, &path);
	cm_paths_fini(&paths);
	file->index = index - batch->first;
	file->count = batch->count;
	file->time = batch->time;
	file->path_count = path.count;
	for (size_t i = 0; i < path.count; i++)
		memcpy(file->path[i], path.hashes[i].b, sizeof file->path[i]);
	memcpy(file->signature, batch->signature, sizeof file->signature);
	memcpy(file->certificate, batch->certificate.b, sizeof file->certificate);
	return CM_OK;
}

cm_result
cm_receipt_load_at(const struct cm_receipt_load *from, uint64_t index, struct cm_report *report,
                   struct cm_store_receipt *ret_receipt, bool *ret_found)
{
	struct cm_log_source log = {.db = from->db, .report = report};
	struct cm_merkle_source source = cm_log_source_of(&log);
	struct cm_log_act row;
	struct cm_log_batch batch;
	struct cm_merkle_proof path;
	struct cm_store_act *act = cm_arena_new(from->arena, sizeof *act);
	bool found = false;
	if (act == NULL)
		return CM_NOMEM;
	*ret_found = false;
	if (index >= from->head->size)
		return CM_OK;
	cm_result r = cm_log_act_at(from->db, index, from->arena, report, &row, &found);
	if (r == CM_OK && found)
		r = cm_log_batch_of(from->db, index, report, &batch, &found);
	if (r != CM_OK || !found || !batch.is_signed)
		return r;
	if (!cm_act_body_read(row.body, &act->file))
		return cm_report_refuse(report, CM_ERROR_STORE_DAMAGED, "act", "%llu", (unsigned long long)index);
	act->index = index;
	act->leaf = cm_merkle_leaf(row.entry);
	r = cm_receipt_load_batch(from, &batch, index, report, &act->file);
	if (r == CM_OK)
		r = cm_merkle_inclusion_make(&source, index, from->head->size, &path);
	if (r == CM_OK)
		r = cm_receipt_load_text(from->arena, index, &path, from->note, &ret_receipt->proof);
	if (r == CM_OK) {
		ret_receipt->act = act;
		*ret_found = true;
	}
	return r;
}
