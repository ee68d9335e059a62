#include "unit.h"

#include <stdio.h>
#include <sys/stat.h>

#include "base/hex.h"
#include "os/dir.h"
#include "os/file.h"
#include "store/blobs.h"

#define PART "6f1c2a5e-0b1d-4c3e-8f00-000000000001"

static char home[256];

static int
prepare(void **state)
{
	(void)state;
	assert_int_equal(cm_dir_temp(home, sizeof home, NULL), CM_OK);
	assert_int_equal(cm_blobs_prepare(home, NULL), CM_OK);
	return 0;
}

static int
leave(void **state)
{
	(void)state;
	return cm_dir_remove_all(home, NULL) == CM_OK ? 0 : 1;
}

static void
what_the_disk_cannot_hold_is_not_begun(void **state)
{
	(void)state;
	struct cm_report report = {0};
	uint64_t room = 0;
	assert_int_equal(cm_dir_free_bytes(home, &report, &room), CM_OK);
	assert_int_equal(cm_blobs_room(home, 2 * room, &report), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_BLOB_NO_ROOM));
	assert_int_equal(cm_blobs_room(home, UINT64_MAX, &report), CM_REFUSED);
	if (room > (uint64_t)2 * CM_LIMIT_DISK_RESERVE_VALUE)
		assert_int_equal(cm_blobs_room(home, room / 4, &report), CM_OK);
}

static void
a_part_goes_on_after_a_restart_and_ends_by_its_digest(void **state)
{
	(void)state;
	struct cm_report report = {0};
	struct cm_blobs_part part;
	struct cm_hash sha256, expected = cm_hash_of(cm_view_text("hello world"));
	assert_int_equal(cm_blobs_begin(home, cm_view_text(PART), 0, &report, &part), CM_OK);
	assert_int_equal(cm_blobs_add(&part, cm_view_text("hello "), &report), CM_OK);
	assert_int_equal(cm_blobs_sync(&part, &report), CM_OK);
	assert_int_equal(part.durable, 6);
	assert_int_equal(cm_blobs_add(&part, cm_view_text("lost"), &report), CM_OK);
	cm_blobs_fini(&part);
	assert_int_equal(cm_blobs_begin(home, cm_view_text(PART), 6, &report, &part), CM_OK);
	assert_int_equal(part.length, 6);
	assert_int_equal(cm_blobs_finish(&part, &expected, &report, &sha256), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_BLOB_DIGEST));
	assert_int_equal(cm_blobs_add(&part, cm_view_text("world"), &report), CM_OK);
	assert_int_equal(cm_blobs_finish(&part, &expected, &report, &sha256), CM_OK);
	cm_blobs_fini(&part);
	int fd;
	uint64_t length;
	char text[11];
	assert_int_equal(cm_blobs_open(home, &sha256, &report, &fd, &length), CM_OK);
	assert_int_equal(length, 11);
	assert_int_equal(cm_file_pread_all(fd, 0, text, sizeof text, &report), CM_OK);
	assert_memory_equal(text, "hello world", 11);
	cm_file_close(&fd);
	// The same bytes again: the part goes, the blob stays.
	assert_int_equal(cm_blobs_begin(home, cm_view_text(PART), 0, &report, &part), CM_OK);
	assert_int_equal(cm_blobs_add(&part, cm_view_text("hello world"), &report), CM_OK);
	assert_int_equal(cm_blobs_finish(&part, NULL, &report, &sha256), CM_OK);
	cm_report_clear(&report);
	assert_int_equal(cm_blobs_begin(home, cm_view_text(PART), 1, &report, &part), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_BLOB_SHORT));
	assert_int_equal(cm_blobs_begin(home, cm_view_text("../x"), 0, &report, &part), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_BLOB_NAME));
	sha256.b[0] ^= 1;
	assert_int_equal(cm_blobs_open(home, &sha256, &report, &fd, &length), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_BLOB_MISSING));
}

