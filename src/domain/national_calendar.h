// The calendar of a State as its national table has it: where the two meet, so that a clock is counted on the days of the
// authority whose clock it is. Source: national_calendar.c.
#ifndef CM_DOMAIN_NATIONAL_CALENDAR_H
#define CM_DOMAIN_NATIONAL_CALENDAR_H

#include "domain/deadline_rule.h"
#include "domain/national.h"
#include "domain/tab_kind.h"

#define CM_NATIONAL_CALENDAR_DAYS (8 * 366) // from a year before the asked moment on: longer than any clock of the tables
#define CM_NATIONAL_CALENDAR_CHANGES 32

// About 12 KiB; `calendar` points into it, so it is not copied.
struct cm_national_calendar {
	struct cm_calendar calendar;
	int32_t days_off[CM_NATIONAL_CALENDAR_DAYS]; // weekends too, since a working week may change
	struct cm_calendar_change changes[CM_NATIONAL_CALENDAR_CHANGES];
};

// Fills the calendar for clocks that start at about `at`. Without a table (NULL): Monday to Friday, UTC, to the end of the day.
void cm_national_calendar_init(struct cm_national_calendar *calendar, const struct cm_national *national,
                               struct cm_instant at);

// "stored 10 working": a kind, a regime or all; 1 to 400; hours, days (of the calendar), working (days) or months.
bool cm_national_within_read(struct cm_view value, struct cm_view *ret_word, struct cm_deadline_rule *ret_rule);

// What the State's own law gives for an answer to a request of this kind that comes at `at` (rule answer_within; a row of the kind
// counts before one of its regime, and that before "all"). False when it says nothing.
bool cm_national_within(const struct cm_national *national, enum cm_kind kind, struct cm_instant at, struct cm_deadline_rule *ret_rule);

// When an answer to a request that came at `received` is due by it, on the State's calendar; us 0 when it says nothing.
struct cm_instant cm_national_answer_end(const struct cm_national *national, enum cm_kind kind, struct cm_instant received);

// When such a clock that stood still ends, on the same calendar.
struct cm_instant cm_national_answer_resume(const struct cm_national *national, enum cm_kind kind, struct cm_instant received,
                                            const struct cm_deadline_pause *pause);

#endif
