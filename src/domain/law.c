// Knows: how the rows of data/safeguards.tab are walked for a request at a stage, who has answered, and what stops it. Does
// not know: what each rule looks for (law_send.c, law_answer.c). Serves convention.md, section 5, and doc/guide/law.md.
#include "domain/law.h"

#include <stdio.h>
#include <string.h>

#include "domain/kind.h"
#include "domain/law_inside.h"
#include "domain/refusal.h"

static const char *const cm_law_stages[CM_LAW_STAGES] = {
        [CM_LAW_BEFORE_SEND] = "before_send",         [CM_LAW_BEFORE_ANSWER] = "before_answer",
        [CM_LAW_BEFORE_EXECUTE] = "before_execute",   [CM_LAW_BEFORE_DISCLOSE] = "before_disclose",
        [CM_LAW_BEFORE_ONWARD] = "before_onward",     [CM_LAW_BEFORE_USE] = "before_use",
};

bool
cm_law_stage_read(struct cm_view word, enum cm_law_stage *ret_stage)
{
	for (enum cm_law_stage s = 0; s < CM_LAW_STAGES; s++)
		if (cm_view_is(word, cm_law_stages[s])) {
			*ret_stage = s;
			return true;
		}
	return false;
}

const char *
cm_law_stage_name(enum cm_law_stage stage)
{
	return stage < CM_LAW_STAGES ? cm_law_stages[stage] : "";
}

enum cm_law_severity
cm_law_severity(enum cm_safeguard rule)
{
	static const char *const names[] = {
	        [CM_LAW_WARN] = "warn", [CM_LAW_ASK] = "ask", [CM_LAW_HOLD] = "hold", [CM_LAW_BLOCK] = "block"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(cm_safeguard_row(rule)->severity, names[i]) == 0)
			return (enum cm_law_severity)i;
	return CM_LAW_BLOCK;
}

// Answers with a text and a name; two of one person count once.
static bool
cm_law_answered(const struct cm_law_told *told, enum cm_safeguard rule)
{
	const struct cm_safeguard_row *row = cm_safeguard_row(rule);
	const struct cm_law_answer *first = NULL;
	bool two = strcmp(row->decides, "two_persons") == 0;
	for (size_t i = 0; i < told->answer_count; i++) {
		const struct cm_law_answer *a = &told->answers[i];
		if (!cm_view_is(a->rule, row->id) || cm_law_words(a->text) == 0 || a->person.n == 0)
			continue;
		if (!two || (first != NULL && !cm_view_equal(first->person, a->person)))
			return true;
		if (first == NULL)
			first = a;
	}
	return false;
}

static bool
cm_law_said(const struct cm_law_told *told, const struct cm_safeguard_row *row)
{
	enum cm_error rule = cm_error_find(row->formal, strlen(row->formal));
	return rule != CM_ERROR_NONE && told->formal != NULL && cm_report_has(told->formal, rule);
}

static bool
cm_law_found(struct cm_law_run *run, enum cm_safeguard rule)
{
	const struct cm_safeguard_row *row = cm_safeguard_row(rule);
	if (!cm_law_listed(row->kinds, run->told->kind) || !cm_kind_listed(row->stage, cm_law_stages[run->told->stage]) ||
	    cm_law_said(run->told, row))
		return false;
	run->seen[0] = 0;
	if (strcmp(row->how, "always") == 0)
		return true;
	cm_law_rule *look = cm_law_send_rule(rule);
	if (look == NULL)
		look = cm_law_answer_rule(rule);
	return look != NULL && look(run);
}

void
cm_law_check(const struct cm_facts *facts, const struct cm_law_told *told, struct cm_law *ret_law)
{
	struct cm_law_run run = {.facts = facts, .told = told};
	ret_law->count = 0;
	if (told->kind == CM_KIND_NONE || told->stage >= CM_LAW_STAGES)
		return;
	for (enum cm_safeguard rule = CM_SAFEGUARD_NONE + 1; rule < CM_SAFEGUARD_END; rule++) {
		if (!cm_law_found(&run, rule))
			continue;
		struct cm_law_finding *finding = &ret_law->findings[ret_law->count++];
		*finding = (struct cm_law_finding){.rule = rule};
		memcpy(finding->seen, run.seen, sizeof finding->seen);
		finding->answered = cm_law_severity(rule) != CM_LAW_BLOCK && cm_law_answered(told, rule);
	}
}

const struct cm_law_finding *
cm_law_find(const struct cm_law *law, enum cm_safeguard rule)
{
	for (size_t i = 0; i < law->count; i++)
		if (law->findings[i].rule == rule)
			return &law->findings[i];
	return NULL;
}

cm_result
cm_law_judge(const struct cm_law *law, struct cm_report *report)
{
	cm_result r = CM_OK;
	for (size_t i = 0; i < law->count; i++) {
		const struct cm_law_finding *f = &law->findings[i];
		const struct cm_safeguard_row *row = cm_safeguard_row(f->rule);
		if (cm_law_severity(f->rule) == CM_LAW_BLOCK)
			r = cm_report_refuse(report, CM_ERROR_LAW_BLOCK, row->id, "Art. %s: %s %s %s", row->article, row->reason, f->seen,
			                     row->remedy);
		else if (cm_law_severity(f->rule) == CM_LAW_HOLD && !f->answered)
			r = cm_report_refuse(report, CM_ERROR_LAW_HOLD, row->id, "Art. %s: %s %s %s", row->article, row->reason, f->seen,
			                     row->remedy);
	}
	return r;
}

// -- grounds -------------------------------------------------------------------------------------------------------------

// May-if grounds and what has to be there for them.
static bool
cm_law_ground_based(const struct cm_law_run *run, enum cm_refusal ground)
{
	const struct cm_national *law = run->told->asked_law;
	struct cm_instant now = run->told->now;
	if (ground == CM_REFUSAL_DUAL_CRIMINALITY)
		return cm_law_basis(run, "Budapest") || cm_national_find_value(law, CM_NATIONAL_RULE_RESERVATION, "42(5)", now) != NULL;
	if (ground == CM_REFUSAL_NE_BIS_IN_IDEM)
		return cm_national_says(law, CM_NATIONAL_RULE_NE_BIS_IN_IDEM, now);
	if (ground == CM_REFUSAL_TIME_BARRED)
		return cm_national_says(law, CM_NATIONAL_RULE_TIME_BAR, now);
	if (ground == CM_REFUSAL_POLITICAL_OFFENCE)
		return cm_law_basis(run, "Budapest") || cm_national_says(law, CM_NATIONAL_RULE_POLITICAL_OFFENCE, now);
	return true;
}

enum cm_law_ground
cm_law_ground(const struct cm_facts *facts, const struct cm_law_told *told, enum cm_refusal ground)
{
	struct cm_law_run run = {.facts = facts, .told = told};
	const struct cm_refusal_row *row = cm_refusal_row(ground);
	if (row->forbidden)
		return CM_LAW_GROUND_FORBIDDEN;
	if (cm_refusal_may(told->kind, ground))
		return CM_LAW_GROUND_OPEN;
	if (!cm_kind_listed(row->may_if, cm_kind_row(told->kind)->regime))
		return CM_LAW_GROUND_CLOSED;
	// Without a file of that State nothing is known: its officers name the law themselves.
	return told->asked_law == NULL || cm_law_ground_based(&run, ground) ? CM_LAW_GROUND_WITH_BASIS : CM_LAW_GROUND_CLOSED;
}
