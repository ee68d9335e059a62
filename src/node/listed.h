// An authority that nobody has compared words with, but for which its State's list vouches now: it gets preservation, and nothing is
// disclosed to it (doc/spec/directory.md, section 9). It is a peer in the state "listed", which nobody pinned: its keys follow from
// the list and from the certificates that it shows, each time anew. Source: listed.c.
#ifndef CM_NODE_LISTED_H
#define CM_NODE_LISTED_H

#include "node/node.h"

#define CM_LISTED "listed" // the state of such a peer, how it stands, and how the register marks what comes from it

bool cm_listed_is(const struct cm_peer *peer);

// The authority of this name, by the lists alone: title, address, roles; keys only as far as a card was fetched before. Refused:
// peer_unknown, with the word that says why: also when a person ended it.
CM_CHECKED cm_result cm_listed_find(struct cm_node *node, const char *name, struct cm_report *report,
                                    struct cm_peer *ret_peer);

// Who showed these TLS certificates (leaf first): a confirmed peer (cm_peers_by_tls), or a listed one with the key that signs for
// it. Refused: peer_unknown, and what a chain is refused for.
CM_CHECKED cm_result cm_listed_by_tls(struct cm_node *node, const struct cm_view *der, size_t n, struct cm_instant now,
                                      struct cm_report *report, struct cm_peer *ret_peer);

// Writes the roots of its State to HOME/peers/<node>/listed.pem, from which a TLS connection to it is trusted, and tells the path.
CM_CHECKED cm_result cm_listed_anchor(struct cm_node *node, const char *name, struct cm_report *report,
                                      char ret_path[CM_FILE_PATH + 128]);

// Is there room for one more request of it, by the rows listed_authorities and listed_requests of data/limits.tab? *ret_full is
// NULL, or says which of them is reached. Messages that are being taken at the same time are not counted.
CM_CHECKED cm_result cm_listed_room(struct cm_node *node, const struct cm_peer *peer, struct cm_report *report,
                                    const char **ret_full);

// Its first message: the row goes with the change (nothing when there is one), and into memory when the change was submitted.
void cm_listed_put(struct cm_node *node, const struct cm_peer *peer, struct cm_instant now, struct cm_change *change);
CM_CHECKED cm_result cm_listed_remember(struct cm_node *node, const struct cm_peer *peer);

// Before we write to it: fetches its card when there is none, and keeps it when the State's list vouches for it, for receipts are
// proved by the key on it. A card that cannot be had stops nothing.
CM_CHECKED cm_result cm_listed_meet(struct cm_node *node, struct cm_peer *peer, struct cm_report *report);

#endif
