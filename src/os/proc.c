// Knows: fork, exec, descriptors of a child, pidfds, /proc. Does not know: the roles of our processes (node/role.h).
// Between fork and exec only calls that are safe after fork in a threaded program are made; everything that needs
// memory is prepared before.
#include "os/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/num.h"
#include "base/tab_limit.h"
#include "os/clock.h"
#include "os/file.h"

extern char **environ;

#define CM_PROC_HIGH 256 // descriptors are moved up here first, so that no source is overwritten by a target

// In the child: says why it could not become the program, and ends.
static void __attribute__((noreturn))
cm_proc_child_fail(int status_fd)
{
	int why = errno;
	ssize_t put = write(status_fd, &why, sizeof why);
	_exit(put == (ssize_t)sizeof why ? 127 : 126);
}

// In the child: exactly the listed descriptors, no blocked signals, then the program.
static void __attribute__((noreturn))
cm_proc_child(const struct cm_proc_command *c, int status_fd)
{
	int moved[CM_PROC_FDS];
	int status = fcntl(status_fd, F_DUPFD_CLOEXEC, CM_PROC_HIGH);
	if (status < 0)
		cm_proc_child_fail(status_fd);
	for (size_t i = 0; i < c->fd_count; i++) {
		moved[i] = fcntl(c->fds[i].fd, F_DUPFD_CLOEXEC, CM_PROC_HIGH);
		if (moved[i] < 0)
			cm_proc_child_fail(status);
	}
	if (close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) != 0)
		cm_proc_child_fail(status);
	for (size_t i = 0; i < c->fd_count; i++)
		if (dup2(moved[i], c->fds[i].as) < 0)
			cm_proc_child_fail(status);
	if (c->end_with_parent && prctl(PR_SET_PDEATHSIG, SIGKILL) != 0)
		cm_proc_child_fail(status);
	if (c->folder != NULL && chdir(c->folder) != 0)
		cm_proc_child_fail(status);
	sigset_t none;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	// exec takes pointers to non-const text but does not write to it (POSIX, rationale of exec).
	char *const *argv = (char *const *)(uintptr_t)c->argv;
	char *const *env = c->env == NULL ? environ : (char *const *)(uintptr_t)c->env;
	if (c->self)
		execve("/proc/self/exe", argv, env);
	else
		execvpe(c->argv[0], argv, env);
	cm_proc_child_fail(status);
}

// Reads from the child whether exec worked; the pipe just ends when it did.
static cm_result
cm_proc_started(int status_fd, const char *name, struct cm_report *report)
{
	int why = 0;
	size_t n = 0;
	cm_result r = cm_file_read(status_fd, &why, sizeof why, report, &n);
	if (r != CM_OK || n == 0)
		return r;
	return cm_report_failed(report, CM_ERROR_PROC_START, name, "%s", strerror(why));
}

cm_result
cm_proc_start(const struct cm_proc_command *c, struct cm_report *report, struct cm_proc *ret_proc)
{
	if (c->fd_count > CM_PROC_FDS)
		return CM_BUG;
	int pipe_fds[2];
	if (pipe2(pipe_fds, O_CLOEXEC) != 0)
		return cm_report_failed(report, CM_ERROR_PROC_START, c->argv[0], "pipe: %s", strerror(errno));
	pid_t pid = fork();
	if (pid == 0)
		cm_proc_child(c, pipe_fds[1]);
	int why = errno;
	cm_file_close(&pipe_fds[1]);
	cm_result r;
	struct cm_proc proc = {.pid = pid, .pidfd = -1};
	if (pid < 0)
		r = cm_report_failed(report, CM_ERROR_PROC_START, c->argv[0], "fork: %s", strerror(why));
	else
		r = cm_proc_started(pipe_fds[0], c->argv[0], report);
	cm_file_close(&pipe_fds[0]);
	if (pid > 0) {
		proc.pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
		if (proc.pidfd < 0 && r == CM_OK)
			r = cm_report_failed(report, CM_ERROR_PROC_START, c->argv[0], "pidfd: %s", strerror(errno));
	}
	if (r != CM_OK) {
		if (pid > 0)
			cm_proc_fini(&proc);
		return r;
	}
	*ret_proc = proc;
	return CM_OK;
}

// Collects the child that has ended.
static cm_result
cm_proc_collect(struct cm_proc *proc, struct cm_proc_end *ret_end)
{
	int status = 0;
	pid_t got;
	do
		got = waitpid(proc->pid, &status, 0);
	while (got < 0 && errno == EINTR);
	cm_file_close(&proc->pidfd);
	proc->pid = 0;
	if (got < 0)
		return CM_FAILED;
	*ret_end = (struct cm_proc_end){
	        .code = WIFEXITED(status) ? WEXITSTATUS(status) : 0,
	        .signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0,
	};
	return CM_OK;
}

