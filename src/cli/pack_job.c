// Knows: how the steps of comity_pack become the stages of a pump. Does not know: formats, keys, where the stream goes.
#include "cli/pack_job.h"

#include <string.h>

#include "base/mem.h"
#include "cli/pump.h"
#include "os/clock.h"
#include "os/rand.h"

enum comity_result (*cm_cli_signer_open)(const char *home, struct comity_report *report,
                                         struct cm_cli_signer *ret_signer);

struct cm_pack_run {
	const struct cm_pack_job *job;
	struct cm_pack_inputs inputs;
	struct comity_pack *pack;
	struct comity_seal *seal;
	struct comity_seal_worker *workers[CM_PUMP_WORKERS];
	struct comity_digest digest; // of the stream, when sealed
	struct comity_step step;     // what is due: HAVE or COPY with `step_done` bytes of it out
	uint64_t step_done;
	bool done;
	int fd; // of the input that is copied
	size_t fd_input;
	uint64_t written;
	struct cm_out_progress progress;
};

static enum comity_result
cm_pack_spans(struct cm_pack_run *run, struct cm_pump_block *block, struct comity_report *report)
{
	enum comity_result r = COMITY_OK;
	for (; r == COMITY_OK && block->span_done < block->span_count; block->span_done++) {
		struct cm_pump_span span = block->spans[block->span_done];
		while (r == COMITY_OK && span.n != 0) {
			size_t n;
			uint8_t *p = cm_pump_piece(block, span.from, &n);
			n = n < span.n ? n : span.n;
			r = comity_pack_digest(run->pack, (struct comity_view){p, n}, report);
			span.from += n;
			span.n -= n;
		}
	}
	return r;
}

static enum comity_result
cm_pack_chance(struct cm_pack_run *run, uint64_t length, struct comity_report *report)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) chance = cm_buf_of((size_t)length);
	cm_buf_fill(&chance, 0, (size_t)length);
	cm_result r = cm_buf_result(&chance);
	if (r == CM_OK)
		r = cm_rand_bytes(chance.p, chance.n, comity_report_inside(report));
	return r == CM_OK ? comity_pack_give(run->pack, comity_outside(cm_buf_view(&chance)), report)
	                  : comity_result_of(r);
}

static enum comity_result
cm_pack_sign(struct cm_pack_run *run, struct comity_report *report)
{
	struct comity_signature signature = {0};
	struct cm_cli_signer *signer = run->job->signer;
	enum comity_result r = signer->sign(signer->self, &run->step.statement, report, &signature);
	return r == COMITY_OK ? comity_pack_signed(run->pack, &signature, report) : r;
}

// Asks the machine on until bytes are due or all is out.
static enum comity_result
cm_pack_next(struct cm_pack_run *run, struct cm_pump_block *block, struct comity_report *report)
{
	enum comity_result r = COMITY_OK;
	while (r == COMITY_OK && !run->done) {
		if ((run->step.kind == COMITY_STEP_HAVE || run->step.kind == COMITY_STEP_COPY) &&
		    run->step_done < run->step.length)
			return COMITY_OK;
		r = comity_pack_step(run->pack, report, &run->step);
		run->step_done = 0;
		if (r != COMITY_OK)
			break;
		if (run->step.kind == COMITY_STEP_RANDOM)
			r = cm_pack_chance(run, run->step.length, report);
		else if (run->step.kind == COMITY_STEP_SIGN)
			r = cm_pack_sign(run, report);
		else if (run->step.kind == COMITY_STEP_WAIT)
			r = cm_pump_settle(block) ? cm_pack_spans(run, block, report) : COMITY_FAILED;
		else if (run->step.kind == COMITY_STEP_DONE)
			run->done = true;
		else if (run->step.kind != COMITY_STEP_HAVE && run->step.kind != COMITY_STEP_COPY)
			r = COMITY_BUG;
	}
	return r;
}

