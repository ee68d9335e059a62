// Locks the calling process in. Called once, after everything needed is open and before any thread starts:
// no new privileges, no core or attach (dumpable 0), no capabilities, resource limits, Landlock (which paths can
// still be opened; a breach is EACCES) and seccomp (which system calls exist; a breach kills with SIGSYS).
// What the kernel does not offer is told, never silently skipped. Source: landlock(7), seccomp(2), prctl(2).
#ifndef CM_OS_SANDBOX_H
#define CM_OS_SANDBOX_H

#include "base/report.h"

enum cm_sandbox_profile {
	CM_SANDBOX_STRICT,         // keeper, message reader: transfers on open descriptors, memory, time; nothing by name
	CM_SANDBOX_STRICT_THREADS, // package reader: the same and threads
	CM_SANDBOX_NODE,           // node: all but what only an attacker needs (execve, ptrace, mount, bpf, …)
};

struct cm_sandbox_path {
	const char *path; // a folder (with all below) or a file; one that does not exist is left out
	bool writable;    // otherwise reading only
};

struct cm_sandbox {
	enum cm_sandbox_profile profile;
	const struct cm_sandbox_path *paths; // everything else cannot be opened
	size_t path_count;
	uint64_t memory_bytes;    // address space limit, 0 = none (sanitizer builds ignore it)
	uint64_t open_files;      // 0 = as it is
};

// What was applied.
struct cm_sandbox_done {
	int landlock_abi; // 0: the kernel has none
	bool seccomp;
	bool capabilities;
	char missing[256]; // what could not be applied, in words for the log; "" when all held
};

// CM_FAILED only when a part that the kernel has could not be applied; a part that the kernel lacks is in
// ret_done->missing.
CM_CHECKED cm_result cm_sandbox_enter(const struct cm_sandbox *sandbox, struct cm_report *report,
                                      struct cm_sandbox_done *ret_done);

// The Landlock version of the running kernel, 0 for none.
int cm_sandbox_landlock_abi(void);
// Whether the kernel can filter system calls.
bool cm_sandbox_seccomp_has(void);

#endif
