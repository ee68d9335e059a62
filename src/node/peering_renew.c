// Knows: when the card that a peer shows may take the place of the pinned one: the same keys under the same State root, and a
// higher serial; or a signing key that the State's list says is valid. Then people need not compare words again, for it says nothing new but dates. Does not know: when it is
// looked for (renewal.c).
#include "node/peering.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/tab_limit.h"
#include "node/directory.h"
#include "os/clock.h"

static bool
cm_peering_renew_same(const struct cm_identity *a, const struct cm_identity *b)
{
	return strcmp(a->node, b->node) == 0 && cm_hash_equal(&a->state, &b->state) &&
	       memcmp(a->recipient.b, b->recipient.b, sizeof a->recipient.b) == 0 && strcmp(a->log.name, b->log.name) == 0 &&
	       a->log.type == b->log.type && memcmp(a->log.public, b->log.public, sizeof a->log.public) == 0;
}

static cm_result
cm_peering_renew_take(struct cm_node *node, const struct cm_reader_card *card, struct cm_view bytes,
                      struct cm_report *report)
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_peer *row = NULL;
	struct cm_instant now = cm_clock_utc();
	struct cm_change CM_CLEANUP(cm_change_free_at) *change = cm_change_new(now);
	struct cm_act_values act;
	char address[256];
	struct cm_view name = cm_view_text(card->identity.node);
	CM_MUTEX_HOLD(&node->peering_lock);
	cm_result r = change == NULL ? CM_NOMEM : cm_store_peer(node->store, name, report, &page, &row);
	if (r == CM_OK && (row == NULL || !cm_view_is(row->state, "confirmed")))
		r = cm_report_refuse(report, CM_ERROR_PEER_UNKNOWN, "peer", "%s", card->identity.node);
	if (r != CM_OK)
		return r;
	snprintf(address, sizeof address, "%.*s", CM_VIEW_ARG(row->address));
	struct cm_store_peer peer = *row;
	peer.card = bytes;
	peer.title = cm_view_text(card->title);
	peer.changed = now;
	struct cm_store_artifact artifact = {
	        .direction = CM_STORE_IN, .peer = name, .media = cm_view_text("card"), .name = name, .at = now, .bytes = bytes};
	memset(&act, 0, sizeof act);
	cm_act_set(&act, CM_ACT_FIELD_TYPE, cm_view_text("peer_renewed"));
	cm_act_set(&act, CM_ACT_FIELD_PEER, name);
	cm_act_set(&act, CM_ACT_FIELD_ARTIFACT, cm_view_text("$artifact"));
	cm_change_artifact(change, &artifact);
	cm_change_peer(change, &peer);
	cm_change_act(change, &act);
	r = cm_store_submit_wait(node->store, cm_take(&change), report, NULL, NULL);
	return r == CM_OK ? cm_peering_keep(node, card, bytes, "confirmed", address, report) : r;
}

cm_result
cm_peering_renew(struct cm_node *node, const char *name, struct cm_report *report)
{
	CM_AUTO struct cm_peer *known = cm_mem_new(sizeof *known);
	struct cm_reader_card CM_CLEANUP(cm_reader_card_fini) card = {.title = ""};
	struct cm_buf CM_CLEANUP(cm_buf_fini) bytes = cm_buf_of(CM_LIMIT_CARD_BYTES_VALUE);
	char url[300];
	if (known == NULL)
		return CM_NOMEM;
	if (!cm_peers_confirmed(&node->peers, name, known))
		return cm_report_refuse(report, CM_ERROR_PEER_UNKNOWN, "peer", "%s", name);
	snprintf(url, sizeof url, "https://%s/card", known->address);
	// It is public, and believed by its signatures alone.
	cm_result r = cm_peering_call(node, url, NULL, cm_view_of(NULL, 0), report, &bytes);
	if (r == CM_OK)
		r = cm_reader_client_card(&node->reader, cm_buf_view(&bytes), cm_clock_utc(), report, &card);
	if (r != CM_OK)
		return r;
	// Another signing key only by the word of the State, which says so in its list.
	bool same = cm_peering_renew_same(&card.identity, &known->identity) &&
	            (cm_key_public_equal(&card.identity.sign, &known->identity.sign) ||
	             cm_directory_vouches(node, &card.identity));
	if (!same)
		return cm_report_refuse(report, CM_ERROR_PEER_CARD, known->address, "%s", card.identity.node);
	if (card.identity.serial <= known->identity.serial)
		return CM_OK;
	return cm_peering_renew_take(node, &card, cm_buf_view(&bytes), report);
}
