// Knows: how an act is found again with its receipt to the newest head. Does not know: who asks. Serves read.h.
#include "base/mem.h"
#include "store/act_body.h"
#include "store/inside.h"
#include "store/read.h"

struct cm_store_receipt_page {
	struct cm_arena arena;
	struct cm_store_receipt receipt;
};

void
cm_store_receipt_page_free(struct cm_store_receipt_page *page)
{
	if (page == NULL)
		return;
	cm_arena_fini(&page->arena);
	cm_mem_free(page);
}

void
cm_store_receipt_page_free_at(struct cm_store_receipt_page **at)
{
	cm_store_receipt_page_free(*at);
}

// In one reading transaction, so that head, entries and nodes are of one moment.
static cm_result
cm_store_act_load(struct cm_db *db, uint64_t index, struct cm_store_receipt_page *page, struct cm_report *report,
                  bool *ret_found)
{
	struct cm_merkle_head head;
	struct cm_buf note = cm_buf_of(CM_LIMIT_NOTE_BYTES_VALUE);
	cm_result r = cm_db_do(db, "BEGIN", report);
	if (r == CM_OK) {
		r = cm_log_last_head(db, report, &head, &note);
		struct cm_receipt_load from = {
		        .db = db, .head = &head, .note = cm_buf_view(&note), .arena = &page->arena};
		if (r == CM_OK)
			r = cm_receipt_load_at(&from, index, report, &page->receipt, ret_found);
		cm_result_ignore(cm_db_do(db, "COMMIT", NULL), "nothing was written");
	}
	cm_buf_fini(&note);
	return r;
}

cm_result
cm_store_act_by_index(struct cm_store *store, uint64_t index, struct cm_report *report,
                      struct cm_store_receipt_page **ret_page, const struct cm_store_receipt **ret_receipt)
{
	bool found = false;
	CM_CLEANUP(cm_store_receipt_page_free_at) struct cm_store_receipt_page *page = cm_mem_new(sizeof *page);
	if (page == NULL)
		return CM_NOMEM;
	struct cm_db *db = cm_readers_take(store);
	cm_result r = cm_store_act_load(db, index, page, report, &found);
	cm_readers_give(store, db);
	if (r != CM_OK)
		return r;
	*ret_receipt = found ? &page->receipt : NULL;
	*ret_page = found ? cm_take(&page) : NULL;
	return CM_OK;
}

cm_result
cm_store_act_row(struct cm_store *store, uint64_t index, struct cm_report *report, struct cm_store_receipt_page **ret_page,
                 const struct cm_store_act **ret_act)
{
	struct cm_merkle_head head;
	struct cm_log_act row;
	bool found = false;
	CM_CLEANUP(cm_store_receipt_page_free_at) struct cm_store_receipt_page *page = cm_mem_new(sizeof *page);
	struct cm_store_act *act = page == NULL ? NULL : cm_arena_new(&page->arena, sizeof *act);
	if (act == NULL)
		return CM_NOMEM;
	struct cm_db *db = cm_readers_take(store);
	cm_result r = cm_log_last_head(db, report, &head, NULL);
	if (r == CM_OK && index < head.size)
		r = cm_log_act_at(db, index, &page->arena, report, &row, &found);
	cm_readers_give(store, db);
	if (r == CM_OK && found && !cm_act_body_read(row.body, &act->file))
		r = cm_report_refuse(report, CM_ERROR_STORE_DAMAGED, "act", "%llu", (unsigned long long)index);
	if (r != CM_OK)
		return r;
	act->index = index;
	if (found)
		act->leaf = cm_merkle_leaf(row.entry);
	*ret_act = found ? act : NULL;
	*ret_page = found ? cm_take(&page) : NULL;
	return CM_OK;
}

cm_result
cm_store_act_by_id(struct cm_store *store, struct cm_view id, struct cm_report *report,
                   struct cm_store_receipt_page **ret_page, const struct cm_store_receipt **ret_receipt)
{
	uint64_t index = 0;
	bool found = false;
	struct cm_db *db = cm_readers_take(store);
	cm_result r = cm_log_act_index(db, id, report, &index, &found);
	cm_readers_give(store, db);
	if (r != CM_OK)
		return r;
	return cm_store_act_by_index(store, found ? index : UINT64_MAX, report, ret_page, ret_receipt);
}

cm_result
cm_store_act_indexes(struct cm_store *store, const struct cm_store_ask *ask, struct cm_report *report,
                     uint64_t *ret_indexes, size_t *ret_count)
{
	struct cm_db_stmt *stmt;
	bool more = true;
	size_t n = 0;
	struct cm_db *db = cm_readers_take(store);
	cm_result r = cm_db_stmt(db,
	                         ask->request.n == 0
	                                 ? "SELECT idx FROM act WHERE idx >= ?1 ORDER BY idx LIMIT ?2"
	                                 : "SELECT idx FROM act WHERE request = ?3 AND request <> '' AND idx >= ?1"
	                                   " ORDER BY idx LIMIT ?2",
	                         report, &stmt);
	if (r == CM_OK) {
		cm_db_bind_number(stmt, 1, (int64_t)ask->after_id);
		cm_db_bind_number(stmt, 2, (int64_t)ask->limit);
		if (ask->request.n != 0)
			cm_db_bind_text(stmt, 3, ask->request);
		while (r == CM_OK && n < ask->limit) {
			r = cm_db_step(stmt, report, &more);
			if (r != CM_OK || !more)
				break;
			ret_indexes[n++] = (uint64_t)cm_db_number(stmt, 0);
		}
		cm_db_reset(stmt);
	}
	cm_readers_give(store, db);
	if (r == CM_OK)
		*ret_count = n;
	return r;
}

cm_result
cm_store_head(struct cm_store *store, struct cm_report *report, struct cm_buf *to)
{
	struct cm_merkle_head head;
	struct cm_db *db = cm_readers_take(store);
	cm_result r = cm_log_last_head(db, report, &head, to);
	cm_readers_give(store, db);
	return r;
}
