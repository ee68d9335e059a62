// Knows: how a package reader is asked for, gets its key and its descriptors, is listened to and ended. Does not know: what
// is in a package, or who approved (the keeper judges that again before it gives a key).
#include "node/jobs.h"

#include <string.h>

#include "base/mem.h"
#include "base/rd.h"
#include "base/tab_limit.h"
#include "node/ipc_findings.h"
#include "node/reader.h"
#include "node/tab_frame.h"
#include "os/clock.h"

#define CM_JOBS_START_US (INT64_C(10) * CM_INSTANT_SECOND) // a process that has not started by then will not

enum cm_jobs_state { CM_JOBS_FREE, CM_JOBS_ASKED, CM_JOBS_RUNS, CM_JOBS_FAILED, CM_JOBS_ENDED };

struct cm_jobs_slot {
	enum cm_jobs_state state;
	bool waited_for; // somebody is in cm_jobs_run() with it
	uint32_t job;
	int fd;          // READER_STARTED brought it; -1
	char object[CM_READER_OBJECT];
	uint64_t done, all;
	cm_result result;
	struct cm_report report;
};

struct cm_jobs {
	struct cm_node *node;
	struct cm_mutex lock;
	struct cm_cond news;
	bool cancelled;
	uint32_t next;
	size_t room; // package_readers of the settings
	struct cm_jobs_slot slots[CM_LIMIT_READERS_VALUE];
};

cm_result
cm_jobs_start(struct cm_node *node, struct cm_report *report, struct cm_jobs **ret_jobs)
{
	(void)report;
	struct cm_jobs *jobs = cm_mem_new(sizeof *jobs);
	if (jobs == NULL)
		return CM_NOMEM;
	jobs->node = node;
	uint64_t room = (uint64_t)cm_settings_number(&node->settings, CM_SETTING_PACKAGE_READERS);
	jobs->room = room < 1 ? 1 : room > CM_LIMIT_READERS_VALUE ? CM_LIMIT_READERS_VALUE : (size_t)room;
	cm_mutex_init(&jobs->lock);
	cm_cond_init(&jobs->news);
	for (size_t i = 0; i < CM_LIMIT_READERS_VALUE; i++)
		jobs->slots[i].fd = -1;
	*ret_jobs = jobs;
	return CM_OK;
}

// One word about one job to the parent.
static cm_result
cm_jobs_tell(struct cm_jobs *jobs, uint16_t type, uint32_t job, struct cm_report *report)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) payload = cm_buf_of(16);
	cm_buf_u32be(&payload, job);
	struct cm_ipc_frame frame = {.type = type, .payload = cm_buf_view(&payload)};
	CM_MUTEX_HOLD(&jobs->node->parent_lock);
	return cm_ipc_send(jobs->node->parent, &frame, cm_clock_after(CM_JOBS_START_US), report);
}

void
cm_jobs_cancel(struct cm_jobs *jobs)
{
	uint32_t running[CM_LIMIT_READERS_VALUE];
	size_t n = 0;
	if (jobs == NULL)
		return;
	cm_mutex_lock(&jobs->lock);
	jobs->cancelled = true;
	for (size_t i = 0; i < CM_LIMIT_READERS_VALUE; i++)
		if (jobs->slots[i].state == CM_JOBS_RUNS)
			running[n++] = jobs->slots[i].job;
	cm_cond_wake_all(&jobs->news);
	cm_mutex_unlock(&jobs->lock);
	for (size_t i = 0; i < n; i++)
		cm_result_ignore(cm_jobs_tell(jobs, CM_FRAME_READER_KILL, running[i], NULL), "a parent that is gone ends it too");
}

void
cm_jobs_stop(struct cm_jobs *jobs)
{
	if (jobs == NULL)
		return;
	for (size_t i = 0; i < CM_LIMIT_READERS_VALUE; i++)
		cm_file_close(&jobs->slots[i].fd);
	cm_cond_fini(&jobs->news);
	cm_mutex_fini(&jobs->lock);
	cm_mem_free(jobs);
}

static void
cm_jobs_slot_clear(struct cm_jobs_slot *slot)
{
	cm_file_close(&slot->fd);
	memset(slot, 0, sizeof *slot);
	slot->fd = -1;
}

