// Key material of the server's TLS and the client's certificates, over GnuTLS. Knows sessions, not HTTP; trusts nobody:
// TLS proves that the other end holds the key of its certificate, crypto/chain decides what the certificate is worth.
// A renewed key serves new sessions; old ones keep theirs until the server ends, so no session loses its key (a node
// renews once in weeks: the list stays short). Serves RFC 8446 sections 4.3.2 and 4.4.2.
#include <limits.h>
#include <stdatomic.h>
#include <string.h>

#include <gnutls/gnutls.h>

#include "base/mem.h"

#include "net/tls.h"

struct cm_tls_key {
	gnutls_certificate_credentials_t credentials;
	struct cm_tls_key *older;
};

struct cm_tls_keys {
	_Atomic(struct cm_tls_key *) newest;
};

static void
cm_tls_key_free(struct cm_tls_key *key)
{
	if (key->credentials != NULL)
		gnutls_certificate_free_credentials(key->credentials);
	cm_mem_free(key);
}

static gnutls_datum_t
cm_tls_datum(struct cm_view v)
{
	// GnuTLS reads only, but its type has no const.
	return (gnutls_datum_t){.data = (unsigned char *)(uintptr_t)v.p, .size = (unsigned)v.n};
}

static cm_result
cm_tls_key_new(struct cm_view key_pem, struct cm_view chain_pem, struct cm_report *report, struct cm_tls_key **ret_key)
{
	struct cm_tls_key *key = cm_mem_new(sizeof *key);
	if (key == NULL)
		return CM_NOMEM;
	gnutls_datum_t secret = cm_tls_datum(key_pem), chain = cm_tls_datum(chain_pem);
	int r = key_pem.n > UINT_MAX || chain_pem.n > UINT_MAX ? GNUTLS_E_INVALID_REQUEST
	                                                       : gnutls_certificate_allocate_credentials(&key->credentials);
	if (r == 0)
		r = gnutls_certificate_set_x509_key_mem2(key->credentials, &chain, &secret, GNUTLS_X509_FMT_PEM, NULL, 0);
	if (r < 0) {
		cm_tls_key_free(key);
		return cm_report_refuse(report, CM_ERROR_NET_TLS_KEY, "TLS key and chain", "%s", gnutls_strerror(r));
	}
	*ret_key = key;
	return CM_OK;
}

cm_result
cm_tls_keys_renew(struct cm_tls_keys *keys, struct cm_view key_pem, struct cm_view chain_pem, struct cm_report *report)
{
	struct cm_tls_key *key = NULL;
	cm_result r = cm_tls_key_new(key_pem, chain_pem, report, &key);
	if (r != CM_OK || key == NULL)
		return r;
	key->older = atomic_load(&keys->newest);
	while (!atomic_compare_exchange_weak(&keys->newest, &key->older, key))
		;
	return CM_OK;
}

cm_result
cm_tls_keys_new(struct cm_view key_pem, struct cm_view chain_pem, struct cm_report *report, struct cm_tls_keys **ret_keys)
{
	struct cm_tls_keys *keys = cm_mem_new(sizeof *keys);
	if (keys == NULL)
		return CM_NOMEM;
	cm_result r = cm_tls_keys_renew(keys, key_pem, chain_pem, report);
	if (r != CM_OK)
		cm_mem_free(keys);
	else
		*ret_keys = keys;
	return r;
}

void
cm_tls_keys_free(struct cm_tls_keys *keys)
{
	if (keys == NULL)
		return;
	for (struct cm_tls_key *key = atomic_load(&keys->newest); key != NULL;) {
		struct cm_tls_key *older = key->older;
		cm_tls_key_free(key);
		key = older;
	}
	cm_mem_free(keys);
}

// The client's Finished ends the handshake. The session's data base pointer is ours: no session cache is used.
static int
cm_tls_message(gnutls_session_t session, unsigned type, unsigned when, unsigned incoming, const gnutls_datum_t *message)
{
	(void)type;
	(void)when;
	(void)message;
	const struct cm_tls_begin *begin = gnutls_db_get_ptr(session);
	if (incoming && begin != NULL)
		begin->done(begin->context);
	return 0;
}

bool
cm_tls_begin(struct cm_tls_keys *keys, void *session, const struct cm_tls_begin *begin)
{
	struct cm_tls_key *key = atomic_load(&keys->newest);
	if (gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, key->credentials) != 0)
		return false;
	// Only asked for: the log and the card are public. No names of authorities are sent, any peer may show its own.
	gnutls_certificate_server_set_request(session, begin->ask ? GNUTLS_CERT_REQUEST : GNUTLS_CERT_IGNORE);
	gnutls_db_set_ptr(session, (void *)(uintptr_t)begin);
	gnutls_handshake_set_hook_function(session, GNUTLS_HANDSHAKE_FINISHED, GNUTLS_HOOK_POST, cm_tls_message);
	return true;
}

bool
cm_tls_peer_read(void *session, struct cm_tls_peer *ret_peer)
{
	unsigned count = 0;
	const gnutls_datum_t *list = gnutls_certificate_get_peers(session, &count);
	struct cm_tls_peer peer = {.bytes = NULL, .count = list == NULL ? 0 : count};
	size_t n = 0;
	if (peer.count > CM_LIMIT_NET_CERTIFICATES_VALUE)
		return false;
	for (size_t i = 0; i < peer.count; i++)
		n += list[i].size;
	if (n > CM_LIMIT_NET_CERTIFICATE_BYTES_VALUE)
		return false;
	if (n != 0 && (peer.bytes = cm_mem_new(n)) == NULL)
		return false;
	n = 0;
	for (size_t i = 0; i < peer.count; i++) {
		memcpy(peer.bytes + n, list[i].data, list[i].size);
		peer.der[i] = cm_view_of(peer.bytes + n, list[i].size);
		n += list[i].size;
	}
	*ret_peer = peer;
	return true;
}

void
cm_tls_peer_fini(struct cm_tls_peer *peer)
{
	cm_mem_free(peer->bytes);
	*peer = (struct cm_tls_peer){.bytes = NULL};
}
