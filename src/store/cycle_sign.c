// Knows: the way from committed entries to a signed head: read back through another connection, recompute by other code,
// prove, only then ask for the signature. Does not know: keys, or how an answer is worded. Serves doc/spec/register.md
// section 5; invariants I2, I5 of transparency logs.
#include "base/mem.h"
#include "format/checkpoint.h"
#include "os/clock.h"
#include "store/act_body.h"
#include "store/inside.h"

#include <string.h>

struct cm_cycle_back {
	struct cm_merkle_edge edge;
	const struct cm_hash *leaves; // as computed before the transaction
	uint64_t first;
};

static bool
cm_cycle_back(void *context, uint64_t index, struct cm_view entry)
{
	struct cm_cycle_back *back = context;
	struct cm_hash leaf = cm_merkle_leaf(entry);
	return cm_hash_equal(&leaf, &back->leaves[index - back->first]) && cm_merkle_edge_push(&back->edge, &leaf);
}

// What is on disk gives the root that was computed, and extends the head before.
static cm_result
cm_cycle_prove(struct cm_store *store, struct cm_cycle *cycle, struct cm_merkle_proof *ret_proof,
               struct cm_report *report)
{
	struct cm_cycle_back back = {.edge = store->proved, .leaves = cycle->leaves, .first = cycle->older.size};
	cm_result r = cm_log_entries(store->check, cycle->older.size, cycle->batch.count, report, cm_cycle_back, &back);
	if (r != CM_OK)
		return r;
	struct cm_hash root = cm_merkle_edge_root(&back.edge), paths = cm_paths_root(&cycle->paths);
	if (!cm_hash_equal(&root, &cycle->newer.root) || !cm_hash_equal(&paths, &cycle->newer.root))
		return cm_report_refuse(report, CM_ERROR_STORE_DAMAGED, "root", "differs after reading back");
	cm_paths_consistency(&cycle->paths, ret_proof);
	r = cm_merkle_consistency_verify(&cycle->older, &cycle->newer, ret_proof, report);
	if (r == CM_OK)
		store->proved = back.edge;
	return r;
}

// The note must say what was asked, under the log's key.
static cm_result
cm_cycle_note_check(struct cm_store *store, const struct cm_cycle *cycle, struct cm_report *report)
{
	CM_AUTO struct cm_note *note = cm_mem_new(sizeof *note);
	CM_AUTO struct cm_note_signers *signers = cm_mem_new(sizeof *signers);
	struct cm_checkpoint says;
	if (note == NULL || signers == NULL)
		return CM_NOMEM;
	cm_result r = cm_note_read(cm_view_of(cycle->head.note, cycle->head.note_n), report, note);
	if (r == CM_OK)
		r = cm_note_verify(note, &store->log, 1, report, signers);
	if (r == CM_OK)
		r = cm_checkpoint_read(note->text, report, &says);
	if (r != CM_OK)
		return r;
	bool same = says.size == cycle->newer.size && memcmp(says.root, cycle->newer.root.b, sizeof says.root) == 0 &&
	            cm_view_is(says.origin, store->log.name);
	return same ? CM_OK : cm_report_refuse(report, CM_ERROR_STORE_DAMAGED, "head", "another head was signed");
}

// Dated when it is signed: the keeper dates nothing back, and a machine may have slept since the COMMIT, or just now.
static cm_result
cm_cycle_date(struct cm_store *store, struct cm_cycle *cycle, struct cm_store_sign *job, struct cm_report *report)
{
	cm_result r = CM_REFUSED;
	for (int tries = 0; tries == 0 || (tries == 1 && r == CM_REFUSED && cm_report_has(report, CM_ERROR_KEEPER_TIME)); tries++) {
		struct cm_instant now = cm_clock_utc();
		if (cycle->batch.time.us < now.us)
			cycle->batch.time = now;
		job->batch_time = cycle->batch.time;
		if (report != NULL && tries == 1)
			cm_report_clear(report);
		r = store->options.sign(store->options.self, job, report, &cycle->head);
	}
	return r;
}

static cm_result
cm_cycle_ask(struct cm_store *store, struct cm_cycle *cycle, struct cm_report *report)
{
	struct cm_store_sign job = {.batch_root = cycle->batch.root,
	                            .batch_count = cycle->batch.count,
	                            .origin = cm_view_text(store->log.name),
	                            .older = cycle->older,
	                            .newer = cycle->newer};
	cm_result r = cm_cycle_prove(store, cycle, &job.consistency, report);
	if (r == CM_OK)
		r = cm_cycle_date(store, cycle, &job, report);
	if (r == CM_OK)
		r = cm_cycle_note_check(store, cycle, report);
	if (r != CM_OK)
		return r;
	memcpy(cycle->batch.signature, cycle->head.batch_signature, sizeof cycle->batch.signature);
	cycle->batch.certificate = cycle->head.certificate;
	cycle->batch.is_signed = true;
	store->head = cycle->newer;
	return CM_OK;
}

