// Knows: what persons may do here: log in, state acts, approve, add one another. Does not know: keys of signatures. While a node
// runs, nobody is added or given new factors without the persons who are already here, so a taken node cannot make up
// the second person that it needs. Serves "Persons" and design rule 6.
#include "node/keeper_inside.h"

#include <stdio.h>

#include "base/mem.h"
#include "base/rd.h"

#define CM_KEEPER_DESK_PLAIN 4096 // an opened login or enrolment

static cm_result
cm_keeper_desk_malformed(struct cm_report *report, const char *what)
{
	return cm_report_refuse(report, CM_ERROR_KEEPER_FORM, what, "malformed");
}

// How many persons must approve a change of persons: for one who may act from now on, as many as an opening needs, else one could
// make up the others, after disabling them if need be. Where fewer are left, persons are added on the stopped node's machine.
// Taking access away is for a night when a telephone was stolen: one is enough.
static size_t
cm_keeper_desk_needed(const struct cm_keeper *keeper, struct cm_view act)
{
	if (keeper->offline)
		return 0;
	return cm_rights_persons(act);
}

static cm_result
cm_keeper_desk_approved(struct cm_keeper *keeper, const struct cm_keeper_matter *matter, struct cm_report *report)
{
	size_t needed = cm_keeper_desk_needed(keeper, matter->act);
	size_t have = cm_keeper_approval_count(&keeper->approvals, matter);
	if (have < needed)
		return cm_report_refuse(report, CM_ERROR_PERSON_APPROVAL, "persons", "%zu of %zu approvals", have,
		                        needed);
	return CM_OK;
}

// Adds a person or gives new factors; the two differ in the last step only.
static cm_result
cm_keeper_desk_enrolment(struct cm_keeper *keeper, struct cm_view payload, const char *act, struct cm_report *report,
                         struct cm_buf *answer)
{
	struct cm_rd rd = cm_rd_of(payload);
	struct cm_view sealed = cm_rd_field(&rd);
	if (!cm_rd_done(&rd))
		return cm_keeper_desk_malformed(report, act);
	struct cm_keeper_enrolment e;
	CM_CLEANUP(cm_buf_fini) struct cm_buf plain = cm_buf_of_secret(CM_KEEPER_DESK_PLAIN);
	cm_result r = cm_keeper_enrolment_open(sealed, &keeper->keys.identity, &plain, report, &e);
	if (r != CM_OK)
		return r;
	struct cm_keeper_matter matter = {.act = cm_view_text(act), .object = e.person, .digest = cm_hash_of(sealed)};
	bool add = cm_view_is(matter.act, "person_add");
	r = cm_keeper_desk_approved(keeper, &matter, report);
	if (r == CM_OK && add)
		r = cm_keeper_person_add(&keeper->persons, &keeper->keys.identity, &e, report);
	else if (r == CM_OK)
		r = cm_keeper_person_enrol(&keeper->persons, &keeper->keys.identity, &e, report);
	if (r == CM_OK) {
		const struct cm_keeper_person *p = cm_keeper_person_find(&keeper->persons, e.person);
		cm_keeper_session_end_person(&keeper->sessions, p->public.id); // old factors open nothing more
		cm_keeper_approval_end_person(&keeper->approvals, p->public.id); // nor do the old roles
		cm_keeper_approval_spend(&keeper->approvals, &matter);
		cm_buf_field(answer, e.person);
	}
	cm_mem_wipe(&e, sizeof e);
	return r;
}

cm_result
cm_keeper_desk_add(struct cm_keeper *keeper, struct cm_view payload, struct cm_report *report, struct cm_buf *answer)
{
	return cm_keeper_desk_enrolment(keeper, payload, "person_add", report, answer);
}

cm_result
cm_keeper_desk_enrol(struct cm_keeper *keeper, struct cm_view payload, struct cm_report *report, struct cm_buf *answer)
{
	return cm_keeper_desk_enrolment(keeper, payload, "person_enrol", report, answer);
}

cm_result
cm_keeper_desk_disable(struct cm_keeper *keeper, struct cm_view payload, struct cm_report *report,
                       struct cm_buf *answer)
{
	(void)answer;
	struct cm_rd rd = cm_rd_of(payload);
	struct cm_view id = cm_rd_field(&rd);
	if (!cm_rd_done(&rd))
		return cm_keeper_desk_malformed(report, "person_disable");
	struct cm_keeper_matter matter = {.act = cm_view_text("person_disable"), .object = id};
	cm_result r = cm_keeper_desk_approved(keeper, &matter, report);
	if (r == CM_OK)
		r = cm_keeper_person_disable(&keeper->persons, id, report);
	if (r != CM_OK)
		return r;
	const struct cm_keeper_person *p = cm_keeper_person_find(&keeper->persons, id);
	cm_keeper_approval_spend(&keeper->approvals, &matter);
	cm_keeper_session_end_person(&keeper->sessions, p->public.id);
	cm_keeper_approval_end_person(&keeper->approvals, p->public.id);
	return CM_OK;
}

