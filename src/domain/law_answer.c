// Knows: what is a judgement of people or a matter of national law: dual criminality, thresholds, assurances, expression, children,
// professions, emergencies, use. Does not know: the judgement; it says where people have to look. Words are hints in English.
// Serves law.h; Arts 2(o), 6, 11(2), 14, 20, 24, 35, 36, 40.
#include <stdio.h>
#include <string.h>

#include "base/num.h"
#include "domain/law_inside.h"

// -- national law --------------------------------------------------------------------------------------------------------

static bool
cm_law_any_convention(const struct cm_law_run *run)
{
	size_t count = cm_law_offences(run);
	for (size_t i = 0; i < count; i++)
		if (cm_offence_row(cm_law_offence(run, i))->convention)
			return true;
	return false;
}

// For a preservation only by reservation 42(5), which reaches no offence of the Convention, or where Budapest is the basis.
static bool
cm_law_dual(struct cm_law_run *run)
{
	const struct cm_law_told *told = run->told;
	if (cm_law_national_kind(run, CM_NATIONAL_RULE_DUAL_CRIMINALITY) == NULL)
		return false;
	bool reserved = cm_national_find_value(told->asked_law, CM_NATIONAL_RULE_RESERVATION, "42(5)", told->now) != NULL;
	if (strcmp(cm_kind_row(told->kind)->regime, "pres") == 0 && !cm_law_basis(run, "Budapest") &&
	    !(reserved && !cm_law_any_convention(run)))
		return false;
	size_t count = cm_law_offences(run);
	for (size_t i = 0; i < count; i++) {
		const char *code = cm_offence_row(cm_law_offence(run, i))->code;
		if (cm_national_find_value(told->asked_law, CM_NATIONAL_RULE_NOT_OFFENCE, code, told->now) != NULL)
			return cm_law_saw(run, "Its law does not know %s.", code);
	}
	return true;
}

static bool
cm_law_below_threshold(struct cm_law_run *run)
{
	const struct cm_law_told *told = run->told;
	size_t offences = cm_law_offences(run), data = cm_facts_count(run->facts, "data");
	struct cm_view category;
	uint64_t most = 0, need = 0;
	for (size_t i = 0; i < offences; i++)
		most = cm_law_years(run, i) > most ? cm_law_years(run, i) : most;
	const struct cm_national_row *row = cm_national_find(told->asked_law, CM_NATIONAL_RULE_THRESHOLD_YEARS, told->now);
	for (; row != NULL; row = cm_national_next(told->asked_law, row, told->now)) {
		size_t blank = cm_view_find(row->value, 0, ' ');
		if (!cm_num_u64(cm_view_part(row->value, blank + 1, row->value.n), 1, 100, &need) || most >= need)
			continue;
		for (size_t i = 0; i < data; i++)
			if (cm_facts_find_in(run->facts, "data", i, "category", &category) &&
			    cm_view_equal(category, cm_view_part(row->value, 0, blank)))
				return cm_law_saw(run, "%.*s needs %llu years; %llu are told.", CM_VIEW_ARG(category),
				                  (unsigned long long)need, (unsigned long long)most);
	}
	return false;
}

static bool
cm_law_court_order(struct cm_law_run *run)
{
	const struct cm_national_row *row = cm_law_national_kind(run, CM_NATIONAL_RULE_COURT_ORDER);
	return row != NULL && cm_law_saw(run, "%.*s (%.*s).", CM_VIEW_ARG(row->text), CM_VIEW_ARG(row->source));
}

static bool
cm_law_political(struct cm_law_run *run)
{
	const struct cm_national_row *row =
	        cm_national_find(run->told->asked_law, CM_NATIONAL_RULE_POLITICAL_OFFENCE, run->told->now);
	if (row != NULL)
		return cm_law_saw(run, "%.*s.", CM_VIEW_ARG(row->text));
	return cm_law_basis(run, "Budapest") && cm_law_saw(run, "Budapest 27(4)(a).");
}

static bool
cm_law_says(struct cm_law_run *run, enum cm_national_rule rule)
{
	const struct cm_national_row *row = cm_national_find(run->told->asked_law, rule, run->told->now);
	return row != NULL && cm_law_saw(run, "%.*s (%.*s).", CM_VIEW_ARG(row->text), CM_VIEW_ARG(row->source));
}

static bool
cm_law_torture(struct cm_law_run *run)
{
	return cm_law_says(run, CM_NATIONAL_RULE_TORTURE_ASSURANCE);
}

