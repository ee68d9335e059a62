// Knows: which evidence is fetched when: whose turn it is, how long to wait after a failure, when to give up, and what is kept
// and told of it. Does not know: how the bytes come (fetch.c) or what is in them.
// One thread hands out the places; each fetch has a thread of its own while it lasts. A peer has one place at a time, and
// leaves it after its turn when another peer waits, so that a slow one holds up nobody but itself.
#include "node/pull.h"

#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "base/mem.h"
#include "base/tab_limit.h"
#include "node/delivery_tell.h"
#include "node/fetch.h"
#include "node/outbox.h"
#include "os/clock.h"

struct cm_pull_begin {
	char id[40];
	uint64_t offset;
};

// One place. `used` and `since` are the handing thread's; `over` is under the lock.
struct cm_pull_slot {
	struct cm_pull *pull;
	struct cm_thread thread;
	struct cm_fetch fetch;
	int64_t since;
	bool used, over;
};

struct cm_pull {
	struct cm_node *node;
	struct cm_thread thread;
	struct cm_mutex lock;
	struct cm_cond change;
	bool stirred, stopping;
	size_t room, count; // places in all, and used
	struct cm_pull_slot slots[CM_LIMIT_PULL_FETCHES_VALUE];
	char last[CM_X509_NODE]; // the peer that got a place last
	struct cm_pull_begin begins[CM_LIMIT_PULL_BEGINS_VALUE];
	size_t begin_count;
};

void
cm_pull_began(struct cm_pull *pull, const char *id, uint64_t offset)
{
	CM_MUTEX_HOLD(&pull->lock);
	if (pull->begin_count == CM_LIMIT_PULL_BEGINS_VALUE) {
		memmove(pull->begins, pull->begins + 1, (pull->begin_count - 1) * sizeof *pull->begins);
		pull->begin_count--;
	}
	snprintf(pull->begins[pull->begin_count].id, sizeof pull->begins->id, "%s", id);
	pull->begins[pull->begin_count++].offset = offset;
}

size_t
cm_pull_count(struct cm_pull *pull)
{
	CM_MUTEX_HOLD(&pull->lock);
	return pull->count > 0 ? pull->count : 1;
}

// -- the end of a fetch, in its thread -----------------------------------------------------------------------------------

// What came of it and the word to the deliverer are one change.
static cm_result
cm_pull_keep(struct cm_node *node, const char *cause, const struct cm_delivery_tell *tell, struct cm_change **change,
             struct cm_report *report)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) told = cm_buf_of(CM_LIMIT_FRAME_BYTES_VALUE);
	struct cm_buf CM_CLEANUP(cm_buf_fini) detail = cm_buf_of(CM_LIMIT_FRAME_BYTES_VALUE);
	cm_result r = cm_delivery_tell(node, tell, *change, report, &told);
	if (r != CM_OK)
		return r;
	struct cm_event_texts texts = {.text = {tell->row->id, cm_buf_view(&told), tell->row->trouble}, .n = 3};
	cm_event_texts_write(&texts, &detail);
	struct cm_store_event event = {.at = cm_clock_utc(), .cause = cm_view_text(cause), .detail = cm_buf_view(&detail)};
	r = cm_buf_result(&detail);
	if (r == CM_OK)
		r = cm_store_apply(node->store, &event, *change, report);
	if (r == CM_OK)
		r = cm_store_submit_wait(node->store, cm_take(change), report, NULL, NULL);
	if (r == CM_OK)
		cm_node_stir(node);
	return r;
}

