// Knows: how a stream goes through a pump chunk by chunk, sealed or opened. Does not know: age, keys, where it goes.
// Whether a block is the last is known only when no byte follows it: one byte is read ahead and kept.
#include "cli/seal_job.h"

#include <string.h>

#include "base/mem.h"
#include "base/tab_limit.h"
#include "cli/pump.h"
#include "os/file.h"
#include "os/rand.h"

struct cm_seal_run {
	const struct cm_seal_job *job;
	int fd;
	struct comity_seal *seal;
	struct comity_seal_worker *workers[CM_PUMP_WORKERS];
	struct comity_digest digest;
	struct cm_buf ahead; // read, not yet in a block
	size_t ahead_done;
	bool ended;
	uint64_t read, written;
	struct cm_out_progress progress;
};

// Up to `n` bytes: those read ahead first.
static cm_result
cm_seal_read(struct cm_seal_run *run, uint8_t *to, size_t n, struct cm_report *report, size_t *ret_n)
{
	size_t kept = run->ahead.n - run->ahead_done, got = 0;
	kept = kept < n ? kept : n;
	if (kept != 0)
		memcpy(to, run->ahead.p + run->ahead_done, kept);
	run->ahead_done += kept;
	if (kept == n || run->ended) {
		*ret_n = kept;
		return CM_OK;
	}
	cm_result r = cm_file_read(run->fd, to + kept, n - kept, report, &got);
	run->ended = r == CM_OK && got < n - kept;
	run->read += got;
	*ret_n = kept + got;
	return r;
}

// Is there nothing more? Reads one byte ahead to know.
static cm_result
cm_seal_at_end(struct cm_seal_run *run, struct cm_report *report, bool *ret_end)
{
	uint8_t byte;
	size_t got = 0;
	if (run->ahead_done < run->ahead.n) {
		*ret_end = false;
		return CM_OK;
	}
	cm_result r = run->ended ? CM_OK : cm_file_read(run->fd, &byte, 1, report, &got);
	if (r != CM_OK)
		return r;
	run->read += got;
	cm_buf_clear(&run->ahead);
	run->ahead_done = 0;
	cm_buf_add(&run->ahead, &byte, got);
	run->ended = run->ended || got == 0;
	*ret_end = got == 0;
	return cm_buf_result(&run->ahead);
}

static enum comity_result
cm_seal_fill(void *self, struct cm_pump_block *block, struct comity_report *report)
{
	struct cm_seal_run *run = self;
	struct cm_report *inside = comity_report_inside(report);
	cm_result r = CM_OK;
	bool opening = run->job->open != NULL, short_read = false;
	size_t room = opening ? CM_PUMP_SEALED : CM_PUMP_PLAIN, at = 0;
	while (r == CM_OK && at < room && !short_read) {
		size_t n = room, got = 0;
		uint8_t *to = opening ? block->p : cm_pump_piece(block, at, &n);
		r = cm_seal_read(run, to, n, inside, &got);
		at += got;
		short_read = got < n;
	}
	if (r == CM_OK)
		r = cm_seal_at_end(run, inside, &block->last);
	if (opening)
		block->sealed = at;
	else
		block->plain = at;
	return comity_result_of(r);
}

static enum comity_result
cm_seal_encrypt(void *self, unsigned worker, struct cm_pump_block *block, struct comity_report *report)
{
	struct cm_seal_run *run = self;
	enum comity_result r;
	size_t at = 0;
	(void)report;
	do {
		size_t n;
		uint8_t *p = cm_pump_piece(block, at, &n);
		n = block->plain - at < n ? block->plain - at : n;
		struct comity_chunk chunk = {.number = block->number * CM_PUMP_CHUNKS + at / COMITY_SEAL_CHUNK,
		                             .last = block->last && at + n == block->plain};
		r = comity_seal_chunk(run->workers[worker], chunk, (struct comity_view){p, n}, p);
		block->sealed += n + COMITY_SEAL_SEALED - COMITY_SEAL_CHUNK;
		at += n;
	} while (r == COMITY_OK && at < block->plain);
	return r;
}

