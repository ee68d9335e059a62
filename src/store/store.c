// Knows: the store's life: opening in the right order, closing, waiting for a change. Does not know: SQL, cycles. Serves
// store.h.
#include "base/mem.h"
#include "os/clock.h"
#include "os/dir.h"
#include "os/file.h"
#include "store/blobs.h"
#include "store/inside.h"
#include "store/sqlite/schema.h"

#include <stdio.h>
#include <string.h>

static cm_result
cm_store_folders(struct cm_store *store, struct cm_report *report)
{
	char path[CM_STORE_PATH];
	static const char *const names[] = {"db", "log"};
	cm_result r = cm_dir_make_all(store->home, 0700, report);
	for (size_t i = 0; r == CM_OK && i < 2; i++) {
		r = cm_file_path(path, sizeof path, store->home, names[i], report);
		if (r == CM_OK)
			r = cm_dir_make(path, i == 0 ? 0700 : 0755, report);
	}
	if (r == CM_OK)
		r = cm_blobs_prepare(store->home, report);
	if (r == CM_OK)
		r = cm_file_path(path, sizeof path, store->home, "db/lock", report);
	if (r == CM_OK)
		r = cm_file_lock(path, report, &store->lock);
	if (r == CM_OK)
		r = cm_file_path(store->path, sizeof store->path, store->home, "db/comity.db", report);
	return r;
}

// The database belongs to one register: its origin is written once.
static cm_result
cm_store_origin(struct cm_store *store, struct cm_report *report)
{
	struct cm_buf origin = cm_buf_of(sizeof store->log.name);
	cm_result r = cm_log_meta(store->db, "origin", report, &origin);
	struct cm_view ours = cm_view_text(store->log.name);
	if (r == CM_OK && origin.n == 0)
		r = cm_log_put_meta(store->db, "origin", ours, report);
	else if (r == CM_OK && !cm_view_equal(cm_buf_view(&origin), ours))
		r = cm_report_refuse(report, CM_ERROR_STORE_ORIGIN, store->path, "%.*s",
		                     CM_VIEW_ARG(cm_buf_view(&origin)));
	cm_buf_fini(&origin);
	return r;
}

static cm_result
cm_store_database(struct cm_store *store, struct cm_report *report)
{
	cm_result r = cm_db_open(store->path, CM_DB_WRITE, report, &store->db);
	if (r == CM_OK)
		r = cm_schema_migrate(store->db, store->path, report, &store->stale);
	if (r == CM_OK)
		r = cm_dir_sync_parent(store->path, report); // the database's own name
	if (r == CM_OK)
		r = cm_store_origin(store, report);
	if (r == CM_OK)
		r = cm_db_open(store->path, CM_DB_READ, report, &store->check);
	if (r == CM_OK)
		r = cm_readers_init(store, report);
	if (r == CM_OK)
		r = cm_recover_run(store, report);
	return r;
}

static cm_result
cm_store_options_take(struct cm_store *store, const struct cm_store_options *options)
{
	if (strlen(options->home) >= CM_STORE_PATH - 64 || strlen(options->node) >= sizeof store->node)
		return CM_REFUSED;
	store->options = *options;
	snprintf(store->home, sizeof store->home, "%s", options->home);
	snprintf(store->node, sizeof store->node, "%s", options->node);
	store->log = *options->log;
	store->options.home = store->home;
	store->options.node = store->node;
	store->options.log = &store->log;
	if (store->options.batch_max == 0)
		store->options.batch_max = CM_LIMIT_STORE_BATCH_VALUE;
	return CM_OK;
}

static void
cm_store_close_at(struct cm_store **at)
{
	cm_store_close(*at);
}

cm_result
cm_store_open(const struct cm_store_options *options, struct cm_report *report, struct cm_store **ret_store)
{
	CM_CLEANUP(cm_store_close_at) struct cm_store *store = cm_mem_new(sizeof *store);
	if (store == NULL)
		return CM_NOMEM;
	store->lock = -1;
	store->end = &store->first;
	cm_mutex_init(&store->lock_queue);
	cm_mutex_init(&store->lock_readers);
	cm_mutex_init(&store->lock_tiles);
	cm_recent_init(&store->recent);
	cm_cond_init(&store->filled);
	cm_cond_init(&store->reader_free);
	cm_cond_init(&store->tiles_moved);
	cm_result r = cm_store_options_take(store, options);
	if (r != CM_OK)
		return cm_report_refuse(report, CM_ERROR_PATH_TOO_LONG, "home", "%s", options->home);
	r = cm_store_folders(store, report);
	if (r == CM_OK)
		r = cm_store_database(store, report);
	if (r == CM_OK)
		r = cm_tiles_load(store, report);
	if (r == CM_OK)
		r = cm_thread_start(&store->writer, "store writer", cm_writer_run, store, report);
	if (r == CM_OK)
		r = cm_thread_start(&store->publisher, "store tiles", cm_tiles_run, store, report);
	if (r == CM_OK)
		*ret_store = cm_take(&store);
	return r;
}

