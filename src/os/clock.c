// Knows: the kernel's two clocks. Does not know: what the moments are for; whoever needs one is told by its caller.
// A UTC clock outside the years of base/instant.h is our machine's fault and shows as the epoch.
#include "os/clock.h"

#include <limits.h>
#include <time.h>

static int64_t
cm_clock_read(clockid_t id)
{
	struct timespec now;
	if (clock_gettime(id, &now) != 0)
		return 0;
	return (int64_t)now.tv_sec * CM_INSTANT_SECOND + now.tv_nsec / 1000;
}

struct cm_instant
cm_clock_utc(void)
{
	return (struct cm_instant){.us = cm_clock_read(CLOCK_REALTIME)};
}

int64_t
cm_clock_mono(void)
{
	return cm_clock_read(CLOCK_MONOTONIC);
}

int64_t
cm_clock_after(int64_t us)
{
	int64_t now = cm_clock_mono();
	return us > CM_CLOCK_NEVER - now ? CM_CLOCK_NEVER : now + us;
}

int
cm_clock_poll_ms(int64_t deadline)
{
	if (deadline == CM_CLOCK_NEVER)
		return -1;
	int64_t left = deadline - cm_clock_mono();
	if (left <= 0)
		return 0;
	int64_t ms = (left + 999) / 1000;
	return ms > INT_MAX ? INT_MAX : (int)ms;
}
