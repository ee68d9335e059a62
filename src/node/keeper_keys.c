// Knows: where the keeper's keys lie and how they are unlocked. Does not know: what they sign (keeper_sign.c). Everything is
// read once, before the walls; afterwards no file is opened any more. Serves data/keys.tab.
#include "node/keeper_inside.h"

#include <string.h>

#include "base/mem.h"
#include "os/env.h"
#include "os/file.h"
#include "os/tty.h"

// One line of a file into `to`.
static cm_result
cm_keeper_keys_line(const char *path, struct cm_report *report, struct cm_buf *to)
{
	CM_FILE_AUTO int fd = -1;
	cm_result r = cm_file_open(path, CM_FILE_READ, 0, report, &fd);
	return r == CM_OK ? cm_tty_secret_from(fd, to, report) : r;
}

cm_result
cm_keeper_keys_pass(const char *home, int pass_fd, struct cm_report *report, struct cm_buf *to)
{
	char path[CM_FILE_PATH];
	if (pass_fd >= 0)
		return cm_tty_secret_from(pass_fd, to, report);
	cm_result r = cm_file_path(path, sizeof path, home, "keeper/credential", report);
	if (r != CM_OK)
		return r;
	const char *services = cm_env_get("CREDENTIALS_DIRECTORY");
	if (!cm_file_exists(path) && services != NULL)
		r = cm_file_path(path, sizeof path, services, "comity-keeper", report);
	return r == CM_OK ? cm_keeper_keys_line(path, report, to) : r;
}

cm_result
cm_keeper_keys_one(const char *home, const char *name, struct cm_view pass, struct cm_report *report,
                   struct cm_key **ret_key)
{
	char path[CM_FILE_PATH];
	CM_CLEANUP(cm_buf_fini) struct cm_buf pem = cm_buf_of_secret(CM_LIMIT_CERTIFICATE_BYTES_VALUE);
	cm_result r = cm_file_path(path, sizeof path, home, name, report);
	if (r == CM_OK)
		r = cm_file_load(path, &pem, report);
	if (r != CM_OK)
		return r;
	r = cm_key_pem_read(cm_buf_view(&pem), pass, NULL, ret_key);
	return r == CM_REFUSED ? cm_report_refuse(report, CM_ERROR_KEEPER_UNLOCK, name, "not unlocked") : r;
}

cm_result
cm_keeper_keys_chain(const char *home, const char *name, struct cm_report *report, struct cm_x509_list *ret_list)
{
	char path[CM_FILE_PATH];
	CM_CLEANUP(cm_buf_fini) struct cm_buf pem = cm_buf_of(8 * CM_LIMIT_CERTIFICATE_BYTES_VALUE);
	cm_result r = cm_file_path(path, sizeof path, home, name, report);
	if (r == CM_OK)
		r = cm_file_load(path, &pem, report);
	return r == CM_OK ? cm_x509_pem_read(cm_buf_view(&pem), report, ret_list) : r;
}

// Is the first certificate of `list` one over `key`? Its contents to *ret_cert.
static cm_result
cm_keeper_keys_match(const struct cm_x509_list *list, const struct cm_key *key, const char *name,
                     struct cm_report *report, struct cm_x509 *ret_cert)
{
	struct cm_key_public public;
	cm_result r = cm_x509_read(list->der[0], report, ret_cert);
	if (r != CM_OK)
		return r;
	cm_key_public(key, &public);
	if (!cm_key_public_equal(&ret_cert->key, &public))
		return cm_report_refuse(report, CM_ERROR_KEEPER_KEYS, name, "of another key");
	return CM_OK;
}

static cm_result
cm_keeper_keys_public(struct cm_keeper_keys *keys, struct cm_report *report)
{
	struct cm_x509 sign, seal;
	struct cm_key_public public;
	struct cm_secret raw = {0};
	cm_result r = cm_keeper_keys_match(&keys->chain, keys->sign, "sign.pem", report, &sign);
	if (r == CM_OK)
		r = cm_keeper_keys_match(&keys->seal_chain, keys->seal, "seal.pem", report, &seal);
	if (r != CM_OK)
		return r;
	if (keys->chain.count > CM_IPC_CHAIN || !sign.is_ca || sign.node[0] == 0 || strcmp(sign.node, seal.node) != 0 ||
	    cm_key_kind(keys->sign) != CM_KEY_P256 || cm_key_kind(keys->seal) != CM_KEY_X25519 ||
	    cm_key_kind(keys->log) != CM_KEY_ED25519 || cm_key_kind(keys->witness) != CM_KEY_ED25519)
		return cm_report_refuse(report, CM_ERROR_KEEPER_KEYS, "keeper", "kinds or names differ");
	memcpy(keys->public.node, sign.node, sizeof keys->public.node);
	keys->public.chain_count = keys->chain.count;
	for (size_t i = 0; i < keys->chain.count; i++)
		keys->public.chain[i] = keys->chain.der[i];
	keys->public.seal_certificate = keys->seal_chain.der[0];
	cm_key_public(keys->seal, &public);
	memcpy(keys->public.recipient.b, public.b, sizeof keys->public.recipient.b);
	cm_key_public(keys->log, &public);
	memcpy(keys->public.log, public.b, sizeof keys->public.log);
	cm_key_public(keys->witness, &public);
	memcpy(keys->public.witness, public.b, sizeof keys->public.witness);
	r = cm_key_raw(keys->seal, &raw);
	if (r == CM_OK)
		memcpy(keys->identity.b, raw.p, sizeof keys->identity.b);
	cm_secret_fini(&raw);
	return r;
}

cm_result
cm_keeper_keys_open(const char *home, struct cm_view pass, struct cm_report *report, struct cm_keeper_keys *ret_keys)
{
	struct cm_keeper_keys *keys = ret_keys;
	*keys = (struct cm_keeper_keys){0};
	cm_result r = cm_keeper_keys_one(home, "keeper/sign.p8", pass, report, &keys->sign);
	if (r == CM_OK)
		r = cm_keeper_keys_one(home, "keeper/seal.p8", pass, report, &keys->seal);
	if (r == CM_OK)
		r = cm_keeper_keys_one(home, "keeper/log.p8", pass, report, &keys->log);
	if (r == CM_OK)
		r = cm_keeper_keys_one(home, "keeper/witness.p8", pass, report, &keys->witness);
	if (r == CM_OK)
		r = cm_keeper_keys_chain(home, "keeper/sign.pem", report, &keys->chain);
	if (r == CM_OK)
		r = cm_keeper_keys_chain(home, "keeper/seal.pem", report, &keys->seal_chain);
	if (r == CM_OK)
		r = cm_keeper_keys_public(keys, report);
	if (r != CM_OK)
		cm_keeper_keys_fini(keys);
	return r;
}

void
cm_keeper_keys_fini(struct cm_keeper_keys *keys)
{
	if (keys == NULL)
		return;
	cm_key_free(keys->sign);
	cm_key_free(keys->seal);
	cm_key_free(keys->log);
	cm_key_free(keys->witness);
	cm_seal_identity_fini(&keys->identity);
	cm_x509_list_fini(&keys->chain);
	cm_x509_list_fini(&keys->seal_chain);
	*keys = (struct cm_keeper_keys){0};
}
