// Writes and reads the list of files that the signature is over. Knows the elements of an ASiCManifest; does not
// know XML's letters (asic_xml.c), what the container holds (asic.c), or how digests are made.
// Serves doc/spec/package.md, manifest; ETSI EN 319 162-1 V1.1.1 section A.4.
#include <string.h>

#include "base/b64.h"
#include "base/mem.h"
#include "base/text.h"
#include "format/asic_uri.h"
#include "format/asic_xml.h"
#include "format/asic_manifest.h"

#define ASIC_SPACE "http://uri.etsi.org/02918/v1.2.1#"
#define DS_SPACE "http://www.w3.org/2000/09/xmldsig#"
#define XSI_SPACE "http://www.w3.org/2001/XMLSchema-instance"
#define SHA256 "http://www.w3.org/2001/04/xmlenc#sha256"
#define SIGNATURE_MEDIA "application/pkcs7-signature"
#define DIGEST_TEXT 44 // 32 bytes in base64

// The fixed pieces between names, in the order of writing.
static const char begin_1[] = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
			      "<asic:ASiCManifest xmlns:asic=\"" ASIC_SPACE "\" xmlns:ds=\"" DS_SPACE "\">\n"
			      "  <asic:SigReference URI=\"";
static const char begin_2[] = "\" MimeType=\"" CM_ASIC_SIGNATURE_MEDIA "\"/>\n";
static const char line_1[] = "  <asic:DataObjectReference URI=\"";
static const char line_media[] = "\" MimeType=\"";
static const char line_2[] = "\">\n    <ds:DigestMethod Algorithm=\"" SHA256 "\"/>\n    <ds:DigestValue>";
static const char line_3[] = "</ds:DigestValue>\n  </asic:DataObjectReference>\n";
static const char end_1[] = "</asic:ASiCManifest>\n";

// How a byte stands in an attribute; NULL: as it is.
static const char *
escape_of(uint8_t c)
{
	return c == '&' ? "&amp;" : c == '<' ? "&lt;" : c == '>' ? "&gt;" : c == '"' ? "&quot;" : NULL;
}

static void
put_attribute(struct cm_buf *to, struct cm_view v)
{
	for (size_t i = 0; i < v.n; i++) {
		const char *escape = escape_of(v.p[i]);
		if (escape == NULL)
			cm_buf_u8(to, v.p[i]);
		else
			cm_buf_text(to, escape);
	}
}

static uint64_t
attribute_length(struct cm_view v)
{
	uint64_t n = 0;
	for (size_t i = 0; i < v.n; i++)
		n += escape_of(v.p[i]) == NULL ? 1 : strlen(escape_of(v.p[i]));
	return n;
}

void
cm_asic_manifest_begin(struct cm_buf *to, const char *signature_name)
{
	cm_buf_text(to, begin_1);
	cm_asic_uri_write(cm_view_text(signature_name), to);
	cm_buf_text(to, begin_2);
}

void
cm_asic_manifest_line(struct cm_buf *to, const struct cm_asic_line *line)
{
	cm_buf_text(to, line_1);
	cm_asic_uri_write(line->name, to);
	if (line->media.n != 0) {
		cm_buf_text(to, line_media);
		put_attribute(to, line->media);
	}
	cm_buf_text(to, line_2);
	cm_b64_write(to, cm_view_of(line->sha256, sizeof line->sha256), CM_B64_STANDARD);
	cm_buf_text(to, line_3);
}

void
cm_asic_manifest_end(struct cm_buf *to)
{
	cm_buf_text(to, end_1);
}

uint64_t
cm_asic_manifest_length(const char *signature_name, const struct cm_asic_line *lines, size_t count)
{
	uint64_t n =
		strlen(begin_1) + cm_asic_uri_length(cm_view_text(signature_name)) + strlen(begin_2) + strlen(end_1);
	for (size_t i = 0; i < count; i++) {
		n += strlen(line_1) + cm_asic_uri_length(lines[i].name) + strlen(line_2) + DIGEST_TEXT + strlen(line_3);
		if (lines[i].media.n != 0)
			n += strlen(line_media) + attribute_length(lines[i].media);
	}
	return n;
}

// What reading needs beside the XML reader. While it reads, views have lengths only: the bytes stand one behind the
// other in `m.names`, which still moves.
struct reading {
	struct cm_asic_xml x;
	struct cm_asic_manifest m;
	size_t room; // lines
};

static cm_result
refuse(const struct reading *g, const char *seen, struct cm_view quoted)
{
	return cm_asic_xml_refuse(&g->x, CM_ERROR_ASIC_MANIFEST, seen, quoted);
}

static struct cm_view
trim(struct cm_view v)
{
	static const char white[] = " \t\r\n";
	while (v.n > 0 && strchr(white, v.p[0]) != NULL && v.p[0] != 0)
		v = cm_view_part(v, 1, v.n - 1);
	while (v.n > 0 && strchr(white, v.p[v.n - 1]) != NULL && v.p[v.n - 1] != 0)
		v.n--;
	return v;
}

