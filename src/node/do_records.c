// Knows: the read-only parts of the admin API: events, acts with their proofs, messages byte for byte, the node itself; and
// the signature over a package's manifest. Does not know: requests, cases, evidence.
#include "node/exchange.h"

#include <stdio.h>
#include <string.h>

#include "base/b64.h"
#include "base/hex.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/tab_limit.h"
#include "node/do_json.h"
#include "node/hi1_answer.h"
#include "node/renewal.h"
#include "node/stream.h"
#include "os/clock.h"
#include "proto/openapi.h"

static struct cm_view
cm_do_act_field(const struct cm_store_act *act, enum cm_act_field field)
{
	return act->file.slots[CM_ACT_SLOT(field)].value;
}

cm_result
cm_do_act_row(struct cm_node *node, uint64_t index, struct cm_json_put *put, struct cm_report *report)
{
	struct cm_store_receipt_page CM_CLEANUP(cm_store_receipt_page_free_at) *page = NULL;
	const struct cm_store_act *act = NULL;
	cm_result r = cm_store_act_row(node->store, index, report, &page, &act);
	if (r != CM_OK || act == NULL)
		return r;
	cm_json_put_object(put);
	cm_json_put_member_text(put, "at", cm_do_act_field(act, CM_ACT_FIELD_AT));
	cm_json_put_member_number(put, "index", (int64_t)index);
	cm_json_put_member_text(put, "request", cm_do_act_field(act, CM_ACT_FIELD_REQUEST));
	cm_json_put_member_text(put, "type", cm_do_act_field(act, CM_ACT_FIELD_TYPE));
	cm_json_put_end_object(put);
	return CM_OK;
}

static cm_result
cm_do_acts(struct cm_exchange *ex, struct cm_report *report, struct cm_buf *body)
{
	struct cm_json_put put = cm_json_put_of(body);
	struct cm_store_figures figures;
	uint64_t before = 0;
	size_t limit = 0;
	cm_store_figures(ex->node->store, &figures);
	cm_result r = cm_route_query_u64(cm_server_query(ex->rq), "before", figures.size, INT64_MAX, report, &before);
	if (r == CM_OK)
		r = cm_do_page(ex, CM_LIMIT_STORE_PAGE_VALUE, report, &limit);
	if (r != CM_OK)
		return r;
	before = before < figures.size ? before : figures.size;
	cm_json_put_object(&put);
	cm_json_put_name(&put, "acts");
	cm_json_put_array(&put);
	for (uint64_t i = before; r == CM_OK && i > 0 && before - i < limit; i--)
		r = cm_do_act_row(ex->node, i - 1, &put, report);
	cm_json_put_end_array(&put);
	cm_json_put_end_object(&put);
	return r;
}

static cm_result
cm_do_act_proof(struct cm_exchange *ex, struct cm_report *report, struct cm_buf *body)
{
	struct cm_store_receipt_page CM_CLEANUP(cm_store_receipt_page_free_at) *page = NULL;
	const struct cm_store_receipt *receipt = NULL;
	uint64_t index;
	cm_result r = CM_OK;
	if (cm_num_u64(cm_view_text(ex->match.part[0]), 0, INT64_MAX, &index))
		r = cm_store_act_by_index(ex->node->store, index, report, &page, &receipt);
	else
		r = cm_store_act_by_id(ex->node->store, cm_view_text(ex->match.part[0]), report, &page, &receipt);
	if (r == CM_OK && receipt == NULL)
		r = cm_report_refuse(report, CM_ERROR_ACT_UNKNOWN, "act", "%s", ex->match.part[0]);
	return r == CM_OK ? cm_hi1_answer_receipt(receipt, report, body) : r;
}

void
cm_do_event_row(struct cm_json_put *put, const struct cm_store_news *row)
{
	cm_json_put_object(put);
	cm_do_json_time(put, "at", row->at);
	cm_json_put_member_number(put, "event", (int64_t)row->id);
	cm_json_put_member_text(put, "ref", row->ref);
	cm_json_put_member_text(put, "text", row->text);
	cm_json_put_member_text(put, "topic", row->topic);
	cm_json_put_end_object(put);
}

