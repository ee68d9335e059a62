// HTTP/1.1 over TLS 1.3 (TCP) or plain (unix socket, 0600). One server is one listening socket served by a few
// threads that never wait: a request is shown to the service's callbacks there, and answered from any thread,
// at any later time. The server refuses by itself what no service should see (RFC 9112 sections 3.2, 6.1, 6.3: two
// lengths, length beside chunks, repeated Host …; oversized headers and bodies) and ends every exchange that is
// slower than its absolute deadline. It knows no route and judges no certificate: TLS proves possession of the
// client's key, the service decides whether the certificate is trusted.
// Source: RFC 9110, RFC 9112, RFC 8446, libmicrohttpd (ecosystem of measured choices, section 1).
#ifndef CM_NET_SERVER_H
#define CM_NET_SERVER_H

#include "base/buf.h"
#include "base/report.h"
#include "base/tab_limit.h"

struct cm_server;
struct cm_net_request; // one exchange; see "Life of a request" below

// ---- what a request says; all views are valid until it is answered, from any thread

struct cm_view cm_server_method(const struct cm_net_request *rq); // GET HEAD POST PUT PATCH DELETE
struct cm_view cm_server_path(const struct cm_net_request *rq);   // as sent, before '?'; starts with '/'; not decoded
struct cm_view cm_server_query(const struct cm_net_request *rq);  // after '?', not decoded; empty when there is none
// The value of the header field (name without regard to case); p is NULL when it is missing. Of a repeated
// field the first.
struct cm_view cm_server_header(const struct cm_net_request *rq, const char *name);
// Content-Length, or CM_SERVER_LENGTH_UNKNOWN for a chunked body; 0 without a body.
#define CM_SERVER_LENGTH_UNKNOWN UINT64_MAX
uint64_t cm_server_length(const struct cm_net_request *rq);
// The client's certificates as DER, leaf first; 0 when it showed none. Its possession of the leaf's key is proven.
size_t cm_server_certificate_count(const struct cm_net_request *rq);
struct cm_view cm_server_certificate(const struct cm_net_request *rq, size_t at);
// "127.0.0.1", "2001:db8::1", or "uid 1000" on a unix socket. Never NULL.
const char *cm_server_remote(const struct cm_net_request *rq);
// The collected body (CM_SERVER_BODY_COLLECT), complete in `request`; empty before.
struct cm_view cm_server_body(const struct cm_net_request *rq);
// A place for the service's own pointer; the server only keeps it.
void cm_server_set_user(struct cm_net_request *rq, void *user);
void *cm_server_user(const struct cm_net_request *rq);

// ---- what the service wants to do with the body

enum cm_server_body {
	CM_SERVER_BODY_NONE,    // a request with a body is refused (413)
	CM_SERVER_BODY_COLLECT, // kept in memory, at most `body_max` bytes
	CM_SERVER_BODY_STREAM,  // given to `piece` as it comes
};

struct cm_server_plan {
	enum cm_server_body body;
	uint64_t body_max;  // bytes; more is 413
	int64_t request_us; // the whole request must be here so long after its first byte; 0: the server's option
	uint64_t rate_min;  // bytes a second: each second's worth of body received adds a second to the deadline, for
	                    // uploads of any size; 0: nothing is added
};

// Life of a request. `head` is called once for each request that is well formed; it fills *plan (which is all
// zero) or answers at once. Then `piece` for each part of a streamed body, then `request` once all of it is here.
// From its first `piece` or `request` on the service owes the request EXACTLY ONE cm_server_answer(), also after
// `gone`; the request's memory lives until then. A request that was seen in `head` only may end without a word (body
// too large, client left): then only `gone` comes, nothing is owed, and the memory ends when `gone` returns. All
// callbacks run in a server thread, those of one request one after another; they must not wait. Answering inside
// `head`, `piece` and `request` is fine.
struct cm_server_service {
	void *context;
	void (*head)(void *context, struct cm_net_request *rq, struct cm_server_plan *plan);
	void (*request)(void *context, struct cm_net_request *rq);
	// Takes some bytes of `piece` (at most 64 KiB), returns how many. When it took fewer than all, the client is
	// held back until cm_server_continue(); then the rest is offered again. NULL when no plan streams.
	size_t (*piece)(void *context, struct cm_net_request *rq, struct cm_view piece);
	// The exchange ended before the service answered: the client went away, was cut by a deadline, or the server refused
	// the body. No `piece` and no `request` will come. While a request waits for its answer nobody looks at the line, so
	// this may come late or not at all. May run while another thread answers. NULL: not interesting.
	void (*gone)(void *context, struct cm_net_request *rq);
	// Makes the body of the server's own refusals (so that they look like the service's): appends it to `body` and
	// returns its content type. NULL: one line of text/plain.
	const char *(*refusal)(void *context, unsigned status, const struct cm_report *why, struct cm_buf *body);
};

// ---- answers

#define CM_SERVER_FIELDS 12
struct cm_server_field {
	const char *name, *value; // copied by cm_server_answer()
};

