// Knows: the admin API's part about sealed evidence: taking it from an officer's program, showing, delivering, fetching.
// Does not know: how it is opened (opening.c) or who approves (the keeper).
#include "node/exchange.h"

#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "base/mem.h"
#include "base/tab_limit.h"
#include "comity/report.h"
#include "format/json_put.h"
#include "node/decide.h"
#include "node/do_json.h"
#include "node/event.h"
#include "node/jobs.h"
#include "node/opening.h"
#include "node/output.h"
#include "node/pull.h"
#include "node/terms.h"
#include "node/upload.h"
#include "os/clock.h"

#define CM_DO_EVIDENCE_BEGINS 64 // restarts of one fetch that are told

// -- upload --------------------------------------------------------------------------------------------------------

struct cm_do_upload {
	struct cm_buf request, title, package;
	struct cm_hash expected, blob;
	uint64_t length;
	char id[37], peer[CM_X509_NODE];
};

// Everything that can be refused before the bytes are put in their place.
static cm_result
cm_do_upload_check(struct cm_exchange *ex, struct cm_do_upload *up, struct cm_report *report)
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_request *row = NULL;
	struct cm_view query = cm_server_query(ex->rq);
	uint8_t package[CM_HASH_SIZE];
	cm_result r = cm_route_query(query, "request", report, &up->request);
	if (r == CM_OK)
		r = cm_route_query(query, "title", report, &up->title);
	if (r == CM_OK)
		r = cm_route_query(query, "package", report, &up->package);
	if (r == CM_OK && up->package.n > 0 && !cm_hex_read(cm_buf_view(&up->package), package, sizeof package))
		r = cm_report_refuse(report, CM_ERROR_API_MEMBER, "package", "%s", cm_buf_cstr(&up->package));
	if (r == CM_OK)
		r = cm_store_request(ex->node->store, cm_buf_view(&up->request), report, &page, &row);
	if (r == CM_OK && (row == NULL || row->ours))
		r = cm_report_refuse(report, CM_ERROR_REQUEST_UNKNOWN, "request", "%s", cm_buf_cstr(&up->request));
	if (r == CM_OK)
		snprintf(up->peer, sizeof up->peer, "%.*s", CM_VIEW_ARG(row->peer));
	return r;
}

static cm_result
cm_do_upload_keep(struct cm_exchange *ex, struct cm_do_upload *up, const char *person, struct cm_report *report)
{
	struct cm_instant now = cm_clock_utc();
	struct cm_change CM_CLEANUP(cm_change_free_at) *change = cm_change_new(now);
	struct cm_buf CM_CLEANUP(cm_buf_fini) detail = cm_buf_of(CM_LIMIT_CARD_BYTES_VALUE);
	struct cm_act_values act;
	char hex[65], length[24];
	if (change == NULL)
		return CM_NOMEM;
	cm_hex_text(cm_hash_view(&up->blob), hex);
	snprintf(length, sizeof length, "%llu", (unsigned long long)up->length);
	struct cm_store_blob blob = {.sha256 = up->blob, .length = up->length, .at = now, .origin = cm_view_text("upload")};
	cm_change_blob(change, &blob);
	memset(&act, 0, sizeof act);
	cm_act_set(&act, CM_ACT_FIELD_TYPE, cm_view_text("evidence_stored"));
	cm_act_set(&act, CM_ACT_FIELD_PEER, cm_view_text(up->peer));
	cm_act_set(&act, CM_ACT_FIELD_REQUEST, cm_buf_view(&up->request));
	cm_act_set(&act, CM_ACT_FIELD_OBJECT, cm_view_text(up->id));
	cm_act_set(&act, CM_ACT_FIELD_BLOB, cm_view_text(hex));
	cm_act_set(&act, CM_ACT_FIELD_LENGTH, cm_view_text(length));
	cm_act_set(&act, CM_ACT_FIELD_PERSON, cm_view_text(person));
	if (up->package.n > 0)
		cm_act_set(&act, CM_ACT_FIELD_PACKAGE, cm_buf_view(&up->package));
	cm_change_act(change, &act);
	struct cm_event_texts texts = {
	        .text = {cm_view_text(up->id), cm_buf_view(&up->request), cm_view_text(up->peer), cm_view_text(hex),
	                 cm_view_text(length), cm_buf_view(&up->title), cm_buf_view(&up->package)},
	        .n = 7};
	cm_event_texts_write(&texts, &detail);
	struct cm_store_event event = {.at = now, .cause = cm_view_text(CM_EVENT_UPLOAD), .detail = cm_buf_view(&detail)};
	cm_result r = cm_buf_result(&detail);
	if (r == CM_OK)
		r = cm_store_apply(ex->node->store, &event, change, report);
	return r == CM_OK ? cm_store_submit_wait(ex->node->store, cm_take(&change), report, NULL, NULL) : r;
}

