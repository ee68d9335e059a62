#include "unit.h"

#include <stdio.h>

#include "node/slotfile.h"
#include "os/dir.h"
#include "os/file.h"

#define HALF 69632 // where the second half begins

static char folder[200], path[256];

static int
setup(void **state)
{
	(void)state;
	if (cm_dir_temp(folder, sizeof folder, NULL) != CM_OK)
		return -1;
	snprintf(path, sizeof path, "%s/slots", folder);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	return cm_dir_remove_all(folder, NULL) == CM_OK ? 0 : -1;
}

static void
put(const char *text)
{
	struct cm_slotfile file;
	struct cm_buf old = cm_buf_of(100);
	assert_int_equal(cm_slotfile_open(path, NULL, &file, &old), CM_OK);
	assert_int_equal(cm_slotfile_write(&file, cm_view_text(text), NULL), CM_OK);
	cm_slotfile_fini(&file);
	cm_buf_fini(&old);
}

static void
assert_holds(const char *text)
{
	struct cm_slotfile file;
	struct cm_buf now = cm_buf_of(100);
	assert_int_equal(cm_slotfile_open(path, NULL, &file, &now), CM_OK);
	assert_view_is(cm_buf_view(&now), text);
	cm_slotfile_fini(&file);
	cm_buf_fini(&now);
}

// Flips one byte of the file.
static void
damage(uint64_t offset)
{
	uint8_t byte;
	CM_FILE_AUTO int fd = -1;
	assert_int_equal(cm_file_open(path, CM_FILE_UPDATE, 0600, NULL, &fd), CM_OK);
	assert_int_equal(cm_file_pread_all(fd, offset, &byte, 1, NULL), CM_OK);
	byte ^= 1;
	assert_int_equal(cm_file_pwrite_all(fd, offset, cm_view_of(&byte, 1), NULL), CM_OK);
}

static void
the_last_write_counts(void **state)
{
	(void)state;
	assert_int_equal(cm_slotfile_create(path, NULL), CM_OK);
	assert_holds("");
	put("one");
	assert_holds("one");
	put("two");
	put("three");
	assert_holds("three");
	assert_int_equal(cm_slotfile_create(path, NULL), CM_FAILED);
}

static void
a_torn_write_leaves_the_state_before_it(void **state)
{
	(void)state;
	assert_int_equal(cm_slotfile_create(path, NULL), CM_OK); // generation 1, second half
	put("one");                                              // generation 2, first half
	put("two");                                              // generation 3, second half
	damage(HALF + 21);
	assert_holds("one");
	put("again"); // takes the damaged half
	assert_holds("again");
}

static void
every_damaged_byte_of_the_newest_half_is_seen(void **state)
{
	(void)state;
	assert_int_equal(cm_slotfile_create(path, NULL), CM_OK);
	put("one");
	for (uint64_t at = 0; at < 20 + 3 + 32; at++) {
		damage(at);
		assert_holds("");
		damage(at);
		assert_holds("one");
	}
}

static void
two_damaged_halves_are_refused(void **state)
{
	(void)state;
	struct cm_slotfile file;
	struct cm_report report = {0};
	struct cm_buf now = cm_buf_of(100);
	assert_int_equal(cm_slotfile_create(path, NULL), CM_OK);
	put("one");
	damage(21);
	damage(HALF + 8);
	assert_int_equal(cm_slotfile_open(path, &report, &file, &now), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_SLOT_DAMAGED));
	cm_buf_fini(&now);
}

#define F(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
UNIT_MAIN(F(the_last_write_counts), F(a_torn_write_leaves_the_state_before_it),
          F(every_damaged_byte_of_the_newest_half_is_seen), F(two_damaged_halves_are_refused))
