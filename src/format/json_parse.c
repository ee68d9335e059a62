// Knows: the grammar of RFC 8259 and how it becomes a tree. Does not know: the limits, UTF-8 and the range of numbers; json_scan.c
// let nothing through that breaks them, so recursion is bounded by json_depth. Texts are decoded in place in one copy of the
// input: an escape is never shorter than what it stands for. Serves RFC 7493 (no member twice, no lone surrogate).
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "format/json_tree.h"

#define CM_JSON_PARSE_FEW 16 // members up to which looking at all pairs is fastest

struct cm_json_parse {
	uint8_t *p; // the copy
	size_t n, at;
	struct cm_arena *arena;
	struct cm_json_value *open; // children of everything that is not closed yet
	size_t count, room;
	struct cm_report *report;
};

static cm_result cm_json_parse_value(struct cm_json_parse *parse, struct cm_json_value *ret_value);

static cm_result
cm_json_parse_refuse(const struct cm_json_parse *parse, const char *seen)
{
	char place[32];
	snprintf(place, sizeof place, "byte %zu", parse->at);
	return cm_report_refuse(parse->report, CM_ERROR_JSON_SYNTAX, place, "%s", seen);
}

// The next byte that is no white space; 0 at the end.
static uint8_t
cm_json_parse_peek(struct cm_json_parse *parse)
{
	while (parse->at < parse->n && memchr(" \t\r\n", parse->p[parse->at], 4) != NULL)
		parse->at++;
	return parse->at < parse->n ? parse->p[parse->at] : 0;
}

// Four hexadecimal digits at `at`; false when they are none.
static bool
cm_json_parse_unit(const struct cm_json_parse *parse, size_t at, uint32_t *ret_unit)
{
	uint32_t unit = 0;
	if (parse->n - at < 4)
		return false;
	for (size_t i = 0; i < 4; i++) {
		uint8_t c = parse->p[at + i];
		uint8_t lower = c | 0x20;
		if (c >= '0' && c <= '9')
			unit = unit << 4 | (uint32_t)(c - '0');
		else if (lower >= 'a' && lower <= 'f')
			unit = unit << 4 | (uint32_t)(lower - 'a' + 10);
		else
			return false;
	}
	*ret_unit = unit;
	return true;
}

// A code point as UTF-8, at most four bytes; how many.
static size_t
cm_json_parse_utf8(uint32_t code, uint8_t *to)
{
	size_t n = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
	static const uint8_t lead[5] = {0, 0, 0xc0, 0xe0, 0xf0};
	for (size_t i = n; i-- > 1; code >>= 6)
		to[i] = (uint8_t)(0x80 | (code & 0x3f));
	to[0] = (uint8_t)(lead[n] | code);
	return n;
}

// \uXXXX, with its second half when it is the first of two. The backslash is at parse->at.
static cm_result
cm_json_parse_code(struct cm_json_parse *parse, uint8_t *to, size_t *ret_n)
{
	uint32_t code, low;
	if (!cm_json_parse_unit(parse, parse->at + 2, &code))
		return cm_json_parse_refuse(parse, "an escape that is none");
	if (code == 0)
		return cm_json_parse_refuse(parse, "NUL in a text");
	size_t n = 6;
	if (code >= 0xd800 && code <= 0xdfff) {
		size_t at = parse->at + 6;
		bool pair = code < 0xdc00 && parse->n - at >= 6 && parse->p[at] == '\\' && parse->p[at + 1] == 'u' &&
		            cm_json_parse_unit(parse, at + 2, &low) && low >= 0xdc00 && low <= 0xdfff;
		if (!pair)
			return cm_json_parse_refuse(parse, "half a character");
		code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
		n = 12;
	}
	*ret_n = cm_json_parse_utf8(code, to);
	parse->at += n;
	return CM_OK;
}

