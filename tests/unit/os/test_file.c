#include "unit.h"

#include <stdio.h>
#include <unistd.h>

#include "base/tab_limit.h"
#include "os/dir.h"
#include "os/file.h"

static char folder[256];

static int
setup(void **state)
{
	(void)state;
	return cm_dir_temp(folder, sizeof folder, NULL) == CM_OK ? 0 : -1;
}

static int
teardown(void **state)
{
	(void)state;
	return cm_dir_remove_all(folder, NULL) == CM_OK ? 0 : -1;
}

static const char *
at(const char *name)
{
	static char path[CM_FILE_PATH];
	assert_int_equal(cm_file_path(path, sizeof path, folder, name, NULL), CM_OK);
	return path;
}

static void
replacing_leaves_one_whole_file_and_nothing_beside_it(void **state)
{
	(void)state;
	struct cm_dir_list list;
	struct cm_buf got = cm_buf_of(64);
	assert_int_equal(cm_file_replace(at("a"), 0600, cm_view_text("one"), NULL), CM_OK);
	assert_int_equal(cm_file_replace(at("a"), 0600, cm_view_text("two"), NULL), CM_OK);
	assert_int_equal(cm_file_load(at("a"), &got, NULL), CM_OK);
	assert_view_is(cm_buf_view(&got), "two");
	assert_int_equal(cm_dir_read(folder, 10, NULL, &list), CM_OK);
	assert_int_equal(list.n, 1);
	assert_string_equal(list.entries[0].name, "a");
	cm_dir_list_fini(&list);
	cm_buf_fini(&got);
}

static void
what_is_too_large_or_missing_is_refused_by_name(void **state)
{
	(void)state;
	struct cm_report report = {0};
	struct cm_buf small = cm_buf_of(2);
	assert_int_equal(cm_file_replace(at("b"), 0600, cm_view_text("three"), NULL), CM_OK);
	assert_int_equal(cm_file_load(at("b"), &small, &report), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_FILE_TOO_LARGE));
	assert_int_equal(cm_file_load(at("missing"), &small, &report), CM_FAILED);
	assert_true(cm_report_has(&report, CM_ERROR_IO_OPEN));
	cm_buf_fini(&small);
}

static void
a_walk_is_sorted_bounded_and_follows_no_link(void **state)
{
	(void)state;
	struct cm_dir_list list;
	struct cm_report report = {0};
	char link[CM_FILE_PATH];
	assert_int_equal(cm_dir_make_all(at("w/x/y"), 0700, NULL), CM_OK);
	assert_int_equal(cm_file_replace(at("w/x/y/f"), 0600, cm_view_text("1"), NULL), CM_OK);
	assert_int_equal(cm_file_replace(at("w/a"), 0600, cm_view_text("22"), NULL), CM_OK);
	snprintf(link, sizeof link, "%s/w/link", folder);
	assert_int_equal(symlink("/", link), 0);
	assert_int_equal(cm_dir_walk(at("w"), 10, &report, &list), CM_OK);
	assert_int_equal(list.n, 5);
	static const char *const names[] = {"a", "link", "x", "x/y", "x/y/f"};
	for (size_t i = 0; i < list.n; i++)
		assert_string_equal(list.entries[i].name, names[i]);
	assert_int_equal(list.entries[1].kind, CM_DIR_LINK);
	assert_int_equal(list.entries[0].size, 2);
	cm_dir_list_fini(&list);
	assert_int_equal(cm_dir_walk(at("w"), 4, &report, &list), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_DIR_TOO_MANY));
}

static void
folders_deeper_than_the_limit_and_paths_longer_than_it_are_refused(void **state)
{
	(void)state;
	char deep[CM_FILE_PATH], longer[2 * CM_FILE_PATH];
	struct cm_dir_list list;
	struct cm_report report = {0};
	int n = snprintf(deep, sizeof deep, "%s/deep", folder);
	for (int i = 0; i <= CM_LIMIT_DIR_DEPTH_VALUE; i++)
		n += snprintf(deep + n, sizeof deep - (size_t)n, "/d");
	assert_int_equal(cm_dir_make_all(deep, 0700, NULL), CM_OK);
	assert_int_equal(cm_dir_walk(at("deep"), 1000, &report, &list), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_DIR_TOO_DEEP));
	snprintf(deep, sizeof deep, "%s/deep/d/d", folder); // so that teardown finds no more than the limit
	assert_int_equal(cm_dir_remove_all(deep, NULL), CM_OK);
	memset(longer, 'x', sizeof longer - 1);
	longer[sizeof longer - 1] = 0;
	assert_int_equal(cm_file_path(deep, sizeof deep, folder, longer, &report), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_PATH_TOO_LONG));
}