static cm_result
cm_pull_received(struct cm_node *node, const struct cm_store_delivery *row, struct cm_report *report)
{
	struct cm_instant now = cm_clock_utc();
	struct cm_change CM_CLEANUP(cm_change_free_at) *change = cm_change_new(now);
	struct cm_act_values act;
	char hex[65], length[24], origin[CM_X509_NODE + 8], words[160];
	if (change == NULL)
		return CM_NOMEM;
	cm_hex_text(cm_hash_view(&row->blob), hex);
	snprintf(length, sizeof length, "%llu", (unsigned long long)row->length);
	snprintf(origin, sizeof origin, "pull:%.*s", CM_VIEW_ARG(row->peer));
	struct cm_store_blob blob = {.sha256 = row->blob, .length = row->length, .at = now, .origin = cm_view_text(origin)};
	cm_change_blob(change, &blob);
	memset(&act, 0, sizeof act);
	cm_act_set(&act, CM_ACT_FIELD_TYPE, cm_view_text("received"));
	cm_act_set(&act, CM_ACT_FIELD_PEER, row->peer);
	cm_act_set(&act, CM_ACT_FIELD_OBJECT, row->id);
	cm_act_set(&act, CM_ACT_FIELD_REQUEST, row->request);
	cm_act_set(&act, CM_ACT_FIELD_BLOB, cm_view_text(hex));
	cm_act_set(&act, CM_ACT_FIELD_LENGTH, cm_view_text(length));
	cm_change_act(change, &act);
	snprintf(words, sizeof words, "%s bytes fetched; SHA-256 as announced.", length);
	struct cm_delivery_tell tell = {.row = row, .status = "Received", .words = words, .detail = cm_view_text(hex)};
	return cm_pull_keep(node, CM_EVENT_RECEIVED, &tell, &change, report);
}

static void
cm_pull_trouble_write(const struct cm_report *said, char *to, size_t room)
{
	static const struct cm_finding nothing = {.rule = CM_ERROR_INTERNAL};
	const struct cm_finding *f = said->count > 0 ? &said->findings[said->count - 1] : &nothing;
	snprintf(to, room, "%s\n%s", cm_error_row(f->rule)->name, f->seen);
}

bool
cm_pull_trouble(struct cm_view trouble, enum cm_error *ret_rule, struct cm_view *ret_seen)
{
	size_t end = cm_view_find(trouble, 0, '\n');
	if (trouble.n == 0 || end == trouble.n)
		return false;
	*ret_rule = cm_error_find(trouble.p, end);
	*ret_seen = cm_view_part(trouble, end + 1, trouble.n);
	return *ret_rule != CM_ERROR_NONE;
}

// Fetched often enough: what comes is not what was announced. It is not asked for again, and the deliverer is told.
static cm_result
cm_pull_give_up(struct cm_node *node, const struct cm_store_delivery *row, struct cm_report *report)
{
	struct cm_change CM_CLEANUP(cm_change_free_at) *change = cm_change_new(cm_clock_utc());
	enum cm_error rule = CM_ERROR_INTERNAL;
	struct cm_view seen;
	char words[400];
	if (change == NULL)
		return CM_NOMEM;
	if (!cm_pull_trouble(row->trouble, &rule, &seen))
		rule = CM_ERROR_BLOB_DIGEST;
	snprintf(words, sizeof words, "Fetched %d times, and never what was announced. %s", (int)row->strikes,
	         cm_error_row(rule)->text);
	struct cm_delivery_tell tell = {.row = row, .status = "Error", .words = words};
	return cm_pull_keep(node, CM_EVENT_UNFETCHED, &tell, &change, report);
}

// Later again, later each time; durable, so that a restart keeps the rhythm.
static cm_result
cm_pull_again(struct cm_fetch *fetch, enum cm_fetch_end end, const struct cm_report *said, struct cm_report *report)
{
	struct cm_instant now = cm_clock_utc();
	struct cm_change CM_CLEANUP(cm_change_free_at) *change = cm_change_new(now);
	struct cm_store_delivery row = fetch->row;
	char trouble[CM_REPORT_SEEN + 64];
	cm_pull_trouble_write(said, trouble, sizeof trouble);
	row.trouble = cm_view_text(trouble);
	row.strikes += end == CM_FETCH_OTHER ? 1 : 0;
	row.tries = fetch->gained >= CM_LIMIT_PULL_DURABLE_VALUE ? 1 : row.tries + 1;
	row.due.us = now.us + cm_outbox_pause(fetch->node, row.tries - 1, fetch->retry_after);
	if (row.strikes >= CM_LIMIT_PULL_STRIKES_VALUE)
		return cm_pull_give_up(fetch->node, &row, report);
	if (change == NULL)
		return CM_NOMEM;
	cm_change_delivery_fetch(change, &row);
	return cm_store_submit_wait(fetch->node->store, cm_take(&change), report, NULL, NULL);
}

