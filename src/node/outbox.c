// Knows: when a message is tried again and what is under way. Does not know: what messages or answers say.
#include "node/outbox.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/tab_limit.h"
#include "domain/kind.h"
#include "domain/preservation.h"
#include "node/listed.h"
#include "node/send.h"
#include "os/clock.h"

struct cm_outbox {
	struct cm_node *node;
	struct cm_thread thread;
	struct cm_mutex lock;
	struct cm_cond change;
	bool stirred, ending, stopping;
	bool looked; // once since the start
	size_t found; // due messages that could go when the store was asked last
	bool skipped; // a due message waits for another one; true while the store is asked, so that no end of a try is missed
	bool busy_found; // one of those waits for one that is under way
	struct cm_outbox_try *busy[CM_LIMIT_OUTBOX_BUSY_VALUE];
	size_t busy_count;
	struct cm_outbox_try *finished, **finished_end;
	struct cm_outbox_try *handed, **handed_end; // begun when a place was not free
	size_t prepared;                             // neither begun nor dropped yet
	struct cm_outbox_waiter *waiters, **waiters_end;
};

static void
cm_outbox_copy(struct cm_view v, char *to, size_t room)
{
	size_t n = v.n < room ? v.n : room - 1;
	memcpy(to, v.n == 0 ? (const uint8_t *)"" : v.p, n);
	to[n] = 0;
}

// For the outbox's thread to work off.
static void
cm_outbox_finished(struct cm_outbox *outbox, struct cm_outbox_try *one)
{
	CM_MUTEX_HOLD(&outbox->lock);
	one->next = NULL;
	*outbox->finished_end = one;
	outbox->finished_end = &one->next;
	cm_cond_wake_all(&outbox->change);
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
	cm_report_join(&one->report, report);
	cm_buf_view_add(&one->body, answer->body);
	cm_outbox_finished(outbox, one);
}

// The server's certificate must chain to the peer's State root and name the peer, before anything of the message leaves.
static cm_result
cm_outbox_peer(void *context, const struct cm_view *der, size_t n, struct cm_report *report)
{
	struct cm_outbox_try *one = context;
	cm_result r = cm_listed_by_tls(one->node, der, n, cm_clock_utc(), report, &one->shown);
	if (r == CM_OK && strcmp(one->shown.identity.node, one->peer) != 0)
		r = cm_report_refuse(report, CM_ERROR_PEER_UNKNOWN, "TLS", "%s instead of %s", one->shown.identity.node, one->peer);
	return r;
}

static void
cm_outbox_try_free(struct cm_outbox_try *one)
{
	cm_buf_fini(&one->message);
	cm_buf_fini(&one->body);
	cm_mem_free(one);
}

static cm_result
cm_outbox_try_new(struct cm_outbox *outbox, const struct cm_store_outbox *row, struct cm_view message,
                  struct cm_outbox_try **ret_try)
{
	struct cm_outbox_try *one = cm_mem_new(sizeof *one);
	if (one == NULL)
		return CM_NOMEM;
	one->node = outbox->node;
	one->id = row->id;
	one->tries = row->tries;
	one->message = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE);
	one->body = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE);
	cm_outbox_copy(row->transaction, one->transaction, sizeof one->transaction);
	cm_outbox_copy(row->request, one->request, sizeof one->request);
	cm_outbox_copy(row->peer, one->peer, sizeof one->peer);
	cm_outbox_copy(row->topic, one->topic, sizeof one->topic);
	cm_buf_view_add(&one->message, message);
	cm_result r = cm_buf_result(&one->message);
	if (r == CM_OK)
		r = cm_send_digest(message, &one->digest);
	if (r == CM_OK)
		*ret_try = one;
	else
		cm_outbox_try_free(one);
	return r;
}

int64_t
cm_outbox_first_try(void)
{
	return CM_LIMIT_HI1_ANSWER_MS_VALUE * INT64_C(1000);
}

