// The calendar of a State as its national table has it: where the two meet, so that a clock is counted on the days of the
// authority whose clock it is. Source: national_calendar.c.
#ifndef CM_DOMAIN_NATIONAL_CALENDAR_H
#define CM_DOMAIN_NATIONAL_CALENDAR_H

#include "domain/calendar.h"
#include "domain/national.h"

#define CM_NATIONAL_CALENDAR_DAYS (8 * 366) // from a year before the asked moment on: longer than any clock of the tables
#define CM_NATIONAL_CALENDAR_CHANGES 32

// About 12 KiB; `calendar` points into it, so it is not copied.
struct cm_national_calendar {
	struct cm_calendar calendar;
	int32_t days_off[CM_NATIONAL_CALENDAR_DAYS]; // weekends too, since a working week may change
	struct cm_calendar_change changes[CM_NATIONAL_CALENDAR_CHANGES];
};

// Fills the calendar for clocks that start at about `at`. Without a table (NULL): Monday to Friday, UTC.
void cm_national_calendar_init(struct cm_national_calendar *calendar, const struct cm_national *national,
                               struct cm_instant at);

#endif
