// What events change in a real store, and what they must not: messages of ours and of a peer about a request for preservation.
#include "../store/store_unit.h"

#include "domain/deadline.h"
#include "node/event.h"
#include "store/sqlite/db.h"
#include "store/table.h"

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
	const char *over;                 // the limit whose end it tells, or NULL
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
	if (told->over != NULL)
		m.over = cm_view_text(told->over);
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

// Every row of every derived table, as text.
static void
dump(const struct unit_store *u, struct cm_buf *to)
{
	char path[300];
	struct cm_db *db;
	snprintf(path, sizeof path, "%s/db/comity.db", u->home);
	assert_int_equal(cm_db_open(path, CM_DB_READ, NULL, &db), CM_OK);
	for (int t = CM_TABLE_DERIVED; t < CM_TABLE_END; t++) {
		const struct cm_table *table = cm_table_of((enum cm_table_name)t);
		struct cm_db_stmt *stmt;
		bool more = true;
		CM_CLEANUP(cm_buf_fini) struct cm_buf sql = cm_buf_of(4096);
		cm_buf_text(&sql, "SELECT ''");
		for (const struct cm_table_column *c = table->columns; c->name != NULL; c++)
			cm_buf_printf(&sql, "||' '||quote(\"%s\")", c->name);
		cm_buf_printf(&sql, " FROM \"%s\" ORDER BY 1", table->name);
		assert_int_equal(cm_db_stmt(db, cm_buf_cstr(&sql), NULL, &stmt), CM_OK);
		for (;;) {
			assert_int_equal(cm_db_step(stmt, NULL, &more), CM_OK);
			if (!more)
				break;
			cm_buf_printf(to, "%s:", table->name);
			cm_buf_view_add(to, cm_db_bytes(stmt, 0));
			cm_buf_u8(to, '\n');
		}
	}
	cm_db_close(db);
	assert_int_equal(cm_buf_result(to), CM_OK);
}

static void
assert_rebuilt_alike(struct unit_store *u)
{
	struct cm_report report = {0};
	CM_CLEANUP(cm_buf_fini) struct cm_buf before = cm_buf_of(1000000), after = cm_buf_of(1000000);
	dump(u, &before);
	assert_true(before.n > 0);
	assert_int_equal(cm_store_rebuild(u->store, &report), CM_OK);
	dump(u, &after);
	assert_string_equal(cm_buf_cstr(&after), cm_buf_cstr(&before));
}

// An event of texts.
static cm_result
happened(struct unit_store *u, struct cm_instant at, const char *cause, const struct cm_event_texts *texts,
         struct cm_report *report)
{
	struct cm_change *change = cm_change_new(at);
	CM_CLEANUP(cm_buf_fini) struct cm_buf detail = cm_buf_of(4096);
	cm_event_texts_write(texts, &detail);
	struct cm_store_event event = {.at = at, .cause = cm_view_text(cause), .detail = cm_buf_view(&detail)};
	cm_report_clear(report);
	cm_result r = cm_store_apply(u->store, &event, change, report);
	if (r == CM_OK)
		return cm_store_submit_wait(u->store, change, report, NULL, NULL);
	cm_change_free(change);
	return r;
}

static cm_result
looked(struct unit_store *u, struct cm_instant now, struct cm_instant end, struct cm_report *report)
{
	char at[24];
	snprintf(at, sizeof at, "%lld", (long long)end.us);
	struct cm_event_texts texts = {.text = {cm_view_text(DOC), cm_view_text("hc-pres-min"), cm_view_text(at), cm_view_text("running")}, .n = 4};
	return happened(u, now, CM_EVENT_DEADLINE, &texts, report);
}

static void
assert_deadline(struct unit_store *u, struct cm_instant end, const char *state, int64_t stage)
{
	struct cm_store_page *page;
	const struct cm_store_deadline *row;
	struct cm_store_ask ask = {.request = cm_view_text(DOC)};
	size_t n;
	assert_int_equal(cm_store_deadlines(u->store, &ask, NULL, &page, &row, &n), CM_OK);
	assert_int_equal(n, 1);
	assert_int_equal(row->at.us, end.us);
	assert_view_is(row->state, state);
	assert_int_equal(row->stage, stage);
	cm_store_page_free(page);
}

