// Knows: which persons approved which matter, for an hour, and over a restart when it is evidence (doc/why/keeper.md). Does not know: how many a matter needs (keeper_desk.c,
// keeper_release.c). A matter is act, object and digest together, so an approval of one evidence never counts for another.
#include "node/keeper_inside.h"

#include <string.h>

#include "base/mem.h"
#include "base/rd.h"
#include "os/clock.h"
#include "os/file.h"

// What is kept names what it is for by one byte.
static const char *const cm_keeper_approval_acts[] = {"", "evidence_open", "evidence_export"};
#define CM_KEEPER_APPROVAL_ACTS (sizeof cm_keeper_approval_acts / sizeof *cm_keeper_approval_acts)

// 0: it is not kept.
static uint8_t
cm_keeper_approval_act(const struct cm_keeper_approval *a)
{
	uint8_t act = CM_KEEPER_APPROVAL_ACTS - 1;
	while (act > 0 && (!a->used || strcmp(a->act, cm_keeper_approval_acts[act]) != 0))
		act--;
	return act;
}

// -- the file ------------------------------------------------------------------------------------------------------

static cm_result
cm_keeper_approval_keep(struct cm_keeper_approvals *approvals, struct cm_report *report)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) contents = cm_buf_of(CM_LIMIT_SLOT_BYTES_VALUE);
	if (approvals->file.fd < 0)
		return CM_OK;
	for (size_t i = 0; i < CM_LIMIT_APPROVALS_VALUE; i++) {
		const struct cm_keeper_approval *a = &approvals->list[i];
		uint8_t act = cm_keeper_approval_act(a);
		if (act == 0 || cm_clock_mono() >= a->until)
			continue;
		cm_buf_u8(&contents, act);
		cm_buf_field(&contents, cm_view_text(a->person));
		cm_buf_field(&contents, cm_view_text(a->object));
		cm_buf_view_add(&contents, cm_hash_view(&a->digest));
		cm_buf_u64be(&contents, (uint64_t)a->given.us);
	}
	cm_result r = cm_buf_result(&contents);
	return r == CM_OK ? cm_slotfile_write(&approvals->file, cm_buf_view(&contents), report) : r;
}

// One approval. A clock that went back since, or an hour that is over, leaves it unused.
static bool
cm_keeper_approval_read(struct cm_rd *rd, struct cm_keeper_persons *persons, struct cm_keeper_approval *a)
{
	uint8_t act = cm_rd_u8(rd);
	struct cm_view person = cm_rd_field(rd), object = cm_rd_field(rd), digest = cm_rd_bytes(rd, CM_HASH_SIZE);
	uint64_t given = cm_rd_u64be(rd);
	if (rd->failed || act == 0 || act >= CM_KEEPER_APPROVAL_ACTS || person.n >= sizeof a->person ||
	    object.n >= sizeof a->object || given > INT64_MAX)
		return false;
	const struct cm_keeper_person *known = cm_keeper_person_find(persons, person);
	int64_t age = cm_clock_utc().us - (int64_t)given, left = CM_LIMIT_APPROVAL_S_VALUE * CM_INSTANT_SECOND - age;
	if (known == NULL || known->public.disabled || age < 0 || left <= 0)
		return true;
	*a = (struct cm_keeper_approval){.used = true, .given = {.us = (int64_t)given}, .until = cm_clock_after(left)};
	memcpy(a->person, person.p, person.n);
	memcpy(a->act, cm_keeper_approval_acts[act], strlen(cm_keeper_approval_acts[act]) + 1);
	if (object.n != 0)
		memcpy(a->object, object.p, object.n);
	memcpy(a->digest.b, digest.p, digest.n);
	return true;
}

cm_result
cm_keeper_approval_open(const char *path, struct cm_keeper_persons *persons, struct cm_report *report,
                        struct cm_keeper_approvals *approvals)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) contents = cm_buf_of(CM_LIMIT_SLOT_BYTES_VALUE);
	cm_result r = cm_file_exists(path) ? CM_OK : cm_slotfile_create(path, report); // a node from before it was kept
	if (r == CM_OK)
		r = cm_slotfile_open(path, report, &approvals->file, &contents);
	struct cm_rd rd = cm_rd_of(cm_buf_view(&contents));
	bool good = true;
	for (size_t i = 0; r == CM_OK && good && !cm_rd_done(&rd); i++)
		good = i < CM_LIMIT_APPROVALS_VALUE && cm_keeper_approval_read(&rd, persons, &approvals->list[i]);
	return r == CM_OK && !good ? cm_report_refuse(report, CM_ERROR_SLOT_DAMAGED, path, "contents") : r;
}

// -- the approvals -------------------------------------------------------------------------------------------------

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
	        .given = cm_clock_utc(),
	        .until = cm_clock_after(CM_LIMIT_APPROVAL_S_VALUE * CM_INSTANT_SECOND),
	};
	memcpy(a->person, person, strlen(person) + 1);
	memcpy(a->act, matter->act.p, matter->act.n);
	if (matter->object.n != 0)
		memcpy(a->object, matter->object.p, matter->object.n);
	cm_result r = cm_keeper_approval_act(a) == 0 ? CM_OK : cm_keeper_approval_keep(approvals, report);
	if (r != CM_OK)
		*a = (struct cm_keeper_approval){0};
	return r;
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

cm_result
cm_keeper_approval_settle(struct cm_keeper_approvals *approvals, uint32_t job, bool spent, struct cm_report *report)
{
	bool gone = false;
	for (size_t i = 0; i < CM_LIMIT_APPROVALS_VALUE; i++) {
		struct cm_keeper_approval *a = &approvals->list[i];
		if (!a->held || a->job != job)
			continue;
		a->held = false;
		gone = gone || spent;
		if (spent)
			*a = (struct cm_keeper_approval){0};
	}
	return gone ? cm_keeper_approval_keep(approvals, report) : CM_OK;
}

void
cm_keeper_approval_end_person(struct cm_keeper_approvals *approvals, const char *person)
{
	bool gone = false;
	for (size_t i = 0; i < CM_LIMIT_APPROVALS_VALUE; i++)
		if (approvals->list[i].used && strcmp(approvals->list[i].person, person) == 0) {
			gone = gone || cm_keeper_approval_act(&approvals->list[i]) != 0;
			approvals->list[i] = (struct cm_keeper_approval){0};
		}
	if (gone)
		cm_result_ignore(cm_keeper_approval_keep(approvals, NULL), "who is disabled is left out when it is read, and the hour ends it");
}

void
cm_keeper_approval_spend(struct cm_keeper_approvals *approvals, const struct cm_keeper_matter *matter)
{
	for (size_t i = 0; i < CM_LIMIT_APPROVALS_VALUE; i++)
		if (cm_keeper_approval_is(&approvals->list[i], matter))
			approvals->list[i] = (struct cm_keeper_approval){0};
}
