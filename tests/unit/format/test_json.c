#include "json_kit.h"

#include "base/mem.h"
#include "format/json.h"
#include "format/json_put.h"

#define MAX (1u << 20)

static void
has_one_form(const char *name, struct cm_view bytes)
{
	char other[256];
	size_t stem = strlen(name) - strlen(".json");
	if (strcmp(name + stem, ".json") != 0)
		return;
	snprintf(other, sizeof other, "%.*s.canonical", (int)stem, name);
	struct cm_buf want = kit_file("json/accept", other), got = cm_buf_of(MAX), again = cm_buf_of(MAX);
	struct cm_report report = {.count = 0};
	cm_result r = cm_json_canonicalise(bytes, MAX, &report, &got);
	kit_say(name, &report);
	assert_int_equal(r, CM_OK);
	if (!cm_view_equal(cm_buf_view(&got), cm_buf_view(&want)))
		fail_msg("%s: %s", name, cm_buf_cstr(&got));
	assert_int_equal(cm_json_canonicalise(cm_buf_view(&got), MAX, NULL, &again), CM_OK);
	assert_true(cm_view_equal(cm_buf_view(&got), cm_buf_view(&again)));
	cm_buf_fini(&want);
	cm_buf_fini(&got);
	cm_buf_fini(&again);
}

static void
what_is_taken_has_one_form(void **state)
{
	(void)state;
	kit_each("json/accept", 20, has_one_form);
}

static void
is_refused(const char *name, struct cm_view bytes)
{
	struct cm_report report = {.count = 0};
	struct cm_json *json = NULL;
	enum cm_error rule = kit_rule(name);
	cm_result r = cm_json_read(bytes, MAX, &report, &json);
	if (r != CM_REFUSED || !cm_report_has(&report, rule)) {
		kit_say(name, &report);
		fail_msg("%s: %s", name, cm_result_name(r));
	}
	assert_null(json);
}

static void
every_refuse_vector_is_refused_by_its_rule(void **state)
{
	(void)state;
	kit_each("json/refuse", 50, is_refused);
}

static void
a_text_over_its_size_is_refused(void **state)
{
	(void)state;
	struct cm_report report = {.count = 0};
	struct cm_json *json = NULL;
	assert_int_equal(cm_json_read(cm_view_text("[1]"), 3, &report, &json), CM_OK);
	cm_json_free(json);
	assert_int_equal(cm_json_read(cm_view_text("[1] "), 3, &report, &json), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_JSON_TOO_LARGE));
}

static void
a_member_can_be_left_out(void **state)
{
	(void)state;
	struct cm_json *json = NULL;
	struct cm_buf out = cm_buf_of(MAX);
	assert_int_equal(cm_json_read(cm_view_text("{\"b\":{\"x\":1},\"x\":2,\"a\":0}"), MAX, NULL, &json), CM_OK);
	assert_int_equal(cm_json_canonical(cm_json_root(json), "x", &out), CM_OK);
	assert_string_equal(cm_buf_cstr(&out), "{\"a\":0,\"b\":{\"x\":1}}");
	cm_json_free(json);
	cm_buf_fini(&out);
}

static void
the_writer_puts_commas_where_they_belong(void **state)
{
	(void)state;
	struct cm_buf out = cm_buf_of(MAX);
	struct cm_json_put put = cm_json_put_of(&out);
	cm_json_put_object(&put);
	cm_json_put_name(&put, "a");
	cm_json_put_array(&put);
	cm_json_put_number(&put, -7);
	cm_json_put_object(&put);
	cm_json_put_end_object(&put);
	cm_json_put_null(&put);
	cm_json_put_end_array(&put);
	cm_json_put_member_bool(&put, "b", true);
	cm_json_put_member_cstr(&put, "c", "\n\"");
	cm_json_put_name(&put, "d");
	cm_json_put_raw(&put, cm_view_text("[]"));
	cm_json_put_end_object(&put);
	assert_int_equal(cm_buf_result(&out), CM_OK);
	assert_string_equal(cm_buf_cstr(&out), "{\"a\":[-7,{},null],\"b\":true,\"c\":\"\\n\\\"\",\"d\":[]}");
	cm_json_put_text(&put, cm_view_text("\xff"));
	assert_int_equal(cm_buf_result(&out), CM_BUG);
	cm_buf_fini(&out);
}

static void
no_memory_is_told(void **state)
{
	(void)state;
	struct cm_json *json = NULL;
	cm_mem_fail_from(1);
	assert_int_equal(cm_json_read(cm_view_text("{}"), MAX, NULL, &json), CM_NOMEM);
	cm_mem_fail_from(0);
	assert_null(json);
}

UNIT_MAIN(T(what_is_taken_has_one_form), T(every_refuse_vector_is_refused_by_its_rule), T(a_text_over_its_size_is_refused),
          T(a_member_can_be_left_out), T(the_writer_puts_commas_where_they_belong), T(no_memory_is_told))
