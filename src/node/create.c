// Knows: how a draft is checked and becomes a message that is on its way, and what is answered when its receipt came. Does not
// know: the wording of the law (message reader, domain), how messages travel (outbox.c). No thread waits for the receipt.
#include "node/create.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/tab_limit.h"
#include "domain/kind.h"
#include "domain/preservation.h"
#include "domain/rights.h"
#include "node/directory.h"
#include "node/do_json.h"
#include "node/hold.h"
#include "node/joint.h"
#include "node/lawful.h"
#include "node/listed.h"
#include "node/outbox.h"
#include "node/send.h"
#include "os/clock.h"
#include "proto/legal.h"

// What the node fills into a draft; the texts live here.
struct cm_create {
	struct cm_draft_told told;
	struct cm_reader_told roles;
	struct cm_node_name to;
	char ids[5][37];
	int year; // of the number
	uint64_t number;
	char reference[48], disclosure[64];
	bool has_peer;
	struct cm_peer peer;
	struct cm_lawful lawful;
	struct cm_facts said; // the call, when it has answers
	char note[CM_LIMIT_ACT_VALUE_BYTES_VALUE + 1];
	char matter[37]; // of the draft, when two persons have to look at it
	// The request that the draft continues, or NULL, and its message; both stay while `d` is used.
	const struct cm_store_request *chain;
	struct cm_view chain_message;
	struct cm_store_page *pages[2];
	// while the exchange waits for the receipt
	struct cm_exchange *ex;
	struct cm_outbox_waiter waiter;
};

// The next number of a request in this year, reserved when `take`; a draft that is only checked sees it and leaves it.
static cm_result
cm_create_number(struct cm_node *node, bool take, struct cm_report *report, struct cm_create *d)
{
	struct cm_node_numbers *numbers = &node->numbers;
	int year = cm_instant_civil(cm_clock_utc()).year;
	char prefix[16];
	cm_result r = CM_OK;
	snprintf(prefix, sizeof prefix, "%s-%d-", node->name.country_upper, year);
	cm_mutex_lock(&numbers->lock);
	if (numbers->year != year) {
		uint64_t last = 0;
		r = cm_store_last_number(node->store, cm_view_text(prefix), report, &last);
		numbers->year = r == CM_OK ? year : 0;
		numbers->next = last + 1;
	}
	d->year = year;
	d->number = numbers->next;
	if (r == CM_OK && take)
		numbers->next++;
	cm_mutex_unlock(&numbers->lock);
	return r;
}

// What was not sent leaves no hole, unless somebody took the next number meanwhile.
static void
cm_create_number_back(struct cm_node *node, const struct cm_create *d)
{
	struct cm_node_numbers *numbers = &node->numbers;
	cm_mutex_lock(&numbers->lock);
	if (d->number > 0 && numbers->year == d->year && numbers->next == d->number + 1)
		numbers->next = d->number;
	cm_mutex_unlock(&numbers->lock);
}

static void
cm_create_free(struct cm_create *d)
{
	for (size_t i = 0; d != NULL && i < sizeof d->pages / sizeof *d->pages; i++)
		cm_store_page_free(d->pages[i]);
	cm_mem_free(d);
}

static void
cm_create_free_at(struct cm_create **at)
{
	cm_create_free(*at);
}

