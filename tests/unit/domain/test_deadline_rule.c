// The ends in tests/vectors/deadline/clocks.txt were computed by another program (tests/conformance/deadline_vectors.py).
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit.h"

#include "domain/national_calendar.h"
#include "domain/nationals.h"

#define COLUMNS 8
#define MAX_LIST 512

struct vectors {
	char name[32];
	struct cm_calendar calendar;
	int32_t holidays[MAX_LIST];
	struct cm_calendar_change changes[MAX_LIST];
	size_t ends, resumes, texts, nationals;
	struct cm_nationals law; // of the invented States
};

static struct cm_instant
moment(const char *text)
{
	return cm_instant_of_seconds(strtoll(text, NULL, 10));
}

static void
read_calendar(struct vectors *v, char **c)
{
	char *at = c[4];
	snprintf(v->name, sizeof v->name, "%s", c[1]);
	v->calendar = (struct cm_calendar){.offset = (int32_t)strtol(c[2], NULL, 10), .weekend = (uint8_t)strtol(c[3], NULL, 10),
	        .holidays = v->holidays, .changes = v->changes};
	for (char *next; *at != '-' && v->calendar.holiday_count < MAX_LIST; at = next + 1) {
		v->holidays[v->calendar.holiday_count++] = (int32_t)strtol(at, &next, 10);
		if (*next == 0)
			break;
	}
	at = c[5];
	for (char *next; *at != '-' && v->calendar.change_count < MAX_LIST; at = next + 1) {
		struct cm_calendar_change *change = &v->changes[v->calendar.change_count++];
		change->from = cm_instant_of_seconds(strtoll(at, &next, 10));
		change->offset = (int32_t)strtol(next + 1, &next, 10);
		if (*next == 0)
			break;
	}
}

static struct cm_deadline_rule
rule_of(const char *counting, const char *unit, const char *number)
{
	struct cm_deadline_rule rule = {.number = strtoll(number, NULL, 10)};
	rule.counting = *counting == 'w' ? CM_DEADLINE_WORKING : *counting == 'h' ? CM_DEADLINE_HOURS : CM_DEADLINE_CALENDAR;
	rule.unit = *unit == 'h'   ? CM_DEADLINE_HOUR
	            : *unit == 'd' ? CM_DEADLINE_DAY
	            : *unit == 'm' ? CM_DEADLINE_MONTH
	                           : CM_DEADLINE_YEAR;
	return rule;
}

// within CC KIND START END; stands CC KIND START END PAUSED RESUMED END
static void
check_national(struct vectors *v, char **c, const char *line)
{
	const struct cm_national *law = cm_nationals_find(&v->law, cm_view_text(c[1]));
	enum cm_kind kind = cm_kind_find(c[2], strlen(c[2]));
	struct cm_instant want = {.us = 0}, got = want;
	assert_non_null(law);
	if (strcmp(c[0], "within") == 0) {
		got = cm_national_answer_end(law, kind, moment(c[3]));
		if (*c[4] != '-')
			want = moment(c[4]);
	} else {
		struct cm_deadline_pause pause = {moment(c[4]), moment(c[5]), moment(c[6])};
		got = cm_national_answer_resume(law, kind, moment(c[3]), &pause);
		want = moment(c[7]);
	}
	if (got.us != want.us)
		fail_msg("%s: %lld", line, (long long)cm_instant_seconds(got));
	v->nationals++;
}

static void
check_line(struct vectors *v, char **c, const char *line)
{
	char text[CM_CALENDAR_TEXT];
	if (strcmp(c[0], "calendar") == 0) {
		read_calendar(v, c);
		return;
	}
	if (strcmp(c[0], "national") == 0)
		return;
	if (strcmp(c[0], "within") == 0 || strcmp(c[0], "stands") == 0) {
		check_national(v, c, line);
		return;
	}
	if (strcmp(c[1], v->name) != 0)
		fail_msg("%s: not of calendar %s", line, v->name);
	struct cm_instant want = moment(c[6]), got = want;
	if (strcmp(c[0], "end") == 0) {
		struct cm_deadline_rule rule = rule_of(c[2], c[3], c[4]);
		got = cm_deadline_rule_end(&rule, moment(c[5]), &v->calendar);
		v->ends++;
	} else if (strcmp(c[0], "resume") == 0) {
		struct cm_deadline_rule rule = rule_of(c[2], "day", "0");
		struct cm_deadline_pause pause = {moment(c[3]), moment(c[4]), moment(c[5])};
		got = cm_deadline_rule_resume(&rule, &pause, &v->calendar);
		v->resumes++;
	} else {
		assert_string_equal(cm_calendar_text(&v->calendar, moment(c[2]), text), c[3]);
		v->texts++;
	}
	if (got.us != want.us)
		fail_msg("%s: %lld", line, (long long)cm_instant_seconds(got));
}

static void
another_calendar_finds_the_same_ends(void **state)
{
	(void)state;
	static struct vectors v;
	static char line[16384], whole[16384];
	char path[512];
	snprintf(path, sizeof path, "%s/deadline/clocks.txt", getenv("VECTORS"));
	assert_int_equal(cm_nationals_exercise(&v.law, NULL), CM_OK);
	FILE *f = fopen(path, "r");
	assert_non_null(f);
	while (fgets(line, sizeof line, f) != NULL) {
		static char none[] = "";
		char *c[COLUMNS] = {none, none, none, none, none, none, none, none};
		size_t n = 0;
		line[strcspn(line, "\n")] = 0;
		snprintf(whole, sizeof whole, "%s", line);
		for (char *at = line; at != NULL && n < COLUMNS; n++) {
			c[n] = at;
			at = strchr(at, '\t');
			if (at != NULL)
				*at++ = 0;
		}
		if (*line != '#')
			check_line(&v, c, whole);
	}
	fclose(f);
	assert_true(v.ends >= 2000);
	assert_true(v.resumes >= 500);
	assert_true(v.texts >= 500);
	assert_true(v.nationals >= 500);
	cm_nationals_fini(&v.law);
}

