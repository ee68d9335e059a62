// Knows: the clocks of preservations as rows of data/time_limits.tab. Does not know: the time; it is told.
// Serves Arts 25(2), 42(8), 42(9): at least sixty days for another State, at most ninety under an own order, and
// warnings before either ends.
#include "domain/deadline.h"

#include "domain/tab_time_limit.h"

static int64_t
cm_deadline_days(enum cm_time_limit limit)
{
	return (int64_t)cm_time_limit_row(limit)->number * CM_INSTANT_DAY;
}

struct cm_instant
cm_deadline_least(struct cm_instant effect)
{
	return (struct cm_instant){.us = effect.us + cm_deadline_days(CM_TIME_LIMIT_HC_PRES_MIN)};
}

struct cm_instant
cm_deadline_order_last(struct cm_instant order)
{
	return (struct cm_instant){.us = order.us + cm_deadline_days(CM_TIME_LIMIT_HC_PRES_DOM)};
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

// The warnings, the earliest first, with the stage that begins there.
static const struct {
	enum cm_time_limit limit;
	enum cm_deadline_stage stage;
} cm_deadline_warnings[] = {
        {CM_TIME_LIMIT_WARN_FIRST, CM_DEADLINE_FIRST},
        {CM_TIME_LIMIT_WARN_SECOND, CM_DEADLINE_SECOND},
        {CM_TIME_LIMIT_WARN_LAST, CM_DEADLINE_LAST},
};

#define WARNINGS (sizeof cm_deadline_warnings / sizeof *cm_deadline_warnings)

enum cm_deadline_stage
cm_deadline_stage(struct cm_instant until, struct cm_instant now, bool held)
{
	enum cm_deadline_stage stage = CM_DEADLINE_FAR;
	if (held)
		return CM_DEADLINE_HELD;
	if (now.us >= until.us)
		return CM_DEADLINE_OVER;
	for (size_t i = 0; i < WARNINGS; i++)
		if (now.us >= until.us - cm_deadline_days(cm_deadline_warnings[i].limit))
			stage = cm_deadline_warnings[i].stage;
	return stage;
}

bool
cm_deadline_next(struct cm_instant until, struct cm_instant now, struct cm_instant *ret_at)
{
	if (now.us >= until.us)
		return false;
	struct cm_instant at = until;
	for (size_t i = WARNINGS; i-- > 0;) {
		int64_t warn = until.us - cm_deadline_days(cm_deadline_warnings[i].limit);
		if (now.us < warn)
			at.us = warn;
	}
	*ret_at = at;
	return true;
}
