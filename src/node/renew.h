// Renewing a stopped node by its State's root (comity renew): new certificates over the same keys, and a new card with them.
// Source: renew.c; doc/spec/keys.md, section 2.
#ifndef CM_NODE_RENEW_H
#define CM_NODE_RENEW_H

#include "base/instant.h"
#include "base/report.h"

struct cm_renew_spec {
	const char *home;         // of the node, which must not run
	const char *state_folder; // of the root that certified it
	int days;                 // how long certificates and card last; 0: as long as may be
};

// Certificates first, then the card; when it was interrupted between, a node does not start until this is done again.
// Refused: state_other, lock_held, and what a card is refused for. *ret_until: the first end of what was made.
CM_CHECKED cm_result cm_renew_node(const struct cm_renew_spec *spec, struct cm_report *report,
                                   struct cm_instant *ret_until);

#endif
