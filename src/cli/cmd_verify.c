// Knows: the words of `comity verify` and of `comity package info`. Does not know: what is checked (comity/package.h).
#include <string.h>

#include "base/hex.h"
#include "base/instant.h"
#include "base/mem.h"
#include "base/tab_limit.h"
#include "cli/cli.h"
#include "cli/cmd_package.h"
#include "cli/fail.h"
#include "cli/out.h"
#include "cli/verify_job.h"

static int
cm_cmd_verify_told(const struct cm_command_line *line, struct comity_report *report)
{
	enum comity_verdict verdict = comity_report_verdict(report);
	int code = verdict == COMITY_VERDICT_VALID ? CM_CLI_DONE : CM_CLI_REFUSED;
	if (line->json) {
		struct cm_buf CM_CLEANUP(cm_buf_fini) text = cm_buf_of(CM_LIMIT_JSON_OUTPUT_VALUE);
		struct cm_json_put put = cm_json_put_of(&text);
		cm_json_put_object(&put);
		cm_out_json_report(&put, report);
		cm_json_put_end_object(&put);
		return cm_out_json(&text) ? code : CM_CLI_ENVIRONMENT;
	}
	cm_out_checks(stdout, report, false);
	if (comity_report_count(report) != 0)
		cm_fail_lines(stdout, line->command, comity_report_inside(report));
	if (verdict == COMITY_VERDICT_INTACT && cm_command_value(line, CM_OPTION_VERIFY_DIRECTORY) != NULL)
		printf("Give the newest list of each State with --directory to have all keys judged.\n");
	else if (verdict == COMITY_VERDICT_INTACT)
		printf("Give the roots of the States with --trust to have the origin judged.\n");
	return code;
}

static enum comity_result
cm_cmd_verify_trust(const struct cm_command_line *line, struct comity_report *report, struct comity_trust **ret_trust)
{
	const char *file;
	enum comity_result r = COMITY_OK;
	if (cm_command_value(line, CM_OPTION_VERIFY_TRUST) != NULL)
		r = comity_trust_new(ret_trust);
	for (size_t i = 0; r == COMITY_OK && (file = cm_command_value_at(line, CM_OPTION_VERIFY_TRUST, i)) != NULL; i++) {
		struct cm_buf CM_CLEANUP(cm_buf_fini) pem = cm_buf_of(0);
		r = cm_cmd_load(file, CM_LIMIT_TRUST_FILE_VALUE, report, &pem);
		if (r == COMITY_OK)
			r = comity_trust_add(*ret_trust, comity_outside(cm_buf_view(&pem)), report);
	}
	return r;
}

// The lists that are given, and the moment since when the file is here.
static enum comity_result
cm_cmd_verify_dates(const struct cm_command_line *line, const struct comity_trust *trust, struct comity_report *report,
                    struct comity_directory **ret_directory, struct comity_instant *ret_received)
{
	const char *file, *fingerprint = cm_command_value(line, CM_OPTION_VERIFY_FINGERPRINT);
	const char *received = cm_command_value(line, CM_OPTION_VERIFY_RECEIVED);
	struct cm_report *inside = comity_report_inside(report);
	struct comity_hash secretariat;
	struct cm_instant at = {.us = 0};
	enum comity_result r = COMITY_OK;
	if (fingerprint != NULL && !cm_hex_read(cm_view_text(fingerprint), secretariat.b, sizeof secretariat.b))
		return comity_result_of(cm_report_refuse(inside, CM_ERROR_USAGE, "--fingerprint", "%s", fingerprint));
	if (received != NULL && !cm_instant_read(cm_view_text(received), &at))
		return comity_result_of(cm_report_refuse(inside, CM_ERROR_USAGE, "--received", "%s", received));
	ret_received->us = at.us;
	if (cm_command_value(line, CM_OPTION_VERIFY_DIRECTORY) != NULL)
		r = comity_directory_new(ret_directory);
	for (size_t i = 0; r == COMITY_OK && (file = cm_command_value_at(line, CM_OPTION_VERIFY_DIRECTORY, i)) != NULL; i++) {
		struct cm_buf CM_CLEANUP(cm_buf_fini) list = cm_buf_of(0);
		r = cm_cmd_load(file, CM_LIMIT_DIRECTORY_BYTES_VALUE, report, &list);
		if (r == COMITY_OK)
			r = comity_directory_add(*ret_directory, trust, comity_outside(cm_buf_view(&list)),
			                         fingerprint == NULL ? NULL : &secretariat, report);
	}
	return r;
}

int
cm_cmd_verify(const struct cm_command_line *line)
{
	struct cm_verify_job job = {.path = line->arguments[0], .quiet = line->json};
	struct comity_trust *trust = NULL;
	struct comity_directory *directory = NULL;
	struct comity_report *report;
	if (comity_init() != COMITY_OK || comity_report_new(&report) != COMITY_OK)
		return CM_CLI_ENVIRONMENT;
	enum comity_result r = cm_cmd_verify_trust(line, report, &trust);
	if (r == COMITY_OK)
		r = cm_cmd_verify_dates(line, trust, report, &directory, &job.received);
	job.directory = directory;
	job.trust = trust;
	if (r == COMITY_OK)
		r = cm_verify_job_run(&job, report, NULL);
	int code = comity_report_verdict(report) != COMITY_VERDICT_NONE &&
	                           (r == COMITY_OK || r == COMITY_REFUSED)
	                   ? cm_cmd_verify_told(line, report)
	                   : cm_cmd_failed(line, r, report);
	comity_directory_free(directory);
	comity_trust_free(trust);
	comity_report_free(report);
	return code;
}

static int
cm_cmd_info_told(const struct cm_command_line *line, const struct comity_verify *verify)
{
	struct comity_entry e;
	char hex[65], size[32];
	struct cm_buf CM_CLEANUP(cm_buf_fini) text = cm_buf_of(CM_LIMIT_JSON_OUTPUT_VALUE);
	struct cm_json_put put = cm_json_put_of(&text);
	cm_json_put_array(&put);
	for (size_t i = 0; comity_verify_entry(verify, i, &e); i++) {
		cm_hex_text(cm_view_of(e.sha256.b, sizeof e.sha256.b), hex);
		cm_json_put_object(&put);
		cm_json_put_member_number(&put, "length", (int64_t)e.size);
		cm_json_put_member_cstr(&put, "name", e.name);
		if (e.has_sha256)
			cm_json_put_member_cstr(&put, "sha256", hex);
		cm_json_put_end_object(&put);
		if (!line->json)
			printf("%12s  %-64s  %s\n", cm_out_bytes(e.size, size), e.has_sha256 ? hex : "-", e.name);
	}
	cm_json_put_end_array(&put);
	return !line->json || cm_out_json(&text) ? CM_CLI_DONE : CM_CLI_ENVIRONMENT;
}

// What the lists tell, without judging: the digests are not compared.
int
cm_cmd_package_info(const struct cm_command_line *line)
{
	struct cm_verify_job job = {.path = line->arguments[0], .quiet = line->json, .lists_only = true};
	struct comity_verify *verify = NULL;
	struct comity_report *report;
	if (comity_init() != COMITY_OK || comity_report_new(&report) != COMITY_OK)
		return CM_CLI_ENVIRONMENT;
	enum comity_result r = cm_verify_job_run(&job, report, &verify);
	int code = r == COMITY_OK ? cm_cmd_info_told(line, verify) : cm_cmd_failed(line, r, report);
	comity_verify_free(verify);
	comity_report_free(report);
	return code;
}