cm_result
cm_keeper_desk_list(struct cm_keeper *keeper, struct cm_view payload, struct cm_report *report, struct cm_buf *answer)
{
	if (payload.n != 0)
		return cm_keeper_desk_malformed(report, "person_list");
	cm_buf_u32be(answer, (uint32_t)keeper->persons.n);
	for (size_t i = 0; i < keeper->persons.n; i++)
		cm_ipc_keeper_person_write(&keeper->persons.list[i].public, answer);
	return CM_OK;
}

cm_result
cm_keeper_desk_login(struct cm_keeper *keeper, struct cm_view payload, struct cm_report *report, struct cm_buf *answer)
{
	struct cm_rd rd = cm_rd_of(payload);
	struct cm_view sealed = cm_rd_field(&rd);
	if (!cm_rd_done(&rd))
		return cm_keeper_desk_malformed(report, "login");
	struct cm_keeper_login login = {0};
	struct cm_keeper_person *person = NULL;
	struct cm_ipc_session session;
	CM_CLEANUP(cm_buf_fini) struct cm_buf plain = cm_buf_of_secret(CM_KEEPER_DESK_PLAIN);
	cm_result r = cm_keeper_login_open(sealed, &keeper->keys.identity, &plain, report, &login);
	if (r == CM_OK)
		r = cm_keeper_person_login(&keeper->persons, &keeper->keys.identity, &login, report, &person);
	if (r == CM_OK && person != NULL)
		r = cm_keeper_session_start(&keeper->sessions, person->public.id, login.session_key, report, &session);
	cm_mem_wipe(&login, sizeof login);
	if (r == CM_OK)
		cm_ipc_keeper_session_write(&session, answer);
	return r;
}

cm_result
cm_keeper_desk_logout(struct cm_keeper *keeper, struct cm_view payload, struct cm_report *report,
                      struct cm_buf *answer)
{
	(void)answer;
	if (payload.n != CM_IPC_SESSION_ID)
		return cm_keeper_desk_malformed(report, "logout");
	return cm_keeper_session_end(&keeper->sessions, payload.p, report);
}

// The statement in a frame, and the person whose session it is and whose roles allow it.
static cm_result
cm_keeper_desk_statement(struct cm_keeper *keeper, struct cm_view payload, struct cm_report *report,
                         struct cm_keeper_statement *ret_statement, const struct cm_keeper_person **ret_person)
{
	struct cm_ipc_statement statement;
	const char *id = NULL;
	if (!cm_ipc_keeper_statement_read(payload, &statement))
		return cm_keeper_desk_malformed(report, "statement");
	cm_result r = cm_keeper_session_statement(&keeper->sessions, &statement, report, ret_statement, &id);
	if (r != CM_OK)
		return r;
	const struct cm_keeper_person *person = cm_keeper_person_find(&keeper->persons, cm_view_text(id));
	if (person == NULL || person->public.disabled)
		return cm_report_refuse(report, CM_ERROR_SESSION_UNKNOWN, "session", "ended");
	r = cm_rights_check(person->public.roles, ret_statement->act, report);
	if (r == CM_OK)
		*ret_person = person;
	return r;
}

cm_result
cm_keeper_desk_check(struct cm_keeper *keeper, struct cm_view payload, struct cm_report *report, struct cm_buf *answer)
{
	struct cm_keeper_statement statement;
	const struct cm_keeper_person *person;
	cm_result r = cm_keeper_desk_statement(keeper, payload, report, &statement, &person);
	if (r == CM_OK)
		cm_ipc_keeper_person_write(&person->public, answer);
	return r;
}

cm_result
cm_keeper_desk_approve(struct cm_keeper *keeper, struct cm_view payload, struct cm_report *report,
                       struct cm_buf *answer)
{
	struct cm_keeper_statement statement;
	const struct cm_keeper_person *person;
	cm_result r = cm_keeper_desk_statement(keeper, payload, report, &statement, &person);
	if (r != CM_OK)
		return r;
	struct cm_keeper_matter matter = {
	        .act = statement.act,
	        .object = statement.object,
	        .digest = statement.digest,
	};
	bool of_persons = cm_view_starts(matter.act, "person_");
	r = cm_keeper_approval_add(&keeper->approvals, person->public.id, &matter, report);
	struct cm_ipc_approval approval = {
	        .have = (uint32_t)cm_keeper_approval_count(&keeper->approvals, &matter),
	        .needed = (uint32_t)(of_persons ? cm_keeper_desk_needed(keeper, matter.act)
	                                        : cm_rights_persons(matter.act)),
	        .again = r == CM_REFUSED,
	};
	// All that are needed are in force: the matter was approved, but could not be done, and one of them asks again.
	if (r == CM_REFUSED && cm_report_has(report, CM_ERROR_APPROVAL_SAME_PERSON) && approval.have >= approval.needed) {
		cm_report_clear(report);
		r = CM_OK;
	}
	if (r != CM_OK)
		return r;
	snprintf(approval.person, sizeof approval.person, "%s", person->public.id);
	cm_ipc_keeper_approval_write(&approval, answer);
	return CM_OK;
}
