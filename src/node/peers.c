// Knows: which nodes are peers and by which keys they speak. Does not know: how they became peers (peering.c).
#include "node/peers.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/tab_limit.h"
#include "crypto/chain.h"
#include "os/clock.h"

void
cm_peers_init(struct cm_peers *peers)
{
	memset(peers, 0, sizeof *peers);
	cm_mutex_init(&peers->lock);
}

void
cm_peers_fini(struct cm_peers *peers)
{
	cm_mem_free(peers->list);
	cm_mutex_fini(&peers->lock);
}

cm_result
cm_peers_of_card(const struct cm_reader_card *card, const char *state, const char *address, struct cm_report *report,
                 struct cm_peer *ret_peer)
{
	struct cm_peer *peer = ret_peer;
	if (card->state_certificate.n > sizeof peer->root_der)
		return cm_report_refuse(report, CM_ERROR_PEER_CERTIFICATE, card->identity.node, "%zu bytes",
		                        card->state_certificate.n);
	memset(peer, 0, sizeof *peer);
	peer->identity = card->identity;
	snprintf(peer->state, sizeof peer->state, "%s", state);
	snprintf(peer->title, sizeof peer->title, "%s", card->title);
	snprintf(peer->address, sizeof peer->address, "%s", address);
	snprintf(peer->endpoint, sizeof peer->endpoint, "%s", card->endpoint);
	memcpy(peer->root_der, card->state_certificate.p, card->state_certificate.n);
	peer->root_n = card->state_certificate.n;
	return CM_OK;
}

// The place of `node` in the list, or n.
static size_t
cm_peers_at(const struct cm_peers *peers, const char *node)
{
	size_t i = 0;
	while (i < peers->n && strcmp(peers->list[i].identity.node, node) != 0)
		i++;
	return i;
}

// A key that it had before, unless it is the present one or here already. The oldest ones fall out.
static void
cm_peers_former(struct cm_peer *peer, const struct cm_key_public *key)
{
	bool known = cm_key_public_equal(key, &peer->identity.sign);
	for (size_t i = 0; i < peer->former_n; i++)
		known = known || cm_key_public_equal(key, &peer->former[i]);
	if (!known && peer->former_n < CM_PEER_FORMER)
		peer->former[peer->former_n++] = *key;
}

cm_result
cm_peers_put(struct cm_peers *peers, const struct cm_peer *peer)
{
	CM_MUTEX_HOLD(&peers->lock);
	size_t at = cm_peers_at(peers, peer->identity.node);
	if (at == peers->room) {
		size_t room = peers->room == 0 ? 8 : peers->room * 2;
		struct cm_peer *list = cm_mem_resize(peers->list, room * sizeof *list);
		if (list == NULL)
			return CM_NOMEM;
		peers->list = list;
		peers->room = room;
	}
	struct cm_peer next = *peer;
	if (at < peers->n) {
		const struct cm_peer *before = &peers->list[at];
		next.asked = before->asked;
		cm_peers_former(&next, &before->identity.sign);
		for (size_t i = 0; i < before->former_n; i++)
			cm_peers_former(&next, &before->former[i]);
	}
	peers->list[at] = next;
	if (at == peers->n)
		peers->n++;
	memset(peers->seen, 0, sizeof peers->seen);
	return CM_OK;
}

bool
cm_peers_may_ask(struct cm_peers *peers, const char *node)
{
	int64_t now = cm_clock_mono();
	CM_MUTEX_HOLD(&peers->lock);
	size_t at = cm_peers_at(peers, node);
	if (at == peers->n || (peers->list[at].asked != 0 && now - peers->list[at].asked < CM_LIMIT_PEER_CARD_S_VALUE * CM_INSTANT_SECOND))
		return false;
	peers->list[at].asked = now;
	return true;
}

bool
cm_peers_find(struct cm_peers *peers, const char *node, struct cm_peer *ret_peer)
{
	CM_MUTEX_HOLD(&peers->lock);
	size_t at = cm_peers_at(peers, node);
	if (at == peers->n)
		return false;
	*ret_peer = peers->list[at];
	return true;
}

bool
cm_peers_confirmed(struct cm_peers *peers, const char *node, struct cm_peer *ret_peer)
{
	struct cm_peer peer;
	if (!cm_peers_find(peers, node, &peer) || strcmp(peer.state, "confirmed") != 0)
		return false;
	*ret_peer = peer;
	return true;
}

