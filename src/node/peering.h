// How two nodes become peers (doc/spec/peer.md): invitation code, card pinned by hash, proof under the secret, nonces
// committed before they are shown, comparison words, confirmation by people. Source: peering.c (inviter and both),
// peering_accept.c (invited), peering_renew.c (the card of a peer that was renewed).
#ifndef CM_NODE_PEERING_H
#define CM_NODE_PEERING_H

#include "format/invitation.h"
#include "node/node.h"

#define CM_PEERING_WORDS 96

// What the row of a pairing keeps (store: peer.secret).
struct cm_peering_state {
	uint8_t secret[CM_INVITATION_SECRET];
	uint8_t own_nonce[32];
	uint8_t other_commitment[32];
	char words[CM_PEERING_WORDS];
};
void cm_peering_state_write(const struct cm_peering_state *state, struct cm_buf *to);
bool cm_peering_state_read(struct cm_view v, struct cm_peering_state *ret_state);

// Names the invitation without giving the secret away.
void cm_peering_id(const uint8_t secret[CM_INVITATION_SECRET], uint8_t ret_id[16]);
// MAC of one side's first message: label, both cards, the commitment.
struct cm_hash cm_peering_mac(const uint8_t secret[CM_INVITATION_SECRET], const char *label,
                              const struct cm_hash *inviter_card, const struct cm_hash *invited_card,
                              const uint8_t commitment[32]);
// The six words: of both cards and both nonces, inviter's first.
struct cm_peering_transcript {
	struct cm_hash inviter_card, invited_card;
	uint8_t inviter_nonce[32], invited_nonce[32];
};
void cm_peering_words(const struct cm_peering_transcript *transcript, char ret_words[CM_PEERING_WORDS]);

// -- admin: makes an invitation and its code.
CM_CHECKED cm_result cm_peering_invite(struct cm_node *node, const char *person, struct cm_report *report,
                                       char ret_code[CM_INVITATION_TEXT], struct cm_instant *ret_expires);
// -- admin: takes a code: the whole handshake. The peer's name and the words.
CM_CHECKED cm_result cm_peering_accept(struct cm_node *node, struct cm_view code, const char *person,
                                       struct cm_report *report, char ret_peer[CM_X509_NODE],
                                       char ret_words[CM_PEERING_WORDS]);
// -- admin: the words are the same.
CM_CHECKED cm_result cm_peering_confirm(struct cm_node *node, const char *peer, const char *person,
                                        struct cm_report *report);

// -- admin: nothing more is taken from this peer, confirmed or not; a new invitation begins anew.
CM_CHECKED cm_result cm_peering_end(struct cm_node *node, const char *peer, const char *person,
                                    struct cm_report *report);

// Asks a confirmed peer for its card, and takes it in place of the pinned one when it is a newer one of the same keys under the
// same State root. Nothing happens when it is the one we have. Refused: peer_card (other keys, another root).
CM_CHECKED cm_result cm_peering_renew(struct cm_node *node, const char *peer, struct cm_report *report);

// One call to another node. `anchor` is the file with the certificate that its TLS chain must lead to; NULL: nothing is proven.
CM_CHECKED cm_result cm_peering_call(struct cm_node *node, const char *url, const char *anchor, struct cm_view body,
                                     struct cm_report *report, struct cm_buf *answer);

// May a card of this name come in? Refused: peer_exists, peer_waits. The caller holds peering_lock.
CM_CHECKED cm_result cm_peering_free_name(struct cm_node *node, const char *name, struct cm_report *report);

// -- peer listener: the inviter's answers to the two messages.
CM_CHECKED cm_result cm_peering_take_commit(struct cm_node *node, struct cm_view bytes, struct cm_report *report,
                                            struct cm_buf *ret_answer);
CM_CHECKED cm_result cm_peering_take_reveal(struct cm_node *node, struct cm_view bytes, struct cm_report *report,
                                            struct cm_buf *ret_answer);

// Writes HOME/peers/<node>/card.json and authority.pem (its certificate, and its State's root), and puts the peer into memory.
CM_CHECKED cm_result cm_peering_keep(struct cm_node *node, const struct cm_reader_card *card, struct cm_view card_bytes,
                                     const char *state, const char *address, struct cm_report *report);

#endif
