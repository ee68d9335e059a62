// The walk over data/routes.tab: listener, method and path of a request lead to one row and its parameters. Knows
// nothing of sockets, bodies or handlers; the node maps the row to its handler. Serves RFC 3986 sections 2.3 and 3.3:
// an escaped character is taken only when it need not have been escaped, so one resource has one path.
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/num.h"
#include "base/text.h"
#include "proto/route.h"

#define CM_ROUTE_SEGMENTS 24 // of a path; the deepest tile of a register of 2^64 entries has 14

struct cm_route_path {
	char text[CM_ROUTE_PART * 2]; // decoded
	size_t n;
	size_t start[CM_ROUTE_SEGMENTS], length[CM_ROUTE_SEGMENTS];
	size_t count;
};

static bool
cm_route_unreserved(int c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
	       c == '_' || c == '~';
}

static int
cm_route_hex(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

// The byte that "%XX" at `at` stands for, or -1.
static int
cm_route_escaped(struct cm_view v, size_t at)
{
	if (at + 2 >= v.n || cm_route_hex(v.p[at + 1]) < 0 || cm_route_hex(v.p[at + 2]) < 0)
		return -1;
	return cm_route_hex(v.p[at + 1]) * 16 + cm_route_hex(v.p[at + 2]);
}

// Ends the segment that began at `from`.
static bool
cm_route_segment(struct cm_route_path *path, size_t from)
{
	size_t n = path->n - from;
	const char *s = path->text + from;
	if (n == 0 || path->count == CM_ROUTE_SEGMENTS || (n == 1 && s[0] == '.') || (n == 2 && memcmp(s, "..", 2) == 0))
		return false;
	path->start[path->count] = from;
	path->length[path->count++] = n;
	return true;
}

// Splits and decodes a path; false when it is malformed. "/" alone has no segments.
static bool
cm_route_split(struct cm_view v, struct cm_route_path *path)
{
	path->n = path->count = 0;
	if (v.n == 0 || v.p[0] != '/')
		return false;
	if (v.n == 1)
		return true;
	size_t from = 0;
	for (size_t i = 1; i < v.n; i++) {
		int c = v.p[i];
		if (path->n == sizeof path->text)
			return false;
		if (c == '/') {
			if (!cm_route_segment(path, from))
				return false;
			path->text[path->n++] = '/';
			from = path->n;
			continue;
		}
		if (c == '%') {
			c = cm_route_escaped(v, i);
			i += 2;
		}
		if (!cm_route_unreserved(c))
			return false;
		path->text[path->n++] = (char)c;
	}
	return cm_route_segment(path, from);
}

static bool
cm_route_keep(struct cm_route_match *match, const char *s, size_t n)
{
	if (match->count == CM_ROUTE_PARTS || n >= CM_ROUTE_PART)
		return false;
	memcpy(match->part[match->count], s, n);
	match->part[match->count++][n] = 0;
	return true;
}

// Compares with one pattern and keeps the parameters. `*ret_literal` counts the segments that are no parameters.
static bool
cm_route_fits(const char *pattern, const struct cm_route_path *path, struct cm_route_match *match, size_t *ret_literal)
{
	size_t at = 0, literal = 0;
	match->count = 0;
	while (*pattern == '/' && pattern[1] != 0) {
		pattern++;
		size_t n = strcspn(pattern, "/");
		if (at == path->count)
			return false;
		const char *s = path->text + path->start[at];
		if (n > 2 && pattern[n - 2] == '*') { // "{path*}" takes the rest and stands last
			*ret_literal = literal;
			return cm_route_keep(match, s, path->n - path->start[at]);
		}
		if (pattern[0] == '{') {
			if (!cm_route_keep(match, s, path->length[at]))
				return false;
		} else if (n == path->length[at] && memcmp(pattern, s, n) == 0)
			literal++;
		else
			return false;
		pattern += n;
		at++;
	}
	*ret_literal = literal;
	return at == path->count;
}

bool
cm_route_listens(const struct cm_route_row *row, const char *listener)
{
	for (size_t i = 0; row->listeners[i] != NULL; i++)
		if (strcmp(row->listeners[i], listener) == 0)
			return true;
	return false;
}

static void
cm_route_allow(char *to, size_t room, const char *method)
{
	size_t n = strlen(to);
	snprintf(to + n, room - n, "%s%s%s", n == 0 ? "" : ", ", method, strcmp(method, "GET") == 0 ? ", HEAD" : "");
}

cm_result
cm_route_walk(const char *listener, struct cm_view method, struct cm_view path, struct cm_report *report,
              struct cm_route_match *ret_match)
{
	struct cm_route_path split;
	struct cm_route_match best = {.route = CM_ROUTE_NONE}, now = {.route = CM_ROUTE_NONE};
	size_t best_literal = 0;
	memset(ret_match, 0, sizeof *ret_match);
	if (!cm_route_split(path, &split))
		return cm_report_refuse(report, CM_ERROR_HTTP_PATH, "path", "%.*s", CM_VIEW_ARG(path));
	if (cm_view_is(method, "HEAD"))
		method = cm_view_text("GET");
	for (int i = 1; i < CM_ROUTE_END; i++) {
		const struct cm_route_row *row = cm_route_row((enum cm_route)i);
		size_t literal = 0;
		if (!cm_route_listens(row, listener) || !cm_route_fits(row->path, &split, &now, &literal))
			continue;
		if (!cm_view_is(method, row->method))
			cm_route_allow(ret_match->allow, sizeof ret_match->allow, row->method);
		else if (best.route == CM_ROUTE_NONE || literal > best_literal) {
			// "/requests/check" wins over "/requests/{id}".
			best = now;
			best.route = (enum cm_route)i;
			best_literal = literal;
		}
	}
	if (best.route != CM_ROUTE_NONE) {
		*ret_match = best;
		return CM_OK;
	}
	if (ret_match->allow[0] != 0)
		return cm_report_refuse(report, CM_ERROR_HTTP_METHOD, "method", "%.*s", CM_VIEW_ARG(method));
	return cm_report_refuse(report, CM_ERROR_HTTP_NOT_FOUND, "path", "%.*s", CM_VIEW_ARG(path));
}

// Appends the decoded form of a query value.
static bool
cm_route_decode(struct cm_view v, struct cm_buf *to)
{
	for (size_t i = 0; i < v.n; i++) {
		int c = v.p[i];
		if (c == '%') {
			c = cm_route_escaped(v, i);
			i += 2;
			if (c < 0)
				return false;
		} else if (!cm_route_unreserved(c) && (c == 0 || strchr(":@!$'()*,/?", c) == NULL))
			return false;
		cm_buf_u8(to, (uint8_t)c);
	}
	return true;
}

cm_result
cm_route_query(struct cm_view query, const char *name, struct cm_report *report, struct cm_buf *to)
{
	bool found = false;
	cm_buf_clear(to);
	for (size_t at = 0; at < query.n;) {
		size_t end = cm_view_find(query, at, '&');
		struct cm_view part = cm_view_part(query, at, end - at);
		size_t equals = cm_view_find(part, 0, '=');
		at = end + 1;
		if (part.n == 0 || equals == 0 || equals == part.n)
			return cm_report_refuse(report, CM_ERROR_HTTP_QUERY, name, "%.*s", CM_VIEW_ARG(part));
		if (!cm_view_is(cm_view_part(part, 0, equals), name))
			continue;
		struct cm_view value = cm_view_part(part, equals + 1, part.n);
		if (found || !cm_route_decode(value, to) || !cm_text_showable(cm_buf_view(to), false))
			return cm_report_refuse(report, CM_ERROR_HTTP_QUERY, name, "%.*s", CM_VIEW_ARG(part));
		found = true;
	}
	if (cm_buf_result(to) == CM_REFUSED)
		return cm_report_refuse(report, CM_ERROR_HTTP_QUERY, name, "longer than %zu bytes", to->max);
	return cm_buf_result(to);
}

cm_result
cm_route_query_u64(struct cm_view query, const char *name, uint64_t otherwise, uint64_t max, struct cm_report *report,
                   uint64_t *ret_value)
{
	CM_CLEANUP(cm_buf_fini) struct cm_buf text = cm_buf_of(32);
	uint64_t value = otherwise;
	cm_result r = cm_route_query(query, name, report, &text);
	if (r != CM_OK)
		return r;
	if (text.n != 0 && !cm_num_u64(cm_buf_view(&text), 0, max, &value))
		return cm_report_refuse(report, CM_ERROR_HTTP_QUERY, name, "no number up to %llu",
		                        (unsigned long long)max);
	*ret_value = value;
	return CM_OK;
}