static bool
keep_blob(void *self, const struct cm_hash *sha256)
{
	const struct cm_hash *wanted = self;
	return cm_hash_equal(wanted, sha256);
}

static bool
keep_part(void *self, struct cm_view name)
{
	(void)self;
	return cm_view_is(name, PART);
}

static void
what_nobody_claims_is_swept(void **state)
{
	(void)state;
	struct cm_blobs_part part;
	struct cm_hash wanted, other;
	static const char *const names[] = {PART, "6f1c2a5e-0b1d-4c3e-8f00-000000000002"};
	assert_int_equal(cm_blobs_begin(home, cm_view_text(PART), 0, NULL, &part), CM_OK);
	assert_int_equal(cm_blobs_add(&part, cm_view_text("kept"), NULL), CM_OK);
	assert_int_equal(cm_blobs_finish(&part, NULL, NULL, &wanted), CM_OK);
	assert_int_equal(cm_blobs_begin(home, cm_view_text(PART), 0, NULL, &part), CM_OK);
	assert_int_equal(cm_blobs_add(&part, cm_view_text("orphan"), NULL), CM_OK);
	assert_int_equal(cm_blobs_finish(&part, NULL, NULL, &other), CM_OK);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(cm_blobs_begin(home, cm_view_text(names[i]), 0, NULL, &part), CM_OK);
		cm_blobs_fini(&part);
	}
	struct cm_blobs_keep keep = {.blob = keep_blob, .part = keep_part, .self = &wanted};
	size_t removed;
	int fd;
	uint64_t length;
	assert_int_equal(cm_blobs_sweep(home, &keep, NULL, &removed), CM_OK);
	assert_int_equal(removed, 2);
	assert_int_equal(cm_blobs_open(home, &wanted, NULL, &fd, &length), CM_OK);
	cm_file_close(&fd);
	assert_int_equal(cm_blobs_open(home, &other, NULL, &fd, &length), CM_REFUSED);
}

static void
a_blob_that_the_disk_changed_is_told_from_one_that_is_whole(void **state)
{
	(void)state;
	struct cm_report report = {0};
	struct cm_blobs_part part;
	struct cm_hash sha256, other = cm_hash_of(cm_view_text("other"));
	char hex[65], path[400];
	int fd = -1;
	assert_int_equal(cm_blobs_begin(home, cm_view_text(PART), 0, &report, &part), CM_OK);
	assert_int_equal(cm_blobs_add(&part, cm_view_text("sealed bytes"), &report), CM_OK);
	assert_int_equal(cm_blobs_finish(&part, NULL, &report, &sha256), CM_OK);
	assert_int_equal(cm_blobs_check(home, &sha256, &report), CM_OK);
	assert_int_equal(cm_blobs_check(home, &other, &report), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_BLOB_MISSING));
	cm_hex_text(cm_hash_view(&sha256), hex);
	snprintf(path, sizeof path, "%s/blobs/%.2s/%s", home, hex, hex);
	assert_int_equal(cm_file_open(path, CM_FILE_UPDATE, 0600, &report, &fd), CM_OK);
	assert_int_equal(cm_file_pwrite_all(fd, 7, cm_view_text("B"), &report), CM_OK);
	cm_file_close(&fd);
	assert_int_equal(cm_blobs_check(home, &sha256, &report), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_BLOB_CHANGED));
}

UNIT_MAIN(cmocka_unit_test_setup_teardown(what_the_disk_cannot_hold_is_not_begun, prepare, leave),
          cmocka_unit_test_setup_teardown(a_part_goes_on_after_a_restart_and_ends_by_its_digest, prepare, leave),
          cmocka_unit_test_setup_teardown(a_blob_that_the_disk_changed_is_told_from_one_that_is_whole, prepare, leave),
          cmocka_unit_test_setup_teardown(what_nobody_claims_is_swept, prepare, leave))
