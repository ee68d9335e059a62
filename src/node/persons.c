// Knows: which sealed enrolments wait for approvals. Does not know: what is in them, or how many approvals are needed; both are the
// keeper's. What waits is lost with the process, as the approvals are.
#include "node/persons.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/tab_limit.h"
#include "node/keeper_statement.h"
#include "node/own_acts.h"
#include "os/clock.h"

struct cm_persons_place {
	struct cm_persons_waiting waiting; // id "": the place is free
	struct cm_buf sealed;
	int64_t until;
};

struct cm_persons {
	struct cm_mutex lock;
	struct cm_persons_place places[CM_LIMIT_PERSONS_WAITING_VALUE];
};

cm_result
cm_persons_new(struct cm_persons **ret_persons)
{
	struct cm_persons *persons = cm_mem_new(sizeof *persons);
	if (persons == NULL)
		return CM_NOMEM;
	cm_mutex_init(&persons->lock);
	*ret_persons = persons;
	return CM_OK;
}

static void
cm_persons_clear(struct cm_persons_place *place)
{
	cm_buf_fini(&place->sealed);
	*place = (struct cm_persons_place){.until = 0};
}

void
cm_persons_free(struct cm_persons *persons)
{
	if (persons == NULL)
		return;
	for (size_t i = 0; i < CM_LIMIT_PERSONS_WAITING_VALUE; i++)
		cm_persons_clear(&persons->places[i]);
	cm_mutex_fini(&persons->lock);
	cm_mem_free(persons);
}

// The place of what waits for `id`, or a free one for "". NULL: none.
static struct cm_persons_place *
cm_persons_find(struct cm_persons *persons, const char *id)
{
	for (size_t i = 0; i < CM_LIMIT_PERSONS_WAITING_VALUE; i++) {
		struct cm_persons_place *place = &persons->places[i];
		if (place->waiting.id[0] != 0 && cm_clock_mono() >= place->until)
			cm_persons_clear(place);
		if (strcmp(place->waiting.id, id) == 0)
			return place;
	}
	return NULL;
}

// The keeper does it, or says that approvals are missing. Then the register is told.
static cm_result
cm_persons_do(struct cm_node *node, const char *act, struct cm_view sealed, const char *by, struct cm_report *report,
              char ret_id[CM_IPC_PERSON_ID])
{
	char note[2 * CM_IPC_PERSON_ID + 32];
	cm_result r = strcmp(act, "person_add") == 0
	                      ? cm_keeper_client_person_add(&node->keeper, sealed, report, ret_id)
	                      : cm_keeper_client_person_enrol(&node->keeper, sealed, report, ret_id);
	snprintf(note, sizeof note, "approved by %s", by);
	return r == CM_OK ? cm_own_acts_persons(node, ret_id, note, report) : r;
}

// Approves what stands in `place`; when that was enough, it is done and the place is free again.
static cm_result
cm_persons_say(struct cm_node *node, struct cm_persons_place *place, const struct cm_ipc_statement *statement,
               struct cm_report *report, struct cm_persons_outcome *outcome)
{
	struct cm_ipc_approval approval;
	struct cm_persons_waiting *w = &place->waiting;
	cm_result r = cm_keeper_client_approve(&node->keeper, statement, report, &approval);
	if (r != CM_OK)
		return r;
	size_t n = strlen(w->by);
	snprintf(w->by + n, sizeof w->by - n, "%s%s", n == 0 ? "" : ", ", approval.person);
	snprintf(outcome->id, sizeof outcome->id, "%s", w->id);
	outcome->have = approval.have;
	outcome->needed = approval.needed;
	outcome->waits = approval.have < approval.needed;
	if (outcome->waits)
		return CM_OK;
	r = cm_persons_do(node, w->act, cm_buf_view(&place->sealed), w->by, report, outcome->id);
	cm_persons_clear(place);
	return r;
}

