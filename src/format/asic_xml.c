// Reads plain XML event by event. Knows well-formedness and namespaces; does not know which elements a manifest
// has (asic_manifest.c). Everything that could bring in other bytes (DTD, entities of one's own) is refused.
// Serves doc/spec/package.md, manifest; XML 1.0 sections 2.1 to 2.4, 3.1, 4.1; Namespaces in XML 1.0 section 6.
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "format/asic_xml.h"

#define XML_SPACE "http://www.w3.org/XML/1998/namespace"

void
cm_asic_xml_init(struct cm_asic_xml *x, struct cm_view xml, struct cm_report *report)
{
	*x = (struct cm_asic_xml){.all = xml, .report = report, .text = cm_buf_of(CM_LIMIT_ASIC_MANIFEST_BYTES_VALUE)};
	if (cm_view_starts(xml, "\xef\xbb\xbf"))
		x->at = 3;
}

void
cm_asic_xml_fini(struct cm_asic_xml *x)
{
	if (x != NULL)
		cm_buf_fini(&x->text);
}

struct cm_view
cm_asic_xml_value(const struct cm_asic_xml *x, size_t i)
{
	return cm_view_part(cm_buf_view(&x->text), x->attributes[i].value_at, x->attributes[i].value_n);
}

cm_result
cm_asic_xml_refuse(const struct cm_asic_xml *x, enum cm_error rule, const char *seen, struct cm_view quoted)
{
	char place[32];
	snprintf(place, sizeof place, "byte %zu", x->at);
	return cm_report_refuse(x->report, rule, place, "%s%s%.*s", seen, quoted.n == 0 ? "" : ": ",
	                        CM_VIEW_ARG(quoted));
}

static cm_result
refuse(const struct cm_asic_xml *x, const char *seen)
{
	return cm_asic_xml_refuse(x, CM_ERROR_ASIC_XML, seen, (struct cm_view){0});
}

static bool
is_space(int c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

// The byte `ahead` of the reading place, or -1 at the end.
static int
peek(const struct cm_asic_xml *x, size_t ahead)
{
	return ahead < x->all.n - x->at ? x->all.p[x->at + ahead] : -1;
}

static bool
looks(const struct cm_asic_xml *x, const char *word)
{
	return cm_view_starts(cm_view_part(x->all, x->at, x->all.n - x->at), word);
}

static bool
eat(struct cm_asic_xml *x, const char *word)
{
	if (!looks(x, word))
		return false;
	x->at += strlen(word);
	return true;
}

// Passes over white space; true when there was some.
static bool
eat_space(struct cm_asic_xml *x)
{
	size_t from = x->at;
	while (is_space(peek(x, 0)))
		x->at++;
	return x->at != from;
}

// ASCII letters, digits and a few marks; names beyond ASCII do not occur in manifests.
static bool
is_name_byte(int c, bool first)
{
	bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
	return letter || (!first && ((c >= '0' && c <= '9') || c == '-' || c == '.'));
}

// A name without colon; empty when there is none.
static struct cm_view
eat_part(struct cm_asic_xml *x)
{
	size_t from = x->at;
	while (is_name_byte(peek(x, 0), x->at == from))
		x->at++;
	return cm_view_part(x->all, from, x->at - from);
}

// prefix:name or name.
static cm_result
eat_name(struct cm_asic_xml *x, struct cm_view *ret_prefix, struct cm_view *ret_name)
{
	struct cm_view prefix = {0}, name = eat_part(x);
	if (name.n != 0 && peek(x, 0) == ':') {
		x->at++;
		prefix = name;
		name = eat_part(x);
	}
	if (name.n == 0)
		return refuse(x, "no name where one must be");
	*ret_prefix = prefix;
	*ret_name = name;
	return CM_OK;
}

static void
put_code(struct cm_buf *to, uint32_t code)
{
	if (code < 0x80) {
		cm_buf_u8(to, (uint8_t)code);
		return;
	}
	if (code < 0x800) {
		cm_buf_u8(to, (uint8_t)(0xc0 | (code >> 6)));
	} else if (code < 0x10000) {
		cm_buf_u8(to, (uint8_t)(0xe0 | (code >> 12)));
		cm_buf_u8(to, (uint8_t)(0x80 | ((code >> 6) & 0x3f)));
	} else {
		cm_buf_u8(to, (uint8_t)(0xf0 | (code >> 18)));
		cm_buf_u8(to, (uint8_t)(0x80 | ((code >> 12) & 0x3f)));
		cm_buf_u8(to, (uint8_t)(0x80 | ((code >> 6) & 0x3f)));
	}
	cm_buf_u8(to, (uint8_t)(0x80 | (code & 0x3f)));
}

// XML 1.0 section 2.2: the characters that a document may have.
static bool
is_char(uint32_t code)
{
	return code == 0x9 || code == 0xa || code == 0xd || (code >= 0x20 && code <= 0xd7ff) ||
	       (code >= 0xe000 && code <= 0xfffd) || (code >= 0x10000 && code <= 0x10ffff);
}

// Value of a hexadecimal digit, or 16.
static uint32_t
digit(int c)
{
	if (c >= '0' && c <= '9')
		return (uint32_t)(c - '0');
	if (c >= 'a' && c <= 'f')
		return (uint32_t)(c - 'a' + 10);
	return c >= 'A' && c <= 'F' ? (uint32_t)(c - 'A' + 10) : 16;
}

// Behind "&#".
static cm_result
eat_char_reference(struct cm_asic_xml *x)
{
	uint32_t base = eat(x, "x") ? 16 : 10, code = 0;
	size_t from = x->at;
	for (uint32_t d; (d = digit(peek(x, 0))) < base && code <= 0x10ffff; x->at++)
		code = code * base + d;
	if (x->at == from || !is_char(code) || !eat(x, ";"))
		return refuse(x, "a malformed character reference");
	put_code(&x->text, code);
	return CM_OK;
}

static cm_result
eat_reference(struct cm_asic_xml *x)
{
	static const struct {
		const char *word;
		char byte;
	} entities[] = {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}};
	if (eat(x, "&#"))
		return eat_char_reference(x);
	for (size_t i = 0; i < sizeof entities / sizeof *entities; i++)
		if (eat(x, entities[i].word)) {
			cm_buf_u8(&x->text, (uint8_t)entities[i].byte);
			return CM_OK;
		}
	return refuse(x, "an entity other than the five of XML");
}