// The number after which events are wanted: the parameter, or what a client of the stream saw last.
static cm_result
cm_do_events_after(struct cm_exchange *ex, struct cm_report *report, uint64_t *ret_after)
{
	struct cm_view last = cm_server_header(ex->rq, "Last-Event-ID");
	if (last.n > 0 && !cm_num_u64(last, 0, INT64_MAX, ret_after))
		return cm_report_refuse(report, CM_ERROR_API_MEMBER, "Last-Event-ID", "%.*s", CM_VIEW_ARG(last));
	return last.n > 0 ? CM_OK : cm_route_query_u64(cm_server_query(ex->rq), "after", 0, INT64_MAX, report, ret_after);
}

// True: answered with a stream.
static bool
cm_do_events_stream(struct cm_exchange *ex, struct cm_report *report, cm_result *ret_result)
{
	struct cm_view accept = cm_server_header(ex->rq, "Accept");
	uint64_t after = 0;
	if (ex->match.route != CM_ROUTE_API_EVENTS || accept.n == 0 || memmem(accept.p, accept.n, "text/event-stream", 17) == NULL)
		return false;
	*ret_result = cm_do_events_after(ex, report, &after);
	if (*ret_result != CM_OK)
		return false;
	cm_stream_open(ex, after);
	return true;
}

// What happened, in order, after the number that the caller knows.
static cm_result
cm_do_events(struct cm_exchange *ex, struct cm_report *report, struct cm_buf *body)
{
	struct cm_json_put put = cm_json_put_of(body);
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_news *rows = NULL;
	size_t n = 0;
	struct cm_store_ask ask = {.limit = 0};
	cm_result r = cm_do_events_after(ex, report, &ask.after_id);
	if (r == CM_OK)
		r = cm_do_page(ex, CM_LIMIT_STORE_PAGE_VALUE, report, &ask.limit);
	if (r == CM_OK)
		r = cm_store_news(ex->node->store, &ask, report, &page, &rows, &n);
	cm_json_put_object(&put);
	cm_json_put_name(&put, "events");
	cm_json_put_array(&put);
	for (size_t i = 0; r == CM_OK && i < n; i++)
		cm_do_event_row(&put, &rows[i]);
	cm_json_put_end_array(&put);
	cm_json_put_end_object(&put);
	return r;
}

// The messages of one request while they are listed, each once.
struct cm_do_messages {
	struct cm_node *node;
	struct cm_json_put *put;
	uint64_t told[CM_LIMIT_STORE_PAGE_VALUE];
	size_t count;
};

static void
cm_do_message_row(struct cm_do_messages *list, const struct cm_store_artifact *row)
{
	struct cm_json_put *put = list->put;
	for (size_t i = 0; i < list->count; i++)
		if (list->told[i] == row->id)
			return;
	if (list->count == CM_LIMIT_STORE_PAGE_VALUE)
		return;
	list->told[list->count++] = row->id;
	cm_json_put_object(put);
	cm_do_json_time(put, "at", row->at);
	cm_json_put_member_number(put, "bytes", (int64_t)row->bytes.n);
	cm_json_put_member_cstr(put, "direction", row->direction == CM_STORE_IN ? "received" : "sent");
	cm_json_put_member_number(put, "message", (int64_t)row->id);
	cm_json_put_member_text(put, "name", row->name);
	cm_json_put_end_object(put);
}