static cm_result
cm_create_fill(struct cm_node *node, struct cm_view to, struct cm_report *report, struct cm_create *d)
{
	struct cm_instant now = cm_clock_utc();
	cm_result r = cm_node_uuids(d->ids, sizeof d->ids / sizeof *d->ids, report);
	if (r == CM_OK)
		r = cm_node_name_read(to.n == 0 ? cm_view_text(node->name.whole) : to, report, &d->to);
	if (r == CM_OK && to.n > 0 && !cm_peers_confirmed(&node->peers, d->to.whole, &d->peer))
		r = cm_listed_find(node, d->to.whole, report, &d->peer);
	if (r == CM_OK && d->number == 0)
		r = cm_create_number(node, false, report, d);
	if (r != CM_OK)
		return r;
	d->has_peer = to.n > 0;
	snprintf(d->reference, sizeof d->reference, "%s-%d-%05llu", node->name.country_upper, d->year, (unsigned long long)d->number);
	snprintf(d->disclosure, sizeof d->disclosure, "%s-%.24s-%d.%05llu", node->name.country_upper,
	         cm_node_name_id(&node->name), d->year, (unsigned long long)d->number);
	d->told = (struct cm_draft_told){
	        .sender = {cm_view_text(node->name.country_upper), cm_view_text(cm_node_name_id(&node->name))},
	        .receiver = {cm_view_text(d->to.country_upper), cm_view_text(cm_node_name_id(&d->to))},
	        .now = now,
	        .transaction = cm_view_text(d->ids[0]),
	        .document = cm_view_text(d->ids[1]),
	        .authorisation = cm_view_text(d->ids[2]),
	        .task = cm_view_text(d->ids[3]),
	        .encryption = cm_view_text(d->ids[4]),
	        .reference = cm_view_text(d->reference),
	        .disclosure_reference = cm_view_text(d->disclosure),
	        .seal_certificate = node->keys.keys.seal_certificate,
	        .node = cm_view_text(node->name.whole),
	};
	d->roles = (struct cm_reader_told){
	        now, d->has_peer ? node->self.identity.roles : 0, d->has_peer ? d->peer.identity.roles : 0};
	if (d->chain != NULL) {
		d->roles.chain.request = d->chain->id;
		d->roles.chain.reference = d->chain->their_reference;
		d->roles.chain.message = d->chain_message;
		d->roles.chain.there = cm_view_is(d->chain->peer, d->to.whole);
	}
	return CM_OK;
}

// Of a request that continues a preservation every identifier is one that is held: data that nobody preserved is another request.
// Those without any are described in words. One that only names a preservation may ask for more.
static cm_result
cm_create_held(struct cm_node *node, const struct cm_store_request *held, const struct cm_reader_draft *draft,
               struct cm_report *report)
{
	struct cm_facts CM_CLEANUP(cm_facts_fini) first;
	struct cm_view format = cm_view_of(NULL, 0), value = format, other = format;
	bool good = false;
	cm_facts_init(&first);
	cm_result r = cm_do_request_facts(node, held, report, &first, &good);
	size_t n = r == CM_OK && good ? cm_facts_count(&first, "task.values") : 0;
	for (size_t i = 0; n > 0 && i < cm_facts_count(&draft->facts, "task.values"); i++) {
		cm_facts_find_in(&draft->facts, "task.values", i, "format", &format);
		cm_facts_find_in(&draft->facts, "task.values", i, "value", &value);
		bool there = false;
		for (size_t k = 0; k < n; k++)
			there = there || (cm_facts_find_in(&first, "task.values", k, "format", &other) && cm_view_equal(other, format) &&
			                  cm_facts_find_in(&first, "task.values", k, "value", &other) && cm_view_equal(other, value));
		if (!there)
			return cm_report_refuse(report, CM_ERROR_CHAIN_DATA, "/draft/task/values", "%.*s %.*s", CM_VIEW_ARG(format),
			                        CM_VIEW_ARG(value));
	}
	return r;
}