static enum comity_result
cm_seal_decrypt(void *self, unsigned worker, struct cm_pump_block *block, struct comity_report *report)
{
	struct cm_seal_run *run = self;
	enum comity_result r;
	size_t at = 0, i = 0;
	do {
		size_t n = block->sealed - at < COMITY_SEAL_SEALED ? block->sealed - at : COMITY_SEAL_SEALED;
		struct comity_chunk chunk = {.number = block->number * CM_PUMP_CHUNKS + i++,
		                             .last = block->last && at + n == block->sealed};
		uint8_t *p = block->p + at;
		r = comity_open_chunk(run->workers[worker], chunk, (struct comity_view){p, n}, report, p);
		block->plain += r == COMITY_OK ? n - (COMITY_SEAL_SEALED - COMITY_SEAL_CHUNK) : 0;
		at += n;
	} while (r == COMITY_OK && at < block->sealed);
	return r;
}

static enum comity_result
cm_seal_digest(void *self, struct cm_pump_block *block, struct comity_report *report)
{
	struct cm_seal_run *run = self;
	(void)report;
	comity_digest_add(&run->digest, (struct comity_view){block->p, block->sealed});
	return COMITY_OK;
}

static enum comity_result
cm_seal_put(struct cm_seal_run *run, struct cm_view bytes, struct comity_report *report)
{
	run->written += bytes.n;
	return run->job->put(run->job->self, bytes, report);
}

static enum comity_result
cm_seal_drain(void *self, struct cm_pump_block *block, struct comity_report *report)
{
	struct cm_seal_run *run = self;
	enum comity_result r = COMITY_OK;
	if (run->job->open == NULL)
		r = cm_seal_put(run, cm_view_of(block->p, block->sealed), report);
	for (size_t at = 0; run->job->open != NULL && r == COMITY_OK && at < block->plain;) {
		size_t n;
		uint8_t *p = cm_pump_piece(block, at, &n);
		n = block->plain - at < n ? block->plain - at : n;
		r = cm_seal_put(run, cm_view_of(p, n), report);
		at += n;
	}
	cm_out_progress_at(&run->progress, run->written);
	return r;
}

static enum comity_result
cm_seal_begin(struct cm_seal_run *run, struct comity_report *report)
{
	struct comity_step step;
	uint8_t chance[48 + 32 * CM_LIMIT_SEAL_RECIPIENTS_VALUE];
	enum comity_result r = comity_seal_new(&run->seal);
	for (size_t i = 0; r == COMITY_OK && i < run->job->recipient_count; i++)
		r = comity_seal_to(run->seal, run->job->recipients[i], report);
	while (r == COMITY_OK && (r = comity_seal_step(run->seal, report, &step)) == COMITY_OK &&
	       step.kind != COMITY_STEP_DONE) {
		if (step.kind == COMITY_STEP_HAVE) {
			comity_digest_add(&run->digest, step.bytes);
			r = cm_seal_put(run, comity_inside(step.bytes), report);
			continue;
		}
		if (step.kind != COMITY_STEP_RANDOM || step.length > sizeof chance)
			return COMITY_BUG;
		r = comity_result_of(cm_rand_bytes(chance, (size_t)step.length, comity_report_inside(report)));
		if (r == COMITY_OK)
			r = comity_seal_give(run->seal, (struct comity_view){chance, (size_t)step.length}, report);
	}
	cm_mem_wipe(chance, sizeof chance);
	for (unsigned i = 0; r == COMITY_OK && i < cm_pump_workers(); i++)
		r = comity_seal_worker_new(run->seal, &run->workers[i]);
	return r;
}