static cm_result
cm_pack_open(struct cm_pack_run *run, struct cm_report *report)
{
	if (run->fd >= 0 && run->fd_input == run->step.input)
		return CM_OK;
	cm_file_close(&run->fd);
	run->fd_input = run->step.input;
	return cm_file_open(run->inputs.files[run->step.input].path, CM_FILE_READ, 0, report, &run->fd);
}

static enum comity_result
cm_pack_copy(struct cm_pack_run *run, struct cm_pump_block *block, uint8_t *to, size_t n, struct comity_report *report)
{
	struct cm_report *inside = comity_report_inside(report);
	size_t got = 0;
	cm_result r = cm_pack_open(run, inside);
	if (r == CM_OK)
		r = cm_file_pread(run->fd, run->step.offset + run->step_done, to, n, inside, &got);
	if (r == CM_OK && got != n)
		r = cm_report_refuse(inside, CM_ERROR_PACK_CHANGED, run->inputs.files[run->step.input].name,
		                     "it became shorter");
	if (r != CM_OK)
		return comity_result_of(r);
	struct cm_pump_span *last = block->span_count == 0 ? NULL : &block->spans[block->span_count - 1];
	if (last != NULL && block->span_done < block->span_count && last->from + last->n == block->plain)
		last->n += n;
	else if (block->span_count == CM_PUMP_SPANS)
		return COMITY_BUG;
	else
		block->spans[block->span_count++] = (struct cm_pump_span){.from = block->plain, .n = n};
	return COMITY_OK;
}

static enum comity_result
cm_pack_fill(void *self, struct cm_pump_block *block, struct comity_report *report)
{
	struct cm_pack_run *run = self;
	enum comity_result r = cm_pack_next(run, block, report);
	while (r == COMITY_OK && !run->done && block->plain < CM_PUMP_PLAIN) {
		size_t n;
		uint8_t *to = cm_pump_piece(block, block->plain, &n);
		uint64_t left = run->step.length - run->step_done;
		n = left < n ? (size_t)left : n;
		if (run->step.kind == COMITY_STEP_HAVE)
			memcpy(to, run->step.bytes.p + run->step_done, n);
		else
			r = cm_pack_copy(run, block, to, n, report);
		block->plain += n;
		run->step_done += n;
		if (r == COMITY_OK)
			r = cm_pack_next(run, block, report);
	}
	block->last = run->done;
	return r;
}

static enum comity_result
cm_pack_before(void *self, struct cm_pump_block *block, struct comity_report *report)
{
	return cm_pack_spans(self, block, report);
}