static cm_result
cm_do_upload(struct cm_exchange *ex, struct cm_report *report, struct cm_buf *body)
{
	struct cm_do_upload up = {.request = cm_buf_of(CM_LIMIT_CARD_BYTES_VALUE),
	                          .title = cm_buf_of(CM_LIMIT_CARD_BYTES_VALUE),
	                          .package = cm_buf_of(CM_LIMIT_CARD_BYTES_VALUE)};
	struct cm_ipc_person person = {.id = ""};
	struct cm_json_put put = cm_json_put_of(body);
	struct cm_view blob = cm_server_header(ex->rq, "Comity-Blob");
	cm_result r = CM_OK;
	if (!cm_hex_read(blob, up.expected.b, sizeof up.expected.b))
		r = cm_report_refuse(report, CM_ERROR_API_MEMBER, "Comity-Blob", "%.*s", CM_VIEW_ARG(blob));
	if (r == CM_OK)
		r = cm_exchange_person(ex, &(struct cm_exchange_who){.digest = &up.expected}, report, &person);
	if (r == CM_OK)
		r = cm_do_upload_check(ex, &up, report);
	if (r == CM_OK && ex->upload == NULL)
		r = cm_report_refuse(report, CM_ERROR_API_MEMBER, "body", "%s", "empty");
	if (r == CM_OK)
		r = cm_upload_finish(ex->upload, &up.expected, report, &up.blob, &up.length);
	if (r == CM_OK)
		r = cm_node_uuid(up.id, report);
	if (r == CM_OK)
		r = cm_do_upload_keep(ex, &up, person.id, report);
	if (r == CM_OK) {
		cm_json_put_object(&put);
		cm_json_put_member_number(&put, "bytes", (int64_t)up.length);
		cm_json_put_member_cstr(&put, "evidence", up.id);
		cm_json_put_member_text(&put, "request", cm_buf_view(&up.request));
		cm_do_json_hash(&put, "sha256", &up.blob);
		cm_json_put_member_cstr(&put, "state", "packed");
		cm_json_put_end_object(&put);
	}
	cm_buf_fini(&up.request);
	cm_buf_fini(&up.title);
	cm_buf_fini(&up.package);
	return r;
}

// -- shown ---------------------------------------------------------------------------------------------------------

// What the package reader found, in one word; null before it looked. Its report ends with it, and is not parsed here.
static void
cm_do_evidence_verdict(struct cm_json_put *put, const struct cm_store_delivery *row)
{
	static const enum comity_verdict verdicts[] = {COMITY_VERDICT_VALID, COMITY_VERDICT_INTACT, COMITY_VERDICT_REFUSED};
	char end[96];
	cm_json_put_name(put, "verdict");
	for (size_t i = 0; i < sizeof verdicts / sizeof *verdicts; i++) {
		const char *text = comity_report_verdict_text(verdicts[i]);
		size_t n = (size_t)snprintf(end, sizeof end, "\"verdict\":\"%s\"}", text);
		if (row->report.n >= n && cm_view_is(cm_view_part(row->report, row->report.n - n, n), end)) {
			cm_json_put_text(put, cm_view_text(text));
			return;
		}
	}
	cm_json_put_null(put);
}

// How fetching goes while it goes badly: what the last try ran into, how many there were, when the next one is.
static void
cm_do_evidence_trouble(struct cm_json_put *put, const struct cm_store_delivery *row)
{
	enum cm_error rule;
	struct cm_view seen;
	if (!cm_pull_trouble(row->trouble, &rule, &seen))
		return;
	cm_json_put_name(put, "trouble");
	cm_json_put_object(put);
	if (cm_view_is(row->state, "available"))
		cm_do_json_time(put, "next_try_at", row->due);
	cm_json_put_member_cstr(put, "remedy", cm_error_row(rule)->remedy);
	cm_json_put_member_cstr(put, "rule", cm_error_row(rule)->name);
	cm_json_put_member_text(put, "seen", seen);
	cm_json_put_member_cstr(put, "text", cm_error_row(rule)->text);
	cm_json_put_member_number(put, "tries", row->tries);
	cm_json_put_end_object(put);
}

