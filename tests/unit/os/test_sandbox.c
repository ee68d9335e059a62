// Each test is a child that raises its walls and then tries one thing. A seccomp breach must kill it (SIGSYS), a Landlock breach
// must answer EACCES. What the kernel cannot do is printed as a skip.
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/clock.h"
#include "os/dir.h"
#include "os/file.h"
#include "os/sandbox.h"
#include "os/thread.h"

static char folder[256];
static char inside[300], outside[300];
static volatile sig_atomic_t ran;

static int
setup(void **state)
{
	(void)state;
	char path[CM_FILE_PATH];
	if (cm_dir_temp(folder, sizeof folder, NULL) != CM_OK)
		return -1;
	snprintf(inside, sizeof inside, "%s/in", folder);
	snprintf(outside, sizeof outside, "%s/out", folder);
	snprintf(path, sizeof path, "%s/file", outside);
	return cm_dir_make(inside, 0700, NULL) == CM_OK && cm_dir_make(outside, 0700, NULL) == CM_OK &&
	                       cm_file_replace(path, 0600, cm_view_text("x"), NULL) == CM_OK
	               ? 0
	               : -1;
}

static int
teardown(void **state)
{
	(void)state;
	return cm_dir_remove_all(folder, NULL) == CM_OK ? 0 : -1;
}

// Runs `try` in a child behind the walls of `profile`; gives its wait status. `try` gives the exit code.
static int
behind(enum cm_sandbox_profile profile, int (*try)(void))
{
	fflush(NULL);
	pid_t pid = fork();
	if (pid == 0) {
		struct cm_sandbox_path paths[] = {{.path = inside, .writable = true}};
		struct cm_sandbox walls = {.profile = profile, .paths = paths, .path_count = 1};
		struct cm_sandbox_done done;
		if (cm_sandbox_enter(&walls, NULL, &done) != CM_OK)
			_exit(99);
		_exit(try());
	}
	int status = 0;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void
assert_killed(enum cm_sandbox_profile profile, int (*try)(void))
{
	int status = behind(profile, try);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGSYS);
}

static void
assert_code(enum cm_sandbox_profile profile, int (*try)(void), int code)
{
	int status = behind(profile, try);
	if (WIFSIGNALED(status))
		print_message("ended by signal %d\n", WTERMSIG(status));
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), code);
}

static int
try_open(void)
{
	return open("/etc/hostname", O_RDONLY) < 0 ? errno : 0;
}
static int
try_socket(void)
{
	return socket(AF_INET, SOCK_STREAM, 0) < 0 ? errno : 0;
}
static int
try_exec(void)
{
	execl("/bin/true", "true", (char *)NULL);
	return errno;
}
static int
try_fork(void)
{
	return fork() < 0 ? errno : 0;
}
static int
try_ptrace(void)
{
	return ptrace(PTRACE_ATTACH, getppid(), NULL, NULL) < 0 ? errno : 0;
}
static int
try_read_memory(void)
{
	char to[8];
	struct iovec here = {to, sizeof to}, there = {folder, sizeof to};
	return process_vm_readv(getppid(), &here, 1, &there, 1, 0) < 0 ? errno : 0;
}
static int
try_exec_memory(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED;
}
static int
try_uring(void)
{
	return syscall(SYS_io_uring_setup, 1, NULL) < 0 ? errno : 0;
}
static int
try_kill_parent(void)
{
	return kill(getppid(), 0) < 0 ? errno : 0;
}
static int
try_unlink(void)
{
	return unlink(folder) < 0 ? errno : 0;
}
static int
try_outside(void)
{
	char path[CM_FILE_PATH];
	snprintf(path, sizeof path, "%s/file", outside);
	return open(path, O_RDONLY) < 0 ? errno : 0;
}
static int
try_outside_new(void)
{
	char path[CM_FILE_PATH];
	snprintf(path, sizeof path, "%s/new", outside);
	return open(path, O_RDWR | O_CREAT, 0600) < 0 ? errno : 0;
}
static int
try_rename_in(void)
{
	char from[CM_FILE_PATH], to[CM_FILE_PATH];
	snprintf(from, sizeof from, "%s/file", outside);
	snprintf(to, sizeof to, "%s/file", inside);
	return rename(from, to) < 0 ? errno : 0;
}
static int
try_proc_mem(void)
{
	char path[64];
	snprintf(path, sizeof path, "/proc/%d/mem", (int)getppid());
	return open(path, O_RDONLY) < 0 ? errno : 0;
}
static void
run(void *arg)
{
	(void)arg;
	char *p = malloc(100000);
	if (p != NULL)
		ran = 1;
	free(p);
}
static int
try_thread(void)
{
	struct cm_thread thread = {0};
	if (cm_thread_start(&thread, "worker", run, NULL, NULL) != CM_OK)
		return 1;
	cm_thread_join(&thread);
	return ran == 1 ? 0 : 2;
}
static int
try_work_inside(void)
{
	char path[CM_FILE_PATH];
	snprintf(path, sizeof path, "%s/work", inside);
	if (cm_file_replace(path, 0600, cm_view_text("x"), NULL) != CM_OK)
		return 1;
	int s = socket(AF_INET, SOCK_STREAM, 0);
	return s < 0 ? 2 : 0;
}
static int
try_daily_work(void)
{
	uint8_t bytes[64];
	struct cm_file_facts facts;
	int pair[2] = {0, 0};
	(void)pair;
	if (cm_file_look(2, NULL, &facts) != CM_OK)
		return 1;
	char *big = malloc(64U << 20);
	if (big == NULL)
		return 2;
	memset(big, 1, 64U << 20);
	free(big);
	if (getentropy(bytes, sizeof bytes) != 0)
		return 3;
	return cm_clock_utc().us > 0 ? 0 : 4;
}