// To an authority that the directory alone vouches for: about preservations, and at the address of the list.
static cm_result
cm_outbox_listed(struct cm_outbox_try *one, struct cm_peer *ret_peer, char ret_anchor[CM_FILE_PATH + 128])
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_request *row = NULL;
	cm_result r = cm_store_request(one->node->store, cm_view_text(one->request), &one->report, &page, &row);
	if (r == CM_OK && (row == NULL || !cm_preservation_is(cm_kind_find(row->kind.p, row->kind.n))))
		r = cm_report_refuse(&one->report, CM_ERROR_PEER_UNKNOWN, "outbox", "%s", one->peer);
	if (r == CM_OK)
		r = cm_listed_find(one->node, one->peer, &one->report, ret_peer);
	return r == CM_OK ? cm_listed_anchor(one->node, one->peer, &one->report, ret_anchor) : r;
}

// The call itself. The try is among the busy ones; whatever happens, it is finished later.
static void
cm_outbox_call(struct cm_outbox *outbox, struct cm_outbox_try *one)
{
	struct cm_node *node = outbox->node;
	struct cm_peer peer;
	char url[512], anchor[CM_FILE_PATH + 128];
	cm_result r = CM_OK;
	snprintf(anchor, sizeof anchor, "%s/peers/%s/authority.pem", node->home, one->peer);
	if (!cm_peers_confirmed(&node->peers, one->peer, &peer))
		r = cm_outbox_listed(one, &peer, anchor);
	if (r == CM_OK) {
		snprintf(url, sizeof url, "https://%s/hi1/v1", peer.address);
		struct cm_client_request request = {
		        .url = url,
		        .anchor_file = anchor,
		        .content_type = "application/json",
		        .body = cm_buf_view(&one->message),
		        .deadline_us = cm_outbox_first_try(),
		        .answer_max = CM_LIMIT_MESSAGE_BYTES_VALUE,
		        .context = one,
		        .peer = cm_outbox_peer,
		        .done = cm_outbox_done,
		};
		r = cm_client_start(node->client, &request, &one->report, NULL);
	}
	if (r == CM_OK)
		return; // the try may be gone already
	one->result = r;
	cm_outbox_finished(outbox, one);
}

static cm_result
cm_outbox_start_one(struct cm_outbox *outbox, const struct cm_store_outbox *row, struct cm_report *report)
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_artifact *message = NULL;
	struct cm_outbox_try *one = NULL;
	cm_result r = cm_store_artifact(outbox->node->store, row->artifact, report, &page, &message);
	if (r == CM_OK)
		r = message == NULL ? CM_BUG : cm_outbox_try_new(outbox, row, message->bytes, &one);
	if (r != CM_OK)
		return r;
	cm_mutex_lock(&outbox->lock);
	outbox->busy[outbox->busy_count++] = one;
	cm_mutex_unlock(&outbox->lock);
	cm_outbox_call(outbox, one);
	return CM_OK;
}

cm_result
cm_outbox_prepare(struct cm_outbox *outbox, const struct cm_store_outbox *row, struct cm_view message,
                  struct cm_report *report, struct cm_outbox_try **ret_try)
{
	(void)report;
	cm_result r = cm_outbox_try_new(outbox, row, message, ret_try);
	if (r != CM_OK)
		return r;
	CM_MUTEX_HOLD(&outbox->lock);
	outbox->prepared++;
	return CM_OK;
}

void
cm_outbox_drop(struct cm_outbox_try *one)
{
	struct cm_outbox *outbox = one->node->outbox;
	cm_outbox_try_free(one);
	CM_MUTEX_HOLD(&outbox->lock);
	outbox->prepared--;
	cm_cond_wake_all(&outbox->change);
}

