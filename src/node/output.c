// Knows: how a command's file reaches the package reader: a descriptor over a socket that only this user may open, for a job
// that a person asked for. Does not know: what is written, or the file's name.
#include "node/output.h"

#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "base/mem.h"
#include "base/tab_limit.h"
#include "node/ipc_findings.h"
#include "node/jobs.h"
#include "node/opening.h"
#include "os/clock.h"
#include "os/local.h"
#include "os/rand.h"

#define CM_OUTPUT_JOBS 32
#define CM_OUTPUT_WAIT_US (INT64_C(600) * CM_INSTANT_SECOND)
#define CM_OUTPUT_LOOK_US (CM_INSTANT_SECOND / 4) // between two looks whether the node ends
#define CM_OUTPUT_CALLERS 16                      // connections that have not said anything yet
#define CM_OUTPUT_SILENT_US (INT64_C(10) * CM_INSTANT_SECOND) // then one of them is closed

enum { CM_OUTPUT_ASK = 1, CM_OUTPUT_KEPT = 2, CM_OUTPUT_DONE = 1, CM_OUTPUT_REFUSED = 2 }; // frames, see cli/cmd_bundle.c

enum cm_output_state { CM_OUTPUT_FREE, CM_OUTPUT_WAITS, CM_OUTPUT_RUNS, CM_OUTPUT_WRITTEN, CM_OUTPUT_FAILED };

struct cm_output_job {
	struct cm_output *output;
	enum cm_output_state state;
	char job[CM_OUTPUT_JOB], evidence[40], person[CM_IPC_PERSON_ID];
	int64_t until; // when its place may be used again
	int socket;    // of the command, while it runs
	int out;
	struct cm_thread thread;
};

struct cm_output {
	struct cm_node *node;
	int listening;
	struct cm_thread thread;
	struct cm_mutex lock;
	bool stopping;
	struct cm_output_job jobs[CM_OUTPUT_JOBS];
};

cm_result
cm_output_open(struct cm_node *node, struct cm_report *report, struct cm_output **ret_output)
{
	char path[CM_FILE_PATH];
	struct cm_output *output = cm_mem_new(sizeof *output);
	if (output == NULL)
		return CM_NOMEM;
	output->node = node;
	output->listening = -1;
	cm_mutex_init(&output->lock);
	for (size_t i = 0; i < CM_OUTPUT_JOBS; i++)
		output->jobs[i] = (struct cm_output_job){.output = output, .socket = -1, .out = -1};
	*ret_output = output;
	cm_result r = cm_file_path(path, sizeof path, node->home, "run/output.sock", report);
	return r == CM_OK ? cm_local_listen(path, report, &output->listening) : r;
}

// -- jobs ----------------------------------------------------------------------------------------------------------

// A free place; else the one whose job ended first, or that nobody came for in time.
static struct cm_output_job *
cm_output_place(struct cm_output *output)
{
	struct cm_output_job *best = NULL;
	for (size_t i = 0; i < CM_OUTPUT_JOBS; i++) {
		struct cm_output_job *job = &output->jobs[i];
		if (job->state == CM_OUTPUT_FREE)
			return job;
		bool over = job->state == CM_OUTPUT_WRITTEN || job->state == CM_OUTPUT_FAILED;
		bool late = job->state == CM_OUTPUT_WAITS && cm_clock_mono() > job->until;
		if ((over || late) && (best == NULL || job->until < best->until))
			best = job;
	}
	return best;
}

cm_result
cm_output_expect(struct cm_output *output, const char *evidence, const char *person, struct cm_report *report,
                 char ret_job[CM_OUTPUT_JOB])
{
	uint8_t name[16];
	cm_result r = cm_rand_bytes(name, sizeof name, report);
	if (r != CM_OK)
		return r;
	cm_hex_text(cm_view_of(name, sizeof name), ret_job);
	CM_MUTEX_HOLD(&output->lock);
	struct cm_output_job *job = cm_output_place(output);
	if (job == NULL)
		return cm_report_refuse(report, CM_ERROR_NODE_BUSY, "bundles", "%d are asked for", CM_OUTPUT_JOBS);
	cm_thread_join(&job->thread); // it has ended, but for letting go of the lock
	*job = (struct cm_output_job){.output = output, .state = CM_OUTPUT_WAITS, .socket = -1, .out = -1};
	job->until = cm_clock_after(CM_OUTPUT_WAIT_US);
	snprintf(job->job, sizeof job->job, "%s", ret_job);
	snprintf(job->evidence, sizeof job->evidence, "%s", evidence);
	snprintf(job->person, sizeof job->person, "%s", person);
	return CM_OK;
}