static cm_result
cm_cycle_receipt(const struct cm_cycle *cycle, const struct cm_paths *batch, struct cm_job *job, size_t n)
{
	struct cm_store_act *act = &job->acts[n].act;
	struct cm_act_file *file = &act->file;
	struct cm_merkle_proof path;
	cm_paths_proof(batch, act->index - cycle->batch.first, &path);
	file->index = act->index - cycle->batch.first;
	file->count = cycle->batch.count;
	file->time = cycle->batch.time;
	file->path_count = path.count;
	for (size_t i = 0; i < path.count; i++)
		memcpy(file->path[i], path.hashes[i].b, sizeof file->path[i]);
	memcpy(file->signature, cycle->batch.signature, sizeof file->signature);
	memcpy(file->certificate, cycle->batch.certificate.b, sizeof file->certificate);
	cm_paths_proof(&cycle->paths, act->index, &path);
	job->receipts[n].act = act;
	return cm_receipt_load_text(&job->change->arena, act->index, &path,
	                            cm_view_of(cycle->head.note, cycle->head.note_n), &job->receipts[n].proof);
}

static cm_result
cm_cycle_receipts(struct cm_cycle *cycle)
{
	struct cm_merkle_edge none = {0};
	struct cm_paths batch;
	cm_result r = cm_paths_init(&none, cycle->records, (size_t)cycle->batch.count, &batch);
	if (r != CM_OK)
		return r;
	for (struct cm_job *job = cycle->jobs; r == CM_OK && job != NULL; job = job->next) {
		if (job->result != CM_OK || job->acts == NULL)
			continue;
		size_t n = job->change->act_count;
		job->receipts = cm_arena_new_many(&job->change->arena, n, sizeof *job->receipts);
		r = job->receipts == NULL ? CM_NOMEM : CM_OK;
		for (size_t i = 0; r == CM_OK && i < n; i++)
			r = cm_cycle_receipt(cycle, &batch, job, i);
	}
	cm_paths_fini(&batch);
	return r;
}

static bool
cm_cycle_answers(const struct cm_job *job)
{
	return job->result == CM_OK && !job->repeated && job->change->reply != NULL;
}

// All answers of the batch at once, so that they can be signed together.
static cm_result
cm_cycle_reply_all(struct cm_store *store, struct cm_cycle *cycle, struct cm_report *report)
{
	size_t count = 0, n = 0;
	for (const struct cm_job *job = cycle->jobs; job != NULL; job = job->next)
		count += cm_cycle_answers(job);
	if (count == 0)
		return CM_OK;
	if (store->options.reply == NULL)
		return CM_BUG;
	CM_AUTO struct cm_store_reply_job *jobs = cm_mem_new_many(count, sizeof *jobs);
	if (jobs == NULL)
		return CM_NOMEM;
	for (const struct cm_job *job = cycle->jobs; job != NULL; job = job->next)
		if (cm_cycle_answers(job)) {
			const struct cm_store_reply *reply = job->change->reply;
			jobs[n++] = (struct cm_store_reply_job){
			        .sender = reply->sender,
			        .transaction = reply->transaction,
			        .context = reply->context,
			        .receipts = job->receipts,
			        .receipt_count = job->receipts == NULL ? 0 : job->change->act_count,
			        .answer = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE)};
		}
	cm_result r = store->options.reply(store->options.self, jobs, count, report);
	n = 0;
	for (struct cm_job *job = cycle->jobs; job != NULL; job = job->next)
		if (cm_cycle_answers(job)) {
			job->answer = jobs[n++].answer;
			if (r == CM_OK)
				r = job->answer.n == 0 ? CM_BUG : cm_buf_result(&job->answer);
		}
	return r;
}

cm_result
cm_cycle_sign(struct cm_store *store, struct cm_cycle *cycle, struct cm_report *report)
{
	cm_result r = CM_OK;
	if (cycle->batch.count != 0) {
		r = cm_paths_init(&store->proved, cycle->leaves, (size_t)cycle->batch.count, &cycle->paths);
		if (r == CM_OK)
			r = cm_cycle_ask(store, cycle, report);
		if (r == CM_OK && cycle->jobs != NULL) // none: a start signs what a crash left
			r = cm_cycle_receipts(cycle);
	}
	return r == CM_OK ? cm_cycle_reply_all(store, cycle, report) : r;
}
