// Knows: the inviter's half of the handshake and what both halves share (doc/spec/peer.md). Does not know: how messages
// travel (do_peer.c, peering_accept.c). The name of a peer's row is "invitation:<id>" until its card came.
#include "node/peering.h"

#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "base/mem.h"
#include "base/rd.h"
#include "base/tab_limit.h"
#include "crypto/secret.h"
#include "crypto/words.h"
#include "os/clock.h"
#include "os/dir.h"
#include "os/rand.h"

void
cm_peering_state_write(const struct cm_peering_state *state, struct cm_buf *to)
{
	cm_buf_add(to, state->secret, sizeof state->secret);
	cm_buf_add(to, state->own_nonce, sizeof state->own_nonce);
	cm_buf_add(to, state->other_commitment, sizeof state->other_commitment);
	cm_buf_field(to, cm_view_text(state->words));
}

bool
cm_peering_state_read(struct cm_view v, struct cm_peering_state *ret_state)
{
	struct cm_rd rd = cm_rd_of(v);
	struct cm_view secret = cm_rd_bytes(&rd, CM_INVITATION_SECRET), nonce = cm_rd_bytes(&rd, 32),
	               commitment = cm_rd_bytes(&rd, 32), words = cm_rd_field(&rd);
	if (!cm_rd_done(&rd) || words.n >= CM_PEERING_WORDS)
		return false;
	memset(ret_state, 0, sizeof *ret_state);
	memcpy(ret_state->secret, secret.p, secret.n);
	memcpy(ret_state->own_nonce, nonce.p, nonce.n);
	memcpy(ret_state->other_commitment, commitment.p, commitment.n);
	if (words.n > 0)
		memcpy(ret_state->words, words.p, words.n);
	return true;
}

void
cm_peering_id(const uint8_t secret[CM_INVITATION_SECRET], uint8_t ret_id[16])
{
	struct cm_hash h = cm_hash_hmac(cm_view_of(secret, CM_INVITATION_SECRET), cm_view_text("comity-invitation-id-v1"));
	memcpy(ret_id, h.b, 16);
}

struct cm_hash
cm_peering_mac(const uint8_t secret[CM_INVITATION_SECRET], const char *label, const struct cm_hash *inviter_card,
               const struct cm_hash *invited_card, const uint8_t commitment[32])
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) text = cm_buf_of(256);
	cm_buf_text(&text, label);
	cm_buf_u8(&text, 0);
	cm_buf_view_add(&text, cm_hash_view(inviter_card));
	cm_buf_view_add(&text, cm_hash_view(invited_card));
	cm_buf_add(&text, commitment, 32);
	return cm_hash_hmac(cm_view_of(secret, CM_INVITATION_SECRET), cm_buf_view(&text));
}

void
cm_peering_words(const struct cm_peering_transcript *t, char ret_words[CM_PEERING_WORDS])
{
	struct cm_hash_stream stream;
	char words[CM_WORDS_TEXT];
	cm_hash_init(&stream);
	cm_hash_add(&stream, cm_view_of("comity-words-v1", 16));
	cm_hash_add(&stream, cm_hash_view(&t->inviter_card));
	cm_hash_add(&stream, cm_hash_view(&t->invited_card));
	cm_hash_add(&stream, cm_view_of(t->inviter_nonce, 32));
	cm_hash_add(&stream, cm_view_of(t->invited_nonce, 32));
	struct cm_hash h = cm_hash_final(&stream);
	cm_words_write(&h, words);
	snprintf(ret_words, CM_PEERING_WORDS, "%s", words);
}

static void
cm_peering_row_name(const uint8_t id[16], char to[64])
{
	char hex[33];
	cm_hex_text(cm_view_of(id, 16), hex);
	snprintf(to, 64, "invitation:%s", hex);
}

