#include "json_kit.h"

#include "base/tab_limit.h"
#include "format/hi1_message.h"
#include "format/json.h"

static const struct cm_hi1_read_options options = {.sha256 = kit_sha256};

static void
comes_back(const char *name, struct cm_view bytes)
{
	struct cm_report report = {.count = 0};
	struct cm_hi1_message m, again;
	cm_result r = cm_hi1_message_read(bytes, &options, &report, &m);
	kit_say(name, &report);
	assert_int_equal(r, CM_OK);
	assert_true(cm_hi1_message_good(&m));
	assert_int_equal(report.count, 0);

	struct cm_buf written = cm_buf_of(1u << 20), wire = cm_buf_of(2u << 20), rewritten = cm_buf_of(1u << 20);
	assert_int_equal(cm_hi1_message_write(&m, &written), CM_OK);
	if (!cm_view_equal(cm_buf_view(&written), m.canonical))
		fail_msg("%s\n%s\n%.*s", name, cm_buf_cstr(&written), (int)m.canonical.n, (const char *)m.canonical.p);

	assert_int_equal(cm_hi1_message_write_wire(&m, &wire), CM_OK);
	assert_int_equal(cm_hi1_message_read_wire(cm_buf_view(&wire), &report, &again), CM_OK);
	assert_int_equal(cm_hi1_message_write(&again, &rewritten), CM_OK);
	assert_true(cm_view_equal(cm_buf_view(&written), cm_buf_view(&rewritten)));
	assert_true(cm_view_equal(m.canonical, again.canonical));
	assert_int_equal(m.jws.present, again.jws.present);
	assert_int_equal(m.jws.chain_count, again.jws.chain_count);
	assert_true(cm_view_equal(m.jws.protected_b64, again.jws.protected_b64));
	assert_memory_equal(m.jws.certificate_sha256, again.jws.certificate_sha256, 32);
	assert_memory_equal(m.jws.request_sha256, again.jws.request_sha256, 32);
	cm_hi1_message_fini(&again);
	cm_hi1_message_fini(&m);
	cm_buf_fini(&written);
	cm_buf_fini(&rewritten);
	cm_buf_fini(&wire);
}

static void
every_example_comes_back_byte_for_byte(void **state)
{
	(void)state;
	kit_each("hi1/accept", 44, comes_back);
}

static void
is_refused(const char *name, struct cm_view bytes)
{
	struct cm_report report = {.count = 0};
	struct cm_hi1_message m;
	enum cm_error rule = kit_rule(name);
	cm_result r = cm_hi1_message_read(bytes, &options, &report, &m);
	bool good = r == CM_OK && cm_hi1_message_good(&m);
	if (good || !cm_report_has(&report, rule)) {
		kit_say(name, &report);
		fail_msg("%s: %s", name, good ? "taken" : "refused by another rule");
	}
	if (r != CM_OK)
		return;
	// The first fault is the one that is told.
	enum cm_hi1_error told = m.fault.error;
	for (size_t i = 0; told == CM_HI1_ERROR_NONE && i < m.action_count; i++)
		told = m.actions[i].fault.error;
	assert_int_not_equal(told, CM_HI1_ERROR_NONE);
	struct cm_buf wire = cm_buf_of(2u << 20);
	struct cm_hi1_message again;
	assert_int_equal(cm_hi1_message_write_wire(&m, &wire), CM_OK);
	assert_int_equal(cm_hi1_message_read_wire(cm_buf_view(&wire), &report, &again), CM_OK);
	assert_int_equal(m.fault.error, again.fault.error);
	assert_false(cm_hi1_message_good(&again));
	cm_hi1_message_fini(&again);
	cm_hi1_message_fini(&m);
	cm_buf_fini(&wire);
}

static void
every_refuse_vector_is_refused_by_its_rule(void **state)
{
	(void)state;
	kit_each("hi1/refuse", 20, is_refused);
}

static void
the_signed_pair_gives_its_parts(void **state)
{
	(void)state;
	struct cm_buf b = kit_file("hi1/accept", "10-signed-pres-request.json");
	struct cm_buf c = kit_file("hi1/accept", "10-signed-pres-response.json");
	struct cm_hi1_message m, answer;
	assert_int_equal(cm_hi1_message_read(cm_buf_view(&b), &options, NULL, &m), CM_OK);
	assert_int_equal(cm_hi1_message_read(cm_buf_view(&c), &options, NULL, &answer), CM_OK);
	assert_true(m.jws.present);
	assert_false(m.jws.answers);
	assert_true(answer.jws.answers);
	uint8_t digest[32];
	kit_sha256(m.canonical, digest);
	assert_memory_equal(answer.jws.request_sha256, digest, 32);
	assert_int_equal(m.jws.chain_count, 1);
	kit_sha256(m.jws.chain[0], digest);
	assert_memory_equal(m.jws.certificate_sha256, digest, 32);
	// Joined again it is the same message.
	struct cm_buf sent = cm_buf_of(1u << 20), canonical = cm_buf_of(1u << 20);
	assert_int_equal(cm_hi1_message_sign(m.canonical, m.jws.protected_b64, m.jws.signature_b64, &sent), CM_OK);
	assert_int_equal(cm_json_canonicalise(cm_buf_view(&b), b.n, NULL, &canonical), CM_OK);
	assert_true(cm_view_equal(cm_buf_view(&sent), cm_buf_view(&canonical)));
	cm_hi1_message_fini(&m);
	cm_hi1_message_fini(&answer);
	cm_buf_fini(&b);
	cm_buf_fini(&c);
	cm_buf_fini(&sent);
	cm_buf_fini(&canonical);
}