void
cm_jobs_parent_frame(struct cm_jobs *jobs, struct cm_ipc_frame *frame)
{
	struct cm_rd rd = cm_rd_of(frame->payload);
	uint32_t job = cm_rd_u32be(&rd);
	CM_MUTEX_HOLD(&jobs->lock);
	for (size_t i = 0; i < CM_LIMIT_READERS_VALUE; i++) {
		struct cm_jobs_slot *slot = &jobs->slots[i];
		if (slot->state == CM_JOBS_FREE || slot->job != job)
			continue;
		if (frame->type == CM_FRAME_READER_STARTED && frame->fd_count == 1 && slot->state == CM_JOBS_ASKED) {
			slot->state = CM_JOBS_RUNS;
			if (slot->waited_for) { // otherwise its channel is closed below, and it ends
				slot->fd = frame->fds[0];
				frame->fd_count = 0;
			}
		} else if (frame->type == CM_FRAME_READER_FAILED) {
			slot->state = CM_JOBS_FAILED;
			slot->result = cm_ipc_findings_read(cm_view_part(frame->payload, 4, frame->payload.n - 4), &slot->report);
		} else if (frame->type == CM_FRAME_READER_ENDED)
			slot->state = CM_JOBS_ENDED;
		if (!slot->waited_for && (slot->state == CM_JOBS_FAILED || slot->state == CM_JOBS_ENDED))
			cm_jobs_slot_clear(slot);
	}
	cm_cond_wake_all(&jobs->news);
	cm_ipc_frame_close(frame);
}

// -- one job, from its caller's side -------------------------------------------------------------------------------

static struct cm_jobs_slot *
cm_jobs_take(struct cm_jobs *jobs, struct cm_view object)
{
	CM_MUTEX_HOLD(&jobs->lock);
	for (size_t i = 0; i < jobs->room && !jobs->cancelled; i++) {
		struct cm_jobs_slot *slot = &jobs->slots[i];
		if (slot->state != CM_JOBS_FREE)
			continue;
		slot->state = CM_JOBS_ASKED;
		slot->waited_for = true;
		slot->job = ++jobs->next;
		memcpy(slot->object, object.p, object.n);
		return slot;
	}
	return NULL;
}

// The process runs, and its channel is *ret_ipc.
static cm_result
cm_jobs_begin(struct cm_jobs *jobs, struct cm_jobs_slot *slot, struct cm_report *report, struct cm_ipc *ret_ipc)
{
	int64_t deadline = cm_clock_after(CM_JOBS_START_US);
	cm_result r = cm_jobs_tell(jobs, CM_FRAME_READER_START, slot->job, report);
	CM_MUTEX_HOLD(&jobs->lock);
	if (r != CM_OK) {
		slot->state = CM_JOBS_FAILED; // the parent knows nothing of it, and will say nothing about it
		return r;
	}
	while (slot->state == CM_JOBS_ASKED && !jobs->cancelled)
		if (!cm_cond_wait(&jobs->news, &jobs->lock, deadline))
			break;
	if (slot->state == CM_JOBS_FAILED) {
		cm_report_join(report, &slot->report);
		return slot->result;
	}
	if (slot->fd < 0 || jobs->cancelled) // cm_jobs_cancel() kills only those that it sees running
		return cm_report_failed(report, CM_ERROR_PROCESS_ENDED, "package reader", "it did not start");
	*ret_ipc = cm_ipc_of(slot->fd);
	slot->fd = -1;
	return CM_OK;
}

static cm_result
cm_jobs_sign(struct cm_jobs *jobs, struct cm_ipc *ipc, const struct cm_ipc_frame *asked, struct cm_report *report)
{
	struct cm_rd rd = cm_rd_of(asked->payload);
	struct cm_view manifest = cm_rd_bytes(&rd, CM_HASH_SIZE);
	struct cm_ipc_cades cades = {.time = cm_instant_of_seconds(cm_instant_seconds(cm_clock_utc()))};
	struct cm_key_signature signature;
	struct cm_buf CM_CLEANUP(cm_buf_fini) payload = cm_buf_of(256);
	if (!cm_rd_done(&rd))
		return cm_report_failed(report, CM_ERROR_IPC_FRAME, "bundle_sign", "malformed");
	memcpy(cades.manifest.b, manifest.p, manifest.n);
	cm_result r = cm_keeper_client_sign_cades(&jobs->node->keeper, &cades, report, &signature);
	if (r != CM_OK)
		return r;
	cm_buf_u64be(&payload, (uint64_t)cades.time.us);
	cm_buf_add(&payload, signature.b, sizeof signature.b);
	struct cm_ipc_frame reply = {.type = CM_FRAME_DONE, .id = asked->id, .payload = cm_buf_view(&payload)};
	return cm_ipc_send(ipc, &reply, cm_clock_after(CM_JOBS_START_US), report);
}

static void
cm_jobs_heard(struct cm_jobs *jobs, struct cm_jobs_slot *slot, struct cm_view payload)
{
	struct cm_rd rd = cm_rd_of(payload);
	uint64_t done = cm_rd_u64be(&rd), all = cm_rd_u64be(&rd);
	CM_MUTEX_HOLD(&jobs->lock);
	if (cm_rd_done(&rd)) {
		slot->done = done;
		slot->all = all;
	}
}