// One act about a peer, with the change that goes with it, durable on return.
static cm_result
cm_peering_submit(struct cm_node *node, struct cm_change *change, const char *type, const char *peer, const char *person,
                  struct cm_report *report)
{
	struct cm_act_values act;
	memset(&act, 0, sizeof act);
	cm_act_set(&act, CM_ACT_FIELD_TYPE, cm_view_text(type));
	if (peer != NULL) {
		cm_act_set(&act, CM_ACT_FIELD_PEER, cm_view_text(peer));
		cm_act_set(&act, CM_ACT_FIELD_ARTIFACT, cm_view_text("$artifact"));
	}
	if (person != NULL)
		cm_act_set(&act, CM_ACT_FIELD_PERSON, cm_view_text(person));
	cm_change_act(change, &act);
	return cm_store_submit_wait(node->store, change, report, NULL, NULL);
}

cm_result
cm_peering_invite(struct cm_node *node, const char *person, struct cm_report *report, char ret_code[CM_INVITATION_TEXT],
                  struct cm_instant *ret_expires)
{
	struct cm_instant now = cm_clock_utc();
	struct cm_change CM_CLEANUP(cm_change_free_at) *change = cm_change_new(now);
	struct cm_buf CM_CLEANUP(cm_buf_fini) kept = cm_buf_of_secret(512);
	struct cm_invitation invitation = {.address = ""};
	struct cm_peering_state state = {.words = ""};
	uint8_t id[16];
	char name[64];
	const char *address = strstr(node->endpoint, "://");
	if (change == NULL)
		return CM_NOMEM;
	snprintf(invitation.address, sizeof invitation.address, "%.250s", address == NULL ? "" : address + 3);
	memcpy(invitation.card, node->card_sha256.b, sizeof invitation.card);
	cm_result r = cm_rand_bytes(invitation.secret, sizeof invitation.secret, report);
	if (r != CM_OK)
		return r;
	memcpy(state.secret, invitation.secret, sizeof state.secret);
	cm_peering_id(invitation.secret, id);
	cm_peering_row_name(id, name);
	cm_peering_state_write(&state, &kept);
	struct cm_store_peer row = {
	        .node = cm_view_text(name),
	        .state = cm_view_text("invited"),
	        .secret = cm_buf_view(&kept),
	        .created = now,
	        .changed = now,
	        .expires = {.us = now.us + CM_LIMIT_INVITATION_HOURS_VALUE * 3600 * CM_INSTANT_SECOND},
	};
	cm_change_peer(change, &row);
	// The act names nobody: who will come is not known yet.
	r = cm_peering_submit(node, cm_take(&change), "peer_invited", NULL, person, report);
	if (r != CM_OK)
		return r;
	cm_invitation_write(&invitation, ret_code);
	*ret_expires = row.expires;
	cm_mem_wipe(&invitation, sizeof invitation);
	return CM_OK;
}

cm_result
cm_peering_keep(struct cm_node *node, const struct cm_reader_card *card, struct cm_view card_bytes, const char *state,
                const char *address, struct cm_report *report)
{
	char folder[CM_FILE_PATH + 128], path[CM_FILE_PATH + 160];
	struct cm_buf CM_CLEANUP(cm_buf_fini) pem = cm_buf_of(CM_LIMIT_CARD_BYTES_VALUE);
	struct cm_peer peer;
	cm_result r = cm_peers_of_card(card, state, address, report, &peer);
	snprintf(folder, sizeof folder, "%s/peers/%s", node->home, card->identity.node);
	if (r == CM_OK)
		r = cm_dir_make(folder, 0700, report);
	if (r == CM_OK)
		r = cm_x509_pem_write(card->sign_certificate, "CERTIFICATE", &pem);
	if (r == CM_OK) // after a change of its key the root leads to it; whose chain it is, is judged by name
		r = cm_x509_pem_write(card->state_certificate, "CERTIFICATE", &pem);
	snprintf(path, sizeof path, "%s/authority.pem", folder);
	if (r == CM_OK)
		r = cm_file_replace(path, 0600, cm_buf_view(&pem), report);
	snprintf(path, sizeof path, "%s/card.json", folder);
	if (r == CM_OK)
		r = cm_file_replace(path, 0600, card_bytes, report);
	if (r == CM_OK) {
		peer.card = cm_hash_of(card_bytes);
		r = cm_peers_put(&node->peers, &peer);
	}
	return r;
}

