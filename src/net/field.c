// The header of a request: copied, so that it can be read from any thread and after the client left, and judged where
// the HTTP library is lenient. Two programs that disagree on where a request ends let one client speak in the name of
// another; so whatever gives a length twice, or a field twice that may stand once, is refused. Knows no route.
// Serves RFC 9112 sections 2.3, 3.2, 6.1, 6.3 and RFC 9110 sections 5.5, 9.1, 10.1.1.
#include <string.h>
#include <strings.h>

#include "base/num.h"

#include "net/inside.h"

// Fields that may stand once; those that frame the message, and those that we act on.
static const char *const cm_field_once[] = {"Host", "Content-Length", "Transfer-Encoding", "Expect", "Content-Type", "Range",
        "If-Range", "If-Match", "If-None-Match", "Authorization", "Content-Encoding", "Upgrade", NULL};

struct cm_field_list {
	struct cm_request_field *fields; // NULL in the first round, which only counts
	size_t count;
	size_t bytes;
	uint8_t *at;
	bool malformed;
};

static struct cm_view
cm_field_copy(struct cm_field_list *list, const char *p, size_t n)
{
	struct cm_view v = cm_view_of(list->at, n);
	if (n != 0)
		memcpy(list->at, p, n);
	list->at += n;
	return v;
}

// A token (RFC 9110 section 5.6.2): "Content-Length : 5" must not pass as a field of another name.
static bool
cm_field_token(const char *name, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char c = name[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
		if (!letter && (c == 0 || strchr("!#$%&'*+-.^_`|~", c) == NULL))
			return false;
	}
	return n != 0;
}

static enum MHD_Result
cm_field_take(void *cls, enum MHD_ValueKind kind, const char *name, size_t name_n, const char *value, size_t value_n)
{
	(void)kind;
	struct cm_field_list *list = cls;
	if (list->fields != NULL) {
		list->fields[list->count].name = cm_field_copy(list, name, name_n);
		list->fields[list->count].value = cm_field_copy(list, value, value_n);
	}
	list->malformed = list->malformed || !cm_field_token(name, name_n);
	for (size_t i = 0; i < value_n; i++)
		if ((value[i] >= 0 && value[i] < 0x20 && value[i] != '\t') || value[i] == 0x7f)
			list->malformed = true;
	list->count++;
	list->bytes += name_n + value_n;
	return MHD_YES;
}

static bool
cm_field_is(struct cm_view name, const char *wanted)
{
	return name.n == strlen(wanted) && strncasecmp((const char *)name.p, wanted, name.n) == 0;
}

struct cm_view
cm_server_header(const struct cm_net_request *rq, const char *name)
{
	for (size_t i = 0; i < rq->field_count; i++)
		if (cm_field_is(rq->fields[i].name, name))
			return rq->fields[i].value.p == NULL ? cm_view_text("") : rq->fields[i].value;
	return (struct cm_view){.p = NULL, .n = 0};
}

static size_t
cm_field_count(const struct cm_net_request *rq, const char *name)
{
	size_t n = 0;
	for (size_t i = 0; i < rq->field_count; i++)
		n += cm_field_is(rq->fields[i].name, name);
	return n;
}

static cm_result
cm_field_bad(unsigned *ret_status, unsigned status, cm_result r)
{
	*ret_status = status;
	return r;
}

// How long the body is.
static cm_result
cm_field_length(struct cm_net_request *rq, struct cm_report *report, unsigned *ret_status)
{
	struct cm_view length = cm_server_header(rq, "Content-Length"), coding = cm_server_header(rq, "Transfer-Encoding");
	if (length.p != NULL && coding.p != NULL)
		return cm_field_bad(ret_status, 400,
		                    cm_report_refuse(report, CM_ERROR_HTTP_TWO_LENGTHS, "header",
		                                     "Content-Length and Transfer-Encoding"));
	if (coding.p != NULL) {
		if (!cm_field_is(coding, "chunked"))
			return cm_field_bad(ret_status, 501,
			                    cm_report_refuse(report, CM_ERROR_HTTP_CODING, "Transfer-Encoding", "%.*s",
			                                     CM_VIEW_ARG(coding)));
		rq->length = CM_SERVER_LENGTH_UNKNOWN;
	} else if (length.p != NULL && !cm_num_u64(length, 0, INT64_MAX, &rq->length))
		return cm_field_bad(ret_status, 400,
		                    cm_report_refuse(report, CM_ERROR_HTTP_FIELD_MALFORMED, "Content-Length", "%.*s",
		                                     CM_VIEW_ARG(length)));
	return CM_OK;
}