// A request about a preservation names one of ours at this peer: else data would lapse that everybody takes for held. One that
// changes it names its request too, and it is still to be changed as far as we know.
static cm_result
cm_create_later(struct cm_node *node, const struct cm_create *d, const struct cm_reader_draft *draft,
                struct cm_report *report)
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_request *row = NULL;
	const struct cm_hi1_message *m = &draft->message;
	struct cm_preservation_ask ask = {
	        .event = cm_preservation_event(cm_kind_find(m->workflow.p, m->workflow.n)), .at = d->told.now};
	bool changes = ask.event != CM_EVENT_NONE;
	if (!d->has_peer || (!changes && *draft->parent == 0))
		return CM_OK;
	cm_result r = cm_hold_find(node, cm_view_text(draft->parent), cm_view_text(d->to.whole), report, &page, &row);
	if (r != CM_OK)
		return r;
	if (row == NULL || !row->ours || !cm_view_is(row->objects, draft->parent) ||
	    !cm_kind_has_task(cm_kind_find(row->kind.p, row->kind.n), "LPTask") ||
	    (changes && !cm_view_is(row->id, draft->relates)))
		return cm_report_refuse(report, CM_ERROR_PRESERVATION_UNKNOWN, "preservation", "task %s%s%s", draft->parent,
		                        changes ? " of request " : "", changes ? draft->relates : "");
	if (!changes)
		return d->chain == NULL ? CM_OK : cm_create_held(node, row, draft, report);
	for (size_t i = 0; i < m->action_count; i++)
		if (m->actions[i].object->type == CM_HI1_TYPE_PRESERVATION)
			ask.wanted = m->actions[i].object->preservation.desired_expiration;
	struct cm_preservation now = cm_hold_now(row);
	return cm_preservation_ask_check(&now, &ask, report);
}

// Does the call say this beside the draft? Looked for as a name in the officer's JSON; read by the message reader only then.
static bool
cm_create_says(struct cm_view body, const char *name)
{
	size_t n = strlen(name);
	for (size_t at = 0; at + n + 2 <= body.n; at++)
		if (body.p[at] == '"' && memcmp(body.p + at + 1, name, n) == 0 && body.p[at + n + 1] == '"')
			return true;
	return false;
}

// The request of ours that the call continues, and its message.
static cm_result
cm_create_chain(struct cm_exchange *ex, struct cm_create *d, struct cm_report *report)
{
	struct cm_facts CM_CLEANUP(cm_facts_fini) said;
	struct cm_view id = cm_view_of(NULL, 0);
	const struct cm_store_artifact *message = NULL;
	cm_facts_init(&said);
	if (!cm_create_says(cm_server_body(ex->rq), "chain_of"))
		return CM_OK;
	cm_result r = cm_exchange_facts(ex, report, &said);
	if (r != CM_OK || !cm_facts_find(&said, "chain_of", &id))
		return r;
	r = cm_store_request(ex->node->store, id, report, &d->pages[0], &d->chain);
	if (r == CM_OK && (d->chain == NULL || !d->chain->ours))
		r = cm_report_refuse(report, CM_ERROR_REQUEST_UNKNOWN, "chain_of", "%.*s is no request of ours", CM_VIEW_ARG(id));
	if (r == CM_OK)
		r = cm_store_artifact(ex->node->store, d->chain->message, report, &d->pages[1], &message);
	if (r == CM_OK && message == NULL)
		r = cm_report_refuse(report, CM_ERROR_REQUEST_UNKNOWN, "chain_of", "%.*s has no message", CM_VIEW_ARG(id));
	if (r == CM_OK)
		d->chain_message = message->bytes;
	return r;
}

// Who was named as holding the data: is it there that the chain goes on? An answer without a path names nobody.
static cm_result
cm_create_chain_state(struct cm_node *node, const struct cm_create *d, struct cm_report *report)
{
	struct cm_facts CM_CLEANUP(cm_facts_fini) said;
	struct cm_view country = cm_view_of(NULL, 0);
	bool found = false;
	cm_facts_init(&said);
	if (!d->has_peer || !cm_view_is(d->chain->state, cm_state_row(CM_STATE_CUSTODIAN_ELSEWHERE)->name))
		return CM_OK;
	cm_result r = cm_do_request_said(node, d->chain, CM_STATE_CUSTODIAN_ELSEWHERE, report, &said, &found);
	size_t hops = r == CM_OK && found ? cm_facts_count(&said, "path") : 0;
	for (size_t i = 0; i < hops; i++)
		if (cm_facts_find_in(&said, "path", i, "country", &country) && cm_view_is(country, d->to.country_upper))
			return CM_OK;
	return r != CM_OK || hops == 0 ? r
	                               : cm_report_refuse(report, CM_ERROR_CHAIN_STATE, "to", "%s; told was %.*s", d->to.whole, CM_VIEW_ARG(country));
}

