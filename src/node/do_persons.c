// Knows: the handlers about persons and sessions. Does not know: what is sealed to the keeper, or what waits for approvals
// (persons.c).
#include "node/exchange.h"

#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "base/mem.h"
#include "base/tab_limit.h"
#include "domain/rights.h"
#include "node/do_json.h"
#include "node/keeper_statement.h"
#include "node/own_acts.h"
#include "node/persons.h"

static void
cm_do_login(struct cm_exchange *ex)
{
	struct cm_report report = {0};
	struct cm_ipc_session session;
	struct cm_buf CM_CLEANUP(cm_buf_fini) body = cm_buf_of(CM_LIMIT_API_ANSWER_BYTES_VALUE);
	struct cm_json_put put = cm_json_put_of(&body);
	char hex[2 * CM_IPC_SESSION_ID + 1];
	cm_result r = cm_keeper_client_login(&ex->node->keeper, cm_server_body(ex->rq), &report, &session);
	if (r != CM_OK) {
		cm_exchange_problem(ex, r, &report);
		return;
	}
	cm_hex_text(cm_view_of(session.id, sizeof session.id), hex);
	cm_json_put_object(&put);
	cm_json_put_member_cstr(&put, "person", session.person);
	cm_do_json_hash(&put, "proof", &session.proof);
	cm_json_put_member_cstr(&put, "session", hex);
	cm_do_json_time(&put, "until", session.until);
	cm_json_put_end_object(&put);
	cm_do_json(ex, 201, &body);
}

// Only the session itself: its key made the statement.
static void
cm_do_logout(struct cm_exchange *ex)
{
	struct cm_report report = {0};
	struct cm_ipc_person person;
	uint8_t id[CM_IPC_SESSION_ID];
	struct cm_view own = cm_server_header(ex->rq, "Comity-Session");
	cm_result r = cm_exchange_person(ex, &(struct cm_exchange_who){.act = NULL}, &report, &person);
	if (r == CM_OK && (!cm_view_is(own, ex->match.part[0]) || !cm_hex_read(own, id, sizeof id)))
		r = cm_report_refuse(&report, CM_ERROR_LOGOUT_OTHER, "session", "%s", person.id);
	if (r == CM_OK)
		r = cm_keeper_client_logout(&ex->node->keeper, id, &report);
	if (r != CM_OK)
		cm_exchange_problem(ex, r, &report);
	else
		cm_exchange_status(ex, 204);
}

// 201 or 200 when it is done, 202 while another person has to approve.
static void
cm_do_person_outcome(struct cm_exchange *ex, const struct cm_persons_outcome *outcome)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) body = cm_buf_of(CM_LIMIT_API_ANSWER_BYTES_VALUE);
	struct cm_json_put put = cm_json_put_of(&body);
	cm_json_put_object(&put);
	cm_json_put_member_number(&put, "approvals", outcome->have);
	cm_json_put_member_number(&put, "needed", outcome->needed);
	cm_json_put_member_cstr(&put, "person", outcome->id);
	cm_json_put_member_cstr(&put, "state", outcome->waits ? "waiting" : "done");
	cm_json_put_end_object(&put);
	cm_do_json(ex, outcome->waits ? 202 : (unsigned)cm_route_row(ex->match.route)->status, &body);
}

// Adding and enrolling: the first of the approvals comes with the sealed bytes.
static void
cm_do_person_enrol(struct cm_exchange *ex)
{
	struct cm_report report = {0};
	struct cm_buf CM_CLEANUP(cm_buf_fini) text = cm_buf_of(CM_LIMIT_STATEMENT_BYTES_VALUE);
	struct cm_ipc_statement statement;
	struct cm_persons_outcome outcome = {.have = 0};
	bool add = ex->match.route == CM_ROUTE_API_PERSON_ADD;
	struct cm_persons_enrolment enrolment = {
	        .act = add ? "person_add" : "person_enrol",
	        .id = add ? "" : ex->match.part[0],
	        .sealed = cm_server_body(ex->rq),
	        .statement = &statement,
	};
	cm_result r = cm_exchange_statement(ex, &report, &text, &statement);
	if (r == CM_OK)
		r = cm_persons_enrol(ex->node, &enrolment, &report, &outcome);
	if (r != CM_OK)
		cm_exchange_problem(ex, r, &report);
	else
		cm_do_person_outcome(ex, &outcome);
}

static void
cm_do_person_approve(struct cm_exchange *ex)
{
	struct cm_report report = {0};
	struct cm_buf CM_CLEANUP(cm_buf_fini) text = cm_buf_of(CM_LIMIT_STATEMENT_BYTES_VALUE);
	struct cm_ipc_statement statement;
	struct cm_persons_outcome outcome = {.have = 0};
	cm_result r = cm_exchange_statement(ex, &report, &text, &statement);
	if (r == CM_OK)
		r = cm_persons_approve(ex->node, ex->match.part[0], &statement, &report, &outcome);
	if (r != CM_OK)
		cm_exchange_problem(ex, r, &report);
	else
		cm_do_person_outcome(ex, &outcome);
}

