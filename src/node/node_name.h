// The name of a node: country code, dot, name ("xa.contact"). In HI-1 it is {CountryCode "XA", UniqueIdentifier "contact"}.
#ifndef CM_NODE_NODE_NAME_H
#define CM_NODE_NODE_NAME_H

#include "base/report.h"

#define CM_NODE_NAME 64 // bytes with NUL

struct cm_node_name {
	char whole[CM_NODE_NAME]; // "xa.contact"
	char country[3];          // "xa"
	char country_upper[3];    // "XA"
};

// Two lower-case letters, dot, then a-z 0-9 - (a letter first). Refused: node_name.
CM_CHECKED cm_result cm_node_name_read(struct cm_view text, struct cm_report *report, struct cm_node_name *ret_name);

// "contact", inside the name.
const char *cm_node_name_id(const struct cm_node_name *name);

// From the two parts of an HI-1 endpoint.
CM_CHECKED cm_result cm_node_name_join(struct cm_view country, struct cm_view id, struct cm_report *report,
                                       struct cm_node_name *ret_name);

#endif
