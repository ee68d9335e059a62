// Knows: Linux's walls: prctl, capabilities, resource limits, Landlock (raw system calls, since libc has no names for
// them), seccomp (libseccomp). Does not know: the roles; they choose a profile and name their paths. A wall that the
// kernel lacks is told in `missing`; a wall that it has and that cannot be raised is an error.
#include "os/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <seccomp.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "os/file.h"

// Landlock's interface by number: the headers of a distribution are older than the kernels it runs on.
#define CM_LANDLOCK_CREATE 444
#define CM_LANDLOCK_ADD 445
#define CM_LANDLOCK_RESTRICT 446
#define CM_LANDLOCK_FS_ALL_1 0x1fffU // ABI 1: execute … make symbolic link
#define CM_LANDLOCK_FS_WRITE_FILE (1U << 1)
#define CM_LANDLOCK_FS_READ_FILE (1U << 2)
#define CM_LANDLOCK_FS_READ_DIR (1U << 3)
#define CM_LANDLOCK_FS_REMOVE (3U << 4)  // folders, files
#define CM_LANDLOCK_FS_MAKE_DIR (1U << 7)
#define CM_LANDLOCK_FS_MAKE_REG (1U << 8)
#define CM_LANDLOCK_FS_MAKE_SOCK (1U << 9)
#define CM_LANDLOCK_FS_REFER (1U << 13)     // ABI 2
#define CM_LANDLOCK_FS_TRUNCATE (1U << 14)  // ABI 3
#define CM_LANDLOCK_FS_IOCTL_DEV (1U << 15) // ABI 5
#define CM_LANDLOCK_NET_ALL 3U              // ABI 4: bind and connect of TCP
#define CM_LANDLOCK_SCOPE_ALL 3U            // ABI 6: abstract sockets, signals
#define CM_LANDLOCK_FS_OF_FILES (CM_LANDLOCK_FS_WRITE_FILE | CM_LANDLOCK_FS_READ_FILE | CM_LANDLOCK_FS_TRUNCATE)

struct cm_landlock_ruleset {
	uint64_t fs, net, scoped;
};

struct cm_landlock_path {
	uint64_t allowed;
	int32_t parent_fd;
} __attribute__((packed));

#ifdef CM_SANITIZED
#define CM_SANDBOX_SANITIZED 1
// The leak checker attaches to its own process at exit, which the walls forbid.
static int cm_sandbox_on;
int __attribute__((visibility("default"))) __lsan_is_turned_off(void);
int
__lsan_is_turned_off(void)
{
	return cm_sandbox_on;
}
// The walls forbid to start the program that names addresses, and children get no environment to say so.
const char *__tsan_default_options(void) __attribute__((visibility("default")));
const char *
__tsan_default_options(void)
{
	return "symbolize=0";
}
#else
#define CM_SANDBOX_SANITIZED 0
#endif

static cm_result
cm_sandbox_fault(struct cm_report *report, const char *what, int why)
{
	return cm_report_failed(report, CM_ERROR_SANDBOX, what, "%s", strerror(why));
}

static void
cm_sandbox_lacks(struct cm_sandbox_done *done, const char *what)
{
	size_t n = strlen(done->missing);
	snprintf(done->missing + n, sizeof done->missing - n, "%s%s", n == 0 ? "" : ", ", what);
}

int
cm_sandbox_landlock_abi(void)
{
	long abi = syscall(CM_LANDLOCK_CREATE, NULL, (size_t)0, 1U);
	return abi < 0 ? 0 : (int)abi;
}

