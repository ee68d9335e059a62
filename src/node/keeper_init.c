// Knows: how the keys of a new node are made and certified. Does not know: the running keeper. Keys are written encrypted; the
// folder is made under another name and renamed when it is whole, so a half-made one is never taken for a node's.
#include "node/keeper_inside.h"

#include <stdio.h>

#include "base/b64.h"
#include "base/mem.h"
#include "node/keeper.h"
#include "node/slotfile.h"
#include "os/dir.h"
#include "os/file.h"
#include "os/rand.h"

#define CM_KEEPER_INIT_PASS 32 // random bytes of a pass phrase that we make

static cm_result
cm_keeper_init_put(const char *folder, const char *name, unsigned mode, const struct cm_buf *bytes,
                   struct cm_report *report)
{
	char path[CM_FILE_PATH];
	cm_result r = cm_buf_result(bytes);
	if (r == CM_OK)
		r = cm_file_path(path, sizeof path, folder, name, report);
	return r == CM_OK ? cm_file_replace(path, mode, cm_buf_view(bytes), report) : r;
}

cm_result
cm_keeper_init_key(const char *folder, const char *name, enum cm_key_kind kind, struct cm_view pass,
                   struct cm_report *report, struct cm_key_public *ret_public)
{
	CM_CLEANUP(cm_key_free_at) struct cm_key *key = NULL;
	CM_CLEANUP(cm_buf_fini) struct cm_buf pem = cm_buf_of_secret(CM_LIMIT_CERTIFICATE_BYTES_VALUE);
	cm_result r = cm_key_generate(kind, &key);
	if (r == CM_OK)
		r = cm_key_pem_write(key, pass, &pem);
	if (r == CM_OK)
		r = cm_keeper_init_put(folder, name, 0600, &pem, report);
	if (r == CM_OK)
		cm_key_public(key, ret_public);
	return r;
}

cm_result
cm_keeper_init_certify(const char *folder, const char *name, const struct cm_state_root *root,
                       const struct cm_state_root_issue *issue, struct cm_report *report)
{
	CM_CLEANUP(cm_buf_fini) struct cm_buf der = cm_buf_of(CM_LIMIT_CERTIFICATE_BYTES_VALUE);
	CM_CLEANUP(cm_buf_fini) struct cm_buf pem = cm_buf_of(4 * CM_LIMIT_CERTIFICATE_BYTES_VALUE);
	cm_result r = cm_state_root_issue(root, issue, report, &der);
	if (r == CM_OK)
		r = cm_x509_pem_write(cm_buf_view(&der), "CERTIFICATE", &pem);
	if (r == CM_OK)
		r = cm_x509_pem_write(cm_buf_view(&root->der), "CERTIFICATE", &pem);
	return r == CM_OK ? cm_keeper_init_put(folder, name, 0644, &pem, report) : r;
}

// The pass phrase: the caller's, or a random one that is kept as the credential file.
static cm_result
cm_keeper_init_pass(const struct cm_keeper_spec *spec, const char *folder, struct cm_report *report,
                    struct cm_buf *pass)
{
	uint8_t chance[CM_KEEPER_INIT_PASS];
	cm_buf_view_add(pass, spec->pass);
	if (spec->pass.n != 0)
		return cm_buf_result(pass);
	cm_result r = cm_rand_bytes(chance, sizeof chance, report);
	if (r == CM_OK)
		cm_b64_write(pass, cm_view_of(chance, sizeof chance), CM_B64_URL);
	cm_mem_wipe(chance, sizeof chance);
	return r == CM_OK ? cm_keeper_init_put(folder, "credential", 0400, pass, report) : r;
}

static cm_result
cm_keeper_init_slots(const char *folder, struct cm_report *report)
{
	char path[CM_FILE_PATH];
	cm_result r = cm_file_path(path, sizeof path, folder, "guard", report);
	if (r == CM_OK)
		r = cm_slotfile_create(path, report);
	if (r == CM_OK)
		r = cm_file_path(path, sizeof path, folder, "persons", report);
	if (r == CM_OK)
		r = cm_slotfile_create(path, report);
	return r == CM_OK ? cm_dir_sync(folder, report) : r;
}

