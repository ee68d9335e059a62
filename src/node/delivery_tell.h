// Telling the deliverer what became of its evidence (06-delivery-received of the profile's messages). Source:
// delivery_tell.c.
#ifndef CM_NODE_DELIVERY_TELL_H
#define CM_NODE_DELIVERY_TELL_H

#include "node/node.h"

struct cm_delivery_tell {
	const struct cm_store_delivery *row; // of the other node: we are the registrar
	const char *status;                  // "Received", "Acknowledged", "Error"
	const char *words;                   // for people
	struct cm_view detail;               // of the state: a digest
};

// Signs and queues UPDATE and Notification: durable on return, on its way afterwards.
CM_CHECKED cm_result cm_delivery_tell(struct cm_node *node, const struct cm_delivery_tell *tell,
                                      struct cm_report *report);

#endif
