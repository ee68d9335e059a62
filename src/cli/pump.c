// Knows: how blocks go through the stages and which task is next. Does not know: what a stage does.
// The task nearest to the end comes first, so blocks become free early; one lock, taken once for each megabyte.
#include "cli/pump.h"

#include <string.h>

#include "api/report_inside.h"
#include "base/mem.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/proc.h"
#include "os/thread.h"

#define CM_PUMP_BLOCKS 10

enum cm_pump_stage { CM_PUMP_FILL, CM_PUMP_BEFORE, CM_PUMP_WORK, CM_PUMP_AFTER, CM_PUMP_DRAIN };
#define CM_PUMP_STAGES (CM_PUMP_DRAIN + 2) // one to spare, so that the compiler sees every index inside

struct cm_pump {
	const struct cm_pump_stages *stages;
	struct cm_mutex lock;
	struct cm_cond changed;
	struct cm_pump_block *blocks[CM_PUMP_BLOCKS];
	enum cm_pump_stage stage[CM_PUMP_BLOCKS]; // the stage that a block waits for or is in
	bool busy[CM_PUMP_BLOCKS];                // it is in that stage
	uint64_t next[CM_PUMP_STAGES];            // number of the block that the stage takes next
	bool running[CM_PUMP_STAGES];             // a stage in order is at work
	bool ended;                               // the last block was filled
	uint64_t end;                             // number of blocks, once ended
	enum comity_result result;
	struct comity_report *report;
};

struct cm_pump_worker {
	struct cm_pump *pump;
	unsigned number;
	struct cm_thread thread;
	struct comity_report *report;
};

unsigned
cm_pump_workers(void)
{
	unsigned n = cm_proc_cpus() + 2; // two may wait for the disk
	return n > CM_PUMP_WORKERS ? CM_PUMP_WORKERS : n;
}

uint8_t *
cm_pump_piece(const struct cm_pump_block *block, size_t at, size_t *ret_n)
{
	*ret_n = COMITY_SEAL_CHUNK - at % COMITY_SEAL_CHUNK;
	return block->p + at / COMITY_SEAL_CHUNK * block->stride + at % COMITY_SEAL_CHUNK;
}

static bool
cm_pump_has(const struct cm_pump *pump, enum cm_pump_stage stage)
{
	switch (stage) {
	case CM_PUMP_BEFORE:
		return pump->stages->before != NULL;
	case CM_PUMP_WORK:
		return pump->stages->work != NULL;
	case CM_PUMP_AFTER:
		return pump->stages->after != NULL;
	case CM_PUMP_FILL:
	case CM_PUMP_DRAIN:
		break;
	}
	return true;
}

// The slot of the block that this stage can take now, or -1. Called with the lock held.
static int
cm_pump_ready(const struct cm_pump *pump, enum cm_pump_stage stage)
{
	if (stage == CM_PUMP_WORK) { // the earliest that waits
		for (uint64_t n = pump->next[CM_PUMP_DRAIN]; n < pump->next[CM_PUMP_FILL]; n++) {
			size_t slot = (size_t)(n % CM_PUMP_BLOCKS);
			if (pump->stage[slot] == stage && !pump->busy[slot])
				return (int)slot;
		}
		return -1;
	}
	size_t slot = (size_t)(pump->next[stage] % CM_PUMP_BLOCKS);
	if (pump->running[stage] || pump->stage[slot] != stage || pump->busy[slot])
		return -1;
	if (stage == CM_PUMP_FILL ? pump->ended : pump->next[stage] >= pump->next[CM_PUMP_FILL])
		return -1;
	return (int)slot;
}

static enum comity_result
cm_pump_task(struct cm_pump_worker *worker, enum cm_pump_stage stage, struct cm_pump_block *block)
{
	const struct cm_pump_stages *s = worker->pump->stages;
	switch (stage) {
	case CM_PUMP_FILL:
		return s->fill(s->self, block, worker->report);
	case CM_PUMP_BEFORE:
		return s->before(s->self, block, worker->report);
	case CM_PUMP_WORK:
		return s->work(s->self, worker->number, block, worker->report);
	case CM_PUMP_AFTER:
		return s->after(s->self, block, worker->report);
	case CM_PUMP_DRAIN:
		return s->drain(s->self, block, worker->report);
	}
	return COMITY_BUG;
}

// The next stage for a block that finished one.
static enum cm_pump_stage
cm_pump_after(const struct cm_pump *pump, enum cm_pump_stage stage)
{
	if (stage == CM_PUMP_DRAIN)
		return CM_PUMP_FILL;
	do
		stage = (enum cm_pump_stage)(stage + 1);
	while (!cm_pump_has(pump, stage));
	return stage;
}