bool
cm_sandbox_seccomp_has(void)
{
	uint32_t action = SECCOMP_RET_KILL_PROCESS;
	return syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

static cm_result
cm_sandbox_limit(int what, uint64_t value, struct cm_report *report)
{
	struct rlimit now;
	if (getrlimit((__rlimit_resource_t)what, &now) != 0)
		return cm_sandbox_fault(report, "getrlimit", errno);
	if (now.rlim_max != RLIM_INFINITY && value > now.rlim_max)
		value = now.rlim_max;
	struct rlimit limit = {.rlim_cur = value, .rlim_max = value};
	if (setrlimit((__rlimit_resource_t)what, &limit) != 0)
		return cm_sandbox_fault(report, "setrlimit", errno);
	return CM_OK;
}

static cm_result
cm_sandbox_limits(const struct cm_sandbox *s, struct cm_report *report)
{
	cm_result r = cm_sandbox_limit(RLIMIT_CORE, 0, report);
	if (r == CM_OK && s->open_files != 0)
		r = cm_sandbox_limit(RLIMIT_NOFILE, s->open_files, report);
	if (r == CM_OK && s->memory_bytes != 0 && !CM_SANDBOX_SANITIZED)
		r = cm_sandbox_limit(RLIMIT_AS, s->memory_bytes, report);
	return r;
}

static cm_result
cm_sandbox_capabilities(struct cm_report *report)
{
	// The bounding set can be lowered only with CAP_SETPCAP; without it there is nothing to lose either.
	for (int cap = 0; prctl(PR_CAPBSET_READ, cap, 0, 0, 0) >= 0; cap++)
		prctl(PR_CAPBSET_DROP, cap, 0, 0, 0);
	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
	struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {0};
	if (syscall(SYS_capset, &header, none) != 0)
		return cm_sandbox_fault(report, "capset", errno);
	return CM_OK;
}

static uint64_t
cm_sandbox_landlock_fs(int abi)
{
	uint64_t fs = CM_LANDLOCK_FS_ALL_1;
	if (abi >= 2)
		fs |= CM_LANDLOCK_FS_REFER;
	if (abi >= 3)
		fs |= CM_LANDLOCK_FS_TRUNCATE;
	if (abi >= 5)
		fs |= CM_LANDLOCK_FS_IOCTL_DEV;
	return fs;
}

static cm_result
cm_sandbox_landlock_path(int ruleset, uint64_t handled, const struct cm_sandbox_path *path, struct cm_report *report)
{
	CM_FILE_AUTO int fd = open(path->path, O_PATH | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? CM_OK : cm_sandbox_fault(report, path->path, errno);
	struct stat st;
	if (fstat(fd, &st) != 0)
		return cm_sandbox_fault(report, path->path, errno);
	uint64_t allowed = CM_LANDLOCK_FS_READ_FILE | CM_LANDLOCK_FS_READ_DIR;
	if (path->writable)
		allowed |= CM_LANDLOCK_FS_WRITE_FILE | CM_LANDLOCK_FS_REMOVE | CM_LANDLOCK_FS_MAKE_DIR |
		           CM_LANDLOCK_FS_MAKE_REG | CM_LANDLOCK_FS_MAKE_SOCK | CM_LANDLOCK_FS_REFER |
		           CM_LANDLOCK_FS_TRUNCATE;
	if (!S_ISDIR(st.st_mode))
		allowed &= CM_LANDLOCK_FS_OF_FILES;
	struct cm_landlock_path rule = {.allowed = allowed & handled, .parent_fd = fd};
	if (syscall(CM_LANDLOCK_ADD, ruleset, 1, &rule, 0U) != 0)
		return cm_sandbox_fault(report, path->path, errno);
	return CM_OK;
}

static cm_result
cm_sandbox_landlock(const struct cm_sandbox *s, struct cm_report *report, struct cm_sandbox_done *done)
{
	int abi = cm_sandbox_landlock_abi();
	if (abi == 0) {
		cm_sandbox_lacks(done, "Landlock (files stay protected by their owner only)");
		return CM_OK;
	}
	struct cm_landlock_ruleset set = {.fs = cm_sandbox_landlock_fs(abi)};
	size_t size = sizeof set.fs;
	if (abi >= 4) {
		size = 2 * sizeof set.fs;
		set.net = s->profile == CM_SANDBOX_NODE ? 0 : CM_LANDLOCK_NET_ALL;
	}
	if (abi >= 6) {
		size = sizeof set;
		set.scoped = CM_LANDLOCK_SCOPE_ALL;
	}
	CM_FILE_AUTO int ruleset = (int)syscall(CM_LANDLOCK_CREATE, &set, size, 0U);
	if (ruleset < 0)
		return cm_sandbox_fault(report, "Landlock rules", errno);
	for (size_t i = 0; i < s->path_count; i++) {
		cm_result r = cm_sandbox_landlock_path(ruleset, set.fs, &s->paths[i], report);
		if (r != CM_OK)
			return r;
	}
	if (syscall(CM_LANDLOCK_RESTRICT, ruleset, 0U) != 0)
		return cm_sandbox_fault(report, "Landlock", errno);
	done->landlock_abi = abi;
	return CM_OK;
}

// What a process needs that only moves bytes between descriptors that are open already.
static const int cm_sandbox_strict_calls[] = {
        SCMP_SYS(read),           SCMP_SYS(write),          SCMP_SYS(readv),          SCMP_SYS(writev),
        SCMP_SYS(pread64),        SCMP_SYS(pwrite64),       SCMP_SYS(lseek),          SCMP_SYS(close),
        SCMP_SYS(recvmsg),        SCMP_SYS(sendmsg),        SCMP_SYS(recvfrom),       SCMP_SYS(sendto),
        SCMP_SYS(shutdown),       SCMP_SYS(poll),           SCMP_SYS(ppoll),          SCMP_SYS(fsync),
        SCMP_SYS(fdatasync),      SCMP_SYS(fstat),          SCMP_SYS(fadvise64),      SCMP_SYS(futex),
        SCMP_SYS(brk),            SCMP_SYS(munmap),         SCMP_SYS(mremap),         SCMP_SYS(madvise),
        SCMP_SYS(mlock),          SCMP_SYS(munlock),        SCMP_SYS(getrandom),      SCMP_SYS(clock_gettime),
        SCMP_SYS(gettimeofday),   SCMP_SYS(time),           SCMP_SYS(clock_nanosleep), SCMP_SYS(nanosleep),
        SCMP_SYS(getpid),         SCMP_SYS(gettid),         SCMP_SYS(sched_yield),    SCMP_SYS(sched_getaffinity),
        SCMP_SYS(rt_sigreturn),   SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigaction),   SCMP_SYS(sigaltstack),
        SCMP_SYS(restart_syscall), SCMP_SYS(exit),          SCMP_SYS(exit_group),
};

static const int cm_sandbox_thread_calls[] = {
        SCMP_SYS(set_robust_list),
        SCMP_SYS(rseq),
        SCMP_SYS(set_tid_address),
};

// What only an attacker asks of a server that has started.
static const int cm_sandbox_attack_calls[] = {
        SCMP_SYS(execve),          SCMP_SYS(execveat),        SCMP_SYS(ptrace),
        SCMP_SYS(process_vm_readv), SCMP_SYS(process_vm_writev), SCMP_SYS(process_madvise),
        SCMP_SYS(pidfd_getfd),     SCMP_SYS(pidfd_open),      SCMP_SYS(kcmp),
        SCMP_SYS(mount),           SCMP_SYS(umount2),         SCMP_SYS(pivot_root),
        SCMP_SYS(chroot),          SCMP_SYS(open_tree),       SCMP_SYS(move_mount),
        SCMP_SYS(fsopen),          SCMP_SYS(fsconfig),        SCMP_SYS(fsmount),
        SCMP_SYS(fspick),          SCMP_SYS(mount_setattr),   SCMP_SYS(bpf),
        SCMP_SYS(perf_event_open), SCMP_SYS(keyctl),          SCMP_SYS(add_key),
        SCMP_SYS(request_key),     SCMP_SYS(init_module),     SCMP_SYS(finit_module),
        SCMP_SYS(delete_module),   SCMP_SYS(kexec_load),      SCMP_SYS(kexec_file_load),
        SCMP_SYS(reboot),          SCMP_SYS(swapon),          SCMP_SYS(swapoff),
        SCMP_SYS(setns),           SCMP_SYS(unshare),         SCMP_SYS(userfaultfd),
        SCMP_SYS(open_by_handle_at), SCMP_SYS(acct),          SCMP_SYS(quotactl),
        SCMP_SYS(iopl),            SCMP_SYS(ioperm),          SCMP_SYS(settimeofday),
        SCMP_SYS(clock_settime),   SCMP_SYS(adjtimex),        SCMP_SYS(clock_adjtime),
        SCMP_SYS(sethostname),     SCMP_SYS(setdomainname),   SCMP_SYS(io_uring_setup),
        SCMP_SYS(io_uring_enter),  SCMP_SYS(io_uring_register), SCMP_SYS(personality),
        SCMP_SYS(syslog),          SCMP_SYS(fanotify_init),   SCMP_SYS(lookup_dcookie),
        SCMP_SYS(fork),            SCMP_SYS(vfork),           SCMP_SYS(mknod),
        SCMP_SYS(mknodat),
};

static int
cm_sandbox_rules(scmp_filter_ctx ctx, uint32_t action, const int *calls, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		int why = seccomp_rule_add(ctx, action, calls[i], 0);
		if (why != 0 && why != -EDOM && why != -EFAULT) // those two: no such call on this machine
			return why;
	}
	return 0;
}