static void
rows_of_the_table_are_rules(void **state)
{
	(void)state;
	struct cm_deadline_rule rule = cm_deadline_rule_of(CM_TIME_LIMIT_HC_PRES_MIN);
	assert_int_equal(rule.counting, CM_DEADLINE_CALENDAR);
	assert_int_equal(rule.unit, CM_DEADLINE_DAY);
	assert_int_equal(rule.number, 60);
	rule = cm_deadline_rule_of(CM_TIME_LIMIT_EU_EPO_EM);
	assert_int_equal(rule.counting, CM_DEADLINE_HOURS);
	rule = cm_deadline_rule_of(CM_TIME_LIMIT_ASK_REPLY);
	assert_int_equal(rule.counting, CM_DEADLINE_NAMED);
	assert_int_equal(cm_deadline_rule_end(&rule, moment("1800000000"), &(struct cm_calendar){0}).us, 0);
	assert_int_equal(cm_deadline_rule_event(CM_TIME_LIMIT_HC_PRES_MIN), CM_EVENT_LAPSE);
	assert_int_equal(cm_deadline_rule_event(CM_TIME_LIMIT_ASK_REPLY), CM_EVENT_SILENCE);
	assert_int_equal(cm_deadline_rule_event(CM_TIME_LIMIT_HC_MLA), CM_EVENT_NONE);
}

// Who may give a clock a later end, and when the other side's end is another one.
static void
words_about_ends_are_held_against_the_table(void **state)
{
	(void)state;
	struct cm_instant ours = moment("1800000000"), near = moment("1800000500"), later = moment("1800003600");
	assert_true(cm_deadline_rule_extends(CM_TIME_LIMIT_ASK_REPLY, CM_ACTOR_REQUESTED));
	assert_false(cm_deadline_rule_extends(CM_TIME_LIMIT_ASK_REPLY, CM_ACTOR_REQUESTING));
	assert_true(cm_deadline_rule_extends(CM_TIME_LIMIT_SECRECY_END, CM_ACTOR_REQUESTING));
	assert_false(cm_deadline_rule_extends(CM_TIME_LIMIT_HC_SERIOUS, CM_ACTOR_REQUESTED));
	assert_true(cm_deadline_rule_both(CM_TIME_LIMIT_NAT_ANSWER));
	assert_false(cm_deadline_rule_both(CM_TIME_LIMIT_FOLLOW_UP));
	assert_int_equal(cm_deadline_rule_view(CM_TIME_LIMIT_NAT_ANSWER, ours, near), CM_DEADLINE_VIEW_SAME); // two clocks are not one
	assert_int_equal(cm_deadline_rule_view(CM_TIME_LIMIT_NAT_ANSWER, ours, later), CM_DEADLINE_VIEW_HARM);
	assert_int_equal(cm_deadline_rule_view(CM_TIME_LIMIT_NAT_ANSWER, later, ours), CM_DEADLINE_VIEW_OTHER);
	assert_int_equal(cm_deadline_rule_view(CM_TIME_LIMIT_SECRECY_END, later, ours), CM_DEADLINE_VIEW_HARM); // at least so long
}

// A word in the table that the engine does not know would be a clock that never runs.
static void
every_row_says_what_the_engine_knows(void **state)
{
	(void)state;
	for (enum cm_time_limit limit = 1; limit < CM_TIME_LIMIT_END; limit++) {
		const struct cm_time_limit_row *row = cm_time_limit_row(limit);
		struct cm_deadline_rule rule = cm_deadline_rule_of(limit);
		struct cm_instant at, last = {.us = INT64_MIN};
		assert_int_equal(rule.counting == CM_DEADLINE_NAMED, strcmp(row->counting, "named") == 0);
		if (rule.counting != CM_DEADLINE_NAMED)
			assert_true(rule.number > 0);
		assert_true(rule.counting != CM_DEADLINE_HOURS || strcmp(row->unit, "hour") == 0);
		assert_true(rule.counting != CM_DEADLINE_WORKING || strcmp(row->unit, "day") == 0);
		assert_true(cm_deadline_rule_event(limit) != CM_EVENT_NONE || strcmp(row->at_end, "tell") == 0 ||
		            strcmp(row->at_end, "repeat") == 0 || strcmp(row->at_end, "-") == 0);
		assert_true(strcmp(row->at_end, "repeat") != 0 || rule.counting != CM_DEADLINE_NAMED);
		size_t n = 0;
		while (row->reminders[n] != NULL) {
			assert_int_not_equal(cm_time_limit_find(row->reminders[n], strlen(row->reminders[n])), CM_TIME_LIMIT_NONE);
			assert_true(cm_deadline_rule_reminder(limit, n++, (struct cm_instant){0}, &at));
			assert_true(at.us < 0 && at.us > last.us); // before the end, the earliest first
			last = at;
		}
		assert_true(n <= CM_DEADLINE_REMINDERS);
	}
}

UNIT_MAIN(T(another_calendar_finds_the_same_ends), T(rows_of_the_table_are_rules), T(words_about_ends_are_held_against_the_table), T(every_row_says_what_the_engine_knows))