static enum comity_result
cm_pack_work(void *self, unsigned worker, struct cm_pump_block *block, struct comity_report *report)
{
	struct cm_pack_run *run = self;
	enum comity_result r = COMITY_OK;
	(void)report;
	size_t at = 0;
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
cm_pack_after(void *self, struct cm_pump_block *block, struct comity_report *report)
{
	struct cm_pack_run *run = self;
	(void)report;
	comity_digest_add(&run->digest, (struct comity_view){block->p, block->sealed});
	return COMITY_OK;
}

static enum comity_result
cm_pack_drain(void *self, struct cm_pump_block *block, struct comity_report *report)
{
	struct cm_pack_run *run = self;
	size_t n = run->seal == NULL ? block->plain : block->sealed;
	enum comity_result r = run->job->put(run->job->self, cm_view_of(block->p, n), report);
	run->written += n;
	cm_out_progress_at(&run->progress, run->written);
	return r;
}

// The header of the seal goes out first, in the clear.
static enum comity_result
cm_pack_seal(struct cm_pack_run *run, struct comity_report *report)
{
	struct comity_step step;
	uint8_t chance[48 + 32 * 16];
	enum comity_result r = comity_seal_new(&run->seal);
	for (size_t i = 0; r == COMITY_OK && i < run->job->recipient_count; i++)
		r = comity_seal_to(run->seal, run->job->recipients[i], report);
	while (r == COMITY_OK && (r = comity_seal_step(run->seal, report, &step)) == COMITY_OK &&
	       step.kind != COMITY_STEP_DONE) {
		if (step.kind == COMITY_STEP_HAVE) {
			comity_digest_add(&run->digest, step.bytes);
			r = run->job->put(run->job->self, comity_inside(step.bytes), report);
			run->written += step.bytes.n;
		} else if (step.kind != COMITY_STEP_RANDOM || step.length > sizeof chance)
			r = COMITY_BUG;
		else
			r = (enum comity_result)cm_rand_bytes(chance, (size_t)step.length, comity_report_inside(report));
		if (r == COMITY_OK && step.kind == COMITY_STEP_RANDOM)
			r = comity_seal_give(run->seal, (struct comity_view){chance, (size_t)step.length}, report);
	}
	cm_mem_wipe(chance, sizeof chance);
	for (unsigned i = 0; r == COMITY_OK && i < cm_pump_workers(); i++)
		r = comity_seal_worker_new(run->seal, &run->workers[i]);
	return r;
}

static enum comity_result
cm_pack_begin(struct cm_pack_run *run, struct comity_report *report)
{
	struct comity_pack_options options = {.now = {cm_clock_utc().us}, .custody = run->job->custody};
	enum comity_result r = cm_pack_inputs_read(run->job->path, run->job->quiet, report, &run->inputs);
	if (r == COMITY_OK)
		r = comity_pack_new(&options, report, &run->pack);
	for (size_t i = 0; r == COMITY_OK && i < run->inputs.count; i++) {
		const struct cm_pack_file *file = &run->inputs.files[i];
		r = comity_pack_add(run->pack,
		                    &(struct comity_pack_input){file->name, file->size, file->crc}, report);
	}
	for (size_t i = 0; r == COMITY_OK && i < run->job->paper_count; i++)
		r = comity_pack_add_request(run->pack, run->job->papers[i].name, run->job->papers[i].bytes, report);
	if (r == COMITY_OK && run->job->recipient_count != 0)
		r = cm_pack_seal(run, report);
	return r;
}

enum comity_result
cm_pack_job_run(const struct cm_pack_job *job, struct comity_report *report, struct cm_pack_told *ret_told)
{
	struct cm_pack_run run = {.job = job, .fd = -1};
	comity_digest_init(&run.digest);
	enum comity_result r = cm_pack_begin(&run, report);
	bool sealed = job->recipient_count != 0;
	struct cm_pump_stages stages = {.self = &run,
	                                .stride = sealed ? COMITY_SEAL_SEALED : COMITY_SEAL_CHUNK,
	                                .fill = cm_pack_fill,
	                                .before = cm_pack_before,
	                                .work = sealed ? cm_pack_work : NULL,
	                                .after = sealed ? cm_pack_after : NULL,
	                                .drain = cm_pack_drain};
	if (r == COMITY_OK) {
		cm_out_progress_begin(&run.progress, sealed ? "packing and sealing" : "packing", run.inputs.bytes,
		                      job->quiet);
		r = cm_pump_run(&stages, report);
		cm_out_progress_end(&run.progress);
	}
	struct cm_pack_told told = {.files = run.inputs.count, .bytes = run.inputs.bytes, .written = run.written};
	if (r == COMITY_OK && !comity_pack_identity(run.pack, &told.package))
		r = COMITY_BUG;
	told.sealed = comity_digest_final(&run.digest);
	if (r == COMITY_OK)
		*ret_told = told;
	for (size_t i = 0; i < CM_PUMP_WORKERS; i++)
		comity_seal_worker_free(run.workers[i]);
	comity_seal_free(run.seal);
	comity_pack_free(run.pack);
	cm_pack_inputs_fini(&run.inputs);
	cm_file_close(&run.fd);
	return r;
}
