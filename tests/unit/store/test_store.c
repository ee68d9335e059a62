#include "store_unit.h"

#include "os/clock.h"
#include "store/inside.h"

#define ID1 "6f1c2a5e-0b1d-4c3e-8f00-000000000001"
#define ID2 "6f1c2a5e-0b1d-4c3e-8f00-000000000002"

static void
an_act_gets_a_receipt_that_others_can_check(void **state)
{
	struct unit_store *u = *state;
	struct cm_buf proof = cm_buf_of(100000), text = cm_buf_of(100000);
	struct cm_report report = {0};
	for (int i = 0; i < 5; i++) {
		cm_buf_clear(&proof);
		assert_int_equal(cm_store_submit_wait(u->store, unit_person("p1"), &report, NULL, &proof), CM_OK);
	}
	struct cm_store_receipt_page *page;
	const struct cm_store_receipt *receipt;
	for (uint64_t i = 0; i < 5; i++) {
		assert_int_equal(cm_store_act_by_index(u->store, i, &report, &page, &receipt), CM_OK);
		assert_non_null(receipt);
		struct cm_act_file back;
		cm_buf_clear(&text);
		assert_int_equal(cm_act_write(&receipt->act->file, &text), CM_OK);
		assert_int_equal(cm_act_read(cm_buf_view(&text), &report, &back), CM_OK);
		struct cm_receipt_question q = {.proof = i == 4 ? cm_buf_view(&proof) : receipt->proof,
		                                .keys = &u->log, .key_count = 1};
		struct cm_receipt_told told;
		assert_int_equal(cm_receipt_act_verify(&back, &q, &report, &told), CM_OK);
		assert_int_equal(told.index, i);
		assert_int_equal(told.size, 5);
		assert_string_equal(told.origin, "xa.contact/log/2027");
		assert_int_equal(cm_receipt_act_signed(&back, &u->authority_public, &report), CM_OK);
		// The same receipt for another act.
		back.slots[CM_ACT_SLOT(CM_ACT_FIELD_PERSON)].value = cm_view_text("p2");
		assert_int_equal(cm_receipt_act_verify(&back, &q, &report, &told), CM_REFUSED);
		assert_true(cm_report_has(&report, CM_ERROR_RECEIPT_OTHER_ACT));
		assert_int_equal(cm_receipt_act_signed(&back, &u->authority_public, &report), CM_REFUSED);
		cm_report_clear(&report);
		cm_act_fini(&back);
		cm_store_receipt_page_free(page);
	}
	assert_int_equal(cm_store_act_by_index(u->store, 5, &report, &page, &receipt), CM_OK);
	assert_null(receipt);
	assert_int_equal(cm_store_check(u->store, &report), CM_OK);
	cm_buf_fini(&proof);
	cm_buf_fini(&text);
}

static struct cm_change *
message(const char *transaction, const char *words)
{
	struct cm_change *change = unit_person("p1");
	struct cm_store_reply reply = {.sender = cm_view_text("xb.contact"),
	                               .transaction = cm_view_text(transaction),
	                               .digest = cm_hash_of(cm_view_text(words)),
	                               .at = cm_instant_of_seconds(INT64_C(4000000000)),
	                               .context = cm_view_text(words)};
	cm_change_reply(change, &reply);
	return change;
}

static void
a_retry_gets_the_first_answer_byte_for_byte(void **state)
{
	struct unit_store *u = *state;
	struct cm_buf first = cm_buf_of(100000), second = cm_buf_of(100000);
	struct cm_report report = {0};
	assert_int_equal(cm_store_submit_wait(u->store, message("t1", "hello"), &report, &first, NULL), CM_OK);
	assert_true(cm_view_starts(cm_buf_view(&first), "hello\nc2sp.org/tlog-proof@v1\nindex 0\n"));
	assert_int_equal(cm_store_submit_wait(u->store, message("t1", "hello"), &report, &second, NULL), CM_OK);
	assert_true(cm_view_equal(cm_buf_view(&first), cm_buf_view(&second)));
	unit_close(u);
	unit_open(u);
	cm_buf_clear(&second);
	assert_int_equal(cm_store_submit_wait(u->store, message("t1", "hello"), &report, &second, NULL), CM_OK);
	assert_true(cm_view_equal(cm_buf_view(&first), cm_buf_view(&second)));
	assert_int_equal(u->replies, 1);
	assert_int_equal(cm_store_submit_wait(u->store, message("t1", "other"), &report, NULL, NULL), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_STORE_TRANSACTION_REUSED));
	struct cm_store_figures figures;
	cm_store_figures(u->store, &figures);
	assert_int_equal(figures.size, 1);
	cm_buf_fini(&first);
	cm_buf_fini(&second);
}

