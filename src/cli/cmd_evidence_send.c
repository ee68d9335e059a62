// Knows: how a file or folder becomes a sealed package at the node: packed and sealed in this program, signed by the
// keeper, uploaded as ciphertext, delivered. Does not know: how packing works (pack_job.h) or who signs
// (cm_cli_signer_open). Plain bytes never leave this program, unless the officer wants a copy (--keep).
#include "cli/cmd_evidence.h"

#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "base/mem.h"
#include "base/tab_limit.h"
#include "os/rand.h"
#include "cli/call.h"
#include "cli/cli.h"
#include "cli/cmd_package.h"
#include "cli/cmd_after.h"
#include "cli/fail.h"
#include "cli/seal_job.h"
#include "cli/wait.h"

#define CM_SEND_REQUESTS CM_LIMIT_JOINT_PARTIES_VALUE // answered by one package
#define CM_SEND_RECIPIENTS CM_LIMIT_SEAL_RECIPIENTS_VALUE

// One sending, from the request to the delivery.
struct cm_send_evidence {
	const struct cm_command_line *line;
	const char *requests[CM_SEND_REQUESTS], *keep, *event, *override;
	size_t request_count;
	char title[CM_REPORT_SEEN], sealed[CM_FILE_PATH]; // ciphertext on its way to the node
	char authority[160], reference[160], evidence[CM_SEND_REQUESTS][64];
	char states[CM_SEND_REQUESTS][2][64]; // of the evidence and its request, once delivered
	char recipient[CM_SEND_RECIPIENTS][128];
	const char *recipients[CM_SEND_RECIPIENTS];
	size_t recipient_count;
	struct cm_buf papers[CM_SEND_REQUESTS]; // the requests as they came
	struct cm_pack_told told;
	struct cm_json *json; // of the last call
	struct comity_report *report;
};

static cm_result
cm_send_evidence_get(struct cm_send_evidence *send, enum cm_route route, const char *id)
{
	struct cm_call call;
	struct cm_report *inside = comity_report_inside(send->report);
	cm_json_free(cm_take(&send->json));
	cm_result r = cm_call_begin(send->line, route, id, inside, &call);
	return r == CM_OK ? cm_call_send(&call, inside, &send->json) : r;
}

static void
cm_send_evidence_text(const struct cm_send_evidence *send, const char *name, char *to, size_t room)
{
	snprintf(to, room, "%.*s", CM_VIEW_ARG(cm_json_text(cm_json_member(cm_json_root(send->json), name))));
}

static void
cm_send_evidence_recipient(struct cm_send_evidence *send, struct cm_view text)
{
	for (size_t i = 0; i < send->recipient_count; i++)
		if (cm_view_is(text, send->recipients[i]))
			return;
	if (send->recipient_count == CM_SEND_RECIPIENTS)
		return;
	snprintf(send->recipient[send->recipient_count], sizeof send->recipient[0], "%.*s", CM_VIEW_ARG(text));
	send->recipients[send->recipient_count] = send->recipient[send->recipient_count];
	send->recipient_count++;
}

// To whom it is sealed, and the request's own message for the package.
static cm_result
cm_send_evidence_request(struct cm_send_evidence *send, size_t at)
{
	struct cm_report *inside = comity_report_inside(send->report);
	char number[24];
	struct cm_call call;
	cm_result r = cm_send_evidence_get(send, CM_ROUTE_API_REQUEST_SHOW, send->requests[at]);
	if (r != CM_OK)
		return r;
	const struct cm_json_value *root = cm_json_root(send->json), *list = cm_json_member(root, "recipients");
	if (list == NULL || cm_json_count(list) == 0)
		return cm_report_refuse(inside, CM_ERROR_EVIDENCE_NOBODY, send->requests[at], "%s", "");
	for (size_t i = 0; i < cm_json_count(list); i++)
		cm_send_evidence_recipient(send, cm_json_text(cm_json_at(list, i)));
	cm_send_evidence_text(send, "their_reference", send->reference, sizeof send->reference);
	snprintf(number, sizeof number, "%lld", (long long)cm_json_number(cm_json_member(root, "message_artifact")));
	r = cm_call_begin(send->line, CM_ROUTE_API_MESSAGE_SHOW, number, inside, &call);
	cm_json_free(cm_take(&send->json));
	if (r == CM_OK)
		r = cm_call_bytes(&call, inside, &send->papers[at]);
	if (r == CM_OK)
		r = cm_send_evidence_get(send, CM_ROUTE_API_NODE, NULL);
	if (r == CM_OK)
		cm_send_evidence_text(send, "name", send->authority, sizeof send->authority);
	return r;
}

