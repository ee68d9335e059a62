#include "register_files.h"

#include "format/checkpoint.h"

static void
a_checkpoint_comes_back_byte_for_byte(void **state)
{
	(void)state;
	static const char *const names[] = {"register/accept/checkpoint", "register/accept/checkpoint-empty"};
	for (size_t i = 0; i < 2; i++) {
		struct cm_buf bytes = register_file(names[i]), again = cm_buf_of(REGISTER_FILE_MAX);
		struct cm_checkpoint c;
		assert_int_equal(cm_checkpoint_read(cm_buf_view(&bytes), NULL, &c), CM_OK);
		assert_int_equal(c.size, i == 0 ? 7 : 0);
		assert_view_is(c.origin, "xa.contact/log/2027");
		cm_checkpoint_write(&c, &again);
		assert_true(cm_view_equal(cm_buf_view(&bytes), cm_buf_view(&again)));
		cm_buf_fini(&bytes);
		cm_buf_fini(&again);
	}
}

static cm_result
judge(struct cm_view bytes, struct cm_report *report)
{
	struct cm_checkpoint c;
	return cm_checkpoint_read(bytes, report, &c);
}

static void
every_refused_file_breaks_the_rule_of_its_name(void **state)
{
	(void)state;
	assert_int_equal(register_refused("register", ".checkpoint", judge), 8);
}

UNIT_MAIN(T(a_checkpoint_comes_back_byte_for_byte), T(every_refused_file_breaks_the_rule_of_its_name))
