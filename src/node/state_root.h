// The root of a State: a P-256 key and its self-signed certificate in a folder of its own (root.p8, root.pem), which in real
// life is taken away and locked up. It certifies authorities, sealing keys and cards. Source: state_root.c.
#ifndef CM_NODE_STATE_ROOT_H
#define CM_NODE_STATE_ROOT_H

#include "base/instant.h"
#include "crypto/x509.h"

struct cm_state_root {
	struct cm_key *key;
	struct cm_buf der; // certificate
	char country[3];
};

// Makes the folder (0700), key and certificate. `pass` may be empty: then the key is not encrypted. CM_REFUSED with
// state_exists when there is one.
struct cm_state_root_spec {
	const char *folder;
	const char *country;      // "XA"
	const char *organisation; // "Arland", or NULL
	struct cm_view pass;
};
CM_CHECKED cm_result cm_state_root_create(const struct cm_state_root_spec *spec, struct cm_report *report);

// Refused: state_form, key_pass; exercise_mixed when the root was made for exercises and this is none, or the other way.
CM_CHECKED cm_result cm_state_root_open(const char *folder, struct cm_view pass, struct cm_report *report,
                                        struct cm_state_root *ret_root);
void cm_state_root_fini(struct cm_state_root *root);

// Issues a certificate of role AUTHORITY or SEAL for a node, valid from now for `days`; DER appended.
struct cm_state_root_issue {
	enum cm_x509_role role;
	const char *node;
	const char *organisation; // or NULL
	struct cm_key_public subject;
	int days; // at most CM_LIMIT_AUTHORITY_DAYS_VALUE; 0: that many
};
CM_CHECKED cm_result cm_state_root_issue(const struct cm_state_root *root, const struct cm_state_root_issue *issue,
                                         struct cm_report *report, struct cm_buf *to);

#endif
