// Knows: every member of the request document, its form, and where its value stands (doc/spec/request-document.md
// section 2; request-document.schema.json). Does not know: which members a kind needs; that is
// data/request_contents.tab, judged in domain.
#include <stddef.h>

#include "base/tab_limit.h"
#include "format/request_doc_shape.h"
#include "format/request_doc.h"

#define R cm_request_doc
#define AT(S, field) CM_DOC_AT(S, field)
#define LIST(S, field, counter) CM_DOC_LIST(S, field, counter)
#define NEED CM_DOC_NEED
#define SHAPE(title, rows, S) CM_DOC_SHAPE(title, rows, S)
#define LINE CM_SHAPE_TEXT, .form = CM_FORM_LINE
#define TEXT CM_SHAPE_TEXT, .form = CM_FORM_TEXT

static const char *const cm_request_doc_kinds[] = {
        "pres", "pres_ext", "pres_end", "locate", "traffic_partial", "stored", "subscriber", "traffic_rt",
        "content_rt", "evidence", "serve", "search", "examine", "expert", "records", "trace", "appear",
        "recover", "other", "video", "detainee", "spont", "h24_advice", "h24_evidence", "h24_suspect",
        "emergency", "extradite", "prov_arrest", "sentenced", "proceedings", "police", "joint", "jurisdiction",
        "freeze", "confiscate", "return", "proceeds_tip", "victim", "ta_need", "ta_offer", "info", "designate",
        "ask_more", "status", "consent_use", "consult", "d_pres", "d_traffic", "d_prod", "d_search",
        "d_rt_traffic", "d_rt_content", "d_freeze", NULL};
static const char *const cm_request_doc_offence_codes[] = {
        "illegal_access", "illegal_interception", "data_interference", "system_interference", "device_misuse",
        "forgery", "fraud", "csam", "grooming", "ncii", "laundering", "legal_person", "participation",
        "serious_crime", "other_un_treaty", NULL};
static const char *const cm_request_doc_formats[] = {
        "email", "e164", "ipv4_port_time", "ipv6_time", "url", "account", "domain", "imei", "imsi", "iccid",
        "mac", "device_id", "wallet", "txid", "iban", "pan_hash", "file_hash", "photo_hash", "cell", "geo",
        "vehicle_or_doc", NULL};
static const char *const cm_request_doc_categories[] = {
        "subscriber", "identify_only", "traffic", "content", "other", NULL};
static const char *const cm_request_doc_hows[] = {
        "extends", "ends", "follows", "chain_of", "replaces", "answers", "founds", "joins", "within", NULL};
static const char *const cm_request_doc_instruments[] = {
        "HC", "Budapest", "UNTOC", "UNCAC", "bilateral", "reciprocity", "domestic", NULL};
static const char *const cm_request_doc_levels[] = {
        "normal", "expedited", "emergency", NULL};
static const char *const cm_request_doc_natures[] = {
        "investigation", "prosecution", "judicial_proceeding", NULL};
static const char *const cm_request_doc_measures[] = {
        "search", "seizure", "disclosure", NULL};
static const char *const cm_request_doc_mla_states[] = {
        "drafting", "with_court", "translating", "sent", "refused", NULL};
static const char *const cm_request_doc_person_roles[] = {
        "suspect", "accused", "victim", "witness", "at_risk", "owner", "other", NULL};
static const struct cm_json_shape_field cm_request_doc_offence_fields[] = {
        {"article", CM_SHAPE_TEXT, .form = CM_FORM_ARTICLE, NEED, AT(cm_doc_offence, article)},
        {"code", CM_SHAPE_TEXT, .words = cm_request_doc_offence_codes, NEED, AT(cm_doc_offence, code)},
        {"domestic_law", LINE, AT(cm_doc_offence, domestic_law)},
        {"max_penalty_years", CM_SHAPE_COUNT, AT(cm_doc_offence, max_penalty_years), .max = 99},
};
static const struct cm_json_shape cm_request_doc_offence_shape =
        SHAPE("offence", cm_request_doc_offence_fields, cm_doc_offence);

