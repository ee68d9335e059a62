// Knows: which processes make a node, and what follows when one ends. Does not know: what they do. One thread, one loop over
// signals, channels and ends of processes. Children are killed by the kernel when this process ends, so none is left behind.
#include "node/parent.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/rd.h"
#include "base/tab_limit.h"
#include "node/ipc_findings.h"
#include "node/role.h"
#include "node/tab_frame.h"
#include "os/clock.h"
#include "os/dir.h"
#include "os/file.h"
#include "os/signal.h"

struct cm_parent_reader {
	uint32_t job;
	struct cm_proc proc; // pid 0: the place is free
};

struct cm_parent {
	const struct cm_parent_options *options;
	int lock_fd, signal_fd;
	struct cm_proc keeper, message, node, desk;
	struct cm_ipc keeper_ipc, message_ipc, node_ipc, desk_ipc;
	struct cm_parent_reader readers[CM_LIMIT_READERS_VALUE];
	int64_t restarts[CM_LIMIT_READER_RESTARTS_VALUE]; // when the message reader was started again, a ring
	size_t restart_next;
	bool stopping;
	struct cm_report *report;
	struct cm_buf missing;
};

static void
cm_parent_say(const struct cm_parent *p, enum cm_parent_news news, const char *text)
{
	if (p->options->say != NULL)
		p->options->say(p->options->self, news, text);
}

static int64_t
cm_parent_soon(void)
{
	return cm_clock_after(CM_LIMIT_PROCESS_STOP_S_VALUE * CM_INSTANT_SECOND);
}

static cm_result
cm_parent_tell(struct cm_ipc *to, enum cm_frame type, const struct cm_buf *payload, int fd)
{
	struct cm_ipc_frame frame = {.type = (uint16_t)type, .fds = {fd}, .fd_count = fd < 0 ? 0 : 1};
	if (payload != NULL)
		frame.payload = cm_buf_view(payload);
	return cm_ipc_send(to, &frame, cm_parent_soon(), NULL);
}

// Starts a role with its channel to us at 3 and `other` (taken over) at 4.
static cm_result
cm_parent_start(struct cm_parent *p, struct cm_role_start *start, struct cm_proc_fd *fds, struct cm_proc *proc,
                struct cm_ipc *ipc)
{
	int ends[2];
	cm_result r = cm_ipc_pair(p->report, ends);
	if (r != CM_OK)
		return r;
	fds[0] = (struct cm_proc_fd){.fd = ends[1], .as = CM_ROLE_FD_PARENT};
	start->fds = fds;
	r = cm_role_start(start, p->report, proc);
	cm_file_close(&ends[1]);
	*ipc = cm_ipc_of(ends[0]);
	return r == CM_OK ? cm_role_await(ipc, p->report, &p->missing) : r;
}

static cm_result
cm_parent_start_keeper(struct cm_parent *p, int node_fd)
{
	int pass_fd = p->options->pass_fd;
	struct cm_proc_fd fds[3] = {[1] = {.fd = node_fd, .as = CM_ROLE_FD_KEEPER_NODE},
	                            [2] = {.fd = pass_fd, .as = CM_ROLE_FD_KEEPER_PASS}};
	struct cm_role_start start = {
	        .role = "keeper",
	        .home = p->options->home,
	        .fd_count = pass_fd < 0 ? 2 : 3,
	        .option = {pass_fd < 0 ? NULL : "--pass"},
	};
	cm_result r = cm_parent_start(p, &start, fds, &p->keeper, &p->keeper_ipc);
	cm_file_close(&pass_fd);
	return r;
}

static cm_result
cm_parent_start_message(struct cm_parent *p, int node_fd)
{
	struct cm_proc_fd fds[2] = {[1] = {.fd = node_fd, .as = CM_ROLE_FD_READER_NODE}};
	struct cm_role_start start = {.role = "reader-message", .fd_count = 2};
	return cm_parent_start(p, &start, fds, &p->message, &p->message_ipc);
}

static cm_result
cm_parent_start_node(struct cm_parent *p, int keeper_fd, int message_fd)
{
	struct cm_proc_fd fds[3] = {[1] = {.fd = keeper_fd, .as = CM_ROLE_FD_NODE_KEEPER},
	                            [2] = {.fd = message_fd, .as = CM_ROLE_FD_NODE_MESSAGE}};
	struct cm_role_start start = {.role = "node", .home = p->options->home, .fd_count = 3};
	return cm_parent_start(p, &start, fds, &p->node, &p->node_ipc);
}

// The desk calls the node's API, so it comes last.
static cm_result
cm_parent_start_desk(struct cm_parent *p)
{
	struct cm_proc_fd fds[1];
	struct cm_role_start start = {.role = "desk", .home = p->options->home, .fd_count = 1};
	return cm_parent_start(p, &start, fds, &p->desk, &p->desk_ipc);
}

