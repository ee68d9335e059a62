// The desk: a process that speaks to browsers. It is no part of the node's own process but a program beside it, which calls
// the admin API as the command line does: so it can do nothing that the API does not do, and what breaks in it holds no
// store and no key of the node but the TLS pair. For each person who signed in it holds that person's session key, as the
// command line's session file does, in memory alone; the node and the keeper's judgement of every act stay as they are
// (doc/why/desk.md). What pages look like is the ui room's; main hands it in.
// Source: desk.c (process, HTTP), desk_session.c (who is signed in), desk_call.c (calls of the API).
#ifndef CM_NODE_DESK_H
#define CM_NODE_DESK_H

#include "base/buf.h"
#include "base/instant.h"
#include "base/report.h"
#include "os/ipc.h"

struct cm_desk;
struct cm_desk_session;

#define CM_DESK_WORD 44 // base64url of 32 bytes with NUL

// One request of a browser, while a page answers it. Views are the request's.
struct cm_desk_visit {
	struct cm_desk *desk;
	struct cm_view method;    // "GET" or "POST"
	struct cm_view path;      // decoded; begins with "/"
	struct cm_view query;     // not decoded; cm_route_query()
	struct cm_view body;      // of a POST: a form (cm_desk_field())
	struct cm_view languages; // Accept-Language, or empty
	struct cm_view language;  // what the reader chose before (cookie "lang"), or empty
	struct cm_desk_session *session; // NULL: nobody is signed in
	const char *person;       // id, NULL when nobody is
	char form[CM_DESK_WORD]; // the word that each form of this session carries, "" without session
	struct cm_instant now;
	struct cm_report why; // findings: this visit is refused (`status`), and the page says only why
	// What goes back; cm_desk_… fills it.
	unsigned status;
	const char *content_type;
	struct cm_buf answer;
	char location[512];     // for 303
	char cookie[2][256];    // "name=value; …"
	bool keep;              // the answer is the same for everybody until the program changes
};

// The pages (main hands in the ui room's). Always answers: with a page of its own when something is refused.
struct cm_desk_pages {
	cm_result (*start)(void *self, struct cm_report *report); // once, before the first visit
	void (*answer)(void *self, struct cm_desk_visit *visit);
	void *self;
};

// The decoded field of the posted form, appended to `to`; empty when it is missing. Refused: http_query (malformed, twice, or
// no text).
CM_CHECKED cm_result cm_desk_field(const struct cm_desk_visit *visit, const char *name, struct cm_report *report,
                                   struct cm_buf *to);

// The same of a parameter of the address.
CM_CHECKED cm_result cm_desk_query(const struct cm_desk_visit *visit, const char *name, struct cm_report *report,
                                   struct cm_buf *to);

// A call of the admin API. With `act` the session's person states it (name of the route, object, digest of the body).
struct cm_desk_call {
	const char *method, *path; // with query
	const char *act, *object;  // NULL: nobody's statement
	struct cm_view body;       // JSON
};
// The answer's body is appended to `to` when its status is 2xx; otherwise the report has the node's findings.
CM_CHECKED cm_result cm_desk_ask(struct cm_desk_visit *visit, const struct cm_desk_call *call, struct cm_report *report,
                                 struct cm_buf *to);

// Both factors of a person, sealed to the keeper. On CM_OK the visit has a session and its cookie.
struct cm_desk_factors {
	struct cm_view person, password, code;
};
CM_CHECKED cm_result cm_desk_sign_in(struct cm_desk_visit *visit, const struct cm_desk_factors *factors,
                                     struct cm_report *report);
// Ends the session here and at the keeper, and takes the cookie back.
void cm_desk_sign_out(struct cm_desk_visit *visit);

// 303 to an address of ours; any other becomes "/".
void cm_desk_go(struct cm_desk_visit *visit, struct cm_view address);

// The process (role.c). Owns `parent`. CM_OK after an orderly end.
struct cm_desk_start {
	const char *home;
	struct cm_ipc parent;
	const struct cm_desk_pages *pages;
};
CM_CHECKED cm_result cm_desk_main(struct cm_desk_start *start, struct cm_report *report);

#endif
