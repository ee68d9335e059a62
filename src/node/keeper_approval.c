// Knows: which persons approved which matter, for an hour. Does not know: how many a matter needs (keeper_desk.c,
// keeper_release.c). A matter is act, object and digest together, so an approval of one evidence never counts for another.
#include "node/keeper_inside.h"

#include <string.h>

#include "base/mem.h"
#include "os/clock.h"

static bool
cm_keeper_approval_is(const struct cm_keeper_approval *a, const struct cm_keeper_matter *matter)
{
	return a->used && cm_clock_mono() < a->until && cm_view_is(matter->act, a->act) &&
	       cm_view_is(matter->object, a->object) && cm_hash_equal(&matter->digest, &a->digest);
}

static struct cm_keeper_approval *
cm_keeper_approval_place(struct cm_keeper_approvals *approvals)
{
	struct cm_keeper_approval *best = &approvals->list[0];
	for (size_t i = 0; i < CM_LIMIT_APPROVALS_VALUE; i++) {
		struct cm_keeper_approval *a = &approvals->list[i];
		if (!a->used)
			return a;
		if (a->until < best->until)
			best = a;
	}
	return best;
}

cm_result
cm_keeper_approval_add(struct cm_keeper_approvals *approvals, const char *person,
                       const struct cm_keeper_matter *matter, struct cm_report *report)
{
	if (matter->act.n >= CM_KEEPER_APPROVAL_TEXT || matter->object.n >= CM_KEEPER_APPROVAL_TEXT)
		return cm_report_refuse(report, CM_ERROR_STATEMENT_FORM, "approval", "too long");
	for (size_t i = 0; i < CM_LIMIT_APPROVALS_VALUE; i++)
		if (cm_keeper_approval_is(&approvals->list[i], matter) &&
		    strcmp(approvals->list[i].person, person) == 0)
			return cm_report_refuse(report, CM_ERROR_APPROVAL_SAME_PERSON, "approval", "%s", person);
	struct cm_keeper_approval *a = cm_keeper_approval_place(approvals);
	*a = (struct cm_keeper_approval){
	        .used = true,
	        .digest = matter->digest,
	        .until = cm_clock_after(CM_LIMIT_APPROVAL_S_VALUE * CM_INSTANT_SECOND),
	};
	memcpy(a->person, person, strlen(person) + 1);
	memcpy(a->act, matter->act.p, matter->act.n);
	if (matter->object.n != 0)
		memcpy(a->object, matter->object.p, matter->object.n);
	return CM_OK;
}

size_t
cm_keeper_approval_count(struct cm_keeper_approvals *approvals, const struct cm_keeper_matter *matter)
{
	// add() keeps one approval of each person for a matter, so counting rows counts persons.
	size_t n = 0;
	for (size_t i = 0; i < CM_LIMIT_APPROVALS_VALUE; i++)
		n += cm_keeper_approval_is(&approvals->list[i], matter) ? 1 : 0;
	return n;
}

bool
cm_keeper_approval_held(const struct cm_keeper_approvals *approvals, const struct cm_keeper_matter *matter)
{
	for (size_t i = 0; i < CM_LIMIT_APPROVALS_VALUE; i++)
		if (approvals->list[i].held && cm_keeper_approval_is(&approvals->list[i], matter))
			return true;
	return false;
}

void
cm_keeper_approval_hold(struct cm_keeper_approvals *approvals, const struct cm_keeper_matter *matter, uint32_t job)
{
	for (size_t i = 0; i < CM_LIMIT_APPROVALS_VALUE; i++)
		if (cm_keeper_approval_is(&approvals->list[i], matter)) {
			approvals->list[i].held = true;
			approvals->list[i].job = job;
		}
}

void
cm_keeper_approval_settle(struct cm_keeper_approvals *approvals, uint32_t job, bool spent)
{
	for (size_t i = 0; i < CM_LIMIT_APPROVALS_VALUE; i++) {
		struct cm_keeper_approval *a = &approvals->list[i];
		if (!a->held || a->job != job)
			continue;
		a->held = false;
		if (spent)
			*a = (struct cm_keeper_approval){0};
	}
}

void
cm_keeper_approval_end_person(struct cm_keeper_approvals *approvals, const char *person)
{
	for (size_t i = 0; i < CM_LIMIT_APPROVALS_VALUE; i++)
		if (approvals->list[i].used && strcmp(approvals->list[i].person, person) == 0)
			approvals->list[i] = (struct cm_keeper_approval){0};
}

void
cm_keeper_approval_spend(struct cm_keeper_approvals *approvals, const struct cm_keeper_matter *matter)
{
	for (size_t i = 0; i < CM_LIMIT_APPROVALS_VALUE; i++)
		if (cm_keeper_approval_is(&approvals->list[i], matter))
			approvals->list[i] = (struct cm_keeper_approval){0};
}