void
cm_peers_state(struct cm_peers *peers, const char *node, char ret_state[CM_PEERS_STATE])
{
	CM_MUTEX_HOLD(&peers->lock);
	size_t at = cm_peers_at(peers, node);
	if (at < peers->n)
		memcpy(ret_state, peers->list[at].state, CM_PEERS_STATE);
}

size_t
cm_peers_count(struct cm_peers *peers, const char *node, const char *state)
{
	CM_MUTEX_HOLD(&peers->lock);
	size_t n = 0;
	for (size_t i = 0; i < peers->n; i++)
		if (strcmp(peers->list[i].state, state) == 0 && strncmp(peers->list[i].identity.node, node, 3) == 0)
			n++;
	return n;
}

bool
cm_peers_ending(struct cm_peers *peers, const char *after, struct cm_instant before, char ret_node[CM_X509_NODE])
{
	CM_MUTEX_HOLD(&peers->lock);
	const struct cm_peer *next = NULL;
	for (size_t i = 0; i < peers->n; i++) {
		const struct cm_peer *one = &peers->list[i];
		if (strcmp(one->state, "confirmed") == 0 && one->identity.until.us < before.us &&
		    strcmp(one->identity.node, after) > 0 &&
		    (next == NULL || strcmp(one->identity.node, next->identity.node) < 0))
			next = one;
	}
	if (next != NULL)
		memcpy(ret_node, next->identity.node, CM_X509_NODE);
	return next != NULL;
}

void
cm_peers_wrote(struct cm_peers *peers, char ret_node[CM_X509_NODE])
{
	CM_MUTEX_HOLD(&peers->lock);
	memcpy(ret_node, peers->wrote, sizeof peers->wrote);
}

void
cm_peers_write(struct cm_peers *peers, const char *node)
{
	CM_MUTEX_HOLD(&peers->lock);
	snprintf(peers->wrote, sizeof peers->wrote, "%s", node);
}

static bool
cm_peers_seen(struct cm_peers *peers, const struct cm_hash *leaf, struct cm_instant now, char node[CM_X509_NODE])
{
	CM_MUTEX_HOLD(&peers->lock);
	for (size_t i = 0; i < sizeof peers->seen / sizeof *peers->seen; i++)
		if (peers->seen[i].node[0] != 0 && cm_hash_equal(&peers->seen[i].leaf, leaf) &&
		    now.us <= peers->seen[i].until.us) {
			memcpy(node, peers->seen[i].node, CM_X509_NODE);
			return true;
		}
	return false;
}

static void
cm_peers_saw(struct cm_peers *peers, const struct cm_x509 *leaf, struct cm_instant until)
{
	CM_MUTEX_HOLD(&peers->lock);
	size_t i = peers->next_seen++ % (sizeof peers->seen / sizeof *peers->seen);
	peers->seen[i].leaf = leaf->sha256;
	peers->seen[i].until = leaf->not_after.us < until.us ? leaf->not_after : until; // with all above it
	memcpy(peers->seen[i].node, leaf->node, CM_X509_NODE);
}

cm_result
cm_peers_by_tls(struct cm_peers *peers, const struct cm_view *der, size_t n, struct cm_instant now,
                struct cm_report *report, struct cm_peer *ret_peer)
{
	char node[CM_X509_NODE];
	struct cm_x509 leaf;
	if (n == 0)
		return cm_report_refuse(report, CM_ERROR_PEER_UNKNOWN, "TLS", "no certificate");
	struct cm_hash sha256 = cm_hash_of(der[0]);
	if (cm_peers_seen(peers, &sha256, now, node) && cm_peers_confirmed(peers, node, ret_peer))
		return CM_OK;
	struct cm_peer peer;
	cm_result r = cm_x509_read(der[0], report, &leaf);
	if (r != CM_OK)
		return r;
	if (!cm_peers_confirmed(peers, leaf.node, &peer))
		return cm_report_refuse(report, CM_ERROR_PEER_UNKNOWN, "TLS", "%s", leaf.node);
	struct cm_view root = cm_view_of(peer.root_der, peer.root_n);
	struct cm_chain_question question = {
	        .leaf = der[0],
	        .between = der + 1,
	        .between_count = n - 1,
	        .roots = &root,
	        .root_count = 1,
	        .purpose = CM_CHAIN_TLS,
	        .at = now,
	        .node = leaf.node,
	};
	struct cm_chain_answer answer;
	r = cm_chain_check(&question, report, &answer);
	if (r != CM_OK)
		return r;
	cm_peers_saw(peers, &leaf, peer.identity.until);
	*ret_peer = peer;
	return CM_OK;
}