static void
cm_pump_finish(struct cm_pump_worker *worker, enum cm_pump_stage stage, size_t slot, enum comity_result result)
{
	struct cm_pump *pump = worker->pump;
	struct cm_pump_block *block = pump->blocks[slot];
	pump->busy[slot] = false;
	pump->running[stage] = false;
	if (result != COMITY_OK) {
		if (pump->result == COMITY_OK) { // only the first failure is told; later ones follow from it
			pump->result = result;
			cm_report_join(comity_report_inside(pump->report), comity_report_inside(worker->report));
		}
	} else {
		if (stage == CM_PUMP_FILL && block->last) {
			pump->ended = true;
			pump->end = block->number + 1;
		}
		if (stage != CM_PUMP_WORK)
			pump->next[stage]++;
		pump->stage[slot] = cm_pump_after(pump, stage);
	}
	cm_cond_wake_all(&pump->changed);
}

static void
cm_pump_work(void *arg)
{
	static const enum cm_pump_stage order[] = {CM_PUMP_AFTER, CM_PUMP_BEFORE, CM_PUMP_DRAIN, CM_PUMP_WORK,
	                                           CM_PUMP_FILL};
	struct cm_pump_worker *worker = arg;
	struct cm_pump *pump = worker->pump;
	cm_mutex_lock(&pump->lock);
	while (pump->result == COMITY_OK && !(pump->ended && pump->next[CM_PUMP_DRAIN] == pump->end)) {
		int slot = -1;
		enum cm_pump_stage stage = CM_PUMP_FILL;
		for (size_t i = 0; slot < 0 && i < sizeof order / sizeof *order; i++) {
			stage = order[i];
			slot = cm_pump_has(pump, stage) ? cm_pump_ready(pump, stage) : -1;
		}
		if (slot < 0) {
			cm_cond_wait(&pump->changed, &pump->lock, CM_CLOCK_NEVER);
			continue;
		}
		struct cm_pump_block *block = pump->blocks[slot];
		if (stage == CM_PUMP_FILL) {
			block->number = pump->next[CM_PUMP_FILL];
			block->plain = block->sealed = block->span_count = block->span_done = 0;
			block->last = false;
		}
		pump->busy[slot] = true;
		pump->running[stage] = true;
		cm_mutex_unlock(&pump->lock);
		enum comity_result result = cm_pump_task(worker, stage, block);
		cm_mutex_lock(&pump->lock);
		cm_pump_finish(worker, stage, (size_t)slot, result);
	}
	cm_mutex_unlock(&pump->lock);
}

bool
cm_pump_settle(struct cm_pump_block *block)
{
	struct cm_pump *pump = block->pump;
	cm_mutex_lock(&pump->lock);
	while (pump->result == COMITY_OK && pump->next[CM_PUMP_BEFORE] != block->number)
		cm_cond_wait(&pump->changed, &pump->lock, CM_CLOCK_NEVER);
	bool good = pump->result == COMITY_OK;
	cm_mutex_unlock(&pump->lock);
	return good;
}

static bool
cm_pump_blocks(struct cm_pump *pump, size_t stride)
{
	for (size_t i = 0; i < CM_PUMP_BLOCKS; i++) {
		struct cm_pump_block *block = cm_mem_new(sizeof *block);
		pump->blocks[i] = block;
		if (block == NULL || (block->p = cm_file_block_new(CM_PUMP_SEALED)) == NULL)
			return false;
		block->pump = pump;
		block->stride = stride;
	}
	return true;
}

static void
cm_pump_fini(struct cm_pump *pump)
{
	for (size_t i = 0; i < CM_PUMP_BLOCKS; i++) {
		if (pump->blocks[i] != NULL && pump->blocks[i]->p != NULL) {
			cm_mem_wipe(pump->blocks[i]->p, CM_PUMP_SEALED);
			cm_file_block_free(pump->blocks[i]->p, CM_PUMP_SEALED);
		}
		cm_mem_free(pump->blocks[i]);
	}
	cm_cond_fini(&pump->changed);
	cm_mutex_fini(&pump->lock);
}

static void
cm_pump_threads(struct cm_pump *pump, struct cm_pump_worker *workers, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		workers[i] = (struct cm_pump_worker){.pump = pump, .number = i};
		cm_result r = (cm_result)comity_report_new(&workers[i].report);
		if (r == CM_OK)
			r = cm_thread_start(&workers[i].thread, "pump", cm_pump_work, &workers[i],
			                    comity_report_inside(pump->report));
		if (r == CM_OK)
			continue;
		cm_mutex_lock(&pump->lock);
		pump->result = comity_result_of(r);
		cm_cond_wake_all(&pump->changed);
		cm_mutex_unlock(&pump->lock);
		break;
	}
	for (unsigned i = 0; i < count; i++)
		cm_thread_join(&workers[i].thread);
	for (unsigned i = 0; i < count; i++)
		comity_report_free(workers[i].report);
}

enum comity_result
cm_pump_run(const struct cm_pump_stages *stages, struct comity_report *report)
{
	struct cm_pump pump = {.stages = stages, .report = report};
	struct cm_pump_worker workers[CM_PUMP_WORKERS] = {0};
	cm_mutex_init(&pump.lock);
	cm_cond_init(&pump.changed);
	if (cm_pump_blocks(&pump, stages->stride))
		cm_pump_threads(&pump, workers, cm_pump_workers());
	else
		pump.result = COMITY_NOMEM;
	cm_pump_fini(&pump);
	return pump.result;
}