#define CM_SANDBOX_RULES(ctx, action, calls) cm_sandbox_rules(ctx, action, calls, sizeof(calls) / sizeof *(calls))

// Threads yes, processes no: clone() only with CLONE_THREAD; clone3() hides its flags from filters, so it "does not
// exist" and libc falls back to clone().
static int
cm_sandbox_rules_threads(scmp_filter_ctx ctx, bool allow_list)
{
	int why = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
	if (why != 0)
		return why;
	if (!allow_list)
		return seccomp_rule_add(ctx, SCMP_ACT_KILL_PROCESS, SCMP_SYS(clone), 1,
		                        SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0));
	why = CM_SANDBOX_RULES(ctx, SCMP_ACT_ALLOW, cm_sandbox_thread_calls);
	if (why == 0)
		why = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
		                       SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD));
	if (why == 0)
		why = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(prctl), 1, SCMP_A0(SCMP_CMP_EQ, PR_SET_NAME));
	return why;
}

// The strict calls whose arguments matter: memory is never executable, names are never looked up.
static int
cm_sandbox_rules_strict(scmp_filter_ctx ctx)
{
	int why = CM_SANDBOX_RULES(ctx, SCMP_ACT_ALLOW, cm_sandbox_strict_calls);
	if (why == 0)
		why = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
		                       SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	if (why == 0)
		why = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
		                       SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	if (why == 0) // libc's fstat() is newfstatat() of an empty name
		why = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(newfstatat), 1,
		                       SCMP_A3(SCMP_CMP_EQ, AT_EMPTY_PATH));
	if (why == 0) // O_DIRECT on and off
		why = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(fcntl), 1, SCMP_A1(SCMP_CMP_EQ, F_GETFL));
	if (why == 0)
		why = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(fcntl), 1, SCMP_A1(SCMP_CMP_EQ, F_SETFL));
	if (why == 0) // abort(): to ourselves only
		why = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1,
		                       SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid()));
	return why;
}

