#include "unit.h"

#include "node/node_name.h"

static void
a_name_has_a_country_and_a_name(void **state)
{
	(void)state;
	struct cm_node_name name, joined;
	assert_int_equal(cm_node_name_read(cm_view_text("xa.contact-24"), NULL, &name), CM_OK);
	assert_string_equal(name.country, "xa");
	assert_string_equal(name.country_upper, "XA");
	assert_string_equal(cm_node_name_id(&name), "contact-24");
	assert_int_equal(cm_node_name_join(cm_view_text("XA"), cm_view_text("contact-24"), NULL, &joined), CM_OK);
	assert_string_equal(joined.whole, name.whole);
}

static void
other_names_are_refused(void **state)
{
	(void)state;
	static const char *const bad[] = {"", "xa", "xa.", "XA.contact", "x.contact", "xaa.contact", "xa.1contact",
	                                  "xa.Contact", "xa.con tact", "xa.con/tact", "xa..", "xa.c\001"};
	struct cm_node_name name;
	struct cm_report report = {0};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(cm_node_name_read(cm_view_text(bad[i]), &report, &name), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_NODE_NAME));
	assert_int_equal(cm_node_name_join(cm_view_text("xa"), cm_view_text("contact"), NULL, &name), CM_REFUSED);
	assert_int_equal(cm_node_name_join(cm_view_text("XAA"), cm_view_text("contact"), NULL, &name), CM_REFUSED);
}

UNIT_MAIN(T(a_name_has_a_country_and_a_name), T(other_names_are_refused))
