#include "json_kit.h"

#include "format/directory.h"

#define MAX (1u << 21)

static void
comes_back(const char *name, struct cm_view bytes)
{
	struct cm_report report = {.count = 0};
	struct cm_directory list, wired;
	struct cm_buf out = cm_buf_of(MAX), bare = cm_buf_of(MAX), wire = cm_buf_of(MAX), again = cm_buf_of(MAX);
	cm_result r = cm_directory_read(bytes, &report, &list);
	kit_say(name, &report);
	assert_int_equal(r, CM_OK);
	assert_int_equal(cm_directory_write(&list, &out), CM_OK);
	assert_true(cm_view_equal(cm_buf_view(&out), bytes));
	assert_int_equal(cm_directory_write_unsigned(&list, &bare), CM_OK);
	assert_true(cm_view_equal(cm_buf_view(&bare), list.canonical));
	assert_true(list.version >= 2 && list.signer_sha256.n == 32);
	// The other process sees the same.
	cm_directory_wire_write(&list, &wire);
	assert_true(cm_directory_wire_read(cm_buf_view(&wire), &wired));
	assert_int_equal(cm_directory_write(&wired, &again), CM_OK);
	assert_true(cm_view_equal(cm_buf_view(&again), bytes));
	for (size_t n = 0; n < wire.n; n++) {
		struct cm_directory part;
		assert_false(cm_directory_wire_read(cm_view_of(wire.p, n), &part));
	}
	cm_directory_fini(&list);
	cm_directory_fini(&wired);
	cm_buf_fini(&out);
	cm_buf_fini(&bare);
	cm_buf_fini(&wire);
	cm_buf_fini(&again);
}

static void
a_list_comes_back_byte_for_byte(void **state)
{
	(void)state;
	kit_each("directory/accept", 3, comes_back);
}

static void
is_refused(const char *name, struct cm_view bytes)
{
	struct cm_report report = {.count = 0};
	struct cm_directory list;
	enum cm_error rule = kit_rule(name);
	cm_result r = cm_directory_read(bytes, &report, &list);
	if (r != CM_REFUSED || !cm_report_has(&report, rule)) {
		kit_say(name, &report);
		fail_msg("%s: %s", name, cm_result_name(r));
	}
}

static void
every_refuse_vector_is_refused_by_its_rule(void **state)
{
	(void)state;
	kit_each("directory/refuse", 38, is_refused);
}

UNIT_MAIN(T(a_list_comes_back_byte_for_byte), T(every_refuse_vector_is_refused_by_its_rule))