static void
a_lock_is_held_once(void **state)
{
	(void)state;
	struct cm_report report = {0};
	int first = -1, second = -1;
	assert_int_equal(cm_file_lock(at("lock"), &report, &first), CM_OK);
	assert_int_equal(cm_file_lock(at("lock"), &report, &second), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_LOCK_HELD));
	cm_file_close(&first);
	assert_int_equal(cm_file_lock(at("lock"), &report, &second), CM_OK);
	cm_file_close(&second);
}

static void
bytes_come_back_from_where_they_were_put(void **state)
{
	(void)state;
	char got[4];
	size_t n;
	CM_FILE_AUTO int fd = -1;
	struct cm_report report = {0};
	assert_int_equal(cm_file_open(at("p"), CM_FILE_NEW, 0600, NULL, &fd), CM_OK);
	assert_int_equal(cm_file_pwrite_all(fd, 10, cm_view_text("abcd"), NULL), CM_OK);
	assert_int_equal(cm_file_sync(fd, NULL), CM_OK);
	assert_int_equal(cm_file_pread_all(fd, 10, got, 4, NULL), CM_OK);
	assert_memory_equal(got, "abcd", 4);
	assert_int_equal(cm_file_pread(fd, 12, got, 4, NULL, &n), CM_OK);
	assert_int_equal(n, 2);
	assert_int_equal(cm_file_pread_all(fd, 12, got, 4, &report), CM_FAILED);
	assert_true(cm_report_has(&report, CM_ERROR_IO_READ));
	assert_int_equal(cm_file_open(at("p"), CM_FILE_NEW, 0600, NULL, &fd), CM_FAILED);
}

static void
an_output_can_only_be_written(void **state)
{
	(void)state;
	char byte;
	size_t n;
	CM_FILE_AUTO int fd = -1;
	assert_int_equal(cm_file_open(at("out"), CM_FILE_OUTPUT, 0600, NULL, &fd), CM_OK);
	assert_int_equal(cm_file_write_all(fd, cm_view_text("x"), NULL), CM_OK);
	assert_int_equal(cm_file_pread(fd, 0, &byte, 1, NULL, &n), CM_FAILED);
}

static void
relative_names_are_below_the_working_folder(void **state)
{
	(void)state;
	char path[CM_FILE_PATH], here[CM_FILE_PATH], expected[2 * CM_FILE_PATH], name[CM_FILE_PATH + 1];
	assert_non_null(getcwd(here, sizeof here));
	snprintf(expected, sizeof expected, "%s/a/b", here);
	assert_int_equal(cm_dir_absolute("a/b", path, NULL), CM_OK);
	assert_string_equal(path, expected);
	assert_int_equal(cm_dir_absolute("/a/b", path, NULL), CM_OK);
	assert_string_equal(path, "/a/b");
	memset(name, '/', sizeof name);
	name[sizeof name - 1] = 0;
	assert_int_equal(cm_dir_absolute(name, path, NULL), CM_REFUSED);
}

static void
a_file_without_a_name_is_gone_unless_it_gets_one(void **state)
{
	(void)state;
	char name[CM_FILE_PATH];
	struct cm_dir_list before, after;
	struct cm_buf got = cm_buf_of(64);
	CM_FILE_AUTO int fd = -1;
	assert_int_equal(cm_dir_read(folder, 100, NULL, &before), CM_OK);
	snprintf(name, sizeof name, "%s", at("named"));
	if (cm_file_open_unnamed(name, 0600, &fd) != CM_OK) {
		print_message("this file system has no files without a name\n");
		cm_dir_list_fini(&before);
		return;
	}
	assert_true(cm_file_write_only(fd));
	assert_int_equal(cm_file_write_all(fd, cm_view_text("gone"), NULL), CM_OK);
	cm_file_close(&fd);
	assert_int_equal(cm_dir_read(folder, 100, NULL, &after), CM_OK);
	assert_int_equal(after.n, before.n);
	cm_dir_list_fini(&before);
	cm_dir_list_fini(&after);
	assert_int_equal(cm_file_open_unnamed(name, 0600, &fd), CM_OK);
	assert_int_equal(cm_file_write_all(fd, cm_view_text("kept"), NULL), CM_OK);
	assert_int_equal(cm_file_name(fd, name, NULL), CM_OK);
	assert_int_equal(cm_file_name(fd, name, NULL), CM_FAILED);
	assert_int_equal(cm_file_load(name, &got, NULL), CM_OK);
	assert_string_equal(cm_buf_cstr(&got), "kept");
	cm_buf_fini(&got);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	        T(replacing_leaves_one_whole_file_and_nothing_beside_it),
	        T(what_is_too_large_or_missing_is_refused_by_name),
	        T(a_walk_is_sorted_bounded_and_follows_no_link),
	        T(folders_deeper_than_the_limit_and_paths_longer_than_it_are_refused),
	        T(a_lock_is_held_once),
	        T(bytes_come_back_from_where_they_were_put),
	        T(an_output_can_only_be_written),
	        T(a_file_without_a_name_is_gone_unless_it_gets_one),
	        T(relative_names_are_below_the_working_folder),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
