#include "unit.h"

#include "domain/deadline.h"

static struct cm_instant
at(const char *text)
{
	struct cm_instant t;
	assert_true(cm_instant_read(cm_view_text(text), &t));
	return t;
}

// Scenario S1: asked on 2 March, preserved until 1 May; the own order ends on 31 May.
static void
sixty_days_abroad_and_ninety_at_home(void **state)
{
	(void)state;
	struct cm_instant effect = at("2027-03-02T02:05:00Z");
	assert_int_equal(cm_deadline_least(effect).us, at("2027-05-01T02:05:00Z").us);
	assert_int_equal(cm_deadline_order_last(at("2027-03-02T01:50:00Z")).us, at("2027-05-31T01:50:00Z").us);
	assert_int_equal(cm_deadline_promise(effect, (struct cm_instant){0}).us, at("2027-05-01T02:05:00Z").us);
	assert_int_equal(cm_deadline_promise(effect, at("2027-03-20T00:00:00Z")).us, at("2027-05-01T02:05:00Z").us);
	assert_int_equal(cm_deadline_promise(effect, at("2027-05-31T00:00:00Z")).us, at("2027-05-31T00:00:00Z").us);
	assert_false(cm_deadline_needs_renewal(at("2027-05-31T01:50:00Z"), at("2027-05-01T02:05:00Z"), false));
	assert_true(cm_deadline_needs_renewal(at("2027-05-31T01:50:00Z"), at("2027-06-30T00:00:00Z"), false));
	assert_true(cm_deadline_needs_renewal(at("2027-05-31T01:50:00Z"), at("2027-05-01T02:05:00Z"), true));
}

static void
too_short_is_refused_to_the_second(void **state)
{
	(void)state;
	struct cm_report report = {0};
	struct cm_instant effect = at("2027-03-02T02:05:00Z"), now = at("2027-03-02T02:06:00Z");
	assert_int_equal(cm_deadline_promise_check(effect, at("2027-05-01T02:05:00Z"), now, &report), CM_OK);
	assert_int_equal(cm_deadline_promise_check(effect, at("2027-05-01T02:04:59Z"), now, &report), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_DEADLINE_TOO_SHORT));
	assert_non_null(strstr(report.findings[0].seen, "the earliest is 2027-05-01 02:05:00 UTC"));
	assert_int_equal(cm_deadline_promise_check(effect, now, now, &report), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_DEADLINE_IN_PAST));
}

static void
a_longer_order_is_refused(void **state)
{
	(void)state;
	struct cm_report report = {0};
	struct cm_instant from = at("2027-03-02T01:50:00Z");
	assert_int_equal(cm_deadline_order_check(from, at("2027-05-31T01:50:00Z"), &report), CM_OK);
	assert_int_equal(cm_deadline_order_check(from, at("2027-05-31T01:50:01Z"), &report), CM_REFUSED);
	assert_int_equal(cm_deadline_order_check(from, from, &report), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_ORDER_TOO_LONG));
}

static void
a_day_for_a_reply_belongs_to_a_question(void **state)
{
	(void)state;
	struct cm_report report = {0};
	struct cm_instant now = at("2027-03-02T02:06:00Z"), later = at("2027-03-09T00:00:00Z");
	assert_int_equal(cm_deadline_reply_check(CM_STATE_MORE_INFO, later, now, &report), CM_OK);
	assert_int_equal(cm_deadline_reply_check(CM_STATE_CONSULTATION, later, now, &report), CM_OK);
	assert_int_equal(cm_deadline_reply_check(CM_STATE_PRESERVED, later, now, &report), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_DEADLINE_NOT_ASKED));
	assert_int_equal(cm_deadline_reply_check(CM_STATE_MORE_INFO, now, now, &report), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_DEADLINE_IN_PAST));
}

// Scenario S5: in time, and one day too late.
static void
an_extension_comes_before_the_end(void **state)
{
	(void)state;
	struct cm_report report = {0};
	struct cm_instant until = at("2027-03-11T00:00:00Z"), wanted = at("2027-05-10T00:00:00Z");
	assert_int_equal(cm_deadline_extension_check(until, at("2027-03-04T12:00:00Z"), wanted, &report), CM_OK);
	// The same moment written in two zones is the same moment.
	assert_int_equal(cm_deadline_extension_check(until, at("2027-03-11T12:59:59+13:00"), wanted, &report), CM_OK);
	assert_int_equal(cm_deadline_extension_check(until, at("2027-03-10T19:00:00-05:00"), wanted, &report), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_EXTENSION_TOO_LATE));
	assert_int_equal(cm_deadline_extension_check(until, at("2027-03-04T12:00:00Z"), until, &report), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_EXTENSION_NOT_LATER));
}

