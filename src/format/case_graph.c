// Writes the chain of custody in the words of CASE and UCO. Knows their classes and properties; does not know what
// was done (the caller tells) nor how ids are made.
// Classes: case-investigation:{Investigation,InvestigativeAction,ProvenanceRecord,Authorization},
// uco-observable:{File,FileFacet,ContentDataFacet}, uco-types:Hash, uco-tool:Tool, uco-identity:{Person,Organization}.
// Serves doc/spec/package.md, custody graph; CASE 1.4.0, UCO 1.4.0.
#include <stdio.h>

#include "base/hex.h"
#include "base/text.h"
#include "format/json_put.h"
#include "format/case_graph.h"

#define UCO "https://ontology.unifiedcyberontology.org/uco/"

// Ids are "kb:<kind>-<uuid>"; this is what "kb:" stands for.
#define KB "urn:comity:case:"

static const struct {
	const char *prefix, *space;
} context[] = {
	{"kb", KB},
	{"case-investigation", "https://ontology.caseontology.org/case/investigation/"},
	{"uco-action", UCO "action/"},
	{"uco-core", UCO "core/"},
	{"uco-identity", UCO "identity/"},
	{"uco-observable", UCO "observable/"},
	{"uco-tool", UCO "tool/"},
	{"uco-types", UCO "types/"},
	{"xsd", "http://www.w3.org/2001/XMLSchema#"},
};

static const char *const step_names[] = {
	[CM_CASE_RECEIVED] = "received", [CM_CASE_PRESERVED] = "preserved", [CM_CASE_COLLECTED] = "collected",
	[CM_CASE_PACKED] = "packed",     [CM_CASE_SEALED] = "sealed",       [CM_CASE_SENT] = "sent",
	[CM_CASE_OPENED] = "opened",     [CM_CASE_VERIFIED] = "verified",
};

const char *
cm_case_step_name(enum cm_case_step_kind kind)
{
	return (unsigned)kind < sizeof step_names / sizeof *step_names ? step_names[kind] : "";
}

static void
put_id(struct cm_json_put *p, const char *kind, const struct cm_case_id *id)
{
	char text[80];
	snprintf(text, sizeof text, "kb:%s-%s", kind, id->text);
	cm_json_put_member_cstr(p, "@id", text);
}

// {"@id":…}
static void
put_reference(struct cm_json_put *p, const char *kind, const struct cm_case_id *id)
{
	cm_json_put_object(p);
	put_id(p, kind, id);
	cm_json_put_end_object(p);
}

static void
put_link(struct cm_json_put *p, const char *property, const char *kind, const struct cm_case_id *id)
{
	cm_json_put_name(p, property);
	put_reference(p, kind, id);
}

static void
put_typed(struct cm_json_put *p, const char *property, const char *type, struct cm_view value)
{
	cm_json_put_name(p, property);
	cm_json_put_object(p);
	cm_json_put_member_cstr(p, "@type", type);
	cm_json_put_member_text(p, "@value", value);
	cm_json_put_end_object(p);
}

static void
put_instant(struct cm_json_put *p, const char *property, struct cm_instant t)
{
	char text[CM_INSTANT_TEXT];
	put_typed(p, property, "xsd:dateTime", cm_view_text(cm_instant_text_micro(t, text)));
}

// A text that may be missing.
static void
put_text(struct cm_json_put *p, const char *property, struct cm_view text)
{
	if (text.n != 0)
		cm_json_put_member_text(p, property, text);
}

static void
begin_node(struct cm_json_put *p, const char *kind, const struct cm_case_id *id, const char *type)
{
	cm_json_put_object(p);
	put_id(p, kind, id);
	cm_json_put_member_cstr(p, "@type", type);
}

static const char *
party_kind(const struct cm_case_party *party)
{
	return party->person ? "person" : "organization";
}

static void
put_context(struct cm_json_put *p)
{
	cm_json_put_name(p, "@context");
	cm_json_put_object(p);
	for (size_t i = 0; i < sizeof context / sizeof *context; i++)
		cm_json_put_member_cstr(p, context[i].prefix, context[i].space);
	cm_json_put_end_object(p);
}

static void
put_investigation(struct cm_json_put *p, const struct cm_case_graph *g)
{
	begin_node(p, "investigation", &g->investigation, "case-investigation:Investigation");
	put_text(p, "uco-core:name", g->investigation_name);
	if (g->authorization != NULL)
		put_link(p, "case-investigation:relevantAuthorization", "authorization", &g->authorization->id);
	cm_json_put_name(p, "uco-core:object");
	cm_json_put_array(p);
	put_reference(p, "tool", &g->tool);
	for (size_t i = 0; i < g->step_count; i++)
		put_reference(p, "action", &g->steps[i].id);
	for (size_t i = 0; i < g->exhibit_count; i++)
		put_reference(p, "exhibit", &g->exhibits[i].id);
	cm_json_put_end_array(p);
	cm_json_put_end_object(p);
}

