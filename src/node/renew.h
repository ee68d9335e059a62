// Renewing a stopped node by its State's root: new certificates over the same keys (comity renew), or the key that was announced
// in place of the present signing key (comity key change), and a new card with them.
// Source: renew.c; doc/spec/keys.md, section 2.
#ifndef CM_NODE_RENEW_H
#define CM_NODE_RENEW_H

#include "base/instant.h"
#include "base/report.h"

struct cm_renew_spec {
	const char *home;         // of the node, which must not run
	const char *state_folder; // of the root that certified it
	int days;                 // how long certificates and card last; 0: as long as may be
	const char *list;         // a change of the key: the State's list, which has to say that it is good now; NULL: not looked at
};

// Certificates first, then the card; when it was interrupted between, a node does not start until this is done again.
// Refused: state_other, lock_held, and what a card is refused for. *ret_until: the first end of what was made.
CM_CHECKED cm_result cm_renew_node(const struct cm_renew_spec *spec, struct cm_report *report,
                                   struct cm_instant *ret_until);

// The signing key alone changes; sealing key, register key and name stay. Refused beside: key_next_none, key_not_announced,
// and what a list is refused for.
CM_CHECKED cm_result cm_renew_key(const struct cm_renew_spec *spec, struct cm_report *report, struct cm_instant *ret_until);

#endif
