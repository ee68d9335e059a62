// A result appears whole or not at all.
#include "unit.h"

#include "base/mem.h"
#include "cli/sink.h"
#include "os/dir.h"

static char folder[CM_FILE_PATH], path[CM_FILE_PATH];

static int
set_up(void **state)
{
	(void)state;
	assert_int_equal(cm_dir_temp(folder, sizeof folder, NULL), CM_OK);
	assert_int_equal(cm_file_path(path, sizeof path, folder, "out", NULL), CM_OK);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	return cm_dir_remove_all(folder, NULL) == CM_OK ? 0 : 1;
}

static size_t
names_in_folder(void)
{
	struct cm_dir_list list;
	assert_int_equal(cm_dir_read(folder, 100, NULL, &list), CM_OK);
	size_t n = list.n;
	cm_dir_list_fini(&list);
	return n;
}

static void
what_is_committed_is_whole(void **state)
{
	(void)state;
	static const size_t sizes[] = {0, 1, 4095, 4096, CM_SINK_BLOCK, CM_SINK_BLOCK + 1, 3 * CM_SINK_BLOCK + 777};
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		struct cm_sink CM_CLEANUP(cm_sink_fini) sink;
		struct cm_buf CM_CLEANUP(cm_buf_fini) bytes = cm_buf_of(sizes[i]), back = cm_buf_of(sizes[i]);
		for (size_t k = 0; k < sizes[i]; k++)
			cm_buf_u8(&bytes, (uint8_t)(k * 13 + k / 4099));
		assert_int_equal(cm_sink_open(path, true, NULL, &sink), CM_OK);
		for (size_t at = 0; at < bytes.n; at += 50021)
			assert_int_equal(cm_sink_write(&sink, cm_view_part(cm_buf_view(&bytes), at, 50021), NULL), CM_OK);
		assert_int_equal(sink.written, sizes[i]);
		assert_int_equal(cm_sink_commit(&sink, NULL), CM_OK);
		assert_int_equal(cm_file_load(path, &back, NULL), CM_OK);
		assert_true(cm_view_equal(cm_buf_view(&bytes), cm_buf_view(&back)));
		assert_int_equal(names_in_folder(), 1);
	}
}

static void
what_is_not_committed_leaves_nothing(void **state)
{
	(void)state;
	struct cm_report report = {0};
	struct cm_sink sink;
	struct cm_buf CM_CLEANUP(cm_buf_fini) back = cm_buf_of(100);
	assert_int_equal(cm_file_replace(path, 0600, cm_view_text("before"), NULL), CM_OK);
	assert_int_equal(cm_sink_open(path, false, &report, &sink), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_OUT_EXISTS));
	assert_int_equal(cm_sink_open(path, true, NULL, &sink), CM_OK);
	assert_int_equal(cm_sink_write(&sink, cm_view_text("after"), NULL), CM_OK);
	cm_sink_fini(&sink);
	assert_int_equal(names_in_folder(), 1);
	assert_int_equal(cm_file_load(path, &back, NULL), CM_OK);
	assert_view_is(cm_buf_view(&back), "before");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {T(what_is_committed_is_whole), T(what_is_not_committed_leaves_nothing)};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
