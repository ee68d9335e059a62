#include "unit.h"

#include "crypto/statement.h"

static void
acts_start_with_their_purpose(void **state)
{
	(void)state;
	struct cm_hash root = cm_hash_of(cm_view_text("root"));
	struct cm_buf acts = cm_buf_of(CM_STATEMENT_ACTS);
	cm_statement_acts(&root, 3, (struct cm_instant){.us = 0x0102}, &acts);
	assert_int_equal(cm_buf_result(&acts), CM_OK);
	static const char front[] = "comity-acts-v1\n\0\0\0\0\0\0\0\3\0\0\0\0\0\0\1\2";
	assert_int_equal(acts.n, sizeof front - 1 + CM_HASH_SIZE);
	assert_memory_equal(acts.p, front, sizeof front - 1);
	assert_memory_equal(acts.p + sizeof front - 1, root.b, CM_HASH_SIZE);
	cm_buf_fini(&acts);
}

static void
a_head_is_the_text_of_a_checkpoint(void **state)
{
	(void)state;
	struct cm_hash root = {{0}};
	struct cm_buf head = cm_buf_of(256);
	cm_statement_head(cm_view_text("xa.contact/log/2027"), 9007199254740993, &root, &head);
	assert_view_is(cm_buf_view(&head),
	               "xa.contact/log/2027\n9007199254740993\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n");
	cm_buf_fini(&head);
}

UNIT_MAIN(T(acts_start_with_their_purpose), T(a_head_is_the_text_of_a_checkpoint))
