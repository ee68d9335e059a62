#include "unit.h"

#include "base/hex.h"

static void
every_byte_comes_back(void **state)
{
	(void)state;
	uint8_t bytes[256], back[256];
	char text[513];
	for (size_t i = 0; i < 256; i++)
		bytes[i] = (uint8_t)i;
	cm_hex_text(cm_view_of(bytes, 256), text);
	assert_int_equal(strlen(text), 512);
	assert_memory_equal(text, "000102", 6);
	assert_memory_equal(text + 506, "fdfeff", 6);
	assert_true(cm_hex_read(cm_view_text(text), back, 256));
	assert_memory_equal(bytes, back, 256);
	struct cm_buf b = cm_buf_of(512);
	cm_hex_write(&b, cm_view_of(bytes, 256));
	assert_view_is(cm_buf_view(&b), text);
	cm_buf_fini(&b);
}

static void
other_texts_are_refused(void **state)
{
	(void)state;
	static const char *const bad[] = {"", "0", "000", "0g", "0G", "AA", "0 ", "-1", "00 ", "0x"};
	uint8_t byte = 7;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(cm_hex_read(cm_view_text(bad[i]), &byte, 1));
	uint8_t two[2] = {7, 7};
	assert_false(cm_hex_read(cm_view_text("00zz"), two, 2));
	assert_int_equal(byte, 7);
	assert_int_equal(two[0], 7);
	assert_true(cm_hex_read(cm_view_text(""), &byte, 0));
}

UNIT_MAIN(T(every_byte_comes_back), T(other_texts_are_refused))
