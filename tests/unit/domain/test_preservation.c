#include "unit.h"

#include "domain/preservation.h"

static struct cm_instant
at(const char *text)
{
	struct cm_instant t = {.us = 0};
	assert_true(cm_instant_read(cm_view_text(text), &t));
	return t;
}

static struct cm_preservation
pres(enum cm_state state)
{
	return (struct cm_preservation){CM_KIND_PRES, state, at("2027-05-01T00:00:00Z")};
}

static void
each_kind_says_what_it_changes(void **state)
{
	(void)state;
	assert_int_equal(cm_preservation_event(CM_KIND_PRES_EXT), CM_EVENT_EXTEND);
	assert_int_equal(cm_preservation_event(CM_KIND_PRES_END), CM_EVENT_RELEASE);
	assert_int_equal(cm_preservation_event(CM_KIND_NONE), CM_EVENT_NONE);
	for (enum cm_kind k = CM_KIND_NONE + 1; k < CM_KIND_END; k++)
		if (k != CM_KIND_PRES_EXT && k != CM_KIND_PRES_END)
			assert_int_equal(cm_preservation_event(k), CM_EVENT_NONE);
}

static void
what_is_kept_can_be_changed(void **state)
{
	(void)state;
	static const struct {
		enum cm_state state;
		enum cm_preservation_can extend, release;
	} rows[] = {
	        {CM_STATE_PRESERVED, CM_PRESERVATION_YES, CM_PRESERVATION_YES},
	        {CM_STATE_PRESERVED_IN_PART, CM_PRESERVATION_YES, CM_PRESERVATION_YES},
	        {CM_STATE_EXTENDED, CM_PRESERVATION_YES, CM_PRESERVATION_YES},
	        {CM_STATE_HELD_PENDING_MLA, CM_PRESERVATION_HELD, CM_PRESERVATION_YES},
	        {CM_STATE_LAPSED, CM_PRESERVATION_OVER, CM_PRESERVATION_OVER},
	        {CM_STATE_RELEASED, CM_PRESERVATION_OVER, CM_PRESERVATION_OVER},
	        {CM_STATE_NOT_HELD, CM_PRESERVATION_OVER, CM_PRESERVATION_OVER},
	        {CM_STATE_CLOSED, CM_PRESERVATION_OVER, CM_PRESERVATION_OVER},
	        {CM_STATE_SENT, CM_PRESERVATION_NOT, CM_PRESERVATION_NOT},
	        {CM_STATE_ACKNOWLEDGED, CM_PRESERVATION_NOT, CM_PRESERVATION_NOT},
	        {CM_STATE_MORE_INFO, CM_PRESERVATION_NOT, CM_PRESERVATION_NOT},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct cm_preservation now = pres(rows[i].state);
		assert_int_equal(cm_preservation_can(&now, CM_EVENT_EXTEND), rows[i].extend);
		assert_int_equal(cm_preservation_can(&now, CM_EVENT_RELEASE), rows[i].release);
	}
	struct cm_preservation data = {CM_KIND_STORED, CM_STATE_DISCLOSED, {.us = 0}};
	assert_int_equal(cm_preservation_can(&data, CM_EVENT_EXTEND), CM_PRESERVATION_NOT);
}

static void
refused_ask(enum cm_state state, enum cm_event event, const char *when, const char *wanted, enum cm_error rule)
{
	struct cm_report report = {0};
	struct cm_preservation now = pres(state);
	struct cm_preservation_ask ask = {event, at(when), at(wanted)};
	assert_int_equal(cm_preservation_ask_check(&now, &ask, &report), CM_REFUSED);
	assert_true(cm_report_has(&report, rule));
}

static void
an_extension_is_asked_in_time_and_for_a_later_end(void **state)
{
	(void)state;
	struct cm_report report = {0};
	struct cm_preservation now = pres(CM_STATE_PRESERVED);
	struct cm_preservation_ask ask = {CM_EVENT_EXTEND, at("2027-04-30T23:59:59Z"), at("2027-05-01T00:00:01Z")};
	assert_int_equal(cm_preservation_ask_check(&now, &ask, &report), CM_OK);
	now.state = CM_STATE_HELD_PENDING_MLA; // the answer will say that it is held anyway
	ask.at = at("2027-08-01T00:00:00Z");
	assert_int_equal(cm_preservation_ask_check(&now, &ask, &report), CM_OK);
	refused_ask(CM_STATE_PRESERVED, CM_EVENT_EXTEND, "2027-05-01T00:00:00Z", "2027-06-01T00:00:00Z", CM_ERROR_EXTENSION_TOO_LATE);
	refused_ask(CM_STATE_EXTENDED, CM_EVENT_EXTEND, "2027-04-01T00:00:00Z", "2027-05-01T00:00:00Z", CM_ERROR_EXTENSION_NOT_LATER);
	refused_ask(CM_STATE_LAPSED, CM_EVENT_EXTEND, "2027-04-01T00:00:00Z", "2027-06-01T00:00:00Z", CM_ERROR_EXTENSION_TOO_LATE);
	refused_ask(CM_STATE_ACKNOWLEDGED, CM_EVENT_EXTEND, "2027-04-01T00:00:00Z", "2027-06-01T00:00:00Z",
	            CM_ERROR_MOVE_NOT_ALLOWED);
	refused_ask(CM_STATE_LAPSED, CM_EVENT_RELEASE, "2027-04-01T00:00:00Z", "2027-06-01T00:00:00Z", CM_ERROR_MOVE_NOT_ALLOWED);
	refused_ask(CM_STATE_SENT, CM_EVENT_RELEASE, "2027-04-01T00:00:00Z", "2027-06-01T00:00:00Z", CM_ERROR_MOVE_NOT_ALLOWED);
}

static void
what_is_granted_is_later_than_both_the_end_and_now(void **state)
{
	(void)state;
	struct cm_report report = {0};
	struct cm_preservation now = pres(CM_STATE_PRESERVED);
	struct cm_instant asked = at("2027-04-20T00:00:00Z");
	assert_int_equal(cm_preservation_extend_check(&now, asked, at("2027-05-02T00:00:00Z"), at("2027-04-21T00:00:00Z"), &report), CM_OK);
	assert_int_equal(cm_preservation_extend_check(&now, asked, at("2027-05-02T00:00:00Z"), at("2027-05-02T00:00:00Z"), &report), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_DEADLINE_IN_PAST));
	assert_int_equal(cm_preservation_extend_check(&now, asked, now.until, at("2027-04-21T00:00:00Z"), &report), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_EXTENSION_NOT_LATER));
	assert_int_equal(cm_preservation_extend_check(&now, asked, (struct cm_instant){.us = 0}, at("2027-04-21T00:00:00Z"), &report),
	                 CM_REFUSED); // none was named
	assert_int_equal(cm_preservation_extend_check(&now, now.until, at("2027-06-01T00:00:00Z"), at("2027-05-02T00:00:00Z"), &report),
	                 CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_EXTENSION_TOO_LATE));
}

UNIT_MAIN(T(each_kind_says_what_it_changes), T(what_is_kept_can_be_changed),
          T(an_extension_is_asked_in_time_and_for_a_later_end), T(what_is_granted_is_later_than_both_the_end_and_now))
