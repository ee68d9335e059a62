// Knows: when a message is tried again and what is under way. Does not know: what messages or answers say.
#include "node/outbox.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/tab_limit.h"
#include "node/send.h"
#include "os/clock.h"

struct cm_outbox_waiter {
	struct cm_outbox_waiter *next;
	const char *transaction;
	enum cm_outbox_end end;
	struct cm_report *report;
	struct cm_cond change; // of its own: with many waiters a common one would wake all of them each time
};

struct cm_outbox {
	struct cm_node *node;
	struct cm_thread thread;
	struct cm_mutex lock;
	struct cm_cond change;
	bool stirred, stopping;
	bool skipped; // a due message waits for one that is under way
	struct cm_outbox_try *busy[CM_LIMIT_OUTBOX_BUSY_VALUE];
	size_t busy_count;
	struct cm_outbox_try *finished;
	struct cm_outbox_waiter *waiters;
};

static void
cm_outbox_copy(struct cm_view v, char *to, size_t room)
{
	size_t n = v.n < room ? v.n : room - 1;
	memcpy(to, v.n == 0 ? (const uint8_t *)"" : v.p, n);
	to[n] = 0;
}

// The client's callback: only hands over.
static void
cm_outbox_done(void *context, cm_result result, const struct cm_client_answer *answer, const struct cm_report *report)
{
	struct cm_outbox_try *one = context;
	struct cm_outbox *outbox = one->node->outbox;
	one->result = result;
	one->status = answer->status;
	one->retry_after = answer->retry_after;
	one->report = *report;
	cm_buf_view_add(&one->body, answer->body);
	CM_MUTEX_HOLD(&outbox->lock);
	one->next = outbox->finished;
	outbox->finished = one;
	cm_cond_wake_all(&outbox->change);
}

// The server's certificate must chain to the peer's State root and name the peer, before anything of the message leaves.
static cm_result
cm_outbox_peer(void *context, const struct cm_view *der, size_t n, struct cm_report *report)
{
	struct cm_outbox_try *one = context;
	struct cm_peer peer;
	cm_result r = cm_peers_by_tls(&one->node->peers, der, n, cm_clock_utc(), report, &peer);
	if (r == CM_OK && strcmp(peer.identity.node, one->peer) != 0)
		r = cm_report_refuse(report, CM_ERROR_PEER_UNKNOWN, "TLS", "%s instead of %s", peer.identity.node, one->peer);
	return r;
}

static cm_result
cm_outbox_start_one(struct cm_outbox *outbox, const struct cm_store_outbox *row, struct cm_report *report)
{
	struct cm_node *node = outbox->node;
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_artifact *message = NULL;
	struct cm_peer peer;
	struct cm_outbox_try *one = cm_mem_new(sizeof *one);
	char url[512], anchor[CM_FILE_PATH + 128];
	if (one == NULL)
		return CM_NOMEM;
	one->node = node;
	one->id = row->id;
	one->tries = row->tries;
	one->body = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE);
	cm_outbox_copy(row->transaction, one->transaction, sizeof one->transaction);
	cm_outbox_copy(row->request, one->request, sizeof one->request);
	cm_outbox_copy(row->peer, one->peer, sizeof one->peer);
	cm_outbox_copy(row->topic, one->topic, sizeof one->topic);
	cm_result r = cm_store_artifact(node->store, row->artifact, report, &page, &message);
	if (r == CM_OK && (message == NULL || !cm_peers_confirmed(&node->peers, one->peer, &peer)))
		r = cm_report_refuse(report, CM_ERROR_PEER_UNKNOWN, "outbox", "%s", one->peer);
	if (r == CM_OK)
		r = cm_send_digest(message->bytes, &one->digest);
	if (r == CM_OK)
		snprintf(anchor, sizeof anchor, "%s/peers/%s/authority.pem", node->home, one->peer);
	snprintf(url, sizeof url, "https://%s/hi1/v1", r == CM_OK ? peer.address : "");
	struct cm_client_request request = {
	        .url = url,
	        .anchor_file = anchor,
	        .content_type = "application/json",
	        .body = r == CM_OK ? message->bytes : cm_view_of(NULL, 0),
	        .deadline_us = CM_LIMIT_HI1_ANSWER_MS_VALUE * INT64_C(1000),
	        .answer_max = CM_LIMIT_MESSAGE_BYTES_VALUE,
	        .context = one,
	        .peer = cm_outbox_peer,
	        .done = cm_outbox_done,
	};
	if (r == CM_OK)
		r = cm_client_start(node->client, &request, report, NULL);
	if (r != CM_OK) {
		cm_buf_fini(&one->body);
		cm_mem_free(one);
		return r;
	}
	CM_MUTEX_HOLD(&outbox->lock);
	outbox->busy[outbox->busy_count++] = one;
	return CM_OK;
}

