// Knows: who reads events as they happen, how far each one is, when to send a sign of life. Does not know: what an event says
// (do_records.c), or HTTP. One page of the store is read for all who wait for it; nobody's slowness holds another. Serves WHATWG HTML
// section 9.2 (Server-sent events).
#include "node/stream.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/tab_limit.h"
#include "node/do_json.h"
#include "os/clock.h"

#define CM_STREAM_RETRY "retry: 2000\n\n" // when a client comes back after the line broke, ms

struct cm_stream_reader {
	struct cm_stream *stream;
	struct cm_net_request *rq;
	struct cm_stream_reader *next;
	uint64_t after;      // the last event that is in `bytes` or was sent
	struct cm_buf bytes; // one page at most
	size_t sent;
	int64_t beat; // of cm_clock_mono(): when the next sign of life is due
};

struct cm_stream {
	struct cm_node *node;
	struct cm_mutex lock; // of all that follows
	struct cm_cond change;
	struct cm_thread thread;
	struct cm_stream_reader *readers;
	size_t count;
	bool look, ending;
};

// -- called by a server thread -------------------------------------------------------------------------------------

static int64_t
cm_stream_read(void *context, uint64_t at, uint8_t *to, size_t n)
{
	struct cm_stream_reader *reader = context;
	struct cm_stream *stream = reader->stream;
	(void)at;
	CM_MUTEX_HOLD(&stream->lock);
	size_t left = reader->bytes.n - reader->sent;
	if (cm_buf_result(&reader->bytes) != CM_OK)
		return CM_SERVER_SOURCE_FAILED;
	if (left == 0)
		return stream->ending ? CM_SERVER_SOURCE_END : CM_SERVER_SOURCE_LATER;
	n = n < left ? n : left;
	memcpy(to, reader->bytes.p + reader->sent, n);
	reader->sent += n;
	reader->beat = cm_clock_after(CM_LIMIT_EVENT_BEAT_S_VALUE * CM_INSTANT_SECOND);
	if (n == left) { // there is room for the next page
		cm_buf_clear(&reader->bytes);
		reader->sent = 0;
		stream->look = true;
		cm_cond_wake_one(&stream->change);
	}
	return (int64_t)n;
}

static void
cm_stream_gone(void *context)
{
	struct cm_stream_reader *reader = context;
	struct cm_stream *stream = reader->stream;
	cm_mutex_lock(&stream->lock);
	struct cm_stream_reader **at = &stream->readers;
	while (*at != reader)
		at = &(*at)->next;
	*at = reader->next;
	stream->count--;
	cm_mutex_unlock(&stream->lock);
	cm_buf_fini(&reader->bytes);
	cm_mem_free(reader);
}

// -- the thread ----------------------------------------------------------------------------------------------------

// Where the hungriest reader is; false when nobody has room.
static bool
cm_stream_from(const struct cm_stream *stream, uint64_t *ret_after)
{
	bool found = false;
	for (const struct cm_stream_reader *r = stream->readers; r != NULL; r = r->next)
		if (r->bytes.n == 0 && (!found || r->after < *ret_after)) {
			*ret_after = r->after;
			found = true;
		}
	return found;
}

static void
cm_stream_put(struct cm_stream_reader *reader, const struct cm_store_news *row)
{
	struct cm_json_put put = cm_json_put_of(&reader->bytes);
	cm_buf_printf(&reader->bytes, "id: %llu\nevent: %.*s\ndata: ", (unsigned long long)row->id, CM_VIEW_ARG(row->topic));
	cm_do_event_row(&put, row);
	cm_buf_text(&reader->bytes, "\n\n");
	reader->after = row->id;
}

// One page for everybody who had room and is behind it. Called and left with the lock held. True: there may be more.
static bool
cm_stream_page(struct cm_stream *stream)
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_news *rows = NULL;
	struct cm_store_ask ask = {.limit = CM_LIMIT_EVENT_PAGE_VALUE};
	size_t n = 0;
	if (!cm_stream_from(stream, &ask.after_id))
		return false;
	cm_mutex_unlock(&stream->lock);
	cm_result r = cm_store_news(stream->node->store, &ask, NULL, &page, &rows, &n);
	cm_mutex_lock(&stream->lock);
	if (r != CM_OK)
		return false; // asked again at the next change or sign of life
	for (struct cm_stream_reader *reader = stream->readers; reader != NULL; reader = reader->next) {
		if (reader->bytes.n > 0 || reader->after < ask.after_id)
			continue;
		for (size_t i = 0; i < n; i++)
			if (rows[i].id > reader->after)
				cm_stream_put(reader, &rows[i]);
	}
	return n == CM_LIMIT_EVENT_PAGE_VALUE;
}

