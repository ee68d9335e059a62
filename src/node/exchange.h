// One HTTP exchange on its way through the node: found by its route in an HTTP thread, answered by a worker or by the
// store's completion. Source: exchange.c (life, answers), serve.c (listeners).
#ifndef CM_NODE_EXCHANGE_H
#define CM_NODE_EXCHANGE_H

#include "domain/facts.h"
#include "node/node.h"
#include "proto/route.h"

struct cm_upload; // upload.h

struct cm_exchange {
	struct cm_node *node;
	struct cm_net_request *rq;
	struct cm_route_match match;
	struct cm_upload *upload; // streamed body, or NULL
	char parent[40];          // task of the preservation that what was taken is about, or ""
	bool gone;                // the client left before the body was complete
	bool stirs;               // what is taken gives the node something to do: evidence to fetch, a deadline
	bool careful;             // a message that the store did not take as new: look before writing
};

// The answers; each ends the exchange and frees it.
void cm_exchange_bytes(struct cm_exchange *ex, unsigned status, const char *type, struct cm_buf *body);
void cm_exchange_problem(struct cm_exchange *ex, cm_result result, const struct cm_report *report);
void cm_exchange_status(struct cm_exchange *ex, unsigned status);
void cm_exchange_answer(struct cm_exchange *ex, struct cm_server_answer *answer);

// The JSON body as paths and texts. Empty facts for an empty body.
CM_CHECKED cm_result cm_exchange_facts(struct cm_exchange *ex, struct cm_report *report, struct cm_facts *ret_facts);

// Who asks: checks the three statement fields of the call by the keeper. The act must be the route's name, or `act` when not
// NULL; the object the first path parameter (or ""), the digest that of the body, or `digest` when not NULL.
struct cm_exchange_who {
	const char *act;
	const struct cm_hash *digest;
};
CM_CHECKED cm_result cm_exchange_person(struct cm_exchange *ex, const struct cm_exchange_who *who,
                                        struct cm_report *report, struct cm_ipc_person *ret_person);
// The same fields unchecked, for what the keeper keeps as an approval; `ret_text` holds the statement's bytes.
CM_CHECKED cm_result cm_exchange_statement(struct cm_exchange *ex, struct cm_report *report, struct cm_buf *ret_text,
                                           struct cm_ipc_statement *ret_statement);

// Starts the listeners of the node. The service ends when the servers are freed.
CM_CHECKED cm_result cm_serve_start(struct cm_node *node, struct cm_report *report);

// What the workers run (do_*.c): every route of the admin listener has one handler, and no other. NULL: the route is none.
typedef void cm_do_handler(struct cm_exchange *ex);
cm_do_handler *cm_do_handler_of(enum cm_route route);
void cm_do_peer(struct cm_exchange *ex);  // peer listener
void cm_do_admin(struct cm_exchange *ex); // admin listener
void cm_do_health(struct cm_exchange *ex);
void cm_do_persons(struct cm_exchange *ex);
void cm_do_directory(struct cm_exchange *ex);
void cm_do_peers(struct cm_exchange *ex);
void cm_do_requests(struct cm_exchange *ex);
void cm_do_records(struct cm_exchange *ex);  // acts, events, messages, node
void cm_do_cases(struct cm_exchange *ex);
void cm_do_deadlines(struct cm_exchange *ex);
void cm_do_evidence(struct cm_exchange *ex); // evidence, bundles, jobs

#endif