void
cm_store_close(struct cm_store *store)
{
	if (store == NULL)
		return;
	cm_mutex_lock(&store->lock_queue);
	store->closing = true;
	cm_cond_wake_all(&store->filled);
	cm_mutex_unlock(&store->lock_queue);
	cm_thread_join(&store->writer);
	cm_mutex_lock(&store->lock_tiles);
	store->tiles_closing = true;
	cm_cond_wake_all(&store->tiles_moved);
	cm_mutex_unlock(&store->lock_tiles);
	cm_thread_join(&store->publisher);
	cm_readers_fini(store);
	cm_db_close(store->check);
	cm_db_close(store->db);
	cm_file_close(&store->lock);
	cm_mutex_fini(&store->lock_queue);
	cm_mutex_fini(&store->lock_readers);
	cm_mutex_fini(&store->lock_tiles);
	cm_recent_fini(&store->recent);
	cm_cond_fini(&store->filled);
	cm_cond_fini(&store->reader_free);
	cm_cond_fini(&store->tiles_moved);
	cm_mem_free(store);
}

// One who waits for the writer thread.
struct cm_store_wait {
	struct cm_mutex lock;
	struct cm_cond done;
	bool over;
	cm_result result;
	struct cm_report *report;
	struct cm_buf *answer, *proof;
};

static void
cm_store_waited(void *context, const struct cm_store_outcome *outcome)
{
	struct cm_store_wait *wait = context;
	CM_MUTEX_HOLD(&wait->lock);
	wait->result = outcome->result;
	if (wait->report != NULL && outcome->report != NULL && outcome->result != CM_OK)
		cm_report_join(wait->report, outcome->report);
	if (wait->answer != NULL)
		cm_buf_view_add(wait->answer, outcome->answer);
	if (wait->proof != NULL && outcome->receipt_count != 0)
		cm_buf_view_add(wait->proof, outcome->receipts[0].proof);
	wait->over = true;
	cm_cond_wake_one(&wait->done);
}

cm_result
cm_store_submit_wait(struct cm_store *store, struct cm_change *change, struct cm_report *report,
                     struct cm_buf *answer, struct cm_buf *proof)
{
	struct cm_store_wait wait = {.report = report, .answer = answer, .proof = proof};
	cm_mutex_init(&wait.lock);
	cm_cond_init(&wait.done);
	cm_result r = cm_store_submit(store, change, cm_store_waited, &wait, report);
	if (r == CM_OK) {
		cm_mutex_lock(&wait.lock);
		while (!wait.over)
			cm_cond_wait(&wait.done, &wait.lock, CM_CLOCK_NEVER);
		cm_mutex_unlock(&wait.lock);
		r = wait.result;
	}
	cm_cond_fini(&wait.done);
	cm_mutex_fini(&wait.lock);
	return r;
}

cm_result
cm_store_apply(struct cm_store *store, const struct cm_store_event *event, struct cm_change *change,
               struct cm_report *report)
{
	if (store->options.apply == NULL)
		return CM_BUG;
	change->at = event->at;
	cm_change_event(change, event->cause, event->detail);
	cm_result r = store->options.apply(store->options.self, event, change, report);
	return r == CM_OK ? cm_change_result(change) : r;
}

bool
cm_store_stale(const struct cm_store *store)
{
	return store->stale;
}

cm_result
cm_store_rebuild(struct cm_store *store, struct cm_report *report)
{
	struct cm_change *none = cm_change_new((struct cm_instant){0});
	if (none == NULL)
		return CM_NOMEM;
	cm_change_rebuild(none);
	return cm_store_submit_wait(store, none, report, NULL, NULL);
}

void
cm_store_figures(struct cm_store *store, struct cm_store_figures *ret_figures)
{
	struct cm_store_figures f = {0};
	cm_mutex_lock(&store->lock_queue);
	f.queued = store->queued;
	f.changes = store->changes;
	cm_mutex_unlock(&store->lock_queue);
	f.commits = __atomic_load_n(&store->commits, __ATOMIC_RELAXED);
	cm_mutex_lock(&store->lock_tiles);
	f.size = store->committed;
	f.tiles_size = store->published;
	cm_mutex_unlock(&store->lock_tiles);
	*ret_figures = f;
}