static cm_result
cm_parent_start_all(struct cm_parent *p)
{
	int keeper[2] = {-1, -1}, message[2] = {-1, -1};
	cm_result r = cm_ipc_pair(p->report, keeper);
	if (r == CM_OK)
		r = cm_ipc_pair(p->report, message);
	if (r == CM_OK)
		r = cm_parent_start_keeper(p, keeper[0]);
	if (r == CM_OK)
		r = cm_parent_start_message(p, message[0]);
	if (r == CM_OK)
		r = cm_parent_start_node(p, keeper[1], message[1]);
	if (r == CM_OK && p->options->desk)
		r = cm_parent_start_desk(p);
	for (int i = 0; i < 2; i++) {
		cm_file_close(&keeper[i]);
		cm_file_close(&message[i]);
	}
	return r;
}

// May the message reader be started once more, or does it die too often?
static bool
cm_parent_restart_may(struct cm_parent *p)
{
	int64_t now = cm_clock_mono();
	int64_t oldest = p->restarts[p->restart_next];
	if (oldest != 0 && now - oldest < CM_LIMIT_READER_RESTART_S_VALUE * CM_INSTANT_SECOND)
		return false;
	p->restarts[p->restart_next] = now;
	p->restart_next = (p->restart_next + 1) % CM_LIMIT_READER_RESTARTS_VALUE;
	return true;
}

static const char *
cm_parent_end_text(const char *who, const struct cm_proc_end *end, char to[96])
{
	if (end->signal != 0)
		snprintf(to, 96, "%s was ended by signal %d%s", who, end->signal,
		         end->signal == SIGSYS ? " (a forbidden system call)" : "");
	else
		snprintf(to, 96, "%s ended with code %d", who, end->code);
	return to;
}

// Sessions are gone with it; what persons typed is in their browsers.
static cm_result
cm_parent_restart_desk(struct cm_parent *p, const char *why)
{
	cm_ipc_fini(&p->desk_ipc);
	if (!cm_parent_restart_may(p))
		return cm_report_failed(p->report, CM_ERROR_PROCESS_RESTARTS, "desk", "%s", why);
	cm_parent_say(p, CM_PARENT_TROUBLE, why);
	return cm_parent_start_desk(p);
}

static cm_result
cm_parent_restart_message(struct cm_parent *p, const char *why)
{
	int message[2] = {-1, -1};
	cm_ipc_fini(&p->message_ipc);
	if (!cm_parent_restart_may(p))
		return cm_report_failed(p->report, CM_ERROR_PROCESS_RESTARTS, "message reader", "%s", why);
	cm_parent_say(p, CM_PARENT_TROUBLE, why);
	cm_result r = cm_ipc_pair(p->report, message);
	if (r == CM_OK)
		r = cm_parent_start_message(p, message[0]);
	if (r == CM_OK)
		cm_result_ignore(cm_parent_tell(&p->node_ipc, CM_FRAME_MESSAGE_READER, NULL, message[1]),
		                 "a node that is gone is seen by its pidfd");
	cm_file_close(&message[0]);
	cm_file_close(&message[1]);
	return r;
}

static struct cm_parent_reader *
cm_parent_reader_find(struct cm_parent *p, uint32_t job, bool taken)
{
	for (size_t i = 0; i < CM_LIMIT_READERS_VALUE; i++)
		if (taken ? p->readers[i].proc.pid != 0 && p->readers[i].job == job : p->readers[i].proc.pid == 0)
			return &p->readers[i];
	return NULL;
}

static cm_result
cm_parent_reader_start(struct cm_parent *p, uint32_t job)
{
	struct cm_report why = {0};
	CM_CLEANUP(cm_buf_fini) struct cm_buf payload = cm_buf_of(CM_LIMIT_FRAME_BYTES_VALUE);
	CM_FILE_AUTO int fd = -1;
	struct cm_parent_reader *reader = cm_parent_reader_find(p, 0, false);
	cm_buf_u32be(&payload, job);
	cm_result r;
	if (reader == NULL || cm_parent_reader_find(p, job, true) != NULL)
		r = cm_report_refuse(&why, CM_ERROR_RELEASE_JOB, "package reader", "no place for job %u", job);
	else
		r = cm_role_reader_start(&p->keeper_ipc, job, &why, &reader->proc, &fd);
	if (r == CM_OK) {
		reader->job = job;
		return cm_parent_tell(&p->node_ipc, CM_FRAME_READER_STARTED, &payload, fd);
	}
	cm_ipc_findings_write(r, &why, &payload);
	return cm_parent_tell(&p->node_ipc, CM_FRAME_READER_FAILED, &payload, -1);
}