// Signs of life, and wakes whoever has something to send; gives when the next sign is due.
static int64_t
cm_stream_wake(struct cm_stream *stream)
{
	int64_t now = cm_clock_mono(), next = CM_CLOCK_NEVER;
	for (struct cm_stream_reader *reader = stream->readers; reader != NULL; reader = reader->next) {
		if (reader->bytes.n == 0 && reader->beat <= now)
			cm_buf_text(&reader->bytes, ":\n\n");
		if (reader->bytes.n > 0 || stream->ending)
			cm_server_continue(reader->rq);
		else
			next = reader->beat < next ? reader->beat : next;
	}
	return next;
}

static void
cm_stream_run(void *arg)
{
	struct cm_stream *stream = arg;
	CM_MUTEX_HOLD(&stream->lock);
	while (!stream->ending) {
		stream->look = false;
		if (cm_stream_page(stream))
			stream->look = true;
		int64_t next = cm_stream_wake(stream);
		while (!stream->look && !stream->ending && cm_cond_wait(&stream->change, &stream->lock, next))
			;
	}
	cm_stream_wake(stream);
}

// -- from outside --------------------------------------------------------------------------------------------------

void
cm_stream_stir(struct cm_stream *stream)
{
	if (stream == NULL)
		return;
	CM_MUTEX_HOLD(&stream->lock);
	if (stream->readers == NULL)
		return;
	stream->look = true;
	cm_cond_wake_one(&stream->change);
}

cm_result
cm_stream_start(struct cm_node *node, struct cm_report *report, struct cm_stream **ret_stream)
{
	struct cm_stream *stream = cm_mem_new(sizeof *stream);
	if (stream == NULL)
		return CM_NOMEM;
	stream->node = node;
	cm_mutex_init(&stream->lock);
	cm_cond_init(&stream->change);
	*ret_stream = stream;
	return cm_thread_start(&stream->thread, "events", cm_stream_run, stream, report);
}

void
cm_stream_stop(struct cm_stream *stream)
{
	if (stream == NULL)
		return;
	cm_mutex_lock(&stream->lock);
	stream->ending = true;
	cm_cond_wake_all(&stream->change);
	cm_mutex_unlock(&stream->lock);
	cm_thread_join(&stream->thread);
}

void
cm_stream_free(struct cm_stream *stream)
{
	if (stream == NULL)
		return;
	cm_cond_fini(&stream->change);
	cm_mutex_fini(&stream->lock);
	cm_mem_free(stream);
}

void
cm_stream_open(struct cm_exchange *ex, uint64_t after)
{
	struct cm_report report = {0};
	struct cm_stream *stream = ex->node->stream;
	struct cm_stream_reader *reader = cm_mem_new(sizeof *reader);
	if (reader == NULL) {
		cm_exchange_status(ex, 503);
		return;
	}
	*reader = (struct cm_stream_reader){.stream = stream, .rq = ex->rq, .after = after,
	        .bytes = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE), .beat = cm_clock_mono()};
	cm_buf_text(&reader->bytes, CM_STREAM_RETRY);
	cm_mutex_lock(&stream->lock);
	bool taken = stream->count < CM_LIMIT_EVENT_READERS_VALUE && !stream->ending;
	if (taken) {
		reader->next = stream->readers;
		stream->readers = reader;
		stream->count++;
	}
	for (struct cm_stream_reader *r = taken ? NULL : stream->readers; r != NULL; r = r->next)
		r->beat = 0; // a sign of life to all: who is gone is found by it, and the next one finds room
	if (!taken) {
		stream->look = true;
		cm_cond_wake_one(&stream->change);
	}
	cm_mutex_unlock(&stream->lock);
	if (!taken) {
		cm_buf_fini(&reader->bytes);
		cm_mem_free(reader);
		cm_report_add(&report, CM_ERROR_NODE_BUSY, "readers", "%d", CM_LIMIT_EVENT_READERS_VALUE);
		cm_exchange_problem(ex, CM_FAILED, &report);
		return;
	}
	struct cm_server_answer answer = {.status = 200,
	        .content_type = "text/event-stream",
	        .from = CM_SERVER_FROM_SOURCE,
	        .length = CM_SERVER_LENGTH_UNKNOWN,
	        .source = {.context = reader, .read = cm_stream_read, .free = cm_stream_gone}};
	cm_server_answer_field(&answer, "Cache-Control", "no-store");
	cm_exchange_answer(ex, &answer);
}
