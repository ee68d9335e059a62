// Knows: which handler an admin route belongs to, and the handlers about peers. Does not know: persons (do_persons.c), requests
// (do_requests.c), records (do_records.c), evidence (do_evidence.c).
#include "node/exchange.h"

#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/tab_limit.h"
#include "format/json_put.h"
#include "node/directory.h"
#include "node/do_json.h"
#include "node/peering.h"
#include "node/tab_frame.h"
#include "os/clock.h"
#include "proto/shape.h"

void
cm_do_json(struct cm_exchange *ex, unsigned status, struct cm_buf *body)
{
	cm_exchange_bytes(ex, status, "application/json", body);
}

void
cm_do_json_time(struct cm_json_put *put, const char *name, struct cm_instant t)
{
	char text[CM_INSTANT_TEXT];
	cm_json_put_name(put, name);
	if (t.us == 0)
		cm_json_put_null(put);
	else
		cm_json_put_text(put, cm_view_text(cm_instant_text(t, text)));
}

cm_result
cm_do_page(struct cm_exchange *ex, uint64_t otherwise, struct cm_report *report, size_t *ret_limit)
{
	uint64_t limit = 0;
	cm_result r = cm_route_query_u64(cm_server_query(ex->rq), "limit", otherwise, CM_LIMIT_STORE_PAGE_VALUE, report, &limit);
	if (r == CM_OK && limit == 0)
		r = cm_report_refuse(report, CM_ERROR_HTTP_QUERY, "limit", "%s", "0");
	*ret_limit = (size_t)limit;
	return r;
}

cm_result
cm_do_place(struct cm_exchange *ex, struct cm_report *report, struct cm_buf *after, struct cm_store_ask *ask)
{
	uint64_t us;
	cm_result r = cm_route_query(cm_server_query(ex->rq), "after", report, after);
	struct cm_view text = cm_buf_view(after);
	if (r != CM_OK || text.n == 0)
		return r;
	const uint8_t *point = memchr(text.p, '.', text.n);
	size_t one = point == NULL ? text.n : (size_t)(point - text.p);
	if (point == NULL || !cm_num_u64(cm_view_part(text, 0, one), 1, INT64_MAX, &us))
		return cm_report_refuse(report, CM_ERROR_API_MEMBER, "after", "%.*s", CM_VIEW_ARG(text));
	ask->after_time.us = (int64_t)us;
	ask->after = cm_view_part(text, one + 1, text.n - one - 1);
	return CM_OK;
}

void
cm_do_put_next(struct cm_json_put *put, const struct cm_store_request_list *list)
{
	char next[80];
	cm_json_put_name(put, "next");
	if (list->next_time.us == 0) {
		cm_json_put_null(put);
		return;
	}
	snprintf(next, sizeof next, "%lld.%.*s", (long long)list->next_time.us, CM_VIEW_ARG(list->next));
	cm_json_put_text(put, cm_view_text(next));
}

void
cm_do_json_hash(struct cm_json_put *put, const char *name, const struct cm_hash *h)
{
	char hex[65];
	cm_hex_text(cm_hash_view(h), hex);
	cm_json_put_member_cstr(put, name, hex);
}

// -- peers ---------------------------------------------------------------------------------------------------------

static void
cm_do_peer_row(struct cm_node *node, struct cm_json_put *put, const struct cm_store_peer *row)
{
	struct cm_peering_state state = {.words = ""};
	bool read = cm_peering_state_read(row->secret, &state);
	cm_json_put_object(put);
	CM_AUTO struct cm_peer *peer = cm_mem_new(sizeof *peer);
	struct cm_standing standing = {.why = ""};
	char id[CM_X509_NODE];
	snprintf(id, sizeof id, "%.*s", CM_VIEW_ARG(row->node));
	bool pinned = peer != NULL && cm_peers_find(&node->peers, id, peer);
	if (pinned)
		cm_directory_standing(node, peer, cm_clock_utc(), &standing);
	cm_json_put_member_text(put, "address", row->address);
	cm_json_put_member_cstr(put, "call_back", standing.phone);
	cm_do_json_time(put, "card_until", pinned ? peer->identity.until : (struct cm_instant){.us = 0});
	cm_json_put_member_cstr(put, "directory", standing.level == CM_STANDING_NONE ? "none" : *standing.why == 0 ? "good" : standing.why);
	cm_json_put_member_text(put, "name", row->title);
	cm_json_put_member_text(put, "node", row->node);
	cm_json_put_member_text(put, "state", row->state);
	cm_json_put_member_cstr(put, "words", read ? state.words : "");
	cm_json_put_end_object(put);
	cm_mem_wipe(&state, sizeof state);
}

