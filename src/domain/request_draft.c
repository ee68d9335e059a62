// Knows: which facts a draft has before it became a message: its document and its task. Does not know: the law, or the node that
// would send it; ids, times and the key, which the node fills in, are told as such. Serves doc/spec/request-document.md, section 4.
#include "domain/request_draft.h"

#include "base/mem.h"
#include "base/tab_limit.h"
#include "domain/kind.h"
#include "domain/preservation.h"
#include "domain/request_facts.h"
#include "format/draft.h"

#define CM_REQUEST_DRAFT_ID "00000000-0000-4000-8000-000000000000" // the node gives the real one

static void
cm_request_draft_task(const struct cm_draft *draft, enum cm_kind kind, struct cm_facts *facts)
{
	static const struct cm_hi1_destination own[1] = {{.encryption = {(const uint8_t *)CM_REQUEST_DRAFT_ID, 36}}};
	struct cm_hi1_preservation preservation = {.details = &draft->details, .desired_expiration = draft->wanted_end};
	struct cm_hi1_disclosure disclosure = {.details = &draft->details,
	        .destinations = own,
	        .destination_count = 1,
	        .preservations = draft->preservations,
	        .preservation_count = draft->preservation_count,
	        .deadlines = &draft->deadline,
	        .deadline_count = draft->deadline.at.us != 0};
	bool changes = cm_preservation_event(kind) != CM_EVENT_NONE;
	if (changes && draft->preservation_count > 0)
		cm_facts_put(facts, cm_view_text("task.preservation"), draft->preservations[0].value);
	if (changes || cm_kind_has_task(kind, "LPTask"))
		cm_request_facts_preservation(&preservation, facts);
	else if (cm_kind_has_task(kind, "LDTask"))
		cm_request_facts_disclosure(&disclosure, facts);
}

cm_result
cm_request_draft_read(struct cm_view json, struct cm_report *report, struct cm_facts *facts, enum cm_kind *ret_kind)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) call = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE);
	struct cm_draft CM_CLEANUP(cm_draft_fini) draft = {.preservation_count = 0};
	struct cm_draft_told told = {.document = cm_view_text(CM_REQUEST_DRAFT_ID)};
	cm_buf_text(&call, "{\"draft\":");
	cm_buf_view_add(&call, json);
	cm_buf_text(&call, "}");
	if (cm_buf_result(&call) == CM_REFUSED)
		return cm_report_refuse(report, CM_ERROR_DRAFT_FORM, "draft", "more than %d bytes", CM_LIMIT_MESSAGE_BYTES_VALUE);
	cm_result r = cm_buf_result(&call);
	if (r == CM_OK)
		r = cm_draft_read(cm_buf_view(&call), &told, report, &draft);
	if (r != CM_OK)
		return r;
	enum cm_kind kind = cm_kind_find(draft.doc.kind.p, draft.doc.kind.n);
	if (kind == CM_KIND_NONE)
		return cm_kind_check(draft.doc.kind, report, &kind);
	cm_request_facts_document(&draft.doc, facts);
	cm_request_draft_task(&draft, kind, facts);
	r = cm_facts_result(facts);
	if (r == CM_OK)
		*ret_kind = kind;
	return r;
}
