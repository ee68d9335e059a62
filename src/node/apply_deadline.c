// Knows: what it means for a deadline that the clock looked at it: its stage, when to look again, that it is over. Does not
// know: clocks (timer.c). Texts of DEADLINE: request, limit, end (microseconds) and state that were seen.
#include "node/event.h"

#include "base/num.h"
#include "base/tab_limit.h"
#include "domain/deadline.h"
#include "domain/deadline_rule.h"

// Begins again where it ended; what was missed while the node was down is not made up for.
static void
cm_apply_repeat(struct cm_store_deadline *row, enum cm_time_limit limit, struct cm_instant now)
{
	struct cm_deadline_rule rule = cm_deadline_rule_of(limit);
	while (row->at.us <= now.us) {
		row->start = row->at;
		row->at = cm_deadline_rule_end(&rule, row->start, &(struct cm_calendar){.offset = 0});
	}
	row->wake = row->at;
	row->stage = CM_DEADLINE_FAR;
}

static cm_result
cm_apply_looked_at(const struct cm_store_event *event, const struct cm_store_deadline *old, struct cm_change *change)
{
	struct cm_store_deadline row = *old;
	struct cm_buf CM_CLEANUP(cm_buf_fini) text = cm_buf_of(CM_LIMIT_CARD_BYTES_VALUE);
	struct cm_deadline_clock clock = {cm_time_limit_find(old->limit.p, old->limit.n), old->at, cm_view_is(old->state, "held")};
	enum cm_deadline_stage stage = cm_deadline_stage(&clock, event->at);
	row.stage = stage;
	if (stage == CM_DEADLINE_HELD || !cm_deadline_next(&clock, event->at, &row.wake))
		row.wake.us = 0;
	if (stage == CM_DEADLINE_OVER && cm_view_is(old->action, "repeat") && cm_view_is(old->state, "running"))
		cm_apply_repeat(&row, clock.limit, event->at);
	else if (stage == CM_DEADLINE_OVER)
		row.state = cm_view_text("over");
	cm_change_deadline(change, old, &row);
	if (clock.limit != CM_TIME_LIMIT_HC_PRES_MIN) // the first of all says its stage alone
		cm_buf_printf(&text, "%.*s: ", CM_VIEW_ARG(old->limit));
	cm_deadline_stage_text(clock.limit, stage, &text);
	struct cm_store_news news = {
	        .at = event->at, .topic = cm_view_text("deadline"), .ref = old->request, .text = cm_buf_view(&text)};
	cm_change_news(change, &news);
	news.topic = cm_view_text("escalation");
	if (cm_deadline_escalates(clock.limit, stage))
		cm_change_news(change, &news);
	return cm_buf_result(&text);
}

cm_result
cm_apply_deadline(struct cm_node *node, const struct cm_store_event *event, struct cm_change *change,
                  struct cm_report *report)
{
	struct cm_event_texts t;
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_deadline *rows = NULL;
	uint64_t seen;
	size_t n = 0;
	cm_result r = cm_event_texts_read(event->detail, &t);
	if (r != CM_OK || t.n != 4 || !cm_num_u64(t.text[2], 0, INT64_MAX, &seen))
		return CM_BUG;
	struct cm_store_ask ask = {.request = t.text[0], .limit = CM_LIMIT_STORE_PAGE_VALUE};
	r = cm_store_deadlines(node->store, &ask, report, &page, &rows, &n);
	for (size_t i = 0; r == CM_OK && i < n; i++)
		if (cm_view_equal(rows[i].limit, t.text[1]) && rows[i].at.us == (int64_t)seen &&
		    (cm_view_equal(rows[i].state, t.text[3]) || cm_view_is(rows[i].state, "over"))) { // over: we told so just now
			return cm_apply_looked_at(event, &rows[i], change);
		}
	return r != CM_OK ? r
	                  : cm_report_refuse(report, CM_ERROR_STORE_STATE_CHANGED, "deadline", "of %.*s is another one now",
	                                     CM_VIEW_ARG(t.text[0]));
}