// Is this the invitation's holder? A wrong MAC costs one of five tries.
static cm_result
cm_peering_judge_commit(struct cm_node *node, const struct cm_store_peer *row, const struct cm_invitation_commit *m,
                        const struct cm_peering_state *state, struct cm_report *report)
{
	struct cm_instant now = cm_clock_utc();
	struct cm_hash card = cm_hash_of(m->card);
	struct cm_hash want = cm_peering_mac(state->secret, "comity-invited-v1", &node->card_sha256, &card, m->commitment);
	if (now.us > row->expires.us || row->tries >= CM_LIMIT_INVITATION_TRIES_VALUE || !cm_view_is(row->state, "invited"))
		return cm_report_refuse(report, CM_ERROR_INVITATION_UNKNOWN, "commit", "%s", "");
	if (cm_secret_equal(cm_hash_view(&want), cm_view_of(m->mac, sizeof m->mac)))
		return CM_OK;
	struct cm_change CM_CLEANUP(cm_change_free_at) *change = cm_change_new(now);
	struct cm_store_peer tried = *row;
	tried.tries++;
	if (change != NULL) {
		cm_change_peer(change, &tried);
		cm_result_ignore(cm_store_submit_wait(node->store, cm_take(&change), NULL, NULL, NULL), "refused anyway");
	}
	return cm_report_refuse(report, CM_ERROR_INVITATION_UNKNOWN, "commit", "%s", "");
}

cm_result
cm_peering_take_commit(struct cm_node *node, struct cm_view bytes, struct cm_report *report, struct cm_buf *ret_answer)
{
	struct cm_invitation_commit m;
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_peer *row = NULL;
	struct cm_peering_state state;
	struct cm_reader_card CM_CLEANUP(cm_reader_card_fini) card = {.title = ""};
	struct cm_buf CM_CLEANUP(cm_buf_fini) kept = cm_buf_of_secret(512);
	char name[64];
	CM_MUTEX_HOLD(&node->peering_lock);
	cm_result r = cm_invitation_commit_read(bytes, report, &m);
	if (r != CM_OK)
		return r;
	cm_peering_row_name(m.id, name);
	r = cm_store_peer(node->store, cm_view_text(name), report, &page, &row);
	if (r == CM_OK && (row == NULL || !cm_peering_state_read(row->secret, &state)))
		r = cm_report_refuse(report, CM_ERROR_INVITATION_UNKNOWN, "commit", "%s", "");
	if (r == CM_OK)
		r = cm_peering_judge_commit(node, row, &m, &state, report);
	if (r == CM_OK)
		r = cm_reader_client_card(&node->reader, m.card, cm_clock_utc(), report, &card);
	if (r == CM_OK)
		r = cm_peering_free_name(node, card.identity.node, report);
	if (r == CM_OK)
		r = cm_rand_bytes(state.own_nonce, sizeof state.own_nonce, report);
	struct cm_change CM_CLEANUP(cm_change_free_at) *change = cm_change_new(cm_clock_utc());
	if (r != CM_OK || change == NULL)
		return r != CM_OK ? r : CM_NOMEM;
	memcpy(state.other_commitment, m.commitment, sizeof state.other_commitment);
	cm_peering_state_write(&state, &kept);
	struct cm_store_peer next = *row;
	next.state = cm_view_text("committed");
	next.card = m.card;
	next.address = m.address;
	next.secret = cm_buf_view(&kept);
	cm_change_peer(change, &next);
	r = cm_store_submit_wait(node->store, cm_take(&change), report, NULL, NULL);
	if (r != CM_OK)
		return r;
	struct cm_hash commitment = cm_hash_of(cm_view_of(state.own_nonce, 32)), theirs = cm_hash_of(m.card);
	struct cm_hash mac = cm_peering_mac(state.secret, "comity-inviter-v1", &node->card_sha256, &theirs, commitment.b);
	cm_buf_view_add(ret_answer, cm_hash_view(&commitment));
	cm_buf_view_add(ret_answer, cm_hash_view(&mac));
	return cm_buf_result(ret_answer);
}

