// The invitation between two nodes that do not know one another yet, and the four small messages of the handshake
// that follows (doc/spec/peer.md). Shapes only: secrets, MACs and comparison words are judged in node/peering.
#ifndef CM_FORMAT_INVITATION_H
#define CM_FORMAT_INVITATION_H

#include "base/buf.h"
#include "base/report.h"

#define CM_INVITATION_ADDRESS 256 // bytes with NUL: "host:port"
#define CM_INVITATION_SECRET 16
#define CM_INVITATION_TEXT 512 // longest code with its NUL

// What an invitation code says. The inviter's card is named by hash, so that nobody can put another in its place.
struct cm_invitation {
	char address[CM_INVITATION_ADDRESS]; // where the inviter's peer listener is reached
	uint8_t card[32];                    // SHA-256 of the inviter's identity card
	uint8_t secret[CM_INVITATION_SECRET];
};

// The code: "comity1-" and base64url. Written into `to` (CM_INVITATION_TEXT bytes); returns `to`.
char *cm_invitation_write(const struct cm_invitation *invitation, char *to);

// Refuses (invitation_malformed) whatever is not exactly such a code.
CM_CHECKED cm_result cm_invitation_read(struct cm_view code, struct cm_report *report,
                                        struct cm_invitation *ret_invitation);

// Message 1, invited to inviter: who comes, bound to the secret, and the commitment to a nonce.
struct cm_invitation_commit {
	uint8_t id[16];         // names the invitation without giving the secret away
	uint8_t commitment[32]; // SHA-256 of the nonce that follows
	uint8_t mac[32];        // HMAC-SHA-256 under the secret
	struct cm_view card;    // the invited node's identity card, exact bytes
	struct cm_view address; // "host:port" of its peer listener
};

void cm_invitation_commit_write(struct cm_buf *to, const struct cm_invitation_commit *message);
CM_CHECKED cm_result cm_invitation_commit_read(struct cm_view bytes, struct cm_report *report,
                                               struct cm_invitation_commit *ret_message);

// Messages 2 to 4 are fixed: 32 bytes of commitment and 32 of MAC (inviter), 16 bytes of id and 32 of nonce
// (invited), 32 bytes of nonce (inviter).
struct cm_invitation_reveal {
	uint8_t id[16];
	uint8_t nonce[32];
};

void cm_invitation_reveal_write(struct cm_buf *to, const struct cm_invitation_reveal *message);
CM_CHECKED cm_result cm_invitation_reveal_read(struct cm_view bytes, struct cm_report *report,
                                               struct cm_invitation_reveal *ret_message);

#endif
