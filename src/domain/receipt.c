// Knows: how act file, record, entry, proof, head and key hang together. Does not know: files, clocks, which keys are to
// be trusted (the caller lists them). Serves doc/spec/register.md section 6.
#include "base/mem.h"
#include "crypto/statement.h"
#include "domain/receipt.h"
#include "format/checkpoint.h"
#include "format/proof.h"

#include <string.h>

// The first of the keys that signed as a log (not as a witness) under the checkpoint's own origin.
static bool
cm_receipt_log_key(const struct cm_receipt_question *q, const struct cm_note_signers *signers, struct cm_view origin,
                   size_t *ret_key)
{
	for (size_t i = 0; i < q->key_count; i++)
		if (signers->signed_by[i] && q->keys[i].type == CM_NOTE_ED25519 &&
		    cm_view_is(origin, q->keys[i].name)) {
			*ret_key = i;
			return true;
		}
	return false;
}

// Judges the signed head and gives what it says.
static cm_result
cm_receipt_head(const struct cm_receipt_question *q, struct cm_view bytes, struct cm_report *report,
                struct cm_receipt_told *told)
{
	CM_AUTO struct cm_note *note = cm_mem_new(sizeof *note);
	CM_AUTO struct cm_note_signers *signers = cm_mem_new(sizeof *signers);
	if (note == NULL || signers == NULL)
		return CM_NOMEM;
	struct cm_checkpoint checkpoint;
	struct cm_report inner = {0};
	cm_result r = cm_note_read(bytes, report, note);
	if (r == CM_OK)
		r = cm_checkpoint_read(note->text, report, &checkpoint);
	if (r != CM_OK)
		return r;
	r = cm_note_verify(note, q->keys, q->key_count, &inner, signers);
	if (r == CM_REFUSED && cm_report_has(&inner, CM_ERROR_NOTE_UNSIGNED))
		return cm_report_refuse(report, CM_ERROR_RECEIPT_LOG_UNLISTED, "origin", "%.*s",
		                        CM_VIEW_ARG(checkpoint.origin));
	if (r != CM_OK) {
		if (report != NULL)
			cm_report_join(report, &inner);
		return r;
	}
	if (!cm_receipt_log_key(q, signers, checkpoint.origin, &told->key))
		return cm_report_refuse(report, CM_ERROR_RECEIPT_LOG_UNLISTED, "origin", "%.*s",
		                        CM_VIEW_ARG(checkpoint.origin));
	if (checkpoint.origin.n >= sizeof told->origin)
		return cm_report_refuse(report, CM_ERROR_CHECKPOINT_FORM, "line 1", "%zu bytes", checkpoint.origin.n);
	memcpy(told->origin, checkpoint.origin.p, checkpoint.origin.n);
	told->origin[checkpoint.origin.n] = 0;
	told->size = checkpoint.size;
	memcpy(told->root.b, checkpoint.root, sizeof told->root.b);
	for (size_t i = 0; i < q->key_count; i++)
		if (signers->signed_by[i] && signers->time[i] > told->time)
			told->time = signers->time[i];
	return CM_OK;
}

cm_result
cm_receipt_verify(const struct cm_receipt_question *question, struct cm_report *report,
                  struct cm_receipt_told *ret_told)
{
	CM_AUTO struct cm_proof *proof = cm_mem_new(sizeof *proof);
	CM_AUTO struct cm_merkle_proof *path = cm_mem_new(sizeof *path);
	if (proof == NULL || path == NULL)
		return CM_NOMEM;
	struct cm_receipt_told told = {0};
	cm_result r = cm_proof_read(question->proof, report, proof);
	if (r == CM_OK)
		r = cm_receipt_head(question, proof->note, report, &told);
	if (r != CM_OK)
		return r;
	told.index = proof->index;
	told.leaf = cm_merkle_leaf(question->entry);
	path->count = proof->count;
	for (size_t i = 0; i < proof->count; i++)
		memcpy(path->hashes[i].b, proof->hashes[i], CM_HASH_SIZE);
	r = cm_merkle_inclusion_verify(told.index, told.size, &told.leaf, path, &told.root, report);
	if (r == CM_OK)
		*ret_told = told;
	return r;
}

