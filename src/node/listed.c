// Knows: who is vouched for by the directory alone, and how much is taken from such authorities. Does not know: what they may ask
// for (take_listed.c), or how lists are taken (directory.c). Serves doc/spec/directory.md, section 9.
#include "node/listed.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/tab_limit.h"
#include "crypto/chain.h"
#include "domain/kind.h"
#include "domain/move.h"
#include "node/directory_inside.h"
#include "node/peering.h"
#include "os/clock.h"
#include "os/dir.h"

bool
cm_listed_is(const struct cm_peer *peer)
{
	return strcmp(peer->state, CM_LISTED) == 0;
}

// The lists that speak of the node. The caller holds the shelf's lock.
static struct cm_trust_vouch
cm_listed_vouch(struct cm_node *node, const char *name, struct cm_instant now)
{
	char country[3];
	cm_directory_country(name, country);
	const struct cm_directory_kept *own = cm_directory_find(node->directory, country);
	const struct cm_directory_kept *states = cm_directory_find(node->directory, CM_DIRECTORY_STATES);
	return (struct cm_trust_vouch){.own = own == NULL ? NULL : &own->read.list,
	        .states = states == NULL ? NULL : &states->read.list,
	        .node = cm_view_text(name),
	        .now = now};
}

static cm_authority_roles
cm_listed_roles(const struct cm_directory_authority *one)
{
	cm_authority_roles roles = 0, role;
	for (size_t i = 0; i < one->role_count; i++)
		if (cm_authority_read(one->roles[i], NULL, &role) == CM_OK)
			roles |= role;
	return roles;
}

// What the list says of it, beside the card that was fetched when we wrote to it.
static void
cm_listed_fill(struct cm_node *node, const struct cm_directory_authority *one, struct cm_peer *peer)
{
	char name[CM_X509_NODE];
	size_t scheme = sizeof "https://" - 1;
	snprintf(name, sizeof name, "%.*s", CM_VIEW_ARG(one->node));
	if (!cm_peers_find(&node->peers, name, peer) || !cm_listed_is(peer))
		memset(peer, 0, sizeof *peer);
	memcpy(peer->identity.node, name, sizeof name);
	peer->identity.roles = cm_listed_roles(one);
	snprintf(peer->state, sizeof peer->state, CM_LISTED);
	snprintf(peer->title, sizeof peer->title, "%.*s", CM_VIEW_ARG(one->name));
	snprintf(peer->endpoint, sizeof peer->endpoint, "%.*s", CM_VIEW_ARG(one->endpoint));
	snprintf(peer->address, sizeof peer->address, "%s", strlen(peer->endpoint) > scheme ? peer->endpoint + scheme : "");
}

// A person ended it: the directory opens no door that people shut.
static cm_result
cm_listed_open(struct cm_node *node, const char *name, struct cm_report *report)
{
	char state[CM_PEERS_STATE] = "";
	cm_peers_state(&node->peers, name, state);
	bool self = strcmp(name, node->name.whole) == 0; // it stands in the list of its own State
	if (!self && strcmp(state, "ended") != 0)
		return CM_OK;
	return cm_report_refuse(report, CM_ERROR_PEER_UNKNOWN, "directory", "%s: %s", name, self ? "this node" : "ended");
}

cm_result
cm_listed_find(struct cm_node *node, const char *name, struct cm_report *report, struct cm_peer *ret_peer)
{
	const char *why = "";
	cm_result r = cm_listed_open(node, name, report);
	if (r != CM_OK)
		return r;
	CM_MUTEX_HOLD(&node->directory->lock);
	struct cm_trust_vouch vouch = cm_listed_vouch(node, name, cm_clock_utc());
	const struct cm_directory_authority *one = cm_trust_vouch(&vouch, &why);
	if (one == NULL)
		return cm_report_refuse(report, CM_ERROR_PEER_UNKNOWN, "directory", "%s: %s", name, why);
	cm_listed_fill(node, one, ret_peer);
	return CM_OK;
}

// The leaf under this authority certificate, and that under a root of the State's list. Only this one stands between them: what
// signs messages is what certified the connection.
static cm_result
cm_listed_chain(const struct cm_directory *list, const struct cm_view *leaf, const struct cm_view *authority,
                struct cm_instant now, struct cm_report *report, struct cm_chain_answer *ret_answer)
{
	struct cm_view roots[CM_LIMIT_DIRECTORY_ROOTS_VALUE];
	for (size_t i = 0; i < list->anchor_count; i++)
		roots[i] = list->anchors[i].certificate;
	struct cm_chain_question question = {
	        .leaf = *leaf,
	        .between = authority,
	        .between_count = 1,
	        .roots = roots,
	        .root_count = list->anchor_count,
	        .purpose = CM_CHAIN_TLS,
	        .at = now,
	};
	return cm_chain_check(&question, report, ret_answer);
}

