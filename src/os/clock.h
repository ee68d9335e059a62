// The two clocks. UTC says when something happened; the monotonic one says how long to wait and never jumps.
#ifndef CM_OS_CLOCK_H
#define CM_OS_CLOCK_H

#include "base/instant.h"
#include "base/report.h"

struct cm_instant cm_clock_utc(void);

// In an exercise a file of 8 bytes, a signed number of microseconds in the byte order of this machine, is added to UTC: who
// writes it moves the time of every process that mapped it. Once in a process, before its walls and threads. Without this
// call no file is looked at. Refused: exercise_clock (not such a file). A file that is made shorter later ends the process by that name,
// with CM_CLOCK_LOST: there is no time any more.
#define CM_CLOCK_LOST 3 // exit code: the environment is in the way
CM_CHECKED cm_result cm_clock_exercise(const char *path, struct cm_report *report);
// The file as an absolute path, for child processes; NULL when this is no exercise.
const char *cm_clock_exercise_file(void);

// Microseconds of the monotonic clock; only differences mean something. Absolute deadlines of this room are
// values of it.
int64_t cm_clock_mono(void);

#define CM_CLOCK_NEVER INT64_MAX // a deadline that does not come

// The deadline `us` microseconds from now.
int64_t cm_clock_after(int64_t us);

// When a thread that waits for a moment of UTC has to look again: at the deadline; in an exercise, where UTC may jump, soon.
int64_t cm_clock_look(int64_t deadline);

// Milliseconds until a deadline for poll(2): 0 when it is past, -1 for CM_CLOCK_NEVER, rounded up.
int cm_clock_poll_ms(int64_t deadline);

#endif