static const struct cm_json_shape_field cm_request_doc_identifier_fields[] = {
        {"format", CM_SHAPE_TEXT, .words = cm_request_doc_formats, NEED, AT(cm_doc_identifier, format)},
        {"value", CM_SHAPE_TEXT, .form = CM_FORM_VALUE, NEED, AT(cm_doc_identifier, value)},
};
static const struct cm_json_shape cm_request_doc_identifier_shape =
        SHAPE("identifier", cm_request_doc_identifier_fields, cm_doc_identifier);

static const struct cm_json_shape_field cm_request_doc_period_fields[] = {
        {"from", CM_SHAPE_TIME, NEED, AT(cm_doc_period, from)},
        {"to", CM_SHAPE_TIME, NEED, AT(cm_doc_period, to)},
};
static const struct cm_json_shape cm_request_doc_period_shape =
        SHAPE("period", cm_request_doc_period_fields, cm_doc_period);

static const struct cm_json_shape_field cm_request_doc_data_fields[] = {
        {"category", CM_SHAPE_TEXT, .words = cm_request_doc_categories, NEED, AT(cm_doc_data, category)},
        {"description", TEXT, NEED, AT(cm_doc_data, description)},
        {"identifiers", CM_SHAPE_INLINE, LIST(cm_doc_data, identifiers, identifier_count),
         .sub = &cm_request_doc_identifier_shape, .most = 64},
        {"item", CM_SHAPE_NUMBER, NEED, AT(cm_doc_data, item)},
        {"period", CM_SHAPE_POINTER, AT(cm_doc_data, period), .sub = &cm_request_doc_period_shape},
        {"relation", TEXT, NEED, AT(cm_doc_data, relation)},
        {"request_values", CM_SHAPE_NUMBER, LIST(cm_doc_data, request_values, request_value_count), .most = 64},
};
static const struct cm_json_shape cm_request_doc_data_shape =
        SHAPE("data", cm_request_doc_data_fields, cm_doc_data);

static const struct cm_json_shape_field cm_request_doc_value_fields[] = {
        {"amount", CM_SHAPE_TEXT, .form = CM_FORM_AMOUNT, NEED, AT(cm_doc_property, amount)},
        {"unit", CM_SHAPE_TEXT, .form = CM_FORM_UNIT, NEED, AT(cm_doc_property, unit)},
};
static const struct cm_json_shape cm_request_doc_value_shape =
        SHAPE("estimated_value", cm_request_doc_value_fields, cm_doc_property);

static const struct cm_json_shape_field cm_request_doc_property_fields[] = {
        {"description", TEXT, NEED, AT(cm_doc_property, description)},
        {"estimated_value", CM_SHAPE_INLINE, NEED, .at = 0, .sub = &cm_request_doc_value_shape},
        {"holder", LINE, AT(cm_doc_property, holder)},
        {"identifiers", CM_SHAPE_INLINE, LIST(cm_doc_property, identifiers, identifier_count),
         .sub = &cm_request_doc_identifier_shape, .most = 64},
        {"item", CM_SHAPE_NUMBER, NEED, AT(cm_doc_property, item)},
        {"location", LINE, AT(cm_doc_property, location)},
        {"third_parties", TEXT, AT(cm_doc_property, third_parties)},
};
static const struct cm_json_shape cm_request_doc_property_shape =
        SHAPE("property", cm_request_doc_property_fields, cm_doc_property);

static const struct cm_json_shape_field cm_request_doc_relation_fields[] = {
        {"how", CM_SHAPE_TEXT, .words = cm_request_doc_hows, NEED, AT(cm_doc_relation, how)},
        {"id", CM_SHAPE_TEXT, .form = CM_FORM_UUID, NEED, AT(cm_doc_relation, id)},
        {"reference", LINE, AT(cm_doc_relation, reference)},
};
static const struct cm_json_shape cm_request_doc_relation_shape =
        SHAPE("relation", cm_request_doc_relation_fields, cm_doc_relation);

static const struct cm_json_shape_field cm_request_doc_basis_fields[] = {
        {"article", LINE, AT(cm_doc_basis, article)},
        {"instrument", CM_SHAPE_TEXT, .words = cm_request_doc_instruments, NEED, AT(cm_doc_basis, instrument)},
        {"title", LINE, AT(cm_doc_basis, title)},
};
static const struct cm_json_shape cm_request_doc_basis_shape =
        SHAPE("basis", cm_request_doc_basis_fields, cm_doc_basis);