static cm_result
cm_create_chain_check(struct cm_node *node, const struct cm_create *d, const struct cm_reader_draft *draft,
                      struct cm_report *report)
{
	if (d->chain == NULL)
		return CM_OK;
	if (!cm_view_is(d->chain->id, draft->relates))
		return cm_report_refuse(report, CM_ERROR_CHAIN_OTHER, "/draft/request/relates_to", "%s", draft->relates);
	return cm_create_chain_state(node, d, report);
}

// What a request tells of people and facts goes to nobody for whom the directory does not vouch. Preservations go all the same.
static cm_result
cm_create_vouched(struct cm_exchange *ex, const struct cm_create *d, struct cm_view workflow, const char *person,
                  struct cm_report *report)
{
	struct cm_facts CM_CLEANUP(cm_facts_fini) said;
	struct cm_view anyway = cm_view_of(NULL, 0);
	cm_facts_init(&said);
	if (cm_preservation_is(cm_kind_find(workflow.p, workflow.n)))
		return CM_OK;
	if (cm_listed_is(&d->peer))
		return cm_report_refuse(report, CM_ERROR_PEER_LISTED, d->to.whole, "%.*s", CM_VIEW_ARG(workflow));
	cm_result r = cm_create_says(cm_server_body(ex->rq), "override") ? cm_exchange_facts(ex, report, &said) : CM_OK;
	cm_facts_find(&said, "override", &anyway);
	return r == CM_OK ? cm_directory_may_disclose(ex->node, d->to.whole, anyway, person, report) : r;
}

static cm_result
cm_create_law(struct cm_exchange *ex, struct cm_create *d, const struct cm_reader_draft *draft, const char *person,
              struct cm_report *report)
{
	struct cm_view kind = draft->message.workflow;
	struct cm_lawful_ask ask = {.kind = cm_kind_find(kind.p, kind.n),
	        .stage = CM_LAW_BEFORE_SEND,
	        .now = d->told.now,
	        .peer = d->has_peer ? cm_view_text(d->to.whole) : cm_view_of(NULL, 0),
	        .ours = true,
	        .said = &d->said,
	        .person = person};
	cm_facts_init(&d->said);
	cm_result r = cm_create_says(cm_server_body(ex->rq), "answers") ? cm_exchange_facts(ex, report, &d->said) : CM_OK;
	if (r == CM_OK)
		r = cm_lawful_check(ex->node, &draft->facts, &ask, report, &d->lawful);
	if (r != CM_OK || !cm_law_asks_two(&d->lawful.law))
		return r;
	// What others said stands under what the draft says: read only where it counts.
	if (d->said.count == 0)
		r = cm_exchange_facts(ex, report, &d->said);
	if (r == CM_OK)
		r = cm_question_draft(&d->said, report, d->matter);
	ask.matter = cm_view_text(d->matter);
	return r == CM_OK ? cm_lawful_check(ex->node, &draft->facts, &ask, report, &d->lawful) : r;
}

// Before it leaves: what is formal or unanswered stops it, and what was answered is noted with the act.
static cm_result
cm_create_lawful(struct cm_exchange *ex, struct cm_create *d, const struct cm_reader_draft *draft, const char *person,
                 struct cm_report *report)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) note = cm_buf_of(CM_LIMIT_ACT_VALUE_BYTES_VALUE);
	cm_result r = cm_create_law(ex, d, draft, person, report);
	if (r == CM_OK)
		r = cm_law_judge(&d->lawful.law, report);
	if (r == CM_OK)
		r = cm_lawful_note(&d->lawful, report, &note);
	if (r == CM_OK && *d->matter != 0 && d->lawful.said.n > 0 && note.n + sizeof d->matter + 32 < CM_LIMIT_ACT_VALUE_BYTES_VALUE)
		cm_buf_printf(&note, "%sanswers to the draft: %s", note.n > 0 ? "; " : "", d->matter);
	if (r == CM_OK)
		snprintf(d->note, sizeof d->note, "%s", cm_buf_cstr(&note));
	cm_facts_fini(&d->said);
	return r;
}

