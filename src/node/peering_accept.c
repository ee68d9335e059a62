// Knows: the invited side's half of the handshake: fetch the card, check that it is the one the code names, prove ours,
// exchange nonces. Does not know: the inviter's half (peering.c).
#include "node/peering.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/tab_limit.h"
#include "crypto/secret.h"
#include "os/clock.h"
#include "os/rand.h"

cm_result
cm_peering_call(struct cm_node *node, const char *url, const char *anchor, struct cm_view body, struct cm_report *report,
                struct cm_buf *answer)
{
	unsigned status = 0;
	struct cm_client_request request = {
	        .url = url,
	        .anchor_file = anchor,
	        .unproven = anchor == NULL,
	        .content_type = body.n == 0 ? NULL : "application/octet-stream",
	        .body = body,
	        .deadline_us = CM_LIMIT_HI1_ANSWER_MS_VALUE * INT64_C(1000),
	};
	cm_result r = cm_client_wait(node->client, &request, report, answer, &status);
	if (r == CM_OK && status != 200)
		r = cm_report_refuse(report, CM_ERROR_INVITATION_REFUSED, url, "HTTP %u", status);
	return r;
}

// The first contact cannot know whom to believe: the card comes unprotected and is believed by its hash alone.
static cm_result
cm_peering_fetch_card(struct cm_node *node, const struct cm_invitation *invitation, struct cm_report *report,
                      struct cm_buf *card)
{
	char url[CM_INVITATION_ADDRESS + 32];
	snprintf(url, sizeof url, "https://%s/card", invitation->address);
	cm_result r = cm_peering_call(node, url, NULL, cm_view_of(NULL, 0), report, card);
	if (r != CM_OK)
		return r;
	struct cm_hash sha256 = cm_hash_of(cm_buf_view(card));
	if (!cm_view_equal(cm_hash_view(&sha256), cm_view_of(invitation->card, 32)))
		return cm_report_refuse(report, CM_ERROR_INVITATION_CARD, invitation->address, "%s", "");
	return CM_OK;
}

struct cm_peering_talk {
	struct cm_node *node;
	const struct cm_invitation *invitation;
	char anchor[CM_FILE_PATH + 192];
	struct cm_hash their_card;
	struct cm_peering_transcript transcript;
};

// Commitments cross.
static cm_result
cm_peering_commit(struct cm_peering_talk *talk, uint8_t ret_their_commitment[32], struct cm_report *report)
{
	struct cm_node *node = talk->node;
	struct cm_buf CM_CLEANUP(cm_buf_fini) body = cm_buf_of(CM_LIMIT_CARD_BYTES_VALUE * 2);
	struct cm_buf CM_CLEANUP(cm_buf_fini) answer = cm_buf_of(CM_LIMIT_CARD_BYTES_VALUE);
	const char *address = strstr(node->endpoint, "://");
	struct cm_invitation_commit m = {
	        .card = cm_buf_view(&node->card), .address = cm_view_text(address == NULL ? "" : address + 3)};
	char url[CM_INVITATION_ADDRESS + 32];
	struct cm_hash commitment = cm_hash_of(cm_view_of(talk->transcript.invited_nonce, 32));
	cm_peering_id(talk->invitation->secret, m.id);
	memcpy(m.commitment, commitment.b, 32);
	struct cm_hash mac = cm_peering_mac(talk->invitation->secret, "comity-invited-v1", &talk->their_card,
	                                    &node->card_sha256, m.commitment);
	memcpy(m.mac, mac.b, 32);
	cm_invitation_commit_write(&body, &m);
	snprintf(url, sizeof url, "https://%s/peer/v1/commit", talk->invitation->address);
	cm_result r = cm_peering_call(node, url, talk->anchor, cm_buf_view(&body), report, &answer);
	if (r != CM_OK)
		return r;
	if (answer.n != 64)
		return cm_report_refuse(report, CM_ERROR_HANDSHAKE_MALFORMED, "commit", "%zu bytes", answer.n);
	struct cm_hash want = cm_peering_mac(talk->invitation->secret, "comity-inviter-v1", &talk->their_card,
	                                     &node->card_sha256, answer.p);
	if (!cm_secret_equal(cm_hash_view(&want), cm_view_of(answer.p + 32, 32)))
		return cm_report_refuse(report, CM_ERROR_HANDSHAKE_NONCE, "commit", "%s", "MAC");
	memcpy(ret_their_commitment, answer.p, 32);
	return CM_OK;
}

static cm_result
cm_peering_reveal(struct cm_peering_talk *talk, const uint8_t their_commitment[32], struct cm_report *report)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) body = cm_buf_of(256);
	struct cm_buf CM_CLEANUP(cm_buf_fini) answer = cm_buf_of(CM_LIMIT_CARD_BYTES_VALUE);
	struct cm_invitation_reveal m;
	char url[CM_INVITATION_ADDRESS + 32];
	cm_peering_id(talk->invitation->secret, m.id);
	memcpy(m.nonce, talk->transcript.invited_nonce, 32);
	cm_invitation_reveal_write(&body, &m);
	snprintf(url, sizeof url, "https://%s/peer/v1/reveal", talk->invitation->address);
	cm_result r = cm_peering_call(talk->node, url, talk->anchor, cm_buf_view(&body), report, &answer);
	if (r != CM_OK)
		return r;
	struct cm_hash commitment = cm_hash_of(cm_buf_view(&answer));
	if (answer.n != 32 || !cm_secret_equal(cm_hash_view(&commitment), cm_view_of(their_commitment, 32)))
		return cm_report_refuse(report, CM_ERROR_HANDSHAKE_NONCE, "reveal", "%s", "");
	memcpy(talk->transcript.inviter_nonce, answer.p, 32);
	return CM_OK;
}

