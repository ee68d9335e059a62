// Knows: when a deadline has to be looked at and what its end means for the one who promised (Art. 42(8)). Does not know: how
// long anything lasts (domain/deadline). Nothing lapses in silence: each stage is news, the end is told to the peer.
#include "node/timer.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/tab_limit.h"
#include "domain/deadline.h"
#include "node/decide.h"
#include "node/event.h"
#include "node/hold.h"
#include "node/joint.h"
#include "os/clock.h"

struct cm_timer {
	struct cm_node *node;
	struct cm_thread thread;
	struct cm_mutex lock;
	struct cm_cond change;
	bool stirred, stopping;
	int64_t tidy_at; // cm_clock_mono(): when old answers go; the store did so when it was opened
	char holds[CM_LIMIT_TIMER_HELD_VALUE][40]; // tasks of preservations to look at
	size_t hold_count;
	bool hold_all; // more than there is room for, or the start: everything is looked at
	bool undertakes; // a joint undertaking is known here: whatever is kept may concern it
	struct cm_instant joint_from; // what changed before was looked at
};

// The row's new stage and next moment, and news about it.
static cm_result
cm_timer_advance(struct cm_timer *timer, const struct cm_store_deadline *row, struct cm_instant now,
                 struct cm_report *report)
{
	struct cm_change CM_CLEANUP(cm_change_free_at) *change = cm_change_new(now);
	struct cm_buf CM_CLEANUP(cm_buf_fini) detail = cm_buf_of(CM_LIMIT_FRAME_BYTES_VALUE);
	char at[24];
	if (change == NULL)
		return CM_NOMEM;
	snprintf(at, sizeof at, "%lld", (long long)row->at.us);
	struct cm_event_texts texts = {.text = {row->request, row->limit, cm_view_text(at), row->state}, .n = 4};
	cm_event_texts_write(&texts, &detail);
	struct cm_store_event event = {.at = now, .cause = cm_view_text(CM_EVENT_DEADLINE), .detail = cm_buf_view(&detail)};
	cm_result r = cm_store_apply(timer->node->store, &event, change, report);
	return r == CM_OK ? cm_store_submit_wait(timer->node->store, cm_take(&change), report, NULL, NULL) : r;
}

// Somebody changed the request or its end since the rows were read: what is there now is looked at next time.
static bool
cm_timer_was_late(cm_result r, const struct cm_report *report)
{
	return r == CM_REFUSED &&
	       (cm_report_has(report, CM_ERROR_STORE_STATE_CHANGED) || cm_report_has(report, CM_ERROR_STORE_GENERATION));
}

static void
cm_timer_one(struct cm_timer *timer, const struct cm_store_deadline *row, struct cm_instant now)
{
	struct cm_report report = {0};
	struct cm_deadline_clock clock = {cm_time_limit_find(row->limit.p, row->limit.n), row->at, cm_view_is(row->state, "held")};
	enum cm_deadline_stage stage = cm_deadline_stage(&clock, now);
	enum cm_event event = cm_event_find(row->action.p, row->action.n);
	cm_result r = CM_OK;
	// The end first: when it cannot be kept, the row wakes us again. A clock that no longer runs is news only.
	if (stage == CM_DEADLINE_OVER && event != CM_EVENT_NONE && cm_view_is(row->state, "running"))
		r = cm_decide_end_tell(timer->node, row, event, &report);
	else if (stage == CM_DEADLINE_HELD) // a request for the data came, and its asker does not know yet
		r = cm_decide_tell(timer->node, row->request, CM_EVENT_NONE, CM_ACTOR_REQUESTED_NODE, &report);
	if (r == CM_OK && stage == CM_DEADLINE_HELD)
		return; // what was told let the row sleep
	if (r == CM_OK || (r == CM_REFUSED && !cm_timer_was_late(r, &report)))
		r = cm_timer_advance(timer, row, now, &report);
	if (r != CM_OK && !cm_timer_was_late(r, &report))
		cm_node_log("a deadline could not be advanced", &report);
}

// True when there may be more of what is due.
static bool
cm_timer_look(struct cm_timer *timer)
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_deadline *rows = NULL;
	size_t n = 0;
	struct cm_instant now = cm_clock_utc();
	struct cm_store_ask ask = {.until = now, .limit = CM_LIMIT_STORE_PAGE_VALUE};
	if (cm_store_wakes(timer->node->store, &ask, NULL, &page, &rows, &n) != CM_OK)
		return false;
	for (size_t i = 0; i < n; i++)
		cm_timer_one(timer, &rows[i], now);
	return n == CM_LIMIT_STORE_PAGE_VALUE;
}

static void
cm_timer_hold_one(struct cm_timer *timer, const char *task)
{
	struct cm_report report = {0};
	cm_result r = cm_hold_look(timer->node, cm_view_text(task), &report);
	if (r != CM_OK)
		cm_node_log("what follows for a preservation could not be told", &report);
}

static void
cm_timer_holds(struct cm_timer *timer)
{
	struct cm_report report = {0};
	for (;;) {
		char task[40];
		cm_mutex_lock(&timer->lock);
		bool all = timer->hold_all, more = timer->hold_count > 0;
		timer->hold_all = false;
		if (more)
			memcpy(task, timer->holds[--timer->hold_count], sizeof task);
		cm_mutex_unlock(&timer->lock);
		if (all && cm_hold_look_all(timer->node, &report) != CM_OK)
			cm_node_log("what is held could not be looked at", &report);
		if (!more)
			return;
		cm_timer_hold_one(timer, task);
	}
}

