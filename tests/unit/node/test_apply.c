// What events change in a real store, and what they must not: messages of ours and of a peer about a request for preservation.
#include "../store/store_unit.h"

#include "node/event.h"

#define DOC "017f22e2-79b0-4cc3-98c4-dc0c0c073901"
#define TASK "017f22e2-79b0-4cc3-98c4-dc0c0c073902"

static struct cm_node node = {.name = {.whole = "xa.contact", .country_upper = "XA"}};

static cm_result
apply(void *self, const struct cm_store_event *event, struct cm_change *change, struct cm_report *report)
{
	(void)self;
	return cm_apply_event(&node, event, change, report);
}

static int
setup(void **state)
{
	unit_setup(state);
	struct unit_store *u = *state;
	unit_close(u);
	u->options.apply = apply;
	struct cm_report report = {0};
	assert_int_equal(cm_store_open(&u->options, &report, &u->store), CM_OK);
	node.store = u->store;
	return 0;
}

// What is said of a request in one message.
static char note[40]; // id of the newest notification

struct told {
	const char *cause, *peer, *state; // state: NULL, the request itself comes with it
	struct cm_event_judged judged;
	struct cm_instant until;
	uint64_t generation, entry;
	bool response;
};

static void
told_objects(const struct told *told, struct cm_hi1_object *objects, struct cm_hi1_state *states)
{
	static const struct cm_view doc = {(const uint8_t *)DOC, sizeof DOC - 1}, task = {(const uint8_t *)TASK, sizeof TASK - 1};
	objects[0] = (struct cm_hi1_object){.type = CM_HI1_TYPE_DOCUMENT, .id = doc,
	        .document = {.type = cm_hi1_entry_of(CM_DICTIONARY_DOCUMENT_TYPE, "Request")}};
	objects[1] = (struct cm_hi1_object){.type = CM_HI1_TYPE_PRESERVATION, .id = task, .associated = &doc, .associated_count = 1};
	if (told->state == NULL)
		return;
	objects[0] = (struct cm_hi1_object){.type = CM_HI1_TYPE_PRESERVATION, .id = task, .generation = told->generation,
	        .preservation = {.status = cm_hi1_entry_of(CM_DICTIONARY_LPTASK_STATUS, "Preserved"), .expiration = told->until}};
	states[0] = (struct cm_hi1_state){task, {CM_DICTIONARY_REQUEST_STATE, cm_view_text(told->state)}, {NULL, 0}};
	states[1] = (struct cm_hi1_state){doc, {CM_DICTIONARY_REQUEST_STATE, cm_view_text("executing")}, {NULL, 0}};
	objects[1] = (struct cm_hi1_object){.type = CM_HI1_TYPE_NOTIFICATION, .id = cm_view_text(note),
	        .notification = {.details = cm_view_text("told"),
	                .type = cm_hi1_entry_of(CM_DICTIONARY_NOTIFICATION_TYPE, "Preservation"),
	                .is_new = CM_HI1_YES, .at = unit_time(0), .states = states, .state_count = 2}};
}

// The change that the message makes, in `ret_change`; the result of making it.
static cm_result
prepare(struct unit_store *u, const struct told *told, struct cm_report *report, struct cm_change **ret_change)
{
	static int count;
	struct cm_hi1_object objects[2];
	struct cm_hi1_state states[2];
	snprintf(note, sizeof note, "017f22e2-79b0-4cc3-98c4-%012d", ++count);
	told_objects(told, objects, states);
	struct cm_hi1_action actions[] = {
	        {.verb = told->state == NULL ? CM_HI1_VERB_CREATE : CM_HI1_VERB_UPDATE, .object = &objects[0]},
	        {.verb = CM_HI1_VERB_CREATE, .object = &objects[1]}};
	for (size_t i = 0; told->response && i < 2; i++)
		actions[i].id = objects[i].id;
	struct cm_hi1_endpoint self = {cm_view_text("XA"), cm_view_text("contact")};
	struct cm_hi1_message message = {.sender = self, .receiver = self, .transaction = cm_view_text(note), .response = told->response,
	        .timestamp = unit_time(0), .workflow = cm_view_text("pres"), .actions = actions, .action_count = 2};
	CM_CLEANUP(cm_buf_fini) struct cm_buf wire = cm_buf_of(65536), detail = cm_buf_of(65536);
	assert_int_equal(cm_event_wire(&message, &wire), CM_OK);
	struct cm_event_message m = {.wire = cm_buf_view(&wire), .peer = cm_view_text(told->peer), .entry = told->entry,
	        .documents = {{.id = cm_view_text(DOC)}}, .document_count = told->state == NULL && !told->response,
	        .judged = {told->judged}, .judged_count = told->judged.id.n > 0};
	cm_event_message_write(&m, &detail);
	struct cm_store_event event = {.at = unit_time(1), .cause = cm_view_text(told->cause), .detail = cm_buf_view(&detail)};
	*ret_change = unit_person("p1");
	cm_report_clear(report);
	return cm_store_apply(u->store, &event, *ret_change, report);
}