static void
a_refused_change_leaves_nothing(void **state)
{
	struct unit_store *u = *state;
	struct cm_report report = {0};
	struct cm_change *change = unit_person("p1");
	struct cm_store_peer peer = {.node = cm_view_text("xb.contact"), .state = cm_view_text("invited")};
	struct cm_store_request request = {.id = cm_view_text(ID1), .state = cm_view_text("sent")};
	cm_change_peer(change, &peer);
	struct cm_store_request was = {.state = cm_view_text("signed")};
	cm_change_request(change, &was, &request);
	assert_int_equal(cm_store_submit_wait(u->store, change, &report, NULL, NULL), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_STORE_STATE_CHANGED));
	struct cm_store_page *page;
	const struct cm_store_peer *row;
	assert_int_equal(cm_store_peer(u->store, cm_view_text("xb.contact"), &report, &page, &row), CM_OK);
	assert_null(row);
	struct cm_act_values values = {0};
	cm_act_set(&values, CM_ACT_FIELD_TYPE, cm_view_text("asked"));
	change = cm_change_new(unit_time(0));
	cm_change_act(change, &values);
	assert_int_equal(cm_store_submit_wait(u->store, change, &report, NULL, NULL), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_ACT_FIELD_MISSING));
	// The register goes on as if nothing had been.
	assert_int_equal(cm_store_submit_wait(u->store, unit_person("p1"), &report, NULL, NULL), CM_OK);
	assert_int_equal(cm_store_check(u->store, &report), CM_OK);
	assert_false(u->fatal);
}

static void
the_last_number_is_that_of_our_own_requests(void **state)
{
	static const struct {
		const char *reference;
		int ours;
		uint64_t last;
	} rows[] = {{"XA-2026-00009", 1, 9}, {"XA-2026-00010", 1, 10}, {"XA-2026-00003", 1, 10}, {"XA-2026-00500", 0, 10}, {"XA-2025-70000", 1, 10},
	        {"XA-2026-99999", 1, 99999}, {"XA-2026-100000", 1, 100000}, {"XA-2026-mine", 0, 100000}};
	struct unit_store *u = *state;
	struct cm_report report = {0};
	uint64_t last = 1;
	assert_int_equal(cm_store_last_number(u->store, cm_view_text("XA-2026-"), &report, &last), CM_OK);
	assert_int_equal(last, 0);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char id[40];
		snprintf(id, sizeof id, "6f1c2a5e-0b1d-4c3e-8f00-%012zu", i);
		struct cm_change *change = cm_change_new(unit_time(0));
		struct cm_store_request row = {
		        .id = cm_view_text(id), .state = cm_view_text("sent"), .ours = rows[i].ours, .reference = cm_view_text(rows[i].reference)};
		cm_change_request(change, NULL, &row);
		assert_int_equal(cm_store_submit_wait(u->store, change, &report, NULL, NULL), CM_OK);
		assert_int_equal(cm_store_last_number(u->store, cm_view_text("XA-2026-"), &report, &last), CM_OK);
		assert_int_equal(last, rows[i].last);
	}
}

