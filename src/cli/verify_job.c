// Knows: how the bytes that a verification asks for are read and digested. Does not know: what is verified.
#include "cli/verify_job.h"

#include <stdatomic.h>

#include "base/mem.h"
#include "base/tab_limit.h"
#include "os/file.h"
#include "os/proc.h"
#include "os/thread.h"

#define CM_VERIFY_READ 262144 // bytes of one read: stays in the processor's cache between copy and digest
#define CM_VERIFY_THREADS 8

struct cm_verify_task {
	size_t job;
	uint64_t offset, length;
};

struct cm_verify_run {
	int fd;
	struct comity_verify *verify;
	struct comity_report *report;
	struct cm_mutex lock; // of verify, report, progress
	struct cm_verify_task tasks[CM_LIMIT_BUNDLE_ENTRIES_VALUE];
	size_t count;
	_Atomic size_t next;
	_Atomic uint64_t done;
	_Atomic int result;
	bool lists_only;
	struct cm_out_progress progress;
};

static enum comity_result
cm_verify_task(struct cm_verify_run *run, const struct cm_verify_task *task, uint8_t *block, struct cm_report *report)
{
	struct comity_digest digest;
	uint32_t crc = 0;
	comity_digest_init(&digest);
	for (uint64_t at = 0; at < task->length;) {
		size_t n = task->length - at < CM_VERIFY_READ ? (size_t)(task->length - at) : CM_VERIFY_READ;
		cm_result r = cm_file_pread_all(run->fd, task->offset + at, block, n, report);
		if (r != CM_OK)
			return comity_result_of(r);
		struct comity_view bytes = {block, n};
		crc = comity_crc(crc, bytes);
		comity_digest_add(&digest, bytes);
		at += n;
		uint64_t done = atomic_fetch_add(&run->done, n) + n;
		if (run->progress.on) {
			CM_MUTEX_HOLD(&run->lock);
			cm_out_progress_at(&run->progress, done);
		}
	}
	struct comity_hash sha256 = comity_digest_final(&digest);
	CM_MUTEX_HOLD(&run->lock);
	return comity_verify_hashed(run->verify, task->job, &sha256, crc);
}

static void
cm_verify_work(void *arg)
{
	struct cm_verify_run *run = arg;
	struct comity_report *report = NULL;
	uint8_t *block = cm_file_block_new(CM_VERIFY_READ);
	enum comity_result r = comity_report_new(&report);
	if (block == NULL)
		r = COMITY_NOMEM;
	while (r == COMITY_OK && atomic_load(&run->result) == COMITY_OK) {
		size_t at = atomic_fetch_add(&run->next, 1);
		if (at >= run->count)
			break;
		r = cm_verify_task(run, &run->tasks[at], block, comity_report_inside(report));
	}
	if (r != COMITY_OK) {
		CM_MUTEX_HOLD(&run->lock);
		if (atomic_exchange(&run->result, (int)r) == COMITY_OK && report != NULL)
			cm_report_join(comity_report_inside(run->report), comity_report_inside(report));
	}
	cm_file_block_free(block, CM_VERIFY_READ);
	comity_report_free(report);
}

// Does all collected tasks.
static enum comity_result
cm_verify_tasks(struct cm_verify_run *run)
{
	struct cm_thread threads[CM_VERIFY_THREADS] = {0};
	unsigned count = cm_proc_cpus();
	for (unsigned i = 1; i < count && i < CM_VERIFY_THREADS && i < run->count; i++)
		if (cm_thread_start(&threads[i], "verify", cm_verify_work, run, NULL) != CM_OK)
			break;
	cm_verify_work(run);
	for (unsigned i = 0; i < CM_VERIFY_THREADS; i++)
		cm_thread_join(&threads[i]);
	run->count = 0;
	atomic_store(&run->next, 0);
	return (enum comity_result)atomic_load(&run->result);
}

static enum comity_result
cm_verify_need(struct cm_verify_run *run, const struct comity_step *step)
{
	if (step->length > CM_LIMIT_ASIC_MANIFEST_BYTES_VALUE)
		return COMITY_BUG;
	CM_AUTO uint8_t *bytes = cm_mem_new((size_t)step->length);
	if (bytes == NULL)
		return COMITY_NOMEM;
	cm_result r = cm_file_pread_all(run->fd, step->offset, bytes, (size_t)step->length,
	                                comity_report_inside(run->report));
	return r == CM_OK ? comity_verify_give(run->verify, (struct comity_view){bytes, (size_t)step->length},
	                                       run->report)
	                  : comity_result_of(r);
}

static enum comity_result
cm_verify_steps(struct cm_verify_run *run)
{
	struct comity_step step;
	enum comity_result r;
	while ((r = comity_verify_step(run->verify, run->report, &step)) == COMITY_OK && step.kind != COMITY_STEP_DONE) {
		if (run->lists_only && step.kind != COMITY_STEP_NEED)
			break;
		if (step.kind == COMITY_STEP_NEED)
			r = cm_verify_need(run, &step);
		else if (step.kind == COMITY_STEP_HASH && run->count < CM_LIMIT_BUNDLE_ENTRIES_VALUE)
			run->tasks[run->count++] =
			        (struct cm_verify_task){step.input, step.offset, step.length};
		else
			r = step.kind == COMITY_STEP_WAIT ? cm_verify_tasks(run) : COMITY_BUG;
		if (r != COMITY_OK)
			break;
	}
	return r;
}

enum comity_result
cm_verify_job_run(const struct cm_verify_job *job, struct comity_report *report, struct comity_verify **ret_verify)
{
	CM_AUTO struct cm_verify_run *run = cm_mem_new(sizeof *run);
	struct comity_verify_options options = {
	        .trust = job->trust, .directory = job->directory, .received = job->received};
	uint64_t size = 0;
	if (run == NULL)
		return COMITY_NOMEM;
	run->fd = -1;
	run->report = report;
	run->lists_only = job->lists_only;
	cm_mutex_init(&run->lock);
	cm_result opened = cm_file_open(job->path, CM_FILE_READ, 0, comity_report_inside(report), &run->fd);
	if (opened == CM_OK)
		opened = cm_file_size(run->fd, comity_report_inside(report), &size);
	enum comity_result r = comity_result_of(opened);
	if (r == COMITY_OK)
		r = comity_verify_new(&options, size, &run->verify);
	cm_out_progress_begin(&run->progress, "checking", size, job->quiet);
	if (r == COMITY_OK)
		r = cm_verify_steps(run);
	cm_out_progress_end(&run->progress);
	if (ret_verify != NULL)
		*ret_verify = cm_take(&run->verify);
	comity_verify_free(run->verify);
	cm_file_close(&run->fd);
	cm_mutex_fini(&run->lock);
	return r;
}