cm_result
cm_pull_now(struct cm_node *node, const struct cm_store_delivery *row, struct cm_report *report)
{
	struct cm_change CM_CLEANUP(cm_change_free_at) *change = cm_change_new(cm_clock_utc());
	if (change == NULL)
		return CM_NOMEM;
	cm_change_delivery_due(change, row->id, (struct cm_instant){0});
	cm_result r = cm_store_submit_wait(node->store, cm_take(&change), report, NULL, NULL);
	cm_pull_stir(node->pull);
	return r;
}

static void
cm_pull_fetch(void *arg)
{
	struct cm_pull_slot *slot = arg;
	struct cm_pull *pull = slot->pull;
	struct cm_report said = {0}, report = {0};
	enum cm_fetch_end end = cm_fetch_run(&slot->fetch, &said);
	cm_result r = CM_OK;
	if (end == CM_FETCH_WHOLE)
		r = cm_pull_received(pull->node, &slot->fetch.row, &report);
	else if (end != CM_FETCH_STOPPED) {
		cm_node_log("evidence could not be fetched", &said);
		r = cm_pull_again(&slot->fetch, end, &said, &report);
	}
	if (r != CM_OK)
		cm_node_log("what came of a fetch could not be kept", &report);
	CM_MUTEX_HOLD(&pull->lock);
	slot->over = true;
	pull->stirred = pull->stirred || r == CM_OK; // else there would be no pause until the next try
	cm_cond_wake_all(&pull->change);
}

// -- the places, in the handing thread -----------------------------------------------------------------------------------

static void
cm_pull_free_slot(struct cm_pull *pull, struct cm_pull_slot *slot)
{
	cm_thread_join(&slot->thread);
	cm_fetch_fini(&slot->fetch);
	slot->used = false;
	CM_MUTEX_HOLD(&pull->lock);
	slot->over = false;
	pull->count--;
}

static bool
cm_pull_is_over(struct cm_pull_slot *slot)
{
	CM_MUTEX_HOLD(&slot->pull->lock);
	return slot->used && slot->over;
}

// Begins one. True when it has to wait for a place.
static bool
cm_pull_begin(struct cm_pull *pull, const struct cm_store_delivery *row)
{
	struct cm_pull_slot *slot = NULL;
	struct cm_report report = {0};
	for (size_t i = 0; i < pull->room; i++) {
		if (pull->slots[i].used && cm_view_is(row->peer, pull->slots[i].fetch.peer))
			return false; // its peer has one
		if (!pull->slots[i].used && slot == NULL)
			slot = &pull->slots[i];
	}
	if (slot == NULL)
		return true;
	cm_fetch_init(&slot->fetch, pull->node, row);
	slot->used = true;
	slot->since = cm_clock_mono();
	snprintf(pull->last, sizeof pull->last, "%s", slot->fetch.peer);
	cm_mutex_lock(&pull->lock);
	pull->count++;
	cm_mutex_unlock(&pull->lock);
	if (cm_thread_start(&slot->thread, "fetch", cm_pull_fetch, slot, &report) != CM_OK) {
		cm_node_log("evidence could not be fetched", &report);
		cm_pull_free_slot(pull, slot);
	}
	return false;
}

// Who had its turn makes room.
static void
cm_pull_end_turns(struct cm_pull *pull)
{
	int64_t turn = CM_LIMIT_PULL_TURN_MS_VALUE * INT64_C(1000);
	for (size_t i = 0; i < pull->room; i++)
		if (pull->slots[i].used && cm_clock_mono() - pull->slots[i].since >= turn)
			cm_fetch_stop(&pull->slots[i].fetch);
}

