// Knows: the clocks of preservations as rows of data/time_limits.tab, and how far any clock has come. Does not know: the
// time; it is told.
// Serves Arts 25(2), 42(8), 42(9): at least sixty days for another State, at most ninety under an own order, and
// warnings before either ends.
#include "domain/deadline.h"

#include "domain/deadline_rule.h"

// Both sides must find the same moment, so what is promised abroad is counted in UTC.
static struct cm_instant
cm_deadline_utc(enum cm_time_limit limit, struct cm_instant start)
{
	struct cm_deadline_rule rule = cm_deadline_rule_of(limit);
	return cm_deadline_rule_end(&rule, start, &(struct cm_calendar){.offset = 0});
}

struct cm_instant
cm_deadline_least(struct cm_instant effect)
{
	return cm_deadline_utc(CM_TIME_LIMIT_HC_PRES_MIN, effect);
}

struct cm_instant
cm_deadline_order_last(struct cm_instant order)
{
	return cm_deadline_utc(CM_TIME_LIMIT_HC_PRES_DOM, order);
}

struct cm_instant
cm_deadline_promise(struct cm_instant effect, struct cm_instant wanted)
{
	struct cm_instant least = cm_deadline_least(effect);
	return wanted.us > least.us ? wanted : least;
}

cm_result
cm_deadline_promise_check(struct cm_instant effect, struct cm_instant until, struct cm_instant now,
                          struct cm_report *report)
{
	char text[CM_INSTANT_TEXT], least[CM_INSTANT_TEXT];
	cm_instant_text_people(until, text);
	cm_instant_text_people(cm_deadline_least(effect), least);
	if (until.us <= now.us)
		return cm_report_refuse(report, CM_ERROR_DEADLINE_IN_PAST, "end", "%s", text);
	if (until.us < cm_deadline_least(effect).us)
		return cm_report_refuse(report, CM_ERROR_DEADLINE_TOO_SHORT, "end", "%s; the earliest is %s", text, least);
	return CM_OK;
}

cm_result
cm_deadline_order_check(struct cm_instant from, struct cm_instant until, struct cm_report *report)
{
	char last[CM_INSTANT_TEXT];
	struct cm_instant limit = cm_deadline_order_last(from);
	if (until.us > limit.us || until.us <= from.us)
		return cm_report_refuse(report, CM_ERROR_ORDER_TOO_LONG, "order", "the last possible end is %s",
		                        cm_instant_text_people(limit, last));
	return CM_OK;
}

bool
cm_deadline_needs_renewal(struct cm_instant order_until, struct cm_instant promised, bool held)
{
	return held || order_until.us < promised.us;
}

cm_result
cm_deadline_extension_check(struct cm_instant until, struct cm_instant asked, struct cm_instant wanted,
                            struct cm_report *report)
{
	char text[CM_INSTANT_TEXT];
	cm_instant_text_people(until, text);
	if (asked.us >= until.us)
		return cm_report_refuse(report, CM_ERROR_EXTENSION_TOO_LATE, "extension", "it ended %s", text);
	if (wanted.us <= until.us)
		return cm_report_refuse(report, CM_ERROR_EXTENSION_NOT_LATER, "extension", "the present end is %s", text);
	return CM_OK;
}

cm_result
cm_deadline_reply_check(enum cm_state state, struct cm_instant by, struct cm_instant now, struct cm_report *report)
{
	char text[CM_INSTANT_TEXT];
	cm_instant_text_people(by, text);
	if (state != CM_STATE_MORE_INFO && state != CM_STATE_CONSULTATION && state != CM_STATE_LIFT_INTENDED)
		return cm_report_refuse(report, CM_ERROR_DEADLINE_NOT_ASKED, "answer_by", "%s", cm_state_row(state)->title);
	if (by.us <= now.us)
		return cm_report_refuse(report, CM_ERROR_DEADLINE_IN_PAST, "answer_by", "%s", text);
	return CM_OK;
}

enum cm_deadline_stage
cm_deadline_stage(const struct cm_deadline_clock *clock, struct cm_instant now)
{
	enum cm_deadline_stage stage = CM_DEADLINE_FAR;
	struct cm_instant at;
	if (clock->held)
		return CM_DEADLINE_HELD;
	if (now.us >= clock->until.us)
		return CM_DEADLINE_OVER;
	for (size_t i = 0; cm_deadline_rule_reminder(clock->limit, i, clock->until, &at); i++)
		if (now.us >= at.us)
			stage = CM_DEADLINE_FIRST + (enum cm_deadline_stage)i;
	return stage;
}

bool
cm_deadline_next(const struct cm_deadline_clock *clock, struct cm_instant now, struct cm_instant *ret_at)
{
	struct cm_instant at, next = clock->until;
	if (now.us >= clock->until.us)
		return false;
	for (size_t i = 0; cm_deadline_rule_reminder(clock->limit, i, clock->until, &at); i++)
		if (now.us < at.us && at.us < next.us)
			next = at;
	*ret_at = next;
	return true;
}

bool
cm_deadline_escalates(enum cm_time_limit limit, enum cm_deadline_stage stage)
{
	struct cm_instant at, any = {.us = 0};
	if (!cm_time_limit_row(limit)->escalates || stage == CM_DEADLINE_FAR || stage == CM_DEADLINE_HELD)
		return false;
	return stage == CM_DEADLINE_OVER ||
	       !cm_deadline_rule_reminder(limit, (size_t)(stage - CM_DEADLINE_FIRST) + 1, any, &at);
}

void
cm_deadline_stage_text(enum cm_time_limit limit, enum cm_deadline_stage stage, struct cm_buf *to)
{
	struct cm_instant at;
	if (stage == CM_DEADLINE_OVER)
		cm_buf_text(to, "over");
	else if (stage == CM_DEADLINE_HELD)
		cm_buf_text(to, "held");
	else if (stage == CM_DEADLINE_FAR ||
	         !cm_deadline_rule_reminder(limit, (size_t)(stage - CM_DEADLINE_FIRST), (struct cm_instant){.us = 0}, &at))
		cm_buf_text(to, "running");
	else if (-at.us >= CM_INSTANT_DAY)
		cm_buf_printf(to, "%lld day%s left", (long long)(-at.us / CM_INSTANT_DAY), at.us == -CM_INSTANT_DAY ? "" : "s");
	else
		cm_buf_printf(to, "%lld h left", (long long)(-at.us / (3600 * CM_INSTANT_SECOND)));
}