static void
warnings_come_at_fourteen_seven_two_days_and_one(void **state)
{
	(void)state;
	static const struct {
		const char *now;
		enum cm_deadline_stage stage;
		const char *next;
	} row[] = {
	        {"2027-01-10T00:00:00Z", CM_DEADLINE_FAR, "2027-02-25T00:00:00Z"},
	        {"2027-02-24T23:59:59Z", CM_DEADLINE_FAR, "2027-02-25T00:00:00Z"},
	        {"2027-02-25T00:00:00Z", CM_DEADLINE_FIRST, "2027-03-04T00:00:00Z"},
	        {"2027-03-04T00:00:00Z", CM_DEADLINE_SECOND, "2027-03-09T00:00:00Z"},
	        {"2027-03-09T00:00:00Z", CM_DEADLINE_LAST, "2027-03-10T00:00:00Z"},
	        {"2027-03-10T00:00:00Z", CM_DEADLINE_HEAD, "2027-03-11T00:00:00Z"},
	        {"2027-03-10T23:59:59Z", CM_DEADLINE_HEAD, "2027-03-11T00:00:00Z"},
	        {"2027-03-11T00:00:00Z", CM_DEADLINE_OVER, NULL},
	};
	struct cm_deadline_clock runs = {CM_TIME_LIMIT_HC_PRES_MIN, at("2027-03-11T00:00:00Z"), false}, held = runs;
	struct cm_instant next = {0};
	held.held = true;
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		assert_int_equal(cm_deadline_stage(&runs, at(row[i].now)), row[i].stage);
		assert_int_equal(cm_deadline_stage(&held, at(row[i].now)), CM_DEADLINE_HELD);
		assert_int_equal(cm_deadline_next(&runs, at(row[i].now), &next), row[i].next != NULL);
		if (row[i].next != NULL)
			assert_int_equal(next.us, at(row[i].next).us);
	}
}

// The head of the authority hears of it with the last reminder and at the end; other rows have fewer reminders.
static void
each_stage_has_words_and_its_readers(void **state)
{
	(void)state;
	static const struct {
		enum cm_time_limit limit;
		enum cm_deadline_stage stage;
		bool head;
		const char *text;
	} row[] = {
	        {CM_TIME_LIMIT_HC_PRES_MIN, CM_DEADLINE_FAR, false, "running"},
	        {CM_TIME_LIMIT_HC_PRES_MIN, CM_DEADLINE_FIRST, false, "14 days left"},
	        {CM_TIME_LIMIT_HC_PRES_MIN, CM_DEADLINE_LAST, false, "2 days left"},
	        {CM_TIME_LIMIT_HC_PRES_MIN, CM_DEADLINE_HEAD, true, "1 day left"},
	        {CM_TIME_LIMIT_HC_PRES_MIN, CM_DEADLINE_OVER, true, "over"},
	        {CM_TIME_LIMIT_HC_PRES_MIN, CM_DEADLINE_HELD, false, "held"},
	        {CM_TIME_LIMIT_ASK_REPLY, CM_DEADLINE_FIRST, false, "2 days left"},
	        {CM_TIME_LIMIT_ASK_REPLY, CM_DEADLINE_SECOND, true, "1 day left"},
	        {CM_TIME_LIMIT_SECRECY_END, CM_DEADLINE_OVER, false, "over"},
	        {CM_TIME_LIMIT_EMERGENCY_FIRST, CM_DEADLINE_OVER, true, "over"},
	};
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		struct cm_buf text = cm_buf_of(64);
		cm_deadline_stage_text(row[i].limit, row[i].stage, &text);
		assert_string_equal(cm_buf_cstr(&text), row[i].text);
		assert_int_equal(cm_deadline_escalates(row[i].limit, row[i].stage), row[i].head);
		cm_buf_fini(&text);
	}
}

UNIT_MAIN(T(sixty_days_abroad_and_ninety_at_home), T(too_short_is_refused_to_the_second),
          T(a_longer_order_is_refused), T(a_day_for_a_reply_belongs_to_a_question), T(an_extension_comes_before_the_end),
          T(warnings_come_at_fourteen_seven_two_days_and_one), T(each_stage_has_words_and_its_readers))