bool
cm_output_show(struct cm_output *output, const char *name, struct cm_json_put *put)
{
	static const char *const states[] = {"", "waits", "runs", "done", "refused"};
	CM_MUTEX_HOLD(&output->lock);
	for (size_t i = 0; i < CM_OUTPUT_JOBS; i++) {
		const struct cm_output_job *job = &output->jobs[i];
		uint64_t done = 0, all = 0;
		if (job->state == CM_OUTPUT_FREE || strcmp(job->job, name) != 0)
			continue;
		if (job->state == CM_OUTPUT_RUNS)
			cm_jobs_progress(output->node->jobs, cm_view_text(job->evidence), &done, &all);
		cm_json_put_object(put);
		cm_json_put_member_number(put, "done", (int64_t)done);
		cm_json_put_member_cstr(put, "evidence", job->evidence);
		cm_json_put_member_cstr(put, "job", job->job);
		cm_json_put_member_number(put, "of", (int64_t)all);
		cm_json_put_member_cstr(put, "state", states[job->state]);
		cm_json_put_end_object(put);
		return true;
	}
	return false;
}

static bool
cm_output_stopping(struct cm_output *output)
{
	CM_MUTEX_HOLD(&output->lock);
	return output->stopping;
}

// The command says that the bundle stands in its place. It may take as long as the disk does, but no longer than the approvals live.
static bool
cm_output_kept(struct cm_output *output, struct cm_ipc *ipc)
{
	int64_t late = cm_clock_after(CM_LIMIT_APPROVAL_S_VALUE * CM_INSTANT_SECOND);
	int ready = -1;
	while (ready < 0 && !cm_output_stopping(output) && cm_clock_mono() < late)
		if (cm_ipc_wait(&ipc->fd, 1, 0, cm_clock_after(CM_OUTPUT_LOOK_US), &ready) != CM_OK)
			return false;
	struct cm_ipc_frame frame = {0};
	if (ready < 0 || cm_ipc_recv(ipc, cm_clock_after(CM_INSTANT_SECOND), NULL, &frame) != CM_OK)
		return false;
	cm_ipc_frame_close(&frame);
	return frame.type == CM_OUTPUT_KEPT;
}

// Its own thread: as long as the evidence is.
static void
cm_output_write(void *arg)
{
	struct cm_output_job *job = arg;
	struct cm_node *node = job->output->node;
	struct cm_report report = {0};
	struct cm_ipc ipc = cm_ipc_of(job->socket);
	struct cm_buf CM_CLEANUP(cm_buf_fini) answer = cm_buf_of(CM_LIMIT_FRAME_BYTES_VALUE);
	struct cm_opening_export export = {
	        .node = node, .evidence = job->evidence, .person = job->person, .out = job->out, .asker = job->socket};
	cm_result r = cm_opening_bundle(&export, &report, &answer);
	if (r != CM_OK) {
		cm_buf_clear(&answer);
		cm_ipc_findings_write(r, &report, &answer);
	}
	cm_file_close(&job->out);
	struct cm_ipc_frame frame = {.type = r == CM_OK ? CM_OUTPUT_DONE : CM_OUTPUT_REFUSED, .payload = cm_buf_view(&answer)};
	cm_result_ignore(cm_ipc_send(&ipc, &frame, cm_clock_after(CM_INSTANT_SECOND), NULL), "the command may be gone");
	if (r == CM_OK)
		cm_opening_bundle_end(&export, cm_output_kept(job->output, &ipc));
	cm_ipc_fini(&ipc);
	CM_MUTEX_HOLD(&job->output->lock);
	job->socket = -1;
	job->state = r == CM_OK ? CM_OUTPUT_WRITTEN : CM_OUTPUT_FAILED;
}

// Finds the waiting job of this name and gives it socket and descriptor.
static bool
cm_output_begin(struct cm_output *output, struct cm_view name, int socket, int out)
{
	CM_MUTEX_HOLD(&output->lock);
	for (size_t i = 0; i < CM_OUTPUT_JOBS && !output->stopping; i++) {
		struct cm_output_job *job = &output->jobs[i];
		if (job->state != CM_OUTPUT_WAITS || !cm_view_is(name, job->job) || cm_clock_mono() > job->until)
			continue;
		job->state = CM_OUTPUT_RUNS;
		job->socket = socket;
		job->out = out;
		if (cm_thread_start(&job->thread, "bundle", cm_output_write, job, NULL) == CM_OK)
			return true;
		job->state = CM_OUTPUT_FAILED;
		job->socket = -1;
		job->out = -1;
		return false;
	}
	return false;
}