cm_result
cm_proc_wait(struct cm_proc *proc, int64_t deadline, struct cm_report *report, struct cm_proc_end *ret_end)
{
	for (;;) {
		struct pollfd p = {.fd = proc->pidfd, .events = POLLIN};
		int n = poll(&p, 1, cm_clock_poll_ms(deadline));
		if (n > 0)
			return cm_proc_collect(proc, ret_end);
		if (n < 0 && errno != EINTR)
			return cm_report_failed(report, CM_ERROR_PROC_FACTS, "poll", "%s", strerror(errno));
		if (n == 0 && deadline != CM_CLOCK_NEVER && cm_clock_mono() >= deadline)
			return cm_report_failed(report, CM_ERROR_PROC_DEADLINE, "process", "%d", (int)proc->pid);
	}
}

cm_result
cm_proc_signal(const struct cm_proc *proc, int signal, struct cm_report *report)
{
	if (syscall(SYS_pidfd_send_signal, proc->pidfd, signal, NULL, 0) != 0 && errno != ESRCH)
		return cm_report_failed(report, CM_ERROR_PROC_FACTS, "signal", "%s", strerror(errno));
	return CM_OK;
}

void
cm_proc_fini(struct cm_proc *proc)
{
	if (proc == NULL || proc->pid == 0)
		return;
	if (proc->pidfd >= 0)
		cm_result_ignore(cm_proc_signal(proc, SIGKILL, NULL), "it may have ended by itself");
	else
		kill(proc->pid, SIGKILL); // our own child, not yet collected: the number is still its own
	struct cm_proc_end end;
	cm_result_ignore(cm_proc_collect(proc, &end), "nobody asks any more");
}

// One running command with its three pipes; -1 where there is none or it is finished.
struct cm_proc_run {
	int in, out, err;
	struct cm_view left; // input not yet written
};

// Reads what is there; what does not fit any more is dropped.
static void
cm_proc_gather(int *fd, struct cm_buf *to)
{
	uint8_t piece[8192];
	ssize_t n = read(*fd, piece, sizeof piece);
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n <= 0) {
		cm_file_close(fd);
		return;
	}
	size_t room = to->max - to->n;
	cm_buf_add(to, piece, (size_t)n < room ? (size_t)n : room);
}

static void
cm_proc_feed(struct cm_proc_run *run)
{
	ssize_t n = run->left.n == 0 ? 0 : write(run->in, run->left.p, run->left.n);
	if (n > 0)
		run->left = cm_view_part(run->left, (size_t)n, run->left.n - (size_t)n);
	if (run->left.n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN))
		cm_file_close(&run->in);
}

// Until all pipes are closed or time is up.
static void
cm_proc_pump(struct cm_proc_run *run, const struct cm_proc_streams *streams, int64_t deadline)
{
	while (run->in >= 0 || run->out >= 0 || run->err >= 0) {
		struct pollfd p[3] = {{.fd = run->in, .events = POLLOUT},
		                      {.fd = run->out, .events = POLLIN},
		                      {.fd = run->err, .events = POLLIN}};
		int n = poll(p, 3, cm_clock_poll_ms(deadline));
		if (n <= 0) {
			if (n < 0 && errno == EINTR)
				continue;
			return;
		}
		if (p[0].revents != 0)
			cm_proc_feed(run);
		if (p[1].revents != 0)
			cm_proc_gather(&run->out, streams->out);
		if (p[2].revents != 0)
			cm_proc_gather(&run->err, streams->err);
	}
}

// A pipe whose end number `theirs` goes to the child as descriptor `as`.
static cm_result
cm_proc_pipe(struct cm_proc_fd *fds, size_t *count, int theirs, int as, int *ret_ours)
{
	int ends[2];
	if (pipe2(ends, O_CLOEXEC) != 0)
		return CM_FAILED;
	fcntl(ends[1 - theirs], F_SETFL, O_NONBLOCK);
	fds[(*count)++] = (struct cm_proc_fd){.fd = ends[theirs], .as = as};
	*ret_ours = ends[1 - theirs];
	return CM_OK;
}