// Both nonces are open now: words, and the row gets the peer's own name.
static cm_result
cm_peering_finish_reveal(struct cm_node *node, const struct cm_store_peer *row, const struct cm_invitation_reveal *m,
                         struct cm_peering_state *state, struct cm_report *report)
{
	struct cm_reader_card CM_CLEANUP(cm_reader_card_fini) card = {.title = ""};
	struct cm_buf CM_CLEANUP(cm_buf_fini) kept = cm_buf_of_secret(512);
	struct cm_instant now = cm_clock_utc();
	struct cm_change CM_CLEANUP(cm_change_free_at) *change = cm_change_new(now);
	struct cm_peering_transcript t = {.inviter_card = node->card_sha256, .invited_card = cm_hash_of(row->card)};
	memcpy(t.inviter_nonce, state->own_nonce, 32);
	memcpy(t.invited_nonce, m->nonce, 32);
	cm_peering_words(&t, state->words);
	cm_result r = change == NULL ? CM_NOMEM : cm_reader_client_card(&node->reader, row->card, now, report, &card);
	if (r == CM_OK)
		r = cm_peering_free_name(node, card.identity.node, report); // it may have been taken since the commit
	if (r != CM_OK)
		return r;
	char address[CM_INVITATION_ADDRESS];
	snprintf(address, sizeof address, "%.*s", CM_VIEW_ARG(row->address));
	memset(state->secret, 0, sizeof state->secret);
	cm_peering_state_write(state, &kept);
	struct cm_store_artifact artifact = {
	        .direction = CM_STORE_IN,
	        .peer = cm_view_text(card.identity.node),
	        .media = cm_view_text("card"),
	        .name = cm_view_text(card.identity.node),
	        .at = now,
	        .bytes = row->card,
	};
	struct cm_store_peer peer = {
	        .node = cm_view_text(card.identity.node),
	        .state = cm_view_text("words"),
	        .title = cm_view_text(card.title),
	        .address = cm_view_text(address),
	        .card = row->card,
	        .secret = cm_buf_view(&kept),
	        .created = row->created,
	        .changed = now,
	        .expires = row->expires,
	};
	cm_change_artifact(change, &artifact);
	cm_change_peer(change, &peer);
	cm_change_peer_remove(change, row->node);
	r = cm_peering_submit(node, cm_take(&change), "peer_accepted", card.identity.node, NULL, report);
	return r == CM_OK ? cm_peering_keep(node, &card, row->card, "words", address, report) : r;
}

cm_result
cm_peering_take_reveal(struct cm_node *node, struct cm_view bytes, struct cm_report *report, struct cm_buf *ret_answer)
{
	struct cm_invitation_reveal m;
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_peer *row = NULL;
	struct cm_peering_state state;
	char name[64];
	CM_MUTEX_HOLD(&node->peering_lock);
	cm_result r = cm_invitation_reveal_read(bytes, report, &m);
	if (r != CM_OK)
		return r;
	cm_peering_row_name(m.id, name);
	r = cm_store_peer(node->store, cm_view_text(name), report, &page, &row);
	if (r == CM_OK && (row == NULL || !cm_view_is(row->state, "committed") || cm_clock_utc().us > row->expires.us ||
	                   !cm_peering_state_read(row->secret, &state)))
		r = cm_report_refuse(report, CM_ERROR_INVITATION_UNKNOWN, "reveal", "%s", "");
	if (r != CM_OK)
		return r;
	struct cm_hash commitment = cm_hash_of(cm_view_of(m.nonce, 32));
	if (!cm_secret_equal(cm_hash_view(&commitment), cm_view_of(state.other_commitment, 32)))
		return cm_report_refuse(report, CM_ERROR_HANDSHAKE_NONCE, "reveal", "%s", "");
	cm_buf_add(ret_answer, state.own_nonce, 32);
	return cm_peering_finish_reveal(node, row, &m, &state, report);
}

// Has it words that people have to compare, and are they still good?
static bool
cm_peering_waits(const struct cm_store_peer *row, struct cm_instant now)
{
	return cm_view_is(row->state, "words") && now.us <= row->expires.us;
}

