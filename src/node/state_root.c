// Knows: the folder of a State's root, and what it may certify. Does not know: the node's own folders (keeper_init.c). The
// root is opened only while something is issued and closed again; no running node ever has it.
#include "node/state_root.h"

#include <string.h>

#include "base/mem.h"
#include "base/tab_limit.h"
#include "os/clock.h"
#include "os/dir.h"
#include "os/file.h"
#include "os/rand.h"

static struct cm_instant
cm_state_root_whole(struct cm_instant t)
{
	return cm_instant_of_seconds(cm_instant_seconds(t));
}

static cm_result
cm_state_root_self(const struct cm_state_root_spec *spec, const struct cm_key *key, struct cm_report *report,
                   struct cm_buf *der)
{
	struct cm_instant now = cm_state_root_whole(cm_clock_utc());
	struct cm_x509_spec cert = {
	        .role = CM_X509_ROOT,
	        .country = spec->country,
	        .organisation = spec->organisation,
	        .name = "State root",
	        .exercise = cm_clock_exercise_file() != NULL,
	        .not_before = now,
	        .not_after = {.us = now.us + CM_LIMIT_ROOT_DAYS_VALUE * CM_INSTANT_DAY},
	};
	struct cm_key_public public;
	cm_key_public(key, &public);
	cm_result r = cm_rand_bytes(cert.serial, sizeof cert.serial, report);
	if (r == CM_OK)
		r = cm_x509_write(&cert, &public, key, cm_view_of(NULL, 0), report, der);
	return r;
}

cm_result
cm_state_root_create(const struct cm_state_root_spec *spec, struct cm_report *report)
{
	char key_path[CM_FILE_PATH], cert_path[CM_FILE_PATH];
	CM_CLEANUP(cm_key_free_at) struct cm_key *key = NULL;
	CM_CLEANUP(cm_buf_fini) struct cm_buf der = cm_buf_of(CM_LIMIT_CERTIFICATE_BYTES_VALUE);
	CM_CLEANUP(cm_buf_fini) struct cm_buf pem = cm_buf_of(2 * CM_LIMIT_CERTIFICATE_BYTES_VALUE);
	CM_CLEANUP(cm_buf_fini) struct cm_buf secret = cm_buf_of_secret(CM_LIMIT_CERTIFICATE_BYTES_VALUE);
	cm_result r = cm_file_path(key_path, sizeof key_path, spec->folder, "root.p8", report);
	if (r == CM_OK)
		r = cm_file_path(cert_path, sizeof cert_path, spec->folder, "root.pem", report);
	if (r != CM_OK)
		return r;
	if (cm_file_exists(key_path))
		return cm_report_refuse(report, CM_ERROR_STATE_EXISTS, spec->folder, "root.p8");
	r = cm_key_generate(CM_KEY_P256, &key);
	if (r == CM_OK)
		r = cm_state_root_self(spec, key, report, &der);
	if (r == CM_OK)
		r = cm_x509_pem_write(cm_buf_view(&der), "CERTIFICATE", &pem);
	if (r == CM_OK)
		r = cm_key_pem_write(key, spec->pass, &secret);
	if (r == CM_OK)
		r = cm_dir_make_all(spec->folder, 0700, report);
	if (r == CM_OK)
		r = cm_file_replace(cert_path, 0644, cm_buf_view(&pem), report);
	if (r == CM_OK)
		r = cm_file_replace(key_path, 0400, cm_buf_view(&secret), report);
	return r;
}

// The certificate into root->der, and that it is a root of this key.
static cm_result
cm_state_root_fit(struct cm_state_root *root, struct cm_view pem, const char *folder, struct cm_report *report)
{
	CM_CLEANUP(cm_x509_list_fini) struct cm_x509_list list = {0};
	struct cm_x509 cert;
	struct cm_key_public public;
	cm_result r = cm_x509_pem_read(pem, report, &list);
	if (r == CM_OK)
		r = cm_x509_read(list.der[0], report, &cert);
	if (r != CM_OK)
		return r;
	cm_key_public(root->key, &public);
	if (list.count != 1 || !cert.is_ca || !cert.is_self_issued || !cm_key_public_equal(&cert.key, &public))
		return cm_report_refuse(report, CM_ERROR_STATE_FORM, folder, "root.pem is not of root.p8");
	// An exercise would make everything real that it signs with a real root.
	if (cert.exercise != (cm_clock_exercise_file() != NULL))
		return cm_report_refuse(report, CM_ERROR_EXERCISE_MIXED, folder, "%s",
		                        cert.exercise ? "the State root was made for exercises" : "the State root is a real one");
	memcpy(root->country, cert.country, sizeof root->country);
	cm_buf_view_add(&root->der, list.der[0]);
	return cm_buf_result(&root->der);
}

cm_result
cm_state_root_open(const char *folder, struct cm_view pass, struct cm_report *report, struct cm_state_root *ret_root)
{
	char path[CM_FILE_PATH];
	struct cm_state_root root = {.der = cm_buf_of(CM_LIMIT_CERTIFICATE_BYTES_VALUE)};
	CM_CLEANUP(cm_buf_fini) struct cm_buf secret = cm_buf_of_secret(CM_LIMIT_CERTIFICATE_BYTES_VALUE);
	CM_CLEANUP(cm_buf_fini) struct cm_buf pem = cm_buf_of(2 * CM_LIMIT_CERTIFICATE_BYTES_VALUE);
	cm_result r = cm_file_path(path, sizeof path, folder, "root.p8", report);
	if (r == CM_OK)
		r = cm_file_load(path, &secret, report);
	if (r == CM_OK)
		r = cm_key_pem_read(cm_buf_view(&secret), pass, report, &root.key);
	if (r == CM_OK)
		r = cm_file_path(path, sizeof path, folder, "root.pem", report);
	if (r == CM_OK)
		r = cm_file_load(path, &pem, report);
	if (r == CM_OK)
		r = cm_state_root_fit(&root, cm_buf_view(&pem), folder, report);
	if (r == CM_OK)
		*ret_root = root;
	else
		cm_state_root_fini(&root);
	return r;
}

void
cm_state_root_fini(struct cm_state_root *root)
{
	if (root == NULL)
		return;
	cm_key_free(root->key);
	root->key = NULL;
	cm_buf_fini(&root->der);
}

cm_result
cm_state_root_issue(const struct cm_state_root *root, const struct cm_state_root_issue *issue,
                    struct cm_report *report, struct cm_buf *to)
{
	struct cm_instant now = cm_state_root_whole(cm_clock_utc());
	struct cm_x509_spec cert = {
	        .role = issue->role,
	        .country = root->country,
	        .organisation = issue->organisation,
	        .node = issue->node,
	        .not_before = now,
	        .not_after = {.us = now.us + (issue->days == 0 ? CM_LIMIT_AUTHORITY_DAYS_VALUE : issue->days) * CM_INSTANT_DAY},
	};
	if ((issue->role != CM_X509_AUTHORITY && issue->role != CM_X509_SEAL) || issue->days > CM_LIMIT_AUTHORITY_DAYS_VALUE)
		return CM_BUG;
	cm_result r = cm_rand_bytes(cert.serial, sizeof cert.serial, report);
	if (r == CM_OK)
		r = cm_x509_write(&cert, &issue->subject, root->key, cm_buf_view(&root->der), report, to);
	return r;
}