static cm_result
cm_peering_accept_keep(struct cm_peering_talk *talk, const struct cm_reader_card *card, struct cm_view bytes,
                       const char *person, struct cm_report *report, char ret_words[CM_PEERING_WORDS])
{
	struct cm_node *node = talk->node;
	struct cm_instant now = cm_clock_utc();
	struct cm_change CM_CLEANUP(cm_change_free_at) *change = cm_change_new(now);
	struct cm_buf CM_CLEANUP(cm_buf_fini) kept = cm_buf_of_secret(512);
	struct cm_peering_state state = {.words = ""};
	struct cm_act_values act;
	CM_MUTEX_HOLD(&node->peering_lock);
	cm_result r = change == NULL ? CM_NOMEM : cm_peering_free_name(node, card->identity.node, report);
	if (r != CM_OK)
		return r;
	cm_peering_words(&talk->transcript, state.words);
	cm_peering_state_write(&state, &kept);
	struct cm_view name = cm_view_text(card->identity.node);
	struct cm_store_artifact artifact = {
	        .direction = CM_STORE_IN, .peer = name, .media = cm_view_text("card"), .name = name, .at = now, .bytes = bytes};
	struct cm_store_peer peer = {
	        .node = name,
	        .state = cm_view_text("words"),
	        .title = cm_view_text(card->title),
	        .address = cm_view_text(talk->invitation->address),
	        .card = bytes,
	        .secret = cm_buf_view(&kept),
	        .created = now,
	        .changed = now,
	        .expires = {.us = now.us + CM_LIMIT_INVITATION_HOURS_VALUE * 3600 * CM_INSTANT_SECOND},
	};
	memset(&act, 0, sizeof act);
	cm_act_set(&act, CM_ACT_FIELD_TYPE, cm_view_text("peer_accepted"));
	cm_act_set(&act, CM_ACT_FIELD_PEER, name);
	cm_act_set(&act, CM_ACT_FIELD_ARTIFACT, cm_view_text("$artifact"));
	cm_act_set(&act, CM_ACT_FIELD_PERSON, cm_view_text(person));
	cm_change_artifact(change, &artifact);
	cm_change_peer(change, &peer);
	cm_change_act(change, &act);
	r = cm_store_submit_wait(node->store, cm_take(&change), report, NULL, NULL);
	if (r == CM_OK)
		r = cm_peering_keep(node, card, bytes, "words", talk->invitation->address, report);
	if (r == CM_OK)
		snprintf(ret_words, CM_PEERING_WORDS, "%s", state.words);
	return r;
}

cm_result
cm_peering_accept(struct cm_node *node, struct cm_view code, const char *person, struct cm_report *report,
                  char ret_peer[CM_X509_NODE], char ret_words[CM_PEERING_WORDS])
{
	struct cm_invitation invitation;
	struct cm_buf CM_CLEANUP(cm_buf_fini) bytes = cm_buf_of(CM_LIMIT_CARD_BYTES_VALUE);
	struct cm_buf CM_CLEANUP(cm_buf_fini) pem = cm_buf_of(CM_LIMIT_CARD_BYTES_VALUE);
	struct cm_reader_card CM_CLEANUP(cm_reader_card_fini) card = {.title = ""};
	struct cm_peering_talk talk = {.node = node, .invitation = &invitation};
	uint8_t commitment[32];
	cm_result r = cm_invitation_read(code, report, &invitation);
	if (r == CM_OK)
		r = cm_peering_fetch_card(node, &invitation, report, &bytes);
	if (r == CM_OK)
		r = cm_reader_client_card(&node->reader, cm_buf_view(&bytes), cm_clock_utc(), report, &card);
	if (r == CM_OK)
		r = cm_x509_pem_write(card.sign_certificate, "CERTIFICATE", &pem);
	snprintf(talk.anchor, sizeof talk.anchor, "%s/run/invitation-%s.pem", node->home, card.identity.node);
	if (r == CM_OK)
		r = cm_file_replace(talk.anchor, 0600, cm_buf_view(&pem), report);
	talk.their_card = cm_hash_of(cm_buf_view(&bytes));
	talk.transcript.inviter_card = talk.their_card;
	talk.transcript.invited_card = node->card_sha256;
	if (r == CM_OK)
		r = cm_rand_bytes(talk.transcript.invited_nonce, 32, report);
	if (r == CM_OK)
		r = cm_peering_commit(&talk, commitment, report);
	if (r == CM_OK)
		r = cm_peering_reveal(&talk, commitment, report);
	if (r == CM_OK)
		r = cm_peering_accept_keep(&talk, &card, cm_buf_view(&bytes), person, report, ret_words);
	cm_result_ignore(cm_file_remove(talk.anchor, NULL), "a leftover anchor is harmless");
	if (r == CM_OK)
		snprintf(ret_peer, CM_X509_NODE, "%s", card.identity.node);
	cm_mem_wipe(&invitation, sizeof invitation);
	return r;
}
