// What a running node renews by itself: its TLS certificate. One thread. Source: renewal.c; doc/spec/keys.md, section 2.
#ifndef CM_NODE_RENEWAL_H
#define CM_NODE_RENEWAL_H

#include "node/node.h"

struct cm_renewal;

// Begins to watch the certificate that the peer listener serves.
CM_CHECKED cm_result cm_renewal_start(struct cm_node *node, struct cm_report *report, struct cm_renewal **ret_renewal);
void cm_renewal_stop(struct cm_renewal *renewal);

#endif
