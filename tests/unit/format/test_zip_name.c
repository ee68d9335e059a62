#include "base/tab_limit.h"
#include "zip_kit.h"

static void
names_are_taken_or_refused_by_their_rule(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		enum cm_error rule; // CM_ERROR_NONE: taken
	} cases[] = {
		{"a", CM_ERROR_NONE},
		{"data/a b/ü…", CM_ERROR_NONE},
		{"...", CM_ERROR_NONE},
		{"..a/b..", CM_ERROR_NONE},
		{"ab:c", CM_ERROR_NONE},
		{"1:", CM_ERROR_NONE},
		{"", CM_ERROR_ZIP_NAME_LENGTH},
		{"/", CM_ERROR_ZIP_PATH_ESCAPE},
		{"/a", CM_ERROR_ZIP_PATH_ESCAPE},
		{"//a/", CM_ERROR_ZIP_PATH_ESCAPE},
		{".", CM_ERROR_ZIP_PATH_ESCAPE},
		{"..", CM_ERROR_ZIP_PATH_ESCAPE},
		{"../a", CM_ERROR_ZIP_PATH_ESCAPE},
		{"a/..", CM_ERROR_ZIP_PATH_ESCAPE},
		{"a/./b", CM_ERROR_ZIP_PATH_ESCAPE},
		{"a//b", CM_ERROR_ZIP_PATH_ESCAPE},
		{"a\\b", CM_ERROR_ZIP_PATH_ESCAPE},
		{"c:a", CM_ERROR_ZIP_PATH_ESCAPE},
		{"Z:/a", CM_ERROR_ZIP_PATH_ESCAPE},
		{"a/", CM_ERROR_ZIP_FOLDER_ENTRY},
		{"a\tb", CM_ERROR_ZIP_NAME_TEXT},
		{"a\x7f", CM_ERROR_ZIP_NAME_TEXT},
		{"\xc0\xaf", CM_ERROR_ZIP_NAME_TEXT},
		{"a\xe2\x80\xae", CM_ERROR_ZIP_NAME_TEXT},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct cm_report report = {0};
		cm_result r = cm_zip_name_check(cm_view_text(cases[i].name), "name", &report);
		if (cases[i].rule == CM_ERROR_NONE ? r != CM_OK : !cm_report_has(&report, cases[i].rule))
			fail_msg("case %zu: %s", i, cases[i].name);
	}
}

static void
the_longest_name_is_1024_bytes(void **state)
{
	(void)state;
	char name[CM_LIMIT_ZIP_NAME_BYTES_VALUE + 1];
	memset(name, 'n', sizeof name);
	assert_int_equal(cm_zip_name_check(cm_view_of(name, sizeof name - 1), "name", NULL), CM_OK);
	assert_int_equal(cm_zip_name_check(cm_view_of(name, sizeof name), "name", NULL), CM_REFUSED);
}

static void
a_name_is_taken_once_as_file_or_folder(void **state)
{
	(void)state;
	CM_CLEANUP(cm_zip_name_fini) struct cm_zip_names names = {0};
	static const char *const taken[] = {"m/n/o", "a", "z", "a!", "a.b/c", "b/c/d", "b/c/e", "A"};
	for (size_t i = 0; i < sizeof taken / sizeof *taken; i++)
		assert_int_equal(cm_zip_name_put(&names, cm_view_text(taken[i]), "name", NULL), CM_OK);
	struct cm_report report = {0};
	for (size_t i = 0; i < sizeof taken / sizeof *taken; i++)
		assert_int_equal(cm_zip_name_put(&names, cm_view_text(taken[i]), "name", &report), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_ZIP_DUPLICATE_NAME));
	assert_false(cm_report_has(&report, CM_ERROR_ZIP_NAME_CONFLICT));
	static const char *const conflict[] = {"b", "b/c", "m/n", "a.b", "a/x", "z/y/x", "b/c/d/e"};
	for (size_t i = 0; i < sizeof conflict / sizeof *conflict; i++) {
		cm_report_clear(&report);
		assert_int_equal(cm_zip_name_put(&names, cm_view_text(conflict[i]), "name", &report), CM_REFUSED);
		assert_true(cm_report_has(&report, CM_ERROR_ZIP_NAME_CONFLICT));
	}
	assert_int_equal(names.count, sizeof taken / sizeof *taken);
	cm_zip_name_fini(NULL);
}

UNIT_MAIN(T(names_are_taken_or_refused_by_their_rule), T(the_longest_name_is_1024_bytes),
          T(a_name_is_taken_once_as_file_or_folder))
