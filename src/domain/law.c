// Knows: how the rows of data/safeguards.tab are walked for a request at a stage, who has answered, and what stops it. Does
// not know: what each rule looks for (law_send.c, law_answer.c). Serves convention.md, section 5, and doc/guide/law.md.
#include "domain/law.h"

#include <stdio.h>
#include <string.h>

#include "domain/kind.h"
#include "domain/law_inside.h"
#include "domain/preservation.h"
#include "domain/refusal.h"
#include "domain/tab_family.h"

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

static const char *const cm_law_words_said[] = {[CM_LAW_CLEAR] = "clear", [CM_LAW_AGAINST] = "against"};

bool
cm_law_says_read(struct cm_view word, enum cm_law_says *ret_says)
{
	for (enum cm_law_says s = CM_LAW_CLEAR; s <= CM_LAW_AGAINST; s++)
		if (cm_view_is(word, cm_law_words_said[s])) {
			*ret_says = s;
			return true;
		}
	return false;
}

const char *
cm_law_says_name(enum cm_law_says says)
{
	return says <= CM_LAW_AGAINST ? cm_law_words_said[says] : "";
}

bool
cm_law_of_two(enum cm_safeguard rule)
{
	return strcmp(cm_safeguard_row(rule)->decides, "two_persons") == 0;
}

bool
cm_law_answer_good(const struct cm_law_answer *answer)
{
	enum cm_safeguard rule = cm_safeguard_find(answer->rule.p, answer->rule.n);
	return rule != CM_SAFEGUARD_NONE && cm_law_severity(rule) != CM_LAW_BLOCK && cm_law_words(answer->text) > 0;
}

static bool
cm_law_is_answer(const struct cm_law_answer *a, const struct cm_safeguard_row *row)
{
	return cm_view_is(a->rule, row->id) && cm_law_words(a->text) > 0 && a->person.n > 0;
}

// Does the same person say something later?
static bool
cm_law_said_again(const struct cm_law_told *told, size_t i, const struct cm_safeguard_row *row)
{
	for (size_t k = i + 1; k < told->answer_count; k++)
		if (cm_law_is_answer(&told->answers[k], row) && cm_view_equal(told->answers[k].person, told->answers[i].person))
			return true;
	return false;
}

static void
cm_law_count(const struct cm_law_told *told, struct cm_law_finding *finding)
{
	const struct cm_safeguard_row *row = cm_safeguard_row(finding->rule);
	size_t n = 0;
	for (size_t i = 0; i < told->answer_count; i++) {
		const struct cm_law_answer *a = &told->answers[i];
		if (!cm_law_is_answer(a, row) || cm_law_said_again(told, i, row))
			continue;
		finding->clear += a->says == CM_LAW_CLEAR;
		finding->against += a->says == CM_LAW_AGAINST;
		if (n < sizeof finding->said)
			n += (size_t)snprintf(finding->said + n, sizeof finding->said - n, "%s%.*s: %s", n == 0 ? "" : "; ",
			                      CM_VIEW_ARG(a->person), cm_law_says_name(a->says));
	}
}

// A question of two persons that the facts raise waits for them; one that is asked of every request waits once somebody says that it
// stands against going on. What gives no data and cannot wait is not stopped by what only was raised by a word of its text:
// a preservation, and an emergency that leaves.
static bool
cm_law_waits(const struct cm_law_told *told, const struct cm_law_finding *finding)
{
	bool leaves = told->stage == CM_LAW_BEFORE_SEND;
	bool urgent = cm_preservation_is(told->kind) || (leaves && cm_kind_row(told->kind)->family == CM_FAMILY_EMERGENCY);
	enum cm_law_severity severity = cm_law_severity(finding->rule);
	if (cm_law_of_two(finding->rule) && finding->against > 0)
		return true;
	return severity == CM_LAW_HOLD && !(cm_law_of_two(finding->rule) && urgent && !told->gives);
}

static void
cm_law_weigh(const struct cm_law_told *told, struct cm_law_finding *finding)
{
	bool block = cm_law_severity(finding->rule) == CM_LAW_BLOCK;
	cm_law_count(told, finding);
	finding->answered = !block && finding->clear >= (cm_law_of_two(finding->rule) ? 2 : 1) && finding->clear > finding->against;
	finding->holds = block || (cm_law_waits(told, finding) && !finding->answered);
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
		cm_law_weigh(told, finding);
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

bool
cm_law_asks_two(const struct cm_law *law)
{
	for (size_t i = 0; i < law->count; i++)
		if (cm_law_of_two(law->findings[i].rule))
			return true;
	return false;
}

static cm_result
cm_law_refuse_two(const struct cm_law_finding *f, enum cm_law_says wanted, struct cm_report *report)
{
	const struct cm_safeguard_row *row = cm_safeguard_row(f->rule);
	return cm_report_refuse(report, CM_ERROR_LAW_TWO_PERSONS, row->id, "\"%s\" by two, and by more than say the other; said: %s. Art. %s: %s %s",
	                        cm_law_says_name(wanted), f->said[0] != 0 ? f->said : "nothing", row->article, row->reason, f->seen);
}

cm_result
cm_law_judge(const struct cm_law *law, struct cm_report *report)
{
	cm_result r = CM_OK;
	for (size_t i = 0; i < law->count; i++) {
		const struct cm_law_finding *f = &law->findings[i];
		const struct cm_safeguard_row *row = cm_safeguard_row(f->rule);
		enum cm_error error = cm_law_severity(f->rule) == CM_LAW_BLOCK ? CM_ERROR_LAW_BLOCK : CM_ERROR_LAW_HOLD;
		if (f->holds && cm_law_of_two(f->rule))
			r = cm_law_refuse_two(f, CM_LAW_CLEAR, report);
		else if (f->holds)
			r = cm_report_refuse(report, error, row->id, "Art. %s: %s %s %s", row->article, row->reason, f->seen, row->remedy);
	}
	return r;
}

cm_result
cm_law_judge_ground(const struct cm_law *law, enum cm_refusal ground, struct cm_report *report)
{
	cm_result r = CM_OK;
	for (size_t i = 0; i < law->count; i++) {
		const struct cm_law_finding *f = &law->findings[i];
		bool same = strcmp(cm_safeguard_row(f->rule)->refusal, cm_refusal_row(ground)->code) == 0;
		if (same && cm_law_of_two(f->rule) && (f->against < 2 || f->against <= f->clear))
			r = cm_law_refuse_two(f, CM_LAW_AGAINST, report);
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