static bool
cm_law_ne_bis(struct cm_law_run *run)
{
	return cm_law_says(run, CM_NATIONAL_RULE_NE_BIS_IN_IDEM);
}

static bool
cm_law_data_terms(struct cm_law_run *run)
{
	return cm_law_says(run, CM_NATIONAL_RULE_PERSONAL_DATA_TERMS);
}

static bool
cm_law_death(struct cm_law_run *run)
{
	const struct cm_law_told *told = run->told;
	size_t count = cm_law_offences(run);
	if (!cm_national_says(told->asked_law, CM_NATIONAL_RULE_DEATH_ASSURANCE, told->now))
		return false;
	for (size_t i = 0; i < count; i++) {
		const char *code = cm_offence_row(cm_law_offence(run, i))->code;
		if (*code != 0 &&
		    cm_national_find_value(told->asking_law, CM_NATIONAL_RULE_DEATH_PENALTY, code, told->now) != NULL)
			return cm_law_saw(run, "%s in %s.", code, told->asking_law->country);
	}
	return false;
}

// Years after which an offence is barred: its own row before the one for all; 0 when none is known.
static uint64_t
cm_law_bar(const struct cm_national *law, struct cm_instant now, const char *code)
{
	uint64_t years = 0, n;
	const struct cm_national_row *row = cm_national_find(law, CM_NATIONAL_RULE_TIME_BAR, now);
	for (; row != NULL; row = cm_national_next(law, row, now)) {
		size_t blank = cm_view_find(row->value, 0, ' ');
		bool own = cm_view_is(cm_view_part(row->value, 0, blank), code);
		if ((!own && (years != 0 || !cm_view_starts(row->value, "all "))) ||
		    !cm_num_u64(cm_view_part(row->value, blank + 1, row->value.n), 1, 100, &n))
			continue;
		years = n;
		if (own)
			break;
	}
	return years;
}

// The own law of who looks: the asking State before it sends, the asked State before it answers.
static bool
cm_law_time_bar(struct cm_law_run *run)
{
	const struct cm_law_told *told = run->told;
	const struct cm_national *law = told->stage == CM_LAW_BEFORE_SEND ? told->asking_law : told->asked_law;
	struct cm_instant from, to, last;
	size_t count = cm_law_offences(run);
	uint64_t most = 0;
	if (count == 0 || !cm_law_period(run, 0, &from, &last))
		return false;
	for (size_t n = 1; cm_law_period(run, n, &from, &to); n++)
		last = to.us > last.us ? to : last; // the offence may have lasted as long as any of the data
	struct cm_civil then = cm_instant_civil(last), now = cm_instant_civil(told->now);
	int64_t passed = now.year - then.year - (now.month < then.month || (now.month == then.month && now.day < then.day));
	for (size_t i = 0; i < count; i++) {
		uint64_t years = cm_law_bar(law, told->now, cm_offence_row(cm_law_offence(run, i))->code);
		if (years == 0 || passed < (int64_t)years)
			return false;
		most = years > most ? years : most;
	}
	return cm_law_saw(run, "The data ends %lld years ago; %llu are the limit.", (long long)passed, (unsigned long long)most);
}

// Amounts have up to forty digits: compared as texts.
static bool
cm_law_less(struct cm_view a, struct cm_view b)
{
	while (a.n > 1 && a.p[0] == '0')
		a = cm_view_part(a, 1, a.n);
	while (b.n > 1 && b.p[0] == '0')
		b = cm_view_part(b, 1, b.n);
	return a.n != b.n ? a.n < b.n : cm_view_order(a, b) < 0;
}

static bool
cm_law_small(struct cm_law_run *run)
{
	const struct cm_law_told *told = run->told;
	size_t count = cm_facts_count(run->facts, "property");
	struct cm_view amount, unit;
	const struct cm_national_row *row = cm_national_find(told->asked_law, CM_NATIONAL_RULE_DE_MINIMIS, told->now);
	for (; row != NULL; row = cm_national_next(told->asked_law, row, told->now)) {
		size_t blank = cm_view_find(row->value, 0, ' ');
		for (size_t i = 0; i < count; i++)
			if (cm_facts_find_in(run->facts, "property", i, "estimated_value.amount", &amount) &&
			    cm_facts_find_in(run->facts, "property", i, "estimated_value.unit", &unit) &&
			    cm_view_equal(unit, cm_view_part(row->value, blank + 1, row->value.n)) &&
			    cm_law_less(amount, cm_view_part(row->value, 0, blank)))
				return cm_law_saw(run, "property[%zu]: %.*s; at least %.*s.", i, CM_VIEW_ARG(amount), CM_VIEW_ARG(row->value));
	}
	return false;
}

