// The TLS side of the server: key and chain from memory, renewed while serving; the client's certificates as bytes.
// Source: RFC 8446, GnuTLS.
#ifndef CM_NET_TLS_H
#define CM_NET_TLS_H

#include "base/report.h"
#include "base/tab_limit.h"

// TLS 1.3 only, for server and client.
#define CM_TLS_PRIORITY "NORMAL:-VERS-ALL:+VERS-TLS1.3"

struct cm_tls_keys; // all keys a server had, newest first

CM_CHECKED cm_result cm_tls_keys_new(struct cm_view key_pem, struct cm_view chain_pem, struct cm_report *report,
                                     struct cm_tls_keys **ret_keys);
CM_CHECKED cm_result cm_tls_keys_renew(struct cm_tls_keys *keys, struct cm_view key_pem, struct cm_view chain_pem,
                                       struct cm_report *report);
// After the last session that used them.
void cm_tls_keys_free(struct cm_tls_keys *keys);

struct cm_tls_begin {
	bool ask;                     // for the client's certificate
	void (*done)(void *context); // the handshake is over
	void *context;
};
// Prepares a session (a gnutls_session_t) before its handshake. False: the connection is worthless.
bool cm_tls_begin(struct cm_tls_keys *keys, void *session, const struct cm_tls_begin *begin);

// The other end's certificates, copied.
struct cm_tls_peer {
	uint8_t *bytes;
	struct cm_view der[CM_LIMIT_NET_CERTIFICATES_VALUE]; // leaf first
	size_t count;
};
// Of a session whose handshake is over. False: too many or too large, or no memory. None at all is fine: count 0.
bool cm_tls_peer_read(void *session, struct cm_tls_peer *ret_peer);
void cm_tls_peer_fini(struct cm_tls_peer *peer);

#endif
