#include "unit.h"

#include "domain/authority.h"

#define BIT(role) ((cm_authority_roles)1 << (role))

static void
roles_are_read_from_a_card(void **state)
{
	(void)state;
	cm_authority_roles roles = 0;
	struct cm_report report = {0};
	assert_int_equal(cm_authority_read(cm_view_text("contact_point central_authority"), &report, &roles), CM_OK);
	assert_int_equal(roles, BIT(CM_ROLE_CONTACT_POINT) | BIT(CM_ROLE_CENTRAL_AUTHORITY));
	assert_int_equal(cm_authority_read(cm_view_text("king"), &report, &roles), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_ROLE_UNKNOWN));
	assert_int_equal(cm_authority_read(cm_view_text("provider  witness"), NULL, &roles), CM_REFUSED);
}

static void
only_the_role_may(void **state)
{
	(void)state;
	struct cm_report report = {0};
	assert_true(cm_authority_may_send(CM_KIND_PRES, BIT(CM_ROLE_CONTACT_POINT)));
	assert_false(cm_authority_may_send(CM_KIND_STORED, BIT(CM_ROLE_CONTACT_POINT)));
	assert_true(cm_authority_may_send(CM_KIND_STORED, BIT(CM_ROLE_CONTACT_POINT) | BIT(CM_ROLE_CENTRAL_AUTHORITY)));
	assert_false(cm_authority_may_receive(CM_KIND_PRES, BIT(CM_ROLE_PROVIDER)));
	assert_true(cm_authority_may_receive(CM_KIND_D_PRES, BIT(CM_ROLE_PROVIDER)));
	assert_int_equal(
	        cm_authority_check(CM_KIND_STORED, BIT(CM_ROLE_WITNESS), BIT(CM_ROLE_PROVIDER), &report), CM_REFUSED);
	assert_int_equal(report.count, 2);
	assert_string_equal(report.findings[0].seen, "needed: Central authority");
	assert_int_equal(cm_authority_check(CM_KIND_STORED, BIT(CM_ROLE_CENTRAL_AUTHORITY), 0, &report), CM_OK);
}

// A misspelt role in a list would silently allow nobody.
static void
every_role_in_the_kinds_exists(void **state)
{
	(void)state;
	for (enum cm_kind kind = CM_KIND_NONE + 1; kind < CM_KIND_END; kind++) {
		const char *const *lists[] = {cm_kind_row(kind)->senders, cm_kind_row(kind)->receivers};
		for (size_t l = 0; l < 2; l++) {
			assert_non_null(lists[l][0]);
			for (const char *const *role = lists[l]; *role != NULL; role++)
				assert_int_not_equal(cm_role_find(*role, strlen(*role)), CM_ROLE_NONE);
		}
	}
}

UNIT_MAIN(T(roles_are_read_from_a_card), T(only_the_role_may), T(every_role_in_the_kinds_exists))
