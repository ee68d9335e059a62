// Roles of persons: the table holds every call that needs a person, and says yes or no as it is written there.
#include "home.h"

#include "base/tab_limit.h"
#include "domain/rights.h"
#include "proto/route.h"

static cm_rights_roles
roles(const char *names)
{
	struct cm_report good = {0};
	cm_rights_roles set = 0;
	assert_good(cm_rights_read(cm_view_text(names), &good, &set), &good);
	return set;
}

// How many rows are judged by for a call.
static size_t
rows_of(const char *route)
{
	size_t n = 0;
	for (enum cm_person_right right = CM_PERSON_RIGHT_NONE + 1; right < CM_PERSON_RIGHT_END; right++)
		for (const char *const *name = cm_person_right_row(right)->routes; *name != NULL; name++)
			n += strcmp(*name, route) == 0 ? 1 : 0;
	return n;
}

static void
every_call_of_a_person_has_a_row_and_no_other_has(void **state)
{
	(void)state;
	for (enum cm_route route = CM_ROUTE_NONE + 1; route < CM_ROUTE_END; route++) {
		const struct cm_route_row *row = cm_route_row(route);
		if ((rows_of(row->name) > 0) != row->session)
			fail_msg("%s: %zu rows in data/person_rights.tab", row->name, rows_of(row->name));
	}
}

static void
every_name_in_a_row_is_one(void **state)
{
	(void)state;
	for (enum cm_person_right right = CM_PERSON_RIGHT_NONE + 1; right < CM_PERSON_RIGHT_END; right++) {
		const struct cm_person_right_row *row = cm_person_right_row(right);
		assert_true(row->roles[0] != NULL && row->persons >= 1 && row->why[0] != 0);
		for (const char *const *name = row->roles; *name != NULL; name++)
			assert_int_not_equal(cm_person_role_find(*name, strlen(*name)), CM_PERSON_ROLE_NONE);
		for (const char *const *name = row->preservation; *name != NULL; name++)
			assert_int_not_equal(cm_person_role_find(*name, strlen(*name)), CM_PERSON_ROLE_NONE);
		for (const char *const *name = row->routes; *name != NULL; name++)
			assert_int_not_equal(cm_route_find(*name, strlen(*name)), CM_ROUTE_NONE);
	}
}

static void
names_are_read_and_written_back(void **state)
{
	(void)state;
	cm_rights_roles set = 0;
	struct cm_buf text = cm_buf_of(CM_LIMIT_PERSON_FUNCTIONS_VALUE);
	cm_rights_write(cm_rights_all(), &text);
	assert_int_equal(cm_buf_result(&text), CM_OK); // all of them have room in the file of persons
	assert_int_equal(roles(cm_buf_cstr(&text)), cm_rights_all());
	cm_buf_clear(&text);
	cm_rights_write(roles("auditor,drafter"), &text);
	assert_string_equal(cm_buf_cstr(&text), "drafter,auditor");
	assert_int_equal(roles(""), 0);
	assert_refused(cm_rights_read(cm_view_text("king"), report, &set), CM_ERROR_PERSON_FORM);
	assert_refused(cm_rights_read(cm_view_text("drafter,,auditor"), report, &set), CM_ERROR_PERSON_FORM);
	cm_buf_fini(&text);
}

static void
one_role_that_may_is_enough_and_without_it_the_refusal_names_it(void **state)
{
	(void)state;
	struct cm_report good = {0}, said = {0};
	struct cm_view decide = cm_view_text("api_request_decide");
	assert_good(cm_rights_check(roles("auditor,approver"), decide, &good), &good);
	assert_int_equal(cm_rights_check(roles("drafter,auditor"), decide, &said), CM_REFUSED);
	assert_true(cm_report_has(&said, CM_ERROR_PERSON_ROLE));
	assert_string_equal(said.findings[0].seen, "these may: duty_officer, approver");
	assert_refused(cm_rights_check(0, decide, report), CM_ERROR_PERSON_ROLE);
	// What stands in no row is nobody's act.
	assert_refused(cm_rights_check(cm_rights_all(), cm_view_text("made_up"), report), CM_ERROR_STATEMENT_FORM);
}

static void
a_preservation_is_sent_by_all_but_auditor_and_operator(void **state)
{
	(void)state;
	static const struct {
		const char *role;
		bool preservation, data;
	} rows[] = {{"duty_officer", true, true}, {"drafter", true, true}, {"approver", true, false},
	        {"custodian", true, false}, {"auditor", false, false}, {"operator", false, false}};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		cm_rights_roles set = roles(rows[i].role);
		assert_int_equal(cm_rights_check_kind(set, CM_KIND_PRES, NULL), rows[i].preservation ? CM_OK : CM_REFUSED);
		assert_int_equal(cm_rights_check_kind(set, CM_KIND_STORED, NULL), rows[i].data ? CM_OK : CM_REFUSED);
		assert_int_equal(cm_rights_check(set, cm_view_text("api_request_create"), NULL),
		                 rows[i].preservation ? CM_OK : CM_REFUSED);
	}
}

static void
two_persons_are_needed_where_one_could_harm_alone(void **state)
{
	(void)state;
	assert_int_equal(cm_rights_persons(cm_view_text("person_add")), 2);
	assert_int_equal(cm_rights_persons(cm_view_text("person_enrol")), 2);
	assert_int_equal(cm_rights_persons(cm_view_text("person_disable")), 1);
	assert_int_equal(cm_rights_persons(cm_view_text("evidence_open")), 2);
	assert_int_equal(cm_rights_persons(cm_view_text("evidence_export")), 2);
}

UNIT_MAIN(T(every_call_of_a_person_has_a_row_and_no_other_has), T(every_name_in_a_row_is_one), T(names_are_read_and_written_back),
          T(one_role_that_may_is_enough_and_without_it_the_refusal_names_it),
          T(a_preservation_is_sent_by_all_but_auditor_and_operator), T(two_persons_are_needed_where_one_could_harm_alone))