void
cm_outbox_begin(struct cm_outbox_try *one, uint64_t id)
{
	struct cm_outbox *outbox = one->node->outbox;
	char state[CM_PEERS_STATE] = "";
	one->id = id;
	cm_peers_state(&one->node->peers, one->peer, state);
	bool pinned = strcmp(state, "confirmed") == 0; // any other is looked up first, which the outbox's thread does
	cm_mutex_lock(&outbox->lock);
	bool now = !outbox->ending && pinned && outbox->busy_count < CM_LIMIT_OUTBOX_BUSY_VALUE;
	bool later = !outbox->ending && !now;
	outbox->prepared--;
	if (now)
		outbox->busy[outbox->busy_count++] = one;
	if (later) {
		*outbox->handed_end = one;
		outbox->handed_end = &one->next;
		outbox->stirred = outbox->stirred || !pinned;
	}
	if (outbox->stopping || outbox->stirred)
		cm_cond_wake_all(&outbox->change);
	cm_mutex_unlock(&outbox->lock);
	if (now)
		cm_outbox_call(outbox, one);
	else if (!later)
		cm_outbox_try_free(one); // it stays due
}

// One that was handed over, when there is a place.
static struct cm_outbox_try *
cm_outbox_take_handed(struct cm_outbox *outbox)
{
	CM_MUTEX_HOLD(&outbox->lock);
	struct cm_outbox_try *one = outbox->handed;
	if (one == NULL || outbox->busy_count == CM_LIMIT_OUTBOX_BUSY_VALUE)
		return NULL;
	outbox->handed = one->next;
	if (outbox->handed == NULL)
		outbox->handed_end = &outbox->handed;
	one->next = NULL;
	outbox->busy[outbox->busy_count++] = one;
	return one;
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
			return outbox->busy_found = true;
	return outbox->busy_count == CM_LIMIT_OUTBOX_BUSY_VALUE && (outbox->busy_found = true);
}

static bool
cm_outbox_may_start(struct cm_outbox *outbox, const struct cm_store_outbox *row, struct cm_instant now)
{
	return (row->due.us <= now.us || row->tries == 0) && !cm_outbox_is_busy(outbox, row);
}

static void
cm_outbox_start_due(struct cm_outbox *outbox)
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_outbox *rows = NULL;
	struct cm_report report = {0};
	size_t n = 0;
	struct cm_instant now = cm_clock_utc();
	struct cm_store_ask ask = {.until = now, .limit = CM_LIMIT_STORE_PAGE_VALUE};
	if (!outbox->looked) // a first try that was under way when the node ended is due now
		ask.until.us += cm_outbox_first_try() + CM_INSTANT_SECOND;
	cm_mutex_lock(&outbox->lock);
	outbox->skipped = true;
	outbox->busy_found = false;
	cm_mutex_unlock(&outbox->lock);
	for (struct cm_outbox_try *one; (one = cm_outbox_take_handed(outbox)) != NULL;)
		cm_outbox_call(outbox, one);
	cm_result r = cm_store_outboxes(outbox->node->store, &ask, &report, &page, &rows, &n);
	outbox->found = n;
	outbox->looked = outbox->looked || r == CM_OK;
	for (size_t i = 0; r == CM_OK && i < n; i++)
		if (cm_outbox_may_start(outbox, &rows[i], now) && cm_outbox_start_one(outbox, &rows[i], &report) != CM_OK)
			cm_node_log("a message could not be sent", &report);
}

int64_t
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
	if (one->status != 0 && one->status != 200)
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