// What the reader, or the one who asked, does next.
static cm_result
cm_jobs_hear(struct cm_ipc *ipc, int asker, struct cm_report *report, struct cm_ipc_frame *ret_frame)
{
	const int fds[] = {ipc->fd, asker};
	int ready = -1;
	cm_result r = cm_ipc_wait(fds, 2, 0, CM_CLOCK_NEVER, &ready);
	if (r == CM_OK && ready == 1)
		return cm_report_failed(report, CM_ERROR_OUTPUT_LEFT, "package reader", "%s", "it was ended");
	if (r == CM_OK)
		r = cm_ipc_recv(ipc, CM_CLOCK_NEVER, NULL, ret_frame);
	return r == CM_OK ? r : cm_report_failed(report, CM_ERROR_PROCESS_ENDED, "package reader", "it ended without an answer");
}

// Until the reader says DONE or REFUSED, or is gone.
static cm_result
cm_jobs_listen(struct cm_jobs *jobs, struct cm_jobs_slot *slot, struct cm_ipc *ipc, int asker, struct cm_report *report,
               struct cm_buf *answer)
{
	for (;;) {
		struct cm_ipc_frame frame;
		cm_result r = cm_jobs_hear(ipc, asker, report, &frame);
		if (r != CM_OK)
			return r;
		cm_ipc_frame_close(&frame);
		if (frame.type == CM_FRAME_DONE) {
			cm_buf_view_add(answer, frame.payload);
			return cm_buf_result(answer);
		}
		if (frame.type == CM_FRAME_REFUSED)
			return cm_ipc_findings_read(frame.payload, report);
		if (frame.type == CM_FRAME_BUNDLE_SIGN)
			r = cm_jobs_sign(jobs, ipc, &frame, report);
		else if (frame.type == CM_FRAME_PACKAGE_PROGRESS)
			cm_jobs_heard(jobs, slot, frame.payload);
		else
			r = cm_report_failed(report, CM_ERROR_IPC_FRAME, "package reader", "frame %u", frame.type);
		if (r != CM_OK)
			return r;
	}
}

// The place is free again once the parent has seen the process end.
static void
cm_jobs_end(struct cm_jobs *jobs, struct cm_jobs_slot *slot)
{
	cm_mutex_lock(&jobs->lock);
	bool runs = slot->state == CM_JOBS_RUNS || slot->state == CM_JOBS_ASKED;
	uint32_t job = slot->job;
	slot->waited_for = false;
	slot->object[0] = 0;
	if (!runs)
		cm_jobs_slot_clear(slot);
	cm_mutex_unlock(&jobs->lock);
	if (runs)
		cm_result_ignore(cm_jobs_tell(jobs, CM_FRAME_READER_KILL, job, NULL), "it ends by itself as well");
}

cm_result
cm_jobs_run(struct cm_jobs *jobs, struct cm_jobs_ask *ask, struct cm_report *report, struct cm_buf *answer)
{
	struct cm_ipc CM_CLEANUP(cm_ipc_fini) ipc = cm_ipc_of(-1);
	if (ask->release.object.n >= CM_READER_OBJECT)
		return CM_BUG;
	struct cm_jobs_slot *slot = cm_jobs_take(jobs, ask->release.object);
	if (slot == NULL)
		return cm_report_refuse(report, CM_ERROR_NODE_BUSY, "package readers", "%zu work", jobs->room);
	cm_result r = cm_jobs_begin(jobs, slot, report, &ipc);
	ask->release.job = slot->job;
	if (r == CM_OK)
		r = cm_keeper_client_release(&jobs->node->keeper, &ask->release, report);
	ask->released = r == CM_OK;
	if (r == CM_OK) {
		struct cm_ipc_frame frame = {
		        .type = CM_FRAME_PACKAGE_JOB, .id = slot->job, .payload = ask->payload, .fd_count = ask->fd_count};
		memcpy(frame.fds, ask->fds, sizeof frame.fds);
		r = cm_ipc_send(&ipc, &frame, cm_clock_after(CM_JOBS_START_US), report);
	}
	if (r == CM_OK)
		r = cm_jobs_listen(jobs, slot, &ipc, ask->asker, report, answer);
	if (r == CM_FAILED && cm_report_has(report, CM_ERROR_IPC_CLOSED))
		r = cm_report_failed(report, CM_ERROR_PROCESS_ENDED, "package reader", "it ended before it had its work");
	cm_jobs_end(jobs, slot);
	if (ask->released && r != CM_OK)
		cm_result_ignore(cm_keeper_client_settle(&jobs->node->keeper, ask->release.job, false, NULL), "approvals end by time");
	return r;
}

bool
cm_jobs_progress(struct cm_jobs *jobs, struct cm_view object, uint64_t *ret_done, uint64_t *ret_all)
{
	CM_MUTEX_HOLD(&jobs->lock);
	for (size_t i = 0; i < CM_LIMIT_READERS_VALUE; i++) {
		if (!jobs->slots[i].waited_for || !cm_view_is(object, jobs->slots[i].object))
			continue;
		*ret_done = jobs->slots[i].done;
		*ret_all = jobs->slots[i].all;
		return true;
	}
	return false;
}
