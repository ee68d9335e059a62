// The words of the kinds, and what events need: every row of both tables leads somewhere.
#include "unit.h"

#include <string.h>

#include "base/mem.h"
#include "domain/kind.h"
#include "domain/move.h"
#include "domain/said.h"
#include "domain/tab_event_field.h"
#include "domain/tab_family.h"

static enum cm_error
found(const struct cm_report *report)
{
	return report->count == 0 ? CM_ERROR_NONE : report->findings[0].rule;
}

// The word of a kind's row, without what stands in brackets behind it.
static struct cm_view
bare(const char *answer)
{
	return cm_view_of(answer, strcspn(answer, "("));
}

static bool
opens(enum cm_kind kind, enum cm_event event)
{
	for (enum cm_state from = CM_STATE_NONE + 1; from < CM_STATE_END; from++)
		if (cm_move_at(kind, from, event) != CM_MOVE_NONE)
			return true;
	return false;
}

static void
every_answer_of_every_kind_means_an_event_that_it_has(void **state)
{
	(void)state;
	for (enum cm_kind kind = CM_KIND_NONE + 1; kind < CM_KIND_END; kind++) {
		const char *const *answers = cm_kind_row(kind)->answers;
		for (size_t i = 0; answers[i] != NULL; i++) {
			struct cm_facts CM_CLEANUP(cm_facts_fini) said;
			enum cm_event event = CM_EVENT_NONE;
			enum cm_answer_word word = CM_ANSWER_WORD_NONE;
			struct cm_report report = {0};
			cm_facts_init(&said);
			cm_facts_put(&said, cm_view_text("answer"), bare(answers[i]));
			if (cm_said_event(kind, &said, &report, &event, &word) != CM_OK)
				fail_msg("%s has no row for %s", cm_kind_row(kind)->code, answers[i]);
			bool side = cm_kind_row(kind)->family == CM_FAMILY_SIDE; // said about another request
			if (!opens(side ? CM_KIND_STORED : kind, event))
				fail_msg("%s: %s means %s, which no state of it opens", cm_kind_row(kind)->code, answers[i],
				         cm_event_row(event)->name);
		}
	}
}

static void
every_row_is_an_answer_of_its_kinds(void **state)
{
	(void)state;
	for (enum cm_answer_word word = CM_ANSWER_WORD_NONE + 1; word < CM_ANSWER_WORD_END; word++) {
		const struct cm_answer_word_row *row = cm_answer_word_row(word);
		for (size_t k = 0; row->kinds[k] != NULL; k++) {
			enum cm_kind kind = cm_kind_find(row->kinds[k], strlen(row->kinds[k]));
			bool there = false;
			for (size_t i = 0; cm_kind_row(kind)->answers[i] != NULL; i++)
				there = there || cm_view_is(bare(cm_kind_row(kind)->answers[i]), row->word);
			if (kind == CM_KIND_NONE || !there)
				fail_msg("%s is no answer of %s", row->word, row->kinds[k]);
		}
	}
}

static void
what_is_missing_and_what_does_not_fit_is_named(void **state)
{
	(void)state;
	struct cm_facts CM_CLEANUP(cm_facts_fini) said;
	struct cm_report report = {0};
	cm_facts_init(&said);
	assert_int_equal(cm_said_check(CM_EVENT_ASK, CM_ANSWER_WORD_NONE, &said, &report), CM_REFUSED);
	assert_int_equal(found(&report), CM_ERROR_SAID_MISSING);
	assert_string_equal(report.findings[0].seen, "questions, answer_by, effect_of_silence");
	cm_facts_put_text(&said, "questions[0].question", "Which?");
	cm_facts_put_text(&said, "answer_by", "2031-03-01T12:00:00Z");
	cm_facts_put_text(&said, "effect_of_silence", "none");
	assert_int_equal(cm_said_check(CM_EVENT_ASK, CM_ANSWER_WORD_NONE, &said, NULL), CM_OK);
	cm_facts_put_text(&said, "amount", "5");
	cm_report_clear(&report);
	assert_int_equal(cm_said_check(CM_EVENT_ASK, CM_ANSWER_WORD_NONE, &said, &report), CM_REFUSED);
	assert_int_equal(found(&report), CM_ERROR_SAID_UNFITTING);
	assert_string_equal(report.findings[0].seen, "amount");
}

