// Knows: the roles, their descriptors, how they are started and how they say that they are ready. Does not know: what they do
// (keeper.c, reader.c, the node's own main). A child gets a bare environment: nothing there can change what it does.
#include "node/role.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/rd.h"
#include "node/ipc_findings.h"
#include "node/keeper.h"
#include "node/reader.h"
#include "node/tab_frame.h"
#include "os/clock.h"
#include "os/env.h"
#include "os/file.h"
#include "os/signal.h"

// What the command line of a role says.
struct cm_role_args {
	const char *role;
	const char *home, *clock;
	bool offline, pass;
};

static bool
cm_role_args_read(int argc, char **argv, struct cm_role_args *ret_args)
{
	static const char role[] = "--role=", home[] = "--home=", clock[] = "--exercise-clock=";
	struct cm_role_args args = {0};
	if (argc < 2 || strncmp(argv[1], role, sizeof role - 1) != 0)
		return false;
	args.role = argv[1] + sizeof role - 1;
	for (int i = 2; i < argc; i++) {
		if (strncmp(argv[i], home, sizeof home - 1) == 0)
			args.home = argv[i] + sizeof home - 1;
		if (strncmp(argv[i], clock, sizeof clock - 1) == 0)
			args.clock = argv[i] + sizeof clock - 1;
		args.offline = args.offline || strcmp(argv[i], "--offline") == 0;
		args.pass = args.pass || strcmp(argv[i], "--pass") == 0;
	}
	*ret_args = args;
	return true;
}

static cm_result
cm_role_node(const struct cm_role_args *args, struct cm_report *report)
{
	struct cm_node_start start = {
	        .home = args->home,
	        .parent = cm_ipc_of(CM_ROLE_FD_PARENT),
	        .keeper_fd = CM_ROLE_FD_NODE_KEEPER,
	        .message_fd = CM_ROLE_FD_NODE_MESSAGE,
	};
	return cm_node_main(&start, report);
}

static cm_result
cm_role_desk(const struct cm_role_args *args, const struct cm_desk_pages *pages, struct cm_report *report)
{
	struct cm_desk_start start = {.home = args->home, .parent = cm_ipc_of(CM_ROLE_FD_PARENT), .pages = pages};
	return cm_desk_main(&start, report);
}

static cm_result
cm_role_play(const struct cm_role_args *args, const struct cm_desk_pages *pages, struct cm_report *report)
{
	struct cm_keeper_main_options keeper = {.home = args->home, .offline = args->offline, .has_pass = args->pass};
	cm_result r = args->clock == NULL ? CM_OK : cm_clock_exercise(args->clock, report);
	if (r != CM_OK)
		return r;
	if (strcmp(args->role, "keeper") == 0 && args->home != NULL)
		return cm_keeper_main(&keeper, report);
	if (strcmp(args->role, "node") == 0 && args->home != NULL)
		return cm_role_node(args, report);
	if (strcmp(args->role, "desk") == 0 && args->home != NULL && pages != NULL)
		return cm_role_desk(args, pages, report);
	if (strcmp(args->role, "reader-message") == 0)
		return cm_reader_message_main(report);
	if (strcmp(args->role, "reader-package") == 0)
		return cm_reader_package_main(report);
	return cm_report_refuse(report, CM_ERROR_PROCESS_ROLE_UNKNOWN, "role", "%s", args->role);
}

bool
cm_role_main(int argc, char **argv, const struct cm_desk_pages *pages, int *ret_exit)
{
	struct cm_role_args args;
	if (!cm_role_args_read(argc, argv, &args))
		return false;
	cm_signal_quiet();
	struct cm_report report = {0};
	*ret_exit = cm_role_play(&args, pages, &report) == CM_OK ? 0 : 3;
	return true;
}

// -- what a role says to the parent

cm_result
cm_role_ready(struct cm_ipc *parent, const struct cm_sandbox_done *done, struct cm_report *report)
{
	struct cm_buf payload = cm_buf_of(sizeof done->missing + 8);
	cm_buf_field(&payload, cm_view_text(done->missing));
	struct cm_ipc_frame frame = {.type = CM_FRAME_READY, .payload = cm_buf_view(&payload)};
	cm_result r = cm_buf_result(&payload);
	if (r == CM_OK)
		r = cm_ipc_send(parent, &frame, cm_clock_after(CM_LIMIT_PROCESS_START_S_VALUE * CM_INSTANT_SECOND),
		                report);
	cm_buf_fini(&payload);
	return r;
}