static void
put_authorization(struct cm_json_put *p, const struct cm_case_authorization *a)
{
	begin_node(p, "authorization", &a->id, "case-investigation:Authorization");
	put_text(p, "case-investigation:authorizationIdentifier", a->identifier);
	put_text(p, "case-investigation:authorizationType", a->type);
	if (a->start.us != 0)
		put_instant(p, "uco-core:startTime", a->start);
	if (a->end.us != 0)
		put_instant(p, "uco-core:endTime", a->end);
	cm_json_put_end_object(p);
}

static void
put_actors(struct cm_json_put *p, const struct cm_case_graph *g)
{
	begin_node(p, "tool", &g->tool, "uco-tool:Tool");
	put_text(p, "uco-core:name", g->tool_name);
	put_text(p, "uco-tool:version", g->tool_version);
	cm_json_put_end_object(p);
	for (size_t i = 0; i < g->party_count; i++) {
		const struct cm_case_party *party = &g->parties[i];
		begin_node(p, party_kind(party), &party->id,
		           party->person ? "uco-identity:Person" : "uco-identity:Organization");
		put_text(p, "uco-core:name", party->name);
		cm_json_put_end_object(p);
	}
}

static void
put_step(struct cm_json_put *p, const struct cm_case_graph *g, size_t at)
{
	const struct cm_case_step *s = &g->steps[at];
	const struct cm_case_party *performer = &g->parties[s->performer];
	begin_node(p, "action", &s->id, "case-investigation:InvestigativeAction");
	cm_json_put_member_cstr(p, "uco-core:name", cm_case_step_name(s->kind));
	put_text(p, "uco-core:description", s->description);
	put_instant(p, "uco-action:startTime", s->start);
	put_instant(p, "uco-action:endTime", s->end);
	put_link(p, "uco-action:performer", party_kind(performer), &performer->id);
	put_link(p, "uco-action:instrument", "tool", &g->tool);
	if (s->object != CM_CASE_NONE)
		put_link(p, "uco-action:object", "exhibit", &g->exhibits[s->object].id);
	if (s->result != CM_CASE_NONE)
		put_link(p, "uco-action:result", "exhibit", &g->exhibits[s->result].id);
	if (g->authorization != NULL)
		put_link(p, "case-investigation:relevantAuthorization", "authorization", &g->authorization->id);
	if (at > 0)
		put_link(p, "case-investigation:wasInformedBy", "action", &g->steps[at - 1].id);
	cm_json_put_end_object(p);
}

static void
put_exhibit(struct cm_json_put *p, const struct cm_case_graph *g, const struct cm_case_exhibit *e)
{
	begin_node(p, "exhibit", &e->id, "case-investigation:ProvenanceRecord");
	put_text(p, "uco-core:description", e->description);
	put_text(p, "case-investigation:exhibitNumber", e->number);
	cm_json_put_name(p, "uco-core:object");
	cm_json_put_array(p);
	for (size_t i = 0; i < e->file_count; i++)
		put_reference(p, "file", &g->files[e->first_file + i].id);
	cm_json_put_end_array(p);
	cm_json_put_end_object(p);
}

// The last part of a path.
static struct cm_view
base_name(struct cm_view name)
{
	size_t from = name.n;
	while (from > 0 && name.p[from - 1] != '/')
		from--;
	return cm_view_part(name, from, name.n - from);
}

static void
put_file(struct cm_json_put *p, const struct cm_case_file *f)
{
	char hex[2 * sizeof f->sha256 + 1];
	cm_hex_text(cm_view_of(f->sha256, sizeof f->sha256), hex);
	begin_node(p, "file", &f->id, "uco-observable:File");
	cm_json_put_name(p, "uco-core:hasFacet");
	cm_json_put_array(p);
	begin_node(p, "file-facet", &f->id, "uco-observable:FileFacet");
	put_text(p, "uco-observable:fileName", base_name(f->name));
	put_text(p, "uco-observable:filePath", f->name);
	cm_json_put_member_number(p, "uco-observable:sizeInBytes", (int64_t)f->size);
	cm_json_put_end_object(p);
	begin_node(p, "content-facet", &f->id, "uco-observable:ContentDataFacet");
	put_text(p, "uco-observable:mimeType", f->media);
	cm_json_put_member_number(p, "uco-observable:sizeInBytes", (int64_t)f->size);
	cm_json_put_name(p, "uco-observable:hash");
	begin_node(p, "hash", &f->id, "uco-types:Hash");
	cm_json_put_member_cstr(p, "uco-types:hashMethod", "SHA256");
	put_typed(p, "uco-types:hashValue", "xsd:hexBinary", cm_view_text(hex));
	cm_json_put_end_object(p);
	cm_json_put_end_object(p);
	cm_json_put_end_array(p);
	cm_json_put_end_object(p);
}

