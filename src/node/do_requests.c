// Knows: what a command or the desk may do with requests: list, show; which other file does the rest. Does not know:
// drafts (create.c), decisions (decide.c), the wording of the law (message reader, domain).
#include "node/exchange.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/tab_limit.h"
#include "domain/tab_state.h"
#include "node/create.h"
#include "node/decide.h"
#include "node/directory.h"
#include "node/do_json.h"
#include "node/joint.h"
#include "node/lawful.h"
#include "os/clock.h"

// -- list and show -------------------------------------------------------------------------------------------------

// The members that lists have too. The object stays open.
static void
cm_do_request_members(struct cm_node *node, struct cm_json_put *put, const struct cm_store_request *row)
{
	char name[CM_X509_NODE], state[CM_PEERS_STATE] = "";
	snprintf(name, sizeof name, "%.*s", CM_VIEW_ARG(row->peer));
	cm_peers_state(&node->peers, name, state);
	cm_json_put_object(put);
	cm_do_json_time(put, "changed_at", row->changed);
	cm_json_put_member_cstr(put, "direction", row->ours ? "asked" : "received");
	cm_json_put_member_text(put, "kind", row->kind);
	cm_json_put_member_text(put, "peer", row->peer);
	cm_json_put_member_cstr(put, "peer_state", state);
	cm_do_json_time(put, "preserved_until", row->until);
	cm_json_put_member_text(put, "reference", row->reference);
	cm_json_put_member_text(put, "request", row->id);
	cm_json_put_member_text(put, "state", row->state);
	cm_json_put_member_text(put, "their_reference", row->their_reference);
	cm_json_put_member_text(put, "title", row->title);
}

// What the list is narrowed to; the texts live in `words`.
struct cm_do_request_words {
	struct cm_buf after, case_id, peer, state, direction, named;
};

static void
cm_do_request_words_fini(struct cm_do_request_words *words)
{
	cm_buf_fini(&words->after);
	cm_buf_fini(&words->case_id);
	cm_buf_fini(&words->peer);
	cm_buf_fini(&words->state);
	cm_buf_fini(&words->direction);
	cm_buf_fini(&words->named);
}

static cm_result
cm_do_request_words(struct cm_exchange *ex, struct cm_report *report, struct cm_do_request_words *words,
                    struct cm_store_ask *ask)
{
	struct {
		const char *name;
		struct cm_buf *to;
	} all[] = {{"case", &words->case_id}, {"peer", &words->peer}, {"state", &words->state}, {"direction", &words->direction},
	        {"named", &words->named}};
	cm_result r = cm_do_page(ex, 50, report, &ask->limit);
	words->after = cm_buf_of(CM_LIMIT_CARD_BYTES_VALUE);
	if (r == CM_OK)
		r = cm_do_place(ex, report, &words->after, ask);
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		*all[i].to = cm_buf_of(CM_LIMIT_CARD_BYTES_VALUE);
		if (r == CM_OK)
			r = cm_route_query(cm_server_query(ex->rq), all[i].name, report, all[i].to);
	}
	struct cm_view direction = cm_buf_view(&words->direction), state = cm_buf_view(&words->state);
	if (r == CM_OK && direction.n > 0 && !cm_view_is(direction, "asked") && !cm_view_is(direction, "received"))
		r = cm_report_refuse(report, CM_ERROR_HTTP_QUERY, "direction", "%s", cm_buf_cstr(&words->direction));
	if (r == CM_OK && state.n > 0 && cm_state_find(state.p, state.n) == CM_STATE_NONE)
		r = cm_report_refuse(report, CM_ERROR_HTTP_QUERY, "state", "%s", cm_buf_cstr(&words->state));
	ask->case_id = cm_buf_view(&words->case_id);
	ask->peer = cm_buf_view(&words->peer);
	ask->named = cm_buf_view(&words->named);
	ask->state = state;
	ask->direction = direction.n == 0 ? CM_STORE_BOTH : cm_view_is(direction, "asked") ? CM_STORE_OURS : CM_STORE_THEIRS;
	return r;
}

static cm_result
cm_do_request_list(struct cm_exchange *ex, struct cm_report *report, struct cm_buf *body)
{
	struct cm_json_put put = cm_json_put_of(body);
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	struct cm_store_request_list list = {.count = 0};
	struct cm_do_request_words CM_CLEANUP(cm_do_request_words_fini) words;
	struct cm_store_ask ask = {.limit = 0};
	cm_result r = cm_do_request_words(ex, report, &words, &ask);
	if (r == CM_OK && ask.named.n > 0)
		r = cm_store_named_requests(ex->node->store, &ask, report, &page, &list.rows, &list.count);
	else if (r == CM_OK)
		r = cm_store_requests(ex->node->store, &ask, report, &page, &list);
	if (r != CM_OK)
		return r;
	cm_json_put_object(&put);
	cm_do_put_next(&put, &list);
	cm_json_put_name(&put, "requests");
	cm_json_put_array(&put);
	for (size_t i = 0; i < list.count; i++) {
		cm_do_request_members(ex->node, &put, &list.rows[i]);
		cm_json_put_end_object(&put);
	}
	cm_json_put_end_array(&put);
	cm_json_put_end_object(&put);
	return CM_OK;
}

