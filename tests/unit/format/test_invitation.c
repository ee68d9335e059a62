#include "vector_folder.h"

#include "format/invitation.h"

static void
a_code_comes_back(void **state)
{
	(void)state;
	struct cm_invitation in = {.address = "node.xa.example:8443"}, out;
	char text[CM_INVITATION_TEXT];
	memset(in.card, 0xa5, sizeof in.card);
	memset(in.secret, 0x3c, sizeof in.secret);
	assert_memory_equal(cm_invitation_write(&in, text), "comity1-", 8);
	assert_int_equal(cm_invitation_read(cm_view_text(text), NULL, &out), CM_OK);
	assert_string_equal(out.address, in.address);
	assert_memory_equal(out.card, in.card, sizeof in.card);
	assert_memory_equal(out.secret, in.secret, sizeof in.secret);
}

static void
every_cut_text_is_refused(void **state)
{
	(void)state;
	struct cm_invitation in = {.address = "h:1"}, out;
	struct cm_report report = {0};
	char text[CM_INVITATION_TEXT];
	cm_invitation_write(&in, text);
	for (size_t n = 0; n < strlen(text) - 1; n++)
		assert_int_equal(cm_invitation_read(cm_view_of(text, n), &report, &out), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_INVITATION_MALFORMED));
}

static cm_result
judge_code(struct cm_view bytes, struct cm_report *report)
{
	struct cm_invitation got;
	return cm_invitation_read(bytes, report, &got);
}

static cm_result
judge_commit(struct cm_view bytes, struct cm_report *report)
{
	struct cm_invitation_commit got;
	return cm_invitation_commit_read(bytes, report, &got);
}

static cm_result
judge_reveal(struct cm_view bytes, struct cm_report *report)
{
	struct cm_invitation_reveal got;
	return cm_invitation_reveal_read(bytes, report, &got);
}

static void
files_are_judged_by_their_names(void **state)
{
	(void)state;
	vector_folder("invitation", ".code", judge_code);
	vector_folder("invitation", ".commit", judge_commit);
	vector_folder("invitation", ".reveal", judge_reveal);
}

static void
handshake_messages_come_back_and_nothing_else_is_taken(void **state)
{
	(void)state;
	struct cm_invitation_commit in = {.card = cm_view_text("{}"), .address = cm_view_text("127.0.0.1:4000")}, out;
	struct cm_invitation_reveal reveal = {.id = {1}, .nonce = {2}}, back;
	struct cm_buf bytes = cm_buf_of(1024);
	memset(in.mac, 7, sizeof in.mac);
	cm_invitation_commit_write(&bytes, &in);
	assert_int_equal(cm_invitation_commit_read(cm_buf_view(&bytes), NULL, &out), CM_OK);
	assert_view_is(out.card, "{}");
	assert_view_is(out.address, "127.0.0.1:4000");
	assert_memory_equal(out.mac, in.mac, sizeof in.mac);
	for (size_t n = 0; n < bytes.n; n++) {
		struct cm_report report = {0};
		assert_int_equal(cm_invitation_commit_read(cm_view_of(bytes.p, n), &report, &out), CM_REFUSED);
		assert_true(cm_report_has(&report, CM_ERROR_HANDSHAKE_MALFORMED));
	}
	cm_buf_u8(&bytes, 0);
	assert_int_equal(cm_invitation_commit_read(cm_buf_view(&bytes), NULL, &out), CM_REFUSED);
	cm_buf_clear(&bytes);
	cm_invitation_reveal_write(&bytes, &reveal);
	assert_int_equal(cm_invitation_reveal_read(cm_buf_view(&bytes), NULL, &back), CM_OK);
	assert_memory_equal(&back, &reveal, sizeof back);
	assert_int_equal(cm_invitation_reveal_read(cm_view_of(bytes.p, bytes.n - 1), NULL, &back), CM_REFUSED);
	cm_buf_fini(&bytes);
}

UNIT_MAIN(T(a_code_comes_back), T(every_cut_text_is_refused), T(files_are_judged_by_their_names),
          T(handshake_messages_come_back_and_nothing_else_is_taken))
