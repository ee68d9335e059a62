// Is a message signed by this peer? By the key on the pinned card; by an earlier one of its keys, as long as its State's list lets
// that one speak; or by a newer one, whose card is fetched then. Source: peer_key.c; doc/spec/directory.md, section 8.
#ifndef CM_NODE_PEER_KEY_H
#define CM_NODE_PEER_KEY_H

#include "node/node.h"

// `peer` is a copy of the confirmed peer's row, and the newer one when its card was fetched for this message. May wait for a call
// to the peer, at most one in CM_LIMIT_PEER_CARD_S_VALUE. Refused: jws_signature, and what its form is refused for.
CM_CHECKED cm_result cm_peer_key_verify(struct cm_node *node, const struct cm_hi1_message *m, struct cm_peer *peer,
                                        struct cm_report *report);

#endif