// True when this row, or another one about the same request, is under way.
static bool
cm_outbox_is_busy(struct cm_outbox *outbox, const struct cm_store_outbox *row)
{
	CM_MUTEX_HOLD(&outbox->lock);
	for (size_t i = 0; i < outbox->busy_count; i++)
		if (outbox->busy[i]->id == row->id)
			return true;
		else if (row->request.n > 0 && cm_view_is(row->request, outbox->busy[i]->request))
			return outbox->skipped = true;
	return outbox->busy_count == CM_LIMIT_OUTBOX_BUSY_VALUE && (outbox->skipped = true);
}

static void
cm_outbox_start_due(struct cm_outbox *outbox)
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_outbox *rows = NULL;
	struct cm_report report = {0};
	size_t n = 0;
	struct cm_store_ask ask = {.until = cm_clock_utc(), .limit = CM_LIMIT_STORE_PAGE_VALUE};
	cm_result r = cm_store_outboxes(outbox->node->store, &ask, &report, &page, &rows, &n);
	outbox->skipped = n == ask.limit;
	for (size_t i = 0; r == CM_OK && i < n; i++)
		if (!cm_outbox_is_busy(outbox, &rows[i]) && cm_outbox_start_one(outbox, &rows[i], &report) != CM_OK)
			cm_node_log("a message could not be sent", &report);
}

static int64_t
cm_outbox_pause(const struct cm_node *node, int64_t tries, uint32_t retry_after)
{
	int64_t most = (int64_t)cm_settings_number(&node->settings, CM_SETTING_RETRY_MAX_S);
	int64_t pause = INT64_C(1) << (tries < 20 ? tries : 20);
	pause = pause < most ? pause : most;
	return (retry_after > pause ? retry_after : pause) * CM_INSTANT_SECOND;
}

// Later again: durable, so that a restart keeps the rhythm.
static cm_result
cm_outbox_again(const struct cm_outbox_try *one, struct cm_report *report)
{
	struct cm_instant now = cm_clock_utc();
	struct cm_change CM_CLEANUP(cm_change_free_at) *change = cm_change_new(now);
	char trouble[CM_REPORT_SEEN];
	if (change == NULL)
		return CM_NOMEM;
	if (one->status != 0)
		snprintf(trouble, sizeof trouble, "HTTP %u", one->status);
	else
		snprintf(trouble, sizeof trouble, "%.200s", one->report.count > 0 ? one->report.findings[0].seen : "");
	struct cm_store_outbox row = {
	        .id = one->id,
	        .state = CM_STORE_WAITING,
	        .tries = one->tries + 1,
	        .due = {.us = now.us + cm_outbox_pause(one->node, one->tries, one->retry_after)},
	        .trouble = cm_view_text(trouble),
	};
	cm_change_outbox_mark(change, &row);
	return cm_store_submit_wait(one->node->store, cm_take(&change), report, NULL, NULL);
}

static void
cm_outbox_tell(struct cm_outbox *outbox, const char *transaction, enum cm_outbox_end end, const struct cm_report *report)
{
	CM_MUTEX_HOLD(&outbox->lock);
	for (struct cm_outbox_waiter *w = outbox->waiters; w != NULL; w = w->next)
		if (strcmp(w->transaction, transaction) == 0) {
			w->end = end;
			cm_report_join(w->report, report);
			cm_cond_wake_one(&w->change);
		}
}

// Ends a try: it is not under way any more.
static void
cm_outbox_free_try(struct cm_outbox *outbox, struct cm_outbox_try *one)
{
	cm_mutex_lock(&outbox->lock);
	for (size_t i = 0; i < outbox->busy_count; i++)
		if (outbox->busy[i] == one)
			outbox->busy[i] = outbox->busy[--outbox->busy_count];
	outbox->stirred = outbox->stirred || outbox->skipped;
	cm_cond_wake_all(&outbox->change);
	cm_mutex_unlock(&outbox->lock);
	cm_buf_fini(&one->body);
	cm_mem_free(one);
}

void
cm_outbox_kept(void *context, const struct cm_store_outcome *outcome)
{
	struct cm_outbox_try *one = context;
	struct cm_outbox *outbox = one->node->outbox;
	if (outcome->result == CM_OK)
		cm_outbox_tell(outbox, one->transaction, one->end, &one->said);
	else
		cm_node_log("an answer could not be kept", outcome->report);
	cm_outbox_free_try(outbox, one);
}

