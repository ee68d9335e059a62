#include "unit.h"

#include "base/b64.h"
#include "base/mem.h"

// RFC 4648 section 10.
static void
the_vectors_of_the_rfc(void **state)
{
	(void)state;
	static const char *const row[][3] = {{"", "", ""}, {"f", "Zg==", "Zg"}, {"fo", "Zm8=", "Zm8"}, {"foo", "Zm9v", "Zm9v"},
	        {"foob", "Zm9vYg==", "Zm9vYg"}, {"fooba", "Zm9vYmE=", "Zm9vYmE"}, {"foobar", "Zm9vYmFy", "Zm9vYmFy"}};
	for (size_t i = 0; i < sizeof row / sizeof *row; i++)
		for (enum cm_b64_form form = CM_B64_STANDARD; form <= CM_B64_RAW; form++) {
			struct cm_buf text = cm_buf_of(100), back = cm_buf_of(100);
			cm_b64_write(&text, cm_view_text(row[i][0]), form);
			assert_view_is(cm_buf_view(&text), row[i][form == CM_B64_STANDARD ? 1 : 2]);
			assert_true(cm_b64_read(cm_buf_view(&text), form, &back));
			assert_view_is(cm_buf_view(&back), row[i][0]);
			cm_buf_fini(&text);
			cm_buf_fini(&back);
		}
}

static void
the_alphabets_differ_in_two_digits(void **state)
{
	(void)state;
	uint8_t bytes[3] = {0xfb, 0xff, 0xfe}, back[3];
	struct cm_buf text = cm_buf_of(8);
	cm_b64_write(&text, cm_view_of(bytes, 3), CM_B64_URL);
	assert_view_is(cm_buf_view(&text), "-__-");
	assert_true(cm_b64_read_exact(cm_buf_view(&text), CM_B64_URL, back, 3));
	assert_memory_equal(back, bytes, 3);
	assert_false(cm_b64_read_exact(cm_buf_view(&text), CM_B64_STANDARD, back, 3));
	cm_buf_clear(&text);
	cm_b64_write(&text, cm_view_of(bytes, 3), CM_B64_STANDARD);
	assert_view_is(cm_buf_view(&text), "+//+");
	assert_false(cm_b64_read_exact(cm_buf_view(&text), CM_B64_URL, back, 3));
	cm_buf_fini(&text);
}

static void
every_byte_string_of_two_bytes_comes_back(void **state)
{
	(void)state;
	for (unsigned x = 0; x < 65536; x++) {
		uint8_t bytes[2] = {(uint8_t)(x >> 8), (uint8_t)x}, back[2];
		struct cm_buf text = cm_buf_of(4);
		cm_b64_write(&text, cm_view_of(bytes, 2), CM_B64_RAW);
		assert_true(cm_b64_read_exact(cm_buf_view(&text), CM_B64_RAW, back, 2));
		assert_memory_equal(back, bytes, 2);
		cm_buf_fini(&text);
	}
}

static void
other_spellings_are_refused(void **state)
{
	(void)state;
	static const char *const padded[] = {"Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Zg==\n", " Zg==", "Zg= =", "====", "A===",
	        "=", "Zm9v====", "Z===", "Zg==Zg==", "Zm-v", "Zm9v\0AAA"};
	static const char *const bare[] = {"Z", "Zh", "Zm9", "Zg==", "Zm 8", "Zm9vY", "Zm9v\n"};
	for (size_t i = 0; i < sizeof padded / sizeof *padded - 1; i++) {
		struct cm_buf b = cm_buf_of(100);
		assert_false(cm_b64_read(cm_view_text(padded[i]), CM_B64_STANDARD, &b));
		cm_buf_fini(&b);
	}
	for (size_t i = 0; i < sizeof bare / sizeof *bare; i++) {
		struct cm_buf b = cm_buf_of(100);
		assert_false(cm_b64_read(cm_view_text(bare[i]), CM_B64_RAW, &b));
		cm_buf_fini(&b);
	}
	struct cm_buf b = cm_buf_of(100);
	assert_false(cm_b64_read(cm_view_of("Zm9v\0AAA", 8), CM_B64_STANDARD, &b));
	cm_buf_fini(&b);
}

static void
the_exact_form_leaves_the_bytes_alone_on_refusal(void **state)
{
	(void)state;
	uint8_t bytes[3] = {1, 2, 3};
	assert_false(cm_b64_read_exact(cm_view_text("Zm9vYg"), CM_B64_RAW, bytes, 3));
	assert_false(cm_b64_read_exact(cm_view_text("Zm8"), CM_B64_RAW, bytes, 3));
	assert_memory_equal(bytes, ((uint8_t[]){1, 2, 3}), 3);
	cm_mem_fail_from(1); // it needs none
	assert_true(cm_b64_is(cm_view_text("Zm9v"), CM_B64_RAW));
	assert_true(cm_b64_read_exact(cm_view_text("Zm9v"), CM_B64_RAW, bytes, 3));
	cm_mem_fail_from(0);
	assert_memory_equal(bytes, "foo", 3);
	assert_false(cm_b64_is(cm_view_text("Zm9vY"), CM_B64_RAW));
	assert_true(cm_b64_read_exact(cm_view_text(""), CM_B64_RAW, bytes, 0));
}

static void
a_full_buffer_is_told(void **state)
{
	(void)state;
	struct cm_buf b = cm_buf_of(2);
	assert_false(cm_b64_read(cm_view_text("Zm9v"), CM_B64_RAW, &b));
	assert_int_equal(cm_buf_result(&b), CM_REFUSED);
	cm_buf_fini(&b);
}

UNIT_MAIN(T(the_vectors_of_the_rfc), T(the_alphabets_differ_in_two_digits),
          T(every_byte_string_of_two_bytes_comes_back), T(other_spellings_are_refused),
          T(the_exact_form_leaves_the_bytes_alone_on_refusal), T(a_full_buffer_is_told))