void
cm_role_failed(struct cm_ipc *parent, cm_result result, const struct cm_report *why)
{
	struct cm_buf payload = cm_buf_of(CM_LIMIT_FRAME_BYTES_VALUE);
	cm_ipc_findings_write(result, why, &payload);
	struct cm_ipc_frame frame = {.type = CM_FRAME_FAILED, .payload = cm_buf_view(&payload)};
	cm_result_ignore(cm_ipc_send(parent, &frame, cm_clock_after(CM_INSTANT_SECOND), NULL),
	                 "the parent sees the end of the process in any case");
	cm_buf_fini(&payload);
}

// -- starting

cm_result
cm_role_await(struct cm_ipc *channel, struct cm_report *report, struct cm_buf *ret_missing)
{
	struct cm_ipc_frame frame;
	cm_result r = cm_ipc_recv(channel, cm_clock_after(CM_LIMIT_PROCESS_START_S_VALUE * CM_INSTANT_SECOND), report,
	                          &frame);
	if (r != CM_OK)
		return r;
	cm_ipc_frame_close(&frame);
	if (frame.type == CM_FRAME_FAILED)
		return cm_ipc_findings_read(frame.payload, report);
	struct cm_rd rd = cm_rd_of(frame.payload);
	struct cm_view missing = cm_rd_field(&rd);
	if (frame.type != CM_FRAME_READY || !cm_rd_done(&rd))
		return cm_report_failed(report, CM_ERROR_IPC_FRAME, "ready", "malformed");
	if (ret_missing != NULL)
		cm_buf_view_add(ret_missing, missing);
	return CM_OK;
}

#define CM_ROLE_ENV 8
#define CM_ROLE_ENV_TEXT 1024

// The whole environment of a child: the service manager's credentials, how sanitizers report, and that GnuTLS, which only the
// node and the desk use, does not start itself in the others (it would cost them memory).
static size_t
cm_role_env(char text[CM_ROLE_ENV][CM_ROLE_ENV_TEXT], const char *env[CM_ROLE_ENV + 1])
{
	static const char *const kept[] = {"CREDENTIALS_DIRECTORY", "ASAN_OPTIONS", "UBSAN_OPTIONS", "TMPDIR", "TZ"};
	size_t n = 0;
	for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
		const char *value = cm_env_get(kept[i]);
		if (value == NULL)
			continue;
		int length = snprintf(text[n], CM_ROLE_ENV_TEXT, "%s=%s", kept[i], value);
		if (length < 0 || length >= CM_ROLE_ENV_TEXT)
			continue;
		env[n] = text[n];
		n++;
	}
	return n;
}

cm_result
cm_role_start(const struct cm_role_start *start, struct cm_report *report, struct cm_proc *ret_proc)
{
	char role[64], home[CM_FILE_PATH + 8], clock[CM_FILE_PATH + 20];
	char text[CM_ROLE_ENV][CM_ROLE_ENV_TEXT];
	const char *env[CM_ROLE_ENV + 1] = {NULL};
	const char *argv[7] = {"comity", role};
	size_t n = 2;
	snprintf(role, sizeof role, "--role=%s", start->role);
	if (start->home != NULL) {
		int length = snprintf(home, sizeof home, "--home=%s", start->home);
		if (length < 0 || (size_t)length >= sizeof home)
			return cm_report_refuse(report, CM_ERROR_PATH_TOO_LONG, start->home, "home");
		argv[n++] = home;
	}
	for (size_t i = 0; i < 2; i++)
		if (start->option[i] != NULL)
			argv[n++] = start->option[i];
	if (cm_clock_exercise_file() != NULL) { // it was told to us; who we start follows the same clock
		snprintf(clock, sizeof clock, "--exercise-clock=%s", cm_clock_exercise_file());
		argv[n++] = clock;
	}
	size_t env_n = cm_role_env(text, env);
	if (strcmp(start->role, "node") != 0 && strcmp(start->role, "desk") != 0)
		env[env_n] = "GNUTLS_NO_IMPLICIT_INIT=1";
	struct cm_proc_command command = {
	        .argv = argv,
	        .env = env,
	        .fds = start->fds,
	        .fd_count = start->fd_count,
	        .self = true,
	        .end_with_parent = true,
	};
	return cm_proc_start(&command, report, ret_proc);
}

