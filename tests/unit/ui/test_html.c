// Which places the walker finds, what may not stand in a template, and how values are written into each place.
#include "unit.h"

#include "ui/html.h"

static const char *
walk(struct cm_html *html, const char *text)
{
	const char *wrong = NULL;
	for (; *text != '\0' && wrong == NULL; text++)
		wrong = cm_html_step(html, (uint8_t)*text);
	return wrong;
}

static void
test_places(void **state)
{
	(void)state;
	static const struct {
		const char *before;
		enum cm_html_place place;
	} rows[] = {
	        {"", CM_HTML_TEXT},
	        {"<!doctype html><p>", CM_HTML_TEXT},
	        {"<p class=\"", CM_HTML_ATTRIBUTE},
	        {"<p class=\"a ", CM_HTML_ATTRIBUTE},
	        {"<a href=\"", CM_HTML_ADDRESS},
	        {"<a href=\"/requests/", CM_HTML_COMPONENT},
	        {"<use href=\"#i-", CM_HTML_COMPONENT},
	        {"<form action=\"", CM_HTML_ADDRESS},
	        {"<br/><a class=\"x\" hidden href=\"", CM_HTML_ADDRESS},
	        {"<textarea>", CM_HTML_TEXT},
	        {"<symbol viewBox=\"0 0 16 16\">", CM_HTML_TEXT},
	        {"<script src=\"/comity.js\"></script>", CM_HTML_TEXT},
	        {"</p></div>", CM_HTML_TEXT},
	        {"<script src=\"/comity.js\">", CM_HTML_NOWHERE},
	        {"<", CM_HTML_NOWHERE},
	        {"<p", CM_HTML_NOWHERE},
	        {"<p ", CM_HTML_NOWHERE},
	        {"<p cl", CM_HTML_NOWHERE},
	        {"<p class=", CM_HTML_NOWHERE},
	        {"<!doctype ", CM_HTML_NOWHERE},
	        {"<meta name=\"x\" content=\"", CM_HTML_NOWHERE},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct cm_html html = {0};
		assert_null(walk(&html, rows[i].before));
		assert_int_equal(cm_html_hole(&html), rows[i].place);
	}
}

// After a value at its start, an address goes on as a path: nothing can be put before it any more.
static void
test_address_begun(void **state)
{
	(void)state;
	struct cm_html html = {0};
	assert_null(walk(&html, "<a href=\""));
	assert_int_equal(cm_html_hole(&html), CM_HTML_ADDRESS);
	assert_int_equal(cm_html_hole(&html), CM_HTML_COMPONENT);
}

static void
test_refused(void **state)
{
	(void)state;
	static const char *const rows[] = {
	        "<p style=\"color:red\">", "<p onclick=\"x()\">", "<p onclick>", "<p title='x'>", "<p title=x>",
	        "<p title=\"<\"",          "<script>x",            "<script><",   "<style>",     "<iframe ",
	        "<!-- x",                  "<P>",                  "<p onClick=", "<p a;b",    "<1",          "< p",
	        "<base href=\"/\">",       "<object>",             "<svg><style>", "<//",        "<meta http-equiv=",
	        "<img srcset=",            "<a ping=",
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct cm_html html = {0};
		const char *wrong = walk(&html, rows[i]);
		if (wrong == NULL) // an element is judged at the end of its tag
			wrong = walk(&html, ">");
		if (wrong == NULL)
			fail_msg("taken: %s", rows[i]);
	}
}

static void
is_written(enum cm_html_place place, const char *text, const char *expected)
{
	struct cm_buf b = cm_buf_of(4096);
	cm_html_write(place, cm_view_text(text), &b);
	assert_string_equal(cm_buf_cstr(&b), expected);
	cm_buf_fini(&b);
}

static void
test_written(void **state)
{
	(void)state;
	is_written(CM_HTML_TEXT, "<b>\"A\" & 'B'</b>", "&lt;b&gt;&quot;A&quot; &amp; &#39;B&#39;&lt;/b&gt;");
	is_written(CM_HTML_ATTRIBUTE, "\" onfocus=\"x", "&quot; onfocus=&quot;x");
	is_written(CM_HTML_TEXT, "\xd8\xa8\xd9\x84 Lê", "\xd8\xa8\xd9\x84 Lê");
	// Right-to-left override, bell, a lone byte of UTF-8.
	is_written(CM_HTML_TEXT, "a\xe2\x80\xae"
	                         "b\a"
	                         "c\xff"
	                         "d",
	           "a\xef\xbf\xbd"
	           "b\xef\xbf\xbd"
	           "c\xef\xbf\xbd"
	           "d");
	is_written(CM_HTML_COMPONENT, "a/b?c=d&e \xc3\xa9#\"", "a%2Fb%3Fc%3Dd%26e%20%C3%A9%23%22");
	is_written(CM_HTML_NOWHERE, "a", "");
}

static void
test_addresses(void **state)
{
	(void)state;
	static const char *const ours[] = {"/", "/requests/1?a=b", "#main", "?lang=ar", "https://xb.example/"};
	static const char *const not_ours[] = {"//evil.example", "/\\evil.example", "/\t/evil.example", "javascript:x",
	                                       "JaVaScRiPt:x",   " javascript:x",   "data:text/html,x", "http://a",
	                                       "",               "x",               "\x01https://a"};
	for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++)
		is_written(CM_HTML_ADDRESS, ours[i], ours[i]);
	for (size_t i = 0; i < sizeof not_ours / sizeof not_ours[0]; i++)
		is_written(CM_HTML_ADDRESS, not_ours[i], "#");
	is_written(CM_HTML_ADDRESS, "/a?b=\"&c", "/a?b=&quot;&amp;c");
}

UNIT_MAIN(T(test_places), T(test_address_begun), T(test_refused), T(test_written), T(test_addresses))