// -- where people have to look -------------------------------------------------------------------------------------------

static bool
cm_law_expression(struct cm_law_run *run)
{
	static const char *const paths[] = {"facts", "offences[", "proceeding.", NULL};
	static const char *const speech[] = {"false news", "fake news", "false information", "disinformation", "defam", "insult",
	        "libel", "slander", "blasphem", "extremis", "propaganda", "sediti", "rumour", "rumor", "criticis", "criticiz", NULL};
	static const char *const acts[] = {"posts", "posted", "blog", "protest", "demonstrat", "assembl", "journalis", "newspaper",
	        "activist", "opposition", "religio", "minister", "president", "government", NULL};
	const char *word = "";
	if (cm_law_mentions(run, paths, speech, &word) || (!cm_law_any_convention(run) && cm_law_mentions(run, paths, acts, &word)))
		return cm_law_saw(run, "\"%s\".", word);
	return false;
}

static bool
cm_law_research(struct cm_law_run *run)
{
	static const char *const paths[] = {"facts", "proceeding.", "persons[", NULL};
	static const char *const words[] = {"penetration test", "pentest", "bug bounty", "security research", "researcher",
	        "vulnerability disclosure", "coordinated disclosure", "responsible disclosure", "authorised test", "authorized test",
	        "red team", NULL};
	static const enum cm_offence offences[] = {CM_OFFENCE_ILLEGAL_ACCESS, CM_OFFENCE_ILLEGAL_INTERCEPTION,
	        CM_OFFENCE_DATA_INTERFERENCE, CM_OFFENCE_SYSTEM_INTERFERENCE, CM_OFFENCE_DEVICE_MISUSE, CM_OFFENCE_NONE};
	const char *word = "";
	return cm_law_offence_any(run, offences) && cm_law_mentions(run, paths, words, &word) && cm_law_saw(run, "\"%s\".", word);
}

static bool
cm_law_child(struct cm_law_run *run)
{
	static const char *const paths[] = {"persons[", "emergency.", NULL};
	static const char *const words[] = {"child", "minor", "underage", "juvenile", "girl", "boy", "schoolgirl", "schoolboy", NULL};
	static const enum cm_offence offences[] = {CM_OFFENCE_CSAM, CM_OFFENCE_GROOMING, CM_OFFENCE_NONE};
	const struct cm_national_row *age = cm_national_find(
	        run->told->stage == CM_LAW_BEFORE_SEND ? run->told->asking_law : run->told->asked_law, CM_NATIONAL_RULE_CHILD_AGE,
	        run->told->now);
	const char *word = "";
	if (!cm_law_offence_any(run, offences) && !cm_law_mentions(run, paths, words, &word))
		return false;
	return age == NULL || cm_law_saw(run, "By own law a child is below %.*s.", CM_VIEW_ARG(age->value));
}

static bool
cm_law_abuse_material(struct cm_law_run *run)
{
	static const enum cm_offence offences[] = {CM_OFFENCE_CSAM, CM_OFFENCE_GROOMING, CM_OFFENCE_NONE};
	return cm_law_offence_any(run, offences);
}

static bool
cm_law_privilege(struct cm_law_run *run)
{
	static const char *const paths[] = {"data[", "custodian.", "persons[", "things[", NULL};
	static const struct {
		const char *profession;
		const char *words[6];
	} lists[] = {
	        {"lawyer", {"lawyer", "attorney", "law firm", "legal counsel", "advocate", NULL}},
	        {"doctor", {"doctor", "physician", "medical record", "patient record", NULL}},
	        {"press", {"journalis", "newspaper", "press ", "editorial", "broadcaster", NULL}},
	        {"clergy", {"priest", "clergy", "imam", "rabbi", "confession", NULL}},
	        {"diplomat", {"embassy", "diplomat", "consul", "consulate", NULL}},
	        {"parliament", {"parliament", "senator", "deputy of", NULL}},
	};
	const struct cm_law_told *told = run->told;
	bool listed = cm_national_says(told->asked_law, CM_NATIONAL_RULE_PRIVILEGE, told->now);
	const char *word = "";
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		if ((!listed || cm_national_find_value(told->asked_law, CM_NATIONAL_RULE_PRIVILEGE, lists[i].profession,
		                                       told->now) != NULL) &&
		    cm_law_mentions(run, paths, lists[i].words, &word))
			return cm_law_saw(run, "\"%s\".", word);
	return false;
}