// One command: the job's name and the descriptor.
static void
cm_output_hear(struct cm_output *output, int socket)
{
	struct cm_ipc ipc = cm_ipc_of(socket);
	struct cm_ipc_frame frame = {0};
	struct cm_report report = {0};
	struct cm_buf CM_CLEANUP(cm_buf_fini) answer = cm_buf_of(CM_LIMIT_FRAME_BYTES_VALUE);
	cm_result r = cm_ipc_recv(&ipc, cm_clock_after(CM_INSTANT_SECOND), NULL, &frame);
	bool asked = r == CM_OK && frame.type == CM_OUTPUT_ASK && frame.fd_count == 1;
	bool write_only = asked && cm_file_write_only(frame.fds[0]);
	if (write_only && cm_output_begin(output, frame.payload, ipc.fd, frame.fds[0])) {
		ipc.fd = -1; // the job's now
		cm_ipc_fini(&ipc);
		return;
	}
	cm_ipc_frame_close(&frame);
	if (asked && !write_only)
		r = cm_report_refuse(&report, CM_ERROR_OUTPUT_WAY, "output", "%s", "a descriptor that can be read from");
	else
		r = cm_report_refuse(&report, CM_ERROR_HTTP_NOT_FOUND, "job", "%s", "it was not asked for, or too long ago");
	cm_ipc_findings_write(r, &report, &answer);
	struct cm_ipc_frame refused = {.type = CM_OUTPUT_REFUSED, .payload = cm_buf_view(&answer)};
	cm_result_ignore(cm_ipc_send(&ipc, &refused, cm_clock_after(CM_INSTANT_SECOND), NULL), "the command may be gone");
	cm_ipc_fini(&ipc);
}

// Those who called and have not said anything yet; -1: a free place.
struct cm_output_callers {
	int fds[1 + CM_OUTPUT_CALLERS]; // the first is the listener
	int64_t until[1 + CM_OUTPUT_CALLERS];
};

static void
cm_output_take_caller(struct cm_output *output, struct cm_output_callers *callers)
{
	size_t at = 1;
	for (size_t i = 1; i <= CM_OUTPUT_CALLERS; i++) { // a free place, else of him who has been silent longest
		if (callers->fds[i] < 0) {
			at = i;
			break;
		}
		if (callers->until[i] < callers->until[at])
			at = i;
	}
	cm_file_close(&callers->fds[at]);
	callers->until[at] = cm_clock_after(CM_OUTPUT_SILENT_US);
	if (cm_local_accept(output->listening, cm_clock_after(CM_OUTPUT_LOOK_US), NULL, &callers->fds[at]) != CM_OK)
		callers->fds[at] = -1;
}

// Nobody who calls and says nothing holds up another.
static void
cm_output_serve(void *arg)
{
	struct cm_output *output = arg;
	struct cm_output_callers callers;
	for (size_t i = 0; i <= CM_OUTPUT_CALLERS; i++)
		callers.fds[i] = -1;
	callers.fds[0] = output->listening;
	while (!cm_output_stopping(output)) {
		int ready = -1;
		if (cm_ipc_wait(callers.fds, 1 + CM_OUTPUT_CALLERS, 0, cm_clock_after(CM_OUTPUT_LOOK_US), &ready) != CM_OK)
			break;
		if (ready > 0) {
			cm_output_hear(output, callers.fds[ready]);
			callers.fds[ready] = -1;
		} else if (ready == 0)
			cm_output_take_caller(output, &callers);
		for (size_t i = 1; i <= CM_OUTPUT_CALLERS; i++)
			if (callers.fds[i] >= 0 && cm_clock_mono() > callers.until[i])
				cm_file_close(&callers.fds[i]);
	}
	for (size_t i = 1; i <= CM_OUTPUT_CALLERS; i++)
		cm_file_close(&callers.fds[i]);
}

cm_result
cm_output_start(struct cm_output *output, struct cm_report *report)
{
	return cm_thread_start(&output->thread, "output", cm_output_serve, output, report);
}

void
cm_output_stop(struct cm_output *output)
{
	if (output == NULL)
		return;
	cm_mutex_lock(&output->lock);
	output->stopping = true;
	cm_mutex_unlock(&output->lock);
	cm_thread_join(&output->thread);
	for (size_t i = 0; i < CM_OUTPUT_JOBS; i++)
		cm_thread_join(&output->jobs[i].thread);
	cm_file_close(&output->listening);
	cm_mutex_fini(&output->lock);
	cm_mem_free(output);
}