// The clock looks at the end that it read; when another one was promised meanwhile, that stays as it is.
static void
a_look_at_an_end_that_moved_changes_nothing(void **state)
{
	struct unit_store *u = *state;
	struct cm_report report = {0};
	struct cm_instant never = {.us = 0}, end = unit_time(60), later = unit_time(600);
	struct told yes = decided("acknowledged", never, "preserved", end, 2);
	struct told longer = decided("preserved", end, "preserved", later, 3);
	assert_int_equal(tell(u, &asked, &report), CM_OK);
	assert_int_equal(tell(u, &yes, &report), CM_OK);
	assert_int_equal(looked(u, unit_time(2), end, &report), CM_OK);
	assert_deadline(u, end, "running", CM_DEADLINE_HEAD);
	assert_int_equal(tell(u, &longer, &report), CM_OK);
	assert_int_equal(looked(u, unit_time(61), end, &report), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_STORE_STATE_CHANGED));
	assert_deadline(u, later, "running", CM_DEADLINE_HEAD);
	struct cm_store_deadline was = {.request = cm_view_text(DOC), .limit = cm_view_text("hc-pres-min"), .at = end,
	        .state = cm_view_text("running")}, over = was;
	over.state = cm_view_text("over");
	struct cm_change *change = cm_change_new(unit_time(61)); // as if the end moved between the look and the commit
	cm_change_deadline(change, &was, &over);
	cm_report_clear(&report);
	assert_int_equal(cm_store_submit_wait(u->store, change, &report, NULL, NULL), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_STORE_STATE_CHANGED));
	assert_deadline(u, later, "running", CM_DEADLINE_HEAD);
}

// The asking node's own clock tells the end while the peer's word of it is being kept: the word is made again, and the clock has
// nothing left to tell.
static void
an_end_is_told_by_one_of_two(void **state)
{
	struct unit_store *u = *state;
	struct cm_report report = {0};
	struct cm_instant end = unit_time(60);
	struct cm_change *beside;
	struct told mine = asked, word = {.cause = CM_EVENT_TAKEN, .peer = "xc.contact", .state = "preserved", .until = end};
	mine.cause = CM_EVENT_SENT;
	assert_int_equal(tell(u, &mine, &report), CM_OK);
	assert_int_equal(tell(u, &word, &report), CM_OK);
	assert_request(u, "preserved", end, 0);
	word.state = "lapsed";
	assert_int_equal(prepare(u, &word, &report, &beside), CM_OK);
	assert_int_equal(looked(u, unit_time(61), end, &report), CM_OK);
	assert_deadline(u, end, "over", CM_DEADLINE_OVER);
	assert_int_equal(cm_store_submit_wait(u->store, beside, &report, NULL, NULL), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_STORE_STATE_CHANGED));
	assert_int_equal(tell(u, &word, &report), CM_OK);
	assert_request(u, "lapsed", end, 0);
	assert_deadline(u, end, "over", CM_DEADLINE_OVER);
	struct cm_instant wake;
	assert_int_equal(cm_store_next_wake(u->store, NULL, &wake), CM_OK);
	assert_int_equal(wake.us, INT64_MAX);
	assert_rebuilt_alike(u);
}