static cm_result
cm_do_peer_list(struct cm_exchange *ex, struct cm_report *report, struct cm_buf *body)
{
	struct cm_json_put put = cm_json_put_of(body);
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_peer *rows = NULL;
	size_t n = 0;
	struct cm_store_ask ask = {.limit = CM_LIMIT_STORE_PAGE_VALUE};
	cm_result r = cm_store_peers(ex->node->store, &ask, report, &page, &rows, &n);
	cm_json_put_object(&put);
	cm_json_put_name(&put, "peers");
	cm_json_put_array(&put);
	for (size_t i = 0; r == CM_OK && i < n; i++)
		cm_do_peer_row(ex->node, &put, &rows[i]);
	cm_json_put_end_array(&put);
	cm_json_put_end_object(&put);
	return r;
}

static cm_result
cm_do_peer_show(struct cm_exchange *ex, struct cm_report *report, struct cm_buf *body)
{
	struct cm_json_put put = cm_json_put_of(body);
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_peer *row = NULL;
	cm_result r = cm_store_peer(ex->node->store, cm_view_text(ex->match.part[0]), report, &page, &row);
	if (r == CM_OK && row == NULL)
		return cm_report_refuse(report, CM_ERROR_PEER_NONE, "peer", "%s", ex->match.part[0]);
	if (r == CM_OK)
		cm_do_peer_row(ex->node, &put, row);
	return r;
}

static cm_result
cm_do_peer_invite(struct cm_exchange *ex, const char *person, struct cm_report *report, struct cm_buf *body)
{
	struct cm_json_put put = cm_json_put_of(body);
	char code[CM_INVITATION_TEXT];
	struct cm_instant expires;
	cm_result r = cm_peering_invite(ex->node, person, report, code, &expires);
	if (r != CM_OK)
		return r;
	cm_json_put_object(&put);
	cm_json_put_member_cstr(&put, "code", code);
	cm_do_json_time(&put, "expires_at", expires);
	cm_json_put_end_object(&put);
	cm_mem_wipe(code, sizeof code);
	return CM_OK;
}

static cm_result
cm_do_peer_accept(struct cm_exchange *ex, const char *person, struct cm_report *report, struct cm_buf *body)
{
	struct cm_json_put put = cm_json_put_of(body);
	struct cm_facts CM_CLEANUP(cm_facts_fini) facts;
	struct cm_view code = cm_view_of(NULL, 0);
	char node[CM_X509_NODE], words[CM_PEERING_WORDS];
	cm_facts_init(&facts);
	cm_result r = cm_exchange_facts(ex, report, &facts);
	if (r == CM_OK && !cm_facts_find(&facts, "code", &code))
		r = cm_report_refuse(report, CM_ERROR_API_MEMBER, "/code", "%s", "missing");
	if (r == CM_OK)
		r = cm_peering_accept(ex->node, code, person, report, node, words);
	if (r != CM_OK)
		return r;
	cm_json_put_object(&put);
	cm_json_put_member_cstr(&put, "node", node);
	cm_json_put_member_cstr(&put, "state", "words");
	cm_json_put_member_cstr(&put, "words", words);
	cm_json_put_end_object(&put);
	return CM_OK;
}

static cm_result
cm_do_peer_end(struct cm_exchange *ex, const char *person, struct cm_report *report, struct cm_buf *body)
{
	struct cm_json_put put = cm_json_put_of(body);
	cm_result r = cm_peering_end(ex->node, ex->match.part[0], person, report);
	cm_json_put_object(&put);
	cm_json_put_member_cstr(&put, "node", ex->match.part[0]);
	cm_json_put_member_cstr(&put, "state", "ended");
	cm_json_put_end_object(&put);
	return r;
}

