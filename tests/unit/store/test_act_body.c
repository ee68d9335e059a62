#include "unit.h"

#include "base/buf.h"
#include "domain/receipt.h"
#include "store/act_body.h"

static void
a_body_opens_to_the_same_record(void **state)
{
	(void)state;
	static struct cm_act_file file, back;
	uint8_t random[CM_ACT_SLOTS * CM_ACT_BODY_RANDOM];
	struct cm_act_values values = {0};
	struct cm_hash512 root, again;
	struct cm_buf body = cm_buf_of(100000);
	for (size_t i = 0; i < sizeof random; i++)
		random[i] = (uint8_t)(i * 7);
	cm_act_set(&values, CM_ACT_FIELD_TYPE, cm_view_text("taken"));
	cm_act_set(&values, CM_ACT_FIELD_NOTE, cm_view_text("a note"));
	assert_int_equal(cm_act_body_make(&values, random, &file, &root), CM_OK);
	cm_act_body_write(&file, &body);
	assert_true(cm_act_body_read(cm_buf_view(&body), &back));
	assert_view_is(back.slots[CM_ACT_SLOT(CM_ACT_FIELD_NOTE)].value, "a note");
	assert_false(back.slots[CM_ACT_SLOT(CM_ACT_FIELD_PEER)].open);
	assert_int_equal(cm_receipt_root(&back, &again), CM_OK);
	assert_memory_equal(root.b, again.b, sizeof root.b);
	for (size_t n = 0; n < body.n; n++)
		assert_false(cm_act_body_read(cm_view_of(body.p, n), &back));
	cm_buf_fini(&body);
}

UNIT_MAIN(T(a_body_opens_to_the_same_record))