static void
an_end_that_came_is_rebuilt(void **state)
{
	struct unit_store *u = *state;
	struct cm_report report = {0};
	struct cm_instant never = {.us = 0}, end = unit_time(60);
	struct told yes = decided("acknowledged", never, "preserved", end, 2);
	struct told lapses = decided("preserved", end, "lapsed", end, 3);
	assert_int_equal(tell(u, &asked, &report), CM_OK);
	assert_int_equal(tell(u, &yes, &report), CM_OK);
	assert_int_equal(looked(u, unit_time(2), end, &report), CM_OK);
	assert_rebuilt_alike(u);
	assert_int_equal(tell(u, &lapses, &report), CM_OK);
	assert_int_equal(looked(u, unit_time(61), end, &report), CM_OK);
	assert_request(u, "lapsed", end, 0);
	assert_deadline(u, end, "over", CM_DEADLINE_OVER);
	assert_rebuilt_alike(u);
	assert_request(u, "lapsed", end, 0);
}

static void
a_refused_request_is_rebuilt_as_a_draft(void **state)
{
	struct unit_store *u = *state;
	struct cm_report report = {0};
	struct cm_event_texts texts = {.text = {cm_view_text(DOC), cm_view_text("42006 not taken")}, .n = 2};
	struct told mine = asked;
	mine.cause = CM_EVENT_SENT;
	assert_int_equal(tell(u, &mine, &report), CM_OK);
	assert_int_equal(happened(u, unit_time(2), CM_EVENT_BOUNCED, &texts, &report), CM_OK);
	assert_request(u, "draft", (struct cm_instant){.us = 0}, 0);
	assert_rebuilt_alike(u);
	assert_request(u, "draft", (struct cm_instant){.us = 0}, 0);
}

// The clock's word is about a clock that runs and is over; neither a later end nor another limit will do.
static void
an_end_is_told_of_a_clock_that_is_over(void **state)
{
	struct unit_store *u = *state;
	struct cm_report report = {0};
	struct told yes = decided("acknowledged", (struct cm_instant){.us = 0}, "preserved", unit_time(60), 2);
	struct told end = decided("preserved", unit_time(60), "lapsed", unit_time(60), 3);
	end.over = "hc-pres-min";
	assert_int_equal(tell(u, &asked, &report), CM_OK);
	assert_int_equal(tell(u, &yes, &report), CM_OK);
	assert_int_equal(tell(u, &end, &report), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_STORE_STATE_CHANGED));
	struct told again = decided("preserved", unit_time(60), "preserved", unit_time(1), 3);
	assert_int_equal(tell(u, &again, &report), CM_OK);
	end = decided("preserved", unit_time(1), "lapsed", unit_time(1), 4);
	end.over = "ask-reply";
	assert_int_equal(tell(u, &end, &report), CM_REFUSED);
	end.over = "hc-pres-min";
	assert_int_equal(tell(u, &end, &report), CM_OK);
	assert_rebuilt_alike(u);
}

// An answer moves what its peer keeps for us, and nothing that is between us and another one.
static void
an_answer_is_about_its_own_peer(void **state)
{
	struct unit_store *u = *state;
	struct cm_report report = {0};
	struct told mine = asked, answer = {.cause = CM_EVENT_ANSWERED, .peer = "xd.contact", .response = true, .entry = 5};
	mine.cause = CM_EVENT_SENT;
	assert_int_equal(tell(u, &mine, &report), CM_OK);
	assert_int_equal(tell(u, &answer, &report), CM_OK);
	assert_request(u, "sent", (struct cm_instant){.us = 0}, 0);
	answer.peer = "xc.contact";
	assert_int_equal(tell(u, &answer, &report), CM_OK);
	assert_request(u, "acknowledged", (struct cm_instant){.us = 0}, 0);
	assert_rebuilt_alike(u);
}

#define A(f) cmocka_unit_test_setup_teardown(f, setup, unit_teardown)

UNIT_MAIN(A(a_decision_about_another_state_is_not_told), A(an_end_that_moved_does_not_come),
          A(a_word_that_does_not_follow_moves_nothing), A(a_look_at_an_end_that_moved_changes_nothing),
          A(an_end_is_told_by_one_of_two), A(an_end_is_told_of_a_clock_that_is_over), A(an_end_that_came_is_rebuilt), A(a_refused_request_is_rebuilt_as_a_draft), A(an_answer_is_about_its_own_peer))
