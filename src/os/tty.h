// The terminal: whether there is one, how wide, and reading a pass phrase without showing it.
#ifndef CM_OS_TTY_H
#define CM_OS_TTY_H

#include "base/buf.h"
#include "base/report.h"
#include "base/tab_limit.h"

bool cm_tty_is(int fd);

// Columns; 80 when it cannot be told.
unsigned cm_tty_width(int fd);

// Shows `prompt` on /dev/tty and reads one line without echo, appended to `to` (a secret buffer) without its line
// end. CM_FAILED with tty_missing when there is no terminal.
CM_CHECKED cm_result cm_tty_secret(const char *prompt, struct cm_buf *to, struct cm_report *report);

// One line of a descriptor (a file, a pipe), without its line end; the descriptor stays open.
CM_CHECKED cm_result cm_tty_secret_from(int fd, struct cm_buf *to, struct cm_report *report);

#endif
