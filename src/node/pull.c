// Knows: how sealed evidence comes from a peer, whole and only once. Does not know: what is in it.
// One thread looks for announced evidence and drives one fetch at a time: the client's thread hands over bytes, this
// thread writes them, makes them durable, and finishes. The blob's name while it comes is the delivery's id.
#include "node/pull.h"

#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "base/mem.h"
#include "base/tab_limit.h"
#include "node/delivery_tell.h"
#include "os/clock.h"
#include "store/blobs.h"

struct cm_pull_begin {
	char id[40];
	uint64_t offset;
};

struct cm_pull {
	struct cm_node *node;
	struct cm_thread thread;
	struct cm_mutex lock;
	struct cm_cond change;
	bool stirred, stopping;
	struct cm_pull_begin begins[CM_LIMIT_PULL_BEGINS_VALUE];
	size_t begin_count;
	// The fetch under way; under `lock` where the client's thread writes.
	struct cm_client_call *call;
	uint8_t *piece; // waits to be written
	size_t piece_n;
	bool done;
	cm_result result;
	unsigned status;
	struct cm_report report;
	char peer[CM_X509_NODE];
};

static cm_result
cm_pull_peer(void *context, const struct cm_view *der, size_t n, struct cm_report *report)
{
	struct cm_pull *pull = context;
	struct cm_peer peer;
	cm_result r = cm_peers_by_tls(&pull->node->peers, der, n, cm_clock_utc(), report, &peer);
	if (r == CM_OK && strcmp(peer.identity.node, pull->peer) != 0)
		r = cm_report_refuse(report, CM_ERROR_PEER_UNKNOWN, "TLS", "%s instead of %s", peer.identity.node, pull->peer);
	return r;
}

// Takes a part when the place is free; else the sender is held back.
static bool
cm_pull_bytes(void *context, struct cm_view part)
{
	struct cm_pull *pull = context;
	CM_MUTEX_HOLD(&pull->lock);
	if (pull->piece_n + part.n > CM_LIMIT_PULL_PIECE_VALUE)
		return false;
	memcpy(pull->piece + pull->piece_n, part.p, part.n);
	pull->piece_n += part.n;
	cm_cond_wake_all(&pull->change);
	return true;
}

static void
cm_pull_done(void *context, cm_result result, const struct cm_client_answer *answer, const struct cm_report *report)
{
	struct cm_pull *pull = context;
	CM_MUTEX_HOLD(&pull->lock);
	pull->done = true;
	pull->result = result;
	pull->status = answer->status;
	pull->report = *report;
	pull->call = NULL;
	cm_cond_wake_all(&pull->change);
}

static void
cm_pull_note_begin(struct cm_pull *pull, const char *id, uint64_t offset)
{
	CM_MUTEX_HOLD(&pull->lock);
	if (pull->begin_count == CM_LIMIT_PULL_BEGINS_VALUE) {
		memmove(pull->begins, pull->begins + 1, (pull->begin_count - 1) * sizeof *pull->begins);
		pull->begin_count--;
	}
	snprintf(pull->begins[pull->begin_count].id, sizeof pull->begins->id, "%s", id);
	pull->begins[pull->begin_count++].offset = offset;
}

static cm_result
cm_pull_begin_call(struct cm_pull *pull, const char *id, const struct cm_store_delivery *row, uint64_t from,
                   struct cm_report *report)
{
	char url[512], anchor[CM_FILE_PATH + 128], etag[72], hex[65];
	struct cm_peer peer;
	if (!cm_peers_confirmed(&pull->node->peers, pull->peer, &peer))
		return cm_report_refuse(report, CM_ERROR_PEER_UNKNOWN, "evidence", "%s", pull->peer);
	// The address is the pinned one, whatever the URL in the message says; only the path is ours to know.
	snprintf(url, sizeof url, "https://%s/hi1/v1/evidence/%s", peer.address, id);
	snprintf(anchor, sizeof anchor, "%s/peers/%s/authority.pem", pull->node->home, pull->peer);
	cm_hex_text(cm_hash_view(&row->blob), hex);
	snprintf(etag, sizeof etag, "\"%s\"", hex);
	struct cm_client_request request = {
	        .url = url,
	        .anchor_file = anchor,
	        .answer_max = row->length - from,
	        .range_from = from,
	        .etag = etag,
	        .context = pull,
	        .peer = cm_pull_peer,
	        .bytes = cm_pull_bytes,
	        .done = cm_pull_done,
	};
	cm_mutex_lock(&pull->lock);
	pull->done = false;
	pull->piece_n = 0;
	cm_mutex_unlock(&pull->lock);
	cm_pull_note_begin(pull, id, from);
	return cm_client_start(pull->node->client, &request, report, &pull->call);
}

