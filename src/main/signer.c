// Knows: the two ways to the keeper of a folder. Does not know: what is packed (cli/pack_job.h), or what a signature over
// a manifest looks like (keeper, api).
#include "main/signer.h"

#include <stdio.h>
#include <string.h>

#include "base/b64.h"
#include "base/hex.h"
#include "base/mem.h"
#include "base/tab_limit.h"
#include "format/json.h"
#include "format/json_put.h"
#include "os/clock.h"
#include "os/file.h"
#include "node/keeper.h"
#include "cli/call.h"

#define CM_SIGNER_CERTIFICATES 65536 // bytes of DER, four at most

struct cm_signer {
	char home[CM_FILE_PATH];
	bool running;                    // a node works in the folder
	struct cm_keeper_process keeper; // otherwise
	struct cm_keeper_public keys;
	struct cm_buf der[COMITY_SIGNATURE_CERTIFICATES];
};

static const char *cm_signer_session_file;

void
cm_signer_session(const char *file)
{
	cm_signer_session_file = file;
}

static struct cm_instant
cm_signer_now(void)
{
	return cm_instant_of_seconds(cm_instant_seconds(cm_clock_utc()));
}

static enum comity_result
cm_signer_ask_keeper(void *self, const struct comity_statement *statement, struct comity_report *report,
                     struct comity_signature *ret_signature)
{
	struct cm_signer *signer = self;
	struct comity_signature signature = {.count = signer->keys.keys.chain_count};
	struct cm_ipc_cades cades = {.time = cm_signer_now()};
	struct cm_key_signature sig;
	memcpy(cades.manifest.b, statement->digest.b, sizeof cades.manifest.b);
	cm_result r = cm_keeper_client_sign_cades(&signer->keeper.client, &cades, comity_report_inside(report), &sig);
	if (r != CM_OK)
		return comity_result_of(r);
	memcpy(signature.value, sig.b, sizeof signature.value);
	signature.time.us = cades.time.us;
	for (size_t i = 0; i < signature.count && i < COMITY_SIGNATURE_CERTIFICATES; i++)
		signature.certificates[i] = comity_outside(signer->keys.keys.chain[i]);
	*ret_signature = signature;
	return COMITY_OK;
}

// The call of the running node: {"manifest":hex,"time":seconds}.
static cm_result
cm_signer_call(struct cm_signer *signer, const struct comity_statement *statement, int64_t seconds,
               struct cm_report *report, struct cm_json **ret_json)
{
	struct cm_command_line line = {
	        .command = CM_COMMAND_PACKAGE_CREATE, .home = signer->home, .session = cm_signer_session_file};
	struct cm_buf CM_CLEANUP(cm_buf_fini) body = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE);
	struct cm_json_put put = cm_json_put_of(&body);
	struct cm_call call;
	char hex[65];
	cm_hex_text(cm_view_of(statement->digest.b, 32), hex);
	cm_json_put_object(&put);
	cm_json_put_member_cstr(&put, "manifest", hex);
	cm_json_put_member_number(&put, "time", seconds);
	cm_json_put_end_object(&put);
	cm_result r = cm_call_begin(&line, CM_ROUTE_API_PACKAGE_SIGN, NULL, report, &call);
	struct cm_call_said said = {&line, "api_package_sign", "", NULL};
	if (r == CM_OK)
		r = cm_call_say(&call, &body, &said, report);
	return r == CM_OK ? cm_call_send(&call, report, ret_json) : r;
}

static cm_result
cm_signer_read(struct cm_signer *signer, const struct cm_json *json, struct comity_signature *signature)
{
	const struct cm_json_value *root = cm_json_root(json), *list = cm_json_member(root, "certificates");
	if (!cm_hex_read(cm_json_text(cm_json_member(root, "signature")), signature->value, sizeof signature->value) ||
	    list == NULL || cm_json_count(list) == 0 || cm_json_count(list) > COMITY_SIGNATURE_CERTIFICATES)
		return CM_BUG;
	for (size_t i = 0; i < cm_json_count(list); i++) {
		struct cm_buf *der = &signer->der[i];
		cm_buf_clear(der);
		if (!cm_b64_read(cm_json_text(cm_json_at(list, i)), CM_B64_STANDARD, der))
			return CM_BUG;
		signature->certificates[signature->count++] = (struct comity_view){der->p, der->n};
	}
	return CM_OK;
}

static enum comity_result
cm_signer_ask_node(void *self, const struct comity_statement *statement, struct comity_report *report,
                   struct comity_signature *ret_signature)
{
	struct cm_signer *signer = self;
	struct cm_json CM_CLEANUP(cm_json_free_at) *json = NULL;
	struct cm_instant now = cm_signer_now();
	struct comity_signature signature = {.time = {now.us}};
	cm_result r = cm_signer_call(signer, statement, cm_instant_seconds(now), comity_report_inside(report), &json);
	if (r == CM_OK && json != NULL)
		r = cm_signer_read(signer, json, &signature);
	if (r == CM_OK)
		*ret_signature = signature;
	return comity_result_of(r);
}

static void
cm_signer_close(void *self)
{
	struct cm_signer *signer = self;
	if (signer == NULL)
		return;
	cm_keeper_public_fini(&signer->keys);
	cm_keeper_stop(&signer->keeper);
	for (size_t i = 0; i < COMITY_SIGNATURE_CERTIFICATES; i++)
		cm_buf_fini(&signer->der[i]);
	cm_mem_free(signer);
}

// A node works in the folder when somebody holds its lock.
static cm_result
cm_signer_start(struct cm_signer *signer, struct cm_report *report)
{
	char path[CM_FILE_PATH];
	int lock = -1;
	cm_result r = cm_file_path(path, sizeof path, signer->home, "run/lock", report);
	if (r != CM_OK)
		return r;
	r = cm_file_lock(path, NULL, &lock);
	cm_file_close(&lock);
	signer->running = r == CM_REFUSED;
	if (signer->running)
		return CM_OK;
	r = cm_keeper_start(signer->home, -1, report, &signer->keeper);
	return r == CM_OK ? cm_keeper_client_keys(&signer->keeper.client, report, &signer->keys) : r;
}

enum comity_result
cm_signer_open(const char *home, struct comity_report *report, struct cm_cli_signer *ret_signer)
{
	struct cm_signer *signer = cm_mem_new(sizeof *signer);
	if (signer == NULL)
		return COMITY_NOMEM;
	for (size_t i = 0; i < COMITY_SIGNATURE_CERTIFICATES; i++)
		signer->der[i] = cm_buf_of(CM_SIGNER_CERTIFICATES);
	snprintf(signer->home, sizeof signer->home, "%s", home);
	cm_result r = cm_signer_start(signer, comity_report_inside(report));
	if (r != CM_OK) {
		cm_signer_close(signer);
		return comity_result_of(r);
	}
	struct cm_cli_signer out = {.self = signer,
	        .sign = signer->running ? cm_signer_ask_node : cm_signer_ask_keeper,
	        .close = cm_signer_close};
	snprintf(out.name, sizeof out.name, "%s", signer->keys.keys.node);
	*ret_signer = out;
	return COMITY_OK;
}
