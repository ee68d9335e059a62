// Knows: how a stream of events is read from the admin socket, held back while an event is worked on, and taken up again after the line
// broke. Does not know: what is done with an event. Serves WHATWG HTML section 9.2 (Server-sent events).
#include "main/follow.h"

#include <stdio.h>
#include <string.h>

#include "base/num.h"
#include "base/tab_limit.h"
#include "net/client.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/thread.h"

#define CM_FOLLOW_HOLD 65536 // bytes that wait for the reader; then the node is held back
#define CM_FOLLOW_WAIT_MAX 30 // seconds between two tries

// One line to the node; the client's thread fills, the caller's takes.
struct cm_follow {
	struct cm_mutex lock;
	struct cm_cond change;
	struct cm_buf bytes;
	bool held, end;
	bool enough; // the caller ended the line: how it ended is no news
	unsigned status;
	cm_result result;
	struct cm_report *report;
	uint64_t after; // the last event that was handed on
};

static bool
cm_follow_bytes(void *context, struct cm_view part)
{
	struct cm_follow *f = context;
	CM_MUTEX_HOLD(&f->lock);
	f->held = f->bytes.n + part.n > CM_FOLLOW_HOLD && f->bytes.n > 0;
	if (f->held)
		return false;
	cm_buf_view_add(&f->bytes, part);
	cm_cond_wake_all(&f->change);
	return true;
}

static void
cm_follow_done(void *context, cm_result result, const struct cm_client_answer *answer, const struct cm_report *report)
{
	struct cm_follow *f = context;
	CM_MUTEX_HOLD(&f->lock);
	f->end = true;
	f->status = answer->status;
	f->result = result;
	if (f->report != NULL && !f->enough)
		cm_report_join(f->report, report);
	cm_cond_wake_all(&f->change);
}

static struct cm_view
cm_follow_field(struct cm_view block, const char *name)
{
	size_t n = strlen(name);
	for (size_t at = 0; at < block.n;) {
		size_t end = cm_view_find(block, at, '\n');
		if (end - at > n && memcmp(block.p + at, name, n) == 0)
			return cm_view_part(block, at + n, end - at - n);
		at = end + 1;
	}
	return cm_view_of(NULL, 0);
}

// Hands on all whole blocks of `text`; what is left of the last moves to its beginning. False: the caller has enough.
static bool
cm_follow_blocks(struct cm_follow *f, struct cm_buf *text, const struct cm_call_follow *each)
{
	struct cm_buf rest = cm_buf_of(CM_LIMIT_API_ANSWER_BYTES_VALUE);
	struct cm_view all = cm_buf_view(text);
	size_t at = 0;
	bool more = true;
	const uint8_t *end;
	while (more && (end = memmem(all.p + at, all.n - at, "\n\n", 2)) != NULL) {
		struct cm_view block = cm_view_part(all, at, (size_t)(end - all.p) - at);
		uint64_t id;
		if (cm_num_u64(cm_follow_field(block, "id: "), 1, INT64_MAX, &id) && id > f->after) {
			more = each->event(each->context, id, cm_follow_field(block, "event: "), cm_follow_field(block, "data: "));
			f->after = more ? id : f->after;
		}
		at = (size_t)(end - all.p) + 2;
	}
	cm_buf_view_add(&rest, cm_view_part(all, at, all.n));
	cm_buf_fini(text);
	*text = rest;
	return more;
}

// One line, to its end. *ret_more: the caller wants more.
static cm_result
cm_follow_line(struct cm_client *client, const char *home, struct cm_follow *f, const struct cm_call_follow *each, bool *ret_more)
{
	char socket[CM_FILE_PATH], last[48];
	struct cm_buf CM_CLEANUP(cm_buf_fini) text = cm_buf_of(CM_LIMIT_API_ANSWER_BYTES_VALUE);
	struct cm_client_call *call = NULL;
	cm_result r = cm_file_path(socket, sizeof socket, home, "run/admin.sock", f->report);
	snprintf(last, sizeof last, "Last-Event-ID: %llu", (unsigned long long)f->after);
	struct cm_client_request request = {.url = "http://node/api/v1/events",
	        .unix_path = socket,
	        .accept = "text/event-stream",
	        .fields = {last},
	        .stall_us = INT64_C(4) * CM_LIMIT_EVENT_BEAT_S_VALUE * CM_INSTANT_SECOND,
	        .deadline_us = CM_CLIENT_NEVER,
	        .answer_max = INT64_MAX,
	        .context = f,
	        .bytes = cm_follow_bytes,
	        .done = cm_follow_done};
	f->bytes = cm_buf_of(2 * CM_FOLLOW_HOLD);
	f->end = false;
	if (r == CM_OK && !cm_file_exists(socket))
		r = cm_report_failed(f->report, CM_ERROR_NODE_NOT_RUNNING, home, "%s", "");
	if (r == CM_OK)
		r = cm_client_start(client, &request, f->report, &call);
	if (r != CM_OK)
		return r;
	cm_mutex_lock(&f->lock);
	for (bool end = false; !end;) {
		while (f->bytes.n == 0 && !f->end)
			cm_cond_wait(&f->change, &f->lock, CM_CLOCK_NEVER);
		end = f->end;
		cm_buf_view_add(&text, cm_buf_view(&f->bytes));
		cm_buf_clear(&f->bytes);
		if (f->held && !f->end)
			cm_client_continue(client, call);
		cm_mutex_unlock(&f->lock);
		if (*ret_more && !cm_follow_blocks(f, &text, each)) {
			*ret_more = false;
			cm_mutex_lock(&f->lock);
			f->enough = true;
			if (!f->end)
				cm_client_cancel(client, call);
			cm_mutex_unlock(&f->lock);
		}
		cm_mutex_lock(&f->lock);
	}
	cm_mutex_unlock(&f->lock);
	cm_buf_fini(&f->bytes);
	return f->result == CM_OK && f->status != 200 ? CM_REFUSED : f->result;
}

void
cm_follow_wait(unsigned seconds)
{
	struct cm_mutex lock;
	struct cm_cond never;
	int64_t deadline = cm_clock_after((int64_t)(seconds == 0 ? 1 : seconds) * CM_INSTANT_SECOND);
	cm_mutex_init(&lock);
	cm_cond_init(&never);
	cm_mutex_lock(&lock);
	while (cm_cond_wait(&never, &lock, deadline))
		;
	cm_mutex_unlock(&lock);
	cm_cond_fini(&never);
	cm_mutex_fini(&lock);
}

cm_result
cm_follow_run(const char *home, uint64_t after, const struct cm_call_follow *each, struct cm_report *report)
{
	struct cm_client *client = NULL;
	struct cm_follow f = {.after = after, .report = report};
	unsigned wait = 1;
	bool more = true, heard = false;
	cm_mutex_init(&f.lock);
	cm_cond_init(&f.change);
	cm_result r = cm_client_new(&(struct cm_client_options){.connections = 1}, report, &client);
	while (r == CM_OK && more) {
		uint64_t before = f.after;
		r = cm_follow_line(client, home, &f, each, &more);
		heard = heard || f.status == 200;
		if (more && heard && r != CM_NOMEM) { // the node ended, or does not listen yet
			wait = f.after > before ? 1 : wait < CM_FOLLOW_WAIT_MAX / 2 ? 2 * wait : CM_FOLLOW_WAIT_MAX;
			cm_report_clear(report);
			cm_follow_wait(wait);
			r = CM_OK;
		}
	}
	cm_client_free(client);
	cm_cond_fini(&f.change);
	cm_mutex_fini(&f.lock);
	return more ? r : CM_OK;
}