static cm_result
cm_do_request_history(struct cm_node *node, struct cm_json_put *put, struct cm_view id, struct cm_report *report)
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_step *rows = NULL;
	size_t n = 0;
	struct cm_store_ask ask = {.request = id, .limit = CM_LIMIT_STORE_PAGE_VALUE};
	cm_result r = cm_store_steps(node->store, &ask, report, &page, &rows, &n);
	cm_json_put_name(put, "history");
	cm_json_put_array(put);
	for (size_t i = 0; r == CM_OK && i < n; i++) {
		cm_json_put_object(put);
		cm_do_json_time(put, "at", rows[i].at);
		cm_json_put_member_text(put, "event", rows[i].event);
		cm_json_put_member_text(put, "from", rows[i].from_state);
		cm_json_put_member_text(put, "note", rows[i].note);
		cm_json_put_member_text(put, "person", rows[i].person);
		cm_json_put_member_text(put, "to", rows[i].to_state);
		cm_json_put_end_object(put);
	}
	cm_json_put_end_array(put);
	return r;
}

static cm_result
cm_do_request_deadlines(struct cm_node *node, struct cm_json_put *put, struct cm_view id, struct cm_report *report)
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_deadline *rows = NULL;
	size_t n = 0;
	struct cm_store_ask ask = {.request = id, .limit = CM_LIMIT_STORE_PAGE_VALUE};
	cm_result r = cm_store_deadlines(node->store, &ask, report, &page, &rows, &n);
	cm_json_put_name(put, "deadlines");
	cm_json_put_array(put);
	for (size_t i = 0; r == CM_OK && i < n; i++)
		r = cm_do_deadline_row(node, put, &rows[i]);
	cm_json_put_end_array(put);
	return r;
}

static cm_result
cm_do_request_acts(struct cm_node *node, struct cm_json_put *put, struct cm_view id, struct cm_report *report)
{
	CM_AUTO uint64_t *indexes = cm_mem_new_many(CM_LIMIT_STORE_PAGE_VALUE, sizeof *indexes);
	size_t n = 0;
	struct cm_store_ask ask = {.request = id, .limit = CM_LIMIT_STORE_PAGE_VALUE};
	cm_result r = indexes == NULL ? CM_NOMEM : cm_store_act_indexes(node->store, &ask, report, indexes, &n);
	cm_json_put_name(put, "acts");
	cm_json_put_array(put);
	for (size_t i = 0; r == CM_OK && i < n; i++)
		r = cm_do_act_row(node, indexes[i], put, report);
	cm_json_put_end_array(put);
	return r;
}

static cm_result
cm_do_request_evidence(struct cm_node *node, struct cm_json_put *put, struct cm_view id, struct cm_report *report)
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_delivery *rows = NULL;
	size_t n = 0;
	struct cm_store_ask ask = {.request = id, .limit = CM_LIMIT_STORE_PAGE_VALUE};
	cm_result r = cm_store_deliveries(node->store, &ask, report, &page, &rows, &n);
	cm_json_put_name(put, "evidence");
	cm_json_put_array(put);
	for (size_t i = 0; r == CM_OK && i < n; i++)
		cm_json_put_text(put, rows[i].id);
	cm_json_put_end_array(put);
	return r;
}

// To whom an answer is sealed: the asking node's key, and our own; within a joint undertaking to all its members of this moment.
static cm_result
cm_do_request_recipients(struct cm_node *node, struct cm_json_put *put, const struct cm_store_request *row,
                         struct cm_report *report)
{
	cm_result r = CM_OK;
	struct cm_peer peer;
	char name[CM_X509_NODE], text[CM_SEAL_TEXT];
	snprintf(name, sizeof name, "%.*s", CM_VIEW_ARG(row->peer));
	cm_json_put_name(put, "recipients");
	cm_json_put_array(put);
	if (!row->ours && cm_peers_confirmed(&node->peers, name, &peer)) {
		cm_seal_recipient_write(&peer.identity.recipient, text);
		cm_json_put_text(put, cm_view_text(text));
		cm_seal_recipient_write(&node->self.identity.recipient, text);
		cm_json_put_text(put, cm_view_text(text));
		r = cm_joint_recipients(node, row, put, report);
	}
	cm_json_put_end_array(put);
	return r;
}

// The number to call back is the directory's, never the message's: whoever writes in another's name gives his own.
static void
cm_do_request_call_back(struct cm_node *node, struct cm_json_put *put, const struct cm_store_request *row)
{
	CM_AUTO struct cm_peer *peer = cm_mem_new(sizeof *peer);
	struct cm_standing standing = {.why = ""};
	char name[CM_X509_NODE];
	snprintf(name, sizeof name, "%.*s", CM_VIEW_ARG(row->peer));
	if (peer != NULL && cm_peers_find(&node->peers, name, peer))
		cm_directory_standing(node, peer, cm_clock_utc(), &standing);
	cm_json_put_member_cstr(put, "call_back", standing.phone);
}

