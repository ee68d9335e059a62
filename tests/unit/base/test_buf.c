#include "unit.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/rd.h"

static void
write_all(struct cm_buf *b)
{
	cm_buf_u8(b, 0x01);
	cm_buf_u16be(b, 0x0203);
	cm_buf_u32be(b, 0x04050607);
	cm_buf_u64be(b, UINT64_C(0x08090a0b0c0d0e0f));
	cm_buf_u16le(b, 0x0203);
	cm_buf_u32le(b, 0x04050607);
	cm_buf_u64le(b, UINT64_C(0x08090a0b0c0d0e0f));
	cm_buf_field(b, cm_view_text("field"));
	cm_buf_text(b, "text");
	cm_buf_printf(b, "%d-%s", 42, "x");
	cm_buf_fill(b, 0xee, 200);
	cm_buf_add(b, NULL, 0);
}

static void
byte_orders_are_as_named(void **state)
{
	(void)state;
	struct cm_buf b = cm_buf_of(1000);
	write_all(&b);
	assert_int_equal(cm_buf_result(&b), CM_OK);
	static const uint8_t head[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 3, 2, 7, 6, 5, 4, 15, 14, 13, 12, 11,
	        10, 9, 8, 0, 0, 0, 5, 'f', 'i', 'e', 'l', 'd', 't', 'e', 'x', 't', '4', '2', '-', 'x'};
	assert_int_equal(b.n, sizeof head + 200);
	assert_memory_equal(b.p, head, sizeof head);
	cm_buf_fini(&b);
}

static void
the_maximum_is_exact_and_failure_is_sticky(void **state)
{
	(void)state;
	for (size_t max = 0; max < 130; max++) {
		struct cm_buf b = cm_buf_of(max);
		cm_buf_fill(&b, 'a', max);
		assert_int_equal(cm_buf_result(&b), CM_OK);
		assert_int_equal(b.n, max);
		assert_int_equal(strlen(cm_buf_cstr(&b)), max);
		cm_buf_u8(&b, 'b');
		assert_int_equal(cm_buf_result(&b), CM_REFUSED);
		cm_buf_text(&b, "");
		assert_int_equal(b.n, max);
		assert_null(cm_buf_take(&b, NULL));
		cm_buf_clear(&b);
		assert_int_equal(cm_buf_result(&b), CM_OK);
		cm_buf_fini(&b);
	}
	struct cm_buf b = cm_buf_of(5);
	cm_buf_printf(&b, "%s", "123456");
	assert_int_equal(cm_buf_result(&b), CM_REFUSED);
	assert_int_equal(b.n, 0);
	cm_buf_fini(&b);
}

static void
every_allocation_may_fail(void **state)
{
	(void)state;
	for (int secret = 0; secret < 2; secret++) {
		bool failed = true;
		for (unsigned long n = 1; failed; n++) {
			struct cm_buf b = secret ? cm_buf_of_secret(1000) : cm_buf_of(1000);
			cm_mem_fail_from(n);
			write_all(&b);
			cm_mem_fail_from(0);
			failed = cm_buf_result(&b) != CM_OK;
			assert_true(!failed || cm_buf_result(&b) == CM_NOMEM);
			assert_true(n < 10);
			cm_buf_fini(&b);
		}
	}
}

static void
taking_gives_the_memory_away(void **state)
{
	(void)state;
	struct cm_buf b = cm_buf_of_secret(10);
	size_t n = 99;
	cm_buf_text(&b, "abc");
	uint8_t *p = cm_buf_take(&b, &n);
	assert_string_equal((char *)p, "abc");
	assert_int_equal(n, 3);
	assert_true(b.secret);
	assert_int_equal(b.max, 10);
	assert_int_equal(b.n, 0);
	cm_mem_free(p);
	p = cm_buf_take(&b, NULL);
	assert_string_equal((char *)p, "");
	cm_mem_free(p);
	cm_mem_fail_from(1);
	assert_null(cm_buf_take(&b, NULL));
	cm_mem_fail_from(0);
	cm_buf_fini(&b);
	cm_buf_fini(NULL);
}

static void
an_empty_buffer_is_the_empty_string(void **state)
{
	(void)state;
	struct cm_buf b = cm_buf_of(0);
	assert_string_equal(cm_buf_cstr(&b), "");
	assert_int_equal(cm_buf_view(&b).n, 0);
	cm_buf_fini(&b);
}

UNIT_MAIN(T(byte_orders_are_as_named), T(the_maximum_is_exact_and_failure_is_sticky), T(every_allocation_may_fail),
          T(taking_gives_the_memory_away), T(an_empty_buffer_is_the_empty_string))
