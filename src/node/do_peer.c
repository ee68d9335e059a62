// Knows: what the peer listener answers besides messages: card, register, evidence, the handshake, health. Does not know:
// HI-1 (take.c).
#include "node/exchange.h"

#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "base/mem.h"
#include "base/tab_limit.h"
#include "node/directory.h"
#include "node/peering.h"
#include "node/take.h"
#include "os/clock.h"
#include "proto/range.h"
#include "store/blobs.h"
#include "store/tiles.h"

static void
cm_do_peer_card(struct cm_exchange *ex)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) body = cm_buf_of(CM_LIMIT_CARD_BYTES_VALUE);
	cm_buf_view_add(&body, cm_buf_view(&ex->node->card));
	cm_exchange_bytes(ex, 200, "application/json", &body);
}

// A file of the static register: checkpoint, tiles, entries, or the key list.
static void
cm_do_peer_log(struct cm_exchange *ex)
{
	struct cm_report report = {0};
	struct cm_buf CM_CLEANUP(cm_buf_fini) body = cm_buf_of(CM_LIMIT_API_ANSWER_BYTES_VALUE);
	const char *name = ex->match.part[0];
	cm_result r = CM_OK;
	if (strcmp(name, "register.vkey") == 0) {
		cm_note_key_write(&ex->node->self.identity.log, &body);
		cm_buf_u8(&body, '\n');
	} else
		r = cm_tiles_read(ex->node->store, cm_view_text(name), &report, &body);
	if (r != CM_OK)
		cm_exchange_problem(ex, r, &report);
	else
		cm_exchange_bytes(ex, 200, strncmp(name, "tile/", 5) == 0 ? "application/octet-stream" : "text/plain; charset=utf-8",
		                  &body);
}

static void
cm_do_peer_handshake(struct cm_exchange *ex)
{
	struct cm_report report = {0};
	struct cm_buf CM_CLEANUP(cm_buf_fini) answer = cm_buf_of(CM_LIMIT_CARD_BYTES_VALUE);
	struct cm_view body = cm_server_body(ex->rq);
	cm_result r = ex->match.route == CM_ROUTE_PEER_COMMIT ? cm_peering_take_commit(ex->node, body, &report, &answer)
	                                                      : cm_peering_take_reveal(ex->node, body, &report, &answer);
	if (r != CM_OK)
		cm_exchange_problem(ex, r, &report);
	else
		cm_exchange_bytes(ex, 200, "application/octet-stream", &answer);
}

// Sends one range of a sealed package, to the node it was delivered to and to nobody else.
static cm_result
cm_do_peer_evidence_find(struct cm_exchange *ex, struct cm_report *report, int *ret_fd, uint64_t *ret_length,
                         struct cm_hash *ret_blob)
{
	struct cm_view der[8];
	struct cm_peer peer;
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_delivery *row = NULL;
	size_t n = cm_server_certificate_count(ex->rq);
	n = n < 8 ? n : 8;
	for (size_t i = 0; i < n; i++)
		der[i] = cm_server_certificate(ex->rq, i);
	cm_result r = cm_peers_by_tls(&ex->node->peers, der, n, cm_clock_utc(), report, &peer);
	if (r == CM_OK)
		r = cm_store_delivery(ex->node->store, cm_view_text(ex->match.part[0]), report, &page, &row);
	if (r != CM_OK)
		return r;
	if (row == NULL || !row->ours || cm_view_is(row->state, "packed") || !cm_view_is(row->peer, peer.identity.node))
		return cm_report_refuse(report, CM_ERROR_HTTP_NOT_FOUND, "evidence", "%s", ex->match.part[0]);
	r = cm_directory_may_disclose(ex->node, peer.identity.node, row->anyway, NULL, report);
	if (r != CM_OK)
		return r;
	*ret_blob = row->blob;
	return cm_blobs_open(ex->node->home, &row->blob, report, ret_fd, ret_length);
}

// One line for operators: how often, and from where, a package was asked for.
static void
cm_do_peer_evidence_told(const char *id, const struct cm_range *range, uint64_t total)
{
	char line[CM_ROUTE_PART + 128];
	snprintf(line, sizeof line, "evidence %s asked for: %llu bytes from byte %llu of %llu", id,
	         (unsigned long long)range->length, (unsigned long long)range->from, (unsigned long long)total);
	cm_node_log(line, NULL);
}

static void
cm_do_peer_evidence(struct cm_exchange *ex)
{
	struct cm_report report = {0};
	struct cm_server_answer answer = {.from = CM_SERVER_FROM_FILE, .content_type = "application/octet-stream"};
	struct cm_hash blob;
	struct cm_range range = {.partial = false};
	char etag[72], hex[65], content[CM_RANGE_TEXT];
	CM_FILE_AUTO int fd = -1;
	uint64_t total = 0;
	cm_result r = cm_do_peer_evidence_find(ex, &report, &fd, &total, &blob);
	if (r == CM_OK) {
		cm_hex_text(cm_hash_view(&blob), hex);
		snprintf(etag, sizeof etag, "\"%s\"", hex);
		r = cm_range_read(cm_server_header(ex->rq, "Range"), cm_server_header(ex->rq, "If-Range"), etag, total, &report,
		                  &range);
	}
	if (r != CM_OK) {
		cm_exchange_problem(ex, r, &report);
		return;
	}
	answer.status = range.partial ? 206 : 200;
	answer.fd = fd;
	fd = -1;
	answer.offset = range.from;
	answer.length = range.length;
	cm_do_peer_evidence_told(ex->match.part[0], &range, total);
	cm_server_answer_field(&answer, "ETag", etag);
	cm_server_answer_field(&answer, "Accept-Ranges", "bytes");
	if (range.partial)
		cm_server_answer_field(&answer, "Content-Range", cm_range_content(range, total, content));
	cm_exchange_answer(ex, &answer);
}

void
cm_do_health(struct cm_exchange *ex)
{
	struct cm_report report = {0};
	struct cm_buf CM_CLEANUP(cm_buf_fini) body = cm_buf_of(CM_LIMIT_CARD_BYTES_VALUE);
	cm_result r = CM_OK;
	struct cm_merkle_head head;
	if (ex->match.route == CM_ROUTE_READYZ)
		r = cm_store_head(ex->node->store, &report, &body);
	if (r == CM_OK && ex->match.route == CM_ROUTE_READYZ)
		r = cm_keeper_client_head(&ex->node->keeper, cm_view_text(ex->node->self.identity.log.name), &report, &head);
	if (r != CM_OK) {
		cm_exchange_problem(ex, CM_FAILED, &report); // whatever it is, it may pass
		return;
	}
	cm_buf_clear(&body);
	cm_buf_text(&body, "ok\n");
	cm_exchange_bytes(ex, 200, "text/plain; charset=utf-8", &body);
}

void
cm_do_peer(struct cm_exchange *ex)
{
	if (ex->gone)
		cm_exchange_status(ex, 503);
	else if (ex->match.route == CM_ROUTE_HI1)
		cm_take_message(ex);
	else if (ex->match.route == CM_ROUTE_HI1_EVIDENCE)
		cm_do_peer_evidence(ex);
	else if (ex->match.route == CM_ROUTE_CARD)
		cm_do_peer_card(ex);
	else if (ex->match.route == CM_ROUTE_LOG)
		cm_do_peer_log(ex);
	else if (ex->match.route == CM_ROUTE_PEER_COMMIT || ex->match.route == CM_ROUTE_PEER_REVEAL)
		cm_do_peer_handshake(ex);
	else
		cm_do_health(ex);
}