static cm_result
cm_listed_shown(struct cm_node *node, const struct cm_view *der, size_t n, struct cm_instant now,
                struct cm_report *report, struct cm_peer *ret_peer)
{
	struct cm_x509 leaf, authority;
	struct cm_chain_answer answer;
	const char *why = "unlisted";
	cm_result r = cm_x509_read(der[0], report, &leaf);
	if (r == CM_OK)
		r = cm_listed_open(node, leaf.node, report);
	if (r != CM_OK)
		return r;
	CM_MUTEX_HOLD(&node->directory->lock);
	struct cm_trust_vouch vouch = cm_listed_vouch(node, leaf.node, now);
	for (size_t i = 1; i < n; i++) {
		if (cm_x509_read(der[i], NULL, &authority) != CM_OK || strcmp(authority.node, leaf.node) != 0)
			continue;
		vouch.spki = &authority.spki;
		const struct cm_directory_authority *one = cm_trust_vouch(&vouch, &why);
		if (one == NULL)
			continue;
		r = cm_listed_chain(vouch.own, &der[0], &der[i], now, report, &answer);
		if (r != CM_OK)
			return r;
		cm_listed_fill(node, one, ret_peer);
		ret_peer->identity.sign = authority.key;
		ret_peer->identity.sign_certificate = authority.sha256;
		ret_peer->identity.state = answer.root.sha256;
		ret_peer->identity.until = authority.not_after;
		return CM_OK;
	}
	return cm_report_refuse(report, CM_ERROR_PEER_UNKNOWN, "TLS", "%s: %s", leaf.node, why);
}

cm_result
cm_listed_by_tls(struct cm_node *node, const struct cm_view *der, size_t n, struct cm_instant now, struct cm_report *report,
                 struct cm_peer *ret_peer)
{
	struct cm_report found = {0};
	cm_result r = cm_peers_by_tls(&node->peers, der, n, now, &found, ret_peer);
	if (r == CM_REFUSED && n > 1 && cm_report_has(&found, CM_ERROR_PEER_UNKNOWN))
		return cm_listed_shown(node, der, n, now, report, ret_peer);
	if (r != CM_OK)
		cm_report_join(report, &found);
	return r;
}

cm_result
cm_listed_anchor(struct cm_node *node, const char *name, struct cm_report *report, char ret_path[CM_FILE_PATH + 128])
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) pem = cm_buf_of(CM_LIMIT_DIRECTORY_BYTES_VALUE);
	struct cm_buf CM_CLEANUP(cm_buf_fini) old = cm_buf_of(CM_LIMIT_DIRECTORY_BYTES_VALUE);
	cm_result r = CM_OK;
	cm_mutex_lock(&node->directory->lock);
	struct cm_trust_vouch vouch = cm_listed_vouch(node, name, cm_clock_utc());
	for (size_t i = 0; r == CM_OK && vouch.own != NULL && i < vouch.own->anchor_count; i++)
		r = cm_x509_pem_write(vouch.own->anchors[i].certificate, "CERTIFICATE", &pem);
	cm_mutex_unlock(&node->directory->lock);
	snprintf(ret_path, CM_FILE_PATH + 128, "%s/peers/%s", node->home, name);
	if (r == CM_OK)
		r = cm_dir_make(ret_path, 0700, report);
	snprintf(ret_path, CM_FILE_PATH + 128, "%s/peers/%s/listed.pem", node->home, name);
	if (r == CM_OK && cm_file_exists(ret_path))
		r = cm_file_load(ret_path, &old, report);
	if (r == CM_OK && !cm_view_equal(cm_buf_view(&old), cm_buf_view(&pem)))
		r = cm_file_replace(ret_path, 0600, cm_buf_view(&pem), report);
	return r;
}

// How many requests of it are not over, as far as the limit.
static cm_result
cm_listed_count(struct cm_node *node, const char *name, struct cm_report *report, size_t *ret_count)
{
	char after[40] = "";
	struct cm_store_ask ask = {
	        .peer = cm_view_text(name), .direction = CM_STORE_THEIRS, .limit = CM_LIMIT_STORE_PAGE_VALUE};
	size_t count = 0;
	for (bool more = true; more && count < CM_LIMIT_LISTED_REQUESTS_VALUE;) {
		struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
		struct cm_store_request_list list = {.count = 0};
		cm_result r = cm_store_requests(node->store, &ask, report, &page, &list);
		if (r != CM_OK)
			return r;
		for (size_t i = 0; i < list.count; i++) {
			enum cm_kind kind = cm_kind_find(list.rows[i].kind.p, list.rows[i].kind.n);
			count += cm_move_over(kind, cm_state_find(list.rows[i].state.p, list.rows[i].state.n)) ? 0 : 1;
		}
		snprintf(after, sizeof after, "%.*s", CM_VIEW_ARG(list.next));
		ask.after = cm_view_text(after);
		ask.after_time = list.next_time;
		more = list.next_time.us != 0;
	}
	*ret_count = count;
	return CM_OK;
}

