// Knows: our own folders of work: those that a person opened, and those that requests name. Does not know: what is in a request
// (do_requests.c).
#include "node/exchange.h"

#include <string.h>

#include "base/mem.h"
#include "base/tab_limit.h"
#include "node/do_json.h"
#include "os/clock.h"

static void
cm_do_case_member(struct cm_json_put *put, const struct cm_store_request *row)
{
	cm_json_put_object(put);
	cm_do_json_time(put, "changed_at", row->changed);
	cm_json_put_member_text(put, "kind", row->kind);
	cm_json_put_member_text(put, "peer", row->peer);
	cm_do_json_time(put, "preserved_until", row->until);
	cm_json_put_member_text(put, "relates_to", row->relates);
	cm_json_put_member_text(put, "request", row->id);
	cm_json_put_member_text(put, "state", row->state);
	cm_json_put_member_text(put, "title", row->title);
	cm_json_put_end_object(put);
}

// A page of the requests of a case: members `next` and `requests`.
static cm_result
cm_do_case_requests(struct cm_exchange *ex, struct cm_json_put *put, struct cm_report *report, size_t *ret_count)
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	struct cm_buf CM_CLEANUP(cm_buf_fini) after = cm_buf_of(CM_LIMIT_CARD_BYTES_VALUE);
	struct cm_store_request_list list = {.count = 0};
	struct cm_store_ask ask = {.case_id = cm_view_text(ex->match.part[0])};
	cm_result r = cm_do_page(ex, CM_LIMIT_STORE_PAGE_VALUE, report, &ask.limit);
	*ret_count = 0;
	if (r == CM_OK)
		r = cm_do_place(ex, report, &after, &ask);
	if (r == CM_OK)
		r = cm_store_requests(ex->node->store, &ask, report, &page, &list);
	if (r != CM_OK)
		return r;
	*ret_count = list.count;
	cm_do_put_next(put, &list);
	cm_json_put_name(put, "requests");
	cm_json_put_array(put);
	for (size_t i = 0; i < list.count; i++)
		cm_do_case_member(put, &list.rows[i]);
	cm_json_put_end_array(put);
	return CM_OK;
}

static cm_result
cm_do_case_show(struct cm_exchange *ex, struct cm_report *report, struct cm_buf *body)
{
	struct cm_json_put put = cm_json_put_of(body);
	struct cm_view id = cm_view_text(ex->match.part[0]);
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_folder *folder = NULL;
	size_t n = 0;
	cm_result r = cm_store_folder(ex->node->store, id, report, &page, &folder);
	if (r != CM_OK)
		return r;
	cm_json_put_object(&put);
	cm_json_put_member_text(&put, "case", id);
	if (folder != NULL) {
		cm_do_json_time(&put, "opened_at", folder->created);
		cm_json_put_member_text(&put, "opened_by", folder->person);
	}
	r = cm_do_case_requests(ex, &put, report, &n);
	if (folder != NULL)
		cm_json_put_member_text(&put, "title", folder->title);
	cm_json_put_end_object(&put);
	if (r == CM_OK && n == 0 && folder == NULL)
		r = cm_report_refuse(report, CM_ERROR_CASE_UNKNOWN, "case", "%s", ex->match.part[0]);
	return r;
}

// -- all of them, by name ------------------------------------------------------------------------------------------

// The case after `after` that requests name: its newest request.
static cm_result
cm_do_case_next(struct cm_node *node, struct cm_view after, struct cm_report *report, struct cm_store_page **ret_page,
                const struct cm_store_request **ret_row)
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_request *row = NULL;
	struct cm_store_ask ask = {.after = after, .limit = 1};
	struct cm_store_request_list list = {.count = 0};
	size_t n = 0;
	cm_result r = cm_store_cases(node->store, &ask, report, &page, &row, &n);
	*ret_row = NULL;
	if (r != CM_OK || n == 0)
		return r;
	ask = (struct cm_store_ask){.case_id = row->case_id, .limit = 1};
	r = cm_store_requests(node->store, &ask, report, ret_page, &list);
	if (r == CM_OK && list.count > 0)
		*ret_row = list.rows;
	return r;
}

static cm_result
cm_do_case_folder_next(struct cm_node *node, struct cm_view after, struct cm_report *report, struct cm_store_page **ret_page,
                       const struct cm_store_folder **ret_row)
{
	struct cm_store_ask ask = {.after = after, .limit = 1};
	size_t n = 0;
	cm_result r = cm_store_folders(node->store, &ask, report, ret_page, ret_row, &n);
	if (n == 0)
		*ret_row = NULL;
	return r;
}

// One case after `after`: of those that a person opened and those that requests name the first; `after` becomes its name,
// empty at the end.
static cm_result
cm_do_case_put_next(struct cm_node *node, struct cm_buf *after, struct cm_json_put *put, struct cm_report *report)
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page2 = NULL;
	const struct cm_store_request *request = NULL;
	const struct cm_store_folder *folder = NULL;
	cm_result r = cm_do_case_next(node, cm_buf_view(after), report, &page, &request);
	if (r == CM_OK)
		r = cm_do_case_folder_next(node, cm_buf_view(after), report, &page2, &folder);
	if (r != CM_OK)
		return r;
	cm_buf_clear(after);
	if (request == NULL && folder == NULL)
		return CM_OK;
	int order = request == NULL ? 1 : folder == NULL ? -1 : cm_view_order(request->case_id, folder->id);
	struct cm_instant changed = order <= 0 ? request->changed : folder->created;
	cm_buf_view_add(after, order < 0 ? request->case_id : folder->id);
	cm_json_put_object(put);
	cm_json_put_member_text(put, "case", cm_buf_view(after));
	cm_do_json_time(put, "changed_at", changed);
	cm_json_put_member_text(put, "title", order < 0 ? request->title : folder->title);
	cm_json_put_end_object(put);
	return CM_OK;
}