// One character of text or of a value, decoded.
static cm_result
eat_char(struct cm_asic_xml *x)
{
	uint32_t code;
	size_t from = x->at;
	if (peek(x, 0) == '&')
		return eat_reference(x);
	if (!cm_text_next(x->all, &x->at, &code) || !is_char(code))
		return refuse(x, "a byte that is no text");
	cm_buf_add(&x->text, x->all.p + from, x->at - from);
	return CM_OK;
}

// A quoted value; what it says is appended to `text`.
static cm_result
eat_value(struct cm_asic_xml *x)
{
	int quote = peek(x, 0);
	if (quote != '"' && quote != '\'')
		return refuse(x, "no quoted value where one must be");
	x->at++;
	while (peek(x, 0) != quote) {
		if (peek(x, 0) == '<')
			return refuse(x, "'<' in a value");
		cm_result r = eat_char(x);
		if (r != CM_OK)
			return r;
	}
	x->at++;
	return cm_buf_result(&x->text);
}

// name = "value" of the declaration; true when the attribute `name` is there and was read into `text`.
static cm_result
eat_pseudo(struct cm_asic_xml *x, const char *name, bool *ret_there)
{
	size_t back = x->at;
	bool space = eat_space(x);
	if (!eat(x, name)) {
		x->at = back;
		*ret_there = false;
		return CM_OK;
	}
	if (!space)
		return refuse(x, "a malformed XML declaration");
	eat_space(x);
	if (!eat(x, "="))
		return refuse(x, "a malformed XML declaration");
	eat_space(x);
	cm_buf_clear(&x->text);
	cm_result r = eat_value(x);
	if (r == CM_OK)
		*ret_there = true;
	return r;
}

static bool
is_utf8_word(struct cm_view v)
{
	return cm_view_is(v, "UTF-8") || cm_view_is(v, "utf-8");
}

