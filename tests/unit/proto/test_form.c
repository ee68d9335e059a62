// Fields of posted forms, and which forms are refused.
#include "unit.h"

#include "proto/form.h"

static cm_result
field(const char *form, const char *name, size_t max, const char *expected)
{
	struct cm_report report = {0};
	struct cm_buf b = cm_buf_of(max);
	cm_result r = cm_form_field(cm_view_text(form), name, &report, &b);
	if (r == CM_OK)
		assert_string_equal(cm_buf_cstr(&b), expected);
	else
		assert_true(cm_report_has(&report, CM_ERROR_FORM_FIELD));
	cm_buf_fini(&b);
	return r;
}

static void
test_taken(void **state)
{
	(void)state;
	static const char form[] = "a=1&b=two+words&c=&d=%C3%A9%2b%2F&e=x%0D%0Ay&f=a%26b%3Dc";
	assert_int_equal(field(form, "a", 64, "1"), CM_OK);
	assert_int_equal(field(form, "b", 64, "two words"), CM_OK);
	assert_int_equal(field(form, "c", 64, ""), CM_OK);
	assert_int_equal(field(form, "d", 64, "\xc3\xa9+/"), CM_OK);
	assert_int_equal(field(form, "e", 64, "x\ny"), CM_OK);
	assert_int_equal(field(form, "f", 64, "a&b=c"), CM_OK);
	assert_int_equal(field(form, "g", 64, ""), CM_OK);
	assert_int_equal(field("", "a", 64, ""), CM_OK);
}

static void
test_refused(void **state)
{
	(void)state;
	static const char *const forms[] = {"a=%",   "a=%4",    "a=%zz",      "a=1&a=1", "a", "=1",
	                                    "a=%00", "a=%FF", "a=%E2%80%AE", "a=12345", "b&a=1"};
	for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
		assert_int_equal(field(forms[i], "a", 4, ""), CM_REFUSED);
}

UNIT_MAIN(T(test_taken), T(test_refused))