static void
cm_create_checked(struct cm_json_put *put, const struct cm_create *d, const struct cm_reader_draft *draft)
{
	cm_json_put_object(put);
	cm_json_put_name(put, "advice");
	cm_json_put_array(put);
	for (size_t i = 0; i < draft->advice.count; i++) {
		cm_json_put_object(put);
		cm_json_put_member_cstr(put, "article", draft->advice.findings[i].place);
		cm_json_put_member_cstr(put, "could_be_added", draft->advice.findings[i].seen);
		cm_json_put_end_object(put);
	}
	cm_json_put_end_array(put);
	cm_json_put_member_bool(put, "complete", true);
	cm_legal_put(put, &draft->facts, &d->lawful.told, &d->lawful.law);
	cm_json_put_end_object(put);
}

cm_result
cm_create_check(struct cm_exchange *ex, struct cm_report *report, struct cm_buf *body)
{
	struct cm_facts CM_CLEANUP(cm_facts_fini) facts;
	struct cm_reader_draft CM_CLEANUP(cm_reader_draft_fini) draft = {.title = ""};
	struct cm_create CM_CLEANUP(cm_create_free_at) *d = cm_mem_new(sizeof *d);
	struct cm_json_put put = cm_json_put_of(body);
	struct cm_view to = cm_view_of(NULL, 0);
	cm_facts_init(&facts);
	cm_result r = d == NULL ? CM_NOMEM : cm_exchange_facts(ex, report, &facts);
	cm_facts_find(&facts, "to", &to);
	if (r == CM_OK)
		r = cm_create_chain(ex, d, report);
	if (r == CM_OK)
		r = cm_create_fill(ex->node, to, report, d);
	if (r == CM_OK)
		r = cm_reader_client_draft(&ex->node->reader, cm_server_body(ex->rq), &d->told, &d->roles, report, &draft);
	if (r == CM_OK)
		r = cm_create_chain_check(ex->node, d, &draft, report);
	if (r == CM_OK)
		r = cm_create_later(ex->node, d, &draft, report);
	if (r == CM_OK)
		r = cm_create_law(ex, d, &draft, "", report);
	if (r == CM_OK)
		cm_create_checked(&put, d, &draft);
	if (d != NULL)
		cm_facts_fini(&d->said);
	return r;
}

static cm_result
cm_create_show(const struct cm_create *d, struct cm_report *report, struct cm_buf *body)
{
	struct cm_json_put put = cm_json_put_of(body);
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_request *row = NULL;
	cm_result r = cm_store_request(d->ex->node->store, cm_view_text(d->ids[1]), report, &page, &row);
	if (r != CM_OK || row == NULL)
		return r != CM_OK ? r : CM_BUG;
	cm_json_put_object(&put);
	cm_json_put_member_text(&put, "case", row->case_id);
	cm_json_put_member_cstr(&put, "document", d->ids[1]);
	cm_legal_findings_put(&put, &d->lawful.law);
	cm_json_put_member_text(&put, "kind", row->kind);
	cm_json_put_name(&put, "receipt");
	if (row->their_act == 0)
		cm_json_put_null(&put);
	else {
		cm_json_put_object(&put);
		cm_json_put_member_number(&put, "index", (int64_t)row->their_act - 1);
		cm_json_put_member_cstr(&put, "origin", d->peer.identity.log.name);
		cm_json_put_end_object(&put);
	}
	cm_do_json_time(&put, "received_at", row->their_act == 0 ? (struct cm_instant){.us = 0} : row->changed);
	cm_json_put_member_cstr(&put, "reference", d->reference);
	cm_json_put_member_text(&put, "request", row->id);
	cm_do_json_time(&put, "sent_at", row->created);
	cm_json_put_member_text(&put, "state", row->state);
	cm_json_put_member_text(&put, "task", row->objects);
	cm_json_put_member_text(&put, "to", row->peer);
	cm_json_put_end_object(&put);
	return CM_OK;
}

