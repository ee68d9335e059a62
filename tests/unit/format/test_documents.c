#include "json_kit.h"

#include "format/answer_doc.h"
#include "format/json.h"
#include "format/request_doc.h"

#define MAX (1u << 20)

struct leaves {
	struct cm_buf text;
	const struct cm_request_doc *doc;
};

static void
each_is_there(void *context, struct cm_view path, struct cm_view text)
{
	struct leaves *leaves = context;
	char name[256];
	snprintf(name, sizeof name, "%.*s", (int)path.n, (const char *)path.p);
	assert_true(cm_request_doc_has(leaves->doc, name));
	assert_true(text.n != 0);
	cm_buf_printf(&leaves->text, "%s=", name);
	cm_buf_view_add(&leaves->text, text);
	cm_buf_text(&leaves->text, "\n");
}

static void
request_comes_back(const char *name, struct cm_view bytes)
{
	struct cm_report report = {.count = 0};
	struct cm_buf want = cm_buf_of(MAX), got = cm_buf_of(MAX), wire = cm_buf_of(MAX), again = cm_buf_of(MAX);
	struct cm_request_doc doc, second;
	assert_int_equal(cm_json_canonicalise(bytes, MAX, NULL, &want), CM_OK);
	cm_result r = cm_request_doc_read(bytes, &report, &doc);
	kit_say(name, &report);
	assert_int_equal(r, CM_OK);
	assert_int_equal(cm_request_doc_write(&doc, &got), CM_OK);
	if (!cm_view_equal(cm_buf_view(&want), cm_buf_view(&got)))
		fail_msg("%s\n%s\n%s", name, cm_buf_cstr(&want), cm_buf_cstr(&got));
	assert_int_equal(cm_request_doc_write_wire(&doc, &wire), CM_OK);
	assert_int_equal(cm_request_doc_read_wire(cm_buf_view(&wire), &report, &second), CM_OK);
	assert_int_equal(cm_request_doc_write(&second, &again), CM_OK);
	assert_true(cm_view_equal(cm_buf_view(&want), cm_buf_view(&again)));
	for (size_t n = 0; n < wire.n; n++) {
		struct cm_request_doc cut;
		if (cm_request_doc_read_wire(cm_view_part(cm_buf_view(&wire), 0, n), NULL, &cut) != CM_REFUSED)
			fail_msg("%s: %zu of %zu bytes are taken", name, n, wire.n);
	}
	struct leaves leaves = {.text = cm_buf_of(MAX), .doc = &doc};
	cm_request_doc_each(&doc, each_is_there, &leaves);
	assert_int_equal(cm_buf_result(&leaves.text), CM_OK);
	cm_request_doc_fini(&doc);
	cm_request_doc_fini(&second);
	cm_buf_fini(&leaves.text);
	cm_buf_fini(&want);
	cm_buf_fini(&got);
	cm_buf_fini(&wire);
	cm_buf_fini(&again);
}

static void
answer_comes_back(const char *name, struct cm_view bytes)
{
	struct cm_report report = {.count = 0};
	struct cm_buf want = cm_buf_of(MAX), got = cm_buf_of(MAX), wire = cm_buf_of(MAX), again = cm_buf_of(MAX);
	struct cm_answer_doc doc, second;
	assert_int_equal(cm_json_canonicalise(bytes, MAX, NULL, &want), CM_OK);
	cm_result r = cm_answer_doc_read(bytes, &report, &doc);
	kit_say(name, &report);
	assert_int_equal(r, CM_OK);
	assert_int_equal(cm_answer_doc_write(&doc, &got), CM_OK);
	if (!cm_view_equal(cm_buf_view(&want), cm_buf_view(&got)))
		fail_msg("%s\n%s\n%s", name, cm_buf_cstr(&want), cm_buf_cstr(&got));
	assert_int_equal(cm_answer_doc_write_wire(&doc, &wire), CM_OK);
	assert_int_equal(cm_answer_doc_read_wire(cm_buf_view(&wire), &report, &second), CM_OK);
	assert_int_equal(cm_answer_doc_write(&second, &again), CM_OK);
	assert_true(cm_view_equal(cm_buf_view(&want), cm_buf_view(&again)));
	cm_answer_doc_fini(&doc);
	cm_answer_doc_fini(&second);
	cm_buf_fini(&want);
	cm_buf_fini(&got);
	cm_buf_fini(&wire);
	cm_buf_fini(&again);
}

