#include "format/zip_parse.h"
#include "unit.h"

static void
the_end_record_is_seen_only_at_the_very_end(void **state)
{
	(void)state;
	static const uint8_t end[23] = {'P', 'K', 5, 6};
	assert_true(cm_zip_parse_has_end(cm_view_of(end, 22)));
	assert_false(cm_zip_parse_has_end(cm_view_of(end, 21)));
	assert_false(cm_zip_parse_has_end(cm_view_of(end, 23)));
	assert_false(cm_zip_parse_has_end((struct cm_view){0}));
}

static void
a_local_header_in_pieces_asks_for_the_rest(void **state)
{
	(void)state;
	// local header of an empty entry "a"
	static const uint8_t local[31] = {'P', 'K', 3, 4, 20, 0, 0, 8, [26] = 1, [30] = 'a'};
	struct cm_zip_parse p = {.place = "entry 1"};
	struct cm_zip_parse_header central = {.name = cm_view_text("a"), .flags = 0x800};
	for (size_t n = 0; n <= sizeof local; n++) {
		size_t length = 0;
		assert_int_equal(cm_zip_parse_local(&p, cm_view_of(local, n), &central, &length), CM_OK);
		assert_int_equal(length, n < 30 ? 30 : 31);
	}
	central.crc = 1;
	struct cm_report report = {0};
	p.report = &report;
	size_t length = 0;
	assert_int_equal(cm_zip_parse_local(&p, cm_view_of(local, 31), &central, &length), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_ZIP_HEADER_MISMATCH));
}

UNIT_MAIN(T(the_end_record_is_seen_only_at_the_very_end), T(a_local_header_in_pieces_asks_for_the_rest))
