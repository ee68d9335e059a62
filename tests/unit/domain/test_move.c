#include "unit.h"

#include "domain/kind.h"
#include "domain/move.h"
#include "domain/tab_family.h"

static enum cm_state
go(enum cm_kind kind, enum cm_state from, enum cm_event event, enum cm_actor who)
{
	struct cm_move_step step = {.kind = kind, .from = from, .event = event, .who = who};
	enum cm_state to = CM_STATE_NONE;
	return cm_move_step(&step, NULL, &to) == CM_OK ? to : CM_STATE_NONE;
}

// The path of the demo.
static void
a_preservation_walks_from_draft_to_erased(void **state)
{
	(void)state;
	static const struct {
		enum cm_event event;
		enum cm_actor who;
		enum cm_state to;
	} path[] = {
	        {CM_EVENT_CHECK, CM_ACTOR_REQUESTING, CM_STATE_CHECKED},
	        {CM_EVENT_SIGN, CM_ACTOR_REQUESTING, CM_STATE_SIGNED},
	        {CM_EVENT_SEND, CM_ACTOR_REQUESTING_NODE, CM_STATE_SENT},
	        {CM_EVENT_DELIVER, CM_ACTOR_REQUESTING_NODE, CM_STATE_DELIVERED},
	        {CM_EVENT_ACKNOWLEDGE, CM_ACTOR_REQUESTED_NODE, CM_STATE_ACKNOWLEDGED},
	        {CM_EVENT_PRESERVE, CM_ACTOR_REQUESTED, CM_STATE_PRESERVED},
	        {CM_EVENT_TELL_PROVIDER, CM_ACTOR_REQUESTED, CM_STATE_PRESERVED},
	        {CM_EVENT_EXTEND, CM_ACTOR_REQUESTED, CM_STATE_EXTENDED},
	        {CM_EVENT_MLA_ARRIVE, CM_ACTOR_REQUESTED_NODE, CM_STATE_HELD_PENDING_MLA},
	        {CM_EVENT_MLA_DECIDE, CM_ACTOR_REQUESTED_NODE, CM_STATE_PRESERVED},
	        {CM_EVENT_LAPSE, CM_ACTOR_CLOCK, CM_STATE_LAPSED},
	        {CM_EVENT_CLOSE, CM_ACTOR_REQUESTING, CM_STATE_CLOSED},
	        {CM_EVENT_ERASE, CM_ACTOR_CLOCK, CM_STATE_RETENTION_END},
	};
	enum cm_state at = CM_STATE_DRAFT;
	for (size_t i = 0; i < sizeof path / sizeof *path; i++) {
		at = go(CM_KIND_PRES, at, path[i].event, path[i].who);
		assert_int_equal(at, path[i].to);
	}
}

static void
data_is_disclosed_in_parts(void **state)
{
	(void)state;
	enum cm_state at = go(CM_KIND_STORED, CM_STATE_ACKNOWLEDGED, CM_EVENT_EXECUTE, CM_ACTOR_REQUESTED);
	assert_int_equal(at, CM_STATE_EXECUTING);
	at = go(CM_KIND_STORED, at, CM_EVENT_DELIVER_PART, CM_ACTOR_REQUESTED);
	assert_int_equal(at, CM_STATE_PARTLY_ANSWERED);
	assert_int_equal(go(CM_KIND_STORED, at, CM_EVENT_DISCLOSE, CM_ACTOR_REQUESTED), CM_STATE_DISCLOSED);
}

static void
other_moves_are_refused_and_the_possible_ones_named(void **state)
{
	(void)state;
	struct cm_report report = {0};
	enum cm_state to = CM_STATE_DRAFT;
	struct cm_move_step step = {CM_KIND_PRES, CM_STATE_PRESERVED, CM_EVENT_REFUSE, CM_ACTOR_REQUESTED};
	assert_int_equal(cm_move_step(&step, &report, &to), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_MOVE_NOT_ALLOWED));
	assert_non_null(strstr(report.findings[0].seen, "extend"));
	step.event = CM_EVENT_EXTEND;
	step.who = CM_ACTOR_REQUESTING;
	assert_int_equal(cm_move_step(&step, &report, &to), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_MOVE_NOT_YOURS));
	assert_int_equal(to, CM_STATE_DRAFT);
	// The lapse of held data would lose it: there is no such move.
	assert_int_equal(go(CM_KIND_PRES, CM_STATE_HELD_PENDING_MLA, CM_EVENT_LAPSE, CM_ACTOR_CLOCK), CM_STATE_NONE);
	// A preservation is never returned as incomplete (profile, section 4).
	for (enum cm_state s = CM_STATE_NONE + 1; s < CM_STATE_END; s++) {
		assert_int_equal(cm_move_at(CM_KIND_PRES, s, CM_EVENT_RETURN_INCOMPLETE), CM_MOVE_NONE);
		assert_int_equal(cm_move_at(CM_KIND_PRES, s, CM_EVENT_POSTPONE), CM_MOVE_NONE);
	}
}

