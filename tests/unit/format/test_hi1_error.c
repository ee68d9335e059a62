#include "unit.h"

#include "format/hi1_error.h"

static void
numbers_and_rules_lead_back(void **state)
{
	(void)state;
	for (unsigned i = 1; i < CM_HI1_ERROR_END; i++) {
		const struct cm_hi1_error_row *row = cm_hi1_error_row((enum cm_hi1_error)i);
		assert_int_equal(cm_hi1_error_of_number(row->number), i);
		if (row->rule != CM_ERROR_NONE)
			assert_int_equal(cm_hi1_error_of_rule(row->rule), i);
		assert_int_equal(cm_hi1_error_whole((enum cm_hi1_error)i), row->number / 1000 == 41);
	}
	assert_int_equal(cm_hi1_error_of_number(43001), CM_HI1_ERROR_NONE);
	assert_int_equal(cm_hi1_error_of_rule(CM_ERROR_NONE), CM_HI1_ERROR_NONE);
	assert_int_equal(cm_hi1_error_of_rule(CM_ERROR_OUT_OF_MEMORY), CM_HI1_ERROR_NONE);
}

static void
a_text_begins_with_its_word(void **state)
{
	(void)state;
	struct cm_buf to = cm_buf_of(256);
	cm_hi1_error_text(&to, CM_HI1_ERROR_STALE_GENERATION, NULL, "it is at 3");
	assert_view_is(cm_buf_view(&to), "stale_generation: it is at 3");
	cm_buf_clear(&to);
	cm_hi1_error_text(&to, CM_HI1_ERROR_KIND_UNSUPPORTED, "42(3)", "no");
	assert_view_is(cm_buf_view(&to), "kind_unsupported 42(3): no");
	cm_buf_fini(&to);
}

UNIT_MAIN(T(numbers_and_rules_lead_back), T(a_text_begins_with_its_word))