static void
cm_do_evidence_members(struct cm_json_put *put, const struct cm_store_delivery *row)
{
	static const struct cm_hash none;
	cm_json_put_member_number(put, "bytes", (int64_t)row->length);
	cm_do_json_time(put, "changed_at", row->changed);
	cm_do_json_time(put, "created_at", row->created);
	cm_json_put_member_cstr(put, "direction", row->ours ? "delivered" : "received");
	cm_json_put_member_text(put, "evidence", row->id);
	cm_json_put_member_number(put, "fetched", row->ours ? 0 : (int64_t)row->have);
	cm_json_put_member_bool(put, "last", row->last != 0);
	if (!cm_hash_equal(&row->package, &none))
		cm_do_json_hash(put, "package", &row->package);
	cm_json_put_member_text(put, "peer", row->peer);
	cm_json_put_member_text(put, "request", row->request);
	cm_json_put_member_number(put, "sequence", row->sequence);
	cm_json_put_member_text(put, "series", row->delivery_id);
	cm_do_json_hash(put, "sha256", &row->blob);
	cm_json_put_member_text(put, "state", row->state);
	cm_json_put_member_text(put, "title", row->title);
	cm_do_evidence_trouble(put, row);
	cm_do_evidence_verdict(put, row);
}

static cm_result
cm_do_evidence_list(struct cm_exchange *ex, struct cm_report *report, struct cm_buf *body)
{
	struct cm_json_put put = cm_json_put_of(body);
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	struct cm_buf CM_CLEANUP(cm_buf_fini) request = cm_buf_of(CM_LIMIT_CARD_BYTES_VALUE);
	struct cm_buf CM_CLEANUP(cm_buf_fini) after = cm_buf_of(CM_LIMIT_CARD_BYTES_VALUE);
	struct cm_buf CM_CLEANUP(cm_buf_fini) named = cm_buf_of(CM_LIMIT_CARD_BYTES_VALUE);
	struct cm_view query = cm_server_query(ex->rq);
	const struct cm_store_delivery *rows = NULL;
	uint64_t time = 0;
	size_t n = 0, limit = 0;
	cm_result r = cm_route_query(query, "request", report, &request);
	if (r == CM_OK)
		r = cm_route_query(query, "after", report, &after);
	if (r == CM_OK)
		r = cm_route_query(query, "named", report, &named);
	if (r == CM_OK)
		r = cm_route_query_u64(query, "after_time", 0, INT64_MAX, report, &time);
	if (r == CM_OK)
		r = cm_do_page(ex, CM_LIMIT_STORE_PAGE_VALUE, report, &limit);
	struct cm_store_ask ask = {.request = cm_buf_view(&request), .after = cm_buf_view(&after), .named = cm_buf_view(&named), .limit = limit};
	ask.after_time.us = (int64_t)time;
	if (r == CM_OK && named.n > 0)
		r = cm_store_named_deliveries(ex->node->store, &ask, report, &page, &rows, &n);
	else if (r == CM_OK)
		r = cm_store_deliveries(ex->node->store, &ask, report, &page, &rows, &n);
	cm_json_put_object(&put);
	cm_json_put_name(&put, "evidence");
	cm_json_put_array(&put);
	for (size_t i = 0; r == CM_OK && i < n; i++) {
		cm_json_put_object(&put);
		cm_do_evidence_members(&put, &rows[i]);
		cm_json_put_end_object(&put);
	}
	cm_json_put_end_array(&put);
	if (r == CM_OK && n == limit && named.n == 0) { // more may follow
		cm_json_put_member_text(&put, "next_after", rows[n - 1].id);
		cm_json_put_member_number(&put, "next_after_time", rows[n - 1].created.us);
	}
	cm_json_put_end_object(&put);
	return r;
}

