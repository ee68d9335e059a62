#include "vector_folder.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "proto/openapi.h"
#include "proto/route.h"
#include "proto/shape.h"

static enum cm_route
found(const char *listener, const char *method, const char *path, struct cm_route_match *match)
{
	struct cm_report report = {.count = 0};
	cm_result r = cm_route_walk(listener, cm_view_text(method), cm_view_text(path), &report, match);
	assert_int_equal(r == CM_OK, match->route != CM_ROUTE_NONE);
	assert_int_equal(r == CM_REFUSED, report.count == 1);
	return match->route;
}

static void
every_row_is_found_by_its_own_path(void **state)
{
	(void)state;
	for (int i = 1; i < CM_ROUTE_END; i++) {
		const struct cm_route_row *row = cm_route_row((enum cm_route)i);
		struct cm_route_match match;
		char path[256] = "";
		size_t n = 0;
		for (const char *p = row->path; *p != 0; p++)
			if (*p == '{') {
				path[n++] = 'x';
				p = strchr(p, '}');
			} else
				path[n++] = *p;
		for (size_t k = 0; row->listeners[k] != NULL; k++) {
			assert_int_equal(found(row->listeners[k], row->method, path, &match), i);
			assert_int_equal(match.count, strchr(row->path, '{') != NULL);
		}
	}
}

static void
parameters_are_captured(void **state)
{
	(void)state;
	struct cm_route_match match;
	assert_int_equal(found("peer", "GET", "/log/tile/0/x001/067.p/5", &match), CM_ROUTE_LOG);
	assert_string_equal(match.part[0], "tile/0/x001/067.p/5");
	assert_int_equal(found("peer", "HEAD", "/hi1/v1/evidence/2f%2Df", &match), CM_ROUTE_HI1_EVIDENCE);
	assert_string_equal(match.part[0], "2f-f");
	assert_int_equal(found("admin", "POST", "/api/v1/requests/check", &match), CM_ROUTE_API_REQUEST_CHECK);
}

static void
a_listener_serves_its_own_routes_only(void **state)
{
	(void)state;
	struct cm_route_match match;
	assert_int_equal(found("peer", "POST", "/api/v1/stop", &match), CM_ROUTE_NONE);
	assert_string_equal(match.allow, "");
	assert_int_equal(found("admin", "POST", "/hi1/v1", &match), CM_ROUTE_NONE);
}

static void
another_method_is_told_the_right_ones(void **state)
{
	(void)state;
	struct cm_route_match match;
	assert_int_equal(found("peer", "GET", "/hi1/v1", &match), CM_ROUTE_NONE);
	assert_string_equal(match.allow, "POST");
	assert_int_equal(found("admin", "PUT", "/api/v1/cases", &match), CM_ROUTE_NONE);
	assert_string_equal(match.allow, "POST, GET, HEAD");
	struct cm_report report = {.count = 0};
	assert_int_equal(cm_route_walk("admin", cm_view_text("PUT"), cm_view_text("/card"), &report, &match), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_HTTP_METHOD));
	cm_report_clear(&report);
	assert_int_equal(cm_route_walk("admin", cm_view_text("PUT"), cm_view_text("/cards"), &report, &match), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_HTTP_NOT_FOUND));
}

// A route of the admin listener without a row in api_calls.tab would be described by half.
static void
every_admin_route_is_described(void **state)
{
	(void)state;
	for (int i = 1; i < CM_ROUTE_END; i++) {
		const struct cm_route_row *row = cm_route_row((enum cm_route)i);
		const struct cm_api_call_row *call = cm_shape_call((enum cm_route)i);
		if (!cm_route_listens(row, "admin"))
			continue;
		assert_string_equal(call->name, row->name);
		assert_int_equal(call->body != CM_API_SHAPE_NONE, strcmp(row->media_in, "application/json") == 0);
	}
	for (int i = 1; i < CM_API_CALL_END; i++) {
		const char *name = cm_api_call_row((enum cm_api_call)i)->name;
		assert_int_not_equal(cm_route_find(name, strlen(name)), CM_ROUTE_NONE);
	}
}