// The next tag; only white space may stand before it.
static cm_result
next_tag(struct reading *g, enum cm_asic_xml_event *ret_event)
{
	enum cm_asic_xml_event event;
	cm_result r;
	do {
		r = cm_asic_xml_next(&g->x, &event);
		if (r == CM_OK && event == CM_ASIC_XML_TEXT && trim(cm_buf_view(&g->x.text)).n != 0)
			r = refuse(g, "text between elements", (struct cm_view){0});
	} while (r == CM_OK && event == CM_ASIC_XML_TEXT);
	if (r == CM_OK)
		*ret_event = event;
	return r;
}

static bool
is_element(const struct reading *g, const char *space, const char *name)
{
	return cm_view_is(g->x.space, space) && cm_view_is(g->x.name, name);
}

static cm_result
expect_open(struct reading *g, const char *space, const char *name)
{
	enum cm_asic_xml_event event;
	cm_result r = next_tag(g, &event);
	if (r == CM_OK && (event != CM_ASIC_XML_OPEN || !is_element(g, space, name)))
		r = refuse(g, "another element than", cm_view_text(name));
	return r;
}

static cm_result
expect_close(struct reading *g)
{
	enum cm_asic_xml_event event;
	cm_result r = next_tag(g, &event);
	if (r == CM_OK && event != CM_ASIC_XML_CLOSE)
		r = refuse(g, "an element where none may be", g->x.name);
	return r;
}

// The attributes that an element may have, by name; values point into the XML reader's text.
struct wanted {
	const char *name;
	bool there;
	struct cm_view value;
};

static cm_result
take_attributes(struct reading *g, struct wanted *wanted, size_t count)
{
	for (size_t i = 0; i < g->x.attribute_count; i++) {
		const struct cm_asic_xml_attribute *a = &g->x.attributes[i];
		bool known = cm_view_is(a->space, XSI_SPACE) && cm_view_is(a->name, "schemaLocation");
		for (size_t k = 0; k < count && a->space.n == 0; k++)
			if (cm_view_is(a->name, wanted[k].name)) {
				known = wanted[k].there = true;
				wanted[k].value = cm_asic_xml_value(&g->x, i);
			}
		if (!known)
			return refuse(g, "an attribute that does not belong there", a->name);
	}
	return CM_OK;
}

// URI and MimeType of a reference, appended to the names.
static cm_result
take_reference(struct reading *g, struct cm_view *ret_name, struct cm_view *ret_media)
{
	struct wanted w[] = {{.name = "URI"}, {.name = "MimeType"}, {.name = "Rootfile"}};
	cm_result r = take_attributes(g, w, sizeof w / sizeof *w);
	if (r == CM_OK && !w[0].there)
		r = refuse(g, "a reference without URI", (struct cm_view){0});
	if (r != CM_OK)
		return r;
	if (!cm_text_showable(w[1].value, false))
		return refuse(g, "media type", w[1].value);
	if (w[2].there && !cm_view_is(w[2].value, "true") && !cm_view_is(w[2].value, "false") &&
	    !cm_view_is(w[2].value, "1") && !cm_view_is(w[2].value, "0"))
		return refuse(g, "Rootfile", w[2].value);
	size_t from = g->m.names.n;
	r = cm_asic_uri_read(w[0].value, "URI", g->x.report, &g->m.names);
	if (r != CM_OK)
		return r;
	ret_name->n = g->m.names.n - from;
	ret_media->n = w[1].value.n;
	cm_buf_view_add(&g->m.names, w[1].value);
	return cm_buf_result(&g->m.names);
}

static cm_result
read_sig_reference(struct reading *g)
{
	struct cm_view media = {0};
	cm_result r = expect_open(g, ASIC_SPACE, "SigReference");
	if (r == CM_OK)
		r = take_reference(g, &g->m.signature, &media);
	g->m.names.n -= r == CM_OK ? media.n : 0; // nobody asks for it
	return r == CM_OK ? expect_close(g) : r;
}

static cm_result
read_digest(struct reading *g, uint8_t *ret_sha256)
{
	struct wanted algorithm = {.name = "Algorithm"};
	cm_result r = expect_open(g, DS_SPACE, "DigestMethod");
	if (r == CM_OK)
		r = take_attributes(g, &algorithm, 1);
	if (r == CM_OK && !cm_view_is(algorithm.value, SHA256))
		r = cm_asic_xml_refuse(&g->x, CM_ERROR_ASIC_DIGEST_METHOD, "method", algorithm.value);
	if (r == CM_OK)
		r = expect_close(g);
	if (r == CM_OK)
		r = expect_open(g, DS_SPACE, "DigestValue");
	if (r == CM_OK)
		r = take_attributes(g, NULL, 0);
	if (r != CM_OK)
		return r;
	enum cm_asic_xml_event event;
	r = cm_asic_xml_next(&g->x, &event);
	if (r != CM_OK)
		return r;
	struct cm_view text = event == CM_ASIC_XML_TEXT ? trim(cm_buf_view(&g->x.text)) : (struct cm_view){0};
	CM_CLEANUP(cm_buf_fini) struct cm_buf digest = cm_buf_of(CM_ASIC_DIGEST_BYTES);
	bool good = cm_b64_read(text, CM_B64_STANDARD, &digest) && digest.n == CM_ASIC_DIGEST_BYTES;
	if (cm_buf_result(&digest) == CM_NOMEM)
		return CM_NOMEM;
	if (!good)
		return cm_asic_xml_refuse(&g->x, CM_ERROR_ASIC_DIGEST_VALUE, "digest", text);
	memcpy(ret_sha256, digest.p, CM_ASIC_DIGEST_BYTES);
	return expect_close(g);
}

