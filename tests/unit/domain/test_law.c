#include "unit.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "domain/law.h"
#include "domain/nationals.h"

static struct cm_nationals nationals;

// A vector is lines "path<tab>text"; the first seven say what the check is told.
struct vector {
	struct cm_facts facts;
	struct cm_law_told told;
	char from[8], to[8], purpose[512], consent[512];
};

static struct cm_view
keep(char *to, size_t room, struct cm_view text)
{
	snprintf(to, room, "%.*s", CM_VIEW_ARG(text));
	return cm_view_text(to);
}

static void
take_line(struct vector *v, size_t number, struct cm_view key, struct cm_view text)
{
	static const char *const keys[] = {"kind", "now", "stage", "from", "to", "purpose", "consent"};
	if (number < sizeof keys / sizeof *keys)
		assert_view_is(key, keys[number]);
	switch (number) {
	case 0:
		v->told.kind = cm_kind_find(text.p, text.n);
		break;
	case 1:
		assert_true(cm_instant_read(text, &v->told.now));
		break;
	case 2:
		assert_true(cm_law_stage_read(text, &v->told.stage));
		break;
	case 3:
		v->told.asking = keep(v->from, sizeof v->from, text);
		v->told.asking_law = cm_nationals_find(&nationals, text);
		break;
	case 4:
		v->told.asked = keep(v->to, sizeof v->to, text);
		v->told.asked_law = cm_nationals_find(&nationals, text);
		break;
	case 5:
		v->told.purpose = keep(v->purpose, sizeof v->purpose, text);
		break;
	case 6:
		v->told.consent = keep(v->consent, sizeof v->consent, text);
		break;
	default:
		cm_facts_put(&v->facts, key, text);
	}
}

static void
load(const char *topic, const char *name, struct vector *v)
{
	char path[1024], line[20000];
	*v = (struct vector){.told = {.kind = CM_KIND_NONE}};
	cm_facts_init(&v->facts);
	snprintf(path, sizeof path, "%s/law/%s/%s", getenv("VECTORS"), topic, name);
	FILE *f = fopen(path, "r");
	assert_non_null(f);
	for (size_t number = 0; fgets(line, sizeof line, f) != NULL; number++) {
		char *tab = strchr(line, '\t');
		assert_non_null(tab);
		*tab = 0;
		tab[1 + strcspn(tab + 1, "\n")] = 0;
		take_line(v, number, cm_view_text(line), cm_view_text(tab + 1));
	}
	fclose(f);
	assert_int_not_equal(v->told.kind, CM_KIND_NONE);
	assert_int_equal(cm_facts_result(&v->facts), CM_OK);
}

static enum cm_safeguard
rule_of(const char *name)
{
	enum cm_safeguard rule = cm_safeguard_find(name, strcspn(name, "~."));
	if (rule == CM_SAFEGUARD_NONE)
		fail_msg("%s names no rule", name);
	return rule;
}

// Each file says by its name which rule finds something, or (accept) does not.
static void
each(const char *topic, bool found, bool *seen)
{
	char path[1024];
	snprintf(path, sizeof path, "%s/law/%s", getenv("VECTORS"), topic);
	DIR *dir = opendir(path);
	assert_non_null(dir);
	for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
		struct vector v;
		struct cm_law law;
		if (entry->d_name[0] == '.')
			continue;
		load(topic, entry->d_name, &v);
		enum cm_safeguard rule = rule_of(entry->d_name);
		cm_law_check(&v.facts, &v.told, &law);
		if ((cm_law_find(&law, rule) != NULL) != found)
			fail_msg("%s/%s: %s", topic, entry->d_name, found ? "not found" : cm_law_find(&law, rule)->seen);
		seen[rule] = true;
		cm_facts_fini(&v.facts);
	}
	closedir(dir);
}

static void
each_rule_finds_what_its_vectors_say(void **state)
{
	(void)state;
	bool refused[CM_SAFEGUARD_END] = {false}, accepted[CM_SAFEGUARD_END] = {false};
	each("refuse", true, refused);
	each("accept", false, accepted);
	for (enum cm_safeguard rule = CM_SAFEGUARD_NONE + 1; rule < CM_SAFEGUARD_END; rule++) {
		const struct cm_safeguard_row *row = cm_safeguard_row(rule);
		if (strcmp(row->how, "elsewhere") != 0 && (!refused[rule] || !accepted[rule]))
			fail_msg("%s has no vector that is %s", row->id, refused[rule] ? "accepted" : "refused");
	}
}

