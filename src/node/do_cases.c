// Knows: our own folders of work: those that a person opened, and those that requests name. Does not know: what is in a request
// (do_requests.c).
#include "node/exchange.h"

#include <string.h>

#include "base/mem.h"
#include "base/tab_limit.h"
#include "node/do_json.h"
#include "os/clock.h"

// Walks all requests, newest change first, and calls `each`. A node's own folder of work: thousands, not millions.
static cm_result
cm_do_case_walk(struct cm_node *node, bool (*each)(void *context, const struct cm_store_request *row), void *context,
                struct cm_report *report)
{
	struct cm_store_page *last = NULL;
	struct cm_store_ask ask = {.limit = CM_LIMIT_STORE_PAGE_VALUE};
	cm_result r = CM_OK;
	for (bool more = true; r == CM_OK && more;) {
		struct cm_store_page *page = NULL;
		const struct cm_store_request *rows = NULL;
		size_t n = 0;
		r = cm_store_requests(node->store, &ask, report, &page, &rows, &n);
		more = r == CM_OK && n == CM_LIMIT_STORE_PAGE_VALUE;
		for (size_t i = 0; r == CM_OK && i < n; i++)
			more = each(context, &rows[i]) && more;
		if (more) {
			ask.after = rows[n - 1].id;
			ask.after_time = rows[n - 1].changed;
		}
		cm_store_page_free(last);
		last = page;
	}
	cm_store_page_free(last);
	return r;
}

struct cm_do_case_one {
	struct cm_json_put *put;
	struct cm_view id;
	size_t found;
};

static bool
cm_do_case_member(void *context, const struct cm_store_request *row)
{
	struct cm_do_case_one *one = context;
	if (!cm_view_equal(row->case_id, one->id))
		return true;
	one->found++;
	cm_json_put_object(one->put);
	cm_do_json_time(one->put, "changed_at", row->changed);
	cm_json_put_member_text(one->put, "kind", row->kind);
	cm_json_put_member_text(one->put, "peer", row->peer);
	cm_do_json_time(one->put, "preserved_until", row->until);
	cm_json_put_member_text(one->put, "request", row->id);
	cm_json_put_member_text(one->put, "state", row->state);
	cm_json_put_member_text(one->put, "title", row->title);
	cm_json_put_end_object(one->put);
	return true;
}

static cm_result
cm_do_case_show(struct cm_exchange *ex, struct cm_report *report, struct cm_buf *body)
{
	struct cm_json_put put = cm_json_put_of(body);
	struct cm_do_case_one one = {.put = &put, .id = cm_view_text(ex->match.part[0])};
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_folder *folder = NULL;
	cm_result r = cm_store_folder(ex->node->store, one.id, report, &page, &folder);
	if (r != CM_OK)
		return r;
	cm_json_put_object(&put);
	cm_json_put_member_text(&put, "case", one.id);
	if (folder != NULL) {
		cm_do_json_time(&put, "opened_at", folder->created);
		cm_json_put_member_text(&put, "opened_by", folder->person);
	}
	cm_json_put_name(&put, "requests");
	cm_json_put_array(&put);
	r = cm_do_case_walk(ex->node, cm_do_case_member, &one, report);
	cm_json_put_end_array(&put);
	if (folder != NULL)
		cm_json_put_member_text(&put, "title", folder->title);
	cm_json_put_end_object(&put);
	if (r == CM_OK && one.found == 0 && folder == NULL)
		r = cm_report_refuse(report, CM_ERROR_CASE_UNKNOWN, "case", "%s", ex->match.part[0]);
	return r;
}

struct cm_do_case_list {
	struct cm_buf seen; // "id\n" of every case so far
	struct cm_json_put *put;
};

// Those that a person opened, by their names.
static cm_result
cm_do_case_folders(struct cm_node *node, struct cm_do_case_list *list, struct cm_report *report)
{
	struct cm_store_ask ask = {.limit = CM_LIMIT_STORE_PAGE_VALUE};
	struct cm_store_page *last = NULL;
	cm_result r = CM_OK;
	for (size_t n = CM_LIMIT_STORE_PAGE_VALUE; r == CM_OK && n == CM_LIMIT_STORE_PAGE_VALUE;) {
		struct cm_store_page *page = NULL;
		const struct cm_store_folder *rows = NULL;
		r = cm_store_folders(node->store, &ask, report, &page, &rows, &n);
		for (size_t i = 0; r == CM_OK && i < n; i++) {
			cm_buf_view_add(&list->seen, rows[i].id);
			cm_buf_u8(&list->seen, '\n');
			cm_json_put_object(list->put);
			cm_json_put_member_text(list->put, "case", rows[i].id);
			cm_do_json_time(list->put, "changed_at", rows[i].created);
			cm_json_put_member_text(list->put, "title", rows[i].title);
			cm_json_put_end_object(list->put);
			ask.after = rows[i].id;
		}
		cm_store_page_free(last);
		last = page;
	}
	cm_store_page_free(last);
	return r;
}

static bool
cm_do_case_list_one(void *context, const struct cm_store_request *row)
{
	struct cm_do_case_list *list = context;
	struct cm_buf CM_CLEANUP(cm_buf_fini) line = cm_buf_of(CM_LIMIT_CARD_BYTES_VALUE);
	cm_buf_u8(&line, '\n');
	cm_buf_view_add(&line, row->case_id);
	cm_buf_u8(&line, '\n');
	if (row->case_id.n == 0 || memmem(list->seen.p, list->seen.n, line.p, line.n) != NULL)
		return true;
	cm_buf_view_add(&list->seen, cm_view_part(cm_buf_view(&line), 1, line.n));
	cm_json_put_object(list->put);
	cm_json_put_member_text(list->put, "case", row->case_id);
	cm_do_json_time(list->put, "changed_at", row->changed);
	cm_json_put_member_text(list->put, "title", row->title);
	cm_json_put_end_object(list->put);
	return cm_buf_result(&list->seen) == CM_OK;
}

static cm_result
cm_do_case_all(struct cm_exchange *ex, struct cm_report *report, struct cm_buf *body)
{
	struct cm_json_put put = cm_json_put_of(body);
	struct cm_do_case_list list = {.seen = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE), .put = &put};
	cm_buf_u8(&list.seen, '\n');
	cm_json_put_object(&put);
	cm_json_put_name(&put, "cases");
	cm_json_put_array(&put);
	cm_result r = cm_do_case_folders(ex->node, &list, report);
	if (r == CM_OK)
		r = cm_do_case_walk(ex->node, cm_do_case_list_one, &list, report);
	cm_json_put_end_array(&put);
	cm_json_put_end_object(&put);
	cm_buf_fini(&list.seen);
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
	struct cm_buf CM_CLEANUP(cm_buf_fini) unused = cm_buf_of(CM_LIMIT_API_ANSWER_BYTES_VALUE);
	struct cm_json_put put = cm_json_put_of(&unused);
	const struct cm_store_folder *folder = NULL;
	struct cm_do_case_one one = {.put = &put, .id = id};
	cm_result r = cm_store_folder(node->store, id, report, &page, &folder);
	cm_json_put_array(&put);
	if (r == CM_OK)
		r = cm_do_case_walk(node, cm_do_case_member, &one, report);
	if (r == CM_OK && (folder != NULL || one.found > 0))
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