static void
menus_show_what_is_open(void **state)
{
	(void)state;
	enum cm_move moves[32];
	size_t n = cm_move_list(CM_KIND_PRES, CM_STATE_ACKNOWLEDGED, CM_ACTOR_REQUESTED, moves, 32);
	assert_true(n > 5 && n < 32);
	for (size_t i = 0; i < n; i++)
		assert_true(cm_move_may(moves[i], CM_ACTOR_REQUESTED));
	assert_int_equal(cm_move_list(CM_KIND_PRES, CM_STATE_ACKNOWLEDGED, CM_ACTOR_REQUESTED, moves, 2), 2);
	assert_int_equal(cm_move_list(CM_KIND_PRES, CM_STATE_RETENTION_END, CM_ACTOR_REQUESTED, moves, 32), 0);
}

static void
the_registrars_word_is_followed_when_it_can_be_true(void **state)
{
	(void)state;
	assert_true(cm_move_follows(CM_KIND_PRES, CM_STATE_SENT, CM_STATE_PRESERVED));
	assert_true(cm_move_follows(CM_KIND_PRES, CM_STATE_ACKNOWLEDGED, CM_STATE_HELD_PENDING_MLA));
	assert_true(cm_move_follows(CM_KIND_PRES, CM_STATE_ACKNOWLEDGED, CM_STATE_ACKNOWLEDGED));
	assert_true(cm_move_follows(CM_KIND_PRES, CM_STATE_PRESERVED, CM_STATE_THIRD_STATE_PROVIDER));
	assert_true(cm_move_follows(CM_KIND_STORED, CM_STATE_ACKNOWLEDGED, CM_STATE_DISCLOSED));
	assert_false(cm_move_follows(CM_KIND_PRES, CM_STATE_DRAFT, CM_STATE_PRESERVED));
	assert_false(cm_move_follows(CM_KIND_PRES, CM_STATE_SIGNED, CM_STATE_PRESERVED));
	assert_false(cm_move_follows(CM_KIND_PRES, CM_STATE_PRESERVED, CM_STATE_ACKNOWLEDGED));
	assert_false(cm_move_follows(CM_KIND_PRES, CM_STATE_ACKNOWLEDGED, CM_STATE_DISCLOSED));
	assert_false(cm_move_follows(CM_KIND_STORED, CM_STATE_ACKNOWLEDGED, CM_STATE_WITHDRAWN));
}

static void
the_side_that_asked_leads_only_by_its_own_moves(void **state)
{
	(void)state;
	assert_true(cm_move_leads(CM_KIND_PRES, CM_STATE_ACKNOWLEDGED, CM_STATE_WITHDRAWN, CM_ACTOR_REQUESTING));
	assert_true(cm_move_leads(CM_KIND_PRES, CM_STATE_MORE_INFO, CM_STATE_ANSWERED_INFO, CM_ACTOR_REQUESTING));
	assert_false(cm_move_leads(CM_KIND_PRES, CM_STATE_ACKNOWLEDGED, CM_STATE_PRESERVED, CM_ACTOR_REQUESTING));
	assert_true(cm_move_leads(CM_KIND_PRES, CM_STATE_ACKNOWLEDGED, CM_STATE_PRESERVED, CM_ACTOR_REQUESTED));
	assert_false(cm_move_leads(CM_KIND_PRES, CM_STATE_WITHDRAWN, CM_STATE_WITHDRAWN, CM_ACTOR_REQUESTING));
	assert_false(cm_move_leads(CM_KIND_PRES, CM_STATE_NONE, CM_STATE_WITHDRAWN, CM_ACTOR_REQUESTING));
}