// The end: the receipt came, or the peer refused, or there is no answer yet.
static void
cm_create_told(void *context, enum cm_outbox_end end, const struct cm_report *said)
{
	struct cm_create *d = context;
	struct cm_exchange *ex = d->ex;
	struct cm_report report;
	struct cm_buf CM_CLEANUP(cm_buf_fini) body = cm_buf_of(CM_LIMIT_API_ANSWER_BYTES_VALUE);
	cm_report_clear(&report);
	if (end == CM_OUTBOX_REFUSED && said != NULL)
		cm_report_join(&report, said);
	cm_result r = end == CM_OUTBOX_REFUSED ? CM_REFUSED : cm_create_show(d, &report, &body);
	if (r == CM_OK)
		r = cm_buf_result(&body);
	cm_create_free(d);
	if (r != CM_OK)
		cm_exchange_problem(ex, r, &report);
	else
		cm_do_json(ex, (unsigned)cm_route_row(ex->match.route)->status, &body);
}

// The message is durable, or was refused by the store.
static void
cm_create_kept(void *context, cm_result result, const struct cm_report *report)
{
	struct cm_create *d = context;
	struct cm_exchange *ex = d->ex;
	if (result == CM_OK) {
		d->waiter = (struct cm_outbox_waiter){
		        .transaction = d->ids[0],
		        .deadline = cm_clock_after(CM_LIMIT_HI1_ANSWER_MS_VALUE * INT64_C(1000)),
		        .told = cm_create_told,
		        .context = d,
		};
		cm_outbox_await(ex->node->outbox, &d->waiter);
		return;
	}
	cm_create_number_back(ex->node, d);
	cm_create_free(d);
	cm_exchange_problem(ex, result, report);
}

static cm_result
cm_create_send(struct cm_node *node, struct cm_create *d, const struct cm_reader_draft *draft,
               const char *person, struct cm_report *report)
{
	struct cm_event_document document = {
	        cm_view_text(d->ids[1]), cm_view_text(draft->title), cm_view_text(draft->parent), cm_view_text(draft->relates), false,
	        cm_view_text(draft->undertaking), cm_view_text(draft->part)};
	struct cm_send send = {
	        .message = &draft->message,
	        .canonical = draft->canonical,
	        .wire = draft->wire,
	        .told = {.peer = cm_view_text(d->to.whole),
	                .person = cm_view_text(person),
	                .case_id = draft->case_id.n > 0                          ? draft->case_id
	                           : d->chain != NULL && d->chain->case_id.n > 0 ? d->chain->case_id
	                                                                         : cm_view_text(d->reference),
	                .documents = {document},
	                .document_count = 1,
	                .ends = draft->ends},
	        .topic = "request",
	        .request = d->ids[1],
	};
	cm_act_set(&send.act, CM_ACT_FIELD_TYPE, cm_view_text("asked"));
	cm_act_set(&send.act, CM_ACT_FIELD_PEER, send.told.peer);
	cm_act_set(&send.act, CM_ACT_FIELD_REQUEST, cm_view_text(d->ids[1]));
	cm_act_set(&send.act, CM_ACT_FIELD_KIND, draft->message.workflow);
	cm_act_set(&send.act, CM_ACT_FIELD_ARTIFACT, cm_view_text("$artifact"));
	cm_act_set(&send.act, CM_ACT_FIELD_PERSON, cm_view_text(person));
	if (*d->note == 0 && cm_listed_is(&d->peer))
		snprintf(d->note, sizeof d->note, CM_LISTED);
	if (*d->note != 0)
		cm_act_set(&send.act, CM_ACT_FIELD_NOTE, cm_view_text(d->note));
	return cm_send_start(node, &send, cm_create_kept, d, report);
}