cm_result
cm_proc_run(const struct cm_proc_command *command, const struct cm_proc_streams *streams, int64_t deadline,
            struct cm_report *report, struct cm_proc_end *ret_end)
{
	struct cm_proc_fd fds[CM_PROC_FDS + 3];
	size_t count = 0;
	struct cm_proc_run run = {.in = -1, .out = -1, .err = -1, .left = streams->input};
	struct cm_proc proc = {0};
	signal(SIGPIPE, SIG_IGN);
	cm_result r = cm_proc_pipe(fds, &count, 0, 0, &run.in);
	if (r == CM_OK && streams->out != NULL)
		r = cm_proc_pipe(fds, &count, 1, 1, &run.out);
	if (r == CM_OK && streams->err != NULL)
		r = cm_proc_pipe(fds, &count, 1, 2, &run.err);
	size_t piped = count;
	if (r == CM_OK && count + command->fd_count > CM_PROC_FDS)
		r = CM_BUG;
	for (size_t i = 0; r == CM_OK && i < command->fd_count; i++)
		fds[count++] = command->fds[i];
	struct cm_proc_command full = *command;
	full.fds = fds;
	full.fd_count = count;
	if (r == CM_OK)
		r = cm_proc_start(&full, report, &proc);
	for (size_t i = 0; i < piped; i++)
		cm_file_close(&fds[i].fd);
	if (r == CM_OK) {
		cm_proc_pump(&run, streams, deadline);
		r = cm_proc_wait(&proc, deadline, report, ret_end);
	}
	cm_proc_fini(&proc);
	cm_file_close(&run.in);
	cm_file_close(&run.out);
	cm_file_close(&run.err);
	return r;
}

// The number behind `key` in a /proc file of lines "Key:   123 kB", in bytes.
static cm_result
cm_proc_fact(const char *path, const char *key, struct cm_report *report, uint64_t *ret_bytes)
{
	CM_CLEANUP(cm_buf_fini) struct cm_buf text = cm_buf_of(CM_LIMIT_PROC_FACTS_VALUE);
	cm_result r = cm_file_load(path, &text, report);
	if (r != CM_OK)
		return r;
	struct cm_view all = cm_buf_view(&text);
	for (size_t at = 0; at < all.n; at = cm_view_find(all, at, '\n') + 1) {
		struct cm_view line = cm_view_part(all, at, all.n - at);
		if (!cm_view_starts(line, key))
			continue;
		size_t from = strlen(key);
		while (from < line.n && (line.p[from] == ' ' || line.p[from] == '\t'))
			from++;
		uint64_t kib;
		if (cm_num_u64(cm_view_part(line, from, cm_view_find(line, from, ' ') - from), 0, UINT64_MAX / 1024,
		               &kib)) {
			*ret_bytes = kib * 1024;
			return CM_OK;
		}
	}
	return cm_report_failed(report, CM_ERROR_PROC_FACTS, path, "no %s", key);
}

cm_result
cm_proc_pss(pid_t pid, struct cm_report *report, uint64_t *ret_bytes)
{
	char path[64];
	snprintf(path, sizeof path, "/proc/%d/smaps_rollup", (int)pid);
	return cm_proc_fact(path, "Pss:", report, ret_bytes);
}

cm_result
cm_proc_peak(pid_t pid, struct cm_report *report, uint64_t *ret_bytes)
{
	char path[64];
	snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
	return cm_proc_fact(path, "VmHWM:", report, ret_bytes);
}

static struct {
	uintptr_t at, end;
	struct cm_view text;
	char bytes[CM_FILE_PATH + 256];
	int code;
} cm_proc_guarded;

// Only what may be called in a handler. Any other fault comes again, and ends the process as it would have without us.
static void
cm_proc_fault(int number, siginfo_t *info, void *context)
{
	(void)number;
	(void)context;
	uintptr_t at = (uintptr_t)info->si_addr;
	if (at < cm_proc_guarded.at || at >= cm_proc_guarded.end) {
		signal(SIGBUS, SIG_DFL);
		return;
	}
	ssize_t told = write(STDERR_FILENO, cm_proc_guarded.text.p, cm_proc_guarded.text.n);
	(void)told; // there is nobody else to tell
	_exit(cm_proc_guarded.code);
}

void
cm_proc_guard(const void *at, size_t n, const char *text, int code)
{
	struct sigaction action = {.sa_sigaction = cm_proc_fault, .sa_flags = SA_SIGINFO};
	snprintf(cm_proc_guarded.bytes, sizeof cm_proc_guarded.bytes, "%s", text);
	cm_proc_guarded.text = cm_view_text(cm_proc_guarded.bytes);
	cm_proc_guarded.at = (uintptr_t)at;
	cm_proc_guarded.end = cm_proc_guarded.at + n;
	cm_proc_guarded.code = code;
	sigemptyset(&action.sa_mask);
	sigaction(SIGBUS, &action, NULL);
}

pid_t
cm_proc_id(void)
{
	return getpid();
}

unsigned
cm_proc_cpus(void)
{
	cpu_set_t set;
	if (sched_getaffinity(0, sizeof set, &set) != 0)
		return 1;
	int n = CPU_COUNT(&set);
	return n < 1 ? 1 : (unsigned)n;
}

cm_result
cm_proc_self_path(char *to, size_t room, struct cm_report *report)
{
	ssize_t n = readlink("/proc/self/exe", to, room - 1);
	if (n < 0 || (size_t)n >= room - 1)
		return cm_report_failed(report, CM_ERROR_PROC_FACTS, "/proc/self/exe", "%s", strerror(errno));
	to[n] = 0;
	return CM_OK;
}