static cm_result
cm_keeper_init_fill(const struct cm_keeper_spec *spec, const struct cm_state_root *root, const char *folder,
                    struct cm_report *report)
{
	CM_CLEANUP(cm_buf_fini) struct cm_buf secret = cm_buf_of_secret(CM_LIMIT_SECRET_LINE_VALUE);
	struct cm_state_root_issue sign = {
	        .role = CM_X509_AUTHORITY,
	        .node = spec->node,
	        .organisation = spec->organisation,
	};
	struct cm_state_root_issue seal = sign;
	struct cm_key_public unused;
	seal.role = CM_X509_SEAL;
	cm_result r = cm_keeper_init_pass(spec, folder, report, &secret);
	struct cm_view pass = cm_buf_view(&secret);
	if (r == CM_OK)
		r = cm_keeper_init_key(folder, "sign.p8", CM_KEY_P256, pass, report, &sign.subject);
	if (r == CM_OK)
		r = cm_keeper_init_key(folder, "seal.p8", CM_KEY_X25519, pass, report, &seal.subject);
	if (r == CM_OK)
		r = cm_keeper_init_key(folder, "log.p8", CM_KEY_ED25519, pass, report, &unused);
	if (r == CM_OK)
		r = cm_keeper_init_key(folder, "witness.p8", CM_KEY_ED25519, pass, report, &unused);
	if (r == CM_OK)
		r = cm_keeper_init_certify(folder, "sign.pem", root, &sign, report);
	if (r == CM_OK)
		r = cm_keeper_init_certify(folder, "seal.pem", root, &seal, report);
	return r == CM_OK ? cm_keeper_init_slots(folder, report) : r;
}

cm_result
cm_keeper_create(const struct cm_keeper_spec *spec, const struct cm_state_root *root, struct cm_report *report)
{
	char folder[CM_FILE_PATH], half[CM_FILE_PATH];
	cm_result r = cm_file_path(folder, sizeof folder, spec->home, "keeper", report);
	if (r == CM_OK)
		r = cm_file_path(half, sizeof half, spec->home, "keeper.part", report);
	if (r != CM_OK)
		return r;
	if (cm_file_exists(folder))
		return cm_report_refuse(report, CM_ERROR_FILE_EXISTS, folder, "keys of a node");
	r = cm_dir_remove_all(half, report);
	if (r == CM_OK)
		r = cm_dir_make(half, 0700, report);
	if (r == CM_OK)
		r = cm_keeper_init_fill(spec, root, half, report);
	if (r == CM_OK)
		r = cm_file_rename(half, folder, report);
	return r;
}

cm_result
cm_keeper_recertify(const struct cm_keeper_recertify *spec, const struct cm_state_root *root, struct cm_report *report)
{
	char folder[CM_FILE_PATH];
	struct cm_x509 old_sign, old_seal;
	struct cm_state_root_issue sign = {
	        .role = CM_X509_AUTHORITY,
	        .node = spec->keys->node,
	        .organisation = spec->organisation,
	        .days = spec->days,
	};
	struct cm_state_root_issue seal = sign;
	seal.role = CM_X509_SEAL;
	cm_result r = cm_file_path(folder, sizeof folder, spec->home, "keeper", report);
	if (r == CM_OK)
		r = cm_x509_read(spec->keys->chain[0], report, &old_sign);
	if (r == CM_OK)
		r = cm_x509_read(spec->keys->seal_certificate, report, &old_seal);
	if (r != CM_OK)
		return r;
	sign.subject = old_sign.key;
	seal.subject = old_seal.key;
	r = cm_keeper_init_certify(folder, "sign.pem", root, &sign, report);
	return r == CM_OK ? cm_keeper_init_certify(folder, "seal.pem", root, &seal, report) : r;
}
