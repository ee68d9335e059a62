// Knows: the queue and the rhythm of the writer thread: a cycle starts when the one before ends, and takes what came
// meanwhile. Does not know: SQL, trees. Nothing is acknowledged before the transaction that holds all of it has
// committed. Serves store.h; DECISIONS "Acts and the register".
#include "base/mem.h"
#include "os/clock.h"
#include "store/inside.h"

#define CM_WRITER_HEAD_US 5000  // a head that nobody waits for waits so long for company
#define CM_WRITER_CROWD 24      // changes in a batch that make it a crowd
#define CM_WRITER_CROWD_US 3000 // and how long the next one may gather

void
cm_writer_job_free(struct cm_job *job)
{
	if (job == NULL)
		return;
	cm_change_free(job->change);
	cm_buf_fini(&job->answer);
	cm_mem_free(job->report);
	cm_mem_free(job);
}

// Tells the one who waits, then frees.
static void
cm_writer_done(struct cm_job *job)
{
	bool kept = job->result == CM_OK && !job->repeated;
	struct cm_store_outcome outcome = {
	        .result = job->result,
	        .report = job->report,
	        .receipts = kept ? job->receipts : NULL,
	        .receipt_count = kept && job->receipts != NULL ? job->change->act_count : 0,
	        .answer = job->result == CM_OK ? cm_buf_view(&job->answer) : cm_view_of(NULL, 0),
	        .repeated = job->repeated,
	        .artifacts = job->artifacts,
	        .artifact_count = kept ? job->artifact_count : 0,
	        .outbox = kept ? job->outbox : 0,
	};
	if (job->done != NULL)
		job->done(job->context, &outcome);
	cm_writer_job_free(job);
}

static void
cm_writer_done_all(struct cm_job *jobs)
{
	while (jobs != NULL) {
		struct cm_job *next = jobs->next;
		cm_writer_done(jobs);
		jobs = next;
	}
}

// Waits for something to write. With a batch before that somebody waits for there is no time for that; one that only has a
// head to be kept can be kept with the next change, if that comes soon.
static void
cm_writer_await(struct cm_store *store, const struct cm_cycle *before)
{
	int64_t deadline = before == NULL ? CM_CLOCK_NEVER : cm_clock_after(CM_WRITER_HEAD_US);
	bool in_time = before == NULL || before->jobs == NULL;
	while (store->first == NULL && !store->closing && in_time)
		in_time = cm_cond_wait(&store->filled, &store->lock_queue, deadline);
	// A crowd in the last batch says that more is on its way: each commit, sync and signature then serves more of them.
	deadline = cm_clock_after(CM_WRITER_CROWD_US);
	in_time = store->crowd >= CM_WRITER_CROWD;
	while (in_time && store->queued < 2 * store->crowd && !store->closing)
		in_time = cm_cond_wait(&store->filled, &store->lock_queue, deadline);
	store->crowd = store->queued;
}

// What waits, at most a batch of it. NULL when there is nothing (more).
static struct cm_job *
cm_writer_take(struct cm_store *store, const struct cm_cycle *before)
{
	CM_MUTEX_HOLD(&store->lock_queue);
	cm_writer_await(store, before);
	struct cm_job *first = store->first;
	struct cm_job **end = &store->first;
	size_t n = 0;
	// A rebuild is a batch of its own.
	while (*end != NULL && n < store->options.batch_max && (n == 0 || !(*end)->change->rebuild)) {
		bool alone = (*end)->change->rebuild;
		end = &(*end)->next;
		n++;
		if (alone)
			break;
	}
	if (n == 0)
		return NULL;
	store->first = *end;
	*end = NULL;
	if (store->first == NULL)
		store->end = &store->first;
	store->queued -= n;
	return first;
}

// Puts those that have to wait for the next cycle back to the front.
static void
cm_writer_defer(struct cm_store *store, struct cm_job *jobs)
{
	CM_MUTEX_HOLD(&store->lock_queue);
	struct cm_job **end = &jobs;
	while (*end != NULL) {
		(*end)->deferred = false;
		store->queued++;
		end = &(*end)->next;
	}
	*end = store->first;
	if (store->first == NULL)
		store->end = end;
	store->first = jobs;
	if (store->first == NULL)
		store->end = &store->first;
}

// Parts the jobs after the COMMIT: done now, wait for the next cycle, or keep for signing.
static void
cm_writer_part(struct cm_store *store, struct cm_cycle *cycle)
{
	struct cm_job *keep = NULL, **keep_end = &keep, *now = NULL, **now_end = &now, *later = NULL,
	              **later_end = &later;
	for (struct cm_job *job = cycle->jobs, *next; job != NULL; job = next) {
		next = job->next;
		job->next = NULL;
		bool more = job->result == CM_OK && !job->repeated &&
		            ((job->change->act_count != 0 && !job->change->early) || job->change->reply != NULL);
		struct cm_job ***end = job->deferred ? &later_end : more ? &keep_end : &now_end;
		**end = job;
		*end = &job->next;
	}
	cycle->jobs = keep;
	if (later != NULL)
		cm_writer_defer(store, later);
	cm_writer_done_all(now);
}

