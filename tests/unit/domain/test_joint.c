#include "unit.h"

#include "base/tab_limit.h"
#include "base/mem.h"
#include "domain/joint.h"

static struct cm_doc_member
party(const char *node, const char *state, enum cm_doc_flag founds)
{
	return (struct cm_doc_member){cm_view_text(node), cm_view_text(state), cm_view_text("age1key"), cm_instant_of_seconds(7), founds};
}

static void
nothing_is_in_force_before_all_that_found_it_have_agreed(void **state)
{
	(void)state;
	struct cm_joint_roll roll = {.parties = {party("xa.contact", "leads", CM_DOC_YES), party("xb.contact", "agreed", CM_DOC_YES),
	                                     party("xc.contact", "asked", CM_DOC_YES)},
	        .count = 3};
	assert_false(cm_joint_in_force(&roll));
	roll.parties[2].state = cm_view_text("refused");
	assert_false(cm_joint_in_force(&roll));
	roll.parties[2].state = cm_view_text("left"); // the leading State goes on without it
	assert_true(cm_joint_in_force(&roll));
	roll.parties[2] = party("xd.contact", "asked", CM_DOC_NO); // who is asked to join does not stop what there is
	assert_true(cm_joint_in_force(&roll));
	roll.parties[1].state = cm_view_text("left"); // the leading one alone is no joint investigation
	assert_false(cm_joint_in_force(&roll));
}

static void
who_leads_or_has_agreed_is_a_member(void **state)
{
	(void)state;
	struct cm_joint_roll roll = {.parties = {party("xa.contact", "leads", CM_DOC_YES), party("xb.contact", "agreed", CM_DOC_YES),
	                                     party("xc.contact", "left", CM_DOC_YES), party("xd.contact", "asked", CM_DOC_NO)},
	        .count = 4};
	assert_true(cm_joint_member(&roll, cm_view_text("xa.contact")));
	assert_true(cm_joint_member(&roll, cm_view_text("xb.contact")));
	assert_false(cm_joint_member(&roll, cm_view_text("xc.contact")));
	assert_false(cm_joint_member(&roll, cm_view_text("xd.contact")));
	assert_false(cm_joint_member(&roll, cm_view_text("xe.contact")));
}

static void
a_roll_comes_back(void **state)
{
	(void)state;
	struct cm_doc_member in[] = {party("xa.contact", "leads", CM_DOC_YES), party("xb.contact", "asked", CM_DOC_NO)};
	struct cm_joint_roll out;
	struct cm_buf CM_CLEANUP(cm_buf_fini) bytes = cm_buf_of(1024);
	struct cm_buf CM_CLEANUP(cm_buf_fini) words = cm_buf_of(1024);
	cm_joint_roll_write(in, 2, &bytes);
	assert_int_equal(cm_joint_roll_read(cm_buf_view(&bytes), &out), CM_OK);
	assert_int_equal(out.count, 2);
	assert_view_is(out.parties[1].node, "xb.contact");
	assert_view_is(out.parties[0].recipient, "age1key");
	assert_true(out.parties[1].at.us == cm_instant_of_seconds(7).us);
	assert_int_equal(out.parties[0].founds, CM_DOC_YES);
	assert_int_equal(out.parties[1].founds, CM_DOC_NO);
	for (size_t n = 1; n < bytes.n; n++)
		assert_int_equal(cm_joint_roll_read(cm_view_of(bytes.p, n), &out), CM_BUG);
	assert_int_equal(cm_joint_roll_read(cm_view_of(NULL, 0), &out), CM_OK);
	assert_int_equal(out.count, 0);
	bytes.p[0] = CM_LIMIT_JOINT_PARTIES_VALUE + 1;
	assert_int_equal(cm_joint_roll_read(cm_buf_view(&bytes), &out), CM_BUG);
	out = (struct cm_joint_roll){.parties = {in[0], in[1]}, .count = 2};
	cm_joint_words(&out, &words);
	assert_string_equal(cm_buf_cstr(&words), "xa.contact leads since 1970-01-01T00:00:07Z; xb.contact asked since "
	                                         "1970-01-01T00:00:07Z. Not in force.");
}

static void
parts_and_standings_have_their_words(void **state)
{
	(void)state;
	for (enum cm_joint_part part = CM_JOINT_FOUNDS; part <= CM_JOINT_WITHIN; part++)
		assert_int_equal(cm_joint_part_find(cm_view_text(cm_joint_part_name(part))), part);
	assert_int_equal(cm_joint_part_find(cm_view_text("follows")), CM_JOINT_NO_PART);
	assert_string_equal(cm_joint_standing(CM_STATE_ANSWERED), "agreed");
	assert_string_equal(cm_joint_standing(CM_STATE_MORE_INFO), "asked");
	assert_string_equal(cm_joint_standing(CM_STATE_REFUSED), "refused");
	assert_string_equal(cm_joint_standing(CM_STATE_CLOSED), "left");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(nothing_is_in_force_before_all_that_found_it_have_agreed), cmocka_unit_test(who_leads_or_has_agreed_is_a_member),
	        cmocka_unit_test(a_roll_comes_back), cmocka_unit_test(parts_and_standings_have_their_words)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