static void
cm_outbox_finish(struct cm_outbox *outbox, struct cm_outbox_try *one)
{
	struct cm_report report = {0};
	bool submitted = false;
	cm_result r = CM_OK;
	if (one->result == CM_OK && one->status == 200)
		r = cm_outbox_take_answer(one, &report, &submitted);
	if (r == CM_OK && !submitted)
		r = cm_outbox_again(one, &report);
	if (r != CM_OK)
		cm_node_log("an answer could not be kept", &report);
	if (!submitted)
		cm_outbox_free_try(outbox, one);
}

// Until something finishes, somebody stirs, or the next message is due.
// *ret_look: the store has to be asked again.
static struct cm_outbox_try *
cm_outbox_next(struct cm_outbox *outbox, bool *ret_look)
{
	struct cm_instant due;
	int64_t deadline = cm_clock_after(CM_LIMIT_OUTBOX_LOOK_MS_VALUE * INT64_C(1000));
	if (*ret_look && cm_store_next_due(outbox->node->store, NULL, &due) == CM_OK && due.us != INT64_MAX) {
		int64_t wait = due.us - cm_clock_utc().us;
		int64_t then = cm_clock_after(wait < 0 ? 0 : wait);
		deadline = then < deadline && wait > 0 ? then : deadline;
	}
	CM_MUTEX_HOLD(&outbox->lock);
	bool in_time = true;
	while (outbox->finished == NULL && !outbox->stirred && !outbox->stopping && in_time)
		in_time = cm_cond_wait(&outbox->change, &outbox->lock, deadline);
	*ret_look = outbox->stirred || !in_time;
	outbox->stirred = false;
	struct cm_outbox_try *one = outbox->finished;
	outbox->finished = NULL;
	return one;
}

static void
cm_outbox_run(void *arg)
{
	struct cm_outbox *outbox = arg;
	for (bool look = true;;) {
		if (look)
			cm_outbox_start_due(outbox);
		struct cm_outbox_try *one = cm_outbox_next(outbox, &look);
		while (one != NULL) {
			struct cm_outbox_try *next = one->next;
			cm_outbox_finish(outbox, one);
			one = next;
		}
		cm_mutex_lock(&outbox->lock);
		bool stop = outbox->stopping && outbox->busy_count == 0;
		cm_mutex_unlock(&outbox->lock);
		if (stop)
			return;
	}
}

cm_result
cm_outbox_start(struct cm_node *node, struct cm_report *report, struct cm_outbox **ret_outbox)
{
	struct cm_outbox *outbox = cm_mem_new(sizeof *outbox);
	if (outbox == NULL)
		return CM_NOMEM;
	outbox->node = node;
	cm_mutex_init(&outbox->lock);
	cm_cond_init(&outbox->change);
	*ret_outbox = outbox;
	return cm_thread_start(&outbox->thread, "outbox", cm_outbox_run, outbox, report);
}

// After the client ended its calls, so that nothing is under way.
void
cm_outbox_stop(struct cm_outbox *outbox)
{
	if (outbox == NULL)
		return;
	cm_mutex_lock(&outbox->lock);
	outbox->stopping = true;
	for (struct cm_outbox_waiter *w = outbox->waiters; w != NULL; w = w->next)
		cm_cond_wake_one(&w->change);
	cm_cond_wake_all(&outbox->change);
	cm_mutex_unlock(&outbox->lock);
	cm_thread_join(&outbox->thread);
	cm_cond_fini(&outbox->change);
	cm_mutex_fini(&outbox->lock);
	cm_mem_free(outbox);
}

void
cm_outbox_stir(struct cm_outbox *outbox)
{
	CM_MUTEX_HOLD(&outbox->lock);
	outbox->stirred = true;
	cm_cond_wake_all(&outbox->change);
}

enum cm_outbox_end
cm_outbox_wait(struct cm_outbox *outbox, const char *transaction, int64_t deadline, struct cm_report *report)
{
	struct cm_outbox_waiter w = {.transaction = transaction, .end = CM_OUTBOX_WAITS, .report = report};
	cm_cond_init(&w.change);
	cm_mutex_lock(&outbox->lock);
	w.next = outbox->waiters;
	outbox->waiters = &w;
	while (w.end == CM_OUTBOX_WAITS && !outbox->stopping && cm_cond_wait(&w.change, &outbox->lock, deadline))
		;
	for (struct cm_outbox_waiter **at = &outbox->waiters; *at != NULL; at = &(*at)->next)
		if (*at == &w) {
			*at = w.next;
			break;
		}
	cm_mutex_unlock(&outbox->lock);
	cm_cond_fini(&w.change);
	return w.end;
}