static cm_result
add_line(struct reading *g, const struct cm_asic_line *line)
{
	if (g->m.count == CM_LIMIT_BUNDLE_ENTRIES_VALUE)
		return cm_asic_xml_refuse(&g->x, CM_ERROR_ASIC_MANIFEST_SIZE, "too many files", (struct cm_view){0});
	if (g->m.count == g->room) {
		size_t room = g->room == 0 ? 32 : 2 * g->room;
		struct cm_asic_line *more = cm_mem_resize(g->m.lines, room * sizeof *more);
		if (more == NULL)
			return CM_NOMEM;
		g->m.lines = more;
		g->room = room;
	}
	g->m.lines[g->m.count++] = *line;
	return CM_OK;
}

// All DataObjectReferences and the end of the root.
static cm_result
read_lines(struct reading *g)
{
	for (;;) {
		enum cm_asic_xml_event event;
		cm_result r = next_tag(g, &event);
		if (r != CM_OK)
			return r;
		if (event == CM_ASIC_XML_CLOSE)
			return g->m.count != 0 ? CM_OK : refuse(g, "a list without files", (struct cm_view){0});
		if (!is_element(g, ASIC_SPACE, "DataObjectReference"))
			return refuse(g, "an element that does not belong there", g->x.name);
		struct cm_asic_line line = {0};
		r = take_reference(g, &line.name, &line.media);
		if (r == CM_OK)
			r = read_digest(g, line.sha256);
		if (r == CM_OK)
			r = expect_close(g);
		if (r == CM_OK)
			r = add_line(g, &line);
		if (r != CM_OK)
			return r;
	}
}

// Now that the names lie still, gives each view its bytes.
static cm_result
settle(struct reading *g)
{
	const uint8_t *at = g->m.names.p;
	g->m.signature.p = at;
	at += g->m.signature.n;
	for (size_t i = 0; i < g->m.count; i++) {
		struct cm_asic_line *line = &g->m.lines[i];
		line->name.p = at;
		line->media.p = at += line->name.n;
		at += line->media.n;
		for (size_t k = 0; k < i; k++)
			if (cm_view_equal(g->m.lines[k].name, line->name))
				return cm_asic_xml_refuse(&g->x, CM_ERROR_ASIC_DUPLICATE_LINE, "file", line->name);
	}
	return CM_OK;
}

static cm_result
read_document(struct reading *g)
{
	cm_result r = expect_open(g, ASIC_SPACE, "ASiCManifest");
	if (r == CM_OK)
		r = take_attributes(g, NULL, 0);
	if (r == CM_OK)
		r = read_sig_reference(g);
	if (r == CM_OK)
		r = read_lines(g);
	enum cm_asic_xml_event event;
	if (r == CM_OK)
		r = cm_asic_xml_next(&g->x, &event); // the end: after the root nothing else is answered
	return r == CM_OK ? settle(g) : r;
}

cm_result
cm_asic_manifest_read(struct cm_view xml, struct cm_report *report, struct cm_asic_manifest *ret_m)
{
	if (xml.n > CM_LIMIT_ASIC_MANIFEST_BYTES_VALUE)
		return cm_report_refuse(report, CM_ERROR_ASIC_MANIFEST_SIZE, "manifest", "%zu bytes", xml.n);
	struct reading g = {.m = {.names = cm_buf_of(CM_LIMIT_ASIC_MANIFEST_BYTES_VALUE)}};
	cm_asic_xml_init(&g.x, xml, report);
	cm_result r = read_document(&g);
	cm_asic_xml_fini(&g.x);
	if (r == CM_OK)
		*ret_m = g.m;
	else
		cm_asic_manifest_fini(&g.m);
	return r;
}

void
cm_asic_manifest_fini(struct cm_asic_manifest *m)
{
	if (m == NULL)
		return;
	cm_mem_free(m->lines);
	cm_buf_fini(&m->names);
	*m = (struct cm_asic_manifest){0};
}

const struct cm_asic_line *
cm_asic_manifest_find(const struct cm_asic_manifest *m, struct cm_view name)
{
	for (size_t i = 0; i < m->count; i++)
		if (cm_view_equal(m->lines[i].name, name))
			return &m->lines[i];
	return NULL;
}