// The keys on the cards that this one took the place of, as far as those are still good: the newest first.
static cm_result
cm_peers_load_former(struct cm_peer *peer, struct cm_store *store, struct cm_reader_client *reader, struct cm_report *report)
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_artifact *rows = NULL;
	size_t n = 0;
	struct cm_store_ask ask = {.request = cm_view_text(peer->identity.node), .kind = cm_view_text("card"), .limit = CM_LIMIT_STORE_PAGE_VALUE};
	cm_result r = cm_store_artifacts(store, &ask, report, &page, &rows, &n);
	for (size_t i = n; r == CM_OK && i > 0; i--) {
		struct cm_reader_card CM_CLEANUP(cm_reader_card_fini) card = {.title = ""};
		struct cm_report unused = {0};
		if (cm_hash_equal(&rows[i - 1].sha256, &peer->card))
			continue;
		r = cm_reader_client_card(reader, rows[i - 1].bytes, cm_clock_utc(), &unused, &card);
		if (r == CM_OK && strcmp(card.identity.node, peer->identity.node) == 0)
			cm_peers_former(peer, &card.identity.sign);
		r = r == CM_REFUSED ? CM_OK : r; // its time is over
	}
	return r;
}

// One that nobody pinned: what is known of it without a card.
static cm_result
cm_peers_load_bare(struct cm_peers *peers, const struct cm_store_peer *row, const char *state, const char *address)
{
	CM_AUTO struct cm_peer *peer = cm_mem_new(sizeof *peer);
	if (peer == NULL)
		return CM_NOMEM;
	snprintf(peer->identity.node, sizeof peer->identity.node, "%.*s", CM_VIEW_ARG(row->node));
	snprintf(peer->state, sizeof peer->state, "%s", state);
	snprintf(peer->title, sizeof peer->title, "%.*s", CM_VIEW_ARG(row->title));
	snprintf(peer->address, sizeof peer->address, "%s", address);
	return cm_peers_put(peers, peer);
}

// One row of the store: a card that is refused today (expired, say) leaves a pinned peer out, and the log says so.
static cm_result
cm_peers_load_row(struct cm_peers *peers, const struct cm_store_peer *row, struct cm_store *store,
                  struct cm_reader_client *reader, struct cm_report *report)
{
	struct cm_reader_card CM_CLEANUP(cm_reader_card_fini) card = {.title = ""};
	struct cm_peer peer;
	char state[CM_PEERS_STATE], address[256];
	if (row->state.n >= sizeof state || row->address.n >= sizeof address)
		return CM_OK;
	snprintf(state, sizeof state, "%.*s", CM_VIEW_ARG(row->state));
	snprintf(address, sizeof address, "%.*s", CM_VIEW_ARG(row->address));
	bool bare = strcmp(state, "listed") == 0 || strcmp(state, "ended") == 0;
	cm_result r = row->card.n == 0 ? CM_REFUSED : cm_reader_client_card(reader, row->card, cm_clock_utc(), report, &card);
	if (r == CM_REFUSED)
		return bare ? cm_peers_load_bare(peers, row, state, address) : CM_OK;
	if (r == CM_OK)
		r = cm_peers_of_card(&card, state, address, report, &peer);
	if (r == CM_OK) {
		peer.card = cm_hash_of(row->card);
		r = cm_peers_load_former(&peer, store, reader, report);
	}
	return r == CM_OK ? cm_peers_put(peers, &peer) : r;
}

cm_result
cm_peers_load(struct cm_peers *peers, struct cm_store *store, struct cm_reader_client *reader, struct cm_report *report)
{
	char after[CM_X509_NODE] = "";
	for (size_t n = 1; n > 0;) {
		struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
		const struct cm_store_peer *rows;
		struct cm_store_ask ask = {.after = cm_view_text(after), .limit = CM_LIMIT_STORE_PAGE_VALUE};
		cm_result r = cm_store_peers(store, &ask, report, &page, &rows, &n);
		for (size_t i = 0; r == CM_OK && i < n; i++) {
			r = cm_peers_load_row(peers, &rows[i], store, reader, report);
			snprintf(after, sizeof after, "%.*s", CM_VIEW_ARG(rows[i].node));
		}
		if (r != CM_OK)
			return r;
		n = n == CM_LIMIT_STORE_PAGE_VALUE ? n : 0;
	}
	return CM_OK;
}