static const struct cm_json_shape_field cm_request_doc_person_fields[] = {
        {"location", LINE, AT(cm_doc_person, location)},
        {"name", LINE, AT(cm_doc_person, name)},
        {"nationality", CM_SHAPE_TEXT, .form = CM_FORM_COUNTRY, AT(cm_doc_person, nationality)},
        {"note", TEXT, AT(cm_doc_person, note)},
        {"role", CM_SHAPE_TEXT, .words = cm_request_doc_person_roles, NEED, AT(cm_doc_person, role)},
};
static const struct cm_json_shape cm_request_doc_person_shape =
        SHAPE("person", cm_request_doc_person_fields, cm_doc_person);

static const struct cm_json_shape_field cm_request_doc_thing_fields[] = {
        {"description", TEXT, NEED, AT(cm_doc_thing, description)},
        {"location", LINE, AT(cm_doc_thing, location)},
        {"origin", CM_SHAPE_TEXT, .form = CM_FORM_COUNTRY, AT(cm_doc_thing, origin)},
};
static const struct cm_json_shape cm_request_doc_thing_shape =
        SHAPE("thing", cm_request_doc_thing_fields, cm_doc_thing);

static const struct cm_json_shape_field cm_request_doc_translation_fields[] = {
        {"by_machine", CM_SHAPE_FLAG, NEED, AT(R, translation.by_machine)},
        {"original", CM_SHAPE_TEXT, .form = CM_FORM_UUID, NEED, AT(R, translation.original)},
};
static const struct cm_json_shape cm_request_doc_translation_shape =
        SHAPE("translation", cm_request_doc_translation_fields, R);

static const struct cm_json_shape_field cm_request_doc_urgency_fields[] = {
        {"level", CM_SHAPE_TEXT, .words = cm_request_doc_levels, NEED, AT(R, urgency.level)},
        {"reason", TEXT, AT(R, urgency.reason)},
};
static const struct cm_json_shape cm_request_doc_urgency_shape =
        SHAPE("urgency", cm_request_doc_urgency_fields, R);

static const struct cm_json_shape_field cm_request_doc_confirms_oral_fields[] = {
        {"at", CM_SHAPE_TIME, NEED, AT(R, confirms_oral.at)},
        {"spoken_to", LINE, AT(R, confirms_oral.spoken_to)},
};
static const struct cm_json_shape cm_request_doc_confirms_oral_shape =
        SHAPE("confirms_oral", cm_request_doc_confirms_oral_fields, R);

static const struct cm_json_shape_field cm_request_doc_proceeding_fields[] = {
        {"nature", CM_SHAPE_TEXT, .words = cm_request_doc_natures, NEED, AT(R, proceeding.nature)},
        {"reference", LINE, AT(R, proceeding.reference)},
        {"subject", TEXT, NEED, AT(R, proceeding.subject)},
};
static const struct cm_json_shape cm_request_doc_proceeding_shape =
        SHAPE("proceeding", cm_request_doc_proceeding_fields, R);

static const struct cm_json_shape_field cm_request_doc_custodian_fields[] = {
        {"country", CM_SHAPE_TEXT, .form = CM_FORM_COUNTRY, AT(R, custodian.country)},
        {"location", LINE, AT(R, custodian.location)},
        {"name", LINE, AT(R, custodian.name)},
        {"note", TEXT, AT(R, custodian.note)},
};
static const struct cm_json_shape cm_request_doc_custodian_shape =
        SHAPE("custodian", cm_request_doc_custodian_fields, R);

static const struct cm_json_shape_field cm_request_doc_mla_follow_up_fields[] = {
        {"expected_by", CM_SHAPE_TEXT, .form = CM_FORM_DATE, AT(R, mla_follow_up.expected_by)},
        {"measure", CM_SHAPE_TEXT, .words = cm_request_doc_measures, NEED, LIST(R, mla_follow_up.measures,
         mla_follow_up.measure_count), .most = 3},
        {"will_follow", CM_SHAPE_TRUE, NEED, AT(R, mla_follow_up.will_follow)},
};
static const struct cm_json_shape cm_request_doc_mla_follow_up_shape =
        SHAPE("mla_follow_up", cm_request_doc_mla_follow_up_fields, R);