static void
a_good_request_may_leave(void **state)
{
	(void)state;
	static const char *const names[] = {"legal-basis~none.facts", "kind-category~stored.facts", "child~none.facts"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct vector v;
		struct cm_law law;
		struct cm_report report = {0};
		load("accept", names[i], &v);
		cm_law_check(&v.facts, &v.told, &law);
		assert_int_equal(cm_law_judge(&law, &report), CM_OK);
		assert_int_equal(report.count, 0);
		cm_facts_fini(&v.facts);
	}
}

static void
a_block_stops_whatever_is_answered(void **state)
{
	(void)state;
	struct vector v;
	struct cm_law law;
	struct cm_report report = {0};
	struct cm_law_answer answer = {cm_view_text("proportionality"), cm_view_text("It is fine."), cm_view_text("Orsk"), CM_LAW_CLEAR};
	load("refuse", "proportionality~second_item.facts", &v);
	v.told.answers = &answer;
	v.told.answer_count = 1;
	cm_law_check(&v.facts, &v.told, &law);
	assert_int_equal(cm_law_judge(&law, &report), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_LAW_BLOCK));
	assert_string_equal(report.findings[0].place, "proportionality");
	cm_facts_fini(&v.facts);
}

static void
a_hold_ends_with_the_answer_of_a_person(void **state)
{
	(void)state;
	struct vector v;
	struct cm_law law;
	struct cm_report report = {0};
	struct cm_law_answer answer = {cm_view_text("death"), cm_view_text("Note 7/2027: not sought"), cm_view_text(""), CM_LAW_CLEAR};
	load("refuse", "death~corvia.facts", &v);
	v.told.answers = &answer;
	v.told.answer_count = 1;
	cm_law_check(&v.facts, &v.told, &law); // nobody's answer
	assert_int_equal(cm_law_judge(&law, &report), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_LAW_HOLD));
	answer.person = cm_view_text("Orsk");
	answer.text = cm_view_text("  ");
	cm_law_check(&v.facts, &v.told, &law); // no answer
	assert_int_equal(cm_law_judge(&law, NULL), CM_REFUSED);
	answer.text = cm_view_text("Note 7/2027: not sought");
	cm_law_check(&v.facts, &v.told, &law);
	cm_report_clear(&report);
	assert_int_equal(cm_law_judge(&law, &report), CM_REFUSED);
	assert_false(cm_report_has(&report, CM_ERROR_LAW_HOLD)); // two persons look at the child all the same
	assert_true(cm_report_has(&report, CM_ERROR_LAW_TWO_PERSONS));
	assert_true(cm_law_find(&law, CM_SAFEGUARD_DEATH)->answered);
	cm_facts_fini(&v.facts);
}

static void
a_finding_of_two_persons_needs_two(void **state)
{
	(void)state;
	struct vector v;
	struct cm_law law;
	struct cm_view rule = cm_view_text("persecution"), text = cm_view_text("No grounds: the facts are plain.");
	struct cm_law_answer answers[] = {{rule, text, cm_view_text("Orsk"), CM_LAW_CLEAR}, {rule, text, cm_view_text("Orsk"), CM_LAW_CLEAR}};
	load("refuse", "persecution~always.facts", &v);
	v.told.answers = answers;
	v.told.answer_count = 2;
	cm_law_check(&v.facts, &v.told, &law);
	assert_false(cm_law_find(&law, CM_SAFEGUARD_PERSECUTION)->answered);
	answers[1].person = cm_view_text("Maren");
	cm_law_check(&v.facts, &v.told, &law);
	assert_true(cm_law_find(&law, CM_SAFEGUARD_PERSECUTION)->answered);
	cm_facts_fini(&v.facts);
}

// A vector of the law with what persons said to one of its rules.
static cm_result
judged(const char *vector, struct vector *v, const struct cm_law_answer *answers, size_t n, struct cm_report *report)
{
	struct cm_law law;
	load("refuse", vector, v);
	v->told.kind = CM_KIND_STORED; // gives data, unlike the preservation of the vector
	v->told.answers = answers;
	v->told.answer_count = n;
	cm_law_check(&v->facts, &v->told, &law);
	cm_facts_fini(&v->facts);
	return cm_law_judge(&law, report);
}

