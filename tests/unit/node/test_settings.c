#include "unit.h"

#include "node/settings.h"

static struct cm_settings settings;

static cm_result
read_text(const char *text, struct cm_report *report)
{
	return cm_settings_read(cm_view_text(text), report, &settings);
}

static void
values_and_defaults(void **state)
{
	(void)state;
	assert_int_equal(read_text("# a comment\n\n node =  xa.contact \r\npeer_threads = 4\npublic_url = https://xa.example", NULL), CM_OK);
	assert_string_equal(cm_settings_text(&settings, CM_SETTING_NODE), "xa.contact");
	assert_int_equal(cm_settings_number(&settings, CM_SETTING_PEER_THREADS), 4);
	assert_string_equal(cm_settings_text(&settings, CM_SETTING_PEER_LISTEN), "127.0.0.1:0");
	assert_string_equal(cm_settings_text(&settings, CM_SETTING_PUBLIC_URL), "https://xa.example");
	assert_int_equal(cm_settings_number(&settings, CM_SETTING_RETRY_MAX_S), 300);
}

static void
what_is_wrong_is_named_with_its_line(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		enum cm_error rule;
		const char *place;
	} cases[] = {
	        {"node = a\ncolour = red\n", CM_ERROR_SETTING_UNKNOWN, "line 2"},
	        {"node\n", CM_ERROR_SETTING_UNKNOWN, "line 1"},
	        {"node = a\nnode = b\n", CM_ERROR_SETTING_TWICE, "line 2"},
	        {"\npeer_threads = many\n", CM_ERROR_SETTING_VALUE, "line 2"},
	        {"peer_listen = 8443\n", CM_ERROR_SETTING_VALUE, "line 1"},
	        {"node = a\001b\n", CM_ERROR_SETTING_VALUE, "line 1"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct cm_report report = {0};
		assert_int_equal(read_text(cases[i].text, &report), CM_REFUSED);
		assert_int_equal(report.findings[0].rule, cases[i].rule);
		assert_string_equal(report.findings[0].place, cases[i].place);
	}
}

static void
port_zero_is_the_systems_to_choose(void **state)
{
	(void)state;
	assert_true(cm_settings_any_port("127.0.0.1:0"));
	assert_true(cm_settings_any_port("[::1]:0"));
	assert_false(cm_settings_any_port("127.0.0.1:80"));
	assert_false(cm_settings_any_port(":0"));
}

UNIT_MAIN(T(port_zero_is_the_systems_to_choose), T(values_and_defaults), T(what_is_wrong_is_named_with_its_line))