static cm_result
cm_do_evidence_approvals(struct cm_node *node, struct cm_json_put *put, struct cm_view id, struct cm_report *report)
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_approval *rows = NULL;
	size_t n = 0;
	struct cm_store_ask ask = {.delivery = id, .limit = CM_LIMIT_STORE_PAGE_VALUE};
	// An approval lasts its time, and no longer than the keeper, which starts with this process.
	int64_t since = cm_clock_utc().us - CM_LIMIT_APPROVAL_S_VALUE * CM_INSTANT_SECOND;
	since = since > node->started.us ? since : node->started.us;
	cm_result r = cm_store_approvals(node->store, &ask, report, &page, &rows, &n);
	cm_json_put_name(put, "approved_by");
	cm_json_put_array(put);
	for (size_t i = 0; r == CM_OK && i < n; i++) {
		if (rows[i].at.us < since)
			continue; // the keeper counts it no longer
		cm_json_put_object(put);
		cm_do_json_time(put, "at", rows[i].at);
		cm_json_put_member_text(put, "for", rows[i].purpose);
		cm_json_put_member_text(put, "person", rows[i].person);
		cm_json_put_end_object(put);
	}
	cm_json_put_end_array(put);
	return r;
}

// What only one piece shows: by what it is approved, how it was fetched, what the package reader found.
static cm_result
cm_do_evidence_more(struct cm_node *node, struct cm_json_put *put, const struct cm_store_delivery *row,
                    struct cm_report *report)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) header = cm_buf_of(CM_LIMIT_SEAL_HEADER_VALUE);
	uint64_t begins[CM_DO_EVIDENCE_BEGINS], done = 0, all = 0;
	char id[40];
	snprintf(id, sizeof id, "%.*s", CM_VIEW_ARG(row->id));
	cm_result r = cm_do_evidence_approvals(node, put, row->id, report);
	if (r == CM_OK)
		r = cm_terms_put_of(node, row->request, put, report);
	size_t n = cm_pull_begins(node->pull, id, begins, CM_DO_EVIDENCE_BEGINS);
	cm_json_put_name(put, "fetched_from");
	cm_json_put_array(put);
	for (size_t i = 0; i < n && i < CM_DO_EVIDENCE_BEGINS; i++)
		cm_json_put_number(put, (int64_t)begins[i]);
	cm_json_put_end_array(put);
	if (r == CM_OK && cm_opening_header(node, row, NULL, &header) == CM_OK && header.n > 0) {
		struct cm_hash digest = cm_hash_of(cm_buf_view(&header));
		cm_do_json_hash(put, "header_sha256", &digest);
	} else {
		cm_json_put_name(put, "header_sha256");
		cm_json_put_null(put);
	}
	if (cm_jobs_progress(node->jobs, row->id, &done, &all)) {
		cm_json_put_member_number(put, "read", (int64_t)done);
		cm_json_put_member_number(put, "read_of", (int64_t)all);
	}
	if (row->report.n > 0) {
		cm_json_put_name(put, "report");
		cm_json_put_raw(put, row->report);
	}
	return r;
}

static cm_result
cm_do_evidence_find(struct cm_exchange *ex, struct cm_report *report, struct cm_store_page **ret_page,
                    const struct cm_store_delivery **ret_row)
{
	cm_result r = cm_store_delivery(ex->node->store, cm_view_text(ex->match.part[0]), report, ret_page, ret_row);
	if (r == CM_OK && *ret_row == NULL)
		r = cm_report_refuse(report, CM_ERROR_EVIDENCE_UNKNOWN, "evidence", "%s", ex->match.part[0]);
	return r;
}

static cm_result
cm_do_evidence_show(struct cm_exchange *ex, struct cm_report *report, struct cm_buf *body)
{
	struct cm_json_put put = cm_json_put_of(body);
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_delivery *row = NULL;
	cm_result r = cm_do_evidence_find(ex, report, &page, &row);
	if (r != CM_OK)
		return r;
	cm_json_put_object(&put);
	cm_do_evidence_members(&put, row);
	r = cm_do_evidence_more(ex->node, &put, row, report);
	cm_json_put_end_object(&put);
	return r;
}

// -- delivered, fetched, bundled -----------------------------------------------------------------------------------

static cm_result
cm_do_evidence_deliver(struct cm_exchange *ex, const struct cm_ipc_person *person, struct cm_report *report,
                       struct cm_buf *body)
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_delivery *row = NULL;
	cm_result r = cm_do_evidence_find(ex, report, &page, &row);
	if (r == CM_OK && (!row->ours || !cm_view_is(row->state, "packed")))
		r = cm_report_refuse(report, CM_ERROR_EVIDENCE_DELIVERED, ex->match.part[0], "%.*s", CM_VIEW_ARG(row->state));
	return r == CM_OK ? cm_decide_deliver(ex, person, row, report, body) : r;
}