static void
cm_parent_stop_begin(struct cm_parent *p)
{
	if (p->stopping)
		return;
	p->stopping = true;
	cm_parent_say(p, CM_PARENT_STOPS, "");
	cm_result_ignore(cm_parent_tell(&p->node_ipc, CM_FRAME_STOP, NULL, -1), "it is killed when it does not listen");
}

// One word of the node.
static cm_result
cm_parent_obey(struct cm_parent *p)
{
	struct cm_ipc_frame frame;
	cm_result r = cm_ipc_recv(&p->node_ipc, cm_parent_soon(), NULL, &frame);
	if (r != CM_OK)
		return CM_OK; // its end is seen by its pidfd
	cm_ipc_frame_close(&frame);
	if (frame.type == CM_FRAME_STOP) {
		cm_parent_stop_begin(p);
		return CM_OK;
	}
	if (frame.type == CM_FRAME_MESSAGE_KILL) {
		if (p->message.pid != 0)
			cm_result_ignore(cm_proc_signal(&p->message, SIGKILL, NULL), "it may have ended just now");
		return CM_OK; // its end brings another
	}
	struct cm_rd rd = cm_rd_of(frame.payload);
	uint32_t job = cm_rd_u32be(&rd);
	if (!cm_rd_done(&rd))
		return CM_OK;
	if (frame.type == CM_FRAME_READER_START && !p->stopping)
		return cm_parent_reader_start(p, job);
	struct cm_parent_reader *reader = cm_parent_reader_find(p, job, true);
	if (frame.type == CM_FRAME_READER_KILL && reader != NULL)
		cm_result_ignore(cm_proc_signal(&reader->proc, SIGKILL, NULL), "it may have ended just now");
	return CM_OK;
}

static void
cm_parent_reader_ended(struct cm_parent *p, struct cm_parent_reader *reader)
{
	struct cm_proc_end end = {0};
	CM_CLEANUP(cm_buf_fini) struct cm_buf payload = cm_buf_of(16);
	cm_result_ignore(cm_proc_wait(&reader->proc, CM_CLOCK_NEVER, NULL, &end), "it has ended already");
	cm_buf_u32be(&payload, reader->job);
	cm_result_ignore(cm_parent_tell(&p->keeper_ipc, CM_FRAME_READER_DETACH, &payload, -1),
	                 "a keeper that is gone is seen by its pidfd");
	cm_buf_u32be(&payload, (uint32_t)end.code);
	cm_buf_u32be(&payload, (uint32_t)end.signal);
	cm_result_ignore(cm_parent_tell(&p->node_ipc, CM_FRAME_READER_ENDED, &payload, -1),
	                 "a node that is gone is seen by its pidfd");
	*reader = (struct cm_parent_reader){0};
}

// A part ended. The message reader and the desk are started again; without keeper or node nothing goes on.
static cm_result
cm_parent_ended(struct cm_parent *p, struct cm_proc *proc, const char *who)
{
	struct cm_proc_end end = {0};
	char text[96];
	cm_result r = cm_proc_wait(proc, CM_CLOCK_NEVER, p->report, &end);
	if (r != CM_OK || p->stopping)
		return r;
	cm_parent_end_text(who, &end, text);
	if (proc == &p->message && end.code == 0 && end.signal == 0)
		return CM_OK; // the node closed its channel: it ends too, and that is what will be told
	if (proc == &p->message)
		return cm_parent_restart_message(p, text);
	if (proc == &p->desk)
		return cm_parent_restart_desk(p, text);
	return cm_report_failed(p->report, CM_ERROR_PROCESS_ENDED, who, "%s", text);
}

// What the loop waits for, in this order; package readers follow.
enum {
	CM_PARENT_SIGNAL,
	CM_PARENT_NODE,
	CM_PARENT_NODE_END,
	CM_PARENT_KEEPER_END,
	CM_PARENT_MESSAGE_END,
	CM_PARENT_DESK_END,
	CM_PARENT_FIRST
};

static int
cm_parent_end_fd(const struct cm_proc *proc)
{
	return proc->pid == 0 ? -1 : proc->pidfd;
}