cm_result
cm_peering_confirm(struct cm_node *node, const char *name, const char *person, struct cm_report *report)
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_peer *row = NULL;
	struct cm_reader_card CM_CLEANUP(cm_reader_card_fini) card = {.title = ""};
	struct cm_instant now = cm_clock_utc();
	struct cm_change CM_CLEANUP(cm_change_free_at) *change = cm_change_new(now);
	char address[256];
	CM_MUTEX_HOLD(&node->peering_lock);
	cm_result r = change == NULL ? CM_NOMEM : cm_store_peer(node->store, cm_view_text(name), report, &page, &row);
	if (r == CM_OK && (row == NULL || (!cm_peering_waits(row, now) && !cm_view_is(row->state, "confirmed"))))
		r = cm_report_refuse(report, CM_ERROR_PEER_UNKNOWN, "peer", "%s", name);
	if (r == CM_OK)
		r = cm_reader_client_card(&node->reader, row->card, now, report, &card);
	if (r != CM_OK)
		return r;
	snprintf(address, sizeof address, "%.*s", CM_VIEW_ARG(row->address));
	struct cm_store_peer peer = *row;
	peer.state = cm_view_text("confirmed");
	peer.changed = now;
	struct cm_store_artifact artifact = {.direction = CM_STORE_LOCAL,
	        .peer = row->node,
	        .media = cm_view_text("card"),
	        .name = row->node,
	        .at = now,
	        .bytes = row->card};
	cm_change_artifact(change, &artifact);
	cm_change_peer(change, &peer);
	r = cm_peering_submit(node, cm_take(&change), "peer_confirmed", name, person, report);
	return r == CM_OK ? cm_peering_keep(node, &card, row->card, "confirmed", address, report) : r;
}

cm_result
cm_peering_free_name(struct cm_node *node, const char *name, struct cm_report *report)
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_peer *row = NULL;
	cm_result r = cm_store_peer(node->store, cm_view_text(name), report, &page, &row);
	if (r != CM_OK)
		return r;
	if (strcmp(name, node->name.whole) == 0 || (row != NULL && cm_view_is(row->state, "confirmed")))
		return cm_report_refuse(report, CM_ERROR_PEER_EXISTS, "peer", "%s", name);
	// Words that people are comparing just now do not become those of another card.
	if (row != NULL && cm_peering_waits(row, cm_clock_utc()))
		return cm_report_refuse(report, CM_ERROR_PEER_WAITS, "peer", "%s", name);
	return CM_OK;
}

cm_result
cm_peering_end(struct cm_node *node, const char *name, const char *person, struct cm_report *report)
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_peer *row = NULL;
	struct cm_instant now = cm_clock_utc();
	struct cm_change CM_CLEANUP(cm_change_free_at) *change = cm_change_new(now);
	CM_AUTO struct cm_peer *known = cm_mem_new(sizeof *known);
	CM_MUTEX_HOLD(&node->peering_lock);
	cm_result r = change == NULL || known == NULL
	                      ? CM_NOMEM
	                      : cm_store_peer(node->store, cm_view_text(name), report, &page, &row);
	if (r == CM_OK && (row == NULL || cm_view_is(row->state, "ended")))
		r = cm_report_refuse(report, CM_ERROR_PEER_UNKNOWN, "peer", "%s", name);
	if (r != CM_OK)
		return r;
	struct cm_store_peer peer = *row;
	peer.state = cm_view_text("ended");
	peer.changed = now;
	cm_change_peer(change, &peer);
	struct cm_act_values act;
	memset(&act, 0, sizeof act);
	cm_act_set(&act, CM_ACT_FIELD_TYPE, cm_view_text("peer_ended"));
	cm_act_set(&act, CM_ACT_FIELD_PEER, cm_view_text(name));
	cm_act_set(&act, CM_ACT_FIELD_PERSON, cm_view_text(person));
	cm_change_act(change, &act);
	r = cm_store_submit_wait(node->store, cm_take(&change), report, NULL, NULL);
	if (r != CM_OK || !cm_peers_find(&node->peers, name, known))
		return r;
	snprintf(known->state, sizeof known->state, "ended");
	return cm_peers_put(&node->peers, known);
}
