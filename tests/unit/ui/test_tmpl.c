// What templates write, which are refused, and that a value stays a value wherever it stands.
#include "unit.h"

#include "ui/filter.h"
#include "ui/tmpl.h"
#include "ui/words.h"

#define DATA                                                                                                           \
	"{\"bad\":\"\\\"><script>alert(1)</script>\",\"count\":3,\"empty\":\"\",\"list\":[{\"id\":\"1\"},{\"id\":\"2\"}],"        \
	"\"kind\":\"pres\",\"limit\":\"hc-pres-min\",\"name\":\"Ana\",\"none\":[],\"one\":1,\"open\":true,\"shut\":false,\"state\":\"sent\","                        \
	"\"when\":\"2026-11-17T10:00:00Z\",\"to\":{\"name\":\"Borvia\",\"node\":\"xb.contact\"},\"zero\":0}"

// Reads `text` as the template "t" and "part" beside it.
static cm_result
put(struct cm_tmpl_set *set, const char *text, struct cm_report *report)
{
	cm_result r = cm_tmpl_set_put(set, "t", cm_view_text(text), report);
	if (r == CM_OK)
		r = cm_tmpl_set_put(set, "part", cm_view_text("[{{name}}]"), report);
	return r == CM_OK ? cm_tmpl_set_check(set, report) : r;
}

static void
is_written(const char *text, const char *expected)
{
	struct cm_report report = {0};
	struct cm_tmpl_set *set = cm_tmpl_set_new();
	struct cm_json *json = NULL;
	struct cm_buf b = cm_buf_of(4096);
	if (put(set, text, &report) != CM_OK)
		fail_msg("%s: %s", text, report.findings[0].seen);
	assert_int_equal(cm_json_read(cm_view_text(DATA), 4096, &report, &json), CM_OK);
	struct cm_tmpl_data data = {.root = cm_json_root(json), .now = {INT64_C(1794873600000000)}};
	assert_int_equal(cm_tmpl_set_write(set, "t", &data, &b), CM_OK);
	assert_string_equal(cm_buf_cstr(&b), expected);
	cm_buf_fini(&b);
	cm_json_free(json);
	cm_tmpl_set_free(set);
}

static void
test_holes(void **state)
{
	(void)state;
	is_written("<p>{{name}} {{count}} {{to.name}}</p>", "<p>Ana 3 Borvia</p>");
	is_written("{{nothing}}{{name.more}}{{to}}{{open}}", "");
	is_written("{{! a remark with {{ in it }}x", "x");
	is_written("{ {{ name }} }", "{ Ana }");
}

static void
test_sections(void **state)
{
	(void)state;
	is_written("{{#list}}<i>{{id}} {{name}}</i>{{/list}}", "<i>1 Ana</i><i>2 Ana</i>");
	is_written("{{#to}}{{name}}{{/to}}", "Borvia"); // the inner one
	is_written("{{#open}}a{{/open}}{{^open}}b{{/open}}{{#shut}}c{{/shut}}{{^shut}}d{{/shut}}", "ad");
	is_written("{{#none}}a{{/none}}{{^none}}b{{/none}}{{#zero}}c{{/zero}}{{#empty}}d{{/empty}}{{^gone}}e{{/gone}}",
	           "be");
	is_written("{{#state=sent}}a{{/state}}{{#state=draft}}b{{/state}}{{^state=draft}}c{{/state}}", "ac");
	is_written("{{#name}}<b>{{.}}</b>{{/name}}", "<b>Ana</b>");
	is_written("<option {{#open}}selected {{/open}}value=\"1\">", "<option selected value=\"1\">");
	is_written("<p class=\"chip{{#open}} ok{{/open}}\">", "<p class=\"chip ok\">");
}

static void
test_parts(void **state)
{
	(void)state;
	is_written("{{>part}}{{>part to}}{{>part nothing}}{{>part none}}", "[Ana][Borvia]");
	is_written("{{#list}}{{>part}}{{/list}}{{>part list}}", "[Ana][Ana][Ana][Ana]");
}

static void
test_words(void **state)
{
	(void)state;
	is_written("<p>{{\"Sent to %{who}\" who=to.name}}</p>", "<p>Sent to <bdi>Borvia</bdi></p>");
	is_written("<p title=\"{{\"Sent to %{who}\" who=bad}}\">",
	           "<p title=\"Sent to \xe2\x81\xa8&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;\xe2\x81\xa9\">");
	is_written("{{\"One waits\"|\"%{n} wait\" n=count}} {{\"One waits\"|\"%{n} wait\" n=one}}",
	           "<bdi>3</bdi> wait One waits");
	is_written("{{\"100 % <b>\"}}", "100 % &lt;b&gt;");
}

