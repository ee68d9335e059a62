#include "unit.h"

#include <string.h>

#include "domain/deadline_start.h"

static void
put(struct cm_facts *facts, const char *path, const char *text)
{
	cm_facts_put_text(facts, path, text);
}

static struct cm_instant
at(const char *text)
{
	struct cm_instant t;
	assert_true(cm_instant_read(cm_view_text(text), &t));
	return t;
}

static void
a_document_names_its_ends(void **state)
{
	(void)state;
	struct cm_facts facts;
	struct cm_deadline_named_end ends[CM_DEADLINE_STARTS];
	cm_facts_init(&facts);
	put(&facts, "secrecy.until", "2027-09-01T00:00:00Z");
	put(&facts, "mla_follow_up.expected_by", "2027-04-15");
	put(&facts, "use.until", "soon"); // no moment: no clock
	assert_int_equal(cm_deadline_start_named(&facts, CM_DEADLINE_OF_REQUEST, CM_KIND_PRES, ends), 2);
	assert_int_equal(ends[0].start, CM_DEADLINE_START_SECRECY);
	assert_int_equal(ends[1].start, CM_DEADLINE_START_FOLLOW_UP);
	assert_int_equal(ends[1].at.us, at("2027-04-16T00:00:00Z").us); // the day is theirs to its end
	assert_int_equal(cm_deadline_start_named(&facts, CM_DEADLINE_OF_REQUEST, CM_KIND_STORED, ends), 1);
	assert_int_equal(cm_deadline_start_named(&facts, CM_DEADLINE_OF_ANSWER, CM_KIND_NONE, ends), 0);
	cm_facts_fini(&facts);
}

static void
what_silence_means_stands_in_the_question(void **state)
{
	(void)state;
	static const struct {
		const char *effect;
		bool quiet;
	} row[] = {{NULL, false}, {"returned_incomplete", false}, {"none", true}, {"decided_as_is", true}};
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		struct cm_facts facts;
		struct cm_deadline_named_end ends[CM_DEADLINE_STARTS];
		cm_facts_init(&facts);
		put(&facts, "answer_by", "2027-03-20T12:00:00Z");
		if (row[i].effect != NULL)
			put(&facts, "effect_of_silence", row[i].effect);
		assert_int_equal(cm_deadline_start_named(&facts, CM_DEADLINE_OF_ANSWER, CM_KIND_STORED, ends), 2);
		assert_int_equal(ends[0].start, CM_DEADLINE_START_QUESTION);
		assert_int_equal(ends[0].quiet, row[i].quiet);
		cm_facts_fini(&facts);
	}
	assert_true(cm_deadline_start_runs(CM_DEADLINE_START_QUESTION, CM_KIND_STORED, CM_STATE_MORE_INFO));
	assert_false(cm_deadline_start_runs(CM_DEADLINE_START_QUESTION, CM_KIND_STORED, CM_STATE_ANSWERED_INFO));
	assert_false(cm_deadline_start_runs(CM_DEADLINE_START_CONSULTATION, CM_KIND_STORED, CM_STATE_MORE_INFO));
}

static void
a_clock_runs_on_its_side_and_until_its_event(void **state)
{
	(void)state;
	struct cm_calendar utc = {.offset = 0};
	struct cm_instant come = at("2027-03-02T01:00:00Z"), none = {.us = 0};
	assert_true(cm_deadline_start_holds(CM_DEADLINE_START_FOLLOW_UP, CM_KIND_PRES, true));
	assert_false(cm_deadline_start_holds(CM_DEADLINE_START_FOLLOW_UP, CM_KIND_PRES, false));
	assert_false(cm_deadline_start_holds(CM_DEADLINE_START_ORDER, CM_KIND_PRES, true));
	assert_true(cm_deadline_start_holds(CM_DEADLINE_START_EMERGENCY, CM_KIND_EMERGENCY, false));
	assert_false(cm_deadline_start_holds(CM_DEADLINE_START_EMERGENCY, CM_KIND_PRES, false));
	assert_int_equal(cm_deadline_start_end(CM_DEADLINE_START_EMERGENCY, none, come, &utc).us, at("2027-03-02T02:00:00Z").us);
	// The call was earlier than its writing.
	assert_int_equal(cm_deadline_start_end(CM_DEADLINE_START_ORAL, at("2027-03-02T00:30:00Z"), come, &utc).us,
	                 at("2027-03-02T01:30:00Z").us);
	assert_int_equal(cm_deadline_start_end(CM_DEADLINE_START_ORDER, at("2027-05-01T00:00:00Z"), come, &utc).us,
	                 at("2027-05-01T00:00:00Z").us);
	assert_true(cm_deadline_start_runs(CM_DEADLINE_START_WANTED, CM_KIND_STORED, CM_STATE_POSTPONED));
	assert_false(cm_deadline_start_runs(CM_DEADLINE_START_WANTED, CM_KIND_STORED, CM_STATE_REFUSED));
	assert_true(cm_deadline_start_runs(CM_DEADLINE_START_SECRECY, CM_KIND_STORED, CM_STATE_REFUSED));
	assert_false(cm_deadline_start_runs(CM_DEADLINE_START_EMERGENCY, CM_KIND_EMERGENCY, CM_STATE_EXECUTING));
}

// A word that names no kind, family or state would be a clock that never runs.
static void
every_row_names_what_there_is(void **state)
{
	(void)state;
	for (enum cm_deadline_start s = 1; s < CM_DEADLINE_START_END; s++) {
		const struct cm_deadline_start_row *row = cm_deadline_start_row(s);
		for (size_t i = 0; row->kinds[i] != NULL; i++)
			assert_true(strcmp(row->kinds[i], "all") == 0 ||
			            cm_kind_find(row->kinds[i], strlen(row->kinds[i])) != CM_KIND_NONE ||
			            cm_family_find(row->kinds[i], strlen(row->kinds[i])) != CM_FAMILY_NONE);
		for (size_t i = 0; row->runs[i] != NULL; i++)
			assert_true(strcmp(row->runs[i], "open") == 0 || strcmp(row->runs[i], "always") == 0 ||
			            cm_state_find(row->runs[i], strlen(row->runs[i])) != CM_STATE_NONE);
		const struct cm_time_limit_row *limit = cm_time_limit_row(row->limit);
		assert_true(strcmp(limit->watches, "both") == 0 || strcmp(limit->watches, "sender") == 0 || strcmp(limit->watches, "receiver") == 0);
		assert_true(strcmp(limit->bound, "min") == 0 || strcmp(limit->bound, "max") == 0 || strcmp(limit->bound, "-") == 0);
		assert_true(strcmp(limit->extended_by, "no") == 0 || cm_actor_find(limit->extended_by, strlen(limit->extended_by)) != CM_ACTOR_NONE);
		bool counted = cm_deadline_rule_of(row->limit).counting != CM_DEADLINE_NAMED;
		assert_true(counted || strcmp(row->document, "-") != 0);
		assert_string_not_equal(cm_time_limit_row(row->limit)->at_end, "-");
	}
}

UNIT_MAIN(T(a_document_names_its_ends), T(what_silence_means_stands_in_the_question),
          T(a_clock_runs_on_its_side_and_until_its_event), T(every_row_names_what_there_is))
