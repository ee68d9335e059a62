// What the files of the HTTP server share. Nobody outside src/net/ includes it.
// Locks, in the order they may be taken: server.lock → request.lock → libmicrohttpd's own. Callbacks of the service run
// without a lock.
#ifndef CM_NET_INSIDE_H
#define CM_NET_INSIDE_H

#include <stdatomic.h>

#include <microhttpd.h>

#include "base/mem.h"
#include "net/server.h"
#include "net/tls.h"
#include "os/clock.h"
#include "os/thread.h"

// ---- one connection: lives from accept to close, and as long as a request of it
struct cm_connection {
	struct cm_server *server;
	struct MHD_Connection *mhd;
	int fd;                              // valid until libmicrohttpd told CLOSED; used under server.lock
	struct cm_connection *next, *before; // server.lock
	struct cm_net_request *rq;           // the running one; server.lock
	atomic_int holders;
	_Atomic(int64_t) deadline; // of cm_clock_mono(): then the connection is cut
	bool late;                 // it was cut; server.lock
	bool certificates_read;
	struct cm_tls_begin begin;
	struct cm_tls_peer peer;
	char remote[64];
};

enum cm_request_wait {
	CM_REQUEST_RUNS,
	CM_REQUEST_WAITS_PIECE,  // the service did not take all of a piece
	CM_REQUEST_WAITS_ANSWER, // the service works
	CM_REQUEST_WAITS_SOURCE, // the source had nothing
};

struct cm_request_field {
	struct cm_view name, value;
};

struct cm_net_request {
	struct cm_connection *connection;
	struct cm_server *server;
	atomic_int holders; // libmicrohttpd's side, the service's, a response with a source
	void *user;

	char *uri; // as sent; path and query point into it
	struct cm_view path, query;
	char method[8];
	struct cm_request_field *fields; // and their texts behind, one block
	size_t field_count;
	uint64_t length; // of the body, or CM_SERVER_LENGTH_UNKNOWN
	bool expects;    // the client waits for "100 Continue" before it sends the body

	// Of the server thread alone:
	int64_t start;     // first line, moved by the time that we held the client back
	int64_t paused_at; // 0: not held back
	struct cm_server_plan plan;
	struct cm_buf body;
	uint64_t received, thrown; // bytes of the body used, thrown away
	bool headed;               // the first call of the access handler was there
	bool shown;                // `head` saw it
	bool owed;                 // the service owes an answer (written under lock)
	bool asked;                // `request` was called
	bool throwing;             // the rest of the body is of no interest
	bool queued;               // the answer is with libmicrohttpd

	struct cm_mutex lock; // of what follows
	enum cm_request_wait wait;
	atomic_bool answered; // changes under lock only
	bool replied;         // by the service
	bool over, continued;
	atomic_bool cut;
	struct MHD_Response *response; // until queued
	unsigned status;
	uint64_t answer_length;
};

struct cm_server {
	struct cm_server_options options; // all defaults filled in; key, chain, address are not kept here
	const struct cm_server_service *service;
	struct MHD_Daemon *daemon;
	struct cm_tls_keys *keys; // NULL: plain
	char address[CM_LIMIT_NET_ADDRESS_TEXT_VALUE];
	bool local; // unix socket

	struct cm_mutex lock;
	struct cm_cond timer_wake, idle_wake;
	struct cm_connection *connections;
	size_t running;        // requests between `head` and their end
	bool ending;           // the timer thread must end
	_Atomic(int64_t) wake; // when the timer thread looks next
	struct cm_thread timer;
	atomic_bool stopping; // no new requests
	atomic_bool cutting;  // nobody may suspend any more
	bool stopped;
	struct cm_server_counts counts; // lock
};

// connection.c
void cm_connection_notify(void *cls, struct MHD_Connection *mhd, void **context, enum MHD_ConnectionNotificationCode code);
struct cm_connection *cm_connection_of(struct MHD_Connection *mhd);
void cm_connection_release(struct cm_connection *connection);
// Sets when the connection is cut, `us` from now (CM_CLOCK_NEVER: not).
void cm_connection_due(struct cm_connection *connection, int64_t us);
void cm_connection_timer(void *server); // the timer thread
// Closes all connections, or those without a running request.
void cm_connection_cut_all(struct cm_server *server, bool only_idle);
// Wakes all requests that wait; they are refused. server.cutting must be set.
void cm_connection_wake_all(struct cm_server *server);

// request.c
void *cm_request_first_line(void *cls, const char *uri, struct MHD_Connection *mhd);
enum MHD_Result cm_request_access(void *cls, struct MHD_Connection *mhd, const char *url, const char *method,
                                  const char *version, const char *upload, size_t *upload_n, void **context);
void cm_request_completed(void *cls, struct MHD_Connection *mhd, void **context,
                          enum MHD_RequestTerminationCode code);
void cm_request_release(struct cm_net_request *rq);
// Ends a request that waits when the server stops. Under server.lock.
void cm_request_cut(struct cm_net_request *rq);

// field.c: copies the header of a request and judges its form. *ret_status is the answer's when it is refused.
CM_CHECKED cm_result cm_field_read(struct cm_net_request *rq, const char *version, struct cm_report *report,
                                   unsigned *ret_status);

// answer.c
// Makes the library's response; takes over what the answer owns. NULL: no memory.
struct MHD_Response *cm_answer_response(struct cm_net_request *rq, struct cm_server_answer *answer);
// The server's own refusal.
struct MHD_Response *cm_answer_refusal(struct cm_net_request *rq, unsigned status, const struct cm_report *why);

// listen.c
// A listening socket; *ret_text gets the real address.
CM_CHECKED cm_result cm_listen_open(const char *address, struct cm_report *report, int *ret_fd, bool *ret_local,
                                    char ret_text[CM_LIMIT_NET_ADDRESS_TEXT_VALUE]);
// The address of the other end of a connected socket.
void cm_listen_remote(int fd, char *to, size_t room);

#endif
