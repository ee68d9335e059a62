// Knows: tags, attributes and how values are written into them. Does not know: templates, words, pages.
#include "ui/html.h"

#include <string.h>

#include "base/text.h"

static bool
cm_html_letter(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == ':';
}

// Attributes of SVG have capitals; a browser does not tell them apart in HTML, and no more does a judgement of names.
static uint8_t
cm_html_small(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c - 'A' + 'a') : c;
}

static bool
cm_html_space(uint8_t c)
{
	return c == ' ' || c == '\n' || c == '\t';
}

static bool
cm_html_listed(const char *name, const char *const *list)
{
	for (; *list != NULL; list++)
		if (strcmp(name, *list) == 0)
			return true;
	return false;
}

// Adds a letter to a name. False: too long.
static bool
cm_html_name(char name[CM_HTML_NAME], uint8_t c)
{
	size_t n = strlen(name);
	if (n + 1 >= CM_HTML_NAME)
		return false;
	name[n] = (char)c;
	name[n + 1] = '\0';
	return true;
}

// Elements whose content a browser does not read as text and tags, or that bring a page from elsewhere.
static const char *
cm_html_element(const struct cm_html *html)
{
	static const char *const never[] = {"style", "iframe", "frame", "object", "embed", "base", "applet", "template",
	                                    "math", "xmp", "plaintext", "noembed", "noframes", "portal", NULL};
	return cm_html_listed(html->element, never) ? "this element may not stand in a page" : NULL;
}

static const char *
cm_html_attribute(struct cm_html *html)
{
	static const char *const never[] = {"style", "srcdoc", "srcset", "ping", "http-equiv", "nonce", NULL};
	static const char *const address[] = {"href", "src", "action", "formaction", "poster", "cite", "data",
	                                      "manifest", "background", "longdesc", "xlink:href", NULL};
	if (cm_html_listed(html->attribute, never) || strncmp(html->attribute, "on", 2) == 0)
		return "this attribute may not stand in a page";
	html->address = cm_html_listed(html->attribute, address);
	html->begun = false;
	return NULL;
}

static const char *
cm_html_tag_end(struct cm_html *html)
{
	const char *wrong = html->ends ? NULL : cm_html_element(html);
	html->at = CM_HTML_IN_TEXT;
	html->attribute[0] = '\0';
	html->address = false;
	return wrong;
}

// Inside a script element, which is empty here and takes its text from a file.
static bool
cm_html_in_script(const struct cm_html *html)
{
	return strcmp(html->element, "script") == 0 && !html->ends;
}

static const char *
cm_html_in_text(struct cm_html *html, uint8_t c)
{
	bool script = cm_html_in_script(html);
	if (c != '<')
		return script ? "a script comes from a file of its own" : NULL;
	html->at = script ? CM_HTML_IN_SCRIPT : CM_HTML_IN_OPEN;
	html->element[0] = '\0';
	html->ends = false;
	return NULL;
}

static const char *
cm_html_in_open(struct cm_html *html, uint8_t c)
{
	bool script = html->at == CM_HTML_IN_SCRIPT;
	html->at = CM_HTML_IN_OPEN;
	if (c == '/' && !html->ends) {
		html->ends = true;
		return NULL;
	}
	if (script)
		return "a script comes from a file of its own";
	if (c == '!' && !html->ends) {
		html->at = CM_HTML_IN_DECLARATION;
		return NULL;
	}
	html->at = CM_HTML_IN_NAME;
	return c >= 'a' && c <= 'z' && cm_html_name(html->element, c) ? NULL
	                                                              : "after \"<\" comes a name in small letters";
}

static const char *
cm_html_in_name(struct cm_html *html, uint8_t c)
{
	if (c == '>')
		return cm_html_tag_end(html);
	if (cm_html_space(c) || c == '/') {
		html->at = CM_HTML_IN_TAG;
		return NULL;
	}
	return cm_html_letter(c) && cm_html_name(html->element, c) ? NULL : "a name of an element is in small letters";
}

static const char *
cm_html_in_tag(struct cm_html *html, uint8_t c)
{
	if (c == '>')
		return cm_html_tag_end(html);
	if (cm_html_space(c) || c == '/')
		return NULL;
	html->attribute[0] = '\0';
	html->at = CM_HTML_IN_ATTRIBUTE;
	c = cm_html_small(c);
	return cm_html_letter(c) && cm_html_name(html->attribute, c) ? NULL
	                                                             : "a name of an attribute has letters, digits, \"-\" and \":\" alone";
}

static const char *
cm_html_in_attribute(struct cm_html *html, uint8_t c)
{
	const char *wrong = NULL;
	c = cm_html_small(c);
	if (c == '=' || c == '>' || c == '/' || cm_html_space(c))
		wrong = cm_html_attribute(html);
	if (wrong != NULL)
		return wrong;
	if (c == '=')
		html->at = CM_HTML_IN_EQUALS;
	else if (c == '>')
		return cm_html_tag_end(html);
	else if (c == '/' || cm_html_space(c))
		html->at = CM_HTML_IN_TAG;
	else if (!cm_html_letter(c) || !cm_html_name(html->attribute, c))
		return "a name of an attribute has letters, digits, \"-\" and \":\" alone";
	return NULL;
}

