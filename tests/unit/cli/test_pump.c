// Blocks go through the stages in order, whatever the threads do; a failure ends everything and is told once.
#include <stdatomic.h>

#include "unit.h"

#include "api/report_inside.h"
#include "cli/pump.h"

struct job {
	uint64_t blocks, filled, before, after, drained;
	_Atomic uint64_t worked;
	uint64_t settle_at, fail_at; // 0: never
	_Atomic bool order;
};

static enum comity_result
fill(void *self, struct cm_pump_block *block, struct comity_report *report)
{
	struct job *job = self;
	size_t n;
	(void)report;
	job->order = job->order && block->number == job->filled && block->span_count == 0 && !block->last;
	uint8_t *p = cm_pump_piece(block, COMITY_SEAL_CHUNK + 5, &n);
	job->order = job->order && n == COMITY_SEAL_CHUNK - 5 && p == block->p + block->stride + 5;
	job->filled++;
	if (job->settle_at == job->filled) {
		if (!cm_pump_settle(block))
			return COMITY_FAILED;
		job->order = job->order && job->before == block->number;
	}
	memset(block->p, (int)(block->number & 255), 64);
	block->plain = 64;
	block->last = job->filled == job->blocks;
	return COMITY_OK;
}

static enum comity_result
before(void *self, struct cm_pump_block *block, struct comity_report *report)
{
	struct job *job = self;
	(void)report;
	job->order = job->order && block->number == job->before;
	job->before++;
	return COMITY_OK;
}

static enum comity_result
work(void *self, unsigned worker, struct cm_pump_block *block, struct comity_report *report)
{
	struct job *job = self;
	if (worker >= cm_pump_workers())
		return COMITY_BUG;
	if (job->fail_at != 0 && block->number + 1 == job->fail_at)
		return comity_result_of(cm_report_refuse(comity_report_inside(report), CM_ERROR_SEAL_CHUNK, "here", "so"));
	for (size_t i = 0; i < 64; i++)
		block->p[i] ^= 0xff;
	atomic_fetch_add(&job->worked, 1);
	return COMITY_OK;
}

static enum comity_result
after(void *self, struct cm_pump_block *block, struct comity_report *report)
{
	struct job *job = self;
	(void)report;
	job->order = job->order && block->number == job->after;
	job->after++;
	return COMITY_OK;
}

static enum comity_result
drain(void *self, struct cm_pump_block *block, struct comity_report *report)
{
	struct job *job = self;
	(void)report;
	job->order = job->order && block->number == job->drained && block->p[63] == ((block->number & 255) ^ 0xff);
	job->drained++;
	return COMITY_OK;
}

static const struct cm_pump_stages stages = {
        .stride = COMITY_SEAL_SEALED, .fill = fill, .before = before, .work = work, .after = after, .drain = drain};

static void
blocks_keep_their_order(void **state)
{
	(void)state;
	static const uint64_t counts[] = {1, 2, 9, 10, 11, 500};
	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
		struct job job = {.blocks = counts[i], .order = true, .settle_at = counts[i]};
		struct cm_pump_stages s = stages;
		struct comity_report *report;
		s.self = &job;
		assert_int_equal(comity_report_new(&report), COMITY_OK);
		assert_int_equal(cm_pump_run(&s, report), COMITY_OK);
		assert_true(job.order);
		assert_int_equal(job.drained, counts[i]);
		assert_int_equal(atomic_load(&job.worked), counts[i]);
		comity_report_free(report);
	}
}

static void
a_failure_ends_all_and_is_told_once(void **state)
{
	(void)state;
	static const uint64_t at[] = {1, 7, 100};
	for (size_t i = 0; i < sizeof at / sizeof *at; i++) {
		struct job job = {.blocks = 200, .order = true, .fail_at = at[i]};
		struct cm_pump_stages s = stages;
		struct comity_report *report;
		s.self = &job;
		assert_int_equal(comity_report_new(&report), COMITY_OK);
		assert_int_equal(cm_pump_run(&s, report), COMITY_REFUSED);
		assert_int_equal(comity_report_count(report), 1);
		assert_true(job.drained < at[i]);
		comity_report_free(report);
	}
}

UNIT_MAIN(T(blocks_keep_their_order), T(a_failure_ends_all_and_is_told_once))
