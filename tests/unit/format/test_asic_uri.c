#include "base/mem.h"
#include "format/asic_uri.h"
#include "unit.h"

static void
names_become_uris_and_come_back(void **state)
{
	(void)state;
	static const struct {
		const char *name, *uri;
	} cases[] = {{"data/a.txt", "data/a.txt"}, {"data/a b+c&d", "data/a%20b%2Bc%26d"},
	             {"ü/€", "%C3%BC/%E2%82%AC"},  {"100%", "100%25"},
	             {"a-._~Z09", "a-._~Z09"},     {"ab:c?d#e", "ab%3Ac%3Fd%23e"}};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		CM_CLEANUP(cm_buf_fini) struct cm_buf uri = cm_buf_of(256), name = cm_buf_of(256);
		cm_asic_uri_write(cm_view_text(cases[i].name), &uri);
		assert_view_is(cm_buf_view(&uri), cases[i].uri);
		assert_int_equal(cm_asic_uri_length(cm_view_text(cases[i].name)), uri.n);
		cm_buf_text(&name, "before|");
		assert_int_equal(cm_asic_uri_read(cm_buf_view(&uri), "URI", NULL, &name), CM_OK);
		assert_view_is(cm_view_part(cm_buf_view(&name), 7, name.n), cases[i].name);
	}
}

static void
what_is_no_relative_name_is_refused(void **state)
{
	(void)state;
	static const struct {
		const char *uri;
		enum cm_error rule;
	} cases[] = {{"%", CM_ERROR_ASIC_URI},
	             {"a%2", CM_ERROR_ASIC_URI},
	             {"a%2g", CM_ERROR_ASIC_URI},
	             {"a%2fb", CM_ERROR_ASIC_URI},
	             {"a:b", CM_ERROR_ASIC_URI},
	             {"a?", CM_ERROR_ASIC_URI},
	             {"a#b", CM_ERROR_ASIC_URI},
	             {"%2e%2E/a", CM_ERROR_ZIP_PATH_ESCAPE},
	             {"a%5Cb", CM_ERROR_ZIP_PATH_ESCAPE},
	             {"//host/a", CM_ERROR_ZIP_PATH_ESCAPE},
	             {"c%3A/a", CM_ERROR_ZIP_PATH_ESCAPE},
	             {"", CM_ERROR_ZIP_NAME_LENGTH},
	             {"a%00", CM_ERROR_ZIP_NAME_TEXT},
	             {"%FF", CM_ERROR_ZIP_NAME_TEXT},
	             {"a/", CM_ERROR_ZIP_FOLDER_ENTRY}};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct cm_report report = {0};
		CM_CLEANUP(cm_buf_fini) struct cm_buf name = cm_buf_of(256);
		assert_int_equal(cm_asic_uri_read(cm_view_text(cases[i].uri), "URI", &report, &name), CM_REFUSED);
		if (!cm_report_has(&report, cases[i].rule))
			fail_msg("%s", cases[i].uri);
	}
}

UNIT_MAIN(T(names_become_uris_and_come_back), T(what_is_no_relative_name_is_refused))
