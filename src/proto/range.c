// Range and If-Range of a request, Content-Range of an answer. Knows the length of the object and its entity tag, not
// where it lies. Serves RFC 9110 sections 13.1.5 and 14; of what is allowed there only one range in bytes is served.
#include <stdio.h>
#include <string.h>

#include "base/num.h"

#include "proto/range.h"

// "from-to", "from-" or "-last" within an object of `total` bytes.
static bool
cm_range_one(struct cm_view spec, uint64_t total, struct cm_range *range)
{
	uint64_t from = 0, to = UINT64_MAX;
	size_t dash = cm_view_find(spec, 0, '-');
	struct cm_view left = cm_view_part(spec, 0, dash), right = cm_view_part(spec, dash + 1, spec.n);
	if (dash == spec.n || (left.n == 0 && right.n == 0))
		return false;
	if (left.n == 0) {
		if (!cm_num_u64(right, 1, UINT64_MAX, &to) || total == 0)
			return false;
		from = to >= total ? 0 : total - to;
		to = total - 1;
	} else if (!cm_num_u64(left, 0, UINT64_MAX, &from) || (right.n != 0 && !cm_num_u64(right, from, UINT64_MAX, &to)))
		return false;
	if (from >= total)
		return false;
	*range = (struct cm_range){
	        .from = from, .length = (to >= total ? total - 1 : to) - from + 1, .partial = true};
	return true;
}

cm_result
cm_range_read(struct cm_view range, struct cm_view if_range, const char *etag, uint64_t total, struct cm_report *report,
              struct cm_range *ret_range)
{
	struct cm_range whole = {.from = 0, .length = total, .partial = false};
	if (range.n == 0 || (if_range.n != 0 && !cm_view_is(if_range, etag))) {
		*ret_range = whole;
		return CM_OK;
	}
	if (!cm_view_starts(range, "bytes=") || !cm_range_one(cm_view_part(range, 6, range.n), total, &whole))
		return cm_report_refuse(report, CM_ERROR_HTTP_RANGE, "Range", "%.*s of %llu bytes", CM_VIEW_ARG(range),
		                        (unsigned long long)total);
	*ret_range = whole;
	return CM_OK;
}

char *
cm_range_content(struct cm_range range, uint64_t total, char *to)
{
	snprintf(to, CM_RANGE_TEXT, "bytes %llu-%llu/%llu", (unsigned long long)range.from,
	         (unsigned long long)(range.from + range.length - (range.length == 0 ? 0 : 1)), (unsigned long long)total);
	return to;
}

char *
cm_range_unsatisfied(uint64_t total, char *to)
{
	snprintf(to, CM_RANGE_TEXT, "bytes */%llu", (unsigned long long)total);
	return to;
}
