// Knows: how the demo's nodes are started, watched until they are ready, killed and stopped, and how its persons log in.
// Does not know: what a node does.
#include "cli/demo_stage.h"

#include <signal.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "base/tab_limit.h"
#include "os/clock.h"
#include "os/ipc.h"

#define CM_DEMO_NODE_READY_US (INT64_C(40) * CM_INSTANT_SECOND)
#define CM_DEMO_NODE_STOP_US (INT64_C(20) * CM_INSTANT_SECOND)
#define CM_DEMO_NODE_CHILDREN 32

// Reads the one line that says the node is ready; false when it ended or the time was over.
static bool
cm_demo_node_line(struct cm_demo *demo, struct cm_demo_node *node, struct cm_buf *line)
{
	int64_t deadline = cm_clock_after(CM_DEMO_NODE_READY_US);
	int fds[] = {node->out, demo->signal};
	uint8_t byte = 0;
	while (byte != '\n') {
		int index = -1;
		size_t n = 0;
		if (cm_ipc_wait(fds, 2, 1, deadline, &index) != CM_OK || index != 0 ||
		    cm_file_read(node->out, &byte, 1, NULL, &n) != CM_OK || n == 0)
			return false;
		cm_buf_u8(line, byte);
	}
	return true;
}

static cm_result
cm_demo_node_unready(struct cm_demo *demo, struct cm_demo_node *node, const char *log)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) said = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE);
	char path[CM_FILE_PATH];
	cm_result r = cm_demo_bad(demo, "%s did not become ready. It said (%s):", node->name, log);
	if (cm_demo_path(demo, log, path) == CM_OK && cm_file_load(path, &said, NULL) == CM_OK)
		cm_demo_quote(demo, cm_buf_view(&said), 20);
	return r;
}

cm_result
cm_demo_node_start(struct cm_demo *demo, struct cm_demo_node *node)
{
	const char *const words[] = {"comity", "serve", "--home", node->name, "--json",
	        node->clock == NULL ? NULL : "--exercise-clock", node->clock, NULL};
	struct cm_report report = {0};
	struct cm_buf CM_CLEANUP(cm_buf_fini) line = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE);
	char log[CM_DEMO_TEXT], path[CM_FILE_PATH];
	CM_FILE_AUTO int err = -1;
	int pair[2] = {-1, -1};
	if (demo->rehearsal)
		return CM_OK;
	snprintf(log, sizeof log, "logs/%s.log", node->name);
	if (cm_demo_path(demo, log, path) != CM_OK || cm_file_open(path, CM_FILE_APPEND, 0600, &report, &err) != CM_OK ||
	    cm_ipc_pair(&report, pair) != CM_OK)
		return cm_demo_bad(demo, "%s cannot be started: %s", node->name, report.findings[0].seen);
	struct cm_proc_fd fds[] = {{pair[1], 1}, {err, 2}};
	struct cm_proc_command run = {
	        .argv = words, .folder = demo->folder, .fds = fds, .fd_count = 2, .self = 1, .end_with_parent = 1};
	fprintf(demo->to, "    %s$ comity serve --home %s &\n", "", node->name);
	fflush(demo->to);
	cm_result r = cm_proc_start(&run, &report, &node->proc);
	cm_file_close(&pair[1]);
	cm_file_close(&node->out);
	node->out = pair[0];
	if (r != CM_OK)
		return cm_demo_bad(demo, "%s cannot be started: %s", node->name, report.findings[0].seen);
	if (!cm_demo_node_line(demo, node, &line))
		return cm_demo_node_unready(demo, node, log);
	cm_json_free(cm_take(&demo->json));
	char text[CM_DEMO_TEXT];
	if (cm_json_read(cm_buf_view(&line), CM_LIMIT_MESSAGE_BYTES_VALUE, NULL, &demo->json) != CM_OK)
		return cm_demo_bad(demo, "%s said something that is no JSON: %s", node->name, cm_buf_cstr(&line));
	cm_demo_text(demo, "peer_address", text);
	snprintf(node->address, sizeof node->address, "%.60s", text);
	return CM_OK;
}

