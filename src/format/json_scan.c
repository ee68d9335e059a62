// Knows: UTF-8, nesting, members of one object and the numbers of I-JSON (RFC 7493 section 2), without building
// anything, so that hostile nesting and colliding names never reach the library. Does not know: the rest of the
// syntax (json.c).
#include <inttypes.h>
#include <stdio.h>

#include "base/num.h"
#include "base/tab_limit.h"
#include "base/text.h"
#include "format/json_scan.h"

#define CM_JSON_SCAN_INTEGER INT64_C(9007199254740991) // 2^53 - 1

struct cm_json_scan_state {
	struct cm_view all;
	size_t at;
	unsigned depth;
	bool object[CM_LIMIT_JSON_DEPTH_VALUE + 1];    // by level: an object, else an array
	uint32_t members[CM_LIMIT_JSON_DEPTH_VALUE + 1]; // by level: commas seen
	struct cm_report *report;
};

static cm_result
cm_json_scan_refuse(const struct cm_json_scan_state *s, enum cm_error rule, size_t at, const char *seen)
{
	char place[32];
	snprintf(place, sizeof place, "byte %zu", at);
	return cm_report_refuse(s->report, rule, place, "%s", seen);
}

// Past the end of a text; an unclosed one ends with the bytes.
static void
cm_json_scan_text(struct cm_json_scan_state *s)
{
	for (s->at++; s->at < s->all.n; s->at++) {
		if (s->all.p[s->at] == '\\')
			s->at++;
		else if (s->all.p[s->at] == '"')
			break;
	}
	if (s->at < s->all.n)
		s->at++;
	else
		s->at = s->all.n; // the backslash may have been the last byte
}

static cm_result
cm_json_scan_number(struct cm_json_scan_state *s)
{
	size_t from = s->at;
	for (; s->at < s->all.n; s->at++) {
		uint8_t c = s->all.p[s->at];
		if (!((c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E'))
			break;
	}
	int64_t value;
	struct cm_view token = cm_view_part(s->all, from, s->at - from);
	if (!cm_num_i64(token, -CM_JSON_SCAN_INTEGER, CM_JSON_SCAN_INTEGER, &value)) {
		char seen[48];
		snprintf(seen, sizeof seen, "%.*s", (int)(token.n < 40 ? token.n : 40), (const char *)token.p);
		return cm_json_scan_refuse(s, CM_ERROR_JSON_NUMBER, from, seen);
	}
	return CM_OK;
}

static cm_result
cm_json_scan_open(struct cm_json_scan_state *s, bool object)
{
	if (s->depth == CM_LIMIT_JSON_DEPTH_VALUE)
		return cm_json_scan_refuse(s, CM_ERROR_JSON_DEPTH, s->at, "one level too many");
	s->depth++;
	s->object[s->depth] = object;
	s->members[s->depth] = 1;
	s->at++;
	return CM_OK;
}

static cm_result
cm_json_scan_comma(struct cm_json_scan_state *s)
{
	if (s->object[s->depth] && ++s->members[s->depth] > CM_LIMIT_JSON_MEMBERS_VALUE)
		return cm_json_scan_refuse(s, CM_ERROR_JSON_MEMBERS, s->at, "one member too many");
	s->at++;
	return CM_OK;
}

static cm_result
cm_json_scan_byte(struct cm_json_scan_state *s)
{
	uint8_t c = s->all.p[s->at];
	if (c == '"') {
		cm_json_scan_text(s);
		return CM_OK;
	}
	if (c == '{' || c == '[')
		return cm_json_scan_open(s, c == '{');
	if (c == ',')
		return cm_json_scan_comma(s);
	if (c == '-' || (c >= '0' && c <= '9'))
		return cm_json_scan_number(s);
	if ((c == '}' || c == ']') && s->depth > 0)
		s->depth--;
	s->at++;
	return CM_OK;
}

cm_result
cm_json_scan(struct cm_view bytes, struct cm_report *report)
{
	struct cm_json_scan_state s = {.all = bytes, .report = report};
	uint32_t code;
	for (size_t at = cm_text_plain(bytes, 0); at < bytes.n; at = cm_text_plain(bytes, at))
		if (!cm_text_next(bytes, &at, &code) || (at == 3 && code == 0xfeff))
			return cm_json_scan_refuse(&s, CM_ERROR_JSON_UTF8, at, "not UTF-8, or a byte order mark");
	while (s.at < bytes.n) {
		cm_result r = cm_json_scan_byte(&s);
		if (r != CM_OK)
			return r;
	}
	return CM_OK;
}
