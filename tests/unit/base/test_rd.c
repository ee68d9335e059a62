#include "unit.h"

#include "base/buf.h"
#include "base/rd.h"

// Reads everything and tells how many bytes of content were seen.
static bool
read_all(struct cm_rd *rd)
{
	bool right = cm_rd_u8(rd) == 1 && cm_rd_u16be(rd) == 0x0203 && cm_rd_u32be(rd) == 0x04050607 &&
	             cm_rd_u64be(rd) == UINT64_C(0x08090a0b0c0d0e0f) && cm_rd_u16le(rd) == 0x0302 &&
	             cm_rd_u32le(rd) == 0x07060504 && cm_rd_u64le(rd) == UINT64_C(0x0f0e0d0c0b0a0908);
	struct cm_view field = cm_rd_field(rd), line = cm_rd_until(rd, '\n'), rest = cm_rd_bytes(rd, 2);
	return right && cm_view_is(field, "f") && cm_view_is(line, "line") && cm_view_is(rest, "xy") && cm_rd_done(rd);
}

static void
what_was_written_is_read_and_every_cut_is_noticed(void **state)
{
	(void)state;
	struct cm_buf b = cm_buf_of(100);
	cm_buf_add(&b, "\1\2\3\4\5\6\7\10\11\12\13\14\15\16\17", 15);
	cm_buf_u16be(&b, 0x0203);
	cm_buf_u32be(&b, 0x04050607);
	cm_buf_u64be(&b, UINT64_C(0x08090a0b0c0d0e0f));
	cm_buf_field(&b, cm_view_text("f"));
	cm_buf_text(&b, "line\nxy");
	for (size_t n = 0; n <= b.n; n++) {
		struct cm_rd rd = cm_rd_of(cm_view_part(cm_buf_view(&b), 0, n));
		assert_int_equal(read_all(&rd), n == b.n);
		assert_int_equal(rd.failed, n != b.n);
		assert_int_equal(cm_rd_left(&rd), 0);
	}
	cm_buf_u8(&b, 0);
	struct cm_rd rd = cm_rd_of(cm_buf_view(&b));
	assert_false(read_all(&rd));
	assert_false(rd.failed);
	assert_int_equal(cm_rd_left(&rd), 1);
	cm_buf_fini(&b);
}

static void
failure_is_sticky(void **state)
{
	(void)state;
	struct cm_rd rd = cm_rd_of(cm_view_text("abc;d"));
	assert_int_equal(cm_rd_bytes(&rd, 6).n, 0);
	assert_int_equal(cm_rd_u8(&rd), 0);
	assert_int_equal(cm_rd_until(&rd, ';').n, 0);
	assert_int_equal(cm_rd_bytes(&rd, 0).n, 0);
	assert_false(cm_rd_done(&rd));
}

static void
lengths_that_lie_are_noticed(void **state)
{
	(void)state;
	static const uint8_t lie[] = {0xff, 0xff, 0xff, 0xff, 'x'}, one[] = {0, 0, 0, 2, 'x'};
	struct cm_rd rd = cm_rd_of(cm_view_of(lie, sizeof lie));
	assert_int_equal(cm_rd_field(&rd).n, 0);
	assert_true(rd.failed);
	rd = cm_rd_of(cm_view_of(one, sizeof one));
	assert_int_equal(cm_rd_field(&rd).n, 0);
	assert_true(rd.failed);
	rd = cm_rd_of(cm_view_text("no end"));
	assert_int_equal(cm_rd_until(&rd, ';').n, 0);
	assert_true(rd.failed);
	rd = cm_rd_of(cm_view_of(NULL, 0));
	assert_true(cm_rd_done(&rd));
}

UNIT_MAIN(T(what_was_written_is_read_and_every_cut_is_noticed), T(failure_is_sticky), T(lengths_that_lie_are_noticed))