// What waits for approvals; `digest` is what the next person's statement has to name.
static void
cm_do_person_waiting(struct cm_exchange *ex, struct cm_json_put *put)
{
	struct cm_persons_waiting w;
	cm_json_put_name(put, "waiting");
	cm_json_put_array(put);
	for (size_t i = 0; cm_persons_at(ex->node->persons, i, &w); i++) {
		cm_json_put_object(put);
		cm_json_put_member_cstr(put, "act", w.act);
		cm_json_put_member_cstr(put, "approved_by", w.by);
		cm_do_json_hash(put, "digest", &w.digest);
		cm_json_put_member_cstr(put, "person", w.id);
		cm_json_put_end_object(put);
	}
	cm_json_put_end_array(put);
}

static void
cm_do_person_list(struct cm_exchange *ex)
{
	struct cm_report report = {0};
	struct cm_buf CM_CLEANUP(cm_buf_fini) body = cm_buf_of(CM_LIMIT_API_ANSWER_BYTES_VALUE);
	struct cm_json_put put = cm_json_put_of(&body);
	struct cm_buf CM_CLEANUP(cm_buf_fini) roles = cm_buf_of(CM_LIMIT_PERSON_FUNCTIONS_VALUE);
	CM_AUTO struct cm_ipc_persons *persons = cm_mem_new(sizeof *persons);
	cm_result r = persons == NULL ? CM_NOMEM : cm_keeper_client_person_list(&ex->node->keeper, &report, persons);
	if (r != CM_OK) {
		cm_exchange_problem(ex, r, &report);
		return;
	}
	cm_json_put_object(&put);
	cm_json_put_name(&put, "persons");
	cm_json_put_array(&put);
	for (size_t i = 0; i < persons->n; i++) {
		cm_json_put_object(&put);
		cm_json_put_member_bool(&put, "disabled", persons->persons[i].disabled);
		cm_json_put_member_cstr(&put, "functions", persons->persons[i].functions);
		cm_json_put_member_cstr(&put, "name", persons->persons[i].name);
		cm_json_put_member_cstr(&put, "person", persons->persons[i].id);
		cm_buf_clear(&roles);
		cm_rights_write(persons->persons[i].roles, &roles);
		cm_json_put_member_text(&put, "roles", cm_buf_view(&roles));
		cm_json_put_end_object(&put);
	}
	cm_json_put_end_array(&put);
	cm_do_person_waiting(ex, &put);
	cm_json_put_end_object(&put);
	cm_do_json(ex, 200, &body);
}

// An approval is kept for what it says, so one that says something else is not handed on here.
static cm_result
cm_do_person_disable_said(const struct cm_ipc_statement *statement, const char *id, struct cm_report *report)
{
	struct cm_keeper_statement said;
	cm_result r = cm_keeper_statement_read(statement->text, report, &said);
	if (r == CM_OK && (!cm_view_is(said.act, "person_disable") || !cm_view_is(said.object, id)))
		r = cm_report_refuse(report, CM_ERROR_STATEMENT_OTHER, "Comity-Statement", "%.*s of %.*s", CM_VIEW_ARG(said.act),
		                     CM_VIEW_ARG(said.object));
	return r;
}

static void
cm_do_person_disable(struct cm_exchange *ex)
{
	struct cm_report report = {0};
	struct cm_buf CM_CLEANUP(cm_buf_fini) text = cm_buf_of(CM_LIMIT_STATEMENT_BYTES_VALUE);
	struct cm_buf CM_CLEANUP(cm_buf_fini) body = cm_buf_of(CM_LIMIT_API_ANSWER_BYTES_VALUE);
	struct cm_json_put put = cm_json_put_of(&body);
	struct cm_ipc_statement statement;
	struct cm_ipc_approval approval = {.person = ""};
	char note[CM_IPC_PERSON_ID + 32];
	const char *id = ex->match.part[0];
	cm_result r = cm_exchange_statement(ex, &report, &text, &statement);
	if (r == CM_OK)
		r = cm_do_person_disable_said(&statement, id, &report);
	if (r == CM_OK)
		r = cm_keeper_client_approve(&ex->node->keeper, &statement, &report, &approval);
	if (r == CM_OK)
		r = cm_keeper_client_person_disable(&ex->node->keeper, id, &report);
	snprintf(note, sizeof note, "approved by %s", approval.person);
	if (r == CM_OK)
		r = cm_own_acts_persons(ex->node, id, note, &report);
	if (r != CM_OK) {
		cm_exchange_problem(ex, r, &report);
		return;
	}
	cm_json_put_object(&put);
	cm_json_put_member_bool(&put, "disabled", true);
	cm_json_put_member_cstr(&put, "person", id);
	cm_json_put_end_object(&put);
	cm_do_json(ex, 200, &body);
}

void
cm_do_persons(struct cm_exchange *ex)
{
	switch ((int)ex->match.route) {
	case CM_ROUTE_API_LOGIN:
		cm_do_login(ex);
		return;
	case CM_ROUTE_API_LOGOUT:
		cm_do_logout(ex);
		return;
	case CM_ROUTE_API_PERSON_LIST:
		cm_do_person_list(ex);
		return;
	case CM_ROUTE_API_PERSON_DISABLE:
		cm_do_person_disable(ex);
		return;
	case CM_ROUTE_API_PERSON_APPROVE:
		cm_do_person_approve(ex);
		return;
	default:
		cm_do_person_enrol(ex);
		return;
	}
}