static cm_result
cm_do_case_all(struct cm_exchange *ex, struct cm_report *report, struct cm_buf *body)
{
	struct cm_json_put put = cm_json_put_of(body);
	struct cm_buf CM_CLEANUP(cm_buf_fini) after = cm_buf_of(CM_LIMIT_CARD_BYTES_VALUE);
	size_t limit = 0;
	cm_result r = cm_do_page(ex, 50, report, &limit);
	if (r == CM_OK)
		r = cm_route_query(cm_server_query(ex->rq), "after", report, &after);
	cm_json_put_object(&put);
	cm_json_put_name(&put, "cases");
	cm_json_put_array(&put);
	bool more = r == CM_OK;
	for (size_t i = 0; more && i < limit; i++) {
		r = cm_do_case_put_next(ex->node, &after, &put, report);
		more = r == CM_OK && after.n > 0;
	}
	cm_json_put_end_array(&put);
	cm_json_put_name(&put, "next");
	if (more)
		cm_json_put_text(&put, cm_buf_view(&after));
	else
		cm_json_put_null(&put);
	cm_json_put_end_object(&put);
	return r;
}

// A name that can stand in the path of a call, as it is.
static bool
cm_do_case_name_may(struct cm_view id)
{
	for (size_t i = 0; i < id.n; i++) {
		uint8_t c = id.p[i];
		if ((c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && strchr("-._~", c) == NULL)
			return false;
	}
	return id.n > 0 && id.n <= CM_LIMIT_CASE_NAME_VALUE;
}

static cm_result
cm_do_case_free(struct cm_node *node, struct cm_view id, struct cm_report *report)
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page2 = NULL;
	const struct cm_store_folder *folder = NULL;
	struct cm_store_request_list list = {.count = 0};
	struct cm_store_ask ask = {.case_id = id, .limit = 1};
	cm_result r = cm_store_folder(node->store, id, report, &page, &folder);
	if (r == CM_OK)
		r = cm_store_requests(node->store, &ask, report, &page2, &list);
	if (r == CM_OK && (folder != NULL || list.count > 0))
		r = cm_report_refuse(report, CM_ERROR_CASE_EXISTS, "/case", "%.*s", CM_VIEW_ARG(id));
	return r;
}

static cm_result
cm_do_case_create(struct cm_exchange *ex, struct cm_report *report, struct cm_buf *body)
{
	struct cm_facts CM_CLEANUP(cm_facts_fini) facts;
	struct cm_json_put put = cm_json_put_of(body);
	struct cm_store_folder row = {.created = cm_clock_utc()};
	struct cm_ipc_person person;
	cm_facts_init(&facts);
	cm_result r = cm_exchange_person(ex, &(struct cm_exchange_who){.act = NULL}, report, &person);
	if (r == CM_OK)
		r = cm_exchange_facts(ex, report, &facts);
	if (r == CM_OK && (!cm_facts_find(&facts, "case", &row.id) || !cm_facts_find(&facts, "title", &row.title) ||
	                   !cm_do_case_name_may(row.id) || row.title.n == 0))
		r = cm_report_refuse(report, CM_ERROR_API_MEMBER, "/case, /title", "%.*s", CM_VIEW_ARG(row.id));
	if (r == CM_OK)
		r = cm_do_case_free(ex->node, row.id, report);
	struct cm_change CM_CLEANUP(cm_change_free_at) *change = cm_change_new(row.created);
	if (r == CM_OK && change == NULL)
		r = CM_NOMEM;
	if (r != CM_OK)
		return r;
	row.person = cm_view_text(person.id);
	cm_change_folder(change, &row);
	cm_json_put_object(&put);
	cm_json_put_member_text(&put, "case", row.id);
	cm_json_put_member_text(&put, "title", row.title);
	cm_json_put_end_object(&put);
	return cm_store_submit_wait(ex->node->store, cm_take(&change), report, NULL, NULL);
}

void
cm_do_cases(struct cm_exchange *ex)
{
	struct cm_report report = {0};
	struct cm_buf CM_CLEANUP(cm_buf_fini) body = cm_buf_of(CM_LIMIT_API_ANSWER_BYTES_VALUE);
	enum cm_route route = ex->match.route;
	cm_result r = route == CM_ROUTE_API_CASE_CREATE ? cm_do_case_create(ex, &report, &body)
	              : route == CM_ROUTE_API_CASE_LIST ? cm_do_case_all(ex, &report, &body)
	                                                : cm_do_case_show(ex, &report, &body);
	if (r != CM_OK)
		cm_exchange_problem(ex, r, &report);
	else
		cm_do_json(ex, (unsigned)cm_route_row(route)->status, &body);
}