static cm_result
cm_persons_statement(const struct cm_persons_enrolment *enrolment, const struct cm_hash *digest, struct cm_report *report,
                     struct cm_persons_waiting *waiting)
{
	struct cm_keeper_statement said;
	cm_result r = cm_keeper_statement_read(enrolment->statement->text, report, &said);
	if (r != CM_OK)
		return r;
	if (!cm_view_is(said.act, enrolment->act) || said.object.n == 0 || said.object.n >= sizeof waiting->id ||
	    (*enrolment->id != 0 && !cm_view_is(said.object, enrolment->id)) || !cm_hash_equal(&said.digest, digest))
		return cm_report_refuse(report, CM_ERROR_STATEMENT_OTHER, "Comity-Statement", "%.*s of %.*s",
		                        CM_VIEW_ARG(said.act), CM_VIEW_ARG(said.object));
	snprintf(waiting->act, sizeof waiting->act, "%s", enrolment->act);
	snprintf(waiting->id, sizeof waiting->id, "%.*s", CM_VIEW_ARG(said.object));
	waiting->digest = *digest;
	return CM_OK;
}

cm_result
cm_persons_enrol(struct cm_node *node, const struct cm_persons_enrolment *enrolment, struct cm_report *report,
                 struct cm_persons_outcome *ret_outcome)
{
	struct cm_persons *persons = node->persons;
	struct cm_hash digest = cm_hash_of(enrolment->sealed);
	struct cm_persons_waiting waiting = {.by = ""};
	cm_result r = cm_persons_statement(enrolment, &digest, report, &waiting);
	if (r != CM_OK)
		return r;
	CM_MUTEX_HOLD(&persons->lock);
	struct cm_persons_place *place = cm_persons_find(persons, waiting.id);
	if (place != NULL)
		cm_persons_clear(place); // a newer wish for the same person
	else
		place = cm_persons_find(persons, "");
	if (place == NULL)
		return cm_report_refuse(report, CM_ERROR_PERSON_WAITING_MANY, "persons", "%d", CM_LIMIT_PERSONS_WAITING_VALUE);
	place->sealed = cm_buf_of(CM_LIMIT_SEALED_LOGIN_VALUE);
	cm_buf_view_add(&place->sealed, enrolment->sealed);
	r = cm_buf_result(&place->sealed);
	place->waiting = waiting;
	place->until = cm_clock_after(CM_LIMIT_APPROVAL_S_VALUE * CM_INSTANT_SECOND);
	if (r == CM_OK)
		r = cm_persons_say(node, place, enrolment->statement, report, ret_outcome);
	if (r != CM_OK)
		cm_persons_clear(place);
	return r;
}

cm_result
cm_persons_approve(struct cm_node *node, const char *id, const struct cm_ipc_statement *statement,
                   struct cm_report *report, struct cm_persons_outcome *ret_outcome)
{
	struct cm_persons *persons = node->persons;
	struct cm_keeper_statement said;
	cm_result r = cm_keeper_statement_read(statement->text, report, &said);
	if (r != CM_OK)
		return r;
	CM_MUTEX_HOLD(&persons->lock);
	struct cm_persons_place *place = *id == 0 ? NULL : cm_persons_find(persons, id);
	if (place == NULL)
		return cm_report_refuse(report, CM_ERROR_PERSON_WAITING_NONE, "person", "%s", id);
	if (!cm_view_is(said.act, place->waiting.act) || !cm_view_is(said.object, id) ||
	    !cm_hash_equal(&said.digest, &place->waiting.digest))
		return cm_report_refuse(report, CM_ERROR_STATEMENT_OTHER, "Comity-Statement", "%.*s of %.*s",
		                        CM_VIEW_ARG(said.act), CM_VIEW_ARG(said.object));
	return cm_persons_say(node, place, statement, report, ret_outcome);
}

bool
cm_persons_at(struct cm_persons *persons, size_t at, struct cm_persons_waiting *ret_waiting)
{
	CM_MUTEX_HOLD(&persons->lock);
	for (size_t i = 0; i < CM_LIMIT_PERSONS_WAITING_VALUE; i++) {
		const struct cm_persons_place *place = &persons->places[i];
		if (place->waiting.id[0] == 0 || cm_clock_mono() >= place->until || at-- > 0)
			continue;
		*ret_waiting = place->waiting;
		return true;
	}
	return false;
}
