// The two clocks. UTC says when something happened; the monotonic one says how long to wait and never jumps.
#ifndef CM_OS_CLOCK_H
#define CM_OS_CLOCK_H

#include "base/instant.h"

struct cm_instant cm_clock_utc(void);

// Microseconds of the monotonic clock; only differences mean something. Absolute deadlines of this room are
// values of it.
int64_t cm_clock_mono(void);

#define CM_CLOCK_NEVER INT64_MAX // a deadline that does not come

// The deadline `us` microseconds from now.
int64_t cm_clock_after(int64_t us);

// Milliseconds until a deadline for poll(2): 0 when it is past, -1 for CM_CLOCK_NEVER, rounded up.
int cm_clock_poll_ms(int64_t deadline);

#endif
