#include "format/zip_crc.h"
#include "unit.h"

static void
the_check_value_of_the_standard_comes_out_in_any_pieces(void **state)
{
	(void)state;
	struct cm_view all = cm_view_text("123456789");
	assert_int_equal(cm_zip_crc(0, (struct cm_view){0}), 0);
	for (size_t n = 0; n <= all.n; n++) {
		uint32_t crc = cm_zip_crc(0, cm_view_part(all, 0, n));
		crc = cm_zip_crc(crc, (struct cm_view){0});
		assert_int_equal(cm_zip_crc(crc, cm_view_part(all, n, all.n)), 0xcbf43926);
	}
}

UNIT_MAIN(T(the_check_value_of_the_standard_comes_out_in_any_pieces))
