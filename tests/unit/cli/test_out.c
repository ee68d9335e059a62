// What commands say: sizes for people, and a report as JSON that a machine reads back.
#include "unit.h"

#include "api/report_inside.h"
#include "base/mem.h"
#include "cli/out.h"
#include "format/json.h"

static void
sizes_read_well(void **state)
{
	(void)state;
	char text[32];
	assert_string_equal(cm_out_bytes(0, text), "0 bytes");
	assert_string_equal(cm_out_bytes(1023, text), "1023 bytes");
	assert_string_equal(cm_out_bytes(1536, text), "1.5 KiB");
	assert_string_equal(cm_out_bytes(UINT64_C(2147483648), text), "2.0 GiB");
}

static void
a_report_becomes_json(void **state)
{
	(void)state;
	struct comity_report *report;
	struct cm_buf CM_CLEANUP(cm_buf_fini) text = cm_buf_of(65536);
	struct cm_json CM_CLEANUP(cm_json_free_at) *json = NULL;
	struct cm_json_put put = cm_json_put_of(&text);
	assert_int_equal(comity_report_new(&report), COMITY_OK);
	comity_report_add_check(report, "file", "data/\x01\"x", COMITY_CHECK_FAILED, "%s", "changed");
	cm_report_add(comity_report_inside(report), CM_ERROR_FILE_DIGEST, "data/x", "another");
	comity_report_add_fact(report, "entries", "%d", 3);
	comity_report_set_verdict(report, COMITY_VERDICT_VALID); // refused stays refused
	cm_json_put_object(&put);
	cm_out_json_report(&put, report);
	cm_json_put_end_object(&put);
	assert_int_equal(cm_json_read(cm_buf_view(&text), 65536, NULL, &json), CM_OK);
	const struct cm_json_value *root = cm_json_root(json);
	assert_view_is(cm_json_text(cm_json_member(root, "verdict")), "refused");
	assert_int_equal(cm_json_count(cm_json_member(root, "checks")), 1);
	const struct cm_json_value *finding = cm_json_at(cm_json_member(root, "findings"), 0);
	assert_view_is(cm_json_text(cm_json_member(finding, "rule")), "file_digest");
	comity_report_free(report);
}

UNIT_MAIN(T(sizes_read_well), T(a_report_becomes_json))