static void
followers_are_those_that_name_a_parent(void **state)
{
	struct unit_store *u = *state;
	struct cm_report report = {0};
	struct cm_change *change = cm_change_new(unit_time(0));
	for (int i = 0; i < 5; i++) {
		char id[40];
		snprintf(id, sizeof id, "6f1c2a5e-0b1d-4c3e-8f00-%012d", i);
		struct cm_store_request row = {.id = cm_view_text(id), .state = cm_view_text("sent"),
		                               .parent = cm_view_text(i == 0 ? "" : i == 1 ? ID2 : ID1)};
		cm_change_request(change, NULL, &row);
	}
	assert_int_equal(cm_store_submit_wait(u->store, change, &report, NULL, NULL), CM_OK);
	struct cm_store_ask ask = {.request = cm_view_text(ID1), .limit = 2};
	size_t found = 0, n = 2;
	char after[40] = "";
	while (n == 2) {
		struct cm_store_page *page;
		const struct cm_store_request *rows;
		ask.after = cm_view_text(after);
		assert_int_equal(cm_store_followers(u->store, &ask, &report, &page, &rows, &n), CM_OK);
		for (size_t i = 0; i < n; i++, found++) {
			assert_view_is(rows[i].parent, ID1);
			snprintf(after, sizeof after, "%.*s", CM_VIEW_ARG(rows[i].id));
		}
		cm_store_page_free(page);
	}
	assert_int_equal(found, 3);
	ask = (struct cm_store_ask){.limit = 2}; // those without a parent follow nothing
	struct cm_store_page *page;
	const struct cm_store_request *rows;
	assert_int_equal(cm_store_followers(u->store, &ask, &report, &page, &rows, &n), CM_OK);
	assert_int_equal(n, 0);
	cm_store_page_free(page);
}

static size_t
named(struct unit_store *u, const char *name)
{
	struct cm_report report = {0};
	struct cm_store_page *page;
	const struct cm_store_request *rows;
	struct cm_store_ask ask = {.named = cm_view_text(name)};
	size_t n = 0;
	assert_int_equal(cm_store_named_requests(u->store, &ask, &report, &page, &rows, &n), CM_OK);
	cm_store_page_free(page);
	return n;
}

static void
a_request_has_more_names_than_its_id(void **state)
{
	struct unit_store *u = *state;
	struct cm_report report = {0};
	struct cm_change *change = cm_change_new(unit_time(0));
	const struct cm_store_request rows[] = {
	        {.id = cm_view_text(ID1), .state = cm_view_text("sent"), .reference = cm_view_text("XA-7")},
	        {.id = cm_view_text(ID2), .state = cm_view_text("sent"), .their_reference = cm_view_text("XB-7")}};
	cm_change_request(change, NULL, &rows[0]);
	cm_change_request(change, NULL, &rows[1]);
	assert_int_equal(cm_store_submit_wait(u->store, change, &report, NULL, NULL), CM_OK);
	size_t same = 0;
	while (ID1[same] == ID2[same])
		same++;
	char begins[40];
	snprintf(begins, sizeof begins, "%.*s", (int)same + 1, ID1);
	assert_int_equal(named(u, begins), 1);
	begins[same] = 0;
	assert_int_equal(named(u, begins), same >= CM_STORE_NAMED ? 2 : 0);
	assert_int_equal(named(u, ID1), 1);
	assert_int_equal(named(u, "XA-7"), 1);
	assert_int_equal(named(u, "XB-7"), 1);
	assert_int_equal(named(u, "XB-"), 0); // a reference is said whole
	begins[CM_STORE_NAMED - 1] = 0;
	assert_int_equal(named(u, begins), 0); // too little of an id
	assert_int_equal(named(u, ""), 0);
}

static cm_result
event(struct unit_store *u, const char *cause, const char *id)
{
	struct cm_report report = {0};
	struct cm_change *change = unit_person("p1");
	struct cm_store_artifact artifact = {.direction = CM_STORE_IN, .media = cm_view_text("hi1"),
	                                     .bytes = cm_view_text(cause)};
	struct cm_store_event e = {.at = unit_time(9), .cause = cm_view_text(cause), .detail = cm_view_text(id)};
	cm_change_artifact(change, &artifact);
	assert_int_equal(cm_store_apply(u->store, &e, change, &report), CM_OK);
	return cm_store_submit_wait(u->store, change, &report, NULL, NULL);
}

// An answer is kept for its time; then the message would be judged anew.
static void
old_answers_go(void **state)
{
	struct unit_store *u = *state;
	struct cm_report report = {0};
	assert_int_equal(cm_store_submit_wait(u->store, message("t1", "hello"), &report, NULL, NULL), CM_OK);
	for (int64_t more = 0; more < 2; more++) {
		struct cm_store_page *page;
		const struct cm_store_reply *row;
		struct cm_change *change = cm_change_new(unit_time(0));
		cm_change_reply_prune(change, cm_instant_of_seconds(INT64_C(4000000000) + more));
		assert_int_equal(cm_store_submit_wait(u->store, change, &report, NULL, NULL), CM_OK);
		assert_int_equal(cm_store_reply(u->store, cm_view_text("xb.contact"), cm_view_text("t1"), &report, &page, &row), CM_OK);
		assert_int_equal(row == NULL, more == 1);
		cm_store_page_free(page);
	}
}