// Hands out free places, beginning behind the peer that got one last.
static void
cm_pull_look(struct cm_pull *pull)
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_delivery *rows = NULL;
	struct cm_report report = {0};
	size_t n = 0, first = 0;
	bool waits = false;
	struct cm_store_ask ask = {.until = cm_clock_utc(), .limit = CM_LIMIT_STORE_PAGE_VALUE};
	for (size_t i = 0; i < pull->room; i++)
		if (cm_pull_is_over(&pull->slots[i]))
			cm_pull_free_slot(pull, &pull->slots[i]);
	if (cm_store_fetches(pull->node->store, &ask, &report, &page, &rows, &n) != CM_OK)
		return;
	while (first < n && cm_view_order(rows[first].peer, cm_view_text(pull->last)) <= 0)
		first++;
	for (size_t i = 0; i < n; i++)
		waits = cm_pull_begin(pull, &rows[(first + i) % n]) || waits;
	if (waits)
		cm_pull_end_turns(pull);
}

static void
cm_pull_run(void *arg)
{
	struct cm_pull *pull = arg;
	cm_mutex_lock(&pull->lock);
	while (!pull->stopping) {
		pull->stirred = false;
		cm_mutex_unlock(&pull->lock);
		cm_pull_look(pull);
		int64_t deadline = cm_clock_look(cm_clock_after(CM_LIMIT_PULL_LOOK_MS_VALUE * INT64_C(1000)));
		cm_mutex_lock(&pull->lock);
		while (!pull->stirred && !pull->stopping && cm_cond_wait(&pull->change, &pull->lock, deadline))
			;
	}
	cm_mutex_unlock(&pull->lock);
	for (size_t i = 0; i < pull->room; i++)
		if (pull->slots[i].used)
			cm_fetch_stop(&pull->slots[i].fetch);
	for (size_t i = 0; i < pull->room; i++)
		if (pull->slots[i].used)
			cm_pull_free_slot(pull, &pull->slots[i]);
}

cm_result
cm_pull_start(struct cm_node *node, struct cm_report *report, struct cm_pull **ret_pull)
{
	struct cm_pull *pull = cm_mem_new(sizeof *pull);
	if (pull == NULL)
		return CM_NOMEM;
	pull->node = node;
	cm_mutex_init(&pull->lock);
	cm_cond_init(&pull->change);
	uint64_t room = cm_settings_number(&node->settings, CM_SETTING_PULL_PARALLEL);
	pull->room = room < 1 ? 1 : room > CM_LIMIT_PULL_FETCHES_VALUE ? CM_LIMIT_PULL_FETCHES_VALUE : (size_t)room;
	for (size_t i = 0; i < CM_LIMIT_PULL_FETCHES_VALUE; i++)
		pull->slots[i].pull = pull;
	*ret_pull = pull;
	return cm_thread_start(&pull->thread, "pull", cm_pull_run, pull, report);
}

void
cm_pull_stop(struct cm_pull *pull)
{
	if (pull == NULL)
		return;
	cm_mutex_lock(&pull->lock);
	pull->stopping = true;
	cm_cond_wake_all(&pull->change);
	cm_mutex_unlock(&pull->lock);
	cm_thread_join(&pull->thread);
}

void
cm_pull_free(struct cm_pull *pull)
{
	if (pull == NULL)
		return;
	cm_cond_fini(&pull->change);
	cm_mutex_fini(&pull->lock);
	cm_mem_free(pull);
}

void
cm_pull_stir(struct cm_pull *pull)
{
	CM_MUTEX_HOLD(&pull->lock);
	pull->stirred = true;
	cm_cond_wake_all(&pull->change);
}

size_t
cm_pull_begins(struct cm_pull *pull, const char *id, uint64_t *offsets, size_t max)
{
	size_t n = 0;
	CM_MUTEX_HOLD(&pull->lock);
	for (size_t i = 0; i < pull->begin_count && n < max; i++)
		if (strcmp(pull->begins[i].id, id) == 0)
			offsets[n++] = pull->begins[i].offset;
	return n;
}