// Every filter takes what it is for, and writes nothing (or the value itself) for anything else.
static void
test_filters(void **state)
{
	(void)state;
	assert_null(cm_filter_of(cm_view_text("nosuch")));
	is_written("{{when|moment}}", "Tue 17 Nov 2026, 10:00 UTC");
	is_written("{{when|left}}", "10 h 0 min left");
	is_written("{{count|size}}", "3 bytes");
	is_written("{{kind|kind}} {{state|state}}", "Expedited preservation of stored electronic data Sent");
	is_written("{{limit|limit}}", "Preservation for another State lasts at least");
	is_written("{{name|moment}}{{name|left}}{{name|size}}{{count|moment}}", "");
	is_written("{{name|kind}}{{name|state}}{{bad|limit}}", "AnaAna&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;");
}

// The same hostile value in every place.
static void
test_stays_a_value(void **state)
{
	(void)state;
	is_written("<p>{{bad}}</p>", "<p>&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;</p>");
	is_written("<p title=\"{{bad}}\">", "<p title=\"&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;\">");
	is_written("<a href=\"{{bad}}\">", "<a href=\"#\">");
	is_written("<a href=\"/r/{{bad}}\">", "<a href=\"/r/%22%3E%3Cscript%3Ealert%281%29%3C%2Fscript%3E\">");
	is_written("<a href=\"/r?q={{bad}}#x\">", "<a href=\"/r?q=%22%3E%3Cscript%3Ealert%281%29%3C%2Fscript%3E#x\">");
	is_written("<textarea>\n{{bad}}</textarea>",
	           "<textarea>\n&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;</textarea>");
}

static void
test_refused(void **state)
{
	(void)state;
	static const char *const rows[] = {
	        "{{}}",
	        "{{name",
	        "{{na me}}",
	        "{{<}}",
	        "{{name|nosuch}}",
	        "{{#name}}",
	        "{{/name}}",
	        "{{#name}}{{/to}}",
	        "{{#state=}}{{/state}}",
	        "{{#name}}<p>{{/name}}<p {{#name}}class=\"x\"{{/name",
	        "<p {{#name}}class=\"{{/name}}x\">",
	        "<a href=\"{{#name}}/x{{/name}}y\">",
	        "<p {{name}}>",
	        "<{{name}}>",
	        "<p class={{name}}>",
	        "<p onclick=\"{{name}}\">",
	        "<p style=\"{{name}}\">",
	        "<script src=\"/x\">{{name}}</script>",
	        "<script>{{name}}</script>",
	        "<p",
	        "<p class=\"{{>part}}\">",
	        "{{>missing}}",
	        "{{>t}}",
	        "{{\"a}}",
	        "{{\"\"}}",
	        "{{\"a\" x}}",
	        "{{\"%{x}\"}}",
	        "{{\"%{x}\" y=name}}",
	        "{{\"one\"|\"many\"}}",
	        "{{\"one\"|\"many\" m=count}}",
	        "{{\"a\" a=name b=name c=name d=name e=name f=name g=name}}",
	        "{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}",
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct cm_report report = {0};
		struct cm_tmpl_set *set = cm_tmpl_set_new();
		if (put(set, rows[i], &report) != CM_REFUSED || !cm_report_has(&report, CM_ERROR_PAGE_TEMPLATE))
			fail_msg("taken: %s", rows[i]);
		cm_tmpl_set_free(set);
	}
}

static void
test_place_of_fault(void **state)
{
	(void)state;
	struct cm_report report = {0};
	struct cm_tmpl_set *set = cm_tmpl_set_new();
	assert_int_equal(put(set, "<p>\n{{! x\ny }}\n{{name|nosuch}}", &report), CM_REFUSED);
	assert_string_equal(report.findings[0].place, "t line 4");
	cm_tmpl_set_free(set);
}

static void
test_full(void **state)
{
	(void)state;
	struct cm_report report = {0};
	struct cm_tmpl_set *set = cm_tmpl_set_new();
	struct cm_json *json = NULL;
	struct cm_buf b = cm_buf_of(8);
	assert_int_equal(put(set, "{{#list}}12345{{/list}}", &report), CM_OK);
	assert_int_equal(cm_json_read(cm_view_text(DATA), 4096, &report, &json), CM_OK);
	struct cm_tmpl_data data = {.root = cm_json_root(json)};
	assert_int_equal(cm_tmpl_set_write(set, "t", &data, &b), CM_REFUSED);
	assert_int_equal(cm_tmpl_set_write(set, "none", &data, &b), CM_BUG);
	cm_buf_fini(&b);
	cm_json_free(json);
	cm_tmpl_set_free(set);
}

UNIT_MAIN(T(test_holes), T(test_sections), T(test_parts), T(test_words), T(test_filters), T(test_stays_a_value), T(test_refused),
          T(test_place_of_fault), T(test_full))