// One judged it by the end it had; by the time of the commit another one was promised.
static void
a_request_whose_end_moved_is_not_what_was_judged(void **state)
{
	struct unit_store *u = *state;
	struct cm_report report = {0};
	struct cm_store_request was = {.id = cm_view_text(ID1), .state = cm_view_text("preserved"), .until = unit_time(60)}, row = was;
	struct cm_change *changes[3];
	for (size_t i = 0; i < 3; i++) {
		changes[i] = cm_change_new(unit_time(0));
		row.until = unit_time(i == 1 ? 120 : 60);
		row.state = cm_view_text(i == 2 ? "lapsed" : "preserved");
		cm_change_request(changes[i], i == 0 ? NULL : &was, &row);
	}
	assert_int_equal(cm_store_submit_wait(u->store, changes[0], &report, NULL, NULL), CM_OK);
	assert_int_equal(cm_store_submit_wait(u->store, changes[1], &report, NULL, NULL), CM_OK);
	assert_int_equal(cm_store_submit_wait(u->store, changes[2], &report, NULL, NULL), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_STORE_STATE_CHANGED));
}

static void
derived_rows_are_rebuilt_from_events(void **state)
{
	struct unit_store *u = *state;
	struct cm_report report = {0};
	assert_int_equal(event(u, "acknowledged", ID1), CM_OK);
	assert_int_equal(event(u, "preserved", ID1), CM_OK);
	assert_int_equal(event(u, "refused", ID1), CM_REFUSED); // no longer acknowledged
	for (int round = 0; round < 2; round++) {
		struct cm_store_page *page;
		const struct cm_store_request *row;
		const struct cm_store_step *steps;
		struct cm_store_ask ask = {.request = cm_view_text(ID1)};
		size_t n;
		assert_int_equal(cm_store_request(u->store, cm_view_text(ID1), &report, &page, &row), CM_OK);
		assert_non_null(row);
		assert_view_is(row->state, "preserved");
		assert_int_equal(row->act, 2);
		assert_int_equal(row->message, 2);
		assert_int_equal(row->changed.us, unit_time(9).us);
		cm_store_page_free(page);
		assert_int_equal(cm_store_steps(u->store, &ask, &report, &page, &steps, &n), CM_OK);
		assert_int_equal(n, 2);
		assert_int_equal(steps[0].act, 1);
		cm_store_page_free(page);
		assert_int_equal(cm_store_rebuild(u->store, &report), CM_OK);
	}
	assert_int_equal(u->applied, 3 + 2 * 2);
}

static void
objects_of_a_peer_are_stamped_a_hundred_a_second(void **state)
{
	struct unit_store *u = *state;
	struct cm_report report = {0};
	struct cm_change *change = cm_change_new(unit_time(0));
	for (int i = 0; i < 250; i++) {
		char id[40];
		snprintf(id, sizeof id, "6f1c2a5e-0b1d-4c3e-8f00-%012d", i);
		struct cm_store_object o = {.id = cm_view_text(id), .peer = cm_view_text("xb.contact"), .registrar = 1,
		                            .generation = 1, .changed = {.us = unit_time(5).us + 1234}};
		cm_change_object(change, -1, &o);
	}
	assert_int_equal(cm_store_submit_wait(u->store, change, &report, NULL, NULL), CM_OK);
	struct cm_store_ask ask = {.peer = cm_view_text("xb.contact"), .from = unit_time(6)};
	struct cm_store_page *page;
	const struct cm_store_object *rows;
	size_t n;
	assert_int_equal(cm_store_objects(u->store, &ask, &report, &page, &rows, &n), CM_OK);
	assert_int_equal(n, 150);
	assert_int_equal(rows[99].changed.us, unit_time(6).us);
	assert_int_equal(rows[100].changed.us, unit_time(7).us);
	struct cm_store_object o = rows[0];
	change = cm_change_new(unit_time(0));
	cm_change_object(change, 7, &o); // somebody thinks it is at generation 7
	assert_int_equal(cm_store_submit_wait(u->store, change, &report, NULL, NULL), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_STORE_GENERATION));
	change = cm_change_new(unit_time(0));
	cm_change_object(change, -1, &o);
	assert_int_equal(cm_store_submit_wait(u->store, change, &report, NULL, NULL), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_STORE_OBJECT_KNOWN));
	cm_store_page_free(page);
}