static void
strict_processes_open_nothing_and_start_nothing(void **state)
{
	(void)state;
	if (!cm_sandbox_seccomp_has()) {
		print_message("skipped: this kernel cannot filter system calls\n");
		skip();
	}
	static int (*const tries[])(void) = {try_open, try_socket, try_exec, try_fork, try_ptrace, try_read_memory,
	        try_exec_memory, try_uring, try_kill_parent, try_unlink};
	for (size_t i = 0; i < sizeof tries / sizeof *tries; i++) {
		assert_killed(CM_SANDBOX_STRICT, tries[i]);
		assert_killed(CM_SANDBOX_STRICT_THREADS, tries[i]);
	}
	assert_code(CM_SANDBOX_STRICT, try_daily_work, 0);
	assert_code(CM_SANDBOX_STRICT_THREADS, try_daily_work, 0);
}

static void
threads_are_for_those_who_need_them(void **state)
{
	(void)state;
	if (!cm_sandbox_seccomp_has()) {
		print_message("skipped: this kernel cannot filter system calls\n");
		skip();
	}
	assert_code(CM_SANDBOX_STRICT_THREADS, try_thread, 0);
	assert_code(CM_SANDBOX_NODE, try_thread, 0);
	assert_killed(CM_SANDBOX_STRICT, try_thread);
}

static void
the_node_cannot_do_what_only_an_attacker_needs(void **state)
{
	(void)state;
	if (!cm_sandbox_seccomp_has()) {
		print_message("skipped: this kernel cannot filter system calls\n");
		skip();
	}
	static int (*const tries[])(void) = {try_exec, try_fork, try_ptrace, try_read_memory, try_uring};
	for (size_t i = 0; i < sizeof tries / sizeof *tries; i++)
		assert_killed(CM_SANDBOX_NODE, tries[i]);
	assert_code(CM_SANDBOX_NODE, try_work_inside, 0);
}

static void
the_node_opens_nothing_outside_its_folders(void **state)
{
	(void)state;
	int abi = cm_sandbox_landlock_abi();
	if (abi == 0) {
		print_message("skipped: this kernel has no Landlock\n");
		skip();
	}
	print_message("Landlock ABI %d\n", abi);
	assert_code(CM_SANDBOX_NODE, try_outside, EACCES);
	assert_code(CM_SANDBOX_NODE, try_outside_new, EACCES);
	assert_code(CM_SANDBOX_NODE, try_open, EACCES);
	assert_code(CM_SANDBOX_NODE, try_proc_mem, EACCES);
	int status = behind(CM_SANDBOX_NODE, try_rename_in);
	assert_true(WEXITSTATUS(status) == EACCES || WEXITSTATUS(status) == EXDEV);
	if (abi >= 6)
		assert_code(CM_SANDBOX_NODE, try_kill_parent, EPERM);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	        T(strict_processes_open_nothing_and_start_nothing),
	        T(threads_are_for_those_who_need_them),
	        T(the_node_cannot_do_what_only_an_attacker_needs),
	        T(the_node_opens_nothing_outside_its_folders),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
