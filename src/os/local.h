// Stream sockets in the file system, for our own programs on the same machine: who may open the socket file (0600) may
// connect. Frames go over them by os/ipc.h.
#ifndef CM_OS_LOCAL_H
#define CM_OS_LOCAL_H

#include "base/report.h"

// Listens at `path`; a socket file that is left over is replaced. The descriptor is the caller's.
CM_CHECKED cm_result cm_local_listen(const char *path, struct cm_report *report, int *ret_fd);

// The next connection, or CM_FAILED with ipc_deadline at the deadline of cm_clock_mono().
CM_CHECKED cm_result cm_local_accept(int listening, int64_t deadline, struct cm_report *report, int *ret_fd);

CM_CHECKED cm_result cm_local_connect(const char *path, struct cm_report *report, int *ret_fd);

#endif