static void
event_and_answer_say_the_same(void **state)
{
	(void)state;
	struct cm_facts CM_CLEANUP(cm_facts_fini) said;
	struct cm_report report = {0};
	enum cm_event event = CM_EVENT_NONE;
	enum cm_answer_word word;
	cm_facts_init(&said);
	assert_int_equal(cm_said_event(CM_KIND_FREEZE, &said, &report, &event, &word), CM_REFUSED);
	assert_int_equal(found(&report), CM_ERROR_EVENT_UNKNOWN);
	cm_facts_put_text(&said, "answer", "frozen");
	assert_int_equal(cm_said_event(CM_KIND_FREEZE, &said, NULL, &event, &word), CM_OK);
	assert_int_equal(event, CM_EVENT_ANSWER);
	cm_report_clear(&report);
	assert_int_equal(cm_said_check(event, word, &said, &report), CM_REFUSED);
	assert_string_equal(report.findings[0].seen, "amount, unit, until");
	cm_report_clear(&report);
	assert_int_equal(cm_said_event(CM_KIND_STORED, &said, &report, &event, &word), CM_REFUSED);
	assert_int_equal(found(&report), CM_ERROR_ANSWER_NOT_PERMITTED);
	cm_facts_put_text(&said, "event", "refuse");
	cm_report_clear(&report);
	assert_int_equal(cm_said_event(CM_KIND_FREEZE, &said, &report, &event, &word), CM_REFUSED);
	assert_int_equal(found(&report), CM_ERROR_ANSWER_NOT_PERMITTED);
}

// What one side says, with members as "path=text", where the request is in `from`: the rule that it breaks.
static enum cm_error
says(struct cm_said_thread thread, enum cm_state from, const char *state, const char *const *members)
{
	struct cm_facts CM_CLEANUP(cm_facts_fini) said, request, asked;
	struct cm_report report = {0};
	thread.from = &from;
	thread.from_count = 1;
	cm_facts_init(&said);
	cm_facts_init(&request);
	cm_facts_init(&asked);
	cm_facts_put_text(&request, "data[0].item", "1");
	cm_facts_put_text(&request, "data[1].item", "2");
	cm_facts_put_text(&asked, "questions[0].n", "1");
	cm_facts_put_text(&said, "state", state);
	for (size_t i = 0; members != NULL && members[i] != NULL; i++) {
		size_t n = strcspn(members[i], "=");
		cm_facts_put(&said, cm_view_of(members[i], n), cm_view_text(members[i] + n + 1));
	}
	thread.request = &request;
	thread.asked = &asked;
	cm_result r = cm_said_judge(&thread, &said, &report);
	assert_int_equal(r == CM_OK, report.count == 0);
	return found(&report);
}

