// HTTP/1.1 client: one thread that drives all calls at once. A call is one request to an https URL (TLS 1.3, our
// certificate shown, the server's chain verified against the given anchors alone, then shown to the caller before
// the first byte of the request leaves), to a unix socket of this machine, or plainly to its loopback. No redirect is followed, no proxy,
// cookie, cache or variable of the environment is used, connections are never shared by calls with different anchors.
// A node's identity is the URN in its certificate, which `peer` judges; host names are compared where a call asks for it.
// Source: RFC 9110 (ranges: section 14), libcurl.
#ifndef CM_NET_CLIENT_H
#define CM_NET_CLIENT_H

#include "base/buf.h"
#include "base/report.h"

struct cm_client;
struct cm_client_call; // opaque, a call under way

struct cm_client_options {
	const char *key_file;   // PEM private key of our TLS certificate; NULL: show no certificate
	const char *chain_file; // PEM, leaf first. Both are read again for each new connection, so renewing is replacing
	unsigned connections;   // kept open at most; 0: limit net_client_connections
};

// Starts the thread.
CM_CHECKED cm_result cm_client_new(const struct cm_client_options *options, struct cm_report *report,
                                   struct cm_client **ret_client);

// Ends all calls (their `done` says CM_FAILED, rule net_cancelled), joins the thread, frees.
void cm_client_free(struct cm_client *client);

// Ends all calls as cm_client_free() does, but leaves the client: cm_client_start() then fails. For a program with several
// threads that comes to its end. Once.
void cm_client_stop(struct cm_client *client);

// What came back. Views are valid during `done`.
struct cm_client_answer {
	unsigned status;             // 0: none came
	struct cm_view body;         // collected; empty when `bytes` took it
	struct cm_view content_type; // without parameters is not promised; empty when missing
	struct cm_view etag;         // with its quotes; empty when missing
	uint32_t retry_after;        // seconds; 0 when missing or a date
	uint64_t taken;              // bytes given to `bytes`
	uint64_t total;              // of the whole object for a ranged call; 0 unknown
};

#define CM_CLIENT_NEVER INT64_MAX

// How one request is made. Texts and views are copied by cm_client_start(); functions get `context`.
struct cm_client_request {
	const char *method; // NULL: GET without body, POST with one
	const char *url;    // https://HOST[:PORT]/path; http://node/path together with unix_path
	const char *unix_path;
	const char *anchor_file;  // PEM with the certificates, one of which the server's chain must lead to; needed for https
	// First contact: nothing is known of the server yet. For public things that are believed by their hash alone; our
	// certificate is not shown. Then no anchor is needed.
	bool unproven;
	// The server is no node: its certificate must be for the host of the URL (RFC 9525), and its dates hold by the machine's own clock,
	// in an exercise too.
	bool host_name;
	// Plain http to a loopback address given as a number ("http://127.0.0.1:8080/x", "http://[::1]:8080/x"): a program of
	// this machine, where there is nothing to prove.
	bool loopback;
	const char *content_type; // of the body
	const char *accept;       // NULL: none is sent
	const char *fields[4];    // more header fields, "Name: value"
	struct cm_view body;
	// Instead of `body`: `body_length` bytes asked for one after another, up to `n` at a time into `to`; less than
	// 0: the upload fails. May wait for a disk, holding up the other calls of this client.
	int64_t (*body_read)(void *context, uint8_t *to, size_t n);
	uint64_t body_length;

	// Microseconds; 0 means the default in brackets, CM_CLIENT_NEVER none.
	int64_t deadline_us; // the whole call, from now [limit net_client_ms; none when `bytes` or `body_read` is set]
	int64_t stall_us;    // a call that moves no byte for so long ends [limit net_client_stall_ms]; whole seconds
	uint64_t answer_max; // bytes collected (or given to `bytes`); more ends the call. 0: limit message_bytes

	// Continue an object from this byte on. The answer must then be 206 with this very range and, when `etag` is
	// not NULL, this entity tag (sent in If-Range); 200 is refused (net_range_ignored): begin again from 0. With
	// range_from 0 no Range is sent, and an etag that differs is refused (net_changed).
	uint64_t range_from;
	const char *etag;

	void *context;
	// For cm_client_wait() alone: called each second in the waiting thread, with the microseconds since the start. NULL: none.
	void (*waiting)(void *context, int64_t us);
	// Judges the server's certificates (DER, leaf first) of the connection that will carry the request. Nothing of the
	// request has left yet. Anything but CM_OK ends the call with that result and the report's findings.
	// NULL: the anchor is enough.
	cm_result (*peer)(void *context, const struct cm_view *der, size_t n, struct cm_report *report);
	// Takes a part of a successful (2xx) body instead of collecting it. True: go on. False: hold the sender back until
	// cm_client_continue(); the same bytes are then offered again. NULL: collect.
	bool (*bytes)(void *context, struct cm_view part);
	// The end, exactly once. CM_OK: an answer came, whatever its status says (answers other than 2xx are collected).
	// CM_REFUSED, CM_FAILED: the report says why; `answer` holds what is known. NULL is not allowed.
	// All three run in the client's thread and should not wait.
	void (*done)(void *context, cm_result result, const struct cm_client_answer *answer, const struct cm_report *report);
};

// Can a request of this kind go to its address at all? Looks at url, unix_path, loopback, anchor_file and unproven; nothing is sent.
// Refused: net_url, net_peer_unproven. cm_client_start() asks the same.
CM_CHECKED cm_result cm_client_address_check(const struct cm_client_request *request, struct cm_report *report);

// Starts a call; from any thread, also from a callback. When it is not CM_OK, `done` is not called.
// `ret_call` may be NULL; it is valid until `done` returned.
CM_CHECKED cm_result cm_client_start(struct cm_client *client, const struct cm_client_request *request,
                                     struct cm_report *report, struct cm_client_call **ret_call);

// Goes on with a held-back `bytes`. From any thread; harmless when nothing is held.
void cm_client_continue(struct cm_client *client, struct cm_client_call *call);

// Ends a call early: its `done` says CM_FAILED, rule net_cancelled.
void cm_client_cancel(struct cm_client *client, struct cm_client_call *call);

// For programs with one thing to do: starts the call and waits for its end. `request->done` must be NULL. The body goes
// to `ret_body` (its maximum wins over answer_max), the status to *ret_status. Not from a callback.
CM_CHECKED cm_result cm_client_wait(struct cm_client *client, const struct cm_client_request *request,
                                    struct cm_report *report, struct cm_buf *ret_body, unsigned *ret_status);

#endif