// The message that an act is about and, under the same transaction, its answer.
static cm_result
cm_do_message_of_act(struct cm_do_messages *list, uint64_t index, struct cm_report *report)
{
	struct cm_store_receipt_page CM_CLEANUP(cm_store_receipt_page_free_at) *act_page = NULL;
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page2 = NULL;
	const struct cm_store_act *act = NULL;
	const struct cm_store_artifact *message = NULL, *rows = NULL;
	struct cm_hash sha256;
	size_t n = 0;
	cm_result r = cm_store_act_row(list->node->store, index, report, &act_page, &act);
	if (r != CM_OK || act == NULL)
		return r;
	const struct cm_act_slot *slot = &act->file.slots[CM_ACT_SLOT(CM_ACT_FIELD_ARTIFACT)];
	if (!slot->open || !cm_hex_read(slot->value, sha256.b, sizeof sha256.b))
		return CM_OK; // it is about none
	r = cm_store_artifact_of_act(list->node->store, index, &sha256, report, &page, &message);
	if (r != CM_OK || message == NULL || !cm_view_is(message->media, "hi1"))
		return r;
	cm_do_message_row(list, message);
	struct cm_store_ask ask = {.request = message->name,
	                           .peer = message->peer,
	                           .kind = cm_view_text("hi1"),
	                           .limit = CM_LIMIT_STORE_PAGE_VALUE};
	r = cm_store_artifacts(list->node->store, &ask, report, &page2, &rows, &n);
	for (size_t i = 0; r == CM_OK && i < n; i++)
		cm_do_message_row(list, &rows[i]);
	return r;
}

cm_result
cm_do_request_messages(struct cm_exchange *ex, struct cm_report *report, struct cm_buf *body)
{
	struct cm_json_put put = cm_json_put_of(body);
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_request *request = NULL;
	CM_AUTO struct cm_do_messages *list = cm_mem_new(sizeof *list);
	CM_AUTO uint64_t *indexes = cm_mem_new_many(CM_LIMIT_STORE_PAGE_VALUE, sizeof *indexes);
	size_t n = 0;
	struct cm_view id = cm_view_text(ex->match.part[0]);
	struct cm_store_ask ask = {.request = id, .limit = CM_LIMIT_STORE_PAGE_VALUE};
	cm_result r = list == NULL || indexes == NULL ? CM_NOMEM
	                                               : cm_store_request(ex->node->store, id, report, &page, &request);
	if (r == CM_OK && request == NULL)
		r = cm_report_refuse(report, CM_ERROR_REQUEST_UNKNOWN, "request", "%s", ex->match.part[0]);
	if (r == CM_OK)
		r = cm_store_act_indexes(ex->node->store, &ask, report, indexes, &n);
	if (r != CM_OK)
		return r;
	*list = (struct cm_do_messages){.node = ex->node, .put = &put};
	cm_json_put_object(&put);
	cm_json_put_name(&put, "messages");
	cm_json_put_array(&put);
	for (size_t i = 0; r == CM_OK && i < n; i++)
		r = cm_do_message_of_act(list, indexes[i], report);
	cm_json_put_end_array(&put);
	cm_json_put_end_object(&put);
	return r;
}

static cm_result
cm_do_message_show(struct cm_exchange *ex, struct cm_report *report, struct cm_buf *body)
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_artifact *row = NULL;
	uint64_t id;
	if (!cm_num_u64(cm_view_text(ex->match.part[0]), 1, INT64_MAX, &id))
		return cm_report_refuse(report, CM_ERROR_MESSAGE_UNKNOWN, "message", "%s", ex->match.part[0]);
	cm_result r = cm_store_artifact(ex->node->store, id, report, &page, &row);
	if (r == CM_OK && row == NULL)
		r = cm_report_refuse(report, CM_ERROR_MESSAGE_UNKNOWN, "message", "%s", ex->match.part[0]);
	if (r == CM_OK)
		cm_buf_view_add(body, row->bytes);
	return r;
}

static void
cm_do_json_b64(struct cm_json_put *put, struct cm_view v)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) text = cm_buf_of(CM_LIMIT_CARD_BYTES_VALUE);
	cm_b64_write(&text, v, CM_B64_STANDARD);
	cm_json_put_text(put, cm_buf_view(&text));
}

