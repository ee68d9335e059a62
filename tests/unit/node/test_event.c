#include "unit.h"

#include "node/event.h"

static void
messages_come_back(void **state)
{
	(void)state;
	struct cm_event_message in = {
	        .wire = cm_view_text("wire"),
	        .entry = 4711,
	        .peer = cm_view_text("xb.contact"),
	        .person = cm_view_text("ilse"),
	        .case_id = cm_view_text("HOSP-1"),
	        .documents = {{cm_view_text("id"), cm_view_text("title"), cm_view_text("parent"), cm_view_text("first"), true, cm_view_text("number"), cm_view_text("joins")}},
	        .document_count = 1,
	        .judged = {{cm_view_text("id"), cm_view_text("preserved"), cm_instant_of_seconds(7)}},
	        .judged_count = 1,
	        .ends = {.at = {{CM_DEADLINE_START_QUESTION, cm_instant_of_seconds(9), true}}, .count = 1},
	        .anyway = cm_view_text("why"),
	        .over = cm_view_text("ask-reply"),
	        .roll = cm_view_text("roll"),
	        .clocks = {.at = {{CM_TIME_LIMIT_HC_MLA, CM_EVENT_RESUMED, cm_instant_of_seconds(3), cm_instant_of_seconds(8), {.us = 0}}}, .count = 1},
	};
	struct cm_event_message out;
	struct cm_buf bytes = cm_buf_of(1024), ends = cm_buf_of(1024), clocks = cm_buf_of(1024);
	cm_event_ends_write(&in.ends, &ends);
	cm_event_clocks_write(&in.clocks, &clocks);
	cm_event_message_write(&in, &bytes);
	assert_int_equal(cm_event_message_read(cm_buf_view(&bytes), &out), CM_OK);
	assert_view_is(out.wire, "wire");
	assert_true(out.entry == 4711);
	assert_view_is(out.case_id, "HOSP-1");
	assert_int_equal(out.document_count, 1);
	assert_view_is(out.documents[0].parent, "parent");
	assert_view_is(out.documents[0].relates, "first");
	assert_true(out.documents[0].gaps);
	assert_int_equal(out.judged_count, 1);
	assert_view_is(out.judged[0].state, "preserved");
	assert_true(out.judged[0].until.us == cm_instant_of_seconds(7).us);
	assert_int_equal(out.ends.count, 1);
	assert_int_equal(out.ends.at[0].start, CM_DEADLINE_START_QUESTION);
	assert_true(out.ends.at[0].at.us == cm_instant_of_seconds(9).us && out.ends.at[0].quiet);
	assert_view_is(out.anyway, "why");
	assert_view_is(out.over, "ask-reply");
	assert_view_is(out.documents[0].undertaking, "number");
	assert_view_is(out.documents[0].part, "joins");
	assert_view_is(out.roll, "roll");
	assert_int_equal(out.clocks.count, 1);
	assert_int_equal(out.clocks.at[0].limit, CM_TIME_LIMIT_HC_MLA);
	assert_int_equal(out.clocks.at[0].says, CM_EVENT_RESUMED);
	assert_true(out.clocks.at[0].at.us == cm_instant_of_seconds(3).us && out.clocks.at[0].end.us == cm_instant_of_seconds(8).us);
	assert_view_is(out.documents[0].relates, "first");
	// Events of before: without links, words about clocks, an undertaking, the clock that made it, an override, the ends of documents.
	size_t parts[] = {4 + in.documents[0].relates.n, clocks.n, 3 * 4 + strlen("number" "joins" "roll"), 4 + in.over.n, 4 + in.anyway.n, ends.n};
	size_t old[6], left = bytes.n;
	for (size_t i = 0; i < 6; i++)
		old[i] = left -= parts[i];
	for (size_t n = 0; n < bytes.n; n++) {
		bool whole = n == old[0] || n == old[1] || n == old[2] || n == old[3] || n == old[4] || n == old[5];
		assert_int_equal(cm_event_message_read(cm_view_of(bytes.p, n), &out), whole ? CM_OK : CM_BUG);
	}
	cm_buf_fini(&clocks);
	cm_buf_fini(&bytes);
	cm_buf_fini(&ends);
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

// What the artifact holds is not held twice, and an object is recognised by what is left of it.
static void
what_stands_in_the_artifact_is_not_kept_again(void **state)
{
	(void)state;
	static struct cm_node node = {.name = {.whole = "xa.contact", .country_upper = "XA"}};
	uint8_t digest[32] = {7};
	struct cm_hi1_body body = {.contents = cm_view_text("{\"format\":\"comity.request/1\"}"),
	        .content_type = cm_view_text("application/vnd.comity.request+json"),
	        .sha256 = cm_view_of(digest, sizeof digest)};
	struct cm_hi1_property receipt = {
	        .type = cm_hi1_entry_of(CM_DICTIONARY_DOCUMENT_PROPERTY, "receipt"), .value = cm_view_text("c2sp.org/tlog-proof@v1")};
	struct cm_hi1_object object = {.type = CM_HI1_TYPE_DOCUMENT,
	        .id = cm_view_text("017f22e2-79b0-7cc3-98c4-dc0c0c07398f"),
	        .document = {.type = cm_hi1_entry_of(CM_DICTIONARY_DOCUMENT_TYPE, "Request"), .body = &body,
	                .properties = &receipt, .property_count = 1}};
	struct cm_hi1_action action = {.verb = CM_HI1_VERB_CREATE, .id = object.id, .object = &object};
	struct cm_hi1_endpoint self = {cm_view_text("XA"), cm_view_text("contact")};
	struct cm_hi1_message message = {.sender = self, .receiver = self, .transaction = object.id,
	        .timestamp = cm_instant_of_seconds(1), .actions = &action, .action_count = 1}, back = {.action_count = 0};
	struct cm_buf wire = cm_buf_of(65536), first = cm_buf_of(65536), second = cm_buf_of(65536);
	assert_int_equal(cm_event_wire(&message, &wire), CM_OK);
	assert_int_equal(cm_hi1_message_read_wire(cm_buf_view(&wire), NULL, &back), CM_OK);
	const struct cm_hi1_document *kept = &back.actions[0].object->document;
	assert_true(cm_view_equal(kept->body->contents, body.sha256));
	assert_int_equal(kept->property_count, 0);
	assert_int_equal(cm_event_object_wire(&node, &object, &first), CM_OK);
	assert_int_equal(cm_event_object_wire(&node, back.actions[0].object, &second), CM_OK);
	assert_true(cm_view_equal(cm_buf_view(&first), cm_buf_view(&second)));
	digest[0] = 8;
	cm_buf_clear(&second);
	assert_int_equal(cm_event_object_wire(&node, &object, &second), CM_OK);
	assert_false(cm_view_equal(cm_buf_view(&first), cm_buf_view(&second)));
	cm_hi1_message_fini(&back);
	cm_buf_fini(&wire);
	cm_buf_fini(&first);
	cm_buf_fini(&second);
}

UNIT_MAIN(T(what_stands_in_the_artifact_is_not_kept_again), T(messages_come_back), T(texts_and_places_come_back))
