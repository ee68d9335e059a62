// Knows: the parts that request and answer documents share (doc/spec/request-document.md section 1): party,
// attachment, and how a document is read at all. Does not know: which document it is.
#include <stddef.h>

#include "base/mem.h"
#include "base/tab_limit.h"
#include "format/request_doc_shape.h"
#include "format/request_doc_party.h"

#define P cm_doc_party

static const char *const cm_request_doc_roles[] = {
        "contact_point", "central_authority", "competent_authority", "provider", "secretariat", NULL};

static const struct cm_json_shape_field cm_request_doc_party_fields[] = {
        {"country", CM_SHAPE_TEXT, CM_DOC_AT(P, country), CM_DOC_NEED, .form = CM_FORM_COUNTRY},
        {"email", CM_SHAPE_TEXT, CM_DOC_AT(P, email), .form = CM_FORM_LINE},
        {"functions", CM_SHAPE_TEXT, CM_DOC_AT(P, functions), .form = CM_FORM_LINE},
        {"hours", CM_SHAPE_TEXT, CM_DOC_AT(P, hours), .form = CM_FORM_LINE},
        {"languages", CM_SHAPE_TEXT, CM_DOC_LIST(P, languages, language_count), .form = CM_FORM_LANGUAGE, .most = 16},
        {"name", CM_SHAPE_TEXT, CM_DOC_AT(P, name), CM_DOC_NEED, .form = CM_FORM_LINE},
        {"node", CM_SHAPE_TEXT, CM_DOC_AT(P, node), .form = CM_FORM_NODE},
        {"person", CM_SHAPE_TEXT, CM_DOC_AT(P, person), .form = CM_FORM_LINE},
        {"phone", CM_SHAPE_TEXT, CM_DOC_AT(P, phone), .form = CM_FORM_PHONE},
        {"role", CM_SHAPE_TEXT, CM_DOC_AT(P, role), CM_DOC_NEED, .words = cm_request_doc_roles},
        {"time_zone", CM_SHAPE_TEXT, CM_DOC_AT(P, time_zone), .form = CM_FORM_ZONE},
};
const struct cm_json_shape cm_request_doc_party_shape = CM_DOC_SHAPE("party", cm_request_doc_party_fields, P);

static const struct cm_json_shape_field cm_request_doc_attachment_fields[] = {
        {"document", CM_SHAPE_TEXT, CM_DOC_AT(cm_doc_attachment, document), CM_DOC_NEED, .form = CM_FORM_UUID},
        {"name", CM_SHAPE_TEXT, CM_DOC_AT(cm_doc_attachment, name), CM_DOC_NEED, .form = CM_FORM_LINE},
        {"sha256", CM_SHAPE_HEX, CM_DOC_AT(cm_doc_attachment, sha256), CM_DOC_NEED, .max = 32},
};
const struct cm_json_shape cm_request_doc_attachment_shape =
        CM_DOC_SHAPE("attachment", cm_request_doc_attachment_fields, cm_doc_attachment);

const struct cm_json_shape_rules cm_request_doc_rules = {
        .missing = CM_ERROR_DOCUMENT_MEMBER_MISSING,
        .unknown = CM_ERROR_DOCUMENT_MEMBER_UNKNOWN,
        .value = CM_ERROR_DOCUMENT_VALUE,
        .entry = CM_ERROR_DOCUMENT_VALUE,
        .identifier = CM_ERROR_DOCUMENT_VALUE,
        .never = CM_ERROR_DOCUMENT_VALUE,
        .digest = CM_ERROR_DOCUMENT_VALUE,
        .size = CM_ERROR_DOCUMENT_VALUE,
};

cm_result
cm_request_doc_read_shape(struct cm_view json, const struct cm_json_shape *shape, struct cm_report *report,
                          struct cm_arena *arena, void *record)
{
	struct cm_json CM_CLEANUP(cm_json_free_at) *document = NULL;
	struct cm_json_shape_reader reader = {.arena = arena, .rules = &cm_request_doc_rules};
	cm_result r = cm_json_read(json, CM_LIMIT_DOCUMENT_BYTES_VALUE, &reader.found, &document);
	if (r == CM_REFUSED) // the reason goes with the rule that a document breaks
		cm_report_add(&reader.found, CM_ERROR_DOCUMENT_JSON, "/", "%zu bytes", json.n);
	if (r == CM_OK && !cm_json_shape_read(&reader, shape, cm_json_root(document), record))
		r = CM_REFUSED;
	if (arena->failed)
		r = CM_NOMEM;
	if (report != NULL)
		cm_report_join(report, &reader.found);
	if (r != CM_OK)
		cm_arena_fini(arena);
	return r;
}

cm_result
cm_request_doc_read_shape_wire(struct cm_view bytes, const struct cm_json_shape *shape, struct cm_report *report,
                               struct cm_arena *arena, void *record)
{
	if (bytes.n > CM_LIMIT_HI1_WIRE_BYTES_VALUE)
		return cm_report_refuse(report, CM_ERROR_WIRE_MALFORMED, shape->name, "%zu bytes", bytes.n);
	struct cm_rd rd = cm_rd_of(cm_arena_copy(arena, bytes));
	bool good = cm_json_shape_wire_read(&rd, arena, shape, record) && cm_rd_done(&rd);
	if (good)
		return CM_OK;
	bool memory = arena->failed;
	cm_arena_fini(arena);
	return memory ? CM_NOMEM : cm_report_refuse(report, CM_ERROR_WIRE_MALFORMED, shape->name, "byte %zu", rd.at);
}