// Every type that a row names is a type or a shape, and a body has only types that can be judged.
static void
every_type_is_known(void **state)
{
	(void)state;
	for (int i = 1; i < CM_API_SHAPE_END; i++)
		for (const char *const *cell = cm_api_shape_row((enum cm_api_shape)i)->members; *cell != NULL; cell++) {
			struct cm_shape_member m;
			CM_CLEANUP(cm_buf_fini) struct cm_buf to = cm_buf_of(4096);
			if (**cell == '+') {
				assert_int_not_equal(cm_api_shape_find(*cell + 1, strlen(*cell + 1)), CM_API_SHAPE_NONE);
				continue;
			}
			assert_true(cm_shape_member(*cell, &m));
			cm_shape_type(m.type, &to);
			if (strncmp(cm_buf_cstr(&to), "{\"$ref\":", 9) == 0 && m.type.p[0] != '@')
				assert_int_not_equal(cm_api_shape_find((const char *)m.type.p, m.type.n), CM_API_SHAPE_NONE);
		}
}

// doc/spec/openapi.json is this document; COMITY_WRITE=1 writes it anew.
static void
the_published_description_is_current(void **state)
{
	(void)state;
	CM_CLEANUP(cm_buf_fini) struct cm_buf to = cm_buf_of(1 << 20);
	CM_CLEANUP(cm_buf_fini) struct cm_buf kept = cm_buf_of(1 << 20);
	cm_openapi_write("admin", CM_VERSION, &to);
	assert_int_equal(cm_buf_result(&to), CM_OK);
	FILE *f = fopen(getenv("OPENAPI"), getenv("COMITY_WRITE") != NULL ? "w+" : "r");
	assert_non_null(f);
	if (getenv("COMITY_WRITE") != NULL) {
		assert_int_equal(fwrite(to.p, 1, to.n, f), to.n);
		rewind(f);
	}
	for (int c; (c = getc(f)) != EOF;)
		cm_buf_u8(&kept, (uint8_t)c);
	fclose(f);
	assert_true(cm_view_equal(cm_buf_view(&to), cm_buf_view(&kept)));
}

static cm_result
judge_path(struct cm_view path, struct cm_report *report)
{
	struct cm_route_match match;
	return cm_route_walk("peer", cm_view_text("GET"), path, report, &match);
}

static void
ambiguous_paths_are_refused(void **state)
{
	(void)state;
	vector_folder("http", ".path", judge_path);
	char deep[200] = "/log";
	for (int i = 0; i < 24; i++)
		strcat(deep, "/a");
	struct cm_route_match match;
	assert_int_equal(found("peer", "GET", deep, &match), CM_ROUTE_NONE);
}

static void
query_values_are_decoded_once(void **state)
{
	(void)state;
	CM_CLEANUP(cm_buf_fini) struct cm_buf to = cm_buf_of(16);
	struct cm_view query = cm_view_text("after=a%2Fb%25&limit=20&e=");
	assert_int_equal(cm_route_query(query, "after", NULL, &to), CM_OK);
	assert_view_is(cm_buf_view(&to), "a/b%");
	assert_int_equal(cm_route_query(query, "none", NULL, &to), CM_OK);
	assert_int_equal(to.n, 0);
	uint64_t value = 0;
	assert_int_equal(cm_route_query_u64(query, "limit", 5, 100, NULL, &value), CM_OK);
	assert_int_equal(value, 20);
	assert_int_equal(cm_route_query_u64(query, "limit", 5, 19, NULL, &value), CM_REFUSED);
	assert_int_equal(cm_route_query_u64(query, "page", 5, 19, NULL, &value), CM_OK);
	assert_int_equal(value, 5);
}

static cm_result
judge_query(struct cm_view query, struct cm_report *report)
{
	CM_CLEANUP(cm_buf_fini) struct cm_buf to = cm_buf_of(16);
	return cm_route_query(query, "a", report, &to);
}

static void
malformed_queries_are_refused(void **state)
{
	(void)state;
	vector_folder("http", ".query", judge_query);
}

UNIT_MAIN(T(every_row_is_found_by_its_own_path), T(parameters_are_captured), T(a_listener_serves_its_own_routes_only),
          T(another_method_is_told_the_right_ones), T(ambiguous_paths_are_refused), T(query_values_are_decoded_once),
          T(malformed_queries_are_refused), T(every_admin_route_is_described), T(every_type_is_known),
          T(the_published_description_is_current))
