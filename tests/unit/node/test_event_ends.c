#include "unit.h"

#include "domain/nationals.h"
#include "node/event_ends.h"

static void
ends_come_back_by_their_names(void **state)
{
	(void)state;
	struct cm_buf bytes = cm_buf_of(1024);
	struct cm_event_ends in = {.at = {{CM_DEADLINE_START_SECRECY, cm_instant_of_seconds(5), false}}, .count = 1}, out;
	cm_event_ends_write(&in, &bytes);
	struct cm_rd rd = cm_rd_of(cm_buf_view(&bytes));
	assert_true(cm_event_ends_read(&rd, &out) && cm_rd_done(&rd));
	assert_int_equal(out.count, 1);
	assert_int_equal(out.at[0].start, CM_DEADLINE_START_SECRECY);
	assert_true(out.at[0].at.us == cm_instant_of_seconds(5).us && !out.at[0].quiet);
	cm_buf_clear(&bytes); // a row that a later program does not have any more
	cm_buf_u8(&bytes, 1);
	cm_buf_field(&bytes, cm_view_text("gone"));
	cm_buf_u64be(&bytes, 7);
	cm_buf_u8(&bytes, 0);
	rd = cm_rd_of(cm_buf_view(&bytes));
	assert_true(cm_event_ends_read(&rd, &out) && cm_rd_done(&rd));
	assert_int_equal(out.count, 0);
	cm_buf_clear(&bytes);
	cm_buf_u8(&bytes, CM_DEADLINE_STARTS + 1);
	rd = cm_rd_of(cm_buf_view(&bytes));
	assert_false(cm_event_ends_read(&rd, &out));
	cm_buf_fini(&bytes);
}

// Borvia answers a request for stored data within ten working days, and says nothing of most others.
static void
the_asked_state_has_limits_of_its_own(void **state)
{
	(void)state;
	struct cm_nationals law = {.count = 0};
	struct cm_event_ends ends = {.count = 0};
	struct cm_instant received;
	assert_int_equal(cm_nationals_exercise(&law, NULL), CM_OK);
	assert_true(cm_instant_read(cm_view_text("2027-02-01T10:00:00Z"), &received));
	const struct cm_national *xb = cm_nationals_find(&law, cm_view_text("XB"));
	cm_event_ends_national(xb, CM_KIND_PRES, received, &ends);
	cm_event_ends_national(NULL, CM_KIND_STORED, received, &ends);
	assert_int_equal(ends.count, 0);
	cm_event_ends_national(xb, CM_KIND_STORED, received, &ends);
	assert_int_equal(ends.count, 1);
	assert_int_equal(ends.at[0].start, CM_DEADLINE_START_NATIONAL);
	// 8 and 9 February are Lunar New Year: the tenth day is Wednesday 17, and offices close at 17:30, seven hours east.
	assert_true(cm_instant_read(cm_view_text("2027-02-17T10:30:00Z"), &received));
	assert_int_equal(ends.at[0].at.us, received.us);
	cm_nationals_fini(&law);
}

static void
a_question_names_the_day_for_its_reply(void **state)
{
	(void)state;
	struct cm_doc_question question = {.n = 1, .question = cm_view_text("Which disk?")};
	struct cm_answer_doc doc = {.state = cm_view_text("more_info"), .questions = &question, .question_count = 1,
	        .answer_by = cm_instant_of_seconds(1800000000), .effect_of_silence = cm_view_text("none")};
	struct cm_event_ends ends = {.count = 0};
	assert_int_equal(cm_event_ends_answer(&doc, CM_KIND_STORED, &ends), CM_OK);
	assert_int_equal(ends.count, 2); // a question's or a consultation's: the state says which
	assert_int_equal(ends.at[0].start, CM_DEADLINE_START_QUESTION);
	assert_true(ends.at[0].at.us == doc.answer_by.us && ends.at[0].quiet);
}

UNIT_MAIN(T(the_asked_state_has_limits_of_its_own), T(ends_come_back_by_their_names), T(a_question_names_the_day_for_its_reply))
