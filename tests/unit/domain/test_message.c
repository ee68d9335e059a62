#include "unit.h"

#include "domain/message.h"
#include "domain/tab_message.h"

static void
values_are_put_into_the_sentence(void **state)
{
	(void)state;
	struct cm_message_values values = {.ground = CM_REFUSAL_PERSECUTION};
	struct cm_buf b = cm_buf_of(1000);
	assert_true(cm_instant_read(cm_view_text("2027-05-01T02:05:00Z"), &values.until));
	cm_message_write(CM_STATE_PRESERVED, &values, &b);
	assert_view_is(cm_buf_view(&b), "All data named in the request is preserved until 2027-05-01 02:05:00 UTC.");
	cm_buf_clear(&b);
	cm_message_write(CM_STATE_NOT_EXTENDED, &values, &b);
	assert_view_is(cm_buf_view(&b), "The preservation is not extended (persecution); it ends on 2027-05-01 02:05:00 UTC.");
	cm_buf_clear(&b);
	cm_message_write(CM_STATE_MORE_INFO, &values, &b);
	assert_view_is(cm_buf_view(&b), "We need more information before the request can be executed.");
	cm_buf_clear(&b);
	cm_message_write(CM_STATE_DRAFT, &values, &b);
	assert_int_equal(b.n, 0);
	cm_buf_fini(&b);
}

static void
every_state_that_is_told_has_a_sentence_with_known_values(void **state)
{
	(void)state;
	for (enum cm_state s = CM_STATE_NONE + 1; s < CM_STATE_END; s++) {
		const struct cm_state_row *row = cm_state_row(s);
		enum cm_message m = cm_message_find(row->name, strlen(row->name));
		if (row->told != (m != CM_MESSAGE_NONE))
			fail_msg("%s", row->name);
	}
	for (enum cm_message m = CM_MESSAGE_NONE + 1; m < CM_MESSAGE_END; m++) {
		const char *text = cm_message_row(m)->text;
		assert_int_not_equal(cm_state_find(cm_message_row(m)->state, strlen(cm_message_row(m)->state)), CM_STATE_NONE);
		for (const char *at = text; (at = strchr(at, '{')) != NULL; at++)
			assert_true(strncmp(at, "{until}", 7) == 0 || strncmp(at, "{ground}", 8) == 0);
	}
}

UNIT_MAIN(T(values_are_put_into_the_sentence), T(every_state_that_is_told_has_a_sentence_with_known_values))
