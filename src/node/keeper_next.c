// Knows: how the next signing key of a node is made, and how it takes the place of the present one so that a crash between two
// files is healed by doing it again. Does not know: who announces it (directory_issue.c) or the card (renew.c). Serves
// doc/spec/keys.md section 2.
#include "node/keeper_inside.h"

#include <string.h>

#include "base/mem.h"
#include "node/keeper.h"
#include "os/dir.h"
#include "os/file.h"

#define CM_KEEPER_NEXT_KEY "keeper/next.p8"
#define CM_KEEPER_NEXT_CHAIN "keeper/next.pem"

// SHA-256 of the SubjectPublicKeyInfo of the key that waits.
static cm_result
cm_keeper_next_open(const char *home, struct cm_view pass, struct cm_report *report, struct cm_key_public *ret_public)
{
	CM_CLEANUP(cm_key_free_at) struct cm_key *key = NULL;
	cm_result r = cm_keeper_keys_one(home, CM_KEEPER_NEXT_KEY, pass, report, &key);
	if (r == CM_OK && cm_key_kind(key) != CM_KEY_P256)
		r = cm_report_refuse(report, CM_ERROR_KEEPER_KEYS, CM_KEEPER_NEXT_KEY, "another kind");
	if (r == CM_OK)
		cm_key_public(key, ret_public);
	return r;
}

static cm_result
cm_keeper_next_there(const char *home, const char *name, struct cm_report *report, bool *ret_there)
{
	char path[CM_FILE_PATH];
	cm_result r = cm_file_path(path, sizeof path, home, name, report);
	if (r == CM_OK)
		*ret_there = cm_file_exists(path);
	return r;
}

cm_result
cm_keeper_next_ready(const char *home, struct cm_report *report, struct cm_keeper_next *ret_next)
{
	CM_CLEANUP(cm_buf_fini) struct cm_buf pass = cm_buf_of_secret(CM_LIMIT_SECRET_LINE_VALUE);
	CM_CLEANUP(cm_buf_fini) struct cm_buf spki = cm_buf_of(CM_LIMIT_CERTIFICATE_BYTES_VALUE);
	struct cm_keeper_keys CM_CLEANUP(cm_keeper_keys_fini) keys = {.sign = NULL};
	struct cm_key_public public;
	char folder[CM_FILE_PATH];
	bool there = false;
	cm_result r = cm_keeper_keys_pass(home, -1, report, &pass);
	if (r == CM_OK) // the pass phrase is the one of this folder
		r = cm_keeper_keys_open(home, cm_buf_view(&pass), report, &keys);
	if (r == CM_OK)
		r = cm_keeper_next_there(home, CM_KEEPER_NEXT_KEY, report, &there);
	if (r == CM_OK)
		r = cm_file_path(folder, sizeof folder, home, "keeper", report);
	if (r == CM_OK && there)
		r = cm_keeper_next_open(home, cm_buf_view(&pass), report, &public);
	else if (r == CM_OK)
		r = cm_keeper_init_key(folder, "next.p8", CM_KEY_P256, cm_buf_view(&pass), report, &public);
	if (r == CM_OK)
		r = cm_key_spki_write(&public, &spki);
	if (r != CM_OK)
		return r;
	memcpy(ret_next->node, keys.public.node, sizeof ret_next->node);
	ret_next->spki = cm_hash_of(cm_buf_view(&spki));
	return CM_OK;
}

// The root is the one behind the present certificate: another one would make the node a stranger to its peers.
static cm_result
cm_keeper_next_root(const char *home, const struct cm_state_root *root, struct cm_report *report)
{
	struct cm_x509_list CM_CLEANUP(cm_x509_list_fini) chain = {.count = 0};
	cm_result r = cm_keeper_keys_chain(home, "keeper/sign.pem", report, &chain);
	if (r == CM_OK && !cm_view_equal(chain.der[chain.count - 1], cm_buf_view(&root->der)))
		r = cm_report_refuse(report, CM_ERROR_STATE_OTHER, "sign.pem", "another root than the one that certified it");
	return r;
}

static cm_result
cm_keeper_next_move(const char *home, const char *name, const char *to, struct cm_report *report)
{
	char from[CM_FILE_PATH], place[CM_FILE_PATH], folder[CM_FILE_PATH];
	cm_result r = cm_file_path(from, sizeof from, home, name, report);
	if (r == CM_OK)
		r = cm_file_path(place, sizeof place, home, to, report);
	if (r == CM_OK)
		r = cm_file_path(folder, sizeof folder, home, "keeper", report);
	if (r == CM_OK)
		r = cm_file_rename(from, place, report);
	return r == CM_OK ? cm_dir_sync(folder, report) : r;
}

// The certificate is there before the key moves; so a key without its certificate always finds it under the other name.
static cm_result
cm_keeper_next_key(const struct cm_keeper_recertify *spec, const char *node, const struct cm_state_root *root,
                   struct cm_report *report)
{
	CM_CLEANUP(cm_buf_fini) struct cm_buf pass = cm_buf_of_secret(CM_LIMIT_SECRET_LINE_VALUE);
	struct cm_state_root_issue issue = {
	        .role = CM_X509_AUTHORITY, .node = node, .organisation = spec->organisation, .days = spec->days};
	char folder[CM_FILE_PATH];
	cm_result r = cm_file_path(folder, sizeof folder, spec->home, "keeper", report);
	if (r == CM_OK)
		r = cm_keeper_keys_pass(spec->home, -1, report, &pass);
	if (r == CM_OK)
		r = cm_keeper_next_open(spec->home, cm_buf_view(&pass), report, &issue.subject);
	if (r == CM_OK)
		r = cm_keeper_init_certify(folder, "next.pem", root, &issue, report);
	return r == CM_OK ? cm_keeper_next_move(spec->home, CM_KEEPER_NEXT_KEY, "keeper/sign.p8", report) : r;
}

cm_result
cm_keeper_next_take(const struct cm_keeper_recertify *spec, const char *node, const struct cm_state_root *root,
                    struct cm_report *report)
{
	CM_FILE_AUTO int lock = -1;
	bool key = false, chain = false;
	cm_result r = cm_keeper_lock(spec->home, report, &lock);
	if (r == CM_OK)
		r = cm_keeper_next_root(spec->home, root, report);
	if (r == CM_OK)
		r = cm_keeper_next_there(spec->home, CM_KEEPER_NEXT_KEY, report, &key);
	if (r == CM_OK)
		r = cm_keeper_next_there(spec->home, CM_KEEPER_NEXT_CHAIN, report, &chain);
	if (r == CM_OK && !key && !chain)
		r = cm_report_refuse(report, CM_ERROR_KEY_NEXT_NONE, CM_KEEPER_NEXT_KEY, "%s", node);
	if (r == CM_OK && key)
		r = cm_keeper_next_key(spec, node, root, report);
	return r == CM_OK ? cm_keeper_next_move(spec->home, CM_KEEPER_NEXT_CHAIN, "keeper/sign.pem", report) : r;
}
