// Sessions of the desk: found by their token alone, ended by hand, by time and by their number.
#include "unit.h"

#include "node/desk_session.h"
#include "os/clock.h"

static struct cm_desk_sessions sessions;

static int
setup(void **state)
{
	(void)state;
	memset(&sessions, 0, sizeof sessions);
	cm_mutex_init(&sessions.lock);
	return 0;
}

static struct cm_officer_session
officer(const char *person, int64_t seconds)
{
	struct cm_officer_session session = {.until = {cm_clock_utc().us + seconds * CM_INSTANT_SECOND}};
	memcpy(session.person, person, strlen(person) + 1);
	return session;
}

static void
test_found(void **state)
{
	(void)state;
	char token[CM_DESK_TOKEN], other[CM_DESK_TOKEN];
	struct cm_officer_session ilse = officer("ilse", 60), jan = officer("jan", 60);
	struct cm_desk_session found;
	assert_int_equal(cm_desk_session_open(&sessions, &ilse, NULL, token), CM_OK);
	assert_int_equal(cm_desk_session_open(&sessions, &jan, NULL, other), CM_OK);
	assert_int_equal(strlen(token), CM_DESK_TOKEN - 1);
	assert_string_not_equal(token, other);
	assert_true(cm_desk_session_find(&sessions, cm_view_text(token), &found));
	assert_string_equal(found.officer.person, "ilse");
	assert_false(cm_desk_session_find(&sessions, cm_view_text(""), &found));
	assert_false(cm_desk_session_find(&sessions, cm_view_of(token, CM_DESK_TOKEN - 2), &found));
	assert_true(cm_desk_session_find(&sessions, cm_view_text(token), &found));
	cm_desk_session_end(&sessions, &found);
	assert_false(cm_desk_session_find(&sessions, cm_view_text(token), &found));
	assert_true(cm_desk_session_find(&sessions, cm_view_text(other), &found));
	assert_string_equal(found.officer.person, "jan");
}

static void
test_over(void **state)
{
	(void)state;
	char token[CM_DESK_TOKEN];
	struct cm_officer_session over = officer("ilse", 0), ilse = officer("ilse", 60);
	struct cm_desk_session found;
	assert_int_equal(cm_desk_session_open(&sessions, &over, NULL, token), CM_OK);
	assert_false(cm_desk_session_find(&sessions, cm_view_text(token), &found));
	assert_int_equal(cm_desk_session_open(&sessions, &ilse, NULL, token), CM_OK);
	sessions.rows[0].used -= (CM_LIMIT_DESK_IDLE_S_VALUE + 1) * CM_INSTANT_SECOND; // nobody touched it
	assert_false(cm_desk_session_find(&sessions, cm_view_text(token), &found));
	assert_int_equal(sessions.n, 0);
}

static void
test_full(void **state)
{
	(void)state;
	char token[CM_DESK_TOKEN];
	struct cm_report report = {0};
	struct cm_officer_session ilse = officer("ilse", 60);
	for (size_t i = 0; i < CM_LIMIT_DESK_SESSIONS_VALUE; i++)
		assert_int_equal(cm_desk_session_open(&sessions, &ilse, &report, token), CM_OK);
	assert_int_equal(cm_desk_session_open(&sessions, &ilse, &report, token), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_DESK_SESSIONS));
	sessions.rows[7].officer.until.us = 0; // one ends: its place is free
	assert_int_equal(cm_desk_session_open(&sessions, &ilse, &report, token), CM_OK);
}

// The word of the forms follows from the token, and says nothing about it.
static void
test_form_word(void **state)
{
	(void)state;
	char one[CM_DESK_TOKEN], again[CM_DESK_TOKEN], other[CM_DESK_TOKEN];
	cm_desk_form_word(cm_view_text("a"), one);
	cm_desk_form_word(cm_view_text("a"), again);
	cm_desk_form_word(cm_view_text("b"), other);
	assert_string_equal(one, again);
	assert_string_not_equal(one, other);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup(test_found, setup), cmocka_unit_test_setup(test_over, setup),
	        cmocka_unit_test_setup(test_full, setup), cmocka_unit_test(test_form_word)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