// The numbers of the processes that a node's parent started.
static size_t
cm_demo_node_children(pid_t parent, char paths[CM_DEMO_NODE_CHILDREN][32])
{
	char path[64];
	size_t n = 0;
	struct cm_buf CM_CLEANUP(cm_buf_fini) text = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE);
	snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)parent, (int)parent);
	if (cm_file_load(path, &text, NULL) != CM_OK)
		return 0;
	struct cm_view all = cm_buf_view(&text);
	for (size_t at = 0; at < all.n && n < CM_DEMO_NODE_CHILDREN;) {
		size_t end = cm_view_find(all, at, ' ');
		uint64_t pid;
		if (cm_num_u64(cm_view_part(all, at, end - at), 1, INT32_MAX, &pid))
			snprintf(paths[n++], 32, "/proc/%u", (unsigned)pid);
		at = end + 1;
	}
	return n;
}

cm_result
cm_demo_node_kill(struct cm_demo *demo, struct cm_demo_node *node, size_t *ret_processes)
{
	char children[CM_DEMO_NODE_CHILDREN][32];
	struct cm_proc_end end;
	struct cm_report report = {0};
	if (demo->rehearsal)
		return CM_OK;
	size_t n = cm_demo_node_children(node->proc.pid, children);
	if (cm_proc_signal(&node->proc, SIGKILL, &report) != CM_OK ||
	    cm_proc_wait(&node->proc, cm_clock_after(CM_DEMO_NODE_STOP_US), &report, &end) != CM_OK)
		return cm_demo_bad(demo, "%s cannot be killed: %s", node->name, report.findings[0].seen);
	cm_file_close(&node->out);
	int64_t deadline = cm_clock_after(CM_DEMO_NODE_STOP_US);
	for (size_t i = 0; i < n;) {
		if (!cm_file_exists(children[i]))
			i++;
		else if (cm_clock_mono() > deadline || !cm_demo_pause(demo, CM_INSTANT_SECOND / 100))
			return cm_demo_bad(demo, "A process of %s survived its parent: %s", node->name, children[i]);
	}
	*ret_processes = n + 1;
	return CM_OK;
}

void
cm_demo_node_stop(struct cm_demo *demo, struct cm_demo_node *node)
{
	struct cm_proc_end end;
	(void)demo;
	if (node->proc.pid != 0) {
		cm_result_ignore(cm_proc_signal(&node->proc, SIGTERM, NULL), "it may have ended by itself");
		cm_result_ignore(cm_proc_wait(&node->proc, cm_clock_after(CM_DEMO_NODE_STOP_US), NULL, &end),
		                 "what still runs is killed next");
		cm_proc_fini(&node->proc);
	}
	cm_file_close(&node->out);
}

// The person's telephone: a program that is not ours computes the code.
static cm_result
cm_demo_node_code(struct cm_demo *demo, const struct cm_demo_person *person, int ahead, char to[16])
{
	char secret[CM_DEMO_TEXT], now[64], moment[CM_INSTANT_TEXT];
	snprintf(secret, sizeof secret, "@persons/%s.totp", person->id);
	struct cm_instant t = {cm_clock_utc().us + ahead * CM_INSTANT_SECOND};
	snprintf(now, sizeof now, "--now=%.19s UTC", cm_instant_text_people(t, moment));
	cm_result r = cm_demo_do(demo, &(struct cm_demo_command){
	                                       .words = CM_DEMO_WORDS_OF("oathtool", "--totp", "-b", now, secret),
	                                       .quiet = true});
	struct cm_view code = cm_view_part(cm_buf_view(&demo->out), 0, cm_view_find(cm_buf_view(&demo->out), 0, '\n'));
	if (r == CM_OK && code.n != 6)
		return cm_demo_bad(demo, "oathtool gave no code of six digits.");
	if (r == CM_OK)
		snprintf(to, 16, "%.6s", (const char *)code.p);
	return r;
}

cm_result
cm_demo_login(struct cm_demo *demo, const struct cm_demo_person *person, int ahead)
{
	char code[16], session[CM_DEMO_TEXT];
	cm_result r = cm_demo_node_code(demo, person, ahead, code);
	if (r != CM_OK)
		return r;
	snprintf(session, sizeof session, "persons/%s.password", person->id);
	return cm_demo_as(demo, person,
	                  CM_DEMO_WORDS_OF("login", person->id, "--password-file", session, "--code", code));
}
