// Knows: which acts are steps of custody and how they become a CASE graph of the sealed evidence's whole way. Does not know:
// CASE's words (format/case_graph.c) or the files in the package, which have a graph of their own in it.
#include "node/court.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/tab_limit.h"
#include "domain/tab_kind.h"
#include "format/case_graph.h"

// Which act is which step, and who performed it.
enum cm_court_who { CM_COURT_US, CM_COURT_PEER };
static const struct {
	enum cm_act act;
	enum cm_case_step_kind step;
	enum cm_court_who who;
	bool makes; // the sealed file comes of it
} cm_court_steps[] = {
        {CM_ACT_UPDATED, CM_CASE_PRESERVED, CM_COURT_PEER, false}, {CM_ACT_DECIDED, CM_CASE_PRESERVED, CM_COURT_US, false},
        {CM_ACT_EVIDENCE_STORED, CM_CASE_SEALED, CM_COURT_US, true}, {CM_ACT_DELIVERED, CM_CASE_SENT, CM_COURT_US, false},
        {CM_ACT_DELIVERY_TAKEN, CM_CASE_SENT, CM_COURT_PEER, true}, {CM_ACT_RECEIVED, CM_CASE_RECEIVED, CM_COURT_US, false},
        {CM_ACT_OPENED, CM_CASE_OPENED, CM_COURT_US, false},        {CM_ACT_VERIFIED, CM_CASE_VERIFIED, CM_COURT_US, false},
};

struct cm_custody {
	struct cm_court *court;
	struct cm_case_party parties[CM_LIMIT_COURT_ACTS_VALUE + 2];
	size_t party_count;
	struct cm_case_step steps[CM_LIMIT_COURT_ACTS_VALUE];
	size_t step_count;
	bool preserved; // the first word of a request's preservation is in
};

static cm_result
cm_custody_id(struct cm_report *report, struct cm_case_id *ret_id)
{
	return cm_node_uuid(ret_id->text, report);
}

static cm_result
cm_custody_party(struct cm_custody *c, struct cm_view name, bool person, struct cm_report *report, size_t *ret_at)
{
	size_t at = 0;
	while (at < c->party_count && !(c->parties[at].person == person && cm_view_equal(c->parties[at].name, name)))
		at++;
	*ret_at = at;
	if (at < c->party_count)
		return CM_OK;
	c->parties[at] = (struct cm_case_party){.name = name, .person = person};
	c->party_count++;
	return cm_custody_id(report, &c->parties[at].id);
}

// Only an act about this evidence, or about a preservation that holds, is a step of it.
static bool
cm_custody_counts(const struct cm_custody *c, const struct cm_court_act *act, enum cm_case_step_kind step)
{
	const struct cm_court_request *request = &c->court->requests[act->request];
	if (step == CM_CASE_PRESERVED)
		return request->until.us != 0 && !c->preserved;
	return cm_view_equal(cm_court_value(act, CM_ACT_FIELD_OBJECT), c->court->evidence->id);
}

static struct cm_view
cm_custody_words(struct cm_custody *c, const struct cm_court_act *act, enum cm_act kind)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) text = cm_buf_of(CM_LIMIT_CARD_BYTES_VALUE);
	const struct cm_court_request *request = &c->court->requests[act->request];
	char until[CM_INSTANT_TEXT];
	cm_buf_printf(&text, "%s; entry %llu of the register of %s", cm_act_row(kind)->title,
	              (unsigned long long)act->index, c->court->node->name.whole);
	if (request->until.us != 0)
		cm_buf_printf(&text, "; preserved until %s", cm_instant_text_people(request->until, until));
	return cm_arena_copy(&c->court->arena, cm_buf_view(&text));
}

static cm_result
cm_custody_step(struct cm_custody *c, const struct cm_court_act *act, struct cm_report *report)
{
	struct cm_view type = cm_court_value(act, CM_ACT_FIELD_TYPE), id = cm_court_value(act, CM_ACT_FIELD_ACT);
	struct cm_view person = cm_court_value(act, CM_ACT_FIELD_PERSON);
	enum cm_act kind = cm_act_find(type.p, type.n);
	for (size_t i = 0; i < sizeof cm_court_steps / sizeof *cm_court_steps; i++) {
		if (cm_court_steps[i].act != kind || !cm_custody_counts(c, act, cm_court_steps[i].step))
			continue;
		struct cm_case_step *step = &c->steps[c->step_count];
		*step = (struct cm_case_step){.kind = cm_court_steps[i].step, .result = CM_CASE_NONE, .object = CM_CASE_NONE};
		if (id.n != 36 || !cm_instant_read(cm_court_value(act, CM_ACT_FIELD_AT), &step->start))
			return CM_BUG;
		memcpy(step->id.text, id.p, id.n);
		step->end = step->start;
		step->description = cm_custody_words(c, act, kind);
		if (cm_court_steps[i].makes)
			step->result = 0;
		else if (step->kind != CM_CASE_PRESERVED)
			step->object = 0;
		else
			c->preserved = true;
		c->step_count++;
		if (cm_court_steps[i].who == CM_COURT_PEER)
			return cm_custody_party(c, c->court->evidence->peer, false, report, &step->performer);
		if (person.n > 0)
			return cm_custody_party(c, person, true, report, &step->performer);
		return cm_custody_party(c, cm_view_text(c->court->node->name.whole), false, report, &step->performer);
	}
	return CM_OK;
}