static void
the_outbox_gives_what_is_due_until_it_is_marked(void **state)
{
	struct unit_store *u = *state;
	struct cm_report report = {0};
	struct cm_change *change = cm_change_new(unit_time(0));
	struct cm_store_artifact message_row = {.direction = CM_STORE_OUT, .bytes = cm_view_text("{}")};
	struct cm_store_outbox out = {.peer = cm_view_text("xb.contact"), .transaction = cm_view_text("t"),
	                              .state = CM_STORE_WAITING, .due = unit_time(10)};
	cm_change_artifact(change, &message_row);
	cm_change_outbox(change, &out);
	assert_int_equal(cm_store_submit_wait(u->store, change, &report, NULL, NULL), CM_OK);
	struct cm_store_due due;
	assert_int_equal(cm_store_next_due(u->store, unit_time(9), &report, &due), CM_OK);
	assert_int_equal(due.count, 0);
	assert_int_equal(due.next.us, unit_time(10).us);
	assert_int_equal(cm_store_next_due(u->store, unit_time(10), &report, &due), CM_OK);
	assert_int_equal(due.count, 1);
	assert_true(due.next.us == INT64_MAX);
	struct cm_store_ask ask = {.until = unit_time(9)};
	struct cm_store_page *page;
	const struct cm_store_outbox *rows;
	size_t n;
	assert_int_equal(cm_store_outboxes(u->store, &ask, &report, &page, &rows, &n), CM_OK);
	assert_int_equal(n, 0);
	cm_store_page_free(page);
	ask.until = unit_time(10);
	assert_int_equal(cm_store_outboxes(u->store, &ask, &report, &page, &rows, &n), CM_OK);
	assert_int_equal(n, 1);
	assert_int_equal(rows[0].artifact, 1);
	struct cm_store_outbox mark = rows[0];
	mark.state = CM_STORE_DONE;
	change = cm_change_new(unit_time(11));
	cm_change_artifact(change, &message_row);
	cm_change_outbox_mark(change, &mark);
	cm_store_page_free(page);
	assert_int_equal(cm_store_submit_wait(u->store, change, &report, NULL, NULL), CM_OK);
	const struct cm_store_outbox *row;
	assert_int_equal(cm_store_outbox(u->store, 1, &report, &page, &row), CM_OK);
	assert_int_equal(row->answer, 2);
	cm_store_page_free(page);
}

// However many wait behind it: the page holds what may go, so that one dead peer stops no other.
static void
a_message_follows_the_older_ones_about_its_request(void **state)
{
	struct unit_store *u = *state;
	struct cm_report report = {0};
	static const char *const what[][3] = {{"t1", "q1", "request"}, {"t2", "q1", "update"}, {"t3", "q2", "update"}, {"t4", "q1", "update"}};
	for (size_t i = 0; i < 4; i++) {
		struct cm_change *change = cm_change_new(unit_time(0));
		struct cm_store_artifact bytes = {.direction = CM_STORE_OUT, .bytes = cm_view_text("{}")};
		struct cm_store_outbox out = {.peer = cm_view_text("xb.contact"), .transaction = cm_view_text(what[i][0]),
		        .request = cm_view_text(what[i][1]), .topic = cm_view_text(what[i][2]), .state = CM_STORE_WAITING, .due = unit_time(1)};
		cm_change_artifact(change, &bytes);
		cm_change_outbox(change, &out);
		assert_int_equal(cm_store_submit_wait(u->store, change, &report, NULL, NULL), CM_OK);
	}
	static const char *const first[] = {"t1", "t3"}, *const then[] = {"t2", "t3"};
	for (size_t round = 0; round < 2; round++) {
		struct cm_store_page *page;
		const struct cm_store_outbox *rows;
		size_t n;
		struct cm_store_due due;
		struct cm_store_ask ask = {.until = unit_time(1)};
		assert_int_equal(cm_store_outboxes(u->store, &ask, &report, &page, &rows, &n), CM_OK);
		assert_int_equal(n, 2);
		for (size_t i = 0; i < 2; i++)
			assert_true(cm_view_is(rows[i].transaction, round == 0 ? first[i] : then[i]));
		assert_int_equal(cm_store_next_due(u->store, unit_time(1), &report, &due), CM_OK);
		assert_int_equal(due.count, 4 - round);
		struct cm_change *change = cm_change_new(unit_time(2));
		struct cm_store_outbox mark = rows[0];
		mark.state = CM_STORE_FAILED;
		cm_change_outbox_mark(change, &mark);
		assert_int_equal(cm_store_submit_wait(u->store, change, &report, NULL, NULL), CM_OK);
		cm_store_page_free(page);
	}
}

