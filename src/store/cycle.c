// Knows: what one transaction of the writer holds: the end of the batch before, then the rows and acts of each change,
// each in a savepoint of its own so that a refused one leaves no trace. Does not know: threads, signatures. Serves
// doc/spec/register.md section 5, DECISIONS "Acts and the register" (group commit on demand).
#include "base/mem.h"
#include "os/clock.h"
#include "os/rand.h"
#include "base/text.h"
#include "store/act_body.h"
#include "store/inside.h"

#include <string.h>

// Has this transaction been answered? Sets the job's answer, its refusal, or that it has to wait for the next cycle.
static cm_result
cm_cycle_known(struct cm_store *store, struct cm_job *job, struct cm_report *report, bool *ret_known)
{
	const struct cm_store_reply *reply = job->change->reply;
	struct cm_db_stmt *stmt;
	bool row;
	cm_result r = cm_db_stmt(store->db,
	                         "SELECT digest, answer FROM reply WHERE sender = ?1 AND \"transaction\" = ?2", report,
	                         &stmt);
	if (r != CM_OK)
		return r;
	cm_db_bind_text(stmt, 1, reply->sender);
	cm_db_bind_text(stmt, 2, reply->transaction);
	r = cm_db_step(stmt, report, &row);
	if (r != CM_OK)
		return r;
	*ret_known = row;
	if (!row)
		return CM_OK;
	struct cm_view answer = cm_db_bytes(stmt, 1);
	if (!cm_view_equal(cm_db_bytes(stmt, 0), cm_hash_view(&reply->digest))) {
		job->result = cm_report_refuse(job->report, CM_ERROR_STORE_TRANSACTION_REUSED, "transaction", "%.*s",
		                               CM_VIEW_ARG(reply->transaction));
	} else if (answer.n == 0) {
		job->deferred = true; // the first of its kind is in this very batch
	} else {
		job->repeated = true;
		cm_buf_view_add(&job->answer, answer);
		r = cm_buf_result(&job->answer);
	}
	cm_db_reset(stmt);
	return r;
}

static cm_result
cm_cycle_room(struct cm_cycle *cycle, size_t more)
{
	size_t want = (size_t)cycle->batch.count + more;
	if (want <= cycle->room)
		return CM_OK;
	want = want < 64 ? 64 : 2 * want;
	struct cm_hash *leaves = cm_mem_resize(cycle->leaves, want * sizeof *leaves);
	if (leaves == NULL)
		return CM_NOMEM;
	cycle->leaves = leaves;
	struct cm_hash *records = cm_mem_resize(cycle->records, want * sizeof *records);
	if (records == NULL)
		return CM_NOMEM;
	cycle->records = records;
	cycle->room = want;
	return CM_OK;
}

// Completes the values of an act with what the store says itself, and makes its record.
static cm_result
cm_cycle_act_make(struct cm_store *store, struct cm_job *job, struct cm_act_values *values, struct cm_cycle_act *act)
{
	uint8_t random[16 + CM_ACT_SLOTS * CM_ACT_BODY_RANDOM];
	cm_result r = cm_rand_bytes(random, sizeof random, job->report);
	if (r != CM_OK)
		return r;
	if (job->change->at.us > store->last_at.us)
		store->last_at = job->change->at; // the register's time never goes back
	if (cm_act_get(values, CM_ACT_FIELD_ACT).n == 0)
		cm_act_set(values, CM_ACT_FIELD_ACT, cm_view_text(cm_text_uuid_at(store->last_at, random, act->id)));
	cm_act_set(values, CM_ACT_FIELD_AT, cm_view_text(cm_instant_text_micro(store->last_at, act->at)));
	cm_act_set(values, CM_ACT_FIELD_NODE, cm_view_text(store->node));
	r = cm_act_check(values, job->report);
	if (r == CM_OK)
		r = cm_act_body_make(values, random + 16, &act->act.file, &act->record);
	return r;
}

