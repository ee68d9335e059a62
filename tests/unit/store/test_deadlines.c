// Many random operations on clocks, held against a plain model: begun, moved, left, looked at, by rows that may be old, with the
// store closed and opened between. Each end that comes is told once, and none is told that was left or moved before.
#include "store_unit.h"

#define CLOCKS 24
#define STEPS 1500

struct clock {
	bool known, running;
	int64_t at; // seconds
	size_t due, told; // ends that came while it ran; and those that were told
	struct cm_store_deadline seen; // a row as it was read some time ago
	char id[8];
};

static uint64_t dice = 7;

static uint64_t
roll(uint64_t sides)
{
	dice = dice * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (dice >> 33) % sides;
}

static struct cm_store_deadline
row_of(const struct clock *c, int64_t at, const char *state)
{
	return (struct cm_store_deadline){.request = cm_view_text(c->id), .limit = cm_view_text("ask-reply"), .at = unit_time(at),
	        .wake = strcmp(state, "running") == 0 ? unit_time(at) : (struct cm_instant){.us = 0}, .state = cm_view_text(state)};
}

// The store takes a change of the row exactly when the row is still as the one who changes it saw it.
static void
change(struct unit_store *u, struct clock *c, const struct cm_store_deadline *from, const struct cm_store_deadline *to)
{
	struct cm_change *change = cm_change_new(unit_time(0));
	bool same = from == NULL || (from->at.us == unit_time(c->at).us && cm_view_is(from->state, "running") == c->running);
	cm_change_deadline(change, from, to);
	assert_int_equal(cm_store_submit_wait(u->store, change, NULL, NULL, NULL), same ? CM_OK : CM_REFUSED);
	if (!same)
		return;
	c->known = true;
	c->running = cm_view_is(to->state, "running");
	c->at = cm_instant_seconds(to->at) - cm_instant_seconds(unit_time(0));
}

// All that is due, page after page, as the timer takes it.
static void
look(struct unit_store *u, struct clock *clocks, int64_t now)
{
	struct cm_store_ask ask = {.until = unit_time(now), .limit = 5};
	for (size_t n = 5; n == 5;) {
		struct cm_store_page *page;
		const struct cm_store_deadline *rows;
		assert_int_equal(cm_store_wakes(u->store, &ask, NULL, &page, &rows, &n), CM_OK);
		for (size_t i = 0; i < n; i++) {
			struct clock *c = &clocks[rows[i].request.p[1] - 'a'];
			struct cm_store_deadline over = row_of(c, c->at, "over");
			assert_true(c->running && c->at <= now);
			change(u, c, &rows[i], &over);
			c->told++;
		}
		cm_store_page_free(page);
	}
}

static void
assert_model(struct unit_store *u, const struct clock *clocks, int64_t now)
{
	struct cm_instant wake, first = {.us = INT64_MAX};
	for (size_t i = 0; i < CLOCKS; i++) {
		assert_int_equal(clocks[i].told, clocks[i].due);
		assert_true(!clocks[i].running || clocks[i].at > now);
		if (clocks[i].running && unit_time(clocks[i].at).us < first.us)
			first = unit_time(clocks[i].at);
	}
	assert_int_equal(cm_store_next_wake(u->store, NULL, &wake), CM_OK);
	assert_int_equal(wake.us, first.us);
}

static void
no_end_is_lost_or_told_twice(void **state)
{
	struct unit_store *u = *state;
	static struct clock clocks[CLOCKS];
	size_t told = 0;
	int64_t now = 0;
	for (size_t i = 0; i < CLOCKS; i++)
		snprintf(clocks[i].id, sizeof clocks[i].id, "r%c", (char)('a' + i));
	for (size_t step = 0; step < STEPS; step++) {
		struct clock *c = &clocks[roll(CLOCKS)];
		struct cm_store_deadline fresh = row_of(c, now + 1 + (int64_t)roll(50), "running"), met = row_of(c, c->at, "met"),
		                         seen = row_of(c, c->at, "running");
		uint64_t what = roll(10);
		if (what < 4 && !c->running) {
			change(u, c, NULL, &fresh);
		} else if (what < 5 && c->running) {
			change(u, c, &seen, &fresh); // moved
		} else if (what < 6 && c->running) {
			change(u, c, &seen, &met);
		} else if (what < 7 && c->known && c->seen.request.n > 0) {
			met.at = c->seen.at;
			change(u, c, &c->seen, &met); // by a row that may be old
		} else if (what < 8 && c->running) {
			c->seen = seen;
		} else if (what < 9) {
			now += (int64_t)roll(12);
			for (size_t i = 0; i < CLOCKS; i++)
				clocks[i].due += clocks[i].running && clocks[i].at <= now;
			look(u, clocks, now);
			assert_model(u, clocks, now);
		} else if (roll(8) == 0) {
			unit_close(u);
			unit_open(u);
		}
	}
	for (size_t i = 0; i < CLOCKS; i++)
		told += clocks[i].told;
	assert_true(told > CLOCKS);
}

UNIT_MAIN(S(no_end_is_lost_or_told_twice))