cm_result
cm_listed_room(struct cm_node *node, const struct cm_peer *peer, struct cm_report *report, const char **ret_full)
{
	struct cm_peer known;
	size_t open = 0;
	*ret_full = NULL;
	if (!cm_peers_find(&node->peers, peer->identity.node, &known) &&
	    cm_peers_count(&node->peers, peer->identity.node, CM_LISTED) >= CM_LIMIT_LISTED_AUTHORITIES_VALUE)
		*ret_full = "listed_authorities";
	cm_result r = *ret_full == NULL ? cm_listed_count(node, peer->identity.node, report, &open) : CM_OK;
	if (r == CM_OK && open >= CM_LIMIT_LISTED_REQUESTS_VALUE)
		*ret_full = "listed_requests";
	return r;
}

static struct cm_store_peer
cm_listed_row(const struct cm_peer *peer, struct cm_instant now)
{
	return (struct cm_store_peer){
	        .node = cm_view_text(peer->identity.node),
	        .state = cm_view_text(CM_LISTED),
	        .title = cm_view_text(peer->title),
	        .address = cm_view_text(peer->address),
	        .created = now,
	        .changed = now,
	};
}

void
cm_listed_put(struct cm_node *node, const struct cm_peer *peer, struct cm_instant now, struct cm_change *change)
{
	struct cm_peer known;
	struct cm_store_peer row = cm_listed_row(peer, now);
	if (!cm_peers_find(&node->peers, peer->identity.node, &known))
		cm_change_peer(change, &row);
}

cm_result
cm_listed_remember(struct cm_node *node, const struct cm_peer *peer)
{
	struct cm_peer known;
	return cm_peers_find(&node->peers, peer->identity.node, &known) ? CM_OK : cm_peers_put(&node->peers, peer);
}

// The card at the address of the list; believed because the list says that its key is valid.
static cm_result
cm_listed_card(struct cm_node *node, const struct cm_peer *peer, struct cm_report *report, struct cm_buf *bytes,
               struct cm_reader_card *card)
{
	char url[300];
	snprintf(url, sizeof url, "https://%s/card", peer->address);
	cm_result r = cm_peering_call(node, url, NULL, cm_view_of(NULL, 0), report, bytes);
	if (r == CM_OK)
		r = cm_reader_client_card(&node->reader, cm_buf_view(bytes), cm_clock_utc(), report, card);
	if (r == CM_OK && (strcmp(card->identity.node, peer->identity.node) != 0 || !cm_directory_vouches(node, &card->identity)))
		r = cm_report_refuse(report, CM_ERROR_PEER_CARD, peer->address, "%s", card->identity.node);
	return r;
}

cm_result
cm_listed_meet(struct cm_node *node, struct cm_peer *peer, struct cm_report *report)
{
	struct cm_instant now = cm_clock_utc();
	struct cm_reader_card CM_CLEANUP(cm_reader_card_fini) card = {.title = ""};
	struct cm_buf CM_CLEANUP(cm_buf_fini) bytes = cm_buf_of(CM_LIMIT_CARD_BYTES_VALUE);
	struct cm_change CM_CLEANUP(cm_change_free_at) *change = cm_change_new(now);
	struct cm_report missed = {0};
	struct cm_peer known;
	if (peer->root_n > 0 || change == NULL)
		return change == NULL ? CM_NOMEM : CM_OK;
	cm_result r = cm_listed_card(node, peer, &missed, &bytes, &card);
	if (r == CM_OK)
		r = cm_peers_of_card(&card, CM_LISTED, peer->address, &missed, peer);
	if (r != CM_OK)
		cm_node_log("the card of an authority of the directory could not be had", &missed);
	else
		peer->card = cm_hash_of(cm_buf_view(&bytes));
	CM_MUTEX_HOLD(&node->peering_lock); // nobody makes it a peer meanwhile
	if (cm_peers_find(&node->peers, peer->identity.node, &known) && !cm_listed_is(&known))
		return CM_OK;
	struct cm_store_peer row = cm_listed_row(peer, now);
	row.card = r == CM_OK ? cm_buf_view(&bytes) : row.card;
	cm_change_peer(change, &row);
	r = cm_store_submit_wait(node->store, cm_take(&change), report, NULL, NULL);
	return r == CM_OK ? cm_peers_put(&node->peers, peer) : r;
}