static cm_result
cm_sandbox_seccomp(const struct cm_sandbox *s, struct cm_report *report, struct cm_sandbox_done *done)
{
	if (!cm_sandbox_seccomp_has()) {
		cm_sandbox_lacks(done, "seccomp (system calls are not filtered)");
		return CM_OK;
	}
	bool node = s->profile == CM_SANDBOX_NODE;
	scmp_filter_ctx ctx = seccomp_init(node ? SCMP_ACT_ALLOW : SCMP_ACT_KILL_PROCESS);
	if (ctx == NULL)
		return CM_NOMEM;
	int why = seccomp_attr_set(ctx, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
	if (why == 0 && node)
		why = CM_SANDBOX_RULES(ctx, SCMP_ACT_KILL_PROCESS, cm_sandbox_attack_calls);
	if (why == 0 && !node)
		why = cm_sandbox_rules_strict(ctx);
	if (why == 0 && s->profile != CM_SANDBOX_STRICT)
		why = cm_sandbox_rules_threads(ctx, !node);
	if (why == 0)
		why = seccomp_load(ctx);
	seccomp_release(ctx);
	if (why != 0)
		return cm_sandbox_fault(report, "seccomp", -why);
	done->seccomp = true;
	return CM_OK;
}

cm_result
cm_sandbox_enter(const struct cm_sandbox *s, struct cm_report *report, struct cm_sandbox_done *ret_done)
{
	struct cm_sandbox_done done = {0};
	tzset(); // libc opens its time-zone file at the first use of gmtime(), which would be too late
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return cm_sandbox_fault(report, "no_new_privs", errno);
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
		return cm_sandbox_fault(report, "dumpable", errno);
	cm_result r = cm_sandbox_limits(s, report);
	if (r == CM_OK)
		r = cm_sandbox_landlock(s, report, &done);
	if (r == CM_OK)
		r = cm_sandbox_capabilities(report);
	done.capabilities = r == CM_OK;
#if CM_SANDBOX_SANITIZED
	cm_sandbox_on = 1;
#endif
	if (r == CM_OK)
		r = cm_sandbox_seccomp(s, report, &done);
	if (r == CM_OK)
		*ret_done = done;
	return r;
}