// What people compare of a certificate, and all of it for programs.
static cm_result
cm_do_json_certificate(struct cm_json_put *put, const char *name, struct cm_view der)
{
	struct cm_x509 x;
	struct cm_buf CM_CLEANUP(cm_buf_fini) pem = cm_buf_of(CM_LIMIT_CARD_BYTES_VALUE);
	char serial[2 * sizeof x.serial + 1];
	cm_result r = cm_x509_read(der, NULL, &x);
	if (r == CM_OK)
		r = cm_x509_pem_write(der, "CERTIFICATE", &pem);
	if (r != CM_OK)
		return r;
	cm_hex_text(cm_view_of(x.serial, sizeof x.serial), serial);
	cm_json_put_name(put, name);
	cm_json_put_object(put);
	cm_do_json_time(put, "not_after", x.not_after);
	cm_do_json_time(put, "not_before", x.not_before);
	cm_json_put_member_text(put, "pem", cm_buf_view(&pem));
	cm_json_put_member_cstr(put, "serial", serial + strspn(serial, "0"));
	cm_do_json_hash(put, "sha256", &x.sha256);
	cm_json_put_member_cstr(put, "subject", x.subject);
	cm_json_put_end_object(put);
	return CM_OK;
}

static cm_result
cm_do_node(struct cm_exchange *ex, struct cm_buf *body)
{
	struct cm_node *node = ex->node;
	struct cm_json_put put = cm_json_put_of(body);
	struct cm_buf CM_CLEANUP(cm_buf_fini) vkey = cm_buf_of(CM_LIMIT_CARD_BYTES_VALUE);
	struct cm_store_figures figures;
	char recipient[CM_SEAL_TEXT];
	cm_store_figures(node->store, &figures);
	cm_note_key_write(&node->self.identity.log, &vkey);
	cm_seal_recipient_write(&node->self.identity.recipient, recipient);
	cm_json_put_object(&put);
	if (cm_clock_exercise_file() != NULL)
		cm_json_put_member_cstr(&put, "exercise", CM_EXERCISE_WORDS);
	cm_do_json_time(&put, "good_until", node->self.identity.until);
	cm_json_put_member_text(&put, "log_vkey", cm_buf_view(&vkey));
	cm_json_put_member_cstr(&put, "name", node->self.title);
	cm_json_put_member_cstr(&put, "node", node->name.whole);
	cm_json_put_member_cstr(&put, "peer_address", cm_server_address(node->peer_server));
	cm_json_put_member_cstr(&put, "recipient", recipient);
	cm_json_put_member_number(&put, "register_size", (int64_t)figures.size);
	cm_result r = cm_do_json_certificate(&put, "sign_certificate", node->self.sign_certificate);
	if (r == CM_OK)
		r = cm_do_json_certificate(&put, "state_certificate", node->self.state_certificate);
	cm_json_put_member_cstr(&put, "version", CM_VERSION);
	if (cm_renewal_near(&node->self.identity))
		cm_json_put_member_cstr(&put, "warning", CM_RENEWAL_WARNING);
	cm_json_put_end_object(&put);
	return r;
}

// -- signature over a package's manifest ---------------------------------------------------------------------------

static cm_result
cm_do_package_sign(struct cm_exchange *ex, struct cm_report *report, struct cm_buf *body)
{
	struct cm_facts CM_CLEANUP(cm_facts_fini) facts;
	struct cm_json_put put = cm_json_put_of(body);
	struct cm_view manifest = cm_view_of(NULL, 0), time = manifest;
	struct cm_ipc_cades cades;
	struct cm_ipc_person person;
	struct cm_key_signature sig;
	uint64_t seconds = 0;
	char hex[129];
	cm_facts_init(&facts);
	cm_result r = cm_exchange_person(ex, &(struct cm_exchange_who){.act = NULL}, report, &person);
	if (r == CM_OK)
		r = cm_exchange_facts(ex, report, &facts);
	if (r == CM_OK && (!cm_facts_find(&facts, "manifest", &manifest) || !cm_facts_find(&facts, "time", &time) ||
	                   !cm_hex_read(manifest, cades.manifest.b, 32) || !cm_num_u64(time, 0, UINT32_MAX, &seconds)))
		r = cm_report_refuse(report, CM_ERROR_API_MEMBER, "/manifest, /time", "%s", "");
	cades.time = cm_instant_of_seconds((int64_t)seconds);
	if (r == CM_OK)
		r = cm_keeper_client_sign_cades(&ex->node->keeper, &cades, report, &sig);
	if (r != CM_OK)
		return r;
	cm_hex_text(cm_view_of(sig.b, sizeof sig.b), hex);
	cm_json_put_object(&put);
	cm_json_put_name(&put, "certificates");
	cm_json_put_array(&put);
	for (size_t i = 0; i < ex->node->keys.keys.chain_count; i++)
		cm_do_json_b64(&put, ex->node->keys.keys.chain[i]);
	cm_json_put_end_array(&put);
	cm_json_put_member_cstr(&put, "signature", hex);
	cm_json_put_member_number(&put, "time", (int64_t)seconds);
	cm_json_put_end_object(&put);
	return CM_OK;
}

