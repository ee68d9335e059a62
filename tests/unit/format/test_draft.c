#include "json_kit.h"
#include "vector_folder.h"

#include "format/draft.h"

static struct cm_draft_told
told_by_the_node(void)
{
	return (struct cm_draft_told){
	        .sender = {cm_view_text("XA"), cm_view_text("contact")},
	        .receiver = {cm_view_text("XB"), cm_view_text("contact")},
	        .now = cm_instant_of_seconds(1800000000),
	        .transaction = cm_view_text("f357d00a-90d3-43c2-ab55-070a3863644a"),
	        .document = cm_view_text("f0ba8e34-0854-4f6a-ad46-fdacbe0a008e"),
	        .authorisation = cm_view_text("fdcf2fbc-7b86-4bde-a249-90c977902991"),
	        .task = cm_view_text("1bc5d8d0-5bfc-47d7-a174-31dff2677b34"),
	        .encryption = cm_view_text("0769828b-b7f6-4afd-ac56-f36a3ad82828"),
	        .reference = cm_view_text("XA-2027-0412"),
	        .disclosure_reference = cm_view_text("XA-contact-2027.0412"),
	        .seal_certificate = cm_view_text("der"),
	        .node = cm_view_text("xa.contact"),
	        .sha256 = kit_sha256,
	};
}

// What the node made of the draft is a message that its own strict reader takes.
static void
is_a_message(const char *name, enum cm_draft_task task, size_t actions)
{
	struct cm_draft_told told = told_by_the_node();
	struct cm_report report = {.count = 0};
	struct cm_draft draft;
	struct cm_hi1_message message, again;
	struct cm_buf json = kit_file("draft/accept", name), text = cm_buf_of(1 << 20);
	const struct cm_hi1_read_options options = {.sha256 = kit_sha256};
	cm_result r = cm_draft_read(cm_buf_view(&json), &told, &report, &draft);
	kit_say(name, &report);
	assert_int_equal(r, CM_OK);
	assert_true(cm_view_equal(draft.doc.id, told.document));
	assert_int_equal(cm_draft_message(&draft, &told, task, NULL, &message), CM_OK);
	assert_int_equal(message.action_count, actions);
	assert_int_equal(cm_hi1_message_write(&message, &text), CM_OK);
	assert_int_equal(cm_hi1_message_read(cm_buf_view(&text), &options, &report, &again), CM_OK);
	kit_say(name, &report);
	assert_true(cm_hi1_message_good(&again));
	assert_int_equal(again.workflow.n, strlen(name) - strlen(".json"));
	assert_memory_equal(again.workflow.p, name, again.workflow.n);
	const struct cm_hi1_action *last = &again.actions[again.action_count - 1];
	bool emergency = task == CM_DRAFT_EMERGENCY, authorised = task != CM_DRAFT_ALONE;
	const struct cm_hi1_object *first = again.actions[0].object;
	if (first->type == CM_HI1_TYPE_AUTHORISATION) {
		assert_true(authorised);
		assert_int_equal(first->authorisation.flag_count, emergency);
		assert_view_is(first->authorisation.desired_status.value, emergency ? "EmergencyApproval" : "Approved");
	}
	if (last->object->type == CM_HI1_TYPE_DISCLOSURE)
		assert_int_equal(last->object->disclosure.flag_count, emergency);
	bool later = task == CM_DRAFT_EXTENSION || task == CM_DRAFT_ENDING;
	assert_int_equal(last->verb, later ? CM_HI1_VERB_UPDATE : CM_HI1_VERB_CREATE);
	if (later) {
		assert_view_is(last->object->id, "1bc5d8d0-5bfc-47d7-a174-31dff2677b34");
		assert_view_is(last->object->preservation.desired_status.value, task == CM_DRAFT_ENDING ? "Cancelled" : "Preserved");
		assert_int_equal(last->object->preservation.desired_expiration.us != 0, task == CM_DRAFT_EXTENSION);
		assert_null(last->object->preservation.details);
	}
	cm_hi1_message_fini(&again);
	cm_draft_fini(&draft);
	cm_buf_fini(&json);
	cm_buf_fini(&text);
}

static void
a_draft_becomes_a_message(void **state)
{
	(void)state;
	is_a_message("pres.json", CM_DRAFT_PRESERVATION, 3);
	is_a_message("stored.json", CM_DRAFT_DISCLOSURE, 4);
	is_a_message("emergency.json", CM_DRAFT_EMERGENCY, 4);
	is_a_message("video.json", CM_DRAFT_AUTHORISED, 2);
	is_a_message("police.json", CM_DRAFT_ALONE, 1);
	is_a_message("pres_ext.json", CM_DRAFT_EXTENSION, 2);
	is_a_message("pres_end.json", CM_DRAFT_ENDING, 2);
}

static cm_result
judge(struct cm_view bytes, struct cm_report *report)
{
	struct cm_draft_told told = told_by_the_node();
	struct cm_draft draft;
	cm_result r = cm_draft_read(bytes, &told, report, &draft);
	if (r == CM_OK)
		cm_draft_fini(&draft);
	return r;
}

static void
files_are_judged_by_their_names(void **state)
{
	(void)state;
	vector_folder("draft", ".json", judge);
}

UNIT_MAIN(T(a_draft_becomes_a_message), T(files_are_judged_by_their_names))
