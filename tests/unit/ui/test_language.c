// Which language a browser gets.
#include "unit.h"

#include "ui/language.h"

static void
test_accepted(void **state)
{
	(void)state;
	static const struct {
		const char *list;
		enum cm_language language;
	} rows[] = {
	        {"", CM_LANGUAGE_EN},
	        {"ar", CM_LANGUAGE_AR},
	        {"ar-SA,en;q=0.8", CM_LANGUAGE_AR},
	        {"en;q=0.8, ar", CM_LANGUAGE_AR},
	        {"xx, ar;q=0.1", CM_LANGUAGE_AR},
	        {"ar;q=0, en;q=0.5", CM_LANGUAGE_EN},
	        {"ar;q=0.5,en;q=0.51", CM_LANGUAGE_EN},
	        {"ar;q=x", CM_LANGUAGE_EN},
	        {",,;q=1, ;, ar;q=1.000", CM_LANGUAGE_AR},
	        {"*", CM_LANGUAGE_EN},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		assert_int_equal(cm_language_accepted(cm_view_text(rows[i].list)), rows[i].language);
}

static void
test_named(void **state)
{
	(void)state;
	assert_int_equal(cm_language_of(cm_view_text("ar")), CM_LANGUAGE_AR);
	assert_int_equal(cm_language_of(cm_view_text("")), CM_LANGUAGE_NONE);
	assert_int_equal(cm_language_of(cm_view_text("../ar")), CM_LANGUAGE_NONE);
}

UNIT_MAIN(T(test_accepted), T(test_named))