static cm_result
cm_do_peer_confirm(struct cm_exchange *ex, const char *person, struct cm_report *report, struct cm_buf *body)
{
	struct cm_json_put put = cm_json_put_of(body);
	cm_result r = cm_peering_confirm(ex->node, ex->match.part[0], person, report);
	cm_json_put_object(&put);
	cm_json_put_member_cstr(&put, "node", ex->match.part[0]);
	cm_json_put_member_cstr(&put, "state", "confirmed");
	cm_json_put_end_object(&put);
	return r;
}

void
cm_do_peers(struct cm_exchange *ex)
{
	struct cm_report report = {0};
	struct cm_buf CM_CLEANUP(cm_buf_fini) body = cm_buf_of(CM_LIMIT_API_ANSWER_BYTES_VALUE);
	struct cm_ipc_person person = {.id = ""};
	enum cm_route route = ex->match.route;
	cm_result r = CM_OK;
	if (cm_route_row(route)->session)
		r = cm_exchange_person(ex, &(struct cm_exchange_who){.act = NULL}, &report, &person);
	if (r == CM_OK && route == CM_ROUTE_API_PEER_LIST)
		r = cm_do_peer_list(ex, &report, &body);
	else if (r == CM_OK && route == CM_ROUTE_API_PEER_SHOW)
		r = cm_do_peer_show(ex, &report, &body);
	else if (r == CM_OK && route == CM_ROUTE_API_INVITE)
		r = cm_do_peer_invite(ex, person.id, &report, &body);
	else if (r == CM_OK && route == CM_ROUTE_API_PEER_ACCEPT)
		r = cm_do_peer_accept(ex, person.id, &report, &body);
	else if (r == CM_OK && route == CM_ROUTE_API_PEER_REFUSE)
		r = cm_do_peer_end(ex, person.id, &report, &body);
	else if (r == CM_OK)
		r = cm_do_peer_confirm(ex, person.id, &report, &body);
	if (r != CM_OK)
		cm_exchange_problem(ex, r, &report);
	else
		cm_do_json(ex, (unsigned)cm_route_row(route)->status, &body);
}

// -- all of them ---------------------------------------------------------------------------------------------------

static void
cm_do_stop(struct cm_exchange *ex)
{
	struct cm_report report = {0};
	struct cm_node *node = ex->node;
	struct cm_buf CM_CLEANUP(cm_buf_fini) body = cm_buf_of(CM_LIMIT_CARD_BYTES_VALUE);
	struct cm_json_put put = cm_json_put_of(&body);
	struct cm_ipc_person person;
	cm_result r = cm_exchange_person(ex, &(struct cm_exchange_who){.act = NULL}, &report, &person);
	if (r != CM_OK) {
		cm_exchange_problem(ex, r, &report);
		return;
	}
	cm_json_put_object(&put);
	cm_json_put_member_bool(&put, "stopping", true);
	cm_json_put_end_object(&put);
	cm_do_json(ex, 202, &body);
	cm_node_log("told to stop by a command", &report);
	CM_MUTEX_HOLD(&node->parent_lock);
	struct cm_ipc_frame frame = {.type = CM_FRAME_STOP};
	if (cm_ipc_send(node->parent, &frame, cm_clock_after(CM_LIMIT_PROCESS_STOP_S_VALUE * CM_INSTANT_SECOND), NULL) != CM_OK)
		cm_node_end(node, CM_OK); // a parent that is gone tells nobody
}