// <?xml version="1.0" encoding="UTF-8" standalone="yes"?>, which may be missing.
static cm_result
eat_declaration(struct cm_asic_xml *x)
{
	if (!looks(x, "<?xml") || !is_space(peek(x, 5)))
		return CM_OK;
	x->at += 5;
	bool there = false;
	cm_result r = eat_pseudo(x, "version", &there);
	if (r == CM_OK && (!there || !cm_view_is(cm_buf_view(&x->text), "1.0")))
		r = refuse(x, "another version than 1.0");
	if (r == CM_OK)
		r = eat_pseudo(x, "encoding", &there);
	if (r == CM_OK && there && !is_utf8_word(cm_buf_view(&x->text)))
		r = refuse(x, "another encoding than UTF-8");
	if (r == CM_OK)
		r = eat_pseudo(x, "standalone", &there);
	if (r != CM_OK)
		return r;
	struct cm_view said = cm_buf_view(&x->text);
	if (there && !cm_view_is(said, "yes") && !cm_view_is(said, "no"))
		return refuse(x, "a malformed XML declaration");
	eat_space(x);
	return eat(x, "?>") ? CM_OK : refuse(x, "a malformed XML declaration");
}

// The namespace that a prefix stands for; the innermost binding wins.
static cm_result
resolve(const struct cm_asic_xml *x, struct cm_view prefix, struct cm_view *ret_space)
{
	for (size_t i = x->binding_count; i > 0; i--)
		if (cm_view_equal(x->bindings[i - 1].prefix, prefix)) {
			*ret_space = x->bindings[i - 1].space;
			return CM_OK;
		}
	if (cm_view_is(prefix, "xml")) {
		*ret_space = cm_view_text(XML_SPACE);
		return CM_OK;
	}
	if (prefix.n != 0)
		return cm_asic_xml_refuse(x, CM_ERROR_ASIC_XML, "a prefix without namespace", prefix);
	*ret_space = (struct cm_view){0};
	return CM_OK;
}

// xmlns="…" or xmlns:prefix="…". Namespace names are compared as they stand in the file, so no reference in them.
static cm_result
bind(struct cm_asic_xml *x, struct cm_view prefix, struct cm_view raw)
{
	if (x->binding_count == CM_LIMIT_ASIC_XML_NAMES_VALUE)
		return refuse(x, "too many namespaces");
	if (cm_view_find(raw, 0, '&') != raw.n || cm_view_is(prefix, "xml") || cm_view_is(prefix, "xmlns") ||
	    (prefix.n != 0 && raw.n == 0) || cm_view_is(raw, XML_SPACE))
		return refuse(x, "a namespace that may not be given so");
	for (size_t i = x->binding_count; i > 0 && x->bindings[i - 1].depth == x->depth; i--)
		if (cm_view_equal(x->bindings[i - 1].prefix, prefix))
			return refuse(x, "an attribute given twice");
	x->bindings[x->binding_count++] =
		(struct cm_asic_xml_binding){.prefix = prefix, .space = raw, .depth = x->depth};
	return CM_OK;
}

static cm_result
eat_attribute(struct cm_asic_xml *x)
{
	struct cm_view prefix, name;
	cm_result r = eat_name(x, &prefix, &name);
	if (r != CM_OK)
		return r;
	eat_space(x);
	if (!eat(x, "="))
		return refuse(x, "an attribute without value");
	eat_space(x);
	size_t from = x->at, value_at = x->text.n;
	r = eat_value(x);
	if (r != CM_OK)
		return r;
	struct cm_view raw = cm_view_part(x->all, from + 1, x->at - from - 2);
	if (cm_view_is(prefix, "xmlns"))
		return bind(x, name, raw);
	if (prefix.n == 0 && cm_view_is(name, "xmlns"))
		return bind(x, prefix, raw);
	if (x->attribute_count == CM_LIMIT_ASIC_XML_NAMES_VALUE)
		return refuse(x, "too many attributes");
	x->attributes[x->attribute_count++] = (struct cm_asic_xml_attribute){
		.prefix = prefix, .name = name, .value_at = value_at, .value_n = x->text.n - value_at};
	return CM_OK;
}