// The HI-1 authorisation of the request that the evidence answers; `ret` stays as it is when we hold none.
static cm_result
cm_custody_authorization(struct cm_custody *c, struct cm_report *report, struct cm_case_authorization *ret,
                         bool *ret_found)
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_object *rows = NULL;
	struct cm_court *court = c->court;
	char type[64] = "";
	size_t n = 0;
	struct cm_store_ask ask = {.request = court->evidence->request,
	                           .kind = cm_view_text(cm_hi1_type_name(CM_HI1_TYPE_AUTHORISATION)),
	                           .limit = 1};
	*ret_found = false;
	cm_result r = cm_store_objects(court->node->store, &ask, report, &page, &rows, &n);
	if (r != CM_OK || n == 0 || court->request_count == 0)
		return r;
	struct cm_view word = court->requests[court->request_count - 1].kind;
	enum cm_kind kind = cm_kind_find(word.p, word.n);
	if (kind != CM_KIND_NONE)
		snprintf(type, sizeof type, "Convention, Art. %s", cm_kind_row(kind)->article);
	ret->identifier = cm_arena_copy(&court->arena, rows[0].id);
	ret->type = cm_arena_copy(&court->arena, cm_view_text(type));
	*ret_found = true;
	return cm_custody_id(report, &ret->id);
}

static cm_result
cm_custody_write(struct cm_custody *c, struct cm_report *report)
{
	struct cm_court *court = c->court;
	const struct cm_store_delivery *evidence = court->evidence;
	struct cm_buf CM_CLEANUP(cm_buf_fini) text = cm_buf_of(CM_LIMIT_COURT_BYTES_VALUE);
	struct cm_case_authorization authorization = {.identifier = evidence->request};
	struct cm_case_exhibit exhibit = {.number = cm_view_text("1"), .description = evidence->title, .file_count = 1};
	struct cm_case_file file = {.media = cm_view_text("application/vnd.comity.sealed-package"), .size = evidence->length};
	char name[64];
	bool authorized = false;
	snprintf(name, sizeof name, "%.*s.age", CM_VIEW_ARG(evidence->id));
	file.name = cm_view_text(name);
	memcpy(file.sha256, evidence->blob.b, sizeof file.sha256);
	struct cm_case_graph graph = {
	        .investigation_name = court->request_count > 0 ? court->requests[court->request_count - 1].title
	                                                       : evidence->title,
	        .tool_name = cm_view_text("comity"),
	        .tool_version = cm_view_text(CM_VERSION),
	        .parties = c->parties,
	        .party_count = c->party_count,
	        .steps = c->steps,
	        .step_count = c->step_count,
	        .exhibits = &exhibit,
	        .exhibit_count = 1,
	        .files = &file,
	        .file_count = 1,
	};
	cm_result r = cm_custody_authorization(c, report, &authorization, &authorized);
	if (authorized)
		graph.authorization = &authorization;
	if (r == CM_OK)
		r = cm_custody_id(report, &graph.investigation);
	if (r == CM_OK)
		r = cm_custody_id(report, &graph.tool);
	if (r == CM_OK)
		r = cm_custody_id(report, &exhibit.id);
	if (r == CM_OK)
		r = cm_custody_id(report, &file.id);
	if (r == CM_OK)
		r = cm_case_graph_write(&graph, &text, report);
	if (r == CM_OK)
		cm_court_put(court, "custody.jsonld", cm_buf_view(&text));
	return r;
}

cm_result
cm_court_custody(struct cm_court *court, struct cm_report *report)
{
	CM_AUTO struct cm_custody *c = cm_mem_new(sizeof *c);
	cm_result r = c == NULL ? CM_NOMEM : CM_OK;
	if (c != NULL)
		c->court = court;
	for (size_t i = 0; r == CM_OK && i < court->act_count; i++)
		r = cm_custody_step(c, &court->acts[i], report);
	if (r == CM_OK && court->arena.failed)
		r = CM_NOMEM;
	return r == CM_OK ? cm_custody_write(c, report) : r;
}