static cm_result
tell(struct unit_store *u, const struct told *told, struct cm_report *report)
{
	struct cm_change *change;
	cm_result r = prepare(u, told, report, &change);
	if (r == CM_OK)
		return cm_store_submit_wait(u->store, change, report, NULL, NULL);
	cm_change_free(change);
	return r;
}

static void
assert_request(struct unit_store *u, const char *state, struct cm_instant until, int64_t held)
{
	struct cm_store_page *page;
	const struct cm_store_request *row;
	assert_int_equal(cm_store_request(u->store, cm_view_text(DOC), NULL, &page, &row), CM_OK);
	assert_non_null(row);
	assert_view_is(row->state, state);
	assert_int_equal(row->until.us, until.us);
	assert_int_equal(row->held, held);
	cm_store_page_free(page);
}

static const struct told asked = {.cause = CM_EVENT_TAKEN, .peer = "xc.contact"};

static struct told
decided(const char *from, struct cm_instant until_then, const char *to, struct cm_instant until, uint64_t generation)
{
	return (struct told){.cause = CM_EVENT_SENT, .peer = "xc.contact", .state = to, .until = until, .generation = generation,
	        .judged = {cm_view_text(DOC), cm_view_text(from), until_then}};
}

// Two decisions are judged by the same row. Whichever comes second says nothing: neither after the first, nor beside it.
static void
a_decision_about_another_state_is_not_told(void **state)
{
	struct unit_store *u = *state;
	struct cm_report report = {0};
	struct cm_instant never = {.us = 0};
	struct told yes = decided("acknowledged", never, "preserved", unit_time(60), 2);
	struct told no = decided("acknowledged", never, "refused", never, 2);
	struct cm_change *beside;
	assert_int_equal(tell(u, &asked, &report), CM_OK);
	assert_int_equal(prepare(u, &no, &report, &beside), CM_OK);
	assert_int_equal(tell(u, &yes, &report), CM_OK);
	assert_int_equal(tell(u, &no, &report), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_STORE_STATE_CHANGED));
	cm_report_clear(&report);
	assert_int_equal(cm_store_submit_wait(u->store, beside, &report, NULL, NULL), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_STORE_GENERATION)); // the task comes first in the message
	assert_request(u, "preserved", unit_time(60), 0);
	// A judgement that no table of moves allows.
	struct told never_open = decided("preserved", unit_time(60), "refused", never, 3);
	assert_int_equal(tell(u, &never_open, &report), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_MOVE_NOT_ALLOWED));
	// A state that is told again counts its generation on.
	struct told again = decided("preserved", unit_time(60), "preserved", unit_time(60), 2);
	assert_int_equal(tell(u, &again, &report), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_STORE_GENERATION));
	again.generation = 3;
	again.judged.id = cm_view_of(NULL, 0);
	assert_int_equal(tell(u, &again, &report), CM_BUG);
	assert_request(u, "preserved", unit_time(60), 0);
}

// The clock saw the old end, an officer promised a later one.
static void
an_end_that_moved_does_not_come(void **state)
{
	struct unit_store *u = *state;
	struct cm_report report = {0};
	struct cm_instant never = {.us = 0};
	struct told yes = decided("acknowledged", never, "preserved", unit_time(60), 2);
	struct told longer = decided("preserved", unit_time(60), "preserved", unit_time(600), 3);
	struct told lapses = decided("preserved", unit_time(60), "lapsed", unit_time(60), 3);
	struct cm_change *beside;
	assert_int_equal(tell(u, &asked, &report), CM_OK);
	assert_int_equal(tell(u, &yes, &report), CM_OK);
	assert_int_equal(prepare(u, &lapses, &report, &beside), CM_OK);
	assert_int_equal(tell(u, &longer, &report), CM_OK);
	assert_int_equal(cm_store_submit_wait(u->store, beside, &report, NULL, NULL), CM_REFUSED);
	assert_int_equal(tell(u, &lapses, &report), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_STORE_STATE_CHANGED));
	assert_request(u, "preserved", unit_time(600), 0);
}

// A word of the peer that does not follow is kept as words; neither state nor end nor hold move.
static void
a_word_that_does_not_follow_moves_nothing(void **state)
{
	struct unit_store *u = *state;
	struct cm_report report = {0};
	struct told mine = asked, word = {.cause = CM_EVENT_TAKEN, .peer = "xc.contact", .state = "refused"};
	mine.cause = CM_EVENT_SENT;
	assert_int_equal(tell(u, &mine, &report), CM_OK);
	assert_int_equal(tell(u, &word, &report), CM_OK);
	assert_request(u, "refused", word.until, 0);
	word.state = "held_pending_mla";
	word.until = unit_time(60);
	assert_int_equal(tell(u, &word, &report), CM_OK);
	assert_request(u, "refused", (struct cm_instant){.us = 0}, 0);
}

#define A(f) cmocka_unit_test_setup_teardown(f, setup, unit_teardown)

UNIT_MAIN(A(a_decision_about_another_state_is_not_told), A(an_end_that_moved_does_not_come),
          A(a_word_that_does_not_follow_moves_nothing))