// The parties of undertakings; once more for the last minute each time, since a change is dated before it is kept.
static void
cm_timer_joints(struct cm_timer *timer)
{
	struct cm_report report = {0};
	struct cm_instant now = cm_clock_utc();
	cm_result r = cm_joint_look(timer->node, timer->joint_from, &report);
	if (r == CM_OK)
		timer->joint_from.us = now.us - CM_LIMIT_TIMER_LOOK_MS_VALUE * INT64_C(1000);
	else if (!cm_timer_was_late(r, &report))
		cm_node_log("the parties to a joint investigation could not be told", &report);
}

void
cm_timer_undertakes(struct cm_timer *timer)
{
	CM_MUTEX_HOLD(&timer->lock);
	timer->undertakes = true;
}

void
cm_timer_kept(struct cm_timer *timer)
{
	CM_MUTEX_HOLD(&timer->lock);
	timer->stirred = timer->stirred || timer->undertakes;
	if (timer->stirred)
		cm_cond_wake_all(&timer->change);
}

void
cm_timer_look_at(struct cm_timer *timer, struct cm_view task)
{
	CM_MUTEX_HOLD(&timer->lock);
	if (timer->hold_count == CM_LIMIT_TIMER_HELD_VALUE)
		timer->hold_all = true;
	else
		snprintf(timer->holds[timer->hold_count++], sizeof timer->holds[0], "%.*s", CM_VIEW_ARG(task));
	timer->stirred = true;
	cm_cond_wake_all(&timer->change);
}

// Waiting uses the monotonic clock and looks again at least every minute, so that a clock that was set does not matter.
static int64_t
cm_timer_deadline(struct cm_timer *timer)
{
	struct cm_instant at;
	int64_t most = CM_LIMIT_TIMER_LOOK_MS_VALUE * INT64_C(1000);
	if (cm_store_next_wake(timer->node->store, NULL, &at) == CM_OK && at.us != INT64_MAX) {
		int64_t wait = at.us - cm_clock_utc().us;
		if (wait < most)
			most = wait < 1000000 ? 1000000 : wait;
	}
	return cm_clock_look(cm_clock_after(most));
}

// Once a day.
static void
cm_timer_tidy(struct cm_timer *timer)
{
	struct cm_report report = {0};
	struct cm_instant now = cm_clock_utc(), before = {.us = now.us - CM_LIMIT_STORE_REPLY_DAYS_VALUE * CM_INSTANT_DAY};
	if (cm_clock_mono() < timer->tidy_at)
		return;
	struct cm_change *change = cm_change_new(now);
	cm_result r = change == NULL ? CM_NOMEM : CM_OK;
	if (r == CM_OK) {
		cm_change_reply_prune(change, before);
		r = cm_store_submit_wait(timer->node->store, change, &report, NULL, NULL);
	}
	if (r != CM_OK)
		cm_node_log("old answers could not be removed", &report);
	timer->tidy_at = cm_clock_after(CM_INSTANT_DAY);
}

static void
cm_timer_run(void *arg)
{
	struct cm_timer *timer = arg;
	cm_mutex_lock(&timer->lock);
	while (!timer->stopping) {
		timer->stirred = false;
		cm_mutex_unlock(&timer->lock);
		cm_timer_holds(timer);
		cm_timer_joints(timer);
		bool more = cm_timer_look(timer);
		cm_timer_tidy(timer);
		int64_t deadline = more ? 0 : cm_timer_deadline(timer);
		cm_mutex_lock(&timer->lock);
		while (!timer->stirred && !timer->stopping && cm_cond_wait(&timer->change, &timer->lock, deadline))
			;
	}
	cm_mutex_unlock(&timer->lock);
}

cm_result
cm_timer_start(struct cm_node *node, struct cm_report *report, struct cm_timer **ret_timer)
{
	struct cm_timer *timer = cm_mem_new(sizeof *timer);
	if (timer == NULL)
		return CM_NOMEM;
	timer->node = node;
	timer->hold_all = true;
	timer->undertakes = true; // what is there from before is not counted
	timer->tidy_at = cm_clock_after(CM_INSTANT_DAY);
	cm_mutex_init(&timer->lock);
	cm_cond_init(&timer->change);
	*ret_timer = timer;
	return cm_thread_start(&timer->thread, "timer", cm_timer_run, timer, report);
}

void
cm_timer_stop(struct cm_timer *timer)
{
	if (timer == NULL)
		return;
	cm_mutex_lock(&timer->lock);
	timer->stopping = true;
	cm_cond_wake_all(&timer->change);
	cm_mutex_unlock(&timer->lock);
	cm_thread_join(&timer->thread);
}

void
cm_timer_free(struct cm_timer *timer)
{
	if (timer == NULL)
		return;
	cm_cond_fini(&timer->change);
	cm_mutex_fini(&timer->lock);
	cm_mem_free(timer);
}

void
cm_timer_stir(struct cm_timer *timer)
{
	CM_MUTEX_HOLD(&timer->lock);
	timer->stirred = true;
	cm_cond_wake_all(&timer->change);
}