static void
comes_back(const char *name, struct cm_view bytes)
{
	if (strstr(name, "answer") != NULL)
		answer_comes_back(name, bytes);
	else
		request_comes_back(name, bytes);
}

static void
every_document_comes_back_byte_for_byte(void **state)
{
	(void)state;
	kit_each("documents/accept", 19, comes_back);
}

static void
is_refused(const char *name, struct cm_view bytes)
{
	struct cm_report report = {.count = 0};
	enum cm_error rule = kit_rule(name);
	cm_result r;
	if (strstr(name, "~answer") != NULL) {
		struct cm_answer_doc doc;
		r = cm_answer_doc_read(bytes, &report, &doc);
	} else {
		struct cm_request_doc doc;
		r = cm_request_doc_read(bytes, &report, &doc);
	}
	if (r != CM_REFUSED || !cm_report_has(&report, rule)) {
		kit_say(name, &report);
		fail_msg("%s: %s", name, cm_result_name(r));
	}
}

static void
every_refuse_vector_is_refused_by_its_rule(void **state)
{
	(void)state;
	kit_each("documents/refuse", 60, is_refused);
}

static void
members_are_found_by_path(void **state)
{
	(void)state;
	struct cm_buf b = kit_file("documents/accept", "request-pres.json");
	struct cm_request_doc doc;
	assert_int_equal(cm_request_doc_read(cm_buf_view(&b), NULL, &doc), CM_OK);
	static const char *const there[] = {"facts", "mla_follow_up", "mla_follow_up.will_follow", "offences", "offences[0]",
	        "offences[0].code", "offences[].article", "data[].relation", "requesting.languages[0]", "format", "kind"};
	static const char *const missing[] = {"emergency", "emergency.risk", "offences[9].code", "offences[x]", "offences.code",
	        "data[].period", "facts.x", "nothing", "", "[0]", "offences[", "requesting.languages[0].x"};
	for (size_t i = 0; i < sizeof there / sizeof *there; i++)
		if (!cm_request_doc_has(&doc, there[i]))
			fail_msg("%s", there[i]);
	for (size_t i = 0; i < sizeof missing / sizeof *missing; i++)
		if (cm_request_doc_has(&doc, missing[i]))
			fail_msg("%s", missing[i]);
	cm_request_doc_fini(&doc);
	cm_buf_fini(&b);
}

static void
another_offset_is_the_same_moment(void **state)
{
	(void)state;
	struct cm_buf b = kit_file("documents/accept", "answer-extended.json"), out = cm_buf_of(MAX);
	struct cm_answer_doc doc;
	assert_int_equal(cm_answer_doc_read(cm_buf_view(&b), NULL, &doc), CM_OK);
	struct cm_instant t;
	assert_true(cm_instant_read(cm_view_text("2027-05-10T02:00:00+02:00"), &t));
	doc.until = t;
	assert_int_equal(cm_answer_doc_write(&doc, &out), CM_OK);
	assert_non_null(strstr(cm_buf_cstr(&out), "\"until\":\"2027-05-10T00:00:00Z\""));
	cm_answer_doc_fini(&doc);
	cm_buf_fini(&b);
	cm_buf_fini(&out);
}

static void
all_faults_are_told_at_once(void **state)
{
	(void)state;
	struct cm_report report = {.count = 0};
	struct cm_request_doc doc;
	assert_int_equal(cm_request_doc_read(cm_view_text("{\"kind\":\"x\",\"y\":1}"), &report, &doc), CM_REFUSED);
	assert_true(report.count >= 7);
	assert_true(cm_report_has(&report, CM_ERROR_DOCUMENT_MEMBER_MISSING));
	assert_true(cm_report_has(&report, CM_ERROR_DOCUMENT_MEMBER_UNKNOWN));
	assert_true(cm_report_has(&report, CM_ERROR_DOCUMENT_VALUE));
}

UNIT_MAIN(T(every_document_comes_back_byte_for_byte), T(every_refuse_vector_is_refused_by_its_rule),
          T(members_are_found_by_path), T(another_offset_is_the_same_moment), T(all_faults_are_told_at_once))
