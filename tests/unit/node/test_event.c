#include "unit.h"

#include "node/event.h"

static void
messages_come_back(void **state)
{
	(void)state;
	struct cm_event_message in = {
	        .wire = cm_view_text("wire"),
	        .peer = cm_view_text("xb.contact"),
	        .person = cm_view_text("ilse"),
	        .case_id = cm_view_text("HOSP-1"),
	        .documents = {{cm_view_text("id"), cm_view_text("title"), cm_view_text("parent"), true}},
	        .document_count = 1,
	};
	struct cm_event_message out;
	struct cm_buf bytes = cm_buf_of(1024);
	cm_event_message_write(&in, &bytes);
	assert_int_equal(cm_event_message_read(cm_buf_view(&bytes), &out), CM_OK);
	assert_view_is(out.wire, "wire");
	assert_view_is(out.case_id, "HOSP-1");
	assert_int_equal(out.document_count, 1);
	assert_view_is(out.documents[0].parent, "parent");
	assert_true(out.documents[0].gaps);
	for (size_t n = 0; n < bytes.n; n++)
		assert_int_equal(cm_event_message_read(cm_view_of(bytes.p, n), &out), CM_BUG);
	cm_buf_fini(&bytes);
}

static void
texts_and_places_come_back(void **state)
{
	(void)state;
	struct cm_event_texts in = {.text = {cm_view_text("a"), cm_view_text("")}, .n = 2}, out;
	struct cm_event_where where = {true, cm_view_text("transaction"), cm_view_text("object")}, back;
	struct cm_buf bytes = cm_buf_of(1024);
	cm_event_texts_write(&in, &bytes);
	assert_int_equal(cm_event_texts_read(cm_buf_view(&bytes), &out), CM_OK);
	assert_int_equal(out.n, 2);
	assert_view_is(out.text[0], "a");
	assert_int_equal(cm_event_texts_read(cm_view_text("\377"), &out), CM_BUG);
	cm_buf_clear(&bytes);
	cm_event_where_write(&where, &bytes);
	assert_int_equal(cm_event_where_read(cm_buf_view(&bytes), &back), CM_OK);
	assert_true(back.in);
	assert_view_is(back.object, "object");
	assert_int_equal(cm_event_where_read(cm_view_of(bytes.p, bytes.n - 1), &back), CM_BUG);
	cm_buf_fini(&bytes);
}

UNIT_MAIN(T(messages_come_back), T(texts_and_places_come_back))