static const struct cm_json_shape_field cm_request_doc_mla_state_fields[] = {
        {"expected_by", CM_SHAPE_TEXT, .form = CM_FORM_DATE, AT(R, mla_state.expected_by)},
        {"state", CM_SHAPE_TEXT, .words = cm_request_doc_mla_states, NEED, AT(R, mla_state.state)},
        {"why_not_yet", TEXT, NEED, AT(R, mla_state.why_not_yet)},
};
static const struct cm_json_shape cm_request_doc_mla_state_shape =
        SHAPE("mla_state", cm_request_doc_mla_state_fields, R);

static const struct cm_json_shape_field cm_request_doc_secrecy_fields[] = {
        {"do_not_notify_user", CM_SHAPE_FLAG, NEED, AT(R, secrecy.do_not_notify_user)},
        {"keep_secret", CM_SHAPE_FLAG, NEED, AT(R, secrecy.keep_secret)},
        {"reason", TEXT, AT(R, secrecy.reason)},
        {"until", CM_SHAPE_TIME, AT(R, secrecy.until)},
};
static const struct cm_json_shape cm_request_doc_secrecy_shape =
        SHAPE("secrecy", cm_request_doc_secrecy_fields, R);

static const struct cm_json_shape_field cm_request_doc_assistance_fields[] = {
        {"certification", TEXT, AT(R, assistance.certification)},
        {"procedure", TEXT, AT(R, assistance.procedure)},
        {"wanted", TEXT, NEED, AT(R, assistance.wanted)},
};
static const struct cm_json_shape cm_request_doc_assistance_shape =
        SHAPE("assistance", cm_request_doc_assistance_fields, R);

static const struct cm_json_shape_field cm_request_doc_use_fields[] = {
        {"conditions", TEXT, LIST(R, use.conditions, use.condition_count), .most = 16},
        {"only_for", TEXT, AT(R, use.only_for)},
        {"until", CM_SHAPE_TIME, AT(R, use.until)},
};
static const struct cm_json_shape cm_request_doc_use_shape =
        SHAPE("use", cm_request_doc_use_fields, R);

static const struct cm_json_shape_field cm_request_doc_emergency_fields[] = {
        {"at_risk", LINE, NEED, AT(R, emergency.at_risk)},
        {"call_back", CM_SHAPE_TEXT, .form = CM_FORM_PHONE, NEED, AT(R, emergency.call_back)},
        {"imminent_because", TEXT, NEED, AT(R, emergency.imminent_because)},
        {"no_other_way", TEXT, NEED, AT(R, emergency.no_other_way)},
        {"risk", TEXT, NEED, AT(R, emergency.risk)},
        {"sworn_by", LINE, NEED, AT(R, emergency.sworn_by)},
};
static const struct cm_json_shape cm_request_doc_emergency_shape =
        SHAPE("emergency", cm_request_doc_emergency_fields, R);

static const struct cm_json_shape_field cm_request_doc_order_fields[] = {
        {"court", LINE, AT(R, order.court)},
        {"date", CM_SHAPE_TEXT, .form = CM_FORM_DATE, AT(R, order.date)},
        {"document", CM_SHAPE_TEXT, .form = CM_FORM_UUID, AT(R, order.document)},
        {"extent", TEXT, AT(R, order.extent)},
        {"final", CM_SHAPE_FLAG, AT(R, order.final)},
        {"notice_to_third_parties", TEXT, AT(R, order.notice_to_third_parties)},
        {"promised_by", CM_SHAPE_TEXT, .form = CM_FORM_DATE, AT(R, order.promised_by)},
};
static const struct cm_json_shape cm_request_doc_order_shape =
        SHAPE("order", cm_request_doc_order_fields, R);

static const struct cm_json_shape_field cm_request_doc_deadline_fields[] = {
        {"at", CM_SHAPE_TIME, NEED, AT(R, deadline.at)},
        {"reason", TEXT, NEED, AT(R, deadline.reason)},
};
static const struct cm_json_shape cm_request_doc_deadline_shape =
        SHAPE("deadline", cm_request_doc_deadline_fields, R);

static const struct cm_json_shape_field cm_request_doc_sworn_fields[] = {
        {"at", CM_SHAPE_TIME, NEED, AT(R, sworn.at)},
        {"by", LINE, NEED, AT(R, sworn.by)},
        {"functions", LINE, NEED, AT(R, sworn.functions)},
};
static const struct cm_json_shape cm_request_doc_sworn_shape =
        SHAPE("sworn", cm_request_doc_sworn_fields, R);

