// Knows: how the days and offsets of a national table become a calendar, and what it gives for an answer. Does not know: how that is
// counted (deadline_rule). Serves data/national_rules.tab: time_zone, working_days, working_hours, holiday, answer_within.
#include "domain/national_calendar.h"

#include <string.h>

#include "base/num.h"

// "17:00"
static int64_t
cm_national_minutes(struct cm_view text)
{
	return ((text.p[0] - '0') * 10 + text.p[1] - '0') * 60 + (text.p[3] - '0') * 10 + text.p[4] - '0';
}

void
cm_national_calendar_init(struct cm_national_calendar *calendar, const struct cm_national *national,
                          struct cm_instant at)
{
	struct cm_calendar *c = &calendar->calendar;
	const struct cm_national_row *hours = cm_national_find(national, CM_NATIONAL_RULE_WORKING_HOURS, at);
	int64_t first = at.us / CM_INSTANT_DAY - 366;
	*c = (struct cm_calendar){.holidays = calendar->days_off, .changes = calendar->changes};
	if (hours != NULL) // "08:00-17:00", as the reader of the file has seen
		c->closes = cm_national_minutes(cm_view_part(hours->value, 6, 5)) * 60 * CM_INSTANT_SECOND;
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

// -- own limits ----------------------------------------------------------------------------------------------------------

#define CM_NATIONAL_WITHIN_MOST 400

bool
cm_national_within_read(struct cm_view value, struct cm_view *ret_word, struct cm_deadline_rule *ret_rule)
{
	static const struct {
		const char *name;
		struct cm_deadline_rule rule;
	} units[] = {{"hours", {CM_DEADLINE_HOURS, CM_DEADLINE_HOUR, 0}},
	        {"days", {CM_DEADLINE_CALENDAR, CM_DEADLINE_DAY, 0}},
	        {"working", {CM_DEADLINE_WORKING, CM_DEADLINE_DAY, 0}},
	        {"months", {CM_DEADLINE_CALENDAR, CM_DEADLINE_MONTH, 0}}};
	size_t one = cm_view_find(value, 0, ' '), two = one < value.n ? cm_view_find(value, one + 1, ' ') : value.n;
	uint64_t number;
	if (two >= value.n || !cm_num_u64(cm_view_part(value, one + 1, two - one - 1), 1, CM_NATIONAL_WITHIN_MOST, &number))
		return false;
	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		if (cm_view_is(cm_view_part(value, two + 1, value.n), units[i].name)) {
			*ret_word = cm_view_part(value, 0, one);
			*ret_rule = units[i].rule;
			ret_rule->number = (int64_t)number;
			return true;
		}
	return false;
}

bool
cm_national_within(const struct cm_national *national, enum cm_kind kind, struct cm_instant at, struct cm_deadline_rule *ret_rule)
{
	const char *words[] = {cm_kind_row(kind)->code, cm_kind_row(kind)->regime, "all"};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		const struct cm_national_row *row = cm_national_find(national, CM_NATIONAL_RULE_ANSWER_WITHIN, at);
		for (; row != NULL; row = cm_national_next(national, row, at)) {
			struct cm_view word;
			struct cm_deadline_rule rule;
			if (cm_national_within_read(row->value, &word, &rule) && cm_view_is(word, words[i])) {
				*ret_rule = rule;
				return true;
			}
		}
	}
	return false;
}

struct cm_instant
cm_national_answer_end(const struct cm_national *national, enum cm_kind kind, struct cm_instant received)
{
	struct cm_national_calendar calendar;
	struct cm_deadline_rule rule;
	if (!cm_national_within(national, kind, received, &rule))
		return (struct cm_instant){.us = 0};
	cm_national_calendar_init(&calendar, national, received);
	return cm_deadline_rule_end(&rule, received, &calendar.calendar);
}

struct cm_instant
cm_national_answer_resume(const struct cm_national *national, enum cm_kind kind, struct cm_instant received,
                          const struct cm_deadline_pause *pause)
{
	struct cm_national_calendar calendar;
	struct cm_deadline_rule rule = {.counting = CM_DEADLINE_NAMED}; // of a limit that is not in this table: what was left, to the moment
	(void)cm_national_within(national, kind, received, &rule);
	cm_national_calendar_init(&calendar, national, pause->paused);
	return cm_deadline_rule_resume(&rule, pause, &calendar.calendar);
}
