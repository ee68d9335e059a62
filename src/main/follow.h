// Events of the node that runs in a folder, as they happen, for commands: one after the other, across restarts of the node.
// Source: follow.c.
#ifndef CM_MAIN_FOLLOW_H
#define CM_MAIN_FOLLOW_H

#include "base/report.h"
#include "cli/call.h"

// Calls `each` for every event after number `after`, in order, until it says false (then CM_OK). A node that is not there at the
// beginning, or refuses, is a failure; later it is waited for.
CM_CHECKED cm_result cm_follow_run(const char *home, uint64_t after, const struct cm_call_follow *each, struct cm_report *report);

// Waits, at least one second.
void cm_follow_wait(unsigned seconds);

#endif
