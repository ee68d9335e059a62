// Knows: how the bytes of one piece of evidence come over the line and onto the disk, and which of them are not the
// announced ones. Does not know: when it is tried again, or who is told. Serves profile, sections 4 and 5.
// The client's thread hands over bytes, the caller's thread writes them. The part's name while it comes is the delivery's id.
#include "node/fetch.h"

#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "base/mem.h"
#include "base/tab_limit.h"
#include "node/pull.h"
#include "os/clock.h"

void
cm_fetch_init(struct cm_fetch *fetch, struct cm_node *node, const struct cm_store_delivery *row)
{
	*fetch = (struct cm_fetch){.node = node};
	cm_mutex_init(&fetch->lock);
	cm_cond_init(&fetch->change);
	snprintf(fetch->id, sizeof fetch->id, "%.*s", CM_VIEW_ARG(row->id));
	snprintf(fetch->peer, sizeof fetch->peer, "%.*s", CM_VIEW_ARG(row->peer));
	snprintf(fetch->request, sizeof fetch->request, "%.*s", CM_VIEW_ARG(row->request));
	fetch->row = (struct cm_store_delivery){
	        .id = cm_view_text(fetch->id),
	        .peer = cm_view_text(fetch->peer),
	        .request = cm_view_text(fetch->request),
	        .blob = row->blob,
	        .length = row->length,
	        .have = row->have,
	        .tries = row->tries,
	        .strikes = row->strikes,
	};
}

void
cm_fetch_fini(struct cm_fetch *fetch)
{
	cm_cond_fini(&fetch->change);
	cm_mutex_fini(&fetch->lock);
}

void
cm_fetch_stop(struct cm_fetch *fetch)
{
	CM_MUTEX_HOLD(&fetch->lock);
	fetch->stopping = true;
	cm_cond_wake_all(&fetch->change);
}

static bool
cm_fetch_stopping(struct cm_fetch *fetch)
{
	CM_MUTEX_HOLD(&fetch->lock);
	return fetch->stopping;
}

// -- the line, in the client's thread --------------------------------------------------------------------------------

static cm_result
cm_fetch_peer(void *context, const struct cm_view *der, size_t n, struct cm_report *report)
{
	struct cm_fetch *fetch = context;
	struct cm_peer peer;
	cm_result r = cm_peers_by_tls(&fetch->node->peers, der, n, cm_clock_utc(), report, &peer);
	if (r == CM_OK && strcmp(peer.identity.node, fetch->peer) != 0)
		r = cm_report_refuse(report, CM_ERROR_PEER_UNKNOWN, "TLS", "%s instead of %s", peer.identity.node, fetch->peer);
	return r;
}

// Takes a part when the place is free; else the sender is held back.
static bool
cm_fetch_bytes(void *context, struct cm_view part)
{
	struct cm_fetch *fetch = context;
	CM_MUTEX_HOLD(&fetch->lock);
	if (fetch->piece_n + part.n > CM_LIMIT_PULL_PIECE_VALUE)
		return false;
	memcpy(fetch->piece + fetch->piece_n, part.p, part.n);
	fetch->piece_n += part.n;
	cm_cond_wake_all(&fetch->change);
	return true;
}

static void
cm_fetch_done(void *context, cm_result result, const struct cm_client_answer *answer, const struct cm_report *report)
{
	struct cm_fetch *fetch = context;
	CM_MUTEX_HOLD(&fetch->lock);
	fetch->done = true;
	fetch->result = result;
	fetch->status = answer->status;
	fetch->retry_after = answer->retry_after;
	fetch->report = *report;
	fetch->call = NULL;
	cm_cond_wake_all(&fetch->change);
}

// -- the disk, in the caller's thread ----------------------------------------------------------------------------------

// A fetch that is slower than the slowest line ends and is begun again later, so that nobody holds a place for ever.
static int64_t
cm_fetch_longest(const struct cm_fetch *fetch, uint64_t bytes)
{
	uint64_t ours = cm_settings_number(&fetch->node->settings, CM_SETTING_PULL_RATE_KIB) * 1024;
	uint64_t rate = ours != 0 && ours / 2 < CM_LIMIT_NET_RATE_MIN_VALUE ? ours / 2 : CM_LIMIT_NET_RATE_MIN_VALUE;
	return CM_LIMIT_NET_CLIENT_MS_VALUE * INT64_C(1000) + (int64_t)(bytes / rate) * CM_INSTANT_SECOND;
}