static cm_result
cm_do_metrics(struct cm_exchange *ex, struct cm_buf *body)
{
	struct cm_store_figures f;
	struct cm_server_counts c = cm_server_counts(ex->node->peer_server);
	cm_store_figures(ex->node->store, &f);
	cm_buf_printf(body, "# TYPE comity_register_entries gauge\ncomity_register_entries %llu\n", (unsigned long long)f.size);
	cm_buf_printf(body, "# TYPE comity_card_seconds_left gauge\ncomity_card_seconds_left %lld\n",
	              (long long)((ex->node->self.identity.until.us - cm_clock_utc().us) / CM_INSTANT_SECOND));
	cm_buf_printf(body, "# TYPE comity_store_changes_total counter\ncomity_store_changes_total %llu\n",
	              (unsigned long long)f.changes);
	cm_buf_printf(body, "# TYPE comity_store_commits_total counter\ncomity_store_commits_total %llu\n",
	              (unsigned long long)f.commits);
	cm_buf_printf(body, "# TYPE comity_store_queued gauge\ncomity_store_queued %llu\n", (unsigned long long)f.queued);
	cm_buf_printf(body, "# TYPE comity_peer_requests_total counter\ncomity_peer_requests_total %llu\n",
	              (unsigned long long)c.requests_total);
	cm_buf_printf(body, "# TYPE comity_peer_refused_total counter\ncomity_peer_refused_total %llu\n",
	              (unsigned long long)c.refused_total);
	cm_buf_printf(body, "# TYPE comity_peer_late_total counter\ncomity_peer_late_total %llu\n",
	              (unsigned long long)c.late_total);
	return cm_buf_result(body);
}

void
cm_do_records(struct cm_exchange *ex)
{
	struct cm_report report = {0};
	struct cm_buf CM_CLEANUP(cm_buf_fini) body = cm_buf_of(CM_LIMIT_API_ANSWER_BYTES_VALUE);
	enum cm_route route = ex->match.route;
	const char *type = cm_route_row(route)->media_out;
	cm_result r = CM_OK;
	if (cm_do_events_stream(ex, &report, &r))
		return;
	if (r != CM_OK)
		; // told below
	else if (route == CM_ROUTE_API_NODE)
		r = cm_do_node(ex, &body);
	else if (route == CM_ROUTE_API_OPENAPI) {
		cm_openapi_write("admin", CM_VERSION, &body);
		r = cm_buf_result(&body);
	} else if (route == CM_ROUTE_API_MESSAGE_SHOW)
		r = cm_do_message_show(ex, &report, &body);
	else if (route == CM_ROUTE_API_ACT_LIST)
		r = cm_do_acts(ex, &report, &body);
	else if (route == CM_ROUTE_API_ACT_PROOF)
		r = cm_do_act_proof(ex, &report, &body);
	else if (route == CM_ROUTE_API_PACKAGE_SIGN)
		r = cm_do_package_sign(ex, &report, &body);
	else if (route == CM_ROUTE_METRICS)
		r = cm_do_metrics(ex, &body);
	else
		r = cm_do_events(ex, &report, &body);
	if (r != CM_OK)
		cm_exchange_problem(ex, r, &report);
	else
		cm_exchange_bytes(ex, 200, type, &body);
}