static void
a_request_is_over_when_only_closing_is_left(void **state)
{
	(void)state;
	static const enum cm_state over[] = {CM_STATE_DISCLOSED, CM_STATE_DISCLOSED_IN_PART, CM_STATE_ANSWERED, CM_STATE_REFUSED,
	                                     CM_STATE_WITHDRAWN, CM_STATE_RETURNED_INCOMPLETE, CM_STATE_NOT_HELD, CM_STATE_CLOSED};
	static const enum cm_state open[] = {CM_STATE_SENT, CM_STATE_ACKNOWLEDGED, CM_STATE_MORE_INFO, CM_STATE_CONSULTATION,
	                                     CM_STATE_EXECUTING, CM_STATE_PARTLY_ANSWERED, CM_STATE_POSTPONED, CM_STATE_TRANSMITTED};
	for (size_t i = 0; i < sizeof over / sizeof *over; i++)
		assert_true(cm_move_over(CM_KIND_STORED, over[i]));
	for (size_t i = 0; i < sizeof open / sizeof *open; i++)
		assert_false(cm_move_over(CM_KIND_STORED, open[i]));
	// An extension ends with its answer; the preservation goes on.
	assert_true(cm_move_over(CM_KIND_PRES_EXT, CM_STATE_EXTENDED));
	assert_false(cm_move_over(CM_KIND_PRES, CM_STATE_EXTENDED));
	assert_false(cm_move_over(CM_KIND_PRES, CM_STATE_HELD_PENDING_MLA));
	assert_true(cm_move_over(CM_KIND_PRES, CM_STATE_LAPSED));
}

// Every state that is told apart is reached from the draft, and every one that is not final leads to the end.
static void
no_state_is_unreachable_and_none_is_a_dead_end(void **state)
{
	(void)state;
	bool ever[CM_STATE_END] = {false};
	for (enum cm_kind kind = CM_KIND_NONE + 1; kind < CM_KIND_END; kind++) {
		bool seen[CM_STATE_END] = {[CM_STATE_DRAFT] = true}, ends[CM_STATE_END] = {[CM_STATE_RETENTION_END] = true};
		for (size_t round = 0; round < CM_STATE_END; round++)
			for (enum cm_move m = CM_MOVE_NONE + 1; m < CM_MOVE_END; m++) {
				const struct cm_move_row *row = cm_move_row(m);
				if (cm_move_at(kind, row->from, row->event) != m)
					continue;
				seen[row->to] = seen[row->to] || seen[row->from];
				ends[row->from] = ends[row->from] || ends[row->to];
			}
		for (enum cm_state s = CM_STATE_NONE + 1; s < CM_STATE_END; s++) {
			ever[s] = ever[s] || seen[s];
			if (seen[s] && !ends[s] && !cm_state_row(s)->passing)
				fail_msg("%s ends in %s", cm_kind_row(kind)->code, cm_state_row(s)->name);
		}
	}
	for (enum cm_state s = CM_STATE_NONE + 1; s < CM_STATE_END; s++)
		if (!ever[s])
			fail_msg("%s is never reached", cm_state_row(s)->name);
}

static void
every_event_and_family_is_used(void **state)
{
	(void)state;
	for (enum cm_event e = CM_EVENT_NONE + 1; e < CM_EVENT_END; e++) {
		bool used = false;
		for (enum cm_move m = CM_MOVE_NONE + 1; m < CM_MOVE_END; m++)
			used = used || cm_move_row(m)->event == e;
		assert_true(used);
	}
	for (enum cm_move m = CM_MOVE_NONE + 1; m < CM_MOVE_END; m++)
		for (const char *const *f = cm_move_row(m)->families; *f != NULL; f++)
			assert_true(strcmp(*f, "all") == 0 || cm_family_find(*f, strlen(*f)) != CM_FAMILY_NONE);
}

static void
data_goes_out_by_five_events(void **state)
{
	(void)state;
	size_t n = 0;
	for (enum cm_event e = CM_EVENT_NONE + 1; e < CM_EVENT_END; e++)
		n += cm_move_discloses(e) ? 1 : 0;
	assert_int_equal(n, 5);
	assert_true(cm_move_discloses(CM_EVENT_DISCLOSE));
	assert_false(cm_move_discloses(CM_EVENT_PRESERVE) || cm_move_discloses(CM_EVENT_ASK) || cm_move_discloses(CM_EVENT_REFUSE));
}

UNIT_MAIN(T(data_goes_out_by_five_events), T(a_preservation_walks_from_draft_to_erased), T(data_is_disclosed_in_parts),
          T(other_moves_are_refused_and_the_possible_ones_named), T(menus_show_what_is_open),
          T(the_registrars_word_is_followed_when_it_can_be_true),
          T(the_side_that_asked_leads_only_by_its_own_moves), T(no_state_is_unreachable_and_none_is_a_dead_end),
          T(every_event_and_family_is_used),
          T(a_request_is_over_when_only_closing_is_left))