static cm_result
cm_fetch_begin(struct cm_fetch *fetch, uint64_t from, struct cm_report *report)
{
	char url[512], anchor[CM_FILE_PATH + 128], etag[72], hex[65];
	struct cm_peer peer;
	if (!cm_peers_confirmed(&fetch->node->peers, fetch->peer, &peer))
		return cm_report_refuse(report, CM_ERROR_PEER_UNKNOWN, "evidence", "%s", fetch->peer);
	// The address is the pinned one, whatever the URL in the message says; only the path is ours to know.
	snprintf(url, sizeof url, "https://%s/hi1/v1/evidence/%s", peer.address, fetch->id);
	snprintf(anchor, sizeof anchor, "%s/peers/%s/authority.pem", fetch->node->home, fetch->peer);
	cm_hex_text(cm_hash_view(&fetch->row.blob), hex);
	snprintf(etag, sizeof etag, "\"%s\"", hex);
	struct cm_client_request request = {
	        .url = url,
	        .anchor_file = anchor,
	        .deadline_us = cm_fetch_longest(fetch, fetch->row.length - from),
	        .answer_max = fetch->row.length - from,
	        .range_from = from,
	        .etag = etag,
	        .context = fetch,
	        .peer = cm_fetch_peer,
	        .bytes = cm_fetch_bytes,
	        .done = cm_fetch_done,
	};
	cm_pull_began(fetch->node->pull, fetch->id, from);
	return cm_client_start(fetch->node->client, &request, report, &fetch->call);
}

// Waits for bytes or the end. The bytes are copied out, so that the line goes on while they are written.
static size_t
cm_fetch_take_piece(struct cm_fetch *fetch, uint8_t *to, bool *ret_done)
{
	CM_MUTEX_HOLD(&fetch->lock);
	while (fetch->piece_n == 0 && !fetch->done && !fetch->stopping)
		cm_cond_wait(&fetch->change, &fetch->lock, CM_CLOCK_NEVER);
	size_t n = fetch->piece_n;
	memcpy(to, fetch->piece, n);
	fetch->piece_n = 0;
	*ret_done = (fetch->done && n == 0) || fetch->stopping;
	return n;
}

static void
cm_fetch_go_on(struct cm_fetch *fetch)
{
	CM_MUTEX_HOLD(&fetch->lock); // the call lives until cm_fetch_done() returned, and that waits for the lock
	if (fetch->call != NULL)
		cm_client_continue(fetch->node->client, fetch->call);
}

// No byte and no end of the call comes after this.
static void
cm_fetch_end_call(struct cm_fetch *fetch)
{
	CM_MUTEX_HOLD(&fetch->lock);
	if (fetch->call != NULL)
		cm_client_cancel(fetch->node->client, fetch->call);
	while (fetch->call != NULL)
		cm_cond_wait(&fetch->change, &fetch->lock, CM_CLOCK_NEVER);
}

static cm_result
cm_fetch_durable(struct cm_fetch *fetch, struct cm_blobs_part *part, struct cm_report *report)
{
	struct cm_change CM_CLEANUP(cm_change_free_at) *change = cm_change_new(cm_clock_utc());
	uint64_t before = part->durable;
	cm_result r = change == NULL ? CM_NOMEM : cm_blobs_sync(part, report);
	if (r != CM_OK)
		return r;
	fetch->gained += part->durable - before;
	fetch->row.have = part->durable;
	cm_change_delivery_have(change, fetch->row.id, part->durable);
	return cm_store_submit_wait(fetch->node->store, cm_take(&change), report, NULL, NULL);
}

// The setting pull_rate_kib: all fetches together no faster than that.
static void
cm_fetch_pace(struct cm_fetch *fetch, size_t bytes, int64_t since)
{
	uint64_t rate = cm_settings_number(&fetch->node->settings, CM_SETTING_PULL_RATE_KIB) * 1024;
	if (rate == 0)
		return;
	int64_t until = since + (int64_t)(bytes * cm_pull_count(fetch->node->pull) * 1000000 / rate);
	CM_MUTEX_HOLD(&fetch->lock);
	while (!fetch->stopping && cm_clock_mono() < until)
		cm_cond_wait(&fetch->change, &fetch->lock, until);
}