cm_result
cm_receipt_root(const struct cm_act_file *act, struct cm_hash512 *ret_root)
{
	struct cm_hash512 commitments[CM_ACT_RECORD_SLOTS];
	for (size_t i = 0; i < CM_ACT_SLOTS; i++) {
		const struct cm_act_slot *slot = &act->slots[i];
		memcpy(commitments[i].b, slot->commitment, sizeof commitments[i].b);
		if (!slot->open)
			continue;
		struct cm_view name = cm_view_text(cm_act_field_row(CM_ACT_FIELD_OF(i))->name);
		cm_result r = cm_act_record_commit(slot->salt, name, slot->value, &commitments[i]);
		if (r != CM_OK)
			return r;
	}
	*ret_root = cm_act_record_root(commitments);
	return CM_OK;
}

cm_result
cm_receipt_entry(const struct cm_act_file *act, uint8_t ret_entry[CM_ACT_RECORD_ENTRY])
{
	struct cm_hash512 root;
	cm_result r = cm_receipt_root(act, &root);
	if (r == CM_OK)
		cm_act_record_entry(&root, ret_entry);
	return r;
}

// The batch's root by the way that the file gives: the iterative rule of RFC 9162 section 2.1.3.2.
static bool
cm_receipt_batch_root(const struct cm_act_file *act, struct cm_hash root, struct cm_hash *ret_root)
{
	uint64_t at = act->index, last = act->count - 1;
	if (act->count == 0 || act->index >= act->count)
		return false;
	for (size_t i = 0; i < act->path_count; i++) {
		struct cm_hash sibling;
		memcpy(sibling.b, act->path[i], sizeof sibling.b);
		if (last == 0)
			return false;
		if ((at & 1) != 0 || at == last) {
			root = cm_merkle_node(&sibling, &root);
			while ((at & 1) == 0 && at != 0) {
				at >>= 1;
				last >>= 1;
			}
		} else {
			root = cm_merkle_node(&root, &sibling);
		}
		at >>= 1;
		last >>= 1;
	}
	*ret_root = root;
	return last == 0;
}

cm_result
cm_receipt_act_signed(const struct cm_act_file *act, const struct cm_key_public *key, struct cm_report *report)
{
	struct cm_hash512 record;
	struct cm_hash root;
	cm_result r = cm_receipt_root(act, &record);
	if (r != CM_OK)
		return r;
	if (!cm_receipt_batch_root(act, cm_act_record_leaf(&record), &root))
		return cm_report_refuse(report, CM_ERROR_MERKLE_INCLUSION, "batch", "%zu hashes", act->path_count);
	struct cm_buf statement = cm_buf_of(CM_STATEMENT_ACTS);
	cm_statement_acts(&root, act->count, act->time, &statement);
	r = cm_buf_result(&statement);
	struct cm_key_signature sig;
	memcpy(sig.b, act->signature, sizeof sig.b);
	if (r == CM_OK)
		r = cm_key_verify(key, cm_buf_view(&statement), &sig, NULL);
	cm_buf_fini(&statement);
	if (r == CM_REFUSED)
		return cm_report_refuse(report, CM_ERROR_ACT_SIGNATURE, "batch", "record %llu of %llu",
		                        (unsigned long long)act->index + 1, (unsigned long long)act->count);
	return r;
}

cm_result
cm_receipt_act_verify(const struct cm_act_file *act, const struct cm_receipt_question *question,
                      struct cm_report *report, struct cm_receipt_told *ret_told)
{
	uint8_t entry[CM_ACT_RECORD_ENTRY];
	cm_result r = cm_receipt_entry(act, entry);
	if (r != CM_OK)
		return r;
	struct cm_receipt_question q = *question;
	q.entry = cm_view_of(entry, sizeof entry);
	struct cm_report inner = {0};
	r = cm_receipt_verify(&q, &inner, ret_told);
	// Everything about the proof is genuine, but its leaf is another one than this act's.
	if (r == CM_REFUSED && cm_report_has(&inner, CM_ERROR_MERKLE_INCLUSION))
		return cm_report_refuse(report, CM_ERROR_RECEIPT_OTHER_ACT, "leaf", "not the act's");
	if (r != CM_OK && report != NULL)
		cm_report_join(report, &inner);
	return r;
}