// -- packing -------------------------------------------------------------------------------------------------------

static enum comity_result
cm_send_evidence_pack_to(struct cm_send_evidence *send, struct cm_cli_signer *signer, const char *path, bool seal)
{
	struct cm_sink CM_CLEANUP(cm_sink_fini) sink = {.fd = -1};
	struct cm_pack_paper papers[CM_SEND_REQUESTS];
	char names[CM_SEND_REQUESTS][24];
	for (size_t i = 0; i < send->request_count; i++) {
		snprintf(names[i], sizeof names[i], i == 0 ? "request.json" : "request-%zu.json", i + 1);
		papers[i] = (struct cm_pack_paper){names[i], {send->papers[i].p, send->papers[i].n}};
	}
	struct comity_custody custody = {
	        .investigation = send->reference,
	        .authority = send->authority,
	        .exhibit = cm_command_value(send->line, CM_OPTION_EVIDENCE_SEND_EXHIBIT),
	        .exhibit_description = send->title,
	};
	struct cm_pack_job job = {
	        .path = send->line->arguments[0],
	        .custody = &custody,
	        .papers = papers,
	        .paper_count = send->request_count,
	        .recipients = send->recipients,
	        .recipient_count = seal ? send->recipient_count : 0,
	        .signer = signer,
	        .put = cm_cmd_put,
	        .self = &sink,
	        .quiet = send->line->json,
	};
	enum comity_result r = comity_result_of(cm_sink_open(path, true, comity_report_inside(send->report), &sink));
	if (r == COMITY_OK)
		r = cm_pack_job_run(&job, send->report, &send->told);
	return r == COMITY_OK ? comity_result_of(cm_sink_commit(&sink, comity_report_inside(send->report))) : r;
}

// The kept copy is what is sealed: one signature, one package.
static enum comity_result
cm_send_evidence_seal_kept(struct cm_send_evidence *send)
{
	struct cm_sink CM_CLEANUP(cm_sink_fini) sink = {.fd = -1};
	struct cm_seal_told told;
	struct cm_seal_job job = {
	        .path = send->keep,
	        .recipients = send->recipients,
	        .recipient_count = send->recipient_count,
	        .put = cm_cmd_put,
	        .self = &sink,
	        .quiet = send->line->json,
	};
	enum comity_result r =
	        comity_result_of(cm_sink_open(send->sealed, true, comity_report_inside(send->report), &sink));
	if (r == COMITY_OK)
		r = cm_seal_job_seal(&job, send->report, &told);
	if (r == COMITY_OK)
		r = comity_result_of(cm_sink_commit(&sink, comity_report_inside(send->report)));
	if (r == COMITY_OK) {
		send->told.sealed = told.sha256;
		send->told.written = told.written;
	}
	return r;
}

static enum comity_result
cm_send_evidence_pack(struct cm_send_evidence *send)
{
	struct cm_cli_signer signer = {0};
	enum comity_result r = cm_cli_signer_open(send->line->home, send->report, &signer);
	if (r != COMITY_OK)
		return r;
	r = cm_send_evidence_pack_to(send, &signer, send->keep == NULL ? send->sealed : send->keep, send->keep == NULL);
	signer.close(signer.self);
	return r == COMITY_OK && send->keep != NULL ? cm_send_evidence_seal_kept(send) : r;
}

// -- to the node ---------------------------------------------------------------------------------------------------

static void
cm_send_evidence_progress(void *context, uint64_t done, uint64_t all)
{
	(void)all;
	cm_out_progress_at(context, done);
}

