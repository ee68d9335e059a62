// What every unit test starts with: cmocka and the headers it asks for.
#ifndef CM_TESTS_UNIT_H
#define CM_TESTS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

// Views in assertions.
#define assert_view_is(v, text)                                                                                        \
	do {                                                                                                           \
		struct cm_view unit_v_ = (v);                                                                          \
		assert_int_equal(unit_v_.n, strlen(text));                                                             \
		if (unit_v_.n != 0)                                                                                    \
			assert_memory_equal(unit_v_.p, text, unit_v_.n);                                               \
	} while (0)

#define UNIT_MAIN(...)                                                                                                 \
	int main(void)                                                                                                 \
	{                                                                                                              \
		const struct CMUnitTest tests[] = {__VA_ARGS__};                                                       \
		return cmocka_run_group_tests(tests, NULL, NULL);                                                      \
	}
#define T(f) cmocka_unit_test(f)

#endif