static cm_result
cm_fetch_stream(struct cm_fetch *fetch, struct cm_blobs_part *part, struct cm_report *report)
{
	CM_AUTO uint8_t *block = cm_mem_new(CM_LIMIT_PULL_PIECE_VALUE);
	fetch->piece = cm_mem_new(CM_LIMIT_PULL_PIECE_VALUE);
	cm_result r = block == NULL || fetch->piece == NULL ? CM_NOMEM : cm_fetch_begin(fetch, part->length, report);
	for (bool done = r != CM_OK; r == CM_OK && !done;) {
		int64_t since = cm_clock_mono();
		size_t n = cm_fetch_take_piece(fetch, block, &done);
		cm_fetch_go_on(fetch);
		if (n > 0)
			r = cm_blobs_add(part, cm_view_of(block, n), report);
		if (r == CM_OK && part->length - part->durable >= CM_LIMIT_PULL_DURABLE_VALUE)
			r = cm_fetch_durable(fetch, part, report);
		cm_fetch_pace(fetch, n, since);
	}
	cm_fetch_end_call(fetch);
	cm_mem_free(cm_take(&fetch->piece));
	return r == CM_OK ? cm_fetch_durable(fetch, part, report) : r;
}

// -- what came ---------------------------------------------------------------------------------------------------------

// An answer that says by itself that it is not what was announced.
static bool
cm_fetch_is_other(const struct cm_report *report)
{
	return cm_report_has(report, CM_ERROR_NET_ANSWER_SIZE) || cm_report_has(report, CM_ERROR_NET_CHANGED) ||
	       cm_report_has(report, CM_ERROR_NET_RANGE_WRONG) || cm_report_has(report, CM_ERROR_NET_RANGE_IGNORED);
}

// The call did not bring the announced bytes, or did not end with them.
static enum cm_fetch_end
cm_fetch_judge(struct cm_fetch *fetch, const struct cm_blobs_part *part, struct cm_report *report)
{
	cm_report_join(report, &fetch->report);
	if (cm_fetch_stopping(fetch) || cm_report_has(report, CM_ERROR_NET_CANCELLED))
		return CM_FETCH_STOPPED;
	if (fetch->result != CM_OK)
		return cm_fetch_is_other(report) ? CM_FETCH_OTHER : CM_FETCH_LATER;
	if (fetch->status / 100 != 2) {
		cm_report_add(report, CM_ERROR_EVIDENCE_WITHHELD, fetch->peer, "HTTP %u", fetch->status);
		return CM_FETCH_LATER;
	}
	cm_report_add(report, CM_ERROR_EVIDENCE_SHORT, fetch->peer, "%llu of %llu bytes", (unsigned long long)part->length,
	              (unsigned long long)fetch->row.length);
	return CM_FETCH_OTHER;
}

// A crash between moving the blob and the change that says so leaves it in its place already.
static bool
cm_fetch_is_here(struct cm_fetch *fetch)
{
	CM_FILE_AUTO int fd = -1;
	uint64_t length = 0;
	return cm_blobs_open(fetch->node->home, &fetch->row.blob, NULL, &fd, &length) == CM_OK && length == fetch->row.length;
}

static enum cm_fetch_end
cm_fetch_part(struct cm_fetch *fetch, struct cm_report *report)
{
	struct cm_blobs_part CM_CLEANUP(cm_blobs_fini) part = {.fd = -1};
	struct cm_hash digest;
	if (cm_blobs_room(fetch->node->home, fetch->row.length - fetch->row.have, report) != CM_OK)
		return CM_FETCH_LATER;
	cm_result r = cm_blobs_begin(fetch->node->home, fetch->row.id, fetch->row.have, report, &part);
	if (r == CM_REFUSED) { // less is there than was durable: the disk lost it
		cm_report_clear(report);
		fetch->row.have = 0;
		r = cm_blobs_begin(fetch->node->home, fetch->row.id, 0, report, &part);
	}
	if (r == CM_OK && part.length < fetch->row.length)
		r = cm_fetch_stream(fetch, &part, report);
	if (r != CM_OK)
		return CM_FETCH_LATER;
	if (part.length < fetch->row.length || cm_fetch_is_other(&fetch->report))
		return cm_fetch_judge(fetch, &part, report);
	r = cm_blobs_finish(&part, &fetch->row.blob, report, &digest);
	return r == CM_OK ? CM_FETCH_WHOLE : r == CM_REFUSED ? CM_FETCH_OTHER : CM_FETCH_LATER;
}

enum cm_fetch_end
cm_fetch_run(struct cm_fetch *fetch, struct cm_report *report)
{
	if (cm_fetch_is_here(fetch))
		return CM_FETCH_WHOLE;
	enum cm_fetch_end end = cm_fetch_part(fetch, report);
	if (end == CM_FETCH_OTHER) {
		cm_result_ignore(cm_blobs_drop(fetch->node->home, fetch->row.id, NULL), "swept at the next start");
		fetch->row.have = 0;
	}
	return end;
}
