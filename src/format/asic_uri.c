// Names of entries as relative URIs and back. Knows percent-encoding; does not know what the names mean.
// Serves doc/spec/package.md, manifest; RFC 3986 sections 2.1, 2.3, 4.2.
#include "format/zip_name.h"
#include "format/asic_uri.h"

static bool
is_unreserved(uint8_t c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
	       c == '_' || c == '~' || c == '/';
}

void
cm_asic_uri_write(struct cm_view name, struct cm_buf *to)
{
	for (size_t i = 0; i < name.n; i++)
		if (is_unreserved(name.p[i]))
			cm_buf_u8(to, name.p[i]);
		else
			cm_buf_printf(to, "%%%02X", name.p[i]);
}

uint64_t
cm_asic_uri_length(struct cm_view name)
{
	uint64_t n = 0;
	for (size_t i = 0; i < name.n; i++)
		n += is_unreserved(name.p[i]) ? 1 : 3;
	return n;
}

// Value of a hexadecimal digit, or -1.
static int
digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

// The byte of the escape at `at`, or -1. "%2F" is no other spelling of '/': two readers could differ.
static int
escaped(struct cm_view uri, size_t at)
{
	if (uri.n - at < 3)
		return -1;
	int high = digit(uri.p[at + 1]), low = digit(uri.p[at + 2]);
	if (high < 0 || low < 0)
		return -1;
	int byte = high * 16 + low;
	return byte == '/' ? -1 : byte;
}

cm_result
cm_asic_uri_read(struct cm_view uri, const char *place, struct cm_report *report, struct cm_buf *to)
{
	size_t from = to->n, slash = cm_view_find(uri, 0, '/');
	if (cm_view_find(uri, 0, ':') < slash || cm_view_find(uri, 0, '?') != uri.n ||
	    cm_view_find(uri, 0, '#') != uri.n)
		return cm_report_refuse(report, CM_ERROR_ASIC_URI, place, "%.*s", CM_VIEW_ARG(uri));
	for (size_t i = 0; i < uri.n; i++) {
		if (uri.p[i] != '%') {
			cm_buf_u8(to, uri.p[i]);
			continue;
		}
		int byte = escaped(uri, i);
		if (byte < 0)
			return cm_report_refuse(report, CM_ERROR_ASIC_URI, place, "%.*s", CM_VIEW_ARG(uri));
		cm_buf_u8(to, (uint8_t)byte);
		i += 2;
	}
	cm_result r = cm_buf_result(to);
	return r == CM_OK ? cm_zip_name_check(cm_view_part(cm_buf_view(to), from, to->n - from), place, report) : r;
}
