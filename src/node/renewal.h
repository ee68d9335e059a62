// What a running node renews by itself: its TLS certificate, and the cards of its peers when those were renewed; and what it
// warns of: the end of its own card, which only the State's root can renew. One thread. Source: renewal.c; doc/spec/keys.md,
// section 2.
#ifndef CM_NODE_RENEWAL_H
#define CM_NODE_RENEWAL_H

#include "node/node.h"

struct cm_renewal;

// Begins to watch the certificate that the peer listener serves.
CM_CHECKED cm_result cm_renewal_start(struct cm_node *node, struct cm_report *report, struct cm_renewal **ret_renewal);
void cm_renewal_stop(struct cm_renewal *renewal);

// Does a card, or a certificate on it, end so soon that people have to act?
bool cm_renewal_near(const struct cm_identity *identity);
#define CM_RENEWAL_WARNING                                                                                             \
	"the authority certificate or the card ends soon: stop the node and run comity renew with the State root's folder"

#endif