static cm_result
cm_cycle_act_put(struct cm_store *store, struct cm_cycle *cycle, const struct cm_put *put, struct cm_cycle_act *act,
                 struct cm_report *report)
{
	uint8_t entry[CM_ACT_RECORD_ENTRY];
	const struct cm_act_file *file = &act->act.file;
	cm_act_record_entry(&act->record, entry);
	act->act.index = cycle->older.size + cycle->batch.count;
	act->act.leaf = cm_merkle_leaf(cm_view_of(entry, sizeof entry));
	struct cm_buf body = cm_buf_of(CM_LIMIT_ACT_BYTES_VALUE);
	cm_act_body_write(file, &body);
	struct cm_log_act row = {.index = act->act.index,
	                         .seq = put->seq,
	                         .id = file->slots[CM_ACT_SLOT(CM_ACT_FIELD_ACT)].value,
	                         .request = file->slots[CM_ACT_SLOT(CM_ACT_FIELD_REQUEST)].value,
	                         .body = cm_buf_view(&body),
	                         .entry = cm_view_of(entry, sizeof entry)};
	cm_result r = cm_buf_result(&body);
	if (r == CM_OK)
		r = cm_log_put_act(store->db, &row, report);
	cm_buf_fini(&body);
	if (r != CM_OK)
		return r;
	cycle->leaves[cycle->batch.count] = act->act.leaf;
	cycle->records[cycle->batch.count++] = cm_act_record_leaf(&act->record);
	return CM_OK;
}

static cm_result
cm_cycle_acts(struct cm_store *store, struct cm_cycle *cycle, const struct cm_put *put, struct cm_job *job)
{
	struct cm_change *change = job->change;
	if (change->act_count == 0)
		return CM_OK;
	size_t n = 0;
	job->acts = cm_arena_new_many(&change->arena, change->act_count, sizeof *job->acts);
	cm_result r = job->acts == NULL ? CM_NOMEM : cm_cycle_room(cycle, change->act_count);
	for (struct cm_change_op *op = change->first; r == CM_OK && op != NULL; op = op->next) {
		if (op->kind != CM_CHANGE_ACT)
			continue;
		r = cm_cycle_act_make(store, job, op->values, &job->acts[n]);
		if (r == CM_OK)
			r = cm_cycle_act_put(store, cycle, put, &job->acts[n++], job->report);
	}
	return r;
}

static cm_result
cm_cycle_reply(struct cm_store *store, const struct cm_job *job, uint64_t first)
{
	const struct cm_store_reply *reply = job->change->reply;
	struct cm_db_stmt *stmt;
	cm_result r = cm_db_stmt(store->db,
	                         "UPDATE reply SET first = ?3, acts = ?4 WHERE sender = ?1 AND \"transaction\" = ?2",
	                         job->report, &stmt);
	if (r != CM_OK)
		return r;
	cm_db_bind_text(stmt, 1, reply->sender);
	cm_db_bind_text(stmt, 2, reply->transaction);
	cm_db_bind_number(stmt, 3, (int64_t)first);
	cm_db_bind_number(stmt, 4, (int64_t)job->change->act_count);
	return cm_db_run(stmt, job->report);
}

static cm_result
cm_cycle_rows(struct cm_store *store, struct cm_cycle *cycle, struct cm_job *job)
{
	struct cm_change *change = job->change;
	uint64_t first = cycle->older.size + cycle->batch.count;
	struct cm_put put = {.db = store->db,
	                     .stamp = &store->stamp,
	                     .last_act = change->act_count == 0 ? 0 : first + change->act_count};
	cm_result r = CM_OK;
	if (change->has_event)
		r = cm_put_event(store->db, change, job->report, &put.seq);
	if (r == CM_OK)
		r = cm_put_change(&put, change, job->report);
	if (r == CM_OK)
		r = cm_cycle_acts(store, cycle, &put, job);
	if (r == CM_OK && change->reply != NULL)
		r = cm_cycle_reply(store, job, first);
	job->artifact_count = put.artifact_count;
	job->outbox = put.outbox;
	memcpy(job->artifacts, put.artifacts, sizeof job->artifacts);
	return r;
}

// One change: all of it or nothing. Only what stops the store comes back as a failure.
static cm_result
cm_cycle_job(struct cm_store *store, struct cm_cycle *cycle, struct cm_job *job, struct cm_report *report)
{
	bool known = false;
	cm_result r = CM_OK;
	if (job->change->reply != NULL)
		r = cm_cycle_known(store, job, report, &known);
	if (r != CM_OK || known)
		return r;
	uint64_t count = cycle->batch.count;
	r = cm_db_do(store->db, "SAVEPOINT one", report);
	if (r != CM_OK)
		return r;
	job->result = cm_cycle_rows(store, cycle, job);
	if (job->result == CM_REFUSED || job->result == CM_BUG) {
		cycle->batch.count = count;
		r = cm_db_do(store->db, "ROLLBACK TO one", report);
	} else if (job->result != CM_OK) {
		cm_report_join(report, job->report);
		return job->result;
	}
	return r == CM_OK ? cm_db_do(store->db, "RELEASE one", report) : r;
}

