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

// Signs UPDATE and Notification as part of the change that makes it so (cm_send_with()): what is known here is told there,
// whatever happens in between. `detail` is a text of that change's event.
CM_CHECKED cm_result cm_delivery_tell(struct cm_node *node, const struct cm_delivery_tell *tell, struct cm_change *change,
                                      struct cm_report *report, struct cm_buf *detail);

#endif