static bool
is_id(const struct cm_case_id *id)
{
	return id->text[36] == 0 && cm_text_uuid(cm_view_of(id->text, 36));
}

// Our own promises: ids are UUIDs, indices are inside.
static bool
is_whole(const struct cm_case_graph *g)
{
	bool ok = is_id(&g->investigation) && is_id(&g->tool) &&
	          (g->authorization == NULL || is_id(&g->authorization->id));
	for (size_t i = 0; i < g->party_count; i++)
		ok = ok && is_id(&g->parties[i].id);
	for (size_t i = 0; i < g->step_count; i++) {
		const struct cm_case_step *s = &g->steps[i];
		ok = ok && is_id(&s->id) && s->performer < g->party_count;
		ok = ok && (s->object == CM_CASE_NONE || s->object < g->exhibit_count);
		ok = ok && (s->result == CM_CASE_NONE || s->result < g->exhibit_count);
	}
	for (size_t i = 0; i < g->exhibit_count; i++) {
		const struct cm_case_exhibit *e = &g->exhibits[i];
		ok = ok && is_id(&e->id) && e->file_count > 0 && e->first_file <= g->file_count;
		ok = ok && e->file_count <= g->file_count - e->first_file;
	}
	for (size_t i = 0; i < g->file_count; i++)
		ok = ok && is_id(&g->files[i].id) && g->files[i].size <= INT64_MAX;
	return ok;
}

static cm_result
check_text(struct cm_view text, const char *place, struct cm_report *report)
{
	if (cm_text_utf8(text))
		return CM_OK;
	return cm_report_refuse(report, CM_ERROR_CASE_TEXT, place, "%.*s", CM_VIEW_ARG(text));
}

static cm_result
check_texts(const struct cm_case_graph *g, struct cm_report *report)
{
	cm_result r = check_text(g->investigation_name, "investigation", report);
	if (r == CM_OK)
		r = check_text(g->tool_name, "tool", report);
	if (r == CM_OK)
		r = check_text(g->tool_version, "tool", report);
	if (r == CM_OK && g->authorization != NULL)
		r = check_text(g->authorization->identifier, "authorization", report);
	if (r == CM_OK && g->authorization != NULL)
		r = check_text(g->authorization->type, "authorization", report);
	for (size_t i = 0; i < g->party_count && r == CM_OK; i++)
		r = check_text(g->parties[i].name, "party", report);
	for (size_t i = 0; i < g->step_count && r == CM_OK; i++)
		r = check_text(g->steps[i].description, "step", report);
	for (size_t i = 0; i < g->exhibit_count && r == CM_OK; i++) {
		r = check_text(g->exhibits[i].number, "exhibit", report);
		if (r == CM_OK)
			r = check_text(g->exhibits[i].description, "exhibit", report);
	}
	for (size_t i = 0; i < g->file_count && r == CM_OK; i++) {
		r = check_text(g->files[i].name, "file", report);
		if (r == CM_OK)
			r = check_text(g->files[i].media, "file", report);
	}
	return r;
}

cm_result
cm_case_graph_write(const struct cm_case_graph *g, struct cm_buf *to, struct cm_report *report)
{
	if (!is_whole(g))
		return CM_BUG;
	cm_result r = check_texts(g, report);
	if (r != CM_OK)
		return r;
	struct cm_json_put p = cm_json_put_of(to);
	cm_json_put_object(&p);
	put_context(&p);
	cm_json_put_name(&p, "@graph");
	cm_json_put_array(&p);
	put_investigation(&p, g);
	if (g->authorization != NULL)
		put_authorization(&p, g->authorization);
	put_actors(&p, g);
	for (size_t i = 0; i < g->step_count; i++)
		put_step(&p, g, i);
	for (size_t i = 0; i < g->exhibit_count; i++)
		put_exhibit(&p, g, &g->exhibits[i]);
	for (size_t i = 0; i < g->file_count; i++)
		put_file(&p, &g->files[i]);
	cm_json_put_end_array(&p);
	cm_json_put_end_object(&p);
	cm_buf_u8(to, '\n');
	return cm_buf_result(to);
}
