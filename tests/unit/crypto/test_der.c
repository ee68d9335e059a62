#include "unit.h"

#include "base/hex.h"
#include "crypto/der.h"
#include "crypto/pem.h"

static void
what_was_put_is_taken(void **state)
{
	(void)state;
	static const size_t lengths[] = {0, 1, 127, 128, 255, 256, 65535, 65536};
	for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
		struct cm_buf value = cm_buf_of(1 << 20), b = cm_buf_of(1 << 20);
		struct cm_view v, whole;
		cm_buf_fill(&value, 0x5a, lengths[i]);
		cm_der_put(&b, CM_DER_OCTETS, cm_buf_view(&value));
		cm_buf_u8(&b, 0); // something behind it
		struct cm_rd rd = cm_rd_of(cm_buf_view(&b));
		assert_true(cm_der_is_next(&rd, CM_DER_OCTETS));
		assert_false(cm_der_is_next(&rd, CM_DER_INTEGER));
		assert_true(cm_der_take(&rd, CM_DER_OCTETS, &v, &whole));
		assert_true(cm_view_equal(v, cm_buf_view(&value)));
		assert_int_equal(whole.n, b.n - 1);
		assert_int_equal(cm_rd_left(&rd), 1);
		cm_buf_fini(&value);
		cm_buf_fini(&b);
	}
}

static void
other_encodings_are_refused(void **state)
{
	(void)state;
	static const char *const bad[] = {
		"04",   "0401",         "0480",       "04800000", "048101aa", "04820001aa", "0485000000000100",
		"04ff", "0484ffffffff", "0401aa0500", "0201aa"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		uint8_t bytes[16];
		struct cm_view v;
		assert_true(cm_hex_read(cm_view_text(bad[i]), bytes, strlen(bad[i]) / 2));
		struct cm_rd rd = cm_rd_of(cm_view_of(bytes, strlen(bad[i]) / 2));
		assert_false(cm_der_take(&rd, CM_DER_OCTETS, &v, NULL) && cm_rd_done(&rd));
	}
}

static void
pem_blocks_are_found_or_broken(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		enum cm_pem_found found;
	} rows[] = {
		{"", CM_PEM_NONE},
		{"no block", CM_PEM_NONE},
		{"-----BEGIN A-----\nAAAA\n-----END A-----", CM_PEM_BLOCK},
		{"x\r\n-----BEGIN A-----\r\nAA\r\nAA\r\n-----END A-----\r\n", CM_PEM_BLOCK},
		{"-----BEGIN A-----\nAAAA\n-----END B-----\n", CM_PEM_BROKEN},
		{"-----BEGIN A-----\nAAAA\n", CM_PEM_BROKEN},
		{"-----BEGIN A-----\n-----END A-----\n", CM_PEM_BROKEN},
		{"-----BEGIN A-----\nName: value\n\nAAAA\n-----END A-----\n", CM_PEM_BROKEN},
		{"-----BEGIN A-----\nAAA\n-----END A-----\n", CM_PEM_BROKEN},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct cm_buf b = cm_buf_of(100);
		struct cm_view label;
		size_t at = 0;
		assert_int_equal(cm_pem_next(cm_view_text(rows[i].text), &at, &label, &b), rows[i].found);
		if (rows[i].found == CM_PEM_BLOCK) {
			assert_view_is(label, "A");
			assert_int_equal(b.n, 3);
			assert_int_equal(cm_pem_next(cm_view_text(rows[i].text), &at, &label, &b), CM_PEM_NONE);
		}
		cm_buf_fini(&b);
	}
}

UNIT_MAIN(T(what_was_put_is_taken), T(other_encodings_are_refused), T(pem_blocks_are_found_or_broken))
