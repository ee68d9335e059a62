#include "store_unit.h"

// Every allocation from the n-th on fails while a change is built, written, signed and answered. What was acknowledged
// stays; what was not leaves nothing half done; the next start goes on.
static void
no_lack_of_memory_loses_or_doubles_an_act(void **state)
{
	struct unit_store *u = *state;
	uint64_t acknowledged = 0;
	size_t starts = 0;
	for (unsigned long n = 1; n < 160; n += n < 60 ? 1 : 3) {
		struct cm_report report = {0};
		char transaction[32];
		snprintf(transaction, sizeof transaction, "t%lu", n);
		cm_mem_fail_from(n);
		struct cm_change *change = cm_change_new(unit_time(0));
		cm_result r = CM_NOMEM;
		if (change != NULL) {
			struct cm_act_values values = {0};
			struct cm_store_reply reply = {.sender = cm_view_text("xb.contact"),
			                               .transaction = cm_view_text(transaction),
			                               .at = cm_instant_of_seconds(INT64_C(4000000000)),
			                               .context = cm_view_text("hello")};
			cm_act_set(&values, CM_ACT_FIELD_TYPE, cm_view_text("person_added"));
			cm_act_set(&values, CM_ACT_FIELD_PERSON, cm_view_text("p1"));
			cm_change_act(change, &values);
			cm_change_reply(change, &reply);
			r = cm_store_submit_wait(u->store, change, &report, NULL, NULL);
		}
		cm_mem_fail_from(0);
		acknowledged += r == CM_OK;
		if (u->fatal || r != CM_OK) {
			u->fatal = false;
			unit_close(u);
			unit_open(u);
			starts++;
		}
		struct cm_store_figures f;
		cm_store_figures(u->store, &f);
		assert_true(f.size >= acknowledged);
		assert_int_equal(cm_store_check(u->store, &report), CM_OK);
	}
	assert_true(starts > 10);
	assert_true(acknowledged > 10);
}

UNIT_MAIN(S(no_lack_of_memory_loses_or_doubles_an_act))
