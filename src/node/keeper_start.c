// Knows: how a command without a running node gets a keeper of its own: the folder's lock, a child, READY. Does not know: what the
// command asks it. The lock is the one that a running node holds, so there are never two keepers over one folder.
#include "node/keeper.h"

#include "base/mem.h"
#include "node/role.h"
#include "os/clock.h"
#include "os/dir.h"
#include "os/file.h"
#include "os/signal.h"

cm_result
cm_keeper_lock(const char *home, struct cm_report *report, int *ret_fd)
{
	char path[CM_FILE_PATH];
	cm_result r = cm_file_path(path, sizeof path, home, "run", report);
	if (r == CM_OK)
		r = cm_dir_make(path, 0700, report);
	if (r == CM_OK)
		r = cm_file_path(path, sizeof path, home, "run/lock", report);
	return r == CM_OK ? cm_file_lock(path, report, ret_fd) : r;
}

cm_result
cm_keeper_start(const char *home, int pass_fd, struct cm_report *report, struct cm_keeper_process *ret_keeper)
{
	int parent[2] = {-1, -1}, client[2] = {-1, -1};
	struct cm_keeper_process keeper = {.lock_fd = -1};
	cm_signal_quiet();
	cm_result r = cm_keeper_lock(home, report, &keeper.lock_fd);
	if (r == CM_OK)
		r = cm_ipc_pair(report, parent);
	if (r == CM_OK)
		r = cm_ipc_pair(report, client);
	struct cm_proc_fd fds[3] = {
	        {.fd = parent[1], .as = CM_ROLE_FD_PARENT},
	        {.fd = client[1], .as = CM_ROLE_FD_KEEPER_NODE},
	        {.fd = pass_fd, .as = CM_ROLE_FD_KEEPER_PASS},
	};
	struct cm_role_start start = {
	        .role = "keeper",
	        .home = home,
	        .fds = fds,
	        .fd_count = pass_fd < 0 ? 2 : 3,
	        .option = {"--offline", pass_fd < 0 ? NULL : "--pass"},
	};
	if (r == CM_OK)
		r = cm_role_start(&start, report, &keeper.proc);
	cm_file_close(&parent[1]);
	cm_file_close(&client[1]);
	cm_file_close(&pass_fd);
	keeper.parent = cm_ipc_of(parent[0]);
	if (r == CM_OK)
		r = cm_role_await(&keeper.parent, report, NULL);
	if (r == CM_OK) {
		*ret_keeper = keeper;
		cm_keeper_client_init(&ret_keeper->client, client[0]);
		return CM_OK;
	}
	cm_file_close(&client[0]);
	cm_keeper_stop(&keeper);
	return r;
}

void
cm_keeper_stop(struct cm_keeper_process *keeper)
{
	if (keeper == NULL)
		return;
	cm_keeper_client_fini(&keeper->client);
	if (keeper->parent.fd > 0)
		cm_ipc_fini(&keeper->parent); // the keeper ends when this channel ends
	struct cm_proc_end end;
	if (keeper->proc.pid != 0)
		cm_result_ignore(cm_proc_wait(&keeper->proc,
		                              cm_clock_after(CM_LIMIT_PROCESS_STOP_S_VALUE * CM_INSTANT_SECOND),
		                              NULL, &end),
		                 "what still runs is killed next");
	cm_proc_fini(&keeper->proc);
	if (keeper->lock_fd > 0)
		cm_file_close(&keeper->lock_fd);
	keeper->lock_fd = 0;
}
