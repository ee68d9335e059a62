// Who is signed in at the desk: a table in memory alone, found by a token that only the browser has. Source: desk_session.c;
// doc/spec/desk.md section 2.
#ifndef CM_NODE_DESK_SESSION_H
#define CM_NODE_DESK_SESSION_H

#include "base/tab_limit.h"
#include "node/officer.h"
#include "os/thread.h"

#define CM_DESK_TOKEN 44 // base64url of 32 bytes with NUL

// A person who signed in. A visit works on a copy, so that a session may end while a page is made.
struct cm_desk_session {
	struct cm_hash token; // SHA-256 of what the cookie holds
	struct cm_officer_session officer;
	int64_t used; // cm_clock_mono() of the last visit
};

struct cm_desk_sessions {
	struct cm_mutex lock;
	struct cm_desk_session rows[CM_LIMIT_DESK_SESSIONS_VALUE];
	size_t n;
};

// Copies the session that the cookie's token opens, and counts the visit as use; false when there is none (any more).
bool cm_desk_session_find(struct cm_desk_sessions *sessions, struct cm_view token, struct cm_desk_session *ret_session);
// Keeps a session under a fresh token. Refused: desk_sessions.
CM_CHECKED cm_result cm_desk_session_open(struct cm_desk_sessions *sessions, const struct cm_officer_session *officer,
                                          struct cm_report *report, char ret_token[CM_DESK_TOKEN]);
void cm_desk_session_end(struct cm_desk_sessions *sessions, const struct cm_desk_session *session);
void cm_desk_session_fini(struct cm_desk_session *session);

// The word that the forms of a session carry: who has it has seen a page of that session.
void cm_desk_form_word(struct cm_view token, char ret_word[CM_DESK_TOKEN]);

#endif
