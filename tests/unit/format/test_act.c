#include "register_files.h"

#include "format/act.h"

static void
an_act_file_comes_back_byte_for_byte(void **state)
{
	(void)state;
	static const char *const names[] = {"register/accept/act.json", "register/accept/act-hidden.json"};
	for (size_t i = 0; i < 2; i++) {
		struct cm_buf bytes = register_file(names[i]), again = cm_buf_of(REGISTER_FILE_MAX);
		struct cm_report report = {0};
		struct cm_act_file act;
		assert_int_equal(cm_act_read(cm_buf_view(&bytes), &report, &act), CM_OK);
		assert_int_equal(cm_act_write(&act, &again), CM_OK);
		assert_true(cm_view_equal(cm_buf_view(&bytes), cm_buf_view(&again)));
		assert_int_equal(act.slots[CM_ACT_SLOT(CM_ACT_FIELD_PERSON)].open, i == 0);
		if (i == 0)
			assert_view_is(act.slots[CM_ACT_SLOT(CM_ACT_FIELD_PERSON)].value, "p1 \"Ada\" \\ Ö");
		cm_act_fini(&act);
		cm_buf_fini(&bytes);
		cm_buf_fini(&again);
	}
}

static cm_result
judge(struct cm_view bytes, struct cm_report *report)
{
	struct cm_act_file act;
	cm_result r = cm_act_read(bytes, report, &act);
	if (r == CM_OK)
		cm_act_fini(&act);
	return r;
}

static void
every_refused_file_breaks_the_rule_of_its_name(void **state)
{
	(void)state;
	assert_true(register_refused("register", ".json", judge) >= 15);
}

static void
a_file_over_the_limit_is_refused_unread(void **state)
{
	(void)state;
	struct cm_report report = {0};
	CM_AUTO uint8_t *bytes = cm_mem_new(CM_LIMIT_ACT_BYTES_VALUE + 1);
	assert_non_null(bytes);
	assert_int_equal(judge(cm_view_of(bytes, CM_LIMIT_ACT_BYTES_VALUE + 1), &report), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_ACT_TOO_LARGE));
}

static void
every_act_of_the_table_has_its_fields(void **state)
{
	(void)state;
	for (int a = CM_ACT_NONE + 1; a < CM_ACT_END; a++) {
		const struct cm_act_row *row = cm_act_row((enum cm_act)a);
		for (int list = 0; list < 2; list++)
			for (const char *const *f = list == 0 ? row->must : row->may; *f != NULL; f++)
				if (**f != 0)
					assert_true(cm_act_field_find(*f, strlen(*f)) > CM_ACT_FIELD_NODE);
	}
}

static void
fields_are_judged_by_the_kind_of_act(void **state)
{
	(void)state;
	struct cm_report report = {0};
	struct cm_act_values v = {0};
	cm_act_set(&v, CM_ACT_FIELD_ACT, cm_view_text("6f1c2a5e-0b1d-4c3e-8f00-0000000000a1"));
	cm_act_set(&v, CM_ACT_FIELD_TYPE, cm_view_text("person_added"));
	cm_act_set(&v, CM_ACT_FIELD_AT, cm_view_text("2027-03-02T01:22:04.318225Z"));
	cm_act_set(&v, CM_ACT_FIELD_NODE, cm_view_text("xa.contact"));
	assert_int_equal(cm_act_check(&v, &report), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_ACT_FIELD_MISSING));
	cm_act_set(&v, CM_ACT_FIELD_PERSON, cm_view_text("p1"));
	assert_int_equal(cm_act_check(&v, &report), CM_OK);
	cm_act_set(&v, CM_ACT_FIELD_BLOB, cm_view_text("00"));
	assert_int_equal(cm_act_check(&v, &report), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_ACT_FIELD_UNKNOWN));
	cm_act_set(&v, CM_ACT_FIELD_TYPE, cm_view_text("person_eaten"));
	assert_int_equal(cm_act_check(&v, &report), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_ACT_TYPE));
}

static void
each_form_takes_its_own_and_nothing_else(void **state)
{
	(void)state;
	static const struct {
		enum cm_act_field field;
		bool good;
		const char *value;
	} rows[] = {
	        {CM_ACT_FIELD_PEER_ENTRY, true,
	         "xb.contact/log/2027 17 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
	        {CM_ACT_FIELD_PEER_ENTRY, false,
	         "xb.contact/log/2027 017 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
	        {CM_ACT_FIELD_PEER_ENTRY, false, "xb.contact/log/2027 17"},
	        {CM_ACT_FIELD_PEER_ENTRY, false, " 17 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
	        {CM_ACT_FIELD_BLOB, true, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
	        {CM_ACT_FIELD_BLOB, false, "E3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
	        {CM_ACT_FIELD_LENGTH, true, "0"},
	        {CM_ACT_FIELD_LENGTH, false, "-1"},
	        {CM_ACT_FIELD_UNTIL, true, "2027-05-01T00:00:00.000000Z"},
	        {CM_ACT_FIELD_UNTIL, false, "2027-05-01T00:00:00.000000+00:00"},
	        {CM_ACT_FIELD_NOTE, false, "two\nlines"},
	        {CM_ACT_FIELD_KIND, true, "pres_ext"},
	        {CM_ACT_FIELD_KIND, false, ""},
	        {CM_ACT_FIELD_ACT, false, "6F1C2A5E-0b1d-4c3e-8f00-0000000000a1"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_int_equal(cm_act_field_check(rows[i].field, cm_view_text(rows[i].value), NULL) == CM_OK,
		                 rows[i].good);
}

UNIT_MAIN(T(an_act_file_comes_back_byte_for_byte), T(every_refused_file_breaks_the_rule_of_its_name),
          T(a_file_over_the_limit_is_refused_unread),
          T(every_act_of_the_table_has_its_fields), T(fields_are_judged_by_the_kind_of_act),
          T(each_form_takes_its_own_and_nothing_else))