static cm_result
cm_role_reader_attach(struct cm_ipc *keeper, uint32_t job, int fd, struct cm_report *report)
{
	struct cm_buf payload = cm_buf_of(4);
	cm_buf_u32be(&payload, job);
	struct cm_ipc_frame frame = {
	        .type = CM_FRAME_READER_ATTACH,
	        .payload = cm_buf_view(&payload),
	        .fds = {fd},
	        .fd_count = 1,
	};
	cm_result r = cm_ipc_send(keeper, &frame, cm_clock_after(CM_LIMIT_PROCESS_STOP_S_VALUE * CM_INSTANT_SECOND),
	                          report);
	cm_buf_fini(&payload);
	return r;
}

cm_result
cm_role_reader_start(struct cm_ipc *keeper, uint32_t job, struct cm_report *report, struct cm_proc *ret_proc,
                     int *ret_node_fd)
{
	int node[2] = {-1, -1}, key[2] = {-1, -1};
	struct cm_proc proc = {0};
	cm_result r = cm_ipc_pair(report, node);
	if (r == CM_OK)
		r = cm_ipc_pair(report, key);
	struct cm_proc_fd fds[2] = {
	        {.fd = node[1], .as = CM_ROLE_FD_PACKAGE_NODE},
	        {.fd = key[1], .as = CM_ROLE_FD_PACKAGE_KEEPER},
	};
	struct cm_role_start start = {.role = "reader-package", .fds = fds, .fd_count = 2};
	if (r == CM_OK)
		r = cm_role_start(&start, report, &proc);
	if (r == CM_OK)
		r = cm_role_reader_attach(keeper, job, key[0], report);
	cm_file_close(&node[1]);
	cm_file_close(&key[0]);
	cm_file_close(&key[1]);
	if (r == CM_OK) {
		*ret_proc = proc;
		*ret_node_fd = node[0];
		return CM_OK;
	}
	cm_file_close(&node[0]);
	cm_proc_fini(&proc);
	return r;
}

// -- the node's walls

cm_result
cm_role_walls(const char *home, const struct cm_role_path *own, size_t own_n, struct cm_report *report,
              struct cm_sandbox_done *ret_done)
{
	static const char *const system[] = {
	        "/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf",   "/etc/host.conf", "/etc/gai.conf",
	        "/etc/services",    "/etc/ssl",   "/etc/gnutls",          "/etc/localtime", "/etc/ld.so.cache",
	        "/etc/ca-certificates", "/usr/lib", "/usr/local/lib",     "/lib",           "/lib64",
	        "/usr/share/zoneinfo", "/usr/share/ca-certificates",      "/run/systemd/resolve",
	        "/dev/null",        "/dev/urandom",
	};
	enum { OWN = 16, SYSTEM = sizeof system / sizeof *system };
	char names[OWN][CM_FILE_PATH];
	struct cm_sandbox_path paths[OWN + SYSTEM];
	size_t n = 0;
	if (own_n > OWN)
		return CM_BUG;
	for (size_t i = 0; i < own_n; i++) {
		cm_result r = cm_file_path(names[i], sizeof names[i], home, own[i].name, report);
		if (r != CM_OK)
			return r;
		paths[n++] = (struct cm_sandbox_path){.path = names[i], .writable = own[i].writable};
	}
	for (size_t i = 0; i < SYSTEM; i++)
		paths[n++] = (struct cm_sandbox_path){.path = system[i], .writable = false};
	struct cm_sandbox walls = {.profile = CM_SANDBOX_NODE, .paths = paths, .path_count = n};
	return cm_sandbox_enter(&walls, report, ret_done);
}

cm_result
cm_role_node_walls(const char *home, struct cm_report *report, struct cm_sandbox_done *ret_done)
{
	static const struct cm_role_path own[] = {
	        {"db", true},    {"blobs", true},       {"log", true},        {"run", true}, {"spool", true}, {"tls", true},
	        {"peers", true}, {"national", false}, {"comity.conf", false}, {"card.json", false},
	};
	return cm_role_walls(home, own, sizeof own / sizeof own[0], report, ret_done);
}