// Takes those out of the list who wait for this transaction (NULL: until `now`), and tells them.
static void
cm_outbox_tell(struct cm_outbox *outbox, const char *transaction, int64_t now, enum cm_outbox_end end,
               const struct cm_report *report)
{
	struct cm_outbox_waiter *told = NULL, **told_end = &told;
	cm_mutex_lock(&outbox->lock);
	for (struct cm_outbox_waiter **at = &outbox->waiters; *at != NULL;) {
		struct cm_outbox_waiter *w = *at;
		if (transaction != NULL ? strcmp(w->transaction, transaction) != 0 : w->deadline > now) {
			at = &w->next;
			continue;
		}
		*at = w->next;
		if (outbox->waiters_end == &w->next)
			outbox->waiters_end = at;
		w->next = NULL;
		*told_end = w;
		told_end = &w->next;
	}
	cm_mutex_unlock(&outbox->lock);
	while (told != NULL) {
		struct cm_outbox_waiter *w = told;
		told = w->next;
		w->told(w->context, end, report);
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
	bool wanted = outbox->skipped || outbox->handed != NULL;
	outbox->stirred = outbox->stirred || wanted;
	if (wanted || outbox->stopping)
		cm_cond_wake_all(&outbox->change);
	cm_mutex_unlock(&outbox->lock);
	cm_outbox_try_free(one);
}

void
cm_outbox_kept(void *context, const struct cm_store_outcome *outcome)
{
	struct cm_outbox_try *one = context;
	struct cm_outbox *outbox = one->node->outbox;
	if (outcome->result != CM_OK) { // as good as no answer: the outbox's thread sees to the next try
		one->result = outcome->result;
		if (outcome->report != NULL)
			cm_report_join(&one->report, outcome->report);
		cm_outbox_finished(outbox, one);
		return;
	}
	cm_outbox_tell(outbox, one->transaction, 0, one->end, &one->said);
	cm_outbox_free_try(outbox, one);
}

static void
cm_outbox_finish(struct cm_outbox *outbox, struct cm_outbox_try *one)
{
	struct cm_report report = {0};
	bool submitted = false;
	if (one->result == CM_OK && one->status == 200 && cm_outbox_take_answer(one, &report, &submitted) != CM_OK)
		cm_node_log("an answer could not be kept", &report);
	if (submitted)
		return;
	cm_report_clear(&report);
	if (cm_outbox_again(one, &report) != CM_OK)
		cm_node_log("when a message is tried again could not be kept", &report);
	cm_outbox_free_try(outbox, one);
}

// Under the lock: told to stop, and nothing is under way.
static bool
cm_outbox_is_over(const struct cm_outbox *outbox)
{
	return outbox->stopping && outbox->busy_count == 0 && outbox->prepared == 0;
}

// Until something finishes, somebody stirs, somebody has waited long enough, or the next message is due.
// *ret_look: the store has to be asked again.
static struct cm_outbox_try *
cm_outbox_next(struct cm_outbox *outbox, int64_t look_at, bool *ret_look)
{
	CM_MUTEX_HOLD(&outbox->lock);
	bool in_time = true;
	while (outbox->finished == NULL && !outbox->stirred && in_time && !cm_outbox_is_over(outbox)) {
		int64_t deadline = look_at;
		if (outbox->waiters != NULL && outbox->waiters->deadline < deadline)
			deadline = outbox->waiters->deadline; // they come in about the order of their deadlines
		in_time = cm_cond_wait(&outbox->change, &outbox->lock, deadline);
	}
	*ret_look = (outbox->stirred || cm_clock_mono() >= look_at) && !outbox->ending;
	outbox->stirred = false;
	struct cm_outbox_try *one = outbox->finished;
	outbox->finished = NULL;
	outbox->finished_end = &outbox->finished;
	return one;
}

// When the store has to be asked again, if nobody stirs.
static int64_t
cm_outbox_look_at(struct cm_outbox *outbox)
{
	struct cm_store_due due;
	struct cm_instant now = cm_clock_utc();
	int64_t deadline = cm_clock_look(cm_clock_after(CM_LIMIT_OUTBOX_LOOK_MS_VALUE * INT64_C(1000)));
	if (cm_store_next_due(outbox->node->store, now, NULL, &due) != CM_OK)
		return deadline;
	cm_mutex_lock(&outbox->lock);
	outbox->skipped = outbox->busy_found || due.count > outbox->found;
	cm_mutex_unlock(&outbox->lock);
	int64_t then = due.next.us == INT64_MAX ? deadline : cm_clock_after(due.next.us - now.us);
	return then < deadline ? then : deadline;
}

static void
cm_outbox_run(void *arg)
{
	struct cm_outbox *outbox = arg;
	int64_t look_at = 0;
	for (bool look = true;;) {
		if (look) {
			cm_outbox_start_due(outbox);
			look_at = cm_outbox_look_at(outbox);
		}
		struct cm_outbox_try *one = cm_outbox_next(outbox, look_at, &look);
		while (one != NULL) {
			struct cm_outbox_try *next = one->next;
			cm_outbox_finish(outbox, one);
			one = next;
		}
		cm_outbox_tell(outbox, NULL, cm_clock_mono(), CM_OUTBOX_WAITS, NULL);
		cm_mutex_lock(&outbox->lock);
		bool stop = cm_outbox_is_over(outbox) && outbox->finished == NULL;
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
	outbox->finished_end = &outbox->finished;
	outbox->handed_end = &outbox->handed;
	outbox->waiters_end = &outbox->waiters;
	*ret_outbox = outbox;
	return cm_thread_start(&outbox->thread, "outbox", cm_outbox_run, outbox, report);
}

void
cm_outbox_end(struct cm_outbox *outbox)
{
	if (outbox == NULL)
		return;
	cm_mutex_lock(&outbox->lock);
	outbox->ending = true;
	while (outbox->handed != NULL) {
		struct cm_outbox_try *one = outbox->handed;
		outbox->handed = one->next;
		cm_outbox_try_free(one); // it stays due
	}
	outbox->handed_end = &outbox->handed;
	cm_mutex_unlock(&outbox->lock);
	cm_outbox_tell(outbox, NULL, CM_CLOCK_NEVER, CM_OUTBOX_WAITS, NULL);
}

// After the client ended its calls, so that nothing is under way.
void
cm_outbox_stop(struct cm_outbox *outbox)
{
	if (outbox == NULL)
		return;
	cm_mutex_lock(&outbox->lock);
	outbox->stopping = true;
	cm_cond_wake_all(&outbox->change);
	cm_mutex_unlock(&outbox->lock);
	cm_thread_join(&outbox->thread);
}

void
cm_outbox_free(struct cm_outbox *outbox)
{
	if (outbox == NULL)
		return;
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

void
cm_outbox_await(struct cm_outbox *outbox, struct cm_outbox_waiter *waiter)
{
	waiter->next = NULL;
	cm_mutex_lock(&outbox->lock);
	bool ending = outbox->ending;
	if (!ending) {
		*outbox->waiters_end = waiter;
		outbox->waiters_end = &waiter->next;
	}
	cm_mutex_unlock(&outbox->lock);
	if (ending)
		waiter->told(waiter->context, CM_OUTBOX_WAITS, NULL);
}

// One who waits with a thread.
struct cm_outbox_sleeper {
	struct cm_mutex lock;
	struct cm_cond change;
	bool over;
	enum cm_outbox_end end;
	struct cm_report *report;
};

static void
cm_outbox_woken(void *context, enum cm_outbox_end end, const struct cm_report *report)
{
	struct cm_outbox_sleeper *sleeper = context;
	CM_MUTEX_HOLD(&sleeper->lock);
	sleeper->over = true;
	sleeper->end = end;
	if (report != NULL && sleeper->report != NULL)
		cm_report_join(sleeper->report, report);
	cm_cond_wake_one(&sleeper->change);
}

enum cm_outbox_end
cm_outbox_wait(struct cm_outbox *outbox, const char *transaction, int64_t deadline, struct cm_report *report)
{
	struct cm_outbox_sleeper sleeper = {.end = CM_OUTBOX_WAITS, .report = report};
	struct cm_outbox_waiter waiter = {
	        .transaction = transaction, .deadline = deadline, .told = cm_outbox_woken, .context = &sleeper};
	cm_mutex_init(&sleeper.lock);
	cm_cond_init(&sleeper.change);
	cm_outbox_await(outbox, &waiter);
	cm_mutex_lock(&sleeper.lock);
	while (!sleeper.over)
		cm_cond_wait(&sleeper.change, &sleeper.lock, CM_CLOCK_NEVER);
	cm_mutex_unlock(&sleeper.lock);
	cm_cond_fini(&sleeper.change);
	cm_mutex_fini(&sleeper.lock);
	return sleeper.end;
}