static cm_result
cm_do_evidence_pull(struct cm_exchange *ex, struct cm_report *report, struct cm_buf *body)
{
	struct cm_json_put put = cm_json_put_of(body);
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_delivery *row = NULL;
	cm_result r = cm_do_evidence_find(ex, report, &page, &row);
	if (r == CM_OK && cm_view_is(row->state, "available") && !row->ours && row->tries > 0)
		r = cm_pull_now(ex->node, row, report);
	if (r != CM_OK)
		return r;
	cm_pull_stir(ex->node->pull);
	cm_json_put_object(&put);
	cm_do_evidence_members(&put, row);
	cm_json_put_end_object(&put);
	return CM_OK;
}

static cm_result
cm_do_bundle(struct cm_exchange *ex, const struct cm_ipc_person *person, struct cm_report *report, struct cm_buf *body)
{
	struct cm_json_put put = cm_json_put_of(body);
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_delivery *row = NULL;
	struct cm_facts said;
	struct cm_view text = cm_view_of(NULL, 0);
	char job[CM_OUTPUT_JOB], evidence[40] = "";
	cm_facts_init(&said);
	cm_result r = cm_exchange_facts(ex, report, &said);
	if (r == CM_OK)
		cm_facts_find(&said, "evidence", &text);
	if (text.n < sizeof evidence)
		snprintf(evidence, sizeof evidence, "%.*s", CM_VIEW_ARG(text));
	if (r == CM_OK)
		r = cm_store_delivery(ex->node->store, cm_view_text(evidence), report, &page, &row);
	if (r == CM_OK && row == NULL)
		r = cm_report_refuse(report, CM_ERROR_EVIDENCE_UNKNOWN, "evidence", "%.*s", CM_VIEW_ARG(text));
	if (r == CM_OK)
		r = cm_output_expect(ex->node->output, evidence, person->id, report, job);
	if (r == CM_OK) {
		cm_json_put_object(&put);
		cm_json_put_member_cstr(&put, "evidence", evidence);
		cm_json_put_member_cstr(&put, "job", job);
		cm_json_put_end_object(&put);
	}
	cm_facts_fini(&said);
	return r;
}

static cm_result
cm_do_job(struct cm_exchange *ex, struct cm_report *report, struct cm_buf *body)
{
	struct cm_json_put put = cm_json_put_of(body);
	if (!cm_output_show(ex->node->output, ex->match.part[0], &put))
		return cm_report_refuse(report, CM_ERROR_HTTP_NOT_FOUND, "job", "%s", ex->match.part[0]);
	return CM_OK;
}

// Routes whose statement is about their body.
static cm_result
cm_do_evidence_said(struct cm_exchange *ex, struct cm_report *report, struct cm_buf *body)
{
	struct cm_ipc_person person = {.id = ""};
	cm_result r = cm_exchange_person(ex, &(struct cm_exchange_who){.act = NULL}, report, &person);
	if (r != CM_OK)
		return r;
	return ex->match.route == CM_ROUTE_API_BUNDLE ? cm_do_bundle(ex, &person, report, body)
	                                              : cm_do_evidence_deliver(ex, &person, report, body);
}

void
cm_do_evidence(struct cm_exchange *ex)
{
	struct cm_report report = {0};
	struct cm_buf CM_CLEANUP(cm_buf_fini) body = cm_buf_of(CM_LIMIT_API_ANSWER_BYTES_VALUE);
	enum cm_route route = ex->match.route;
	cm_result r;
	if (route == CM_ROUTE_API_EVIDENCE_UPLOAD)
		r = cm_do_upload(ex, &report, &body);
	else if (route == CM_ROUTE_API_EVIDENCE_LIST)
		r = cm_do_evidence_list(ex, &report, &body);
	else if (route == CM_ROUTE_API_EVIDENCE_SHOW)
		r = cm_do_evidence_show(ex, &report, &body);
	else if (route == CM_ROUTE_API_EVIDENCE_PULL)
		r = cm_do_evidence_pull(ex, &report, &body);
	else if (route == CM_ROUTE_API_EVIDENCE_OPEN || route == CM_ROUTE_API_EVIDENCE_APPROVE)
		r = cm_opening_approve(ex, &report, &body);
	else if (route == CM_ROUTE_API_JOB)
		r = cm_do_job(ex, &report, &body);
	else
		r = cm_do_evidence_said(ex, &report, &body);
	if (r == CM_OK)
		r = cm_buf_result(&body);
	if (r != CM_OK)
		cm_exchange_problem(ex, r, &report);
	else
		cm_do_json(ex, (unsigned)cm_route_row(route)->status, &body);
}
