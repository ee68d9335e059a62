// Knows: which row of a State's law holds on a day, and what follows for working days and clocks. Does not know: the form of
// the file (national_read.c), or what a check makes of a rule (law.h). Serves doc/guide/national.md.
#include "domain/national.h"

#include <stdio.h>
#include <string.h>

#include "domain/calendar.h"

static const struct cm_national_row *
cm_national_from(const struct cm_national *national, size_t i, enum cm_national_rule rule, struct cm_instant at)
{
	for (; national != NULL && i < national->count; i++) {
		const struct cm_national_row *row = &national->rows[i];
		if (row->rule == rule && (row->from.us == 0 || row->from.us <= at.us) && (row->to.us == 0 || at.us < row->to.us))
			return row;
	}
	return NULL;
}

const struct cm_national_row *
cm_national_find(const struct cm_national *national, enum cm_national_rule rule, struct cm_instant at)
{
	return cm_national_from(national, 0, rule, at);
}

const struct cm_national_row *
cm_national_next(const struct cm_national *national, const struct cm_national_row *row, struct cm_instant at)
{
	return cm_national_from(national, (size_t)(row - national->rows) + 1, row->rule, at);
}

static bool
cm_national_holds(struct cm_view list, const char *word)
{
	for (size_t at = 0; at < list.n;) {
		size_t end = cm_view_find(list, at, ';');
		struct cm_view part = cm_view_part(list, at, end - at);
		if (cm_view_is(part, word) || cm_view_is(part, "all"))
			return true;
		at = end + 2;
	}
	return false;
}

const struct cm_national_row *
cm_national_find_value(const struct cm_national *national, enum cm_national_rule rule, const char *value,
                       struct cm_instant at)
{
	const struct cm_national_row *row = cm_national_find(national, rule, at);
	while (row != NULL && !cm_national_holds(row->value, value))
		row = cm_national_next(national, row, at);
	return row;
}

bool
cm_national_says(const struct cm_national *national, enum cm_national_rule rule, struct cm_instant at)
{
	return cm_national_find(national, rule, at) != NULL;
}

// -- clocks --------------------------------------------------------------------------------------------------------------

int
cm_national_offset(const struct cm_national *national, struct cm_instant at)
{
	const struct cm_national_row *row = cm_national_find(national, CM_NATIONAL_RULE_TIME_ZONE, at);
	int32_t minutes = 0;
	return row != NULL && cm_calendar_offset_read(row->value, &minutes) ? minutes : 0;
}

static bool
cm_national_day(struct cm_civil day, struct cm_instant *ret_at)
{
	return cm_instant_of_civil((struct cm_civil){.year = day.year, .month = day.month, .day = day.day}, ret_at);
}

const struct cm_national_row *
cm_national_holiday(const struct cm_national *national, struct cm_civil day)
{
	char once[32];
	struct cm_instant at;
	if (!cm_national_day(day, &at))
		return NULL;
	const struct cm_national_row *row = cm_national_find(national, CM_NATIONAL_RULE_HOLIDAY, at);
	if (row != NULL) // a calendar asks for thousands of days
		snprintf(once, sizeof once, "%04d-%02d-%02d", day.year, day.month, day.day);
	while (row != NULL && !cm_view_is(row->value, once) && !cm_view_is(row->value, once + 5))
		row = cm_national_next(national, row, at);
	return row;
}

bool
cm_national_works(const struct cm_national *national, struct cm_civil day)
{
	static const char *const names[] = {"thu", "fri", "sat", "sun", "mon", "tue", "wed"}; // 1970-01-01 was a Thursday
	struct cm_instant at;
	if (!cm_national_day(day, &at) || cm_national_holiday(national, day) != NULL)
		return false;
	const char *name = names[at.us / CM_INSTANT_DAY % 7];
	const struct cm_national_row *week = cm_national_find(national, CM_NATIONAL_RULE_WORKING_DAYS, at);
	return week == NULL ? strcmp(name, "sat") != 0 && strcmp(name, "sun") != 0 : cm_national_holds(week->value, name);
}
