// Knows: the kernel's two clocks. Does not know: what the moments are for; whoever needs one is told by its caller.
// A UTC clock outside the years of base/instant.h is our machine's fault and shows as the epoch.
#include "os/clock.h"

#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/mman.h>
#include <time.h>

#include "base/tab_limit.h"
#include "os/dir.h"
#include "os/file.h"
#include "os/proc.h"

static const _Atomic(int64_t) *cm_clock_offset; // of an exercise
static char cm_clock_file[CM_FILE_PATH];

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
	int64_t now = cm_clock_read(CLOCK_REALTIME), moved = 0;
	if (cm_clock_offset != NULL && __builtin_add_overflow(now, atomic_load(cm_clock_offset), &moved))
		moved = 0;
	return (struct cm_instant){.us = cm_clock_offset == NULL ? now : moved};
}

cm_result
cm_clock_exercise(const char *path, struct cm_report *report)
{
	CM_FILE_AUTO int fd = -1;
	uint64_t size = 0;
	cm_result r = cm_dir_absolute(path, cm_clock_file, report);
	if (r == CM_OK)
		r = cm_file_open(path, CM_FILE_READ, 0, report, &fd);
	if (r == CM_OK)
		r = cm_file_size(fd, report, &size);
	if (r == CM_OK && size != sizeof *cm_clock_offset)
		r = cm_report_refuse(report, CM_ERROR_EXERCISE_CLOCK, path, "%llu bytes", (unsigned long long)size);
	if (r != CM_OK)
		return r;
	void *at = mmap(NULL, sizeof *cm_clock_offset, PROT_READ, MAP_SHARED, fd, 0);
	if (at == MAP_FAILED)
		return cm_report_failed(report, CM_ERROR_EXERCISE_CLOCK, path, "%s", "it cannot be mapped");
	char text[CM_FILE_PATH + 256];
	const struct cm_error_row *row = cm_error_row(CM_ERROR_EXERCISE_CLOCK);
	snprintf(text, sizeof text, "comity: %s\n  where:  %s: it was made shorter\n  remedy: %s\n  rule:   %s\n", row->text, cm_clock_file,
	         row->remedy, row->name);
	cm_proc_guard(at, sizeof *cm_clock_offset, text, CM_CLOCK_LOST);
	cm_clock_offset = at;
	return CM_OK;
}

const char *
cm_clock_exercise_file(void)
{
	return cm_clock_offset == NULL ? NULL : cm_clock_file;
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

int64_t
cm_clock_look(int64_t deadline)
{
	int64_t soon = cm_clock_offset == NULL ? CM_CLOCK_NEVER : cm_clock_after(CM_LIMIT_EXERCISE_LOOK_MS_VALUE * INT64_C(1000));
	return soon < deadline ? soon : deadline;
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