static const struct cm_json_shape_field cm_request_doc_whole_fields[] = {
        {"actions", TEXT, LIST(R, actions, action_count), .most = 16},
        {"article", CM_SHAPE_TEXT, .form = CM_FORM_ARTICLE, NEED, AT(R, article)},
        {"assistance", CM_SHAPE_INLINE, .at = 0, .sub = &cm_request_doc_assistance_shape},
        {"attachments", CM_SHAPE_INLINE, LIST(R, attachments, attachment_count),
         .sub = &cm_request_doc_attachment_shape, .most = 64},
        {"conducting", CM_SHAPE_POINTER, AT(R, conducting), .sub = &cm_request_doc_party_shape},
        {"confirm_with", CM_SHAPE_POINTER, AT(R, confirm_with), .sub = &cm_request_doc_party_shape},
        {"confirms_oral", CM_SHAPE_INLINE, .at = 0, .sub = &cm_request_doc_confirms_oral_shape},
        {"custodian", CM_SHAPE_INLINE, .at = 0, .sub = &cm_request_doc_custodian_shape},
        {"custodian_unknown", CM_SHAPE_TRUE, AT(R, custodian_unknown)},
        {"data", CM_SHAPE_INLINE, LIST(R, data, data_count), .sub = &cm_request_doc_data_shape, .most = 64},
        {"deadline", CM_SHAPE_INLINE, .at = 0, .sub = &cm_request_doc_deadline_shape},
        {"emergency", CM_SHAPE_INLINE, .at = 0, .sub = &cm_request_doc_emergency_shape},
        {"facts", TEXT, AT(R, facts)},
        {"format", CM_SHAPE_FIXED, NEED, .fixed = "comity.request/1"},
        {"id", CM_SHAPE_TEXT, .form = CM_FORM_UUID, NEED, AT(R, id)},
        {"information", TEXT, AT(R, information)},
        {"kind", CM_SHAPE_TEXT, .words = cm_request_doc_kinds, NEED, AT(R, kind)},
        {"language", CM_SHAPE_TEXT, .form = CM_FORM_LANGUAGE, NEED, AT(R, language)},
        {"legal_basis", CM_SHAPE_INLINE, NEED, LIST(R, legal_basis, legal_basis_count),
         .sub = &cm_request_doc_basis_shape, .most = 8},
        {"mla_follow_up", CM_SHAPE_INLINE, .at = 0, .sub = &cm_request_doc_mla_follow_up_shape},
        {"mla_state", CM_SHAPE_INLINE, .at = 0, .sub = &cm_request_doc_mla_state_shape},
        {"necessity", TEXT, AT(R, necessity)},
        {"offences", CM_SHAPE_INLINE, LIST(R, offences, offence_count),
         .sub = &cm_request_doc_offence_shape, .most = 16},
        {"order", CM_SHAPE_INLINE, .at = 0, .sub = &cm_request_doc_order_shape},
        {"particulars", CM_SHAPE_INLINE, LIST(R, particulars, particular_count),
         .sub = &cm_request_doc_particular_shape, .most = 64},
        {"period", CM_SHAPE_POINTER, AT(R, period), .sub = &cm_request_doc_period_shape},
        {"persons", CM_SHAPE_INLINE, LIST(R, persons, person_count), .sub = &cm_request_doc_person_shape, .most = 64},
        {"proceeding", CM_SHAPE_INLINE, .at = 0, .sub = &cm_request_doc_proceeding_shape},
        {"property", CM_SHAPE_INLINE, LIST(R, property, property_count),
         .sub = &cm_request_doc_property_shape, .most = 64},
        {"purpose", TEXT, AT(R, purpose)},
        {"relates_to", CM_SHAPE_INLINE, LIST(R, relates_to, relates_to_count),
         .sub = &cm_request_doc_relation_shape, .most = 64},
        {"requesting", CM_SHAPE_POINTER, NEED, AT(R, requesting), .sub = &cm_request_doc_party_shape},
        {"secrecy", CM_SHAPE_INLINE, .at = 0, .sub = &cm_request_doc_secrecy_shape},
        {"sworn", CM_SHAPE_INLINE, .at = 0, .sub = &cm_request_doc_sworn_shape},
        {"things", CM_SHAPE_INLINE, LIST(R, things, thing_count), .sub = &cm_request_doc_thing_shape, .most = 64},
        {"translation", CM_SHAPE_INLINE, .at = 0, .sub = &cm_request_doc_translation_shape},
        {"urgency", CM_SHAPE_INLINE, .at = 0, .sub = &cm_request_doc_urgency_shape},
        {"use", CM_SHAPE_INLINE, .at = 0, .sub = &cm_request_doc_use_shape},
};
// What no single member shows (the schema's conditions within one member).
static void
cm_request_doc_check(struct cm_json_shape_reader *reader, const void *record)
{
	const struct cm_request_doc *doc = record;
	enum cm_error missing = CM_ERROR_DOCUMENT_MEMBER_MISSING;
	bool hurry = doc->urgency.level.n != 0 && !cm_view_is(doc->urgency.level, "normal");
	bool secret = doc->secrecy.keep_secret == CM_DOC_YES || doc->secrecy.do_not_notify_user == CM_DOC_YES;
	bool order = cm_request_doc_has(doc, "order");
	if (hurry && doc->urgency.reason.n == 0)
		cm_json_shape_fault(reader, missing, "\"urgency.reason\" is missing; the level needs it");
	if (secret && doc->secrecy.until.us == 0)
		cm_json_shape_fault(reader, missing, "\"secrecy.until\" is missing; secrecy needs an end");
	if (order && doc->order.document.n == 0 && doc->order.promised_by.n == 0)
		cm_json_shape_fault(reader, missing, "\"order.document\" or \"order.promised_by\" is missing");
	if (doc->custodian_unknown == CM_DOC_YES && cm_request_doc_has(doc, "custodian"))
		cm_json_shape_fault(reader, CM_ERROR_DOCUMENT_VALUE,
		                    "custodian and custodian_unknown exclude each other");
	cm_request_doc_particulars_check(reader, doc);
}

