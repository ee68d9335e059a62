// The calendar of a State: its offset from UTC, its weekend, its holidays. A deadline of days is counted on the calendar of
// the authority whose clock it is; what comes out is a UTC instant. Filled from the national tables; nothing here is law.
#ifndef CM_DOMAIN_CALENDAR_H
#define CM_DOMAIN_CALENDAR_H

#include "base/instant.h"

// From `from` on, local time is `offset` minutes ahead of UTC.
struct cm_calendar_change {
	struct cm_instant from;
	int32_t offset;
};

struct cm_calendar {
	int32_t offset; // minutes ahead of UTC, before the first change; for ever where there is none
	const struct cm_calendar_change *changes; // by time
	size_t change_count;
	uint8_t weekend;         // CM_CALENDAR_MONDAY << n
	const int32_t *holidays; // days since 1970-01-01, local dates, rising
	size_t holiday_count;
	int64_t closes; // when offices close, in microseconds of the local day; 0: with the day itself
};

#define CM_CALENDAR_MONDAY 1u
#define CM_CALENDAR_SATURDAY (CM_CALENDAR_MONDAY << 5)
#define CM_CALENDAR_SUNDAY (CM_CALENDAR_MONDAY << 6)
#define CM_CALENDAR_OFFSET_MAX (14 * 60) // minutes; no State is further from UTC

// Minutes ahead of UTC at this moment.
int32_t cm_calendar_offset(const struct cm_calendar *calendar, struct cm_instant t);

// The local date of a moment, in days since 1970-01-01, and the time that has passed on it by its own clock.
struct cm_calendar_day {
	int64_t day, us;
};
struct cm_calendar_day cm_calendar_day(const struct cm_calendar *calendar, struct cm_instant t);

// The moment of a local date and time. A time that was left out or came twice when the clock was set is read with the
// offset that held before.
struct cm_instant cm_calendar_instant(const struct cm_calendar *calendar, struct cm_calendar_day at);

// When offices close on a local date: nothing that is due on that day can be done later.
struct cm_instant cm_calendar_closing(const struct cm_calendar *calendar, int64_t day);

// False on a weekend and on a holiday.
bool cm_calendar_works(const struct cm_calendar *calendar, int64_t day);

// "UTC", "UTC+13:00", "UTC-05:00": minutes ahead of UTC.
bool cm_calendar_offset_read(struct cm_view text, int32_t *ret_offset);

// "2027-03-02 14:22:04 UTC+13:00" into CM_CALENDAR_TEXT bytes; returns `to`.
#define CM_CALENDAR_TEXT 40
char *cm_calendar_text(const struct cm_calendar *calendar, struct cm_instant t, char *to);

#endif