static void
what_the_facts_raise_waits_for_two_who_say_the_same(void **state)
{
	(void)state;
	struct vector v;
	struct cm_report report = {0};
	struct cm_view rule = cm_view_text("expression"), text = cm_view_text("Threats, no opinion.");
	struct cm_law_answer a[] = {{rule, text, cm_view_text("Orsk"), CM_LAW_CLEAR}, {rule, text, cm_view_text("Maren"), CM_LAW_AGAINST},
	        {rule, text, cm_view_text("Reyl"), CM_LAW_CLEAR}, {rule, text, cm_view_text("Maren"), CM_LAW_CLEAR}};
	assert_int_equal(judged("expression~answer.facts", &v, a, 0, &report), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_LAW_TWO_PERSONS));
	assert_int_equal(judged("expression~answer.facts", &v, a, 1, NULL), CM_REFUSED);
	cm_report_clear(&report);
	assert_int_equal(judged("expression~answer.facts", &v, a, 2, &report), CM_REFUSED);
	assert_non_null(strstr(report.findings[0].seen, "Orsk: clear; Maren: against"));
	assert_int_equal(judged("expression~answer.facts", &v, a, 3, NULL), CM_OK); // two of three
	assert_int_equal(judged("expression~answer.facts", &v, a, 4, NULL), CM_OK); // her last word counts, once
	a[2].person = a[0].person;
	assert_int_equal(judged("expression~answer.facts", &v, a, 3, NULL), CM_REFUSED);
}

static void
a_question_of_every_request_waits_once_somebody_says_against(void **state)
{
	(void)state;
	struct vector v;
	struct cm_law law;
	struct cm_report report = {0};
	struct cm_view rule = cm_view_text("persecution"), text = cm_view_text("The only suspect is an editor.");
	struct cm_law_answer a[] = {{rule, text, cm_view_text("Orsk"), CM_LAW_AGAINST}, {rule, text, cm_view_text("Maren"), CM_LAW_AGAINST}};
	assert_int_equal(judged("persecution~always.facts", &v, a, 0, NULL), CM_OK);
	assert_int_equal(judged("persecution~always.facts", &v, a, 1, &report), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_LAW_TWO_PERSONS));
	load("refuse", "persecution~always.facts", &v);
	v.told.answers = a;
	for (size_t n = 0; n <= 2; n++) { // and a refusal on that ground waits for two
		v.told.answer_count = n;
		cm_law_check(&v.facts, &v.told, &law);
		assert_int_equal(cm_law_judge_ground(&law, CM_REFUSAL_PERSECUTION, NULL), n == 2 ? CM_OK : CM_REFUSED);
		assert_int_equal(cm_law_judge_ground(&law, CM_REFUSAL_NOT_IN_CONFORMITY, NULL), CM_OK);
	}
	a[1].says = CM_LAW_CLEAR;
	cm_law_check(&v.facts, &v.told, &law);
	assert_int_equal(cm_law_judge_ground(&law, CM_REFUSAL_PERSECUTION, NULL), CM_REFUSED);
	cm_facts_fini(&v.facts);
}

static void
a_preservation_that_gives_nothing_does_not_wait_for_words_of_a_text(void **state)
{
	(void)state;
	struct vector v;
	struct cm_law law;
	load("refuse", "child~person.facts", &v);
	cm_law_check(&v.facts, &v.told, &law);
	assert_non_null(cm_law_find(&law, CM_SAFEGUARD_CHILD));
	assert_int_equal(cm_law_judge(&law, NULL), CM_OK);
	v.told.gives = true; // the way of the communication is told with it
	cm_law_check(&v.facts, &v.told, &law);
	assert_int_equal(cm_law_judge(&law, NULL), CM_REFUSED);
	cm_facts_fini(&v.facts);
}

static void
what_the_first_check_refused_is_not_said_again(void **state)
{
	(void)state;
	struct vector v;
	struct cm_law law;
	struct cm_report formal = {0};
	load("refuse", "secrecy~endless.facts", &v);
	cm_report_add(&formal, CM_ERROR_SECRECY_ENDLESS, "secrecy.until", "%s", "no end");
	v.told.formal = &formal;
	cm_law_check(&v.facts, &v.told, &law);
	assert_null(cm_law_find(&law, CM_SAFEGUARD_SECRECY));
	cm_facts_fini(&v.facts);
}

