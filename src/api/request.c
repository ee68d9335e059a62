// Knows: how outsiders have a request document judged. Does not know: the law (domain/request.h) or the document's form
// (format/request_doc.h). Serves include/comity/request.h.
#include "comity/request.h"

#include "api/report_inside.h"
#include "base/mem.h"
#include "domain/kind.h"
#include "domain/request.h"
#include "domain/request_facts.h"
#include "format/request_doc.h"

enum comity_result
comity_request_check(struct comity_view json, struct comity_instant now, struct comity_report *report)
{
	struct cm_report *inside = comity_report_inside(report);
	struct cm_request_doc CM_CLEANUP(cm_request_doc_fini) doc = {0};
	struct cm_facts CM_CLEANUP(cm_facts_fini) facts;
	struct cm_request_told told = {.now = {now.us}};
	cm_facts_init(&facts);
	cm_result r = cm_request_doc_read(comity_inside(json), inside, &doc);
	if (r != CM_OK)
		return comity_result_of(r);
	cm_request_facts_document(&doc, &facts);
	r = cm_facts_result(&facts);
	if (r == CM_OK)
		r = cm_kind_check(doc.kind, inside, &told.kind);
	if (r == CM_OK)
		r = cm_request_check(&facts, &told, inside);
	return comity_result_of(r);
}
