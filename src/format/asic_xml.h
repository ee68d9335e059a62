// A reader for the little XML that manifests are: elements, attributes, text, namespaces, the five entities and
// character references. No DTD, no processing instruction but the declaration, no comment, no CDATA.
// Used by asic_manifest.c alone.
// Source: XML 1.0 (fifth edition), Namespaces in XML 1.0 (third edition); doc/spec/package.md, manifest.
#ifndef CM_FORMAT_ASIC_XML_H
#define CM_FORMAT_ASIC_XML_H

#include "base/buf.h"
#include "base/report.h"
#include "base/tab_limit.h"

enum cm_asic_xml_event {
	CM_ASIC_XML_OPEN,  // an element begins: space, name, attributes
	CM_ASIC_XML_CLOSE, // the innermost element ends
	CM_ASIC_XML_TEXT,  // text between tags
	CM_ASIC_XML_END,   // the document is over
};

struct cm_asic_xml_attribute {
	struct cm_view space; // namespace; empty for a name without prefix
	struct cm_view name;
	struct cm_view prefix;
	size_t value_at, value_n; // in `text`
};

struct cm_asic_xml_binding {
	struct cm_view prefix;
	struct cm_view space;
	size_t depth; // of the element that brought it
};

struct cm_asic_xml {
	struct cm_view all;
	size_t at;
	struct cm_report *report;
	struct cm_view open[CM_LIMIT_ASIC_XML_DEPTH_VALUE]; // names of the open elements as written
	size_t depth;
	bool closing; // the last tag was <a/>: its end is still to be told
	bool rooted;  // the root has begun
	struct cm_asic_xml_binding bindings[CM_LIMIT_ASIC_XML_NAMES_VALUE];
	size_t binding_count;
	struct cm_view space, name; // of the element that began last
	struct cm_asic_xml_attribute attributes[CM_LIMIT_ASIC_XML_NAMES_VALUE];
	size_t attribute_count;
	struct cm_buf text; // decoded values of the last event
};

// Begins reading `xml`, which must stay. Free with cm_asic_xml_fini().
void cm_asic_xml_init(struct cm_asic_xml *x, struct cm_view xml, struct cm_report *report);
void cm_asic_xml_fini(struct cm_asic_xml *x);

// The next event. CM_REFUSED: asic_xml. CM_NOMEM. After CM_ASIC_XML_END call it no more.
CM_CHECKED cm_result cm_asic_xml_next(struct cm_asic_xml *x, enum cm_asic_xml_event *ret_event);

// Decoded value of attribute `i`, valid until the next event; for TEXT the text is cm_buf_view(&x->text).
struct cm_view cm_asic_xml_value(const struct cm_asic_xml *x, size_t i);

// Refuses by `rule` at the place where reading stands.
CM_CHECKED cm_result cm_asic_xml_refuse(const struct cm_asic_xml *x, enum cm_error rule, const char *seen,
                                        struct cm_view quoted);

#endif
