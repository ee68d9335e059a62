// Knows: what a usable TLS pair is, when it is old, and how a new one is made. Does not know: who listens with it (serve.c) or
// who looks at the clock (renewal.c). The key is made here: the keeper sees its public half alone.
#include "node/tls_key.h"

#include "base/mem.h"
#include "base/tab_limit.h"
#include "os/clock.h"

#define CM_TLS_KEY_LIFE_LEFT 3 // renewed when a third of the life is left

struct cm_instant
cm_tls_key_due(struct cm_view pem, const struct cm_ipc_keys *keys)
{
	struct cm_instant now_due = {0};
	struct cm_key CM_CLEANUP(cm_key_free_at) *key = NULL;
	struct cm_x509_list CM_CLEANUP(cm_x509_list_fini) chain = {.count = 0};
	struct cm_key_public half;
	struct cm_x509 leaf;
	if (cm_key_pem_read(pem, cm_view_of(NULL, 0), NULL, &key) != CM_OK || cm_x509_pem_read(pem, NULL, &chain) != CM_OK ||
	    cm_x509_read(chain.der[0], NULL, &leaf) != CM_OK)
		return now_due;
	cm_key_public(key, &half);
	if (!cm_key_public_equal(&leaf.key, &half) || chain.count != keys->chain_count + 1)
		return now_due;
	for (size_t i = 0; i < keys->chain_count; i++)
		if (!cm_view_equal(chain.der[i + 1], keys->chain[i]))
			return now_due;
	return (struct cm_instant){.us = leaf.not_after.us - (leaf.not_after.us - leaf.not_before.us) / CM_TLS_KEY_LIFE_LEFT};
}

// From now for as long as the table says, but no longer than the authority's own certificate.
static cm_result
cm_tls_key_certify(struct cm_keeper_client *keeper, const struct cm_ipc_keys *keys, struct cm_view spki,
                   struct cm_report *report, struct cm_buf *der)
{
	struct cm_instant now = cm_instant_of_seconds(cm_instant_seconds(cm_clock_utc()));
	struct cm_x509 authority;
	struct cm_ipc_tls tls = {
	        .spki = spki,
	        .not_before = now,
	        .not_after = {.us = now.us + CM_LIMIT_TLS_DAYS_VALUE * CM_INSTANT_DAY - CM_INSTANT_SECOND},
	};
	cm_result r = cm_x509_read(keys->chain[0], report, &authority);
	if (r != CM_OK)
		return r;
	if (tls.not_after.us > authority.not_after.us)
		tls.not_after = authority.not_after;
	return cm_keeper_client_sign_tls(keeper, &tls, report, der);
}

cm_result
cm_tls_key_make(const char *home, struct cm_keeper_client *keeper, const struct cm_ipc_keys *keys, struct cm_report *report)
{
	struct cm_key CM_CLEANUP(cm_key_free_at) *key = NULL;
	struct cm_key_public half;
	struct cm_buf CM_CLEANUP(cm_buf_fini) spki = cm_buf_of(CM_LIMIT_CARD_BYTES_VALUE);
	struct cm_buf CM_CLEANUP(cm_buf_fini) der = cm_buf_of(CM_LIMIT_CARD_BYTES_VALUE);
	struct cm_buf CM_CLEANUP(cm_buf_fini) pem = cm_buf_of_secret(CM_LIMIT_CARD_BYTES_VALUE);
	char path[CM_FILE_PATH];
	cm_result r = cm_key_generate(CM_KEY_P256, &key);
	if (r != CM_OK)
		return r;
	cm_key_public(key, &half);
	r = cm_key_spki_write(&half, &spki);
	if (r == CM_OK)
		r = cm_tls_key_certify(keeper, keys, cm_buf_view(&spki), report, &der);
	if (r == CM_OK)
		r = cm_key_pem_write(key, cm_view_of(NULL, 0), &pem);
	if (r == CM_OK)
		r = cm_x509_pem_write(cm_buf_view(&der), "CERTIFICATE", &pem);
	for (size_t i = 0; r == CM_OK && i < keys->chain_count; i++)
		r = cm_x509_pem_write(keys->chain[i], "CERTIFICATE", &pem);
	if (r == CM_OK)
		r = cm_file_path(path, sizeof path, home, CM_TLS_KEY_FILE, report);
	return r == CM_OK ? cm_file_replace(path, 0600, cm_buf_view(&pem), report) : r;
}

cm_result
cm_tls_key_ready(const char *home, struct cm_keeper_client *keeper, const struct cm_ipc_keys *keys,
                 struct cm_report *report, struct cm_buf *ret_pem)
{
	char path[CM_FILE_PATH];
	cm_result r = cm_file_path(path, sizeof path, home, CM_TLS_KEY_FILE, report);
	if (r != CM_OK)
		return r;
	if (cm_file_exists(path)) {
		r = cm_file_load(path, ret_pem, report);
		if (r != CM_OK || cm_tls_key_due(cm_buf_view(ret_pem), keys).us > cm_clock_utc().us)
			return r;
		cm_buf_clear(ret_pem);
	}
	r = cm_tls_key_make(home, keeper, keys, report);
	return r == CM_OK ? cm_file_load(path, ret_pem, report) : r;
}
