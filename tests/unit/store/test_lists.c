// Pages of long lists: that each row comes once whatever else is asked for, that a walk which finds nothing goes on where it ended,
// and that a row which changes meanwhile moves no other.
#include "store_unit.h"

#define MANY ((int)CM_LIMIT_STORE_WALK_VALUE + 3)

static struct cm_store_request
row_of(int i, char id[8])
{
	snprintf(id, 8, "%07d", i);
	return (struct cm_store_request){.id = cm_view_text(id), .peer = cm_view_text(i % 5 == 0 ? "xc.contact" : "xb.contact"),
	        .kind = cm_view_text("pres"), .state = cm_view_text(i % 4 == 0 ? "refused" : "executing"),
	        .case_id = cm_view_text(i % 10 == 0 ? "one" : ""), .ours = i % 3 == 0, .changed = unit_time(1 + i / 2)};
}

static bool
asked_for(int i, const struct cm_store_ask *ask)
{
	char id[8];
	struct cm_store_request row = row_of(i, id);
	return (ask->peer.n == 0 || cm_view_equal(row.peer, ask->peer)) && (ask->state.n == 0 || cm_view_equal(row.state, ask->state)) &&
	       (ask->case_id.n == 0 || cm_view_equal(row.case_id, ask->case_id)) &&
	       (ask->direction == CM_STORE_BOTH || row.ours == (ask->direction == CM_STORE_OURS));
}

static void
fill(struct unit_store *u, int from, int to)
{
	char id[8];
	while (from < to) {
		struct cm_change *change = cm_change_new(unit_time(0));
		for (int i = 0; i < 4000 && from < to; i++, from++) {
			struct cm_store_request row = row_of(from, id);
			cm_change_request(change, NULL, &row);
		}
		assert_int_equal(cm_store_submit_wait(u->store, change, NULL, NULL, NULL), CM_OK);
	}
}

// Walks all pages; how many there were.
static int
walk(struct unit_store *u, struct cm_store_ask ask, int count)
{
	char after[8];
	int pages = 0, at = count;
	struct cm_store_request_list list;
	do {
		struct cm_store_page *page;
		assert_int_equal(cm_store_requests(u->store, &ask, NULL, &page, &list), CM_OK);
		for (size_t i = 0; i < list.count; i++) {
			char id[8];
			do
				at--;
			while (at >= 0 && !asked_for(at, &ask));
			assert_true(at >= 0 && cm_view_equal(list.rows[i].id, row_of(at, id).id));
		}
		ask.after_time = list.next_time;
		snprintf(after, sizeof after, "%.*s", CM_VIEW_ARG(list.next));
		ask.after = cm_view_text(after);
		cm_store_page_free(page);
		pages++;
	} while (list.next_time.us != 0);
	do
		at--;
	while (at >= 0 && !asked_for(at, &ask));
	assert_int_equal(at, -1);
	return pages;
}

static void
every_row_comes_once_whatever_is_asked_for(void **state)
{
	struct unit_store *u = *state;
	fill(u, 0, 200);
	for (int what = 0; what < 24; what++) {
		struct cm_store_ask ask = {.limit = 7};
		if (what & 1)
			ask.peer = cm_view_text("xc.contact");
		if (what & 2)
			ask.state = cm_view_text("refused");
		if (what & 4)
			ask.case_id = cm_view_text("one");
		ask.direction = what < 8 ? CM_STORE_BOTH : what < 16 ? CM_STORE_OURS : CM_STORE_THEIRS;
		walk(u, ask, 200);
	}
}

static void
a_walk_that_finds_nothing_goes_on_where_it_ended(void **state)
{
	struct unit_store *u = *state;
	struct cm_change *change = cm_change_new(unit_time(0));
	// The oldest of one peer; all others of it are in another state.
	struct cm_store_request row = {.id = cm_view_text("oldest"), .peer = cm_view_text("xd.contact"), .kind = cm_view_text("pres"),
	        .state = cm_view_text("answered"), .changed = unit_time(0)};
	cm_change_request(change, NULL, &row);
	row.state = cm_view_text("executing");
	for (int i = 0; i < MANY; i++) {
		char id[8];
		snprintf(id, sizeof id, "%07d", i);
		row.id = cm_view_text(id);
		row.changed = unit_time(1 + i);
		if (i % 4000 == 3999) {
			assert_int_equal(cm_store_submit_wait(u->store, change, NULL, NULL, NULL), CM_OK);
			change = cm_change_new(unit_time(0));
		}
		cm_change_request(change, NULL, &row);
	}
	assert_int_equal(cm_store_submit_wait(u->store, change, NULL, NULL, NULL), CM_OK);
	struct cm_store_ask ask = {.peer = cm_view_text("xd.contact"), .state = cm_view_text("answered"), .limit = 50};
	struct cm_store_request_list list;
	struct cm_store_page *page, *page2;
	assert_int_equal(cm_store_requests(u->store, &ask, NULL, &page, &list), CM_OK);
	assert_int_equal(list.count, 0);
	assert_int_equal(list.next_time.us, unit_time(1 + MANY - (int)CM_LIMIT_STORE_WALK_VALUE).us);
	ask.after_time = list.next_time;
	ask.after = list.next;
	assert_int_equal(cm_store_requests(u->store, &ask, NULL, &page2, &list), CM_OK);
	assert_int_equal(list.count, 1);
	assert_true(cm_view_is(list.rows[0].id, "oldest"));
	assert_int_equal(list.next_time.us, 0);
	cm_store_page_free(page2);
	cm_store_page_free(page);
}

static void
a_row_that_changes_moves_no_other(void **state)
{
	struct unit_store *u = *state;
	struct cm_store_ask ask = {.limit = 10};
	struct cm_store_request_list list;
	struct cm_store_page *page, *page2;
	char id[8];
	fill(u, 0, 30);
	assert_int_equal(cm_store_requests(u->store, &ask, NULL, &page, &list), CM_OK);
	struct cm_store_request last = list.rows[9], changed = last;
	changed.changed = unit_time(1000);
	struct cm_change *change = cm_change_new(unit_time(0));
	cm_change_request(change, &last, &changed);
	assert_int_equal(cm_store_submit_wait(u->store, change, NULL, NULL, NULL), CM_OK);
	ask.after_time = list.next_time;
	ask.after = list.next;
	assert_int_equal(cm_store_requests(u->store, &ask, NULL, &page2, &list), CM_OK);
	assert_int_equal(list.count, 10);
	assert_true(cm_view_equal(list.rows[0].id, row_of(19, id).id));
	cm_store_page_free(page2);
	cm_store_page_free(page);
}

UNIT_MAIN(S(every_row_comes_once_whatever_is_asked_for), S(a_walk_that_finds_nothing_goes_on_where_it_ended),
          S(a_row_that_changes_moves_no_other))
