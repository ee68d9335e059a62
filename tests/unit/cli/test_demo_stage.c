#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/instant.h"
#include "base/mem.h"
#include "base/tab_limit.h"
#include "os/clock.h"
#include "os/dir.h"
#include "cli/demo_stage.h"

static struct cm_demo demo;
static char *shown;
static size_t shown_n;

static int
begin(void **state)
{
	(void)state;
	memset(&demo, 0, sizeof demo);
	demo.to = open_memstream(&shown, &shown_n);
	demo.log = demo.signal = -1;
	demo.out = cm_buf_of(CM_LIMIT_API_ANSWER_BYTES_VALUE);
	demo.err = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE);
	return cm_dir_temp(demo.folder, sizeof demo.folder, NULL) == CM_OK ? 0 : 1;
}

static int
end(void **state)
{
	(void)state;
	fclose(demo.to);
	free(shown);
	cm_json_free(demo.json);
	cm_buf_fini(&demo.out);
	cm_buf_fini(&demo.err);
	return cm_dir_remove_all(demo.folder, NULL) == CM_OK ? 0 : 1;
}

static void
commands_are_shown_and_judged_by_their_exit_code(void **state)
{
	(void)state;
	assert_int_equal(cm_demo_shell(&demo, NULL, "echo hello; exit 0"), CM_OK);
	assert_view_is(cm_buf_view(&demo.out), "hello\n");
	assert_int_equal(cm_demo_shell(&demo, NULL, "echo because >&2; exit 7"), CM_REFUSED);
	fflush(demo.to);
	assert_non_null(strstr(shown, "$ echo hello; exit 0"));
	assert_non_null(strstr(shown, "ended with 7 instead of 0"));
	assert_non_null(strstr(shown, "because"));
}

static void
answers_are_found_by_path(void **state)
{
	(void)state;
	char text[CM_DEMO_TEXT], id[CM_DEMO_ID];
	static const char json[] = "{\"a\":[{\"b\":\"x\"},{\"b\":\"y\",\"n\":7}]}";
	assert_int_equal(cm_json_read(cm_view_text(json), CM_LIMIT_MESSAGE_BYTES_VALUE, NULL, &demo.json), CM_OK);
	cm_demo_text(&demo, "a/1/b", text);
	assert_string_equal(text, "y");
	assert_int_equal(cm_demo_number(&demo, "a/1/n"), 7);
	assert_null(cm_demo_find(&demo, "a/2/b"));
	assert_null(cm_demo_find(&demo, "a/x"));
	assert_false(cm_demo_id(&demo, "c", id));
	assert_true(cm_demo_id(&demo, "a/0/b", id));
}

// The example's day is today: its dates keep their distance.
static void
drafts_are_of_today(void **state)
{
	(void)state;
	char path[CM_FILE_PATH], day[CM_INSTANT_TEXT];
	struct cm_buf text = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE);
	snprintf(demo.preserved_at, sizeof demo.preserved_at, "2031-01-01T00:00:00Z");
	snprintf(demo.preservation_task, sizeof demo.preservation_task, "the-task");
	assert_int_equal(cm_demo_draft(&demo, CM_DEMO_DRAFT_STORED, "d.json"), CM_OK);
	assert_int_equal(cm_demo_path(&demo, "d.json", path), CM_OK);
	assert_int_equal(cm_file_load(path, &text, NULL), CM_OK);
	struct cm_instant attacked = {cm_clock_utc().us - 2 * CM_INSTANT_DAY};
	cm_instant_text(attacked, day);
	day[10] = 0;
	assert_non_null(strstr(cm_buf_cstr(&text), day));
	assert_non_null(strstr(cm_buf_cstr(&text), "\"the-task\""));
	assert_non_null(strstr(cm_buf_cstr(&text), "\"2031-01-01T00:00:00Z\""));
	assert_null(strstr(cm_buf_cstr(&text), "XB-2026-00007"));
	cm_buf_fini(&text);
}

static void
other_peoples_folders_are_counted_not_touched(void **state)
{
	(void)state;
	struct cm_demo_input found;
	assert_int_equal(cm_demo_write(&demo, "a", 0600, cm_view_text("12345")), CM_OK);
	assert_int_equal(cm_demo_input_count(demo.folder, NULL, &found), CM_OK);
	assert_int_equal(found.files, 1);
	assert_int_equal(found.bytes, 5);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(commands_are_shown_and_judged_by_their_exit_code, begin, end),
	        cmocka_unit_test_setup_teardown(answers_are_found_by_path, begin, end),
	        cmocka_unit_test_setup_teardown(drafts_are_of_today, begin, end),
	        cmocka_unit_test_setup_teardown(other_peoples_folders_are_counted_not_touched, begin, end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
