// The officer's side of logins and statements: what the command line (later the desk's browser) does so that the node in
// between can neither use nor alter it. A session lives in a file of mode 0600; its key never leaves this side.
#ifndef CM_NODE_OFFICER_H
#define CM_NODE_OFFICER_H

#include "crypto/hash.h"
#include "node/keeper_login.h"

struct cm_officer_session {
	uint8_t id[CM_IPC_SESSION_ID];
	uint8_t key[32]; // secret
	char person[CM_IPC_PERSON_ID];
	struct cm_instant until;
};
void cm_officer_session_fini(struct cm_officer_session *session);

// "comity-session 1", person, id and key in hexadecimal, end: one a line. Read refuses session_file.
CM_CHECKED cm_result cm_officer_session_save(const char *path, const struct cm_officer_session *session,
                                             struct cm_report *report);
CM_CHECKED cm_result cm_officer_session_load(const char *path, struct cm_report *report,
                                             struct cm_officer_session *ret_session);

// Ends the session of the file at the running node of `home`, and removes the file: also when the session had ended before.
CM_CHECKED cm_result cm_officer_logout(const char *home, const char *path, struct cm_report *report);

// The sealing recipient on the identity card of the node in `home`.
CM_CHECKED cm_result cm_officer_recipient(const char *home, struct cm_report *report,
                                          struct cm_seal_recipient *ret_recipient);

// Logs a person in at the running node of `home`: seals both factors to the keeper, checks its proof.
struct cm_officer_login {
	const char *home;
	const char *person;
	struct cm_view password, code;
};
CM_CHECKED cm_result cm_officer_login(const struct cm_officer_login *login, struct cm_report *report,
                                      struct cm_officer_session *ret_session);

// Adds a person, or gives new factors to one who is here (`enrol`; the name does not count then). With a running node through
// its API, where the session's person approves it and *ret_waits says whether another one has to; else with a keeper of our
// own. A fresh TOTP secret is made here and appended to `ret_secret` (base32).
struct cm_officer_person {
	const char *home;
	const char *person, *name, *functions;
	const char *roles;   // separated by ",", or ""; see keeper_login.h
	const char *session; // file, or NULL: nobody's
	struct cm_view password;
	bool enrol;
};
CM_CHECKED cm_result cm_officer_person_put(const struct cm_officer_person *person, struct cm_report *report,
                                           struct cm_buf *ret_secret, bool *ret_waits);

// Approves what waits for `person` (only home, person and session are read). Refused: person_waiting_none.
CM_CHECKED cm_result cm_officer_person_approve(const struct cm_officer_person *person, struct cm_report *report,
                                               bool *ret_waits);

// A statement of the session's person as the three header fields of a call: "Comity-Session", "Comity-Statement",
// "Comity-Mac". Each field needs CM_OFFICER_FIELD bytes.
#define CM_OFFICER_FIELD 1024
struct cm_officer_statement {
	const char *act;    // name of the route, or "evidence_open", "evidence_export"
	const char *object; // what it is about
	struct cm_hash digest;
};
CM_CHECKED cm_result cm_officer_state(const struct cm_officer_session *session,
                                      const struct cm_officer_statement *statement, struct cm_report *report,
                                      char ret_fields[3][CM_OFFICER_FIELD]);

#endif
