#include "unit.h"

#include "base/buf.h"
#include "base/tab_limit.h"
#include "format/json_scan.h"

static enum cm_error
said(struct cm_view bytes, char ret_place[CM_REPORT_PLACE])
{
	struct cm_report report = {.count = 0};
	if (cm_json_scan(bytes, &report) == CM_OK)
		return CM_ERROR_NONE;
	assert_int_equal(report.count, 1);
	memcpy(ret_place, report.findings[0].place, CM_REPORT_PLACE);
	return report.findings[0].rule;
}

static void
only_its_own_rules_are_judged(void **state)
{
	(void)state;
	char place[CM_REPORT_PLACE];
	static const char *const passed[] = {"", "{}", "nonsense", "}{", "]", "{\"a\":\"\\", "\"open", "\"1.5\"", "[9007199254740991]"};
	for (size_t i = 0; i < sizeof passed / sizeof *passed; i++)
		assert_int_equal(said(cm_view_text(passed[i]), place), CM_ERROR_NONE);
}

static void
places_are_those_of_the_bytes(void **state)
{
	(void)state;
	char place[CM_REPORT_PLACE];
	assert_int_equal(said(cm_view_text("[1,1.5]"), place), CM_ERROR_JSON_NUMBER);
	assert_string_equal(place, "byte 3");
	assert_int_equal(said(cm_view_text("[-0]"), place), CM_ERROR_JSON_NUMBER);
	assert_int_equal(said(cm_view_text("[9007199254740992]"), place), CM_ERROR_JSON_NUMBER);
	assert_int_equal(said(cm_view_text("[\"\xff\"]"), place), CM_ERROR_JSON_UTF8);
	assert_int_equal(said(cm_view_text("\xef\xbb\xbf{}"), place), CM_ERROR_JSON_UTF8);
}

static void
depth_and_members_end_at_their_limits(void **state)
{
	(void)state;
	char place[CM_REPORT_PLACE];
	for (size_t past = 0; past < 2; past++) {
		struct cm_buf deep = cm_buf_of(4096), wide = cm_buf_of(1 << 20);
		cm_buf_fill(&deep, '[', CM_LIMIT_JSON_DEPTH_VALUE + past);
		cm_buf_u8(&wide, '{');
		for (size_t i = 0; i < CM_LIMIT_JSON_MEMBERS_VALUE + past; i++)
			cm_buf_printf(&wide, "%s\"%zu\":{}", i == 0 ? "" : ",", i);
		assert_int_equal(said(cm_buf_view(&deep), place), past == 0 ? CM_ERROR_NONE : CM_ERROR_JSON_DEPTH);
		assert_int_equal(said(cm_buf_view(&wide), place), past == 0 ? CM_ERROR_NONE : CM_ERROR_JSON_MEMBERS);
		cm_buf_fini(&deep);
		cm_buf_fini(&wide);
	}
}

UNIT_MAIN(T(only_its_own_rules_are_judged), T(places_are_those_of_the_bytes), T(depth_and_members_end_at_their_limits))
