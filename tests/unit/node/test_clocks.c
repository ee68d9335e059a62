// Which words about clocks count, over a real store: a request for stored data of xa.contact at Borvia, whose own law gives ten
// working days, and a day that the asking side named (hc-mla).
#include "../store/store_unit.h"

#include "domain/nationals.h"
#include "node/clocks.h"

#define DOC "017f22e2-79b0-4cc3-98c4-dc0c0c073901"

static struct cm_node node = {.name = {.whole = "xb.contact", .country_upper = "XB"}};
static struct cm_store_request request;

static struct cm_instant
at(const char *text)
{
	struct cm_instant t;
	assert_true(cm_instant_read(cm_view_text(text), &t));
	return t;
}

static void
put(struct unit_store *u, const char *limit, const char *state, const char *end, const char *paused)
{
	struct cm_change *change = unit_person("p1");
	struct cm_store_deadline row = {.request = cm_view_text(DOC), .limit = cm_view_text(limit), .peer = cm_view_text("xa.contact"),
	        .start = at("2027-02-01T10:00:00Z"), .at = at(end), .state = cm_view_text(state), .action = cm_view_text("tell"),
	        .paused = *paused == 0 ? (struct cm_instant){.us = 0} : at(paused)};
	cm_change_deadline(change, NULL, &row);
	assert_int_equal(cm_store_submit_wait(u->store, change, NULL, NULL, NULL), CM_OK);
}

static int
setup(void **state)
{
	unit_setup(state);
	struct unit_store *u = *state;
	node.store = u->store;
	assert_int_equal(cm_nationals_exercise(&node.nationals, NULL), CM_OK);
	request = (struct cm_store_request){.id = cm_view_text(DOC), .peer = cm_view_text("xa.contact"), .kind = cm_view_text("stored"),
	        .state = cm_view_text("acknowledged")};
	put(u, "nat-answer", "running", "2027-02-17T10:30:00Z", "");
	put(u, "hc-mla", "running", "2027-03-01T00:00:00Z", "");
	put(u, "follow-up", "running", "2027-03-01T00:00:00Z", "");
	return 0;
}

static int
teardown(void **state)
{
	cm_nationals_fini(&node.nationals);
	return unit_teardown(state);
}

static struct cm_event_clocks
word(enum cm_state to, const char *now, const struct cm_event_clocks *told)
{
	struct cm_event_clocks clocks;
	struct cm_clocks_ask ask = {.node = &node, .request = &request, .to = to, .now = at(now), .told = told};
	assert_int_equal(cm_clocks_word(&ask, NULL, &clocks), CM_OK);
	return clocks;
}

static void
a_question_of_ours_stops_what_may_stand_still(void **state)
{
	(void)state;
	struct cm_event_clocks clocks = word(CM_STATE_MORE_INFO, "2027-02-03T10:00:00Z", NULL);
	assert_int_equal(clocks.count, 2); // the follow-up is the asking side's alone
	assert_int_equal(cm_event_clocks_find(&clocks, CM_TIME_LIMIT_NAT_ANSWER)->says, CM_EVENT_PAUSED);
	assert_int_equal(cm_event_clocks_find(&clocks, CM_TIME_LIMIT_HC_MLA)->at.us, at("2027-02-03T10:00:00Z").us);
	clocks = word(CM_STATE_EXECUTING, "2027-02-03T10:00:00Z", NULL);
	assert_int_equal(cm_event_clocks_find(&clocks, CM_TIME_LIMIT_NAT_ANSWER)->says, CM_EVENT_RUNS);
	assert_int_equal(word(CM_STATE_ANSWERED, "2027-02-03T10:00:00Z", NULL).count, 0); // they are met by it
}

static void
what_stood_still_goes_on_by_the_calendar(void **state)
{
	struct unit_store *u = *state;
	put(u, "nat-answer", "held", "2027-02-17T10:30:00Z", "2027-02-03T10:00:00Z");
	put(u, "hc-mla", "held", "2027-03-01T00:00:00Z", "2027-02-03T10:00:00Z");
	request.state = cm_view_text("more_info");
	struct cm_event_clocks clocks = word(CM_STATE_EXECUTING, "2027-02-10T10:00:00Z", NULL);
	// Eight working days were left, of which two fell on Lunar New Year before; now they are counted from the tenth.
	assert_int_equal(cm_event_clocks_find(&clocks, CM_TIME_LIMIT_NAT_ANSWER)->end.us, at("2027-02-22T10:30:00Z").us);
	assert_int_equal(cm_event_clocks_find(&clocks, CM_TIME_LIMIT_HC_MLA)->end.us, at("2027-03-08T00:00:00Z").us);
}

