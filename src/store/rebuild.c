// Knows: how events are walked to make the derived rows again. Does not know: what an event means: options.apply says.
// Serves DECISIONS "Store" (received artifacts are truth; every other table can be thrown away and rebuilt).
#include "base/mem.h"
#include "store/act_body.h"
#include "store/inside.h"
#include "store/sqlite/schema.h"
#include "store/sqlite/select.h"

// Artifacts and acts of an event, in order.
static cm_result
cm_rebuild_parts(struct cm_store *store, struct cm_store_event *event, struct cm_put *put, struct cm_arena *arena,
                 struct cm_report *report)
{
	size_t n = 0;
	const void *rows;
	struct cm_select ask = {.table = cm_table_of(CM_TABLE_ARTIFACT),
	                        .tail = "WHERE seq = ?1 ORDER BY id",
	                        .numbers = {(int64_t)event->seq},
	                        .limit = CM_CHANGE_ARTIFACTS};
	cm_result r = cm_select_rows(store->db, &ask, arena, report, &rows, &n);
	if (r != CM_OK)
		return r;
	event->artifacts = rows;
	event->artifact_count = n;
	for (size_t i = 0; i < n; i++)
		put->artifacts[i] = event->artifacts[i].id;
	put->artifact_count = n;
	struct cm_store_act *acts = cm_arena_new_many(arena, CM_LIMIT_STORE_CHANGE_ACTS_VALUE, sizeof *acts);
	struct cm_db_stmt *stmt;
	bool more = true;
	if (acts == NULL)
		return CM_NOMEM;
	r = cm_db_stmt(store->db, "SELECT idx, body FROM act WHERE seq = ?1 ORDER BY idx", report, &stmt);
	if (r != CM_OK)
		return r;
	cm_db_bind_number(stmt, 1, (int64_t)event->seq);
	for (n = 0; r == CM_OK && n < CM_LIMIT_STORE_CHANGE_ACTS_VALUE; n++) {
		r = cm_db_step(stmt, report, &more);
		if (r != CM_OK || !more)
			break;
		acts[n].index = (uint64_t)cm_db_number(stmt, 0);
		put->last_act = acts[n].index + 1;
		if (!cm_act_body_read(cm_arena_copy(arena, cm_db_bytes(stmt, 1)), &acts[n].file))
			r = cm_report_refuse(report, CM_ERROR_STORE_DAMAGED, "act", "%llu",
			                     (unsigned long long)acts[n].index);
	}
	if (more)
		cm_db_reset(stmt);
	event->acts = acts;
	event->act_count = n;
	return arena->failed ? CM_NOMEM : r;
}

static cm_result
cm_rebuild_event(struct cm_store *store, struct cm_store_event *event, struct cm_arena *arena,
                 struct cm_report *report)
{
	struct cm_put put = {.db = store->db, .stamp = &store->stamp, .derived_only = true, .seq = event->seq};
	cm_result r = cm_rebuild_parts(store, event, &put, arena, report);
	CM_CLEANUP(cm_change_free_at) struct cm_change *change = cm_change_new(event->at);
	if (r == CM_OK && change == NULL)
		r = CM_NOMEM;
	if (r == CM_OK)
		r = store->options.apply(store->options.self, event, change, report);
	if (r == CM_OK)
		r = cm_change_result(change);
	return r == CM_OK ? cm_put_change(&put, change, report) : r;
}

// The next event after event->seq; false at the end.
static cm_result
cm_rebuild_next(struct cm_store *store, struct cm_store_event *event, struct cm_arena *arena,
                struct cm_report *report, bool *ret_more)
{
	struct cm_db_stmt *stmt;
	cm_result r = cm_db_stmt(store->db,
	                         "SELECT seq, at, cause, detail FROM event WHERE seq > ?1 ORDER BY seq LIMIT 1", report,
	                         &stmt);
	if (r != CM_OK)
		return r;
	cm_db_bind_number(stmt, 1, (int64_t)event->seq);
	r = cm_db_step(stmt, report, ret_more);
	if (r != CM_OK || !*ret_more)
		return r;
	*event = (struct cm_store_event){.seq = (uint64_t)cm_db_number(stmt, 0),
	                                 .at.us = cm_db_number(stmt, 1),
	                                 .cause = cm_arena_copy(arena, cm_db_bytes(stmt, 2)),
	                                 .detail = cm_arena_copy(arena, cm_db_bytes(stmt, 3))};
	cm_db_reset(stmt);
	return arena->failed ? CM_NOMEM : CM_OK;
}

static cm_result
cm_rebuild_walk(struct cm_store *store, struct cm_report *report)
{
	struct cm_store_event event = {0};
	store->stamp = (struct cm_put_stamp){0};
	cm_result r = cm_schema_derive(store->db, report);
	for (bool more = true; r == CM_OK && more && store->options.apply != NULL;) {
		struct cm_arena arena = {0};
		r = cm_rebuild_next(store, &event, &arena, report, &more);
		if (r == CM_OK && more)
			r = cm_rebuild_event(store, &event, &arena, report);
		cm_arena_fini(&arena);
	}
	return r;
}

static void
cm_rebuild_mark(struct cm_store *store, bool on)
{
	CM_MUTEX_HOLD(&store->lock_readers);
	store->rebuilding = on;
	store->rebuilder = pthread_self();
}

cm_result
cm_rebuild_run(struct cm_store *store, struct cm_job *job, struct cm_report *report)
{
	cm_result r = cm_db_exec(store->db, "BEGIN IMMEDIATE", report);
	if (r != CM_OK)
		return r;
	cm_rebuild_mark(store, true);
	job->result = cm_rebuild_walk(store, job->report);
	cm_rebuild_mark(store, false);
	store->stamp = (struct cm_put_stamp){0};
	if (job->result != CM_OK)
		return cm_db_exec(store->db, "ROLLBACK", report);
	// As with every COMMIT: what a failed one left on disk is not known.
	r = cm_db_exec(store->db, "COMMIT", report);
	cm_recent_clear(&store->recent);
	store->stale = false;
	return r;
}
