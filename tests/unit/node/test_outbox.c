// An answer that cannot be kept is as good as none: its message is tried again, later and later.
#include "../store/store_unit.h"

#include "node/outbox.h"
#include "os/clock.h"

static struct cm_node node;

static void
an_answer_that_cannot_be_kept_is_waited_for_again(void **state)
{
	struct unit_store *u = *state;
	struct cm_report report = {0};
	struct cm_store_page *page;
	const struct cm_store_outbox *row;
	struct cm_instant later = {.us = cm_clock_utc().us + CM_INSTANT_DAY};
	struct cm_store_artifact message = {.direction = CM_STORE_OUT, .media = cm_view_text("hi1"), .bytes = cm_view_text("{}")};
	struct cm_store_outbox waits = {.peer = cm_view_text("xc.contact"), .state = CM_STORE_WAITING, .due = later};
	struct cm_change *change = cm_change_new(unit_time(0));
	cm_change_artifact(change, &message);
	cm_change_outbox(change, &waits);
	assert_int_equal(cm_store_submit_wait(u->store, change, &report, NULL, NULL), CM_OK);
	node.store = u->store;
	assert_int_equal(cm_settings_read(cm_view_text(""), &report, &node.settings), CM_OK);
	assert_int_equal(cm_outbox_start(&node, &report, &node.outbox), CM_OK);
	struct cm_outbox_try *one = cm_mem_new(sizeof *one); // the outbox frees it
	*one = (struct cm_outbox_try){.node = &node, .id = 1, .status = 200, .message = cm_buf_of(64), .body = cm_buf_of(64)};
	cm_result_ignore(cm_report_refuse(&report, CM_ERROR_STORE_BUSY, "store", "full"), "it is the report that is wanted");
	struct cm_store_outcome outcome = {.result = CM_REFUSED, .report = &report};
	cm_outbox_kept(one, &outcome);
	cm_outbox_end(node.outbox);
	cm_outbox_stop(node.outbox);
	assert_int_equal(cm_store_outbox(u->store, 1, NULL, &page, &row), CM_OK);
	assert_int_equal(row->tries, 1);
	assert_int_equal(row->state, CM_STORE_WAITING);
	assert_true(row->due.us < later.us);
	assert_view_is(row->trouble, "full");
	cm_store_page_free(page);
}

UNIT_MAIN(S(an_answer_that_cannot_be_kept_is_waited_for_again))