// Urgent is not an emergency: that is a risk to life or safety of a person, significant and imminent (Art. 2(o)).
static bool
cm_law_only_urgent(struct cm_law_run *run)
{
	static const char *const needed[] = {"emergency.at_risk", "emergency.risk", "emergency.imminent_because",
	        "emergency.no_other_way"};
	static const char *const paths[] = {"emergency.risk", "emergency.at_risk", NULL};
	static const char *const goods[] = {"money", "reputation", "revenue", "business", "financial", "evidence", "data loss",
	        "deadline", "server", NULL};
	static const char *const life[] = {"life", "lives", "death", "die", "dying", "suicid", "kill", "murder", "injur", "harm",
	        "hurt", "safety", "kidnap", "abduct", "hostage", "bomb", "abus", "rape", "shoot", "patient", NULL};
	const char *word = "";
	if (run->told->kind != CM_KIND_EMERGENCY && !cm_law_fact_is(run, "urgency.level", "emergency"))
		return false;
	for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
		if (!cm_facts_has(run->facts, needed[i]))
			return cm_law_saw(run, "%s is missing.", needed[i]);
	return cm_law_mentions(run, paths, goods, &word) && !cm_law_mentions(run, paths, life, &word) &&
	       cm_law_saw(run, "\"%s\" is no risk to a person.", word);
}

// -- use -----------------------------------------------------------------------------------------------------------------

static bool
cm_law_no_consent(struct cm_law_run *run)
{
	return run->told->consent.n == 0;
}

static bool
cm_law_other_use(struct cm_law_run *run)
{
	struct cm_view purpose = cm_view_of(NULL, 0), only = cm_view_of(NULL, 0);
	struct cm_view wanted = run->told->purpose;
	if (run->told->consent.n > 0)
		return false;
	(void)cm_law_fact(run, "purpose", &purpose);
	(void)cm_law_fact(run, "use.only_for", &only);
	if (wanted.n > 0 && (cm_view_equal(wanted, purpose) || cm_view_equal(wanted, only)))
		return false;
	struct cm_view asked = only.n > 0 ? only : purpose;
	return cm_law_saw(run, "It was asked for: %.*s", CM_VIEW_ARG(asked));
}

cm_law_rule *
cm_law_answer_rule(enum cm_safeguard safeguard)
{
	static const struct {
		enum cm_safeguard safeguard;
		cm_law_rule *rule;
	} rules[] = {
	        {CM_SAFEGUARD_DUAL_CRIM_TOLD, cm_law_dual},      {CM_SAFEGUARD_DUAL_CRIM, cm_law_dual},
	        {CM_SAFEGUARD_THRESHOLD, cm_law_below_threshold}, {CM_SAFEGUARD_REVIEW, cm_law_court_order},
	        {CM_SAFEGUARD_POLITICAL, cm_law_political},      {CM_SAFEGUARD_TORTURE, cm_law_torture},
	        {CM_SAFEGUARD_NE_BIS, cm_law_ne_bis},            {CM_SAFEGUARD_PD_LAW, cm_law_data_terms},
	        {CM_SAFEGUARD_DEATH, cm_law_death},              {CM_SAFEGUARD_TIME_BAR, cm_law_time_bar},
	        {CM_SAFEGUARD_DEMINIMIS, cm_law_small},          {CM_SAFEGUARD_EXPRESSION, cm_law_expression},
	        {CM_SAFEGUARD_RESEARCHER, cm_law_research},      {CM_SAFEGUARD_CHILD, cm_law_child},
	        {CM_SAFEGUARD_CSAM_HANDLING, cm_law_abuse_material}, {CM_SAFEGUARD_THIRD_PARTY, cm_law_privilege},
	        {CM_SAFEGUARD_EMERGENCY_TRUE, cm_law_only_urgent}, {CM_SAFEGUARD_ONWARD, cm_law_no_consent},
	        {CM_SAFEGUARD_SPECIALTY, cm_law_other_use},
	};
	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
		if (rules[i].safeguard == safeguard)
			return rules[i].rule;
	return NULL;
}
