// Making a node: folders, settings, keys with certificates, identity card (comity init).
#ifndef CM_NODE_INIT_H
#define CM_NODE_INIT_H

#include "base/report.h"

#define CM_INIT_WORDS 16 // roles, languages

struct cm_init_spec {
	const char *home;         // folder of the node; made, must not hold a node
	const char *state_folder; // folder of the State root; a root is made when there is none
	const char *state_name;   // for a new root; NULL: the country code
	const char *node;         // "xa.contact"
	const char *name;         // of the authority
	const char *roles[CM_INIT_WORDS], *languages[CM_INIT_WORDS]; // ended by NULL
	const char *phone, *hours; // or NULL
	const char *listen;       // "127.0.0.1:0"
	const char *public_url;   // "https://host:port", without a path, or NULL
};

// Makes everything durable in this order: folders, State root, keys, TLS key and certificate, card, and the settings file
// last, so that a folder with comity.conf is a whole node. CM_REFUSED: file_exists (there is a node already),
// node_name, role_unknown …
CM_CHECKED cm_result cm_init_node(const struct cm_init_spec *spec, struct cm_report *report);

#endif
