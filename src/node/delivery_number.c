// Knows: what was delivered for a request before. Does not know: what is in it, or whether more may follow (domain/move).
// Serves section 2 of doc/spec/profile.md: DeliveryID, SequenceNumber.
#include "node/delivery_number.h"

#include <stdio.h>

#include "base/tab_limit.h"

// A later one counts from the greatest number so far, so that one which was told as faulty keeps its own.
cm_result
cm_delivery_number(struct cm_node *node, const struct cm_store_delivery *row, struct cm_arena *arena,
                   struct cm_report *report, struct cm_view *ret_series, uint64_t *ret_sequence)
{
	struct cm_store_ask ask = {.request = row->request, .limit = CM_LIMIT_STORE_PAGE_VALUE};
	struct cm_view series = row->delivery_id;
	char after[40];
	int64_t greatest = 0;
	size_t n = ask.limit;
	while (n == ask.limit) {
		struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
		const struct cm_store_delivery *rows = NULL;
		cm_result r = cm_store_deliveries(node->store, &ask, report, &page, &rows, &n);
		if (r != CM_OK)
			return r;
		for (size_t i = 0; i < n; i++) {
			if (rows[i].ours && !cm_view_is(rows[i].state, "packed") && rows[i].sequence > greatest) {
				greatest = rows[i].sequence;
				series = cm_arena_copy(arena, rows[i].delivery_id);
			}
			snprintf(after, sizeof after, "%.*s", CM_VIEW_ARG(rows[i].id));
			ask.after = cm_view_text(after);
			ask.after_time = rows[i].created;
		}
	}
	if (arena->failed)
		return CM_NOMEM;
	*ret_series = series;
	*ret_sequence = (uint64_t)greatest + 1;
	return CM_OK;
}
