// Knows: how the days and offsets of a national table become a calendar. Does not know: what is counted on it
// (deadline_rule). Serves data/national_rules.tab: time_zone, working_days, holiday.
#include "domain/national_calendar.h"

void
cm_national_calendar_init(struct cm_national_calendar *calendar, const struct cm_national *national,
                          struct cm_instant at)
{
	struct cm_calendar *c = &calendar->calendar;
	int64_t first = at.us / CM_INSTANT_DAY - 366;
	*c = (struct cm_calendar){.holidays = calendar->days_off, .changes = calendar->changes};
	if (first < 0)
		first = 0;
	c->offset = cm_national_offset(national, (struct cm_instant){.us = first * CM_INSTANT_DAY});
	int32_t offset = c->offset;
	for (int64_t day = first; day < first + CM_NATIONAL_CALENDAR_DAYS; day++) {
		// Rows of the table hold from a midnight in UTC on.
		struct cm_instant midnight = {.us = day * CM_INSTANT_DAY};
		int32_t now = cm_national_offset(national, midnight);
		if (now != offset && c->change_count < CM_NATIONAL_CALENDAR_CHANGES)
			calendar->changes[c->change_count++] = (struct cm_calendar_change){midnight, now};
		offset = now;
		if (!cm_national_works(national, cm_instant_civil(midnight)))
			calendar->days_off[c->holiday_count++] = (int32_t)day;
	}
}