// A peer names moments; they count between the clock's start and the receipt. What it may not say is its view.
static void
a_peers_word_counts_within_its_right(void **state)
{
	struct unit_store *u = *state;
	struct cm_event_clocks told = {.at = {{.limit = CM_TIME_LIMIT_NAT_ANSWER, .says = CM_EVENT_PAUSED, .at = at("2027-03-03T10:00:00Z"), .theirs = at("2027-02-17T10:30:00Z")},
	        {.limit = CM_TIME_LIMIT_HC_MLA, .says = CM_EVENT_EXTENDED, .theirs = at("2027-04-01T00:00:00Z")}}, .count = 2};
	struct cm_event_clocks clocks;
	request.ours = 1; // it is asked, and we are xb asking xa: not its day to move
	request.state = cm_view_text("more_info");
	clocks = word(CM_STATE_MORE_INFO, "2027-02-03T10:00:00Z", &told);
	assert_int_equal(clocks.count, 2);
	assert_int_equal(clocks.at[0].limit, CM_TIME_LIMIT_HC_MLA);
	assert_int_equal(clocks.at[0].says, CM_EVENT_RUNS);
	assert_int_equal(clocks.at[0].end.us, at("2027-03-01T00:00:00Z").us);
	assert_int_equal(clocks.at[0].theirs.us, at("2027-04-01T00:00:00Z").us);
	assert_int_equal(clocks.at[1].says, CM_EVENT_PAUSED);
	assert_int_equal(clocks.at[1].at.us, at("2027-02-03T10:00:00Z").us);
	told.at[0].at = at("2027-02-02T10:00:00Z"); // a message that was long on its way: our clock had told the end
	put(u, "nat-answer", "over", "2027-02-17T10:30:00Z", "");
	clocks = word(CM_STATE_MORE_INFO, "2027-02-20T10:00:00Z", &told);
	assert_int_equal(clocks.at[1].says, CM_EVENT_PAUSED);
	assert_int_equal(clocks.at[1].at.us, at("2027-02-02T10:00:00Z").us);
	told.at[0].at = at("2027-02-18T10:00:00Z");
	assert_int_equal(word(CM_STATE_MORE_INFO, "2027-02-20T10:00:00Z", &told).at[1].says, CM_EVENT_RUNS);
	request.ours = 0; // who named the day may name a later one
	assert_int_equal(word(CM_STATE_MORE_INFO, "2027-02-20T10:00:00Z", &told).at[0].says, CM_EVENT_EXTENDED);
}

static void
our_word_is_held_against_the_table(void **state)
{
	(void)state;
	struct cm_event_clocks clocks;
	struct cm_report report = {0};
	struct cm_clocks_ask ask = {.node = &node, .request = &request, .to = CM_STATE_ASSIGNED, .now = at("2027-02-03T10:00:00Z"),
	        .extend = CM_TIME_LIMIT_NAT_ANSWER, .until = at("2027-02-17T10:30:00Z")};
	assert_int_equal(cm_clocks_word(&ask, &report, &clocks), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_EXTENSION_NOT_LATER));
	ask.until.us += CM_INSTANT_SECOND;
	assert_int_equal(cm_clocks_word(&ask, &report, &clocks), CM_OK);
	assert_int_equal(cm_event_clocks_find(&clocks, CM_TIME_LIMIT_NAT_ANSWER)->says, CM_EVENT_EXTENDED);
	ask.extend = CM_TIME_LIMIT_HC_MLA;
	ask.until = at("2028-01-01T00:00:00Z");
	cm_report_clear(&report);
	assert_int_equal(cm_clocks_word(&ask, &report, &clocks), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_DEADLINE_NOT_EXTENDED));
	ask.extend = CM_TIME_LIMIT_FREEZE_END;
	assert_int_equal(cm_clocks_word(&ask, &report, &clocks), CM_REFUSED);
}

// A peer whose State has a limit that we have no table for.
static void
a_limit_that_we_have_no_table_for_begins_by_its_word(void **state)
{
	(void)state;
	struct cm_event_clocks told = {.at = {{.limit = CM_TIME_LIMIT_NAT_ANSWER, .theirs = at("2027-02-17T10:30:00Z")}}, .count = 1};
	request.id = cm_view_text("017f22e2-79b0-4cc3-98c4-dc0c0c073909");
	assert_int_equal(word(CM_STATE_ASSIGNED, "2027-02-03T10:00:00Z", &told).count, 0); // it is ours to count
	request.ours = 1;
	struct cm_event_clocks clocks = word(CM_STATE_ASSIGNED, "2027-02-03T10:00:00Z", &told);
	assert_int_equal(clocks.count, 1);
	assert_int_equal(clocks.at[0].end.us, at("2027-02-17T10:30:00Z").us);
}

#define C(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

UNIT_MAIN(C(a_question_of_ours_stops_what_may_stand_still), C(what_stood_still_goes_on_by_the_calendar),
          C(a_peers_word_counts_within_its_right), C(our_word_is_held_against_the_table),
          C(a_limit_that_we_have_no_table_for_begins_by_its_word))