// A body that is made while it is sent.
struct cm_server_source {
	void *context;
	// Up to `n` bytes into `to`: how many; CM_SERVER_SOURCE_LATER: none now, ask again after cm_server_continue()
	// (which may come first); CM_SERVER_SOURCE_END; CM_SERVER_SOURCE_FAILED (the connection is cut, so that the
	// client sees that bytes are missing). Runs in a server thread and must not wait.
	int64_t (*read)(void *context, uint64_t at, uint8_t *to, size_t n);
	void (*free)(void *context); // once, after the last read; from any thread; may be NULL
};
#define CM_SERVER_SOURCE_LATER 0
#define CM_SERVER_SOURCE_END -1
#define CM_SERVER_SOURCE_FAILED -2

enum cm_server_from {
	CM_SERVER_FROM_BYTES,  // `bytes`, n = `length`
	CM_SERVER_FROM_FILE,   // bytes [offset, offset + length) of the descriptor `fd`
	CM_SERVER_FROM_SOURCE, // `source`; `length` bytes, or CM_SERVER_LENGTH_UNKNOWN: chunked
};

// Zero-initialise; a status alone is a complete answer. To HEAD the same answer is given: only the fields leave.
struct cm_server_answer {
	unsigned status;
	const char *content_type; // NULL: none
	struct cm_server_field fields[CM_SERVER_FIELDS];
	size_t field_count;
	enum cm_server_from from;
	uint8_t *bytes;  // heap (cm_buf_take); cm_server_answer() takes it over
	int fd;          // taken over and closed (FROM_FILE only)
	uint64_t offset; // of the file
	uint64_t length;
	struct cm_server_source source;
	bool close; // end the connection after this answer
};

// Appends a field; false when there are already CM_SERVER_FIELDS. The texts must live until cm_server_answer().
bool cm_server_answer_field(struct cm_server_answer *answer, const char *name, const char *value);

// Answers the request, from any thread, and gives up the service's hold on it: `rq` must not be used afterwards,
// except for cm_server_continue() by the source of this answer until its `free`. Takes over bytes, descriptor and
// source whatever happens. Answering before the whole request was received is fine: the rest is read and thrown
// away up to limit net_drain_bytes, else the connection is cut.
void cm_server_answer(struct cm_net_request *rq, struct cm_server_answer *answer);

// Goes on with a held-back `piece` or a source that said LATER. From any thread; too early or too often is harmless.
void cm_server_continue(struct cm_net_request *rq);

// ---- the server

struct cm_server_options {
	const char *name; // at most 12 bytes, for findings: "peer"
	// "127.0.0.1:0", "0.0.0.0:8443", "[::1]:0" (numbers only, port 0: the kernel chooses) or "unix:/path" (0600; a
	// socket file that is left over is replaced).
	const char *address;
	unsigned threads;             // 0: 2
	struct cm_view key_pem;       // PKCS#8 private key; empty: no TLS, allowed on unix sockets only
	struct cm_view chain_pem;     // leaf first; may be the same text when the key stands before the chain
	bool ask_certificate;         // ask the client for a certificate; it may have none
	unsigned connections;         // these and the following: 0 means the row of data/limits.tab in brackets
	unsigned connections_address; // [net_connections], [net_connections_address]
	uint64_t header_bytes;        // [net_header_bytes] request line and header fields together
	int64_t handshake_us;         // [net_handshake_ms] from accept to the end of the TLS handshake
	int64_t idle_us;              // [net_idle_ms] connection without a request, or between two
	int64_t header_us;            // [net_header_ms] from a request's first line to its last header field
	int64_t request_us;           // [net_request_ms] from a request's first line to the end of its body
	int64_t send_us;              // [net_send_ms] for the answer to leave, plus length / net_rate_min
	int64_t stop_us;              // [net_stop_ms] how long cm_server_stop() waits for running requests
};

// Starts to listen and serve. `service` and what it points to must outlive the server. Threads are started here:
// sandbox first.
CM_CHECKED cm_result cm_server_new(const struct cm_server_options *options, const struct cm_server_service *service,
                                   struct cm_report *report, struct cm_server **ret_server);

// The address of a listener that is to be started later: with port 0 one that is free now takes its place.
CM_CHECKED cm_result cm_server_choose(const char *address, struct cm_report *report,
                                      char ret_address[CM_LIMIT_NET_ADDRESS_TEXT_VALUE]);

// The real address, as "127.0.0.1:40123", "[::1]:40123", "unix:/path". Lives as long as the server.
const char *cm_server_address(const struct cm_server *server);

// New key and chain for connections that come from now on; those that stand keep theirs. Safe while serving.
CM_CHECKED cm_result cm_server_renew(struct cm_server *server, struct cm_view key_pem, struct cm_view chain_pem,
                                     struct cm_report *report);

struct cm_server_counts {
	uint64_t connections_open, connections_total, requests_total, refused_total, late_total; // late: cut by a deadline
	uint64_t requests_running; // seen by `head`, not answered yet
};
struct cm_server_counts cm_server_counts(struct cm_server *server);

// Takes no more connections and requests, lets running ones end for at most stop_us, answers those that are still
// unanswered with 503, ends all threads. The service still owes its answers (they go nowhere). Not from a callback.
void cm_server_stop(struct cm_server *server);

// Stops when still running, then frees. Every request must have been answered.
void cm_server_free(struct cm_server *server);

#endif
