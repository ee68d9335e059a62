// Knows: how the clocks of this node are listed, the next end first. Does not know: how they are counted (domain) or kept
// (store). Serves GET /api/v1/deadlines.
#include "node/exchange.h"

#include <stdio.h>

#include "base/mem.h"
#include "base/num.h"
#include "base/tab_limit.h"
#include "domain/deadline.h"
#include "domain/deadline_rule.h"
#include "node/do_json.h"

// The place behind a row, as one word of a query: microseconds, request, limit.
struct cm_do_deadline_place {
	struct cm_view request, limit;
	struct cm_instant at;
};

static bool
cm_do_deadline_place_read(struct cm_view text, struct cm_do_deadline_place *ret_place)
{
	size_t one = 0, two;
	uint64_t us;
	while (one < text.n && text.p[one] != '.')
		one++;
	two = one + 1;
	while (two < text.n && text.p[two] != '.')
		two++;
	if (two >= text.n || !cm_num_u64(cm_view_part(text, 0, one), 0, INT64_MAX, &us))
		return false;
	ret_place->at.us = (int64_t)us;
	ret_place->request = cm_view_part(text, one + 1, two - one - 1);
	ret_place->limit = cm_view_part(text, two + 1, text.n - two - 1);
	return true;
}

cm_result
cm_do_deadline_row(const struct cm_node *node, struct cm_json_put *put, const struct cm_store_deadline *row)
{
	char local[CM_CALENDAR_TEXT], there[CM_CALENDAR_TEXT];
	struct cm_calendar here = {.offset = 0};
	// A calendar that is no State's ("UTC") has no table, and counts in UTC.
	struct cm_calendar counted = {.offset = cm_national_offset(cm_nationals_find(&node->nationals, row->calendar), row->at)};
	struct cm_buf CM_CLEANUP(cm_buf_fini) stage = cm_buf_of(CM_LIMIT_CARD_BYTES_VALUE);
	enum cm_time_limit limit = cm_time_limit_find(row->limit.p, row->limit.n);
	struct cm_instant least = {.us = 0};
	if (limit == CM_TIME_LIMIT_HC_PRES_MIN)
		least = cm_deadline_least(row->start);
	if (!cm_calendar_offset_read(cm_view_text(cm_settings_text(&node->settings, CM_SETTING_TIME_ZONE)), &here.offset))
		return CM_BUG; // the settings were read
	cm_deadline_stage_text(limit, (enum cm_deadline_stage)row->stage, &stage);
	cm_json_put_object(put);
	cm_json_put_member_text(put, "at_end", row->action);
	cm_json_put_member_text(put, "calendar", row->calendar);
	bool told = row->theirs.us != 0 && limit != CM_TIME_LIMIT_NONE;
	cm_json_put_member_bool(put, "differs", told && cm_deadline_rule_view(limit, row->at, row->theirs) != CM_DEADLINE_VIEW_SAME);
	cm_do_json_time(put, "ends_at", row->at);
	cm_json_put_member_cstr(put, "ends_local", cm_calendar_text(&here, row->at, local));
	cm_json_put_member_cstr(put, "ends_there", cm_calendar_text(&counted, row->at, there));
	cm_do_json_time(put, "least_end", least);
	cm_json_put_member_text(put, "limit", row->limit);
	cm_do_json_time(put, "next_look", row->wake);
	cm_do_json_time(put, "paused_at", row->paused);
	cm_json_put_member_text(put, "peer", row->peer);
	cm_json_put_member_text(put, "request", row->request);
	// Ends are told in whole seconds.
	cm_json_put_member_bool(put, "short_of_least", cm_instant_seconds(row->at) < cm_instant_seconds(least));
	cm_json_put_member_text(put, "source", row->source);
	cm_json_put_member_text(put, "stage", cm_buf_view(&stage));
	cm_do_json_time(put, "started_at", row->start);
	cm_json_put_member_text(put, "state", row->state);
	cm_do_json_time(put, "their_end", row->theirs);
	cm_json_put_member_cstr(put, "to_do", limit == CM_TIME_LIMIT_NONE ? "" : cm_time_limit_row(limit)->action);
	cm_json_put_end_object(put);
	return cm_buf_result(&stage);
}

static void
cm_do_deadline_next(struct cm_json_put *put, const struct cm_store_deadline *last)
{
	char next[160];
	cm_json_put_name(put, "next");
	if (last == NULL) {
		cm_json_put_null(put);
		return;
	}
	snprintf(next, sizeof next, "%lld.%.*s.%.*s", (long long)last->at.us, CM_VIEW_ARG(last->request),
	         CM_VIEW_ARG(last->limit));
	cm_json_put_text(put, cm_view_text(next));
}

static cm_result
cm_do_deadline_list(struct cm_exchange *ex, struct cm_report *report, struct cm_buf *body)
{
	struct cm_json_put put = cm_json_put_of(body);
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_deadline *rows = NULL;
	struct cm_buf CM_CLEANUP(cm_buf_fini) after = cm_buf_of(CM_LIMIT_CARD_BYTES_VALUE);
	struct cm_do_deadline_place place = {.at = {.us = 0}};
	size_t n = 0, limit = 0;
	cm_result r = cm_route_query(cm_server_query(ex->rq), "after", report, &after);
	if (r == CM_OK)
		r = cm_do_page(ex, 50, report, &limit);
	if (r == CM_OK && after.n > 0 && !cm_do_deadline_place_read(cm_buf_view(&after), &place))
		r = cm_report_refuse(report, CM_ERROR_HTTP_QUERY, "after", "%.*s", CM_VIEW_ARG(cm_buf_view(&after)));
	struct cm_store_ask ask = {.after_time = place.at, .after = place.request, .kind = place.limit, .limit = limit};
	if (r == CM_OK)
		r = cm_store_ends(ex->node->store, &ask, report, &page, &rows, &n);
	if (r != CM_OK)
		return r;
	cm_json_put_object(&put);
	cm_json_put_name(&put, "deadlines");
	cm_json_put_array(&put);
	for (size_t i = 0; r == CM_OK && i < n; i++)
		r = cm_do_deadline_row(ex->node, &put, &rows[i]);
	cm_json_put_end_array(&put);
	cm_do_deadline_next(&put, n == limit && n > 0 ? &rows[n - 1] : NULL);
	cm_json_put_end_object(&put);
	return r;
}

void
cm_do_deadlines(struct cm_exchange *ex)
{
	struct cm_report report = {0};
	struct cm_buf CM_CLEANUP(cm_buf_fini) body = cm_buf_of(CM_LIMIT_API_ANSWER_BYTES_VALUE);
	cm_result r = cm_do_deadline_list(ex, &report, &body);
	if (r == CM_OK)
		r = cm_buf_result(&body);
	if (r != CM_OK)
		cm_exchange_problem(ex, r, &report);
	else
		cm_do_json(ex, (unsigned)cm_route_row(ex->match.route)->status, &body);
}