// Once all bindings of the element are known.
static cm_result
resolve_attributes(struct cm_asic_xml *x)
{
	for (size_t i = 0; i < x->attribute_count; i++) {
		struct cm_asic_xml_attribute *a = &x->attributes[i];
		cm_result r = a->prefix.n == 0 ? CM_OK : resolve(x, a->prefix, &a->space);
		if (r != CM_OK)
			return r;
		for (size_t k = 0; k < i; k++)
			if (cm_view_equal(a->name, x->attributes[k].name) &&
			    cm_view_equal(a->space, x->attributes[k].space))
				return refuse(x, "an attribute given twice");
	}
	return CM_OK;
}

// Behind '<'.
static cm_result
eat_open(struct cm_asic_xml *x)
{
	if (x->depth == CM_LIMIT_ASIC_XML_DEPTH_VALUE)
		return refuse(x, "too many elements inside one another");
	size_t from = x->at;
	struct cm_view prefix, name;
	cm_result r = eat_name(x, &prefix, &name);
	if (r != CM_OK)
		return r;
	x->open[x->depth++] = cm_view_part(x->all, from, x->at - from);
	x->attribute_count = 0;
	cm_buf_clear(&x->text);
	bool space = eat_space(x);
	while (peek(x, 0) != '>' && peek(x, 0) != '/') {
		r = space ? eat_attribute(x) : refuse(x, "no space before an attribute");
		if (r != CM_OK)
			return r;
		space = eat_space(x);
	}
	x->closing = eat(x, "/");
	if (!eat(x, ">"))
		return refuse(x, "a tag without end");
	x->name = name;
	r = resolve(x, prefix, &x->space);
	return r == CM_OK ? resolve_attributes(x) : r;
}

static void
close_element(struct cm_asic_xml *x)
{
	while (x->binding_count > 0 && x->bindings[x->binding_count - 1].depth == x->depth)
		x->binding_count--;
	x->depth--;
}

// Behind "</".
static cm_result
eat_close(struct cm_asic_xml *x)
{
	size_t from = x->at;
	struct cm_view prefix, name;
	cm_result r = eat_name(x, &prefix, &name);
	if (r != CM_OK)
		return r;
	if (x->depth == 0 || !cm_view_equal(x->open[x->depth - 1], cm_view_part(x->all, from, x->at - from)))
		return refuse(x, "an end tag of another element");
	eat_space(x);
	if (!eat(x, ">"))
		return refuse(x, "a tag without end");
	close_element(x);
	return CM_OK;
}

static cm_result
eat_text(struct cm_asic_xml *x)
{
	cm_buf_clear(&x->text);
	while (peek(x, 0) != '<') {
		if (looks(x, "]]>"))
			return refuse(x, "\"]]>\" in text");
		cm_result r = peek(x, 0) < 0 ? refuse(x, "the document is cut short") : eat_char(x);
		if (r != CM_OK)
			return r;
	}
	return cm_buf_result(&x->text);
}

cm_result
cm_asic_xml_next(struct cm_asic_xml *x, enum cm_asic_xml_event *ret_event)
{
	cm_result r = CM_OK;
	if (x->closing) {
		x->closing = false;
		close_element(x);
		*ret_event = CM_ASIC_XML_CLOSE;
		return CM_OK;
	}
	if (!x->rooted)
		r = eat_declaration(x);
	if (r != CM_OK)
		return r;
	if (x->depth == 0)
		eat_space(x);
	if (x->depth == 0 && x->rooted) {
		if (peek(x, 0) >= 0)
			return refuse(x, "something behind the root element");
		*ret_event = CM_ASIC_XML_END;
		return CM_OK;
	}
	if (looks(x, "<!") || looks(x, "<?"))
		return refuse(x, "a DTD, comment, CDATA section or processing instruction");
	enum cm_asic_xml_event event = looks(x, "</") ? CM_ASIC_XML_CLOSE : CM_ASIC_XML_OPEN;
	if (x->depth > 0 && peek(x, 0) != '<')
		event = CM_ASIC_XML_TEXT;
	else if (!eat(x, event == CM_ASIC_XML_CLOSE ? "</" : "<"))
		return refuse(x, "no element where one must be");
	r = event == CM_ASIC_XML_TEXT ? eat_text(x) : event == CM_ASIC_XML_CLOSE ? eat_close(x) : eat_open(x);
	x->rooted = true;
	if (r == CM_OK)
		*ret_event = event;
	return r;
}