// Waits for bytes or the end. The bytes are copied out, so that the line goes on while they are written.
static size_t
cm_pull_take_piece(struct cm_pull *pull, uint8_t *to, bool *ret_done)
{
	CM_MUTEX_HOLD(&pull->lock);
	while (pull->piece_n == 0 && !pull->done && !pull->stopping)
		cm_cond_wait(&pull->change, &pull->lock, CM_CLOCK_NEVER);
	size_t n = pull->piece_n;
	memcpy(to, pull->piece, n);
	pull->piece_n = 0;
	*ret_done = (pull->done && n == 0) || pull->stopping;
	return n;
}

static void
cm_pull_go_on(struct cm_pull *pull)
{
	CM_MUTEX_HOLD(&pull->lock); // the call lives until cm_pull_done() returned, and that waits for the lock
	if (pull->call != NULL)
		cm_client_continue(pull->node->client, pull->call);
}

// No byte and no end of this fetch may reach the next one.
static void
cm_pull_end_call(struct cm_pull *pull)
{
	CM_MUTEX_HOLD(&pull->lock);
	if (pull->call != NULL)
		cm_client_cancel(pull->node->client, pull->call);
	while (pull->call != NULL)
		cm_cond_wait(&pull->change, &pull->lock, CM_CLOCK_NEVER);
}

static cm_result
cm_pull_durable(struct cm_pull *pull, const char *id, struct cm_blobs_part *part, struct cm_report *report)
{
	struct cm_change CM_CLEANUP(cm_change_free_at) *change = cm_change_new(cm_clock_utc());
	cm_result r = change == NULL ? CM_NOMEM : cm_blobs_sync(part, report);
	if (r != CM_OK)
		return r;
	cm_change_delivery_have(change, cm_view_text(id), part->durable);
	return cm_store_submit_wait(pull->node->store, cm_take(&change), report, NULL, NULL);
}

// The setting pull_rate_kib: no faster than that, measured from the begin of this fetch.
static void
cm_pull_pace(struct cm_pull *pull, uint64_t bytes, int64_t since)
{
	uint64_t rate = cm_settings_number(&pull->node->settings, CM_SETTING_PULL_RATE_KIB) * 1024;
	if (rate == 0)
		return;
	int64_t until = since + (int64_t)(bytes * 1000000 / rate);
	CM_MUTEX_HOLD(&pull->lock);
	while (!pull->stopping && cm_clock_mono() < until)
		cm_cond_wait(&pull->change, &pull->lock, until);
}

static cm_result
cm_pull_stream(struct cm_pull *pull, const char *id, struct cm_blobs_part *part, struct cm_report *report)
{
	CM_AUTO uint8_t *block = cm_mem_new(CM_LIMIT_PULL_PIECE_VALUE);
	int64_t since = cm_clock_mono();
	uint64_t fetched = 0;
	cm_result r = block == NULL ? CM_NOMEM : CM_OK;
	for (bool done = false; r == CM_OK && !done;) {
		size_t n = cm_pull_take_piece(pull, block, &done);
		cm_pull_go_on(pull);
		if (n > 0)
			r = cm_blobs_add(part, cm_view_of(block, n), report);
		fetched += n;
		if (r == CM_OK && part->length - part->durable >= CM_LIMIT_PULL_DURABLE_VALUE)
			r = cm_pull_durable(pull, id, part, report);
		cm_pull_pace(pull, fetched, since);
	}
	cm_pull_end_call(pull);
	return r;
}

// Tells the deliverer that the bytes are here.
static cm_result
cm_pull_tell(struct cm_pull *pull, const struct cm_store_delivery *row, struct cm_change *change,
             struct cm_report *report, struct cm_buf *detail)
{
	char words[160], hex[65];
	cm_hex_text(cm_hash_view(&row->blob), hex);
	snprintf(words, sizeof words, "%llu bytes fetched; SHA-256 as announced.", (unsigned long long)row->length);
	struct cm_delivery_tell tell = {.row = row, .status = "Received", .words = words, .detail = cm_view_text(hex)};
	return cm_delivery_tell(pull->node, &tell, change, report, detail);
}