#define SAYS(kind_, who_, from, state, ...)                                                                            \
	says((struct cm_said_thread){.kind = CM_KIND_##kind_, .who = CM_ACTOR_##who_}, CM_STATE_##from, state,         \
	     (const char *const[]){__VA_ARGS__ __VA_OPT__(, ) NULL})

static void
a_word_fits_kind_speaker_and_state(void **state)
{
	(void)state;
	assert_int_equal(SAYS(PRES, REQUESTED, ACKNOWLEDGED, "preserved", "until=2031-03-01T12:00:00Z"), CM_ERROR_NONE);
	assert_int_equal(SAYS(PRES, REQUESTED, SENT, "preserved"), CM_ERROR_NONE);
	assert_int_equal(SAYS(PRES, REQUESTED, ACKNOWLEDGED, "disclosed"), CM_ERROR_MOVE_NOT_ALLOWED);
	assert_int_equal(SAYS(PRES, REQUESTED, ACKNOWLEDGED, "withdrawn"), CM_ERROR_MOVE_NOT_ALLOWED);
	assert_int_equal(SAYS(PRES, REQUESTED, MORE_INFO, "answered_info", "replies[0].n=1"), CM_ERROR_MOVE_NOT_ALLOWED);
	assert_int_equal(SAYS(PRES, REQUESTING, MORE_INFO, "answered_info", "replies[0].n=1"), CM_ERROR_NONE);
	assert_int_equal(SAYS(PRES, REQUESTING, ACKNOWLEDGED, "preserved"), CM_ERROR_MOVE_NOT_ALLOWED);
	assert_int_equal(SAYS(PRES, REQUESTED, REFUSED, "preserved"), CM_ERROR_MOVE_NOT_ALLOWED);
	assert_int_equal(SAYS(PRES, REQUESTED, ACKNOWLEDGED, "nonsense"), CM_ERROR_MOVE_NOT_ALLOWED);
	assert_int_equal(SAYS(FREEZE, REQUESTED, ACKNOWLEDGED, "answered", "answer=frozen", "amount=5", "unit=EUR", "until=x"), CM_ERROR_NONE);
	assert_int_equal(SAYS(FREEZE, REQUESTED, ACKNOWLEDGED, "answered", "answer=frozen", "amount=5"), CM_ERROR_SAID_MISSING);
	assert_int_equal(SAYS(FREEZE, REQUESTED, ACKNOWLEDGED, "answered", "answer=granted"), CM_ERROR_ANSWER_NOT_PERMITTED);
	assert_int_equal(SAYS(STORED, REQUESTED, EXECUTING, "refused", "answer=refuse_with_reasons", "grounds[0].code=x", "grounds[0].reasons=y"), CM_ERROR_NONE);
}

static void
a_word_fits_what_was_asked(void **state)
{
	(void)state;
	struct cm_said_thread use = {.kind = CM_KIND_STORED, .who = CM_ACTOR_REQUESTED};
	assert_int_equal(says(use, CM_STATE_ANSWERED, "use_allowed", NULL), CM_ERROR_SAID_NOT_ASKED);
	use.told[CM_STATE_USE_ASKED] = true;
	assert_int_equal(says(use, CM_STATE_ANSWERED, "use_allowed", NULL), CM_ERROR_NONE);
	assert_int_equal(SAYS(PRES, REQUESTING, MORE_INFO, "answered_info", "replies[0].n=2"), CM_ERROR_SAID_REPLY);
	assert_int_equal(SAYS(PRES, REQUESTED, EXECUTING, "preserved_in_part", "items[0].item=2", "until=x"), CM_ERROR_NONE);
	assert_int_equal(SAYS(PRES, REQUESTED, EXECUTING, "preserved_in_part", "items[0].item=3", "until=x"), CM_ERROR_SAID_ITEM);
	assert_int_equal(SAYS(PRES, REQUESTED, EXECUTING, "preserved", "path[0].hop=1"), CM_ERROR_SAID_UNFITTING);
}

// Whatever an officer may decide, the other side takes: where an event is open, its state may be said.
static void
what_is_open_may_be_said(void **state)
{
	(void)state;
	for (enum cm_kind kind = CM_KIND_NONE + 1; kind < CM_KIND_END; kind++)
		for (enum cm_move move = CM_MOVE_NONE + 1; move < CM_MOVE_END; move++) {
			const struct cm_move_row *row = cm_move_row(move);
			bool asker = row->who == CM_ACTOR_REQUESTING || row->who == CM_ACTOR_REQUESTING_NODE;
			struct cm_said_thread thread = {.kind = kind, .who = asker ? CM_ACTOR_REQUESTING : CM_ACTOR_REQUESTED, .from = &row->from, .from_count = 1};
			if (cm_move_at(kind, row->from, row->event) != move || row->who == CM_ACTOR_REQUESTING_NODE)
				continue;
			if (cm_said_check_open(&thread, row->to, NULL) != CM_OK)
				fail_msg("%s of %s", cm_event_row(row->event)->name, cm_kind_row(kind)->code);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(every_answer_of_every_kind_means_an_event_that_it_has),
	        cmocka_unit_test(every_row_is_an_answer_of_its_kinds),
	        cmocka_unit_test(what_is_missing_and_what_does_not_fit_is_named),
	        cmocka_unit_test(event_and_answer_say_the_same),
	        cmocka_unit_test(a_word_fits_kind_speaker_and_state),
	        cmocka_unit_test(a_word_fits_what_was_asked),
	        cmocka_unit_test(what_is_open_may_be_said),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
