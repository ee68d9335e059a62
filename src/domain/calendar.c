// Knows: how a moment and a local date lead to one another, and which dates are worked on. Does not know: the holidays of
// any State (national tables), or what is counted (deadline_rule). Serves the clocks of the Convention, data/time_limits.tab.
#include "domain/calendar.h"

#include <stdio.h>
#include <stdlib.h>

#define MINUTE (60 * CM_INSTANT_SECOND)

int32_t
cm_calendar_offset(const struct cm_calendar *calendar, struct cm_instant t)
{
	int32_t offset = calendar->offset;
	for (size_t i = 0; i < calendar->change_count && calendar->changes[i].from.us <= t.us; i++)
		offset = calendar->changes[i].offset;
	return offset;
}

struct cm_calendar_day
cm_calendar_day(const struct cm_calendar *calendar, struct cm_instant t)
{
	int64_t local = t.us + cm_calendar_offset(calendar, t) * MINUTE;
	int64_t day = local / CM_INSTANT_DAY - (local % CM_INSTANT_DAY < 0 ? 1 : 0);
	return (struct cm_calendar_day){.day = day, .us = local - day * CM_INSTANT_DAY};
}

struct cm_instant
cm_calendar_instant(const struct cm_calendar *calendar, struct cm_calendar_day at)
{
	int64_t local = at.day * CM_INSTANT_DAY + at.us;
	int32_t offset = calendar->offset;
	for (size_t i = 0; i < calendar->change_count; i++) {
		int32_t later = calendar->changes[i].offset;
		int64_t both = calendar->changes[i].from.us + (later > offset ? later : offset) * MINUTE;
		if (local < both)
			break;
		offset = later;
	}
	return (struct cm_instant){.us = local - offset * MINUTE};
}

struct cm_instant
cm_calendar_closing(const struct cm_calendar *calendar, int64_t day)
{
	struct cm_calendar_day at = {.day = day, .us = calendar->closes};
	if (calendar->closes == 0) // the end of a date is the first moment of the next
		at.day++;
	return cm_calendar_instant(calendar, at);
}

static int
cm_calendar_compare(const void *a, const void *b)
{
	int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
	return (x > y) - (x < y);
}

bool
cm_calendar_works(const struct cm_calendar *calendar, int64_t day)
{
	int64_t weekday = ((day + 3) % 7 + 7) % 7; // 1970-01-01 was a Thursday; 0 is Monday
	int32_t key = (int32_t)day;
	if ((calendar->weekend >> weekday & 1u) != 0)
		return false;
	return calendar->holiday_count == 0 ||
	       bsearch(&key, calendar->holidays, calendar->holiday_count, sizeof key, cm_calendar_compare) == NULL;
}

// Two digits, so that there is one way to write an offset.
static bool
cm_calendar_two(const uint8_t *p, int32_t *ret_number)
{
	if (p[0] < '0' || p[0] > '9' || p[1] < '0' || p[1] > '9')
		return false;
	*ret_number = (p[0] - '0') * 10 + p[1] - '0';
	return true;
}

bool
cm_calendar_offset_read(struct cm_view text, int32_t *ret_offset)
{
	int32_t hours, minutes;
	if (cm_view_is(text, "UTC")) {
		*ret_offset = 0;
		return true;
	}
	if (text.n != 9 || !cm_view_is(cm_view_part(text, 0, 3), "UTC") || (text.p[3] != '+' && text.p[3] != '-') ||
	    text.p[6] != ':' || !cm_calendar_two(text.p + 4, &hours) || !cm_calendar_two(text.p + 7, &minutes) ||
	    minutes > 59 || hours * 60 + minutes > CM_CALENDAR_OFFSET_MAX)
		return false;
	*ret_offset = text.p[3] == '-' ? -(hours * 60 + minutes) : hours * 60 + minutes;
	return true;
}

char *
cm_calendar_text(const struct cm_calendar *calendar, struct cm_instant t, char *to)
{
	int32_t offset = cm_calendar_offset(calendar, t);
	struct cm_civil c = cm_instant_civil((struct cm_instant){.us = t.us + offset * MINUTE});
	int n = snprintf(to, CM_CALENDAR_TEXT, "%04d-%02d-%02d %02d:%02d:%02d UTC", c.year % 10000, c.month, c.day, c.hour,
	                 c.minute, c.second);
	if (offset != 0 && n > 0)
		snprintf(to + n, (size_t)(CM_CALENDAR_TEXT - n), "%c%02d:%02d", offset < 0 ? '-' : '+', abs(offset) / 60 % 100,
		         abs(offset) % 60);
	return to;
}
