// Knows: the words of `comity package create`, and how a key file signs. Does not know: how a package is made
// (pack_job.c), how a node signs (cm_cli_signer_open).
#include "cli/cmd_package.h"

#include <string.h>

#include "base/hex.h"
#include "base/mem.h"
#include "base/tab_limit.h"
#include "cli/cli.h"
#include "cli/out.h"
#include "os/clock.h"
#include "os/tty.h"

static enum comity_result
cm_cmd_key_sign(void *self, const struct comity_statement *statement, struct comity_report *report,
                struct comity_signature *ret_signature)
{
	struct comity_instant now = {cm_clock_utc().us};
	return comity_signer_sign(self, statement, now, report, ret_signature);
}

static void
cm_cmd_key_close(void *self)
{
	comity_signer_free(self);
}

static enum comity_result
cm_cmd_pass(const struct cm_cmd_key *key, struct cm_view pem, struct comity_report *report, struct cm_buf *pass)
{
	struct cm_report *inside = comity_report_inside(report);
	if (key->pass_file != NULL) {
		CM_FILE_AUTO int fd = -1;
		cm_result r = cm_file_open(key->pass_file, CM_FILE_READ, 0, inside, &fd);
		return comity_result_of(r == CM_OK ? cm_tty_secret_from(fd, pass, inside) : r);
	}
	if (memmem(pem.p, pem.n, "ENCRYPTED", 9) == NULL)
		return COMITY_OK;
	return comity_result_of(cm_tty_secret("Pass phrase of the key: ", pass, inside));
}

enum comity_result
cm_cmd_signer(const struct cm_cmd_key *key, struct comity_report *report, struct cm_cli_signer *ret_signer)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) pem = cm_buf_of_secret(0), chain = cm_buf_of(0);
	struct cm_buf CM_CLEANUP(cm_buf_fini) pass = cm_buf_of_secret(CM_LIMIT_SECRET_LINE_VALUE);
	struct comity_signer *signer;
	enum comity_result r = cm_cmd_load(key->key, CM_LIMIT_IDENTITY_FILE_VALUE, report, &pem);
	if (r == COMITY_OK)
		r = cm_cmd_load(key->cert, CM_LIMIT_TRUST_FILE_VALUE, report, &chain);
	if (r == COMITY_OK)
		r = cm_cmd_pass(key, cm_buf_view(&pem), report, &pass);
	if (r == COMITY_OK)
		r = comity_signer_new(comity_outside(cm_buf_view(&pem)), comity_outside(cm_buf_view(&pass)),
		                      comity_outside(cm_buf_view(&chain)), report, &signer);
	if (r == COMITY_OK)
		*ret_signer =
		        (struct cm_cli_signer){.self = signer, .sign = cm_cmd_key_sign, .close = cm_cmd_key_close};
	return r;
}

static int
cm_cmd_package_told(const struct cm_command_line *line, const struct cm_pack_told *told, const char *out)
{
	bool sealed = cm_command_value(line, CM_OPTION_PACKAGE_CREATE_SEAL_TO) != NULL;
	char package[65], digest[65], size[32];
	cm_hex_text(cm_view_of(told->package.b, sizeof told->package.b), package);
	cm_hex_text(cm_view_of(told->sealed.b, sizeof told->sealed.b), digest);
	if (line->json) {
		struct cm_buf CM_CLEANUP(cm_buf_fini) text = cm_buf_of(CM_LIMIT_JSON_OUTPUT_VALUE);
		struct cm_json_put put = cm_json_put_of(&text);
		cm_json_put_object(&put);
		cm_json_put_member_number(&put, "bytes", (int64_t)told->bytes);
		cm_json_put_member_number(&put, "files", (int64_t)told->files);
		cm_json_put_member_number(&put, "length", (int64_t)told->written);
		cm_json_put_member_cstr(&put, "out", out);
		cm_json_put_member_cstr(&put, "package", package);
		if (sealed)
			cm_json_put_member_cstr(&put, "sha256", digest);
		cm_json_put_end_object(&put);
		return cm_out_json(&text) ? CM_CLI_DONE : CM_CLI_ENVIRONMENT;
	}
	printf("%s: %zu files, %s\npackage %s\n", out, told->files, cm_out_bytes(told->written, size), package);
	if (sealed)
		printf("sealed SHA-256 %s\n", digest);
	return CM_CLI_DONE;
}

static enum comity_result
cm_cmd_package_signer(const struct cm_command_line *line, struct comity_report *report, struct cm_cli_signer *signer)
{
	struct cm_cmd_key key = {.key = cm_command_value(line, CM_OPTION_PACKAGE_CREATE_KEY),
	                         .cert = cm_command_value(line, CM_OPTION_PACKAGE_CREATE_CERT),
	                         .pass_file = cm_command_value(line, CM_OPTION_PACKAGE_CREATE_PASS_FILE)};
	if (key.key != NULL && key.cert != NULL)
		return cm_cmd_signer(&key, report, signer);
	if (line->home != NULL && key.key == NULL && key.cert == NULL && cm_cli_signer_open != NULL)
		return cm_cli_signer_open(line->home, report, signer);
	return comity_result_of(cm_report_refuse(comity_report_inside(report), CM_ERROR_USAGE, "options", "%s",
	                                         "it needs --home DIR, or --key FILE with --cert FILE"));
}

int
cm_cmd_package_create(const struct cm_command_line *line)
{
	const char *recipients[CM_LIMIT_SEAL_RECIPIENTS_VALUE + 1], *value;
	const char *out = cm_command_value(line, CM_OPTION_PACKAGE_CREATE_OUT);
	struct cm_sink CM_CLEANUP(cm_sink_fini) sink = {.fd = -1};
	struct cm_cli_signer signer = {0};
	struct comity_custody custody = {0};
	struct cm_pack_job job = {.path = line->arguments[0],
	                          .custody = &custody,
	                          .recipients = recipients,
	                          .signer = &signer,
	                          .put = cm_cmd_put,
	                          .self = &sink,
	                          .quiet = line->json};
	struct cm_pack_told told;
	struct comity_report *report;
	if (comity_init() != COMITY_OK || comity_report_new(&report) != COMITY_OK)
		return CM_CLI_ENVIRONMENT;
	for (size_t i = 0; i <= CM_LIMIT_SEAL_RECIPIENTS_VALUE &&
	                   (value = cm_command_value_at(line, CM_OPTION_PACKAGE_CREATE_SEAL_TO, i)) != NULL;
	     i++)
		recipients[job.recipient_count++] = value;
	enum comity_result r = cm_cmd_package_signer(line, report, &signer);
	custody.authority = *signer.name == 0 ? NULL : signer.name;
	bool force = cm_command_value(line, CM_OPTION_PACKAGE_CREATE_FORCE) != NULL;
	if (r == COMITY_OK)
		r = comity_result_of(cm_sink_open(out, force, comity_report_inside(report), &sink));
	if (r == COMITY_OK)
		r = cm_pack_job_run(&job, report, &told);
	if (r == COMITY_OK)
		r = comity_result_of(cm_sink_commit(&sink, comity_report_inside(report)));
	int code = r != COMITY_OK ? cm_cmd_failed(line, r, report) : sink.stream ? CM_CLI_DONE
	                                                                         : cm_cmd_package_told(line, &told, out);
	if (signer.close != NULL)
		signer.close(signer.self);
	comity_report_free(report);
	return code;
}