static void
grounds_are_open_by_the_kind_and_by_what_the_state_has(void **state)
{
	(void)state;
	struct vector v;
	load("refuse", "persecution~pres.facts", &v); // pres, XA asks XB
	assert_int_equal(cm_law_ground(&v.facts, &v.told, CM_REFUSAL_PERSECUTION), CM_LAW_GROUND_OPEN);
	assert_int_equal(cm_law_ground(&v.facts, &v.told, CM_REFUSAL_FISCAL), CM_LAW_GROUND_FORBIDDEN);
	assert_int_equal(cm_law_ground(&v.facts, &v.told, CM_REFUSAL_NOT_IN_CONFORMITY), CM_LAW_GROUND_CLOSED);
	assert_int_equal(cm_law_ground(&v.facts, &v.told, CM_REFUSAL_DUAL_CRIMINALITY), CM_LAW_GROUND_CLOSED);
	assert_int_equal(cm_law_ground(&v.facts, &v.told, CM_REFUSAL_POLITICAL_OFFENCE), CM_LAW_GROUND_WITH_BASIS);
	v.told.asked_law = cm_nationals_find(&nationals, cm_view_text("XD")); // has the reservation 42(5)
	assert_int_equal(cm_law_ground(&v.facts, &v.told, CM_REFUSAL_DUAL_CRIMINALITY), CM_LAW_GROUND_WITH_BASIS);
	assert_int_equal(cm_law_ground(&v.facts, &v.told, CM_REFUSAL_POLITICAL_OFFENCE), CM_LAW_GROUND_CLOSED);
	v.told.asked_law = NULL;
	assert_int_equal(cm_law_ground(&v.facts, &v.told, CM_REFUSAL_DUAL_CRIMINALITY), CM_LAW_GROUND_WITH_BASIS);
	cm_facts_fini(&v.facts);
}

// The table and the code name the same words.
static void
each_row_has_a_severity_a_decider_and_stages_that_exist(void **state)
{
	(void)state;
	for (enum cm_safeguard rule = CM_SAFEGUARD_NONE + 1; rule < CM_SAFEGUARD_END; rule++) {
		const struct cm_safeguard_row *row = cm_safeguard_row(rule);
		enum cm_law_stage stage;
		for (const char *const *s = row->stage; *s != NULL; s++)
			if (!cm_law_stage_read(cm_view_text(*s), &stage))
				assert_string_equal(row->how, "elsewhere");
		if (row->refusal[0] != 0 && cm_refusal_find(row->refusal, strlen(row->refusal)) == CM_REFUSAL_NONE)
			fail_msg("%s: no ground %s", row->id, row->refusal);
		if (row->formal[0] != 0 && cm_error_find(row->formal, strlen(row->formal)) == CM_ERROR_NONE)
			fail_msg("%s: no refusal %s", row->id, row->formal);
		bool block = cm_law_severity(rule) == CM_LAW_BLOCK;
		if (block && strcmp(row->how, "elsewhere") == 0 && row->formal[0] == 0)
			fail_msg("%s: a block that is checked elsewhere names the refusal that does it", row->id);
		assert_true(block == (strcmp(row->severity, "block") == 0));
		assert_true(block == (strcmp(row->decides, "machine") == 0));
		assert_true(row->reason[0] != 0 && row->remedy[0] != 0);
	}
}

static int
begin(void **state)
{
	(void)state;
	return cm_nationals_exercise(&nationals, NULL) == CM_OK ? 0 : -1;
}

static int
end(void **state)
{
	(void)state;
	cm_nationals_fini(&nationals);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	        T(each_rule_finds_what_its_vectors_say),
	        T(a_good_request_may_leave),
	        T(a_block_stops_whatever_is_answered),
	        T(a_hold_ends_with_the_answer_of_a_person),
	        T(a_finding_of_two_persons_needs_two),
	        T(what_the_facts_raise_waits_for_two_who_say_the_same),
	        T(a_question_of_every_request_waits_once_somebody_says_against),
	        T(a_preservation_that_gives_nothing_does_not_wait_for_words_of_a_text),
	        T(what_the_first_check_refused_is_not_said_again),
	        T(grounds_are_open_by_the_kind_and_by_what_the_state_has),
	        T(each_row_has_a_severity_a_decider_and_stages_that_exist),
	};
	return cmocka_run_group_tests(tests, begin, end);
}