static cm_result
cm_send_evidence_upload(struct cm_send_evidence *send, size_t at, int fd)
{
	struct cm_report *inside = comity_report_inside(send->report);
	struct cm_out_progress progress = {0};
	char package[65], blob[65];
	struct cm_call call;
	cm_json_free(cm_take(&send->json));
	cm_result r = cm_call_begin(send->line, CM_ROUTE_API_EVIDENCE_UPLOAD, NULL, inside, &call);
	if (r != CM_OK)
		return r;
	cm_hex_text(cm_view_of(send->told.package.b, 32), package);
	cm_hex_text(cm_view_of(send->told.sealed.b, 32), blob);
	struct cm_buf CM_CLEANUP(cm_buf_fini) path = cm_buf_of(sizeof call.path - 1);
	cm_buf_printf(&path, "%s?request=%s&package=%s&title=", call.path, send->requests[at], package);
	cm_call_escape(&path, cm_view_text(send->title));
	snprintf(call.path, sizeof call.path, "%s", cm_buf_cstr(&path));
	if (cm_buf_result(&path) != CM_OK)
		return cm_report_refuse(inside, CM_ERROR_CALL_ARGUMENT, "--title", "%s", send->title);
	snprintf(call.fields[3], sizeof call.fields[3], "Comity-Blob: %s", blob);
	call.content_type = "application/octet-stream";
	call.body_fd = fd;
	call.body_length = send->told.written;
	call.progress = cm_send_evidence_progress;
	call.context = &progress;
	r = cm_call_prove(&call, send->line->session,
	                  &(struct cm_call_statement){"api_evidence_upload", "", send->told.sealed.b}, inside);
	cm_out_progress_begin(&progress, "upload", send->told.written, send->line->json);
	if (r == CM_OK)
		r = cm_call_send(&call, inside, &send->json);
	cm_out_progress_end(&progress);
	if (r == CM_OK)
		cm_send_evidence_text(send, "evidence", send->evidence[at], sizeof send->evidence[at]);
	return r;
}

// What is said with the evidence: before packing whether it may be, at the end that it is so.
static cm_result
cm_send_evidence_say(struct cm_send_evidence *send, enum cm_route route, const char *id)
{
	struct cm_report *inside = comity_report_inside(send->report);
	struct cm_buf CM_CLEANUP(cm_buf_fini) body = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE);
	struct cm_wait wait = {.line = send->line};
	struct cm_call call;
	struct cm_call_said said = {send->line, cm_route_row(route)->name, id, NULL};
	cm_json_free(cm_take(&send->json));
	struct cm_json_put put = cm_json_put_of(&body);
	cm_json_put_object(&put);
	if (cm_command_value(send->line, CM_OPTION_EVIDENCE_SEND_ANSWER) != NULL)
		cm_call_put_answers(&put, send->line, CM_OPTION_EVIDENCE_SEND_ANSWER);
	if (send->event != NULL)
		cm_json_put_member_cstr(&put, "event", send->event);
	if (send->override != NULL)
		cm_json_put_member_cstr(&put, "override", send->override);
	cm_json_put_end_object(&put);
	cm_result r = cm_call_begin(send->line, route, id, inside, &call);
	call.waiting = cm_wait_answer;
	call.context = &wait;
	if (r == CM_OK)
		r = cm_call_say(&call, &body, &said, inside);
	return r == CM_OK ? cm_call_send(&call, inside, &send->json) : r;
}

static cm_result
cm_send_evidence_run(struct cm_send_evidence *send)
{
	struct cm_report *inside = comity_report_inside(send->report);
	CM_FILE_AUTO int fd = -1;
	cm_result r = CM_OK;
	for (size_t i = 0; r == CM_OK && i < send->request_count; i++)
		r = cm_send_evidence_request(send, i);
	for (size_t i = 0; r == CM_OK && i < send->request_count; i++)
		r = cm_send_evidence_say(send, CM_ROUTE_API_DELIVERY_CHECK, send->requests[i]);
	if (r == CM_OK)
		r = (cm_result)cm_send_evidence_pack(send);
	if (r == CM_OK) {
		r = cm_file_open(send->sealed, CM_FILE_READ, 0, inside, &fd);
		cm_result_ignore(cm_file_remove(send->sealed, NULL), "it is read by its descriptor and must not outlive us");
	}
	// One after the other: what was delivered before something failed stays delivered.
	for (size_t i = 0; r == CM_OK && i < send->request_count; i++) {
		r = cm_send_evidence_upload(send, i, fd);
		if (r == CM_OK)
			r = cm_send_evidence_say(send, CM_ROUTE_API_EVIDENCE_DELIVER, send->evidence[i]);
		if (r == CM_OK) {
			cm_send_evidence_text(send, "state", send->states[i][0], sizeof send->states[i][0]);
			cm_send_evidence_text(send, "request_state", send->states[i][1], sizeof send->states[i][1]);
		}
	}
	return r;
}

// Where it went, when it went to several.
static void
cm_send_evidence_put(const struct cm_send_evidence *send, struct cm_json_put *put)
{
	cm_json_put_name(put, "delivered");
	cm_json_put_array(put);
	for (size_t i = 0; i < send->request_count; i++) {
		cm_json_put_object(put);
		cm_json_put_member_cstr(put, "evidence", send->evidence[i]);
		cm_json_put_member_cstr(put, "request", send->requests[i]);
		cm_json_put_member_cstr(put, "request_state", send->states[i][1]);
		cm_json_put_member_cstr(put, "state", send->states[i][0]);
		cm_json_put_end_object(put);
	}
	cm_json_put_end_array(put);
}