// The store is dead: nothing more is acknowledged; those who wait are told that it failed, in case the process lives on.
static void
cm_writer_die(struct cm_store *store, const struct cm_report *report, struct cm_job *jobs)
{
	cm_mutex_lock(&store->lock_queue);
	bool first = !store->stopped;
	store->stopped = true;
	struct cm_job *rest = store->first;
	store->first = NULL;
	store->end = &store->first;
	store->queued = 0;
	cm_mutex_unlock(&store->lock_queue);
	if (first && store->options.fatal != NULL)
		store->options.fatal(store->options.self, report);
	struct cm_job *lists[2] = {jobs, rest};
	for (size_t i = 0; i < 2; i++)
		for (struct cm_job *job = lists[i]; job != NULL; job = job->next)
			if (job->result == CM_OK) {
				job->result = CM_FAILED;
				if (job->report != NULL)
					cm_report_join(job->report, report);
			}
	cm_writer_done_all(jobs);
	cm_writer_done_all(rest);
}

static void
cm_writer_committed(struct cm_store *store, struct cm_cycle *before)
{
	__atomic_add_fetch(&store->commits, 1, __ATOMIC_RELAXED);
	if (store->options.kept != NULL)
		store->options.kept(store->options.self);
	bool head = before != NULL && before->head.note_n != 0, wal = cm_db_wal_pages(store->db) >= CM_STORE_WAL_MOVE;
	if (!head && !wal)
		return;
	CM_MUTEX_HOLD(&store->lock_tiles);
	if (head)
		store->committed = before->newer.size;
	store->wal_due = store->wal_due || wal;
	cm_cond_wake_one(&store->tiles_moved);
}

// One cycle: transaction, release of what the cycle before waited for, signature. `*before` is replaced.
static cm_result
cm_writer_cycle(struct cm_store *store, struct cm_cycle **before, struct cm_cycle *cycle, struct cm_report *report)
{
	cm_result r = cm_cycle_write(store, *before, cycle, report);
	if (r != CM_OK)
		return r;
	cm_writer_committed(store, *before);
	cm_cycle_remember(store, cycle);
	if (*before != NULL) {
		struct cm_job *jobs = (*before)->jobs;
		(*before)->jobs = NULL;
		cm_writer_done_all(jobs);
		cm_cycle_free(*before);
		*before = NULL;
	}
	cm_writer_part(store, cycle);
	*before = cycle;
	return cm_cycle_sign(store, cycle, report);
}

void
cm_writer_run(void *self)
{
	struct cm_store *store = self;
	struct cm_cycle *before = NULL;
	struct cm_report *report = &store->writer_report;
	cm_result r = CM_OK;
	while (r == CM_OK) {
		struct cm_job *jobs = cm_writer_take(store, before);
		if (jobs == NULL && before == NULL)
			break; // closing, and all is done
		if (jobs != NULL && jobs->change->rebuild && before == NULL) {
			r = cm_rebuild_run(store, jobs, report);
			if (r == CM_OK)
				cm_writer_done_all(jobs);
			else
				cm_writer_die(store, report, jobs);
			continue;
		}
		if (jobs != NULL && jobs->change->rebuild) {
			cm_writer_defer(store, jobs); // first the end of the cycle before
			jobs = NULL;
		}
		struct cm_cycle *cycle = cm_mem_new(sizeof *cycle);
		if (cycle == NULL) {
			r = CM_NOMEM;
			cm_writer_die(store, report, jobs);
			break;
		}
		cycle->jobs = jobs;
		r = cm_writer_cycle(store, &before, cycle, report);
		if (r == CM_OK && before->jobs == NULL && before->head.note_n == 0) {
			cm_cycle_free(before);
			before = NULL;
		}
		if (r != CM_OK && before != cycle) {
			jobs = cycle->jobs;
			cycle->jobs = NULL;
			cm_cycle_free(cycle);
			cm_writer_die(store, report, jobs);
		}
	}
	if (r != CM_OK) {
		struct cm_job *jobs = before == NULL ? NULL : before->jobs;
		if (before != NULL)
			before->jobs = NULL;
		cm_writer_die(store, report, jobs);
	}
	cm_cycle_free(before);
}

cm_result
cm_store_submit(struct cm_store *store, struct cm_change *change, cm_store_done done, void *context,
                struct cm_report *report)
{
	struct cm_job *job = cm_mem_new(sizeof *job);
	cm_result r = change == NULL || job == NULL ? CM_NOMEM : cm_change_result(change);
	if (r == CM_REFUSED)
		r = cm_report_refuse(report, CM_ERROR_STORE_ROW, "change", "too many rows or bytes");
	if (job != NULL) {
		job->change = change;
		job->done = done;
		job->context = context;
		job->answer = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE);
		job->report = cm_mem_new(sizeof *job->report);
	}
	if (job == NULL || job->report == NULL)
		r = CM_NOMEM;
	if (r != CM_OK) {
		if (job == NULL)
			cm_change_free(change);
		cm_writer_job_free(job);
		return r;
	}
	cm_mutex_lock(&store->lock_queue);
	if (store->stopped || store->closing)
		r = cm_report_refuse(report, CM_ERROR_STORE_STOPPED, "store", "%s",
		                     store->stopped ? "failed" : "closing");
	else if (store->queued >= CM_LIMIT_STORE_QUEUE_VALUE)
		r = cm_report_refuse(report, CM_ERROR_STORE_BUSY, "store", "%d changes wait",
		                     CM_LIMIT_STORE_QUEUE_VALUE);
	if (r == CM_OK) {
		*store->end = job;
		store->end = &job->next;
		store->queued++;
		store->changes++;
		cm_cond_wake_one(&store->filled);
	}
	cm_mutex_unlock(&store->lock_queue);
	if (r != CM_OK)
		cm_writer_job_free(job);
	return r;
}