// One escape; what it stands for goes to `to`, which is not behind it.
static cm_result
cm_json_parse_escape(struct cm_json_parse *parse, uint8_t *to, size_t *ret_n)
{
	static const char names[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
	uint8_t c = parse->at + 1 < parse->n ? parse->p[parse->at + 1] : 0;
	if (c == 'u')
		return cm_json_parse_code(parse, to, ret_n);
	const char *name = c == 0 ? NULL : strchr(names, c);
	if (name == NULL)
		return cm_json_parse_refuse(parse, "an escape that is none");
	*to = (uint8_t)meant[name - names];
	*ret_n = 1;
	parse->at += 2;
	return CM_OK;
}

// A text; its opening quote is at parse->at. The closing one becomes a NUL.
static cm_result
cm_json_parse_text(struct cm_json_parse *parse, struct cm_view *ret_text)
{
	size_t from = ++parse->at, to = from;
	while (parse->at < parse->n) {
		size_t run = parse->at, n;
		while (run < parse->n && parse->p[run] >= 0x20 && parse->p[run] != '"' && parse->p[run] != '\\')
			run++;
		n = run - parse->at;
		if (to != parse->at)
			memmove(parse->p + to, parse->p + parse->at, n);
		to += n;
		parse->at = run;
		if (run == parse->n)
			break;
		if (parse->p[run] == '"') {
			parse->p[to] = 0;
			parse->at++;
			*ret_text = cm_view_of(parse->p + from, to - from);
			return CM_OK;
		}
		if (parse->p[run] != '\\')
			return cm_json_parse_refuse(parse, "a control character in a text");
		cm_result r = cm_json_parse_escape(parse, parse->p + to, &n);
		if (r != CM_OK)
			return r;
		to += n;
	}
	return cm_json_parse_refuse(parse, "a text without end");
}

static cm_result
cm_json_parse_number(struct cm_json_parse *parse, struct cm_json_value *ret_value)
{
	size_t from = parse->at;
	while (parse->at < parse->n && memchr("+-.0123456789eE", parse->p[parse->at], 15) != NULL)
		parse->at++;
	ret_value->kind = CM_JSON_NUMBER;
	if (!cm_num_i64(cm_view_of(parse->p + from, parse->at - from), INT64_MIN, INT64_MAX, &ret_value->number))
		return cm_json_parse_refuse(parse, "a number that is none");
	return CM_OK;
}

static cm_result
cm_json_parse_word(struct cm_json_parse *parse, struct cm_json_value *ret_value)
{
	static const struct {
		const char *word;
		enum cm_json_kind kind;
	} words[] = {{"null", CM_JSON_NULL}, {"true", CM_JSON_TRUE}, {"false", CM_JSON_FALSE}};
	struct cm_view left = cm_view_of(parse->p + parse->at, parse->n - parse->at);
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (cm_view_starts(left, words[i].word)) {
			parse->at += strlen(words[i].word);
			ret_value->kind = words[i].kind;
			return CM_OK;
		}
	return cm_json_parse_refuse(parse, "no value");
}

static int
cm_json_parse_order(const void *a, const void *b)
{
	struct cm_view x, y;
	memcpy(&x, a, sizeof x);
	memcpy(&y, b, sizeof y);
	return x.n != y.n ? (x.n < y.n ? -1 : 1) : x.n == 0 ? 0 : memcmp(x.p, y.p, x.n);
}

static bool
cm_json_parse_few_twice(const struct cm_json_value *members, size_t n)
{
	for (size_t i = 1; i < n; i++)
		for (size_t k = 0; k < i; k++)
			if (cm_view_equal(members[i].name, members[k].name))
				return true;
	return false;
}

// Is a member there twice?
static cm_result
cm_json_parse_twice(const struct cm_json_parse *parse, const struct cm_json_value *members, size_t n)
{
	bool twice = n <= CM_JSON_PARSE_FEW && cm_json_parse_few_twice(members, n);
	if (n > CM_JSON_PARSE_FEW) {
		CM_AUTO struct cm_view *names = cm_mem_new_many(n, sizeof *names);
		if (names == NULL)
			return CM_NOMEM;
		for (size_t i = 0; i < n; i++)
			names[i] = members[i].name;
		qsort(names, n, sizeof *names, cm_json_parse_order);
		for (size_t i = 1; i < n; i++)
			twice = twice || cm_view_equal(names[i - 1], names[i]);
	}
	return twice ? cm_json_parse_refuse(parse, "a member twice") : CM_OK;
}

// One more child of what is open.
static cm_result
cm_json_parse_push(struct cm_json_parse *parse, const struct cm_json_value *value)
{
	if (parse->count == parse->room) {
		size_t room = parse->room == 0 ? 64 : 2 * parse->room;
		struct cm_json_value *more = cm_mem_resize(parse->open, room * sizeof *more);
		if (more == NULL)
			return CM_NOMEM;
		parse->open = more;
		parse->room = room;
	}
	parse->open[parse->count++] = *value;
	return CM_OK;
}

static cm_result
cm_json_parse_child(struct cm_json_parse *parse, bool named)
{
	struct cm_json_value child = {.count = 0};
	cm_result r = CM_OK;
	if (named) {
		if (cm_json_parse_peek(parse) != '"')
			return cm_json_parse_refuse(parse, "no name of a member");
		r = cm_json_parse_text(parse, &child.name);
		if (r == CM_OK && cm_json_parse_peek(parse) != ':')
			r = cm_json_parse_refuse(parse, "no colon behind a name");
		parse->at++;
	}
	if (r == CM_OK)
		r = cm_json_parse_value(parse, &child);
	return r == CM_OK ? cm_json_parse_push(parse, &child) : r;
}

// Array or object; its bracket is at parse->at.
static cm_result
cm_json_parse_list(struct cm_json_parse *parse, struct cm_json_value *ret_value)
{
	bool named = parse->p[parse->at] == '{';
	uint8_t end = named ? '}' : ']';
	size_t from = parse->count;
	parse->at++;
	for (bool more = cm_json_parse_peek(parse) != end; more;) {
		cm_result r = cm_json_parse_child(parse, named);
		if (r != CM_OK)
			return r;
		more = cm_json_parse_peek(parse) == ',';
		if (more)
			parse->at++;
		else if (cm_json_parse_peek(parse) != end)
			return cm_json_parse_refuse(parse, "neither a comma nor the end");
	}
	parse->at++;
	size_t n = parse->count - from;
	struct cm_json_value *children = cm_arena_new_many(parse->arena, n, sizeof *children);
	if (n != 0 && children == NULL)
		return CM_NOMEM;
	if (n != 0)
		memcpy(children, parse->open + from, n * sizeof *children);
	parse->count = from;
	ret_value->kind = named ? CM_JSON_OBJECT : CM_JSON_ARRAY;
	ret_value->count = (uint32_t)n;
	ret_value->children = children;
	return named ? cm_json_parse_twice(parse, children, n) : CM_OK;
}

static cm_result
cm_json_parse_value(struct cm_json_parse *parse, struct cm_json_value *ret_value)
{
	uint8_t c = cm_json_parse_peek(parse);
	if (c == '{' || c == '[')
		return cm_json_parse_list(parse, ret_value);
	if (c == '"') {
		ret_value->kind = CM_JSON_TEXT;
		return cm_json_parse_text(parse, &ret_value->text);
	}
	if (c == '-' || (c >= '0' && c <= '9'))
		return cm_json_parse_number(parse, ret_value);
	return cm_json_parse_word(parse, ret_value);
}

cm_result
cm_json_parse(struct cm_view bytes, struct cm_report *report, struct cm_json *json)
{
	struct cm_json_parse parse = {.n = bytes.n, .arena = &json->arena, .report = report};
	parse.p = cm_arena_new(&json->arena, bytes.n + 1);
	if (parse.p == NULL)
		return CM_NOMEM;
	if (bytes.n != 0)
		memcpy(parse.p, bytes.p, bytes.n);
	uint8_t c = cm_json_parse_peek(&parse);
	cm_result r = c == '{' || c == '[' ? cm_json_parse_value(&parse, &json->root)
	                                   : cm_json_parse_refuse(&parse, "neither an object nor an array");
	cm_json_parse_peek(&parse);
	if (r == CM_OK && parse.at != parse.n)
		r = cm_json_parse_refuse(&parse, "something behind the end");
	cm_mem_free(parse.open);
	return r;
}
