#include "unit.h"

#include "base/mem.h"
#include "proto/shape.h"

static cm_result
judge(enum cm_api_shape shape, const char *text, const char *place)
{
	struct cm_report report = {.count = 0};
	CM_CLEANUP(cm_json_free_at) struct cm_json *json = NULL;
	assert_int_equal(cm_json_read(cm_view_text(text), 4096, &report, &json), CM_OK);
	cm_result r = cm_shape_check(shape, cm_json_root(json), &report);
	if (r == CM_REFUSED) {
		assert_int_equal(report.findings[0].rule, CM_ERROR_API_MEMBER);
		assert_string_equal(report.findings[0].place, place);
	}
	return r;
}

static void
a_body_has_its_members_and_no_other(void **state)
{
	(void)state;
	assert_int_equal(judge(CM_API_SHAPE_CASE_CALL, "{\"case\":\"2027-14\",\"title\":\"Flows\"}", ""), CM_OK);
	assert_int_equal(judge(CM_API_SHAPE_CASE_CALL, "{\"case\":\"2027-14\"}", "/title"), CM_REFUSED);
	assert_int_equal(judge(CM_API_SHAPE_CASE_CALL, "{\"case\":\"a\",\"title\":\"b\",\"colour\":\"red\"}", "/colour"), CM_REFUSED);
	assert_int_equal(judge(CM_API_SHAPE_CASE_CALL, "{\"case\":\"a/b\",\"title\":\"b\"}", "/case"), CM_REFUSED);
	assert_int_equal(judge(CM_API_SHAPE_CASE_CALL, "{\"case\":\"a\",\"title\":\"\"}", "/title"), CM_REFUSED);
	assert_int_equal(judge(CM_API_SHAPE_CASE_CALL, "{\"case\":\"a\",\"title\":7}", "/title"), CM_REFUSED);
	assert_int_equal(judge(CM_API_SHAPE_APPROVAL_CALL, "{\"for\":\"export\"}", ""), CM_OK);
	assert_int_equal(judge(CM_API_SHAPE_APPROVAL_CALL, "{}", ""), CM_OK);
	assert_int_equal(judge(CM_API_SHAPE_APPROVAL_CALL, "{\"for\":\"fun\"}", "/for"), CM_REFUSED);
	assert_int_equal(judge(CM_API_SHAPE_NOTHING, "[]", "/"), CM_REFUSED);
	assert_int_equal(judge(CM_API_SHAPE_DECISION_CALL, "{\"event\":\"preserve\",\"until\":\"2027-01-01T00:00:00Z\"}", ""), CM_OK);
	assert_int_equal(judge(CM_API_SHAPE_DECISION_CALL, "{\"event\":\"preserve\",\"until\":\"soon\"}", "/until"), CM_REFUSED);
	assert_int_equal(judge(CM_API_SHAPE_DECISION_CALL, "{\"event\":5}", "/event"), CM_REFUSED);
	assert_int_equal(judge(CM_API_SHAPE_DELIVERY_CALL, "{\"event\":\"sing\"}", "/event"), CM_REFUSED);
	assert_int_equal(judge(CM_API_SHAPE_DECISION_CALL, "{\"questions\":[{\"n\":1,\"question\":\"x\"}]}", ""), CM_OK);
	assert_int_equal(judge(CM_API_SHAPE_DECISION_CALL, "{\"questions\":{}}", "/questions"), CM_REFUSED);
}

static void
a_query_has_the_parameters_of_its_route(void **state)
{
	(void)state;
	assert_int_equal(cm_shape_query_check(CM_ROUTE_API_REQUEST_LIST, cm_view_text("after=x&limit=2"), NULL), CM_OK);
	assert_int_equal(cm_shape_query_check(CM_ROUTE_API_REQUEST_LIST, cm_view_text(""), NULL), CM_OK);
	assert_int_equal(cm_shape_query_check(CM_ROUTE_API_REQUEST_LIST, cm_view_text("page=2"), NULL), CM_REFUSED);
	assert_int_equal(cm_shape_query_check(CM_ROUTE_API_REQUEST_LIST, cm_view_text("limit=2&after="), NULL), CM_REFUSED);
	assert_int_equal(cm_shape_query_check(CM_ROUTE_API_REQUEST_LIST, cm_view_text("after"), NULL), CM_REFUSED);
	assert_int_equal(cm_shape_query_check(CM_ROUTE_API_NODE, cm_view_text("limit=2"), NULL), CM_REFUSED);
	// A header field is none.
	assert_int_equal(cm_shape_query_check(CM_ROUTE_API_EVIDENCE_UPLOAD, cm_view_text("Comity-Blob=2"), NULL), CM_REFUSED);
	assert_int_equal(cm_shape_query_check(CM_ROUTE_HI1, cm_view_text("x=2"), NULL), CM_OK);
}

UNIT_MAIN(T(a_body_has_its_members_and_no_other), T(a_query_has_the_parameters_of_its_route))