// Leaves, roots of tiles that filled, the batch's row.
static cm_result
cm_cycle_append(struct cm_store *store, struct cm_cycle *cycle, struct cm_report *report)
{
	cm_result r = CM_OK;
	if (cycle->batch.count == 0)
		return CM_OK;
	for (uint64_t i = 0; r == CM_OK && i < cycle->batch.count; i++)
		r = cm_register_push(&store->reg, store->db, &cycle->leaves[i], report);
	struct cm_instant now = cm_clock_utc();
	cycle->batch.first = cycle->older.size;
	cycle->batch.time = now.us > store->last_at.us ? now : store->last_at;
	cycle->batch.root = cm_merkle_root(cycle->records, (size_t)cycle->batch.count);
	if (r == CM_OK)
		r = cm_log_put_batch(store->db, &cycle->batch, report);
	cycle->newer.size = store->reg.edge.size;
	cycle->newer.root = cm_merkle_edge_root(&store->reg.edge);
	return r;
}

cm_result
cm_cycle_write(struct cm_store *store, struct cm_cycle *before, struct cm_cycle *cycle, struct cm_report *report)
{
	cm_result r = cm_db_do(store->db, "BEGIN IMMEDIATE", report);
	if (r == CM_OK && before != NULL)
		r = cm_cycle_finish(store, before, report);
	cycle->older = store->head;
	for (struct cm_job *job = cycle->jobs; r == CM_OK && job != NULL; job = job->next)
		r = cm_cycle_job(store, cycle, job, report);
	if (r == CM_OK)
		r = cm_cycle_append(store, cycle, report);
	// What a failed COMMIT left on disk is not known: no ROLLBACK, no retry, the process ends.
	return r == CM_OK ? cm_db_do(store->db, "COMMIT", report) : r;
}

void
cm_cycle_remember(struct cm_store *store, const struct cm_cycle *cycle)
{
	for (const struct cm_job *job = cycle->jobs; job != NULL; job = job->next)
		for (const struct cm_change_op *op = job->change->first; op != NULL; op = op->next)
			if (job->result == CM_OK && !job->repeated && !job->deferred &&
			    (op->kind == CM_CHANGE_REQUEST || op->kind == CM_CHANGE_OBJECT))
				cm_recent_put(&store->recent, op->table, op->row);
}

static cm_result
cm_cycle_answer(struct cm_store *store, const struct cm_job *job, struct cm_report *report)
{
	struct cm_db_stmt *stmt;
	cm_result r = cm_db_stmt(store->db,
	                         "UPDATE reply SET answer = ?3 WHERE sender = ?1 AND \"transaction\" = ?2", report,
	                         &stmt);
	if (r != CM_OK)
		return r;
	cm_db_bind_text(stmt, 1, job->change->reply->sender);
	cm_db_bind_text(stmt, 2, job->change->reply->transaction);
	cm_db_bind_bytes(stmt, 3, cm_buf_view(&job->answer));
	return cm_db_run(stmt, report);
}

cm_result
cm_cycle_finish(struct cm_store *store, const struct cm_cycle *cycle, struct cm_report *report)
{
	cm_result r = CM_OK;
	if (cycle->head.note_n != 0) {
		r = cm_log_sign_batch(store->db, &cycle->batch, report);
		if (r == CM_OK)
			r = cm_log_put_head(store->db, &cycle->newer,
			                    cm_view_of(cycle->head.note, cycle->head.note_n), report);
	}
	for (struct cm_job *job = cycle->jobs; r == CM_OK && job != NULL; job = job->next)
		if (job->change->reply != NULL && !job->repeated && job->result == CM_OK)
			r = cm_cycle_answer(store, job, report);
	return r;
}

void
cm_cycle_free(struct cm_cycle *cycle)
{
	if (cycle == NULL)
		return;
	cm_paths_fini(&cycle->paths);
	cm_mem_free(cycle->leaves);
	cm_mem_free(cycle->records);
	cm_mem_free(cycle);
}
