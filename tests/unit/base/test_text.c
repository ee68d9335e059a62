#include "unit.h"

#include "base/mem.h"
#include "base/text.h"

static void
every_code_point_is_read_and_surrogates_are_not(void **state)
{
	(void)state;
	for (uint32_t code = 0; code <= 0x110fff; code += code < 0x1000 ? 1 : 7) {
		uint8_t b[4];
		size_t n, at = 0;
		uint32_t back = 1;
		if (code < 0x80) {
			b[0] = (uint8_t)code;
			n = 1;
		} else if (code < 0x800) {
			b[0] = (uint8_t)(0xc0 | code >> 6);
			n = 2;
		} else if (code < 0x10000) {
			b[0] = (uint8_t)(0xe0 | code >> 12);
			n = 3;
		} else {
			b[0] = (uint8_t)(0xf0 | code >> 18);
			n = 4;
		}
		for (size_t i = 1; i < n; i++)
			b[i] = (uint8_t)(0x80 | (code >> 6 * (n - 1 - i) & 0x3f));
		bool good = code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
		assert_int_equal(cm_text_next(cm_view_of(b, n), &at, &back), good);
		assert_int_equal(at, good ? n : 0);
		if (good)
			assert_int_equal(back, code);
		at = 0;
		assert_false(cm_text_next(cm_view_of(b, n - 1), &at, &back));
	}
}

static void
ill_formed_text_is_refused(void **state)
{
	(void)state;
	static const char *const bad[] = {"\x80", "\xc0\x80", "\xc1\xbf", "\xe0\x80\x80", "\xe0\x9f\xbf", "\xf0\x80\x80\x80",
	        "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "\xfe", "a\xc3", "\xed\xa0\x80", "\xc3\xc3\xa4",
	        "\xe2\x82", "\xf0\x9f\x92"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(cm_text_utf8(cm_view_text(bad[i])));
	assert_true(cm_text_utf8(cm_view_text("Grüße, 你好, 😀")));
	assert_true(cm_text_utf8(cm_view_of(NULL, 0)));
	assert_true(cm_text_utf8(cm_view_of("a\0b", 3)));
}

static void
what_deceives_is_not_showable(void **state)
{
	(void)state;
	static const char *const bad[] = {"\033[2J", "\x7f", "\xc2\x85", "\u202e", "\u2066", "a\rb", "\1"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		assert_false(cm_text_showable(cm_view_text(bad[i]), false));
		assert_false(cm_text_showable(cm_view_text(bad[i]), true));
	}
	assert_false(cm_text_showable(cm_view_text("a\nb"), false));
	assert_true(cm_text_showable(cm_view_text("a\nb\tc"), true));
	assert_false(cm_text_showable(cm_view_of("a\0b", 3), true));
	assert_true(cm_text_showable(cm_view_text("شكرا"), false));
}

static void
quoting_escapes_and_cuts(void **state)
{
	(void)state;
	struct cm_buf b = cm_buf_of(100);
	cm_text_quote(&b, cm_view_text("a\n\xff\u202e€"), 100);
	assert_view_is(cm_buf_view(&b), "a\\x0a\\xff\\xe2\\x80\\xae€");
	cm_buf_clear(&b);
	cm_text_quote(&b, cm_view_text("abcdef"), 3);
	assert_view_is(cm_buf_view(&b), "abc…");
	cm_buf_clear(&b);
	cm_text_quote(&b, cm_view_text("abc"), 3);
	assert_view_is(cm_buf_view(&b), "abc");
	cm_buf_fini(&b);
}

static void
uuids_have_one_form(void **state)
{
	(void)state;
	static const char *const bad[] = {"", "f357d00a-90d3-43c2-ab55-070a3863644", "f357d00a-90d3-43c2-ab55-070a3863644aa",
	        "F357d00a-90d3-43c2-ab55-070a3863644a", "f357d00a90d3-43c2-ab55-070a3863644aa",
	        "f357d00a-90d3-43c2-ab55_070a3863644a", "g357d00a-90d3-43c2-ab55-070a3863644a",
	        "{f357d00a-90d3-43c2-ab55-070a386364}"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(cm_text_uuid(cm_view_text(bad[i])));
	uint8_t bytes[16];
	char text[37];
	memset(bytes, 0xff, sizeof bytes);
	assert_string_equal(cm_text_uuid_write(bytes, text), "ffffffff-ffff-4fff-bfff-ffffffffffff");
	assert_true(cm_text_uuid(cm_view_text(text)));
	memset(bytes, 0, sizeof bytes);
	assert_string_equal(cm_text_uuid_write(bytes, text), "00000000-0000-4000-8000-000000000000");
	// The example of RFC 9562, appendix A.6: Tuesday, 22 February 2022, 14:22:22.000 at UTC-5.
	static const uint8_t random[16] = {[6] = 0x0c, 0xc3, 0x18, 0xc4, 0xdc, 0x0c, 0x0c, 0x07, 0x39, 0x8f};
	assert_string_equal(cm_text_uuid_at((struct cm_instant){.us = INT64_C(1645557742000999)}, random, text),
	                    "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
}

UNIT_MAIN(T(every_code_point_is_read_and_surrogates_are_not), T(ill_formed_text_is_refused),
          T(what_deceives_is_not_showable), T(quoting_escapes_and_cuts), T(uuids_have_one_form))