static cm_result
cm_parent_handle(struct cm_parent *p, int ready)
{
	switch (ready) {
	case CM_PARENT_SIGNAL:
		while (cm_signal_read(p->signal_fd) != 0)
			cm_parent_stop_begin(p);
		return CM_OK;
	case CM_PARENT_NODE:
		return cm_parent_obey(p);
	case CM_PARENT_NODE_END:
		return cm_parent_ended(p, &p->node, "node");
	case CM_PARENT_KEEPER_END:
		return cm_parent_ended(p, &p->keeper, "keeper");
	case CM_PARENT_MESSAGE_END:
		return cm_parent_ended(p, &p->message, "message reader");
	case CM_PARENT_DESK_END:
		return cm_parent_ended(p, &p->desk, "desk");
	default:
		cm_parent_reader_ended(p, &p->readers[ready - CM_PARENT_FIRST]);
		return CM_OK;
	}
}

// Until the node has ended (after STOP), a needed part has died, or, when stopping, time is up.
static cm_result
cm_parent_watch(struct cm_parent *p)
{
	size_t after = 0;
	int64_t deadline = CM_CLOCK_NEVER;
	cm_result r = CM_OK;
	while (r == CM_OK && p->node.pid != 0) {
		int fds[CM_PARENT_FIRST + CM_LIMIT_READERS_VALUE];
		fds[CM_PARENT_SIGNAL] = p->signal_fd;
		fds[CM_PARENT_NODE] = p->node_ipc.failed == CM_OK ? p->node_ipc.fd : -1;
		fds[CM_PARENT_NODE_END] = cm_parent_end_fd(&p->node);
		fds[CM_PARENT_KEEPER_END] = cm_parent_end_fd(&p->keeper);
		fds[CM_PARENT_MESSAGE_END] = cm_parent_end_fd(&p->message);
		fds[CM_PARENT_DESK_END] = cm_parent_end_fd(&p->desk);
		for (size_t i = 0; i < CM_LIMIT_READERS_VALUE; i++)
			fds[CM_PARENT_FIRST + i] = cm_parent_end_fd(&p->readers[i].proc);
		if (p->stopping && deadline == CM_CLOCK_NEVER)
			deadline = cm_parent_soon();
		int ready = -1;
		r = cm_ipc_wait(fds, sizeof fds / sizeof *fds, after, deadline, &ready);
		if (r != CM_OK || ready < 0)
			break;
		after = (size_t)ready;
		r = cm_parent_handle(p, ready);
	}
	return r;
}

// Everything that still runs: readers first, the keeper last, each by the end of its channel, then the hard way.
static void
cm_parent_fini(struct cm_parent *p)
{
	struct cm_proc_end end;
	cm_ipc_fini(&p->desk_ipc);
	cm_proc_fini(&p->desk);
	cm_ipc_fini(&p->node_ipc);
	cm_proc_fini(&p->node);
	for (size_t i = 0; i < CM_LIMIT_READERS_VALUE; i++)
		cm_proc_fini(&p->readers[i].proc);
	cm_ipc_fini(&p->message_ipc);
	cm_proc_fini(&p->message);
	cm_ipc_fini(&p->keeper_ipc);
	if (p->keeper.pid != 0)
		cm_result_ignore(cm_proc_wait(&p->keeper, cm_parent_soon(), NULL, &end), "then it is killed");
	cm_proc_fini(&p->keeper);
	cm_file_close(&p->signal_fd);
	cm_file_close(&p->lock_fd);
	cm_buf_fini(&p->missing);
}

static cm_result
cm_parent_lock(struct cm_parent *p)
{
	char path[CM_FILE_PATH];
	cm_result r = cm_file_path(path, sizeof path, p->options->home, "run", p->report);
	if (r == CM_OK)
		r = cm_dir_make(path, 0700, p->report);
	if (r == CM_OK)
		r = cm_file_path(path, sizeof path, p->options->home, "run/lock", p->report);
	return r == CM_OK ? cm_file_lock(path, p->report, &p->lock_fd) : r;
}

cm_result
cm_parent_run(const struct cm_parent_options *options, struct cm_report *report)
{
	static const int signals[] = {SIGTERM, SIGINT, 0};
	struct cm_parent p = {
	        .options = options,
	        .lock_fd = -1,
	        .signal_fd = -1,
	        .keeper_ipc = cm_ipc_of(-1),
	        .message_ipc = cm_ipc_of(-1),
	        .node_ipc = cm_ipc_of(-1),
	        .desk_ipc = cm_ipc_of(-1),
	        .report = report,
	        .missing = cm_buf_of(sizeof((struct cm_sandbox_done *)NULL)->missing * 4),
	};
	cm_result r = cm_parent_lock(&p);
	if (r == CM_OK)
		r = cm_signal_open(signals, report, &p.signal_fd);
	if (r == CM_OK)
		r = cm_parent_start_all(&p);
	if (r == CM_OK) {
		cm_parent_say(&p, CM_PARENT_READY, cm_buf_cstr(&p.missing));
		r = cm_parent_watch(&p);
	}
	cm_parent_fini(&p);
	return r;
}
