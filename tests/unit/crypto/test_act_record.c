#include "unit.h"

#include "base/buf.h"
#include "base/hex.h"
#include "crypto/act_record.h"

// Spelled out from doc/spec/register.md section 2, byte by byte.
static void
a_commitment_is_the_hmac_of_the_page(void **state)
{
	(void)state;
	uint8_t salt[32];
	struct cm_buf m = cm_buf_of(1000);
	struct cm_hash512 mine, told;
	memset(salt, 5, sizeof salt);
	cm_buf_add(&m, "comity-field-v1\0", 16);
	cm_buf_add(&m, "\0\4note\0\0\0\3abc", 13);
	told = cm_hash_hmac512(cm_view_of(salt, sizeof salt), cm_buf_view(&m));
	assert_int_equal(cm_act_record_commit(salt, cm_view_text("note"), cm_view_text("abc"), &mine), CM_OK);
	assert_memory_equal(mine.b, told.b, sizeof mine.b);
	assert_int_equal(cm_act_record_commit(salt, cm_view_text("notea"), cm_view_text("bc"), &told), CM_OK);
	assert_memory_not_equal(mine.b, told.b, sizeof mine.b);
	cm_buf_fini(&m);
}

static void
an_entry_has_69_bytes_whatever_it_says(void **state)
{
	(void)state;
	struct cm_hash512 commitments[CM_ACT_RECORD_SLOTS] = {0}, root, told;
	uint8_t entry[CM_ACT_RECORD_ENTRY];
	struct cm_buf m = cm_buf_of(2000);
	cm_buf_add(&m, "comity-record-v1\0\0\20", 19);
	cm_buf_fill(&m, 0, sizeof commitments);
	told = cm_hash_512_of(cm_buf_view(&m));
	root = cm_act_record_root(commitments);
	assert_memory_equal(root.b, told.b, sizeof root.b);
	cm_act_record_entry(&root, entry);
	assert_memory_equal(entry, "CMY1\1", 5);
	assert_memory_equal(entry + 5, root.b, 64);
	struct cm_hash leaf = cm_act_record_leaf(&root), same = cm_merkle_leaf(cm_view_of(entry + 5, 64));
	assert_true(cm_hash_equal(&leaf, &same));
	cm_buf_fini(&m);
}

UNIT_MAIN(T(a_commitment_is_the_hmac_of_the_page), T(an_entry_has_69_bytes_whatever_it_says))