static cm_result
cm_field_expect(struct cm_net_request *rq, struct cm_report *report, unsigned *ret_status)
{
	struct cm_view expect = cm_server_header(rq, "Expect");
	if (expect.p == NULL)
		return CM_OK;
	if (!cm_field_is(expect, "100-continue"))
		return cm_field_bad(ret_status, 417,
		                    cm_report_refuse(report, CM_ERROR_HTTP_EXPECT, "Expect", "%.*s", CM_VIEW_ARG(expect)));
	rq->expects = rq->length != 0;
	return CM_OK;
}

static cm_result
cm_field_form(struct cm_net_request *rq, const char *version, struct cm_report *report, unsigned *ret_status)
{
	static const char *const methods[] = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"};
	bool known = false;
	for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
		known = known || strcmp(methods[i], rq->method) == 0;
	if (!known)
		return cm_field_bad(ret_status, 501,
		                    cm_report_refuse(report, CM_ERROR_HTTP_METHOD_UNKNOWN, "method", "%s", rq->method));
	if (strcmp(version, "HTTP/1.1") != 0)
		return cm_field_bad(ret_status, 505,
		                    cm_report_refuse(report, CM_ERROR_HTTP_VERSION, "request line", "%s", version));
	if (cm_field_count(rq, "Host") != 1)
		return cm_field_bad(ret_status, 400,
		                    cm_report_refuse(report, CM_ERROR_HTTP_HOST, "Host", "%zu fields",
		                                     cm_field_count(rq, "Host")));
	for (size_t i = 0; cm_field_once[i] != NULL; i++)
		if (cm_field_count(rq, cm_field_once[i]) > 1)
			return cm_field_bad(ret_status, 400,
			                    cm_report_refuse(report, CM_ERROR_HTTP_FIELD_REPEATED, cm_field_once[i],
			                                     "%zu fields", cm_field_count(rq, cm_field_once[i])));
	return CM_OK;
}

cm_result
cm_field_read(struct cm_net_request *rq, const char *version, struct cm_report *report, unsigned *ret_status)
{
	struct cm_field_list list = {.fields = NULL};
	const union MHD_ConnectionInfo *size =
	        MHD_get_connection_info(rq->connection->mhd, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
	MHD_get_connection_values_n(rq->connection->mhd, MHD_HEADER_KIND, cm_field_take, &list);
	if (list.count > CM_LIMIT_NET_FIELDS_VALUE || list.bytes > rq->server->options.header_bytes || size == NULL ||
	    size->header_size > rq->server->options.header_bytes)
		return cm_field_bad(ret_status, 431,
		                    cm_report_refuse(report, CM_ERROR_HTTP_HEADER_SIZE, "header", "%zu fields, %zu bytes",
		                                     list.count, list.bytes));
	if (list.malformed)
		return cm_field_bad(ret_status, 400,
		                    cm_report_refuse(report, CM_ERROR_HTTP_FIELD_MALFORMED, "header", "a character that does not belong there"));
	size_t table = list.count * sizeof *list.fields;
	list.fields = cm_mem_new(table + list.bytes);
	if (list.fields == NULL)
		return cm_field_bad(ret_status, 503, CM_NOMEM);
	list.at = (uint8_t *)list.fields + table;
	list.count = list.bytes = 0;
	MHD_get_connection_values_n(rq->connection->mhd, MHD_HEADER_KIND, cm_field_take, &list);
	rq->fields = list.fields;
	rq->field_count = list.count;
	cm_result r = cm_field_form(rq, version, report, ret_status);
	if (r == CM_OK)
		r = cm_field_length(rq, report, ret_status);
	return r == CM_OK ? cm_field_expect(rq, report, ret_status) : r;
}