static void
a_record_of_the_path_says_what_was_asked(void **state)
{
	(void)state;
	struct cm_buf b = kit_file("hi1/accept", "04-stored-request.json");
	struct cm_hi1_message m;
	assert_int_equal(cm_hi1_message_read(cm_buf_view(&b), &options, NULL, &m), CM_OK);
	assert_view_is(m.workflow, "stored");
	assert_view_is(m.sender.country, "XA");
	assert_int_equal(m.action_count, 5);
	const struct cm_hi1_object *task = m.actions[4].object;
	assert_int_equal(task->type, CM_HI1_TYPE_DISCLOSURE);
	assert_view_is(task->disclosure.preservations[0].value, "1bc5d8d0-5bfc-47d7-a174-31dff2677b34");
	assert_view_is(task->disclosure.destinations[0].endpoint.id, "contact");
	assert_int_equal(task->disclosure.details->observed_count, 1);
	assert_true(cm_hi1_entry_is(task->disclosure.desired_status, CM_DICTIONARY_LDTASK_DESIRED_STATUS, "Disclosed"));
	const struct cm_hi1_object *order = m.actions[2].object;
	assert_view_is(order->document.body->content_type, "application/pdf");
	assert_int_equal(order->document.property_count, 2);
	cm_hi1_message_fini(&m);
	cm_buf_fini(&b);
}

static void
a_record_that_lacks_something_is_not_written(void **state)
{
	(void)state;
	struct cm_buf b = kit_file("hi1/accept", "01-pres-request.json"), out = cm_buf_of(1u << 20);
	struct cm_hi1_message m;
	assert_int_equal(cm_hi1_message_read(cm_buf_view(&b), &options, NULL, &m), CM_OK);
	struct cm_hi1_object task = *m.actions[2].object;
	m.actions[2].object = &task;
	task.country = (struct cm_view){NULL, 0};
	assert_int_equal(cm_hi1_message_write(&m, &out), CM_BUG);
	task = *m.actions[1].object;
	task.generation = 3; // the other side's
	cm_buf_clear(&out);
	assert_int_equal(cm_hi1_message_write(&m, &out), CM_BUG);
	cm_hi1_message_fini(&m);
	cm_buf_fini(&b);
	cm_buf_fini(&out);
}

// A receipt is a text of many lines in a property of the returned Document Request.
static void
an_answer_with_a_receipt_comes_back(void **state)
{
	(void)state;
	struct cm_hi1_property receipt = {
	        .type = cm_hi1_entry_of(CM_DICTIONARY_DOCUMENT_PROPERTY, "receipt"),
	        .value = cm_view_text("c2sp.org/tlog-proof@v1\nindex 1\n\nxb.contact/log/2027\n2\n"),
	};
	struct cm_hi1_object document = {
	        .type = CM_HI1_TYPE_DOCUMENT,
	        .id = cm_view_text("f0ba8e34-0854-4f6a-ad46-fdacbe0a008e"),
	        .generation = 1,
	        .last_changed = cm_instant_of_seconds(1803950524),
	        .document = {.status = cm_hi1_entry_of(CM_DICTIONARY_DOCUMENT_STATUS, "AwaitingApproval"),
	                     .properties = &receipt,
	                     .property_count = 1},
	};
	struct cm_hi1_action action = {.verb = CM_HI1_VERB_CREATE, .id = document.id, .object = &document};
	struct cm_hi1_message m = {
	        .sender = {cm_view_text("XB"), cm_view_text("contact")},
	        .receiver = {cm_view_text("XA"), cm_view_text("contact")},
	        .transaction = cm_view_text("f357d00a-90d3-43c2-ab55-070a3863644a"),
	        .timestamp = {.us = 1803950524402871},
	        .workflow = cm_view_text("pres"),
	        .response = true,
	        .actions = &action,
	        .action_count = 1,
	};
	struct cm_buf out = cm_buf_of(1u << 20);
	struct cm_hi1_message back;
	assert_int_equal(cm_hi1_message_write(&m, &out), CM_OK);
	comes_back("receipt", cm_buf_view(&out));
	assert_int_equal(cm_hi1_message_read(cm_buf_view(&out), &options, NULL, &back), CM_OK);
	assert_true(cm_view_equal(back.actions[0].object->document.properties[0].value, receipt.value));
	cm_hi1_message_fini(&back);
	cm_buf_fini(&out);
}

UNIT_MAIN(T(every_example_comes_back_byte_for_byte), T(every_refuse_vector_is_refused_by_its_rule),
          T(the_signed_pair_gives_its_parts), T(a_record_of_the_path_says_what_was_asked),
          T(a_record_that_lacks_something_is_not_written), T(an_answer_with_a_receipt_comes_back))
