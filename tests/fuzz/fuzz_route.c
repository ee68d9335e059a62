// Any bytes as "METHOD path" and as a query. A path that is taken names one route, and its parameters have no dot
// segments and no empty ones.
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "proto/route.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool holds)
{
	if (!holds)
		abort();
}

static void
try_listener(const char *listener, struct cm_view method, struct cm_view path)
{
	struct cm_route_match match;
	struct cm_report report = {.count = 0};
	cm_result r = cm_route_walk(listener, method, path, &report, &match);
	must((r == CM_OK) == (match.route != CM_ROUTE_NONE));
	must((r == CM_OK) == (report.count == 0));
	for (size_t i = 0; i < match.count; i++) {
		const char *part = match.part[i];
		must(part[0] != 0 && part[0] != '/' && strstr(part, "//") == NULL && strstr(part, "/../") == NULL);
		must(strcmp(part, "..") != 0 && strncmp(part, "../", 3) != 0 && strchr(part, '%') == NULL);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cm_view v = cm_view_of(data, size);
	size_t space = cm_view_find(v, 0, ' ');
	struct cm_view method = cm_view_part(v, 0, space), rest = cm_view_part(v, space + 1, v.n);
	try_listener("peer", method, rest);
	try_listener("admin", method, rest);
	CM_CLEANUP(cm_buf_fini) struct cm_buf to = cm_buf_of(256);
	uint64_t value = 7;
	if (cm_route_query(rest, "a", NULL, &to) == CM_OK)
		must(cm_buf_result(&to) == CM_OK);
	if (cm_route_query_u64(rest, "n", 7, 100, NULL, &value) != CM_OK)
		must(value == 7);
	must(value <= 100);
	return 0;
}