// Reads the header; what was read behind it is kept.
static enum comity_result
cm_open_begin(struct cm_seal_run *run, struct comity_report *report)
{
	struct comity_step step;
	enum comity_result r;
	while ((r = comity_open_step(run->job->open, report, &step)) == COMITY_OK && step.kind == COMITY_STEP_NEED) {
		size_t more = (size_t)step.length - run->ahead.n, got = 0;
		uint8_t *to = cm_mem_new(more);
		cm_result read = to == NULL ? CM_NOMEM
		                            : cm_file_read(run->fd, to, more, comity_report_inside(report), &got);
		cm_buf_add(&run->ahead, to, got);
		cm_mem_free(to);
		run->read += got;
		run->ended = got < more;
		if (read == CM_OK)
			read = cm_buf_result(&run->ahead);
		r = read == CM_OK ? comity_open_give(run->job->open, comity_outside(cm_buf_view(&run->ahead)), report)
		                  : comity_result_of(read);
		if (r != COMITY_OK)
			return r;
	}
	if (r != COMITY_OK)
		return r;
	run->ahead_done = (size_t)comity_open_payload(run->job->open);
	comity_digest_add(&run->digest, (struct comity_view){run->ahead.p, run->ahead_done});
	for (unsigned i = 0; r == COMITY_OK && i < cm_pump_workers(); i++)
		r = comity_open_worker_new(run->job->open, &run->workers[i]);
	return r;
}

static enum comity_result
cm_seal_job_run(const struct cm_seal_job *job, struct comity_report *report, struct cm_seal_told *ret_told)
{
	struct cm_seal_run run = {.job = job, .ahead = cm_buf_of(CM_LIMIT_SEAL_HEADER_VALUE + 64)};
	struct cm_report *inside = comity_report_inside(report);
	bool opening = job->open != NULL;
	struct cm_pump_stages stages = {.self = &run,
	                                .stride = COMITY_SEAL_SEALED,
	                                .fill = cm_seal_fill,
	                                .before = opening ? cm_seal_digest : NULL,
	                                .work = opening ? cm_seal_decrypt : cm_seal_encrypt,
	                                .after = opening ? NULL : cm_seal_digest,
	                                .drain = cm_seal_drain};
	struct cm_file_facts facts = {0};
	comity_digest_init(&run.digest);
	cm_result opened = strcmp(job->path, "-") == 0 ? CM_OK : cm_file_open(job->path, CM_FILE_READ, 0, inside, &run.fd);
	enum comity_result r = comity_result_of(opened);
	if (r == COMITY_OK && cm_file_look(run.fd, NULL, &facts) == CM_OK && facts.folder)
		r = comity_result_of(cm_report_refuse(inside, CM_ERROR_SEAL_FOLDER, job->path, "a folder"));
	if (r == COMITY_OK)
		r = opening ? cm_open_begin(&run, report) : cm_seal_begin(&run, report);
	if (r == COMITY_OK) {
		cm_out_progress_begin(&run.progress, opening ? "opening" : "sealing", facts.regular ? facts.size : 0,
		                      job->quiet);
		r = cm_pump_run(&stages, report);
		cm_out_progress_end(&run.progress);
	}
	if (r == COMITY_OK)
		*ret_told = (struct cm_seal_told){
		        .read = run.read, .written = run.written, .sha256 = comity_digest_final(&run.digest)};
	for (size_t i = 0; i < CM_PUMP_WORKERS; i++)
		comity_seal_worker_free(run.workers[i]);
	comity_seal_free(run.seal);
	cm_buf_fini(&run.ahead);
	if (opened == CM_OK && run.fd > 2)
		cm_file_close(&run.fd);
	return r;
}

enum comity_result
cm_seal_job_seal(const struct cm_seal_job *job, struct comity_report *report, struct cm_seal_told *ret_told)
{
	return cm_seal_job_run(job, report, ret_told);
}

enum comity_result
cm_seal_job_open(const struct cm_seal_job *job, struct comity_report *report, struct cm_seal_told *ret_told)
{
	return cm_seal_job_run(job, report, ret_told);
}