static void
a_keeper_that_refuses_stops_the_store(void **state)
{
	struct unit_store *u = *state;
	struct cm_report report = {0};
	assert_int_equal(cm_store_submit_wait(u->store, unit_person("p1"), &report, NULL, NULL), CM_OK);
	u->sign_result = CM_FAILED;
	assert_int_equal(cm_store_submit_wait(u->store, message("t1", "hello"), &report, NULL, NULL), CM_FAILED);
	assert_true(u->fatal);
	assert_int_equal(cm_store_submit_wait(u->store, unit_person("p1"), &report, NULL, NULL), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_STORE_STOPPED));
	// The next start signs what was committed and makes the answer that was missing.
	u->sign_result = CM_OK;
	unit_close(u);
	unit_open(u);
	struct cm_buf answer = cm_buf_of(100000);
	assert_int_equal(u->replies, 1);
	assert_int_equal(cm_store_submit_wait(u->store, message("t1", "hello"), &report, &answer, NULL), CM_OK);
	assert_true(cm_view_starts(cm_buf_view(&answer), "hello\nc2sp.org/tlog-proof@v1\nindex 1\n"));
	assert_int_equal(cm_store_check(u->store, &report), CM_OK);
	cm_buf_fini(&answer);
}

static void
two_stores_never_share_a_folder(void **state)
{
	struct unit_store *u = *state;
	struct cm_report report = {0};
	struct cm_store *other;
	assert_int_equal(cm_store_open(&u->options, &report, &other), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_LOCK_HELD));
	unit_close(u);
	struct cm_note_key log = u->log;
	snprintf(log.name, sizeof log.name, "xa.contact/log/2028");
	struct cm_store_options options = u->options;
	options.log = &log;
	cm_report_clear(&report);
	assert_int_equal(cm_store_open(&options, &report, &other), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_STORE_ORIGIN));
	unit_open(u);
}

// What is written without an act publishes no head; the database is moved out of its log all the same.
static void
the_log_of_the_database_does_not_grow_without_acts(void **state)
{
	struct unit_store *u = *state;
	static uint8_t card[60000];
	size_t most = 0, pages = 0;
	for (int64_t end = cm_clock_after(15 * CM_INSTANT_SECOND); cm_clock_mono() < end && (most < 4096 || pages >= 1024);) {
		struct cm_change *change = cm_change_new(unit_time(0));
		struct cm_store_peer peer = {.node = cm_view_text("xb.contact"), .state = cm_view_text("words"),
		                             .card = cm_view_of(card, sizeof card), .created = unit_time(0),
		                             .changed = unit_time(0), .expires = unit_time(1)};
		assert_non_null(change);
		card[0]++;
		cm_change_peer(change, &peer);
		assert_int_equal(cm_store_submit_wait(u->store, change, NULL, NULL, NULL), CM_OK);
		pages = cm_db_wal_pages(u->store->db);
		most = pages > most ? pages : most;
	}
	assert_true(most >= 4096);
	assert_true(pages < 1024); // it began anew
}

UNIT_MAIN(S(an_act_gets_a_receipt_that_others_can_check), S(a_retry_gets_the_first_answer_byte_for_byte),
          S(a_refused_change_leaves_nothing), S(old_answers_go), S(a_request_whose_end_moved_is_not_what_was_judged), S(derived_rows_are_rebuilt_from_events), S(followers_are_those_that_name_a_parent), S(a_request_has_more_names_than_its_id), S(the_last_number_is_that_of_our_own_requests),
          S(objects_of_a_peer_are_stamped_a_hundred_a_second), S(the_outbox_gives_what_is_due_until_it_is_marked),
          S(a_message_follows_the_older_ones_about_its_request), S(a_keeper_that_refuses_stops_the_store), S(two_stores_never_share_a_folder),
          S(the_log_of_the_database_does_not_grow_without_acts))
