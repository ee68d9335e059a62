// Knows: how our side of a request is checked on demand: its documents are read again, its law is asked at the step that is named.
// Does not know: the rules (domain/law.h). Serves doc/guide/law.md, section "At a node".
#include "node/lawful.h"

#include "base/mem.h"
#include "base/tab_limit.h"
#include "node/do_json.h"
#include "os/clock.h"
#include "proto/legal.h"

// The step that is asked for; without one the next of our side: before sending ours, before answering one of others.
static cm_result
cm_do_law_stage(struct cm_exchange *ex, bool ours, struct cm_report *report, enum cm_law_stage *ret_stage)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) word = cm_buf_of(CM_LIMIT_CARD_BYTES_VALUE);
	cm_result r = cm_route_query(cm_server_query(ex->rq), "stage", report, &word);
	*ret_stage = ours ? CM_LAW_BEFORE_SEND : CM_LAW_BEFORE_ANSWER;
	if (r == CM_OK && word.n > 0 && !cm_law_stage_read(cm_buf_view(&word), ret_stage))
		return cm_report_refuse(report, CM_ERROR_HTTP_QUERY, "stage", "%s", cm_buf_cstr(&word));
	return r;
}

cm_result
cm_do_law(struct cm_exchange *ex, struct cm_report *report, struct cm_buf *body)
{
	struct cm_json_put put = cm_json_put_of(body);
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_request *row = NULL;
	struct cm_facts CM_CLEANUP(cm_facts_fini) facts;
	struct cm_buf CM_CLEANUP(cm_buf_fini) purpose = cm_buf_of(CM_LIMIT_CARD_BYTES_VALUE);
	struct cm_buf CM_CLEANUP(cm_buf_fini) consent = cm_buf_of(CM_LIMIT_CARD_BYTES_VALUE);
	CM_AUTO struct cm_lawful *lawful = cm_mem_new(sizeof *lawful);
	struct cm_lawful_ask ask = {.now = cm_clock_utc(), .person = ""};
	cm_facts_init(&facts);
	cm_result r = lawful == NULL ? CM_NOMEM
	                             : cm_store_request(ex->node->store, cm_view_text(ex->match.part[0]), report, &page, &row);
	if (r == CM_OK && row == NULL)
		r = cm_report_refuse(report, CM_ERROR_REQUEST_UNKNOWN, "request", "%s", ex->match.part[0]);
	if (r == CM_OK)
		r = cm_do_law_stage(ex, row->ours, report, &ask.stage);
	if (r == CM_OK)
		r = cm_route_query(cm_server_query(ex->rq), "purpose", report, &purpose);
	if (r == CM_OK)
		r = cm_route_query(cm_server_query(ex->rq), "consent", report, &consent);
	if (r == CM_OK)
		r = cm_lawful_facts(ex->node, row, report, &facts);
	if (r != CM_OK)
		return r;
	ask.kind = cm_kind_find(row->kind.p, row->kind.n);
	ask.peer = row->peer;
	ask.matter = row->id;
	ask.ours = row->ours;
	r = cm_lawful_check(ex->node, &facts, &ask, report, lawful);
	if (r != CM_OK)
		return r;
	lawful->told.purpose = cm_buf_view(&purpose);
	lawful->told.consent = cm_buf_view(&consent);
	cm_law_check(&facts, &lawful->told, &lawful->law);
	cm_json_put_object(&put);
	cm_legal_put(&put, &facts, &lawful->told, &lawful->law);
	cm_json_put_member_text(&put, "request", row->id);
	cm_json_put_end_object(&put);
	return CM_OK;
}