static const char *
cm_html_in_value(struct cm_html *html, uint8_t c)
{
	if (c == '"')
		html->at = CM_HTML_IN_TAG;
	else if (c == '<')
		return "\"<\" inside a value";
	html->begun = true;
	return NULL;
}

const char *
cm_html_step(struct cm_html *html, uint8_t c)
{
	switch (html->at) {
	case CM_HTML_IN_TEXT:
		return cm_html_in_text(html, c);
	case CM_HTML_IN_OPEN:
	case CM_HTML_IN_SCRIPT:
		return cm_html_in_open(html, c);
	case CM_HTML_IN_NAME:
		return cm_html_in_name(html, c);
	case CM_HTML_IN_TAG:
		return cm_html_in_tag(html, c);
	case CM_HTML_IN_ATTRIBUTE:
		return cm_html_in_attribute(html, c);
	case CM_HTML_IN_EQUALS:
		html->at = CM_HTML_IN_VALUE;
		return c == '"' ? NULL : "a value stands in double quotes";
	case CM_HTML_IN_VALUE:
		return cm_html_in_value(html, c);
	case CM_HTML_IN_DECLARATION:
		if (c == '>')
			html->at = CM_HTML_IN_TEXT;
		return c == '-' ? "a remark in a page belongs into {{! }}" : NULL;
	}
	return "nowhere";
}

enum cm_html_place
cm_html_hole(struct cm_html *html)
{
	if (html->at == CM_HTML_IN_TEXT)
		return cm_html_in_script(html) ? CM_HTML_NOWHERE : CM_HTML_TEXT;
	if (html->at != CM_HTML_IN_VALUE || strcmp(html->attribute, "content") == 0)
		return CM_HTML_NOWHERE;
	enum cm_html_place place = !html->address  ? CM_HTML_ATTRIBUTE
	                           : !html->begun  ? CM_HTML_ADDRESS
	                                           : CM_HTML_COMPONENT;
	html->begun = true;
	return place;
}

bool
cm_html_same(const struct cm_html *a, const struct cm_html *b)
{
	if (a->at != b->at)
		return false;
	if (a->at == CM_HTML_IN_TEXT)
		return true;
	return strcmp(a->element, b->element) == 0 && a->ends == b->ends &&
	       (a->at != CM_HTML_IN_VALUE ||
	        (strcmp(a->attribute, b->attribute) == 0 && (!a->address || a->begun == b->begun)));
}

// -- writing values

// Characters that are no text, or that turn the direction of what follows them (as in cm_text_showable()).
static bool
cm_html_hidden(uint32_t code)
{
	return (code < 0x20 && code != '\n' && code != '\t') || (code >= 0x7f && code < 0xa0) ||
	       (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

static void
cm_html_write_text(struct cm_view text, struct cm_buf *to)
{
	for (size_t at = 0, from = 0; at < text.n; from = at) {
		uint32_t code = 0;
		if (!cm_text_next(text, &at, &code)) {
			at = from + 1;
			code = 0; // a byte that is no text
		}
		switch (code) {
		case '&':
			cm_buf_text(to, "&amp;");
			break;
		case '<':
			cm_buf_text(to, "&lt;");
			break;
		case '>':
			cm_buf_text(to, "&gt;");
			break;
		case '"':
			cm_buf_text(to, "&quot;");
			break;
		case '\'':
			cm_buf_text(to, "&#39;");
			break;
		default:
			if (cm_html_hidden(code))
				cm_buf_text(to, "\xef\xbf\xbd");
			else
				cm_buf_add(to, text.p + from, at - from);
		}
	}
}

static void
cm_html_write_component(struct cm_view text, struct cm_buf *to)
{
	for (size_t i = 0; i < text.n; i++) {
		uint8_t c = text.p[i];
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
		             c == '.' || c == '_' || c == '~';
		if (plain)
			cm_buf_u8(to, c);
		else
			cm_buf_printf(to, "%%%02X", c);
	}
}

// An address inside this host, or one that says https. A browser reads "/\" as "//", which is another host.
static bool
cm_html_address(struct cm_view v)
{
	if (v.n == 0)
		return false;
	if (v.p[0] == '#' || v.p[0] == '?')
		return true;
	if (v.p[0] == '/')
		return v.n == 1 || (v.p[1] != '/' && v.p[1] != '\\' && v.p[1] != '\t' && v.p[1] != '\n');
	return cm_view_starts(v, "https://");
}

void
cm_html_write(enum cm_html_place place, struct cm_view text, struct cm_buf *to)
{
	switch (place) {
	case CM_HTML_TEXT:
	case CM_HTML_ATTRIBUTE:
		cm_html_write_text(text, to);
		break;
	case CM_HTML_ADDRESS:
		cm_html_write_text(cm_html_address(text) ? text : cm_view_text("#"), to);
		break;
	case CM_HTML_COMPONENT:
		cm_html_write_component(text, to);
		break;
	case CM_HTML_NOWHERE:
		break;
	}
}
