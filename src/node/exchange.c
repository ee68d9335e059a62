// Knows: how an exchange is answered and who asks. Does not know: what is asked (do_*.c).
#include "node/exchange.h"

#include <stdio.h>
#include <string.h>

#include "base/b64.h"
#include "base/hex.h"
#include "base/mem.h"
#include "base/tab_limit.h"
#include "node/keeper_statement.h"
#include "node/upload.h"
#include "proto/problem.h"
#include "proto/shape.h"

void
cm_exchange_answer(struct cm_exchange *ex, struct cm_server_answer *answer)
{
	struct cm_net_request *rq = ex->rq;
	char later[16], allow[sizeof ex->match.allow];
	snprintf(later, sizeof later, "%d", CM_LIMIT_RETRY_AFTER_S_VALUE);
	memcpy(allow, ex->match.allow, sizeof allow);
	if (answer->status == 503)
		cm_server_answer_field(answer, "Retry-After", later);
	if (answer->status == 405)
		cm_server_answer_field(answer, "Allow", allow);
	if (answer->status == 401)
		cm_server_answer_field(answer, "WWW-Authenticate", "Comity-Statement");
	cm_upload_free(ex->upload);
	cm_mem_free(ex);
	cm_server_answer(rq, answer);
}

void
cm_exchange_bytes(struct cm_exchange *ex, unsigned status, const char *type, struct cm_buf *body)
{
	struct cm_server_answer answer = {.status = status, .content_type = type};
	size_t n = 0;
	answer.bytes = cm_buf_take(body, &n);
	answer.length = n;
	if (answer.bytes == NULL)
		answer = (struct cm_server_answer){.status = 503};
	cm_exchange_answer(ex, &answer);
}

void
cm_exchange_problem(struct cm_exchange *ex, cm_result result, const struct cm_report *report)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) body = cm_buf_of(CM_LIMIT_API_ANSWER_BYTES_VALUE);
	unsigned status = cm_problem_status(result, report);
	cm_problem_write(status, report, &body);
	cm_exchange_bytes(ex, status, CM_PROBLEM_TYPE, &body);
}

void
cm_exchange_status(struct cm_exchange *ex, unsigned status)
{
	struct cm_server_answer answer = {.status = status};
	struct cm_buf CM_CLEANUP(cm_buf_fini) body = cm_buf_of(CM_LIMIT_CARD_BYTES_VALUE);
	if (status < 400) {
		cm_exchange_answer(ex, &answer);
		return;
	}
	cm_problem_write(status, NULL, &body);
	cm_exchange_bytes(ex, status, CM_PROBLEM_TYPE, &body);
}

cm_result
cm_exchange_facts(struct cm_exchange *ex, struct cm_report *report, struct cm_facts *ret_facts)
{
	struct cm_view body = cm_server_body(ex->rq);
	enum cm_api_shape shape = cm_shape_call(ex->match.route)->body;
	if (body.n == 0 && cm_shape_may_miss(shape))
		return CM_OK;
	return cm_reader_client_facts(&ex->node->reader, shape, body, report, ret_facts);
}

cm_result
cm_exchange_statement(struct cm_exchange *ex, struct cm_report *report, struct cm_buf *ret_text,
                      struct cm_ipc_statement *ret_statement)
{
	struct cm_view session = cm_server_header(ex->rq, "Comity-Session");
	struct cm_view text = cm_server_header(ex->rq, "Comity-Statement");
	struct cm_view mac = cm_server_header(ex->rq, "Comity-Mac");
	if (session.n == 0 || text.n == 0 || mac.n == 0)
		return cm_report_refuse(report, CM_ERROR_SESSION_MISSING, "header", "%s", "");
	if (!cm_hex_read(session, ret_statement->session, CM_IPC_SESSION_ID) ||
	    !cm_hex_read(mac, ret_statement->mac.b, CM_HASH_SIZE) || !cm_b64_read(text, CM_B64_URL, ret_text))
		return cm_report_refuse(report, CM_ERROR_STATEMENT_FORM, "header", "%s", "");
	ret_statement->text = cm_buf_view(ret_text);
	return CM_OK;
}

cm_result
cm_exchange_person(struct cm_exchange *ex, const struct cm_exchange_who *who, struct cm_report *report,
                   struct cm_ipc_person *ret_person)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) text = cm_buf_of(CM_LIMIT_STATEMENT_BYTES_VALUE);
	struct cm_ipc_statement statement;
	struct cm_keeper_statement said;
	cm_result r = cm_exchange_statement(ex, report, &text, &statement);
	if (r == CM_OK)
		r = cm_keeper_statement_read(statement.text, report, &said);
	if (r != CM_OK)
		return r;
	struct cm_hash digest = who->digest != NULL ? *who->digest : cm_hash_of(cm_server_body(ex->rq));
	const char *act = who->act != NULL ? who->act : cm_route_row(ex->match.route)->name;
	const char *object = ex->match.count > 0 ? ex->match.part[0] : "";
	if (!cm_view_is(said.act, act) || !cm_view_is(said.object, object) || !cm_hash_equal(&said.digest, &digest))
		return cm_report_refuse(report, CM_ERROR_STATEMENT_OTHER, "Comity-Statement", "%.*s of %.*s",
		                        CM_VIEW_ARG(said.act), CM_VIEW_ARG(said.object));
	return cm_keeper_client_act_check(&ex->node->keeper, &statement, report, ret_person);
}