// What was sent, as one answer.
static cm_result
cm_send_evidence_told(struct cm_send_evidence *send, struct cm_report *report)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) text = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE);
	struct cm_json_put put = cm_json_put_of(&text);
	char hex[65], request[64];
	const struct cm_json_value *answered = cm_json_member(cm_json_root(send->json), "answered");
	cm_send_evidence_text(send, "request", request, sizeof request);
	cm_json_put_object(&put);
	cm_json_put_member_bool(&put, "answered", cm_json_kind(answered) == CM_JSON_TRUE);
	cm_json_put_member_number(&put, "bytes", (int64_t)send->told.written);
	if (send->request_count > 1)
		cm_send_evidence_put(send, &put);
	cm_json_put_member_cstr(&put, "evidence", send->evidence[0]);
	cm_json_put_member_number(&put, "files", (int64_t)send->told.files);
	cm_hex_text(cm_view_of(send->told.package.b, 32), hex);
	cm_json_put_member_cstr(&put, "package", hex);
	cm_json_put_member_cstr(&put, "request", request);
	cm_json_put_member_cstr(&put, "request_state", send->states[0][1]);
	cm_hex_text(cm_view_of(send->told.sealed.b, 32), hex);
	cm_json_put_member_cstr(&put, "sha256", hex);
	cm_json_put_member_cstr(&put, "state", send->states[0][0]);
	cm_json_put_end_object(&put);
	cm_json_free(cm_take(&send->json));
	cm_result r = cm_buf_result(&text);
	return r == CM_OK ? cm_json_read(cm_buf_view(&text), CM_LIMIT_MESSAGE_BYTES_VALUE, report, &send->json) : r;
}

static const char *
cm_send_evidence_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash == NULL || slash[1] == 0 ? path : slash + 1;
}

int
cm_cmd_evidence_send(const struct cm_command_line *line)
{
	const char *title = cm_command_value(line, CM_OPTION_EVIDENCE_SEND_TITLE);
	struct cm_send_evidence send = {.line = line,
	        .keep = cm_command_value(line, CM_OPTION_EVIDENCE_SEND_KEEP),
	        .event = cm_command_value(line, CM_OPTION_EVIDENCE_SEND_EVENT),
	        .override = cm_command_value(line, CM_OPTION_EVIDENCE_SEND_OVERRIDE)};
	uint8_t random[8];
	char hex[17];
	if (cm_command_value_at(line, CM_OPTION_EVIDENCE_SEND_REQUEST, CM_SEND_REQUESTS) != NULL) {
		struct cm_report many = {0};
		return cm_fail(line, cm_report_refuse(&many, CM_ERROR_USAGE, "--request", "at most %d", CM_SEND_REQUESTS), &many);
	}
	if (comity_init() != COMITY_OK || comity_report_new(&send.report) != COMITY_OK)
		return CM_CLI_ENVIRONMENT;
	struct cm_report *inside = comity_report_inside(send.report);
	snprintf(send.title, sizeof send.title, "%s", title != NULL ? title : cm_send_evidence_name(line->arguments[0]));
	for (size_t i = 0; i < CM_SEND_REQUESTS; i++) {
		send.papers[i] = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE);
		send.requests[i] = cm_command_value_at(line, CM_OPTION_EVIDENCE_SEND_REQUEST, i);
		send.request_count += send.requests[i] != NULL;
	}
	cm_result r = cm_rand_bytes(random, sizeof random, inside);
	cm_hex_text(cm_view_of(random, sizeof random), hex);
	if (r == CM_OK && snprintf(send.sealed, sizeof send.sealed, "%s/spool/send-%s.age", line->home, hex) >=
	                          (int)sizeof send.sealed)
		r = cm_report_refuse(inside, CM_ERROR_PATH_TOO_LONG, "--home", "%s", line->home);
	if (r == CM_OK)
		r = cm_send_evidence_run(&send);
	if (r == CM_OK)
		r = cm_send_evidence_told(&send, inside);
	int code = cm_call_show(line, r, send.json, inside);
	if (r == CM_OK)
		cm_cmd_after_tell(line, cm_json_root(send.json));
	cm_json_free(send.json);
	for (size_t i = 0; i < CM_SEND_REQUESTS; i++)
		cm_buf_fini(&send.papers[i]);
	comity_report_free(send.report);
	return code;
}