static const struct cm_json_shape cm_request_doc_whole_shape = {"request document", cm_request_doc_whole_fields,
        sizeof cm_request_doc_whole_fields / sizeof *cm_request_doc_whole_fields, sizeof(struct R),
        cm_request_doc_check};

cm_result
cm_request_doc_read(struct cm_view json, struct cm_report *report, struct cm_request_doc *ret_doc)
{
	struct cm_request_doc doc = {.arena = {NULL, false}};
	struct cm_arena arena = {NULL, false};
	cm_result r = cm_request_doc_read_shape(json, &cm_request_doc_whole_shape, report, &arena, &doc);
	if (r != CM_OK)
		return r;
	doc.arena = arena;
	*ret_doc = doc;
	return CM_OK;
}

void
cm_request_doc_fini(struct cm_request_doc *doc)
{
	if (doc == NULL)
		return;
	cm_arena_fini(&doc->arena);
	*doc = (struct cm_request_doc){.arena = {NULL, false}};
}

cm_result
cm_request_doc_write(const struct cm_request_doc *doc, struct cm_buf *to)
{
	struct cm_json_put put = cm_json_put_of(to);
	return cm_json_shape_write(&put, &cm_request_doc_whole_shape, doc, 0);
}

bool
cm_request_doc_has(const struct cm_request_doc *doc, const char *path)
{
	return cm_json_shape_has(&cm_request_doc_whole_shape, doc, path);
}

void
cm_request_doc_each(const struct cm_request_doc *doc,
                    void (*each)(void *context, struct cm_view path, struct cm_view text), void *context)
{
	cm_json_shape_each(&cm_request_doc_whole_shape, doc, each, context);
}

cm_result
cm_request_doc_write_wire(const struct cm_request_doc *doc, struct cm_buf *to)
{
	cm_json_shape_wire_write(to, &cm_request_doc_whole_shape, doc);
	return cm_buf_result(to);
}

cm_result
cm_request_doc_read_wire(struct cm_view bytes, struct cm_report *report, struct cm_request_doc *ret_doc)
{
	struct cm_request_doc doc = {.arena = {NULL, false}};
	struct cm_arena arena = {NULL, false};
	cm_result r = cm_request_doc_read_shape_wire(bytes, &cm_request_doc_whole_shape, report, &arena, &doc);
	if (r != CM_OK)
		return r;
	doc.arena = arena;
	*ret_doc = doc;
	return CM_OK;
}
