// Login and enrolment, end to end between the officer's program and the keeper: sealed with age to the node's own sealing
// key, so the node carries what it can neither read nor use. Writers (officer) and readers (keeper) side by side.
// Source: keeper_login.c.
#ifndef CM_NODE_KEEPER_LOGIN_H
#define CM_NODE_KEEPER_LOGIN_H

#include "crypto/password.h"
#include "crypto/totp.h"
#include "node/ipc_keeper.h"

struct cm_keeper_login {
	struct cm_view person;
	struct cm_view password;
	struct cm_view code;     // six digits
	uint8_t session_key[32]; // fresh, made by the officer's program and kept there
};

// A new person, or new factors of one (then name and functions are ignored).
struct cm_keeper_enrolment {
	struct cm_view person; // a-z 0-9 . - , starts with a letter
	struct cm_view name;
	struct cm_view functions; // as the other side is shown them
	struct cm_view roles;     // of data/person_roles.tab, separated by ","; empty: all of a new person, else as they are
	struct cm_view password;
	uint8_t totp[CM_TOTP_SECRET]; // fresh
};

// Appends the sealed form for the node's recipient. `random` is used once and belongs to the caller, who wipes it.
CM_CHECKED cm_result cm_keeper_login_seal(const struct cm_keeper_login *login,
                                          const struct cm_seal_recipient *recipient,
                                          const struct cm_seal_random *random, struct cm_report *report,
                                          struct cm_buf *to);
CM_CHECKED cm_result cm_keeper_enrolment_seal(const struct cm_keeper_enrolment *enrolment,
                                              const struct cm_seal_recipient *recipient,
                                              const struct cm_seal_random *random, struct cm_report *report,
                                              struct cm_buf *to);

// The keeper's side: opens into `plain` (a secret buffer), which the views of the result point into. Refused: login_sealed.
CM_CHECKED cm_result cm_keeper_login_open(struct cm_view sealed, const struct cm_seal_identity *identity,
                                          struct cm_buf *plain, struct cm_report *report,
                                          struct cm_keeper_login *ret_login);
CM_CHECKED cm_result cm_keeper_enrolment_open(struct cm_view sealed, const struct cm_seal_identity *identity,
                                              struct cm_buf *plain, struct cm_report *report,
                                              struct cm_keeper_enrolment *ret_enrolment);

// HMAC-SHA-256(session key, "comity-session-v1\n" || session id): the keeper's answer to a login. The officer's program
// checks it, so a node cannot pretend a session.
struct cm_hash cm_keeper_login_proof(const uint8_t session_key[32], const uint8_t session[CM_IPC_SESSION_ID]);

#endif