cm_do_handler *
cm_do_handler_of(enum cm_route route)
{
	static cm_do_handler *const handlers[CM_ROUTE_END] = {
	        [CM_ROUTE_CARD] = cm_do_peer, [CM_ROUTE_LOG] = cm_do_peer,
	        [CM_ROUTE_HEALTHZ] = cm_do_health, [CM_ROUTE_READYZ] = cm_do_health,
	        [CM_ROUTE_METRICS] = cm_do_records, [CM_ROUTE_API_OPENAPI] = cm_do_records,
	        [CM_ROUTE_API_NODE] = cm_do_records, [CM_ROUTE_API_EVENTS] = cm_do_records,
	        [CM_ROUTE_API_MESSAGE_SHOW] = cm_do_records, [CM_ROUTE_API_PACKAGE_SIGN] = cm_do_records,
	        [CM_ROUTE_API_ACT_LIST] = cm_do_records, [CM_ROUTE_API_ACT_PROOF] = cm_do_records,
	        [CM_ROUTE_API_PERSON_ADD] = cm_do_persons, [CM_ROUTE_API_PERSON_LIST] = cm_do_persons,
	        [CM_ROUTE_API_PERSON_ENROL] = cm_do_persons, [CM_ROUTE_API_PERSON_DISABLE] = cm_do_persons,
	        [CM_ROUTE_API_PERSON_APPROVE] = cm_do_persons,
	        [CM_ROUTE_API_LOGIN] = cm_do_persons, [CM_ROUTE_API_LOGOUT] = cm_do_persons,
	        [CM_ROUTE_API_INVITE] = cm_do_peers, [CM_ROUTE_API_PEER_ACCEPT] = cm_do_peers,
	        [CM_ROUTE_API_PEER_LIST] = cm_do_peers, [CM_ROUTE_API_PEER_SHOW] = cm_do_peers,
	        [CM_ROUTE_API_PEER_CONFIRM] = cm_do_peers, [CM_ROUTE_API_PEER_REFUSE] = cm_do_peers,
	        [CM_ROUTE_API_REQUEST_CHECK] = cm_do_requests, [CM_ROUTE_API_REQUEST_LAW] = cm_do_requests, [CM_ROUTE_API_REQUEST_CREATE] = cm_do_requests,
	        [CM_ROUTE_API_REQUEST_LIST] = cm_do_requests, [CM_ROUTE_API_REQUEST_SHOW] = cm_do_requests,
	        [CM_ROUTE_API_REQUEST_DECIDE] = cm_do_requests, [CM_ROUTE_API_DELIVERY_CHECK] = cm_do_requests,
	        [CM_ROUTE_API_REQUEST_ANSWER] = cm_do_requests, [CM_ROUTE_API_DRAFT_ANSWER] = cm_do_requests, [CM_ROUTE_API_REQUEST_MESSAGES] = cm_do_requests,
	        [CM_ROUTE_API_EVIDENCE_UPLOAD] = cm_do_evidence, [CM_ROUTE_API_EVIDENCE_LIST] = cm_do_evidence,
	        [CM_ROUTE_API_EVIDENCE_SHOW] = cm_do_evidence, [CM_ROUTE_API_EVIDENCE_DELIVER] = cm_do_evidence,
	        [CM_ROUTE_API_EVIDENCE_PULL] = cm_do_evidence, [CM_ROUTE_API_EVIDENCE_OPEN] = cm_do_evidence,
	        [CM_ROUTE_API_EVIDENCE_APPROVE] = cm_do_evidence, [CM_ROUTE_API_BUNDLE] = cm_do_evidence,
	        [CM_ROUTE_API_JOB] = cm_do_evidence, [CM_ROUTE_API_CASE_CREATE] = cm_do_cases,
	        [CM_ROUTE_API_DEADLINE_LIST] = cm_do_deadlines,
	        [CM_ROUTE_API_CASE_LIST] = cm_do_cases, [CM_ROUTE_API_CASE_SHOW] = cm_do_cases,
	        [CM_ROUTE_API_DIRECTORY_LIST] = cm_do_directory, [CM_ROUTE_API_DIRECTORY_SHOW] = cm_do_directory,
	        [CM_ROUTE_API_DIRECTORY_IMPORT] = cm_do_directory,
	        [CM_ROUTE_API_STOP] = cm_do_stop,
	};
	return handlers[route];
}

// What has no member that must be there may not be looked at by its handler; a body that has others was meant for another route.
static cm_result
cm_do_little_said(struct cm_exchange *ex, struct cm_report *report)
{
	struct cm_facts CM_CLEANUP(cm_facts_fini) none;
	cm_facts_init(&none);
	return cm_shape_may_miss(cm_shape_call(ex->match.route)->body) ? cm_exchange_facts(ex, report, &none) : CM_OK;
}

void
cm_do_admin(struct cm_exchange *ex)
{
	struct cm_report report = {0};
	cm_do_handler *handler = cm_do_handler_of(ex->match.route);
	cm_result r = ex->gone ? CM_OK : cm_do_little_said(ex, &report);
	if (ex->gone)
		cm_exchange_status(ex, 503);
	else if (r != CM_OK)
		cm_exchange_problem(ex, r, &report);
	else if (handler != NULL)
		handler(ex);
	else
		cm_exchange_problem(ex, cm_report_refuse(&report, CM_ERROR_HTTP_NOT_FOUND, "route", "%s", ""), &report);
}
