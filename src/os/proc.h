// Processes: running a command, re-executing ourselves in a role, waiting, memory. A child gets exactly the
// descriptors that the command lists and nothing else.
#ifndef CM_OS_PROC_H
#define CM_OS_PROC_H

#include <sys/types.h>

#include "base/buf.h"
#include "base/report.h"

struct cm_proc_fd {
	int fd; // ours
	int as; // number in the child
};

struct cm_proc_command {
	const char *const *argv;         // argv[0] is looked up in PATH unless `self` or it has a slash
	const char *const *env;          // NULL: ours; otherwise the whole environment of the child
	const char *folder;              // working folder, or NULL for ours
	const struct cm_proc_fd *fds;    // descriptors to hand over; 0, 1, 2 not listed are inherited
	size_t fd_count;                 // at most CM_PROC_FDS
	unsigned self : 1;               // run our own program file (/proc/self/exe) instead of argv[0]
	unsigned end_with_parent : 1;    // the kernel kills the child when the calling thread ends
};
#define CM_PROC_FDS 16

struct cm_proc {
	pid_t pid; // 0: none
	int pidfd; // readable when the process has ended
};

// How a process ended: `code` when it left by itself, else `signal`.
struct cm_proc_end {
	int code;
	int signal;
};

CM_CHECKED cm_result cm_proc_start(const struct cm_proc_command *command, struct cm_report *report,
                                   struct cm_proc *ret_proc);

// Waits until the end or the deadline; at the deadline CM_FAILED with proc_deadline, and the process still runs.
// After CM_OK the process is gone and `proc` is empty.
CM_CHECKED cm_result cm_proc_wait(struct cm_proc *proc, int64_t deadline, struct cm_report *report,
                                  struct cm_proc_end *ret_end);

// Sends a signal through the pidfd, so never to a stranger that reuses the number.
CM_CHECKED cm_result cm_proc_signal(const struct cm_proc *proc, int signal, struct cm_report *report);

// Ends it the hard way if it still runs and frees everything.
void cm_proc_fini(struct cm_proc *proc);

// Starts, feeds `input` to standard input, gathers output up to the buffers' maximum (the rest is read and dropped),
// waits. `out` and `err` may be NULL: then that stream is inherited.
struct cm_proc_streams {
	struct cm_view input;
	struct cm_buf *out, *err;
};
CM_CHECKED cm_result cm_proc_run(const struct cm_proc_command *command, const struct cm_proc_streams *streams,
                                 int64_t deadline, struct cm_report *report, struct cm_proc_end *ret_end);

// Proportional set size in bytes (/proc/PID/smaps_rollup).
CM_CHECKED cm_result cm_proc_pss(pid_t pid, struct cm_report *report, uint64_t *ret_bytes);
// Highest resident size so far in bytes (VmHWM).
CM_CHECKED cm_result cm_proc_peak(pid_t pid, struct cm_report *report, uint64_t *ret_bytes);

// From now on a look into `n` bytes mapped at `at` that are not in their file any more (SIGBUS: somebody made it shorter) ends the
// process with `code` and the text on standard error, instead of without a word. One mapping of a process; `text` is copied.
void cm_proc_guard(const void *at, size_t n, const char *text, int code);

pid_t cm_proc_id(void);
// Processors this process may use; at least 1.
unsigned cm_proc_cpus(void);

// Path of our own program file.
CM_CHECKED cm_result cm_proc_self_path(char *to, size_t room, struct cm_report *report);

#endif
