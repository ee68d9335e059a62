// Signals as something to read: no code runs in a handler.
#ifndef CM_OS_SIGNAL_H
#define CM_OS_SIGNAL_H

#include <signal.h>

#include "base/report.h"

// Blocks the signals (ended by 0) in this thread and its future threads and gives a descriptor that reads them.
// SIGPIPE is ignored from now on.
CM_CHECKED cm_result cm_signal_open(const int *signals, struct cm_report *report, int *ret_fd);

// The next signal that arrived, 0 when there is none. Does not wait.
int cm_signal_read(int fd);

// Ignores SIGPIPE: a broken pipe is an error of the write that finds it.
void cm_signal_quiet(void);

#endif