static cm_result
cm_pull_received(struct cm_pull *pull, const char *id, const struct cm_store_delivery *row, struct cm_report *report)
{
	struct cm_instant now = cm_clock_utc();
	struct cm_change CM_CLEANUP(cm_change_free_at) *change = cm_change_new(now);
	struct cm_buf CM_CLEANUP(cm_buf_fini) told = cm_buf_of(CM_LIMIT_FRAME_BYTES_VALUE);
	struct cm_buf CM_CLEANUP(cm_buf_fini) detail = cm_buf_of(CM_LIMIT_FRAME_BYTES_VALUE);
	struct cm_act_values act;
	char hex[65], length[24], origin[CM_X509_NODE + 8];
	if (change == NULL)
		return CM_NOMEM;
	cm_hex_text(cm_hash_view(&row->blob), hex);
	snprintf(length, sizeof length, "%llu", (unsigned long long)row->length);
	snprintf(origin, sizeof origin, "pull:%s", pull->peer);
	struct cm_store_blob blob = {.sha256 = row->blob, .length = row->length, .at = now, .origin = cm_view_text(origin)};
	cm_change_blob(change, &blob);
	memset(&act, 0, sizeof act);
	cm_act_set(&act, CM_ACT_FIELD_TYPE, cm_view_text("received"));
	cm_act_set(&act, CM_ACT_FIELD_PEER, cm_view_text(pull->peer));
	cm_act_set(&act, CM_ACT_FIELD_OBJECT, cm_view_text(id));
	cm_act_set(&act, CM_ACT_FIELD_REQUEST, row->request);
	cm_act_set(&act, CM_ACT_FIELD_BLOB, cm_view_text(hex));
	cm_act_set(&act, CM_ACT_FIELD_LENGTH, cm_view_text(length));
	cm_change_act(change, &act);
	cm_result r = cm_pull_tell(pull, row, change, report, &told);
	if (r != CM_OK)
		return r;
	struct cm_event_texts texts = {.text = {cm_view_text(id), cm_buf_view(&told)}, .n = 2};
	cm_event_texts_write(&texts, &detail);
	struct cm_store_event event = {.at = now, .cause = cm_view_text(CM_EVENT_RECEIVED), .detail = cm_buf_view(&detail)};
	r = cm_store_apply(pull->node->store, &event, change, report);
	if (r == CM_OK)
		r = cm_store_submit_wait(pull->node->store, cm_take(&change), report, NULL, NULL);
	if (r == CM_OK)
		cm_node_stir(pull->node);
	return r;
}

// A crash between moving the blob and the change that says so leaves it in its place already.
static bool
cm_pull_is_here(struct cm_pull *pull, const struct cm_store_delivery *row)
{
	CM_FILE_AUTO int fd = -1;
	uint64_t length = 0;
	return cm_blobs_open(pull->node->home, &row->blob, NULL, &fd, &length) == CM_OK && length == row->length;
}

static cm_result
cm_pull_one(struct cm_pull *pull, const struct cm_store_delivery *row, struct cm_report *report)
{
	char id[40];
	struct cm_hash digest;
	struct cm_blobs_part CM_CLEANUP(cm_blobs_fini) part = {.fd = -1};
	snprintf(id, sizeof id, "%.*s", CM_VIEW_ARG(row->id));
	snprintf(pull->peer, sizeof pull->peer, "%.*s", CM_VIEW_ARG(row->peer));
	if (cm_pull_is_here(pull, row))
		return cm_pull_received(pull, id, row, report);
	cm_result r = cm_blobs_begin(pull->node->home, cm_view_text(id), row->have, report, &part);
	if (r == CM_REFUSED) {
		cm_report_clear(report);
		r = cm_blobs_begin(pull->node->home, cm_view_text(id), 0, report, &part);
	}
	if (r == CM_OK && part.length < row->length) {
		r = cm_pull_begin_call(pull, id, row, part.length, report);
		if (r == CM_OK)
			r = cm_pull_stream(pull, id, &part, report);
		if (r == CM_OK)
			r = cm_pull_durable(pull, id, &part, report);
	}
	if (r == CM_OK && part.length < row->length) {
		cm_report_join(report, &pull->report);
		return CM_FAILED;
	}
	if (r == CM_OK)
		r = cm_blobs_finish(&part, &row->blob, report, &digest);
	if (r == CM_REFUSED) {
		// Other bytes than announced: thrown away, and fetched again from the beginning.
		cm_result_ignore(cm_blobs_drop(pull->node->home, cm_view_text(id), NULL), "swept at the next start");
		return r;
	}
	return r == CM_OK ? cm_pull_received(pull, id, row, report) : r;
}

// The first evidence that is announced and not here. True when something was done.
static bool
cm_pull_look(struct cm_pull *pull)
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_delivery *rows = NULL;
	struct cm_report report = {0};
	size_t n = 0;
	bool moved = false;
	struct cm_store_ask ask = {.state = cm_view_text("available"), .limit = CM_LIMIT_STORE_PAGE_VALUE};
	if (cm_store_deliveries(pull->node->store, &ask, &report, &page, &rows, &n) != CM_OK)
		return false;
	for (size_t i = 0; i < n && !pull->stopping; i++) {
		if (rows[i].ours)
			continue;
		cm_report_clear(&report);
		if (cm_pull_one(pull, &rows[i], &report) == CM_OK)
			moved = true;
		else
			cm_node_log("evidence could not be fetched", &report);
	}
	return moved;
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
		int64_t deadline = cm_clock_after(CM_LIMIT_PULL_LOOK_MS_VALUE * INT64_C(1000));
		cm_mutex_lock(&pull->lock);
		while (!pull->stirred && !pull->stopping && cm_cond_wait(&pull->change, &pull->lock, deadline))
			;
	}
	cm_mutex_unlock(&pull->lock);
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
	pull->piece = cm_mem_new(CM_LIMIT_PULL_PIECE_VALUE);
	*ret_pull = pull;
	return pull->piece == NULL ? CM_NOMEM : cm_thread_start(&pull->thread, "pull", cm_pull_run, pull, report);
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
	cm_cond_fini(&pull->change);
	cm_mutex_fini(&pull->lock);
	cm_mem_free(pull->piece);
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