// Those that continue or change it.
static cm_result
cm_do_request_linked(struct cm_node *node, struct cm_json_put *put, struct cm_view id, struct cm_report *report)
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_request *rows = NULL;
	size_t n = 0;
	struct cm_store_ask ask = {.request = id, .limit = CM_LIMIT_SHOWN_MESSAGES_VALUE};
	cm_result r = cm_store_linked(node->store, &ask, report, &page, &rows, &n);
	cm_json_put_name(put, "linked");
	cm_json_put_array(put);
	for (size_t i = 0; r == CM_OK && i < n; i++) {
		cm_json_put_object(put);
		cm_json_put_member_text(put, "kind", rows[i].kind);
		cm_json_put_member_text(put, "peer", rows[i].peer);
		cm_json_put_member_text(put, "request", rows[i].id);
		cm_json_put_member_text(put, "state", rows[i].state);
		cm_json_put_end_object(put);
	}
	cm_json_put_end_array(put);
	return r;
}

static cm_result
cm_do_request_show(struct cm_exchange *ex, struct cm_report *report, struct cm_buf *body)
{
	struct cm_node *node = ex->node;
	struct cm_json_put put = cm_json_put_of(body);
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_request *row = NULL;
	struct cm_view id = cm_view_text(ex->match.part[0]);
	cm_result r = cm_store_request(node->store, id, report, &page, &row);
	if (r == CM_OK && row == NULL)
		r = cm_report_refuse(report, CM_ERROR_REQUEST_UNKNOWN, "request", "%s", ex->match.part[0]);
	if (r != CM_OK)
		return r;
	cm_do_request_members(node, &put, row);
	cm_do_request_call_back(node, &put, row);
	cm_json_put_member_text(&put, "case", row->case_id);
	cm_do_json_time(&put, "created_at", row->created);
	cm_json_put_member_bool(&put, "held", row->held != 0);
	cm_json_put_member_number(&put, "message_artifact", (int64_t)row->message);
	cm_json_put_member_text(&put, "relates_to", row->relates);
	r = cm_do_request_linked(node, &put, id, report);
	cm_json_put_member_text(&put, "task", row->objects);
	cm_json_put_member_text(&put, "told", row->told);
	if (r == CM_OK)
		r = cm_do_request_recipients(node, &put, row, report);
	if (r == CM_OK)
		r = cm_joint_show(node, row, &put, report);
	if (r == CM_OK)
		r = cm_do_request_document(node, row, &put, report);
	if (r == CM_OK)
		r = cm_do_request_answers(node, row, &put, report);
	if (r == CM_OK)
		r = cm_do_request_history(node, &put, id, report);
	if (r == CM_OK)
		r = cm_do_request_deadlines(node, &put, id, report);
	if (r == CM_OK)
		r = cm_do_request_acts(node, &put, id, report);
	if (r == CM_OK)
		r = cm_do_request_evidence(node, &put, id, report);
	cm_json_put_end_object(&put);
	return r;
}

void
cm_do_requests(struct cm_exchange *ex)
{
	struct cm_report report = {0};
	struct cm_buf CM_CLEANUP(cm_buf_fini) body = cm_buf_of(CM_LIMIT_API_ANSWER_BYTES_VALUE);
	struct cm_ipc_person person = {.id = ""};
	enum cm_route route = ex->match.route;
	cm_result r = CM_OK;
	if (cm_route_row(route)->session)
		r = cm_exchange_person(ex, &(struct cm_exchange_who){.act = NULL}, &report, &person);
	if (r == CM_OK && route == CM_ROUTE_API_REQUEST_CREATE) {
		cm_create_request(ex, &person);
		return;
	}
	if (r == CM_OK && route == CM_ROUTE_API_REQUEST_CHECK)
		r = cm_create_check(ex, &report, &body);
	else if (r == CM_OK && route == CM_ROUTE_API_REQUEST_DECIDE)
		r = cm_decide_request(ex, &person, &report, &body);
	else if (r == CM_OK && (route == CM_ROUTE_API_REQUEST_ANSWER || route == CM_ROUTE_API_DRAFT_ANSWER))
		r = cm_question_answer(ex, &person, &report, &body);
	else if (r == CM_OK && route == CM_ROUTE_API_DELIVERY_CHECK)
		r = cm_decide_may_deliver(ex, &person, &report, &body);
	else if (r == CM_OK && route == CM_ROUTE_API_REQUEST_LAW)
		r = cm_do_law(ex, &report, &body);
	else if (r == CM_OK && route == CM_ROUTE_API_REQUEST_LIST)
		r = cm_do_request_list(ex, &report, &body);
	else if (r == CM_OK && route == CM_ROUTE_API_REQUEST_MESSAGES)
		r = cm_do_request_messages(ex, &report, &body);
	else if (r == CM_OK)
		r = cm_do_request_show(ex, &report, &body);
	if (r == CM_OK)
		r = cm_buf_result(&body);
	if (r != CM_OK)
		cm_exchange_problem(ex, r, &report);
	else
		cm_do_json(ex, (unsigned)cm_route_row(route)->status, &body);
}
