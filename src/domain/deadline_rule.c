// Knows: how hours, calendar days, months and working days are counted from a start. Does not know: what time it is, which
// days a State works (calendar), or what happened (node). Serves data/time_limits.tab.
#include "domain/deadline_rule.h"

#include <string.h>

#include "base/tab_limit.h"

#define HOUR (3600 * CM_INSTANT_SECOND)

struct cm_deadline_rule
cm_deadline_rule_of(enum cm_time_limit limit)
{
	static const struct {
		const char *name;
		enum cm_deadline_counting counting;
	} countings[] = {{"hours", CM_DEADLINE_HOURS}, {"calendar", CM_DEADLINE_CALENDAR}, {"working", CM_DEADLINE_WORKING}};
	static const struct {
		const char *name;
		enum cm_deadline_unit unit;
	} units[] = {{"hour", CM_DEADLINE_HOUR}, {"day", CM_DEADLINE_DAY}, {"month", CM_DEADLINE_MONTH}, {"year", CM_DEADLINE_YEAR}};
	const struct cm_time_limit_row *row = cm_time_limit_row(limit);
	struct cm_deadline_rule rule = {.number = (int64_t)row->number};
	for (size_t i = 0; i < sizeof countings / sizeof *countings; i++)
		if (strcmp(row->counting, countings[i].name) == 0)
			rule.counting = countings[i].counting;
	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		if (strcmp(row->unit, units[i].name) == 0)
			rule.unit = units[i].unit;
	return rule;
}

// The date some months later; the last of the month when it has no such day. By way of base's calendar of UTC, since a
// local date has no zone.
static int64_t
cm_deadline_rule_months(int64_t day, int64_t months)
{
	struct cm_civil c = cm_instant_civil((struct cm_instant){.us = day * CM_INSTANT_DAY});
	struct cm_instant t;
	int64_t month = c.month - 1 + months;
	struct cm_civil to = {.year = (int)(c.year + month / 12), .month = (int)(month % 12) + 1, .day = c.day};
	while (!cm_instant_of_civil(to, &t) && to.day > 28)
		to.day--;
	return cm_instant_of_civil(to, &t) ? t.us / CM_INSTANT_DAY : day;
}

static int64_t
cm_deadline_rule_works(const struct cm_calendar *calendar, int64_t day, int64_t number)
{
	while (number > 0)
		number -= cm_calendar_works(calendar, ++day);
	return day;
}

struct cm_instant
cm_deadline_rule_end(const struct cm_deadline_rule *rule, struct cm_instant start, const struct cm_calendar *calendar)
{
	struct cm_calendar_day at = cm_calendar_day(calendar, start);
	switch (rule->counting) {
	case CM_DEADLINE_NAMED:
		break;
	case CM_DEADLINE_HOURS:
		return (struct cm_instant){.us = start.us + rule->number * HOUR};
	case CM_DEADLINE_CALENDAR:
		if (rule->unit == CM_DEADLINE_DAY)
			at.day += rule->number;
		else
			at.day = cm_deadline_rule_months(at.day, rule->unit == CM_DEADLINE_YEAR ? 12 * rule->number : rule->number);
		return cm_calendar_instant(calendar, at);
	case CM_DEADLINE_WORKING:
		return cm_calendar_closing(calendar, cm_deadline_rule_works(calendar, at.day, rule->number));
	}
	return (struct cm_instant){.us = 0};
}

struct cm_instant
cm_deadline_rule_resume(const struct cm_deadline_rule *rule, const struct cm_deadline_pause *pause,
                        const struct cm_calendar *calendar)
{
	if (rule->counting != CM_DEADLINE_WORKING)
		return (struct cm_instant){.us = pause->end.us + pause->resumed.us - pause->paused.us};
	// The last microsecond before the end lies on the last day.
	int64_t last = cm_calendar_day(calendar, (struct cm_instant){.us = pause->end.us - 1}).day;
	int64_t left = 0;
	for (int64_t day = cm_calendar_day(calendar, pause->paused).day + 1; day <= last; day++)
		left += cm_calendar_works(calendar, day);
	int64_t day = cm_deadline_rule_works(calendar, cm_calendar_day(calendar, pause->resumed).day, left);
	struct cm_instant end = cm_calendar_closing(calendar, day);
	// Resumed on its last day, after the offices closed: what was left of that day is had on the next.
	return end.us > pause->resumed.us ? end : cm_calendar_closing(calendar, cm_deadline_rule_works(calendar, day, 1));
}

bool
cm_deadline_rule_reminder(enum cm_time_limit limit, size_t i, struct cm_instant end, struct cm_instant *ret_at)
{
	const char *const *list = cm_time_limit_row(limit)->reminders;
	for (size_t k = 0; list[k] != NULL && k < CM_DEADLINE_REMINDERS; k++)
		if (k == i) {
			const struct cm_time_limit_row *row = cm_time_limit_row(cm_time_limit_find(list[k], strlen(list[k])));
			bool days = strcmp(row->unit, "day") == 0;
			ret_at->us = end.us - (int64_t)row->number * (days ? CM_INSTANT_DAY : HOUR);
			return true;
		}
	return false;
}

bool
cm_deadline_rule_extends(enum cm_time_limit limit, enum cm_actor who)
{
	const char *by = cm_time_limit_row(limit)->extended_by;
	enum cm_actor named = cm_actor_find(by, strlen(by));
	return named != CM_ACTOR_NONE && (named == who || named == CM_ACTOR_EITHER);
}

bool
cm_deadline_rule_both(enum cm_time_limit limit)
{
	return strcmp(cm_time_limit_row(limit)->watches, "both") == 0;
}

enum cm_deadline_view
cm_deadline_rule_view(enum cm_time_limit limit, struct cm_instant ours, struct cm_instant theirs)
{
	const char *bound = cm_time_limit_row(limit)->bound;
	int64_t later = theirs.us - ours.us, apart = CM_LIMIT_CLOCK_AHEAD_S_VALUE * CM_INSTANT_SECOND;
	if (later <= apart && later >= -apart)
		return CM_DEADLINE_VIEW_SAME;
	return strcmp(bound, later > 0 ? "max" : "min") == 0 ? CM_DEADLINE_VIEW_HARM : CM_DEADLINE_VIEW_OTHER;
}

enum cm_event
cm_deadline_rule_event(enum cm_time_limit limit)
{
	const char *end = cm_time_limit_row(limit)->at_end;
	return cm_event_find(end, strlen(end));
}
