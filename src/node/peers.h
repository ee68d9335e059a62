// The peers of a running node, kept in memory: what their pinned cards bind, so that no message has to read a card again.
// Source: peers.c.
#ifndef CM_NODE_PEERS_H
#define CM_NODE_PEERS_H

#include "node/reader_message.h"
#include "os/thread.h"
#include "store/read.h"

#define CM_PEER_FORMER 4
#define CM_PEERS_STATE 16 // bytes with NUL

struct cm_peer {
	struct cm_identity identity;
	struct cm_key_public former[CM_PEER_FORMER]; // its signing keys before, newest first: what they sign is heard by the State's list
	size_t former_n;
	int64_t asked; // monotonic: when its card was asked for last because of a message, 0 never
	char state[CM_PEERS_STATE]; // "words", "confirmed", "ended"; "listed" (listed.h), which nobody pinned
	char title[200];
	char address[256]; // HOST:PORT of its peer listener
	char endpoint[256];
	struct cm_hash card;
	uint8_t root_der[CM_LIMIT_PEER_CERTIFICATE_VALUE]; // its State root
	size_t root_n;
};

struct cm_peers {
	struct cm_mutex lock;
	struct cm_peer *list;
	size_t n, room;
	// TLS certificates judged lately: SHA-256 of the leaf, for which peer, until when.
	struct {
		struct cm_hash leaf;
		char node[CM_X509_NODE];
		struct cm_instant until;
	} seen[64];
	size_t next_seen;
	char wrote[CM_X509_NODE]; // whom we asked last: the next request will probably go there too
};

void cm_peers_init(struct cm_peers *peers);
void cm_peers_fini(struct cm_peers *peers);

// Reads every peer of the store and its card (by the message reader).
CM_CHECKED cm_result cm_peers_load(struct cm_peers *peers, struct cm_store *store, struct cm_reader_client *reader,
                                   struct cm_report *report);

// The next confirmed peer in the order of names after `after` ("" at first) whose card ends before `before`.
bool cm_peers_ending(struct cm_peers *peers, const char *after, struct cm_instant before, char ret_node[CM_X509_NODE]);

// True once in CM_LIMIT_PEER_CARD_S_VALUE for each peer: its card may be asked for.
bool cm_peers_may_ask(struct cm_peers *peers, const char *node);

// Adds or replaces one; another signing key than before makes that one a former key.
CM_CHECKED cm_result cm_peers_put(struct cm_peers *peers, const struct cm_peer *peer);

// A copy of the peer's row; false when there is none. `confirmed_only` leaves out those whose words are not confirmed.
bool cm_peers_find(struct cm_peers *peers, const char *node, struct cm_peer *ret_peer);
bool cm_peers_confirmed(struct cm_peers *peers, const char *node, struct cm_peer *ret_peer);

// In which state a node is; untouched when it is none that is known.
void cm_peers_state(struct cm_peers *peers, const char *node, char ret_state[CM_PEERS_STATE]);

// How many of the State of `node` are in this state.
size_t cm_peers_count(struct cm_peers *peers, const char *node, const char *state);

// Whom a request went to last, "" at first; and that it went to `node`.
void cm_peers_wrote(struct cm_peers *peers, char ret_node[CM_X509_NODE]);
void cm_peers_write(struct cm_peers *peers, const char *node);

// Which confirmed peer showed these TLS certificates (leaf first)? Refused: peer_unknown, and what the chain is refused for.
CM_CHECKED cm_result cm_peers_by_tls(struct cm_peers *peers, const struct cm_view *der, size_t n, struct cm_instant now,
                                     struct cm_report *report, struct cm_peer *ret_peer);

// From a card that was read. Refused: peer_certificate (too large).
CM_CHECKED cm_result cm_peers_of_card(const struct cm_reader_card *card, const char *state, const char *address,
                                      struct cm_report *report, struct cm_peer *ret_peer);

#endif
