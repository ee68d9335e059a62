#include "unit.h"

#include "node/event_clocks.h"

// What a peer's document says comes back as its view; what is no limit, or is said twice, says nothing.
static void
a_document_says_how_its_side_counts(void **state)
{
	(void)state;
	struct cm_instant one = cm_instant_of_seconds(1800000000), two = cm_instant_of_seconds(1800086400);
	struct cm_event_clocks ours = {.at = {{CM_TIME_LIMIT_HC_MLA, CM_EVENT_PAUSED, one, {.us = two.us + 7}, {.us = 0}},
	        {CM_TIME_LIMIT_NAT_ANSWER, CM_EVENT_RUNS, {.us = 0}, two, {.us = 0}}}, .count = 2};
	struct cm_event_clocks theirs = {.count = 0};
	struct cm_doc_clock members[CM_DOC_CLOCKS];
	cm_event_clocks_members(&ours, members);
	assert_view_is(members[0].limit, "hc-mla");
	assert_view_is(members[0].says, "paused");
	assert_int_equal(members[0].at.us, one.us);
	assert_int_equal(members[0].end.us, two.us); // whole seconds travel
	assert_int_equal(members[1].at.us, 0);
	members[2] = members[0];
	members[3] = (struct cm_doc_clock){.limit = cm_view_text("tomorrow"), .says = cm_view_text("runs"), .end = one};
	struct cm_answer_doc doc = {.clocks = members, .clock_count = 4};
	cm_event_clocks_read_document(&doc, &theirs);
	assert_int_equal(theirs.count, 2);
	const struct cm_event_clock *mla = cm_event_clocks_find(&theirs, CM_TIME_LIMIT_HC_MLA);
	assert_non_null(mla);
	assert_int_equal(mla->says, CM_EVENT_PAUSED);
	assert_int_equal(mla->theirs.us, two.us);
	assert_int_equal(mla->end.us, 0); // how we count it, it cannot say
	assert_null(cm_event_clocks_find(&theirs, CM_TIME_LIMIT_ASK_REPLY));
}

static void
bytes_come_back(void **state)
{
	(void)state;
	struct cm_event_clocks in = {.at = {{CM_TIME_LIMIT_HC_MLA, CM_EVENT_EXTENDED, {.us = 1}, {.us = 2}, {.us = 3}}}, .count = 1}, out;
	struct cm_buf bytes = cm_buf_of(1024);
	cm_event_clocks_write(&in, &bytes);
	struct cm_rd rd = cm_rd_of(cm_buf_view(&bytes));
	assert_true(cm_event_clocks_read(&rd, &out) && cm_rd_done(&rd));
	assert_int_equal(out.count, 1);
	assert_memory_equal(&out.at[0], &in.at[0], sizeof in.at[0]);
	cm_buf_clear(&bytes);
	cm_buf_u8(&bytes, CM_DOC_CLOCKS + 1);
	rd = cm_rd_of(cm_buf_view(&bytes));
	assert_false(cm_event_clocks_read(&rd, &out));
	cm_buf_fini(&bytes);
}

UNIT_MAIN(T(a_document_says_how_its_side_counts), T(bytes_come_back))
