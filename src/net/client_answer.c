// What comes back to a call: picks the few header fields that matter, judges a ranged answer before its first byte is
// used, and counts what is collected. Serves RFC 9110 sections 8.8.3, 13.1.5, 14.4, 15.3.7: half an old object and half a
// new one must never become one file.
#include <string.h>
#include <strings.h>

#include "base/num.h"

#include "net/client_inside.h"

unsigned
cm_client_answer_status(struct cm_client_call *call)
{
	long status = 0;
	if (call->easy == NULL || curl_easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE, &status) != CURLE_OK)
		return 0;
	return status < 0 || status > 999 ? 0 : (unsigned)status;
}

static bool
cm_client_answer_good(struct cm_client_call *call)
{
	return cm_client_answer_status(call) / 100 == 2;
}

// "bytes FROM-TO/TOTAL", all three numbers.
static bool
cm_client_answer_range(const char *text, uint64_t *ret_from, uint64_t *ret_to, uint64_t *ret_total)
{
	struct cm_view v = cm_view_text(text);
	size_t dash = cm_view_find(v, 0, '-'), slash = cm_view_find(v, 0, '/');
	return cm_view_starts(v, "bytes ") && dash < slash && slash < v.n &&
	       cm_num_u64(cm_view_part(v, slash + 1, v.n), 1, UINT64_MAX, ret_total) &&
	       cm_num_u64(cm_view_part(v, 6, dash - 6), 0, UINT64_MAX, ret_from) &&
	       cm_num_u64(cm_view_part(v, dash + 1, slash - dash - 1), *ret_from, *ret_total - 1, ret_to);
}

static cm_result
cm_client_answer_large(struct cm_client_call *call, uint64_t max)
{
	return cm_report_refuse(&call->report, CM_ERROR_NET_ANSWER_SIZE, "body", "more than %llu bytes",
	                        (unsigned long long)max);
}

// Is this the object, and the part of it, that was asked for?
static cm_result
cm_client_answer_judge(struct cm_client_call *call)
{
	const struct cm_client_request *request = &call->request;
	struct cm_report *report = &call->report;
	unsigned status = cm_client_answer_status(call);
	uint64_t from = 0, to = 0;
	curl_off_t length = -1;
	if (request->etag != NULL && call->etag[0] != 0 && strcmp(call->etag, request->etag) != 0)
		return cm_report_refuse(report, CM_ERROR_NET_CHANGED, "ETag", "%s, expected %s", call->etag, request->etag);
	if (request->range_from == 0 && status == 206)
		return cm_report_refuse(report, CM_ERROR_NET_RANGE_WRONG, "status", "206, but no range was asked for");
	if (curl_easy_getinfo(call->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length) != CURLE_OK)
		length = -1;
	if (request->bytes != NULL && length >= 0 && (uint64_t)length > request->answer_max)
		return cm_client_answer_large(call, request->answer_max); // before its first byte is taken
	if (request->range_from == 0) {
		call->total = length > 0 ? (uint64_t)length : 0;
		return CM_OK;
	}
	if (status != 206)
		return cm_report_refuse(report, CM_ERROR_NET_RANGE_IGNORED, "status", "%u", status);
	if (!cm_client_answer_range(call->range, &from, &to, &call->total) || from != request->range_from ||
	    to != call->total - 1 || (length >= 0 && (uint64_t)length != call->total - from))
		return cm_report_refuse(report, CM_ERROR_NET_RANGE_WRONG, "Content-Range", "%s, asked for %llu-", call->range,
		                        (unsigned long long)request->range_from);
	return CM_OK;
}

cm_result
cm_client_answer_whole(struct cm_client_call *call)
{
	uint64_t missing = call->total == 0 ? 0 : call->total - call->request.range_from - call->taken;
	if (call->request.bytes == NULL || !cm_client_answer_good(call) || missing == 0)
		return CM_OK;
	return cm_report_failed(&call->report, CM_ERROR_NET_BROKEN, call->request.url, "%llu bytes are missing",
	                        (unsigned long long)missing);
}

// Keeps the value when the line is the field `name`; a value that is too long counts as missing.
static void
cm_client_answer_keep(const char *line, size_t n, const char *name, char *to, size_t room)
{
	size_t name_n = strlen(name);
	if (n <= name_n || strncasecmp(line, name, name_n) != 0 || line[name_n] != ':')
		return;
	line += name_n + 1;
	n -= name_n + 1;
	for (; n > 0 && (*line == ' ' || *line == '\t'); n--)
		line++;
	while (n > 0 && strchr(" \t\r\n", line[n - 1]) != NULL)
		n--;
	to[0] = 0;
	if (n < room && memchr(line, 0, n) == NULL) {
		memcpy(to, line, n);
		to[n] = 0;
	}
}

static void
cm_client_answer_reset(struct cm_client_call *call)
{
	call->etag[0] = call->content_type[0] = call->range[0] = 0;
	call->retry_after = 0;
}

size_t
cm_client_answer_field(char *line, size_t size, size_t n, void *context)
{
	struct cm_client_call *call = context;
	char text[32] = "";
	uint64_t seconds;
	(void)size; // is 1
	if (n > 5 && strncmp(line, "HTTP/", 5) == 0)
		cm_client_answer_reset(call); // fields of an interim answer are not those of the last
	cm_client_answer_keep(line, n, "ETag", call->etag, sizeof call->etag);
	cm_client_answer_keep(line, n, "Content-Type", call->content_type, sizeof call->content_type);
	cm_client_answer_keep(line, n, "Content-Range", call->range, sizeof call->range);
	cm_client_answer_keep(line, n, "Retry-After", text, sizeof text);
	if (cm_num_u64(cm_view_text(text), 0, UINT32_MAX, &seconds))
		call->retry_after = (uint32_t)seconds;
	bool end = n <= 2 && (line[0] == '\r' || line[0] == '\n');
	if (!end || call->judged || cm_client_answer_status(call) < 200)
		return n;
	call->judged = true;
	if (cm_client_answer_good(call))
		call->result = cm_client_answer_judge(call);
	return call->result == CM_OK ? n : 0;
}

// No byte of it is taken.
static size_t
cm_client_answer_end(struct cm_client_call *call, uint64_t max)
{
	call->result = cm_client_answer_large(call, max);
	return 0;
}

size_t
cm_client_answer_bytes(char *bytes, size_t size, size_t n, void *context)
{
	struct cm_client_call *call = context;
	(void)size; // is 1
	if (call->request.bytes != NULL && cm_client_answer_good(call)) {
		if (n > call->request.answer_max - call->taken)
			return cm_client_answer_end(call, call->request.answer_max);
		if (!call->request.bytes(call->request.context, cm_view_of(bytes, n)))
			return CURL_WRITEFUNC_PAUSE;
		call->taken += n;
		return n;
	}
	cm_buf_add(&call->collected, bytes, n);
	if (cm_buf_result(&call->collected) == CM_OK)
		return n;
	if (cm_buf_result(&call->collected) == CM_REFUSED)
		return cm_client_answer_end(call, call->collected.max);
	call->result = CM_NOMEM;
	return 0;
}