// The draft for a peer. With `guess` its good answer tells whether the call names this peer.
static cm_result
cm_create_draft(struct cm_exchange *ex, struct cm_view to, struct cm_create *d, struct cm_report *report,
                struct cm_reader_draft *ret_draft)
{
	cm_result r = cm_create_fill(ex->node, to, report, d);
	return r == CM_OK ? cm_reader_client_draft(&ex->node->reader, cm_server_body(ex->rq), &d->told, &d->roles, report,
	                                           ret_draft)
	                  : r;
}

// The message of the draft in the call. Mostly it goes where the last one went: then one question to the reader does.
// Anything else is done step by step, so that faults are judged for the peer that is meant.
static cm_result
cm_create_read(struct cm_exchange *ex, struct cm_create *d, struct cm_report *report, struct cm_reader_draft *ret_draft)
{
	char guess[CM_X509_NODE];
	struct cm_facts CM_CLEANUP(cm_facts_fini) facts;
	struct cm_view to = cm_view_of(NULL, 0);
	cm_facts_init(&facts);
	cm_peers_wrote(&ex->node->peers, guess);
	if (*guess != 0) {
		cm_result r = cm_create_draft(ex, cm_view_text(guess), d, report, ret_draft);
		if (r == CM_OK && cm_view_is(ret_draft->to, guess))
			return CM_OK;
		cm_reader_draft_fini(ret_draft);
		cm_report_clear(report);
		*d = (struct cm_create){.year = d->year, .number = d->number, .chain = d->chain, .chain_message = d->chain_message,
		        .pages = {d->pages[0], d->pages[1]}};
		memset(ret_draft, 0, sizeof *ret_draft);
	}
	cm_result r = cm_exchange_facts(ex, report, &facts);
	if (r == CM_OK && !cm_facts_find(&facts, "to", &to))
		r = cm_report_refuse(report, CM_ERROR_API_MEMBER, "/to", "%s", "missing");
	if (r == CM_OK)
		r = cm_create_draft(ex, to, d, report, ret_draft);
	if (r == CM_OK)
		cm_peers_write(&ex->node->peers, d->to.whole);
	return r;
}

void
cm_create_request(struct cm_exchange *ex, const struct cm_ipc_person *person)
{
	struct cm_report report;
	struct cm_create CM_CLEANUP(cm_create_free_at) *d = cm_mem_new(sizeof *d);
	CM_AUTO struct cm_reader_draft *draft = cm_mem_new(sizeof *draft);
	cm_report_clear(&report);
	cm_result r = d == NULL || draft == NULL ? CM_NOMEM : cm_create_number(ex->node, true, &report, d);
	if (r == CM_OK)
		r = cm_create_chain(ex, d, &report);
	if (r == CM_OK)
		r = cm_create_read(ex, d, &report, draft);
	if (r == CM_OK)
		r = cm_rights_check_kind(person->roles, cm_kind_find(draft->message.workflow.p, draft->message.workflow.n), &report);
	if (r == CM_OK)
		r = cm_create_chain_check(ex->node, d, draft, &report);
	if (r == CM_OK)
		r = cm_create_later(ex->node, d, draft, &report);
	if (r == CM_OK)
		r = cm_joint_may_send(ex->node, draft, cm_view_text(d->ids[1]), cm_view_text(d->to.whole), &report);
	if (r == CM_OK)
		r = cm_create_vouched(ex, d, draft->message.workflow, person->id, &report);
	if (r == CM_OK)
		r = cm_create_lawful(ex, d, draft, person->id, &report);
	if (r == CM_OK && cm_listed_is(&d->peer))
		r = cm_listed_meet(ex->node, &d->peer, &report);
	if (r == CM_OK) {
		struct cm_create *sent = cm_take(&d); // the store's writer may be done with it before we are
		sent->ex = ex;
		r = cm_create_send(ex->node, sent, draft, person->id, &report);
		if (r != CM_OK)
			d = sent;
	}
	cm_reader_draft_fini(draft);
	if (r != CM_OK && d != NULL)
		cm_create_number_back(ex->node, d);
	if (r != CM_OK)
		cm_exchange_problem(ex, r, &report);
}
