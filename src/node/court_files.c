// Knows: which of our records belong to a piece of evidence and go into its court bundle (doc/spec/package.md, section 6):
// the request that it answers and the preservation before it, the cards, every act about them with its proof. Does not
// know: what is in the package.
#include "node/court.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/tab_limit.h"
#include "os/clock.h"

static void
cm_court_free_at(struct cm_court **at)
{
	if (*at != NULL)
		cm_arena_fini(&(*at)->arena);
	cm_mem_free(*at);
}

void
cm_court_put(struct cm_court *court, const char *name, struct cm_view bytes)
{
	cm_buf_field(court->to, cm_view_text(name));
	cm_buf_field(court->to, bytes);
}

struct cm_view
cm_court_value(const struct cm_court_act *act, enum cm_act_field field)
{
	return act->value[CM_ACT_SLOT(field)];
}

// -- the requests --------------------------------------------------------------------------------------------------

// The request that a preservation's task belongs to; "" when we do not know it.
static cm_result
cm_court_parent(struct cm_court *court, struct cm_view task, struct cm_report *report, char to[40])
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_object *row = NULL;
	to[0] = 0;
	cm_result r = task.n == 0 ? CM_OK : cm_store_object(court->node->store, task, report, &page, &row);
	if (r == CM_OK && row != NULL && row->request.n < 40)
		snprintf(to, 40, "%.*s", CM_VIEW_ARG(row->request));
	return r;
}

// Keeps one request; `ret_parent` gets the id of the one before it.
static cm_result
cm_court_request(struct cm_court *court, const char *id, struct cm_report *report, char ret_parent[40])
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_request *row = NULL;
	ret_parent[0] = 0;
	cm_result r = cm_store_request(court->node->store, cm_view_text(id), report, &page, &row);
	if (r != CM_OK || row == NULL || !cm_view_equal(row->peer, court->evidence->peer))
		return r;
	struct cm_arena *arena = &court->arena;
	court->requests[court->request_count++] = (struct cm_court_request){
	        .id = cm_arena_copy(arena, row->id),
	        .kind = cm_arena_copy(arena, row->kind),
	        .state = cm_arena_copy(arena, row->state),
	        .title = cm_arena_copy(arena, row->title),
	        .reference = cm_arena_copy(arena, row->reference),
	        .their_reference = cm_arena_copy(arena, row->their_reference),
	        .peer = cm_arena_copy(arena, row->peer),
	        .ours = row->ours,
	        .created = row->created,
	        .until = row->until,
	};
	return cm_court_parent(court, row->parent, report, ret_parent);
}

static bool
cm_court_has_request(const struct cm_court *court, const char *id)
{
	for (size_t i = 0; i < court->request_count; i++)
		if (cm_view_is(court->requests[i].id, id))
			return true;
	return false;
}

static cm_result
cm_court_requests(struct cm_court *court, struct cm_report *report)
{
	char id[40], parent[40];
	snprintf(id, sizeof id, "%.*s", CM_VIEW_ARG(court->evidence->request));
	while (*id != 0 && court->request_count < CM_LIMIT_COURT_REQUESTS_VALUE && !cm_court_has_request(court, id)) {
		cm_result r = cm_court_request(court, id, report, parent);
		if (r != CM_OK)
			return r;
		memcpy(id, parent, sizeof id);
	}
	for (size_t i = 0; i < court->request_count / 2; i++) {
		struct cm_court_request first = court->requests[i];
		court->requests[i] = court->requests[court->request_count - 1 - i];
		court->requests[court->request_count - 1 - i] = first;
	}
	return court->arena.failed ? CM_NOMEM : CM_OK;
}

// -- cards ---------------------------------------------------------------------------------------------------------

// The present card of a node, then those it had before: each holds the certificate of what was signed in its time.
static cm_result
cm_court_cards_of(struct cm_court *court, struct cm_view node, struct cm_view card, struct cm_report *report)
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_artifact *rows = NULL;
	struct cm_hash present = cm_hash_of(card);
	char name[CM_X509_NODE + 64];
	size_t n = 0, number = 0;
	struct cm_store_ask ask = {.request = node, .kind = cm_view_text("card"), .limit = CM_LIMIT_COURT_CARDS_VALUE + 1};
	snprintf(name, sizeof name, "cards/%.*s.json", CM_VIEW_ARG(node));
	cm_court_put(court, name, card);
	cm_result r = cm_store_artifacts(court->node->store, &ask, report, &page, &rows, &n);
	for (size_t i = 0; r == CM_OK && i < n; i++) {
		if (cm_hash_equal(&rows[i].sha256, &present))
			continue;
		snprintf(name, sizeof name, "cards/%.*s.%zu.json", CM_VIEW_ARG(node), ++number);
		cm_court_put(court, name, rows[i].bytes);
	}
	court->cards += number + 1;
	if (r == CM_OK && court->cards > CM_LIMIT_COURT_CARDS_VALUE)
		r = cm_report_refuse(report, CM_ERROR_ZIP_TOO_MANY_ENTRIES, "court/cards", "more than %u cards",
		                     (unsigned)CM_LIMIT_COURT_CARDS_VALUE);
	return r;
}

static cm_result
cm_court_cards(struct cm_court *court, struct cm_report *report)
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_peer *row = NULL;
	cm_result r = cm_court_cards_of(court, cm_view_text(court->node->name.whole), cm_buf_view(&court->node->card), report);
	if (r == CM_OK)
		r = cm_store_peer(court->node->store, court->evidence->peer, report, &page, &row);
	if (r == CM_OK && row != NULL && row->card.n > 0)
		r = cm_court_cards_of(court, court->evidence->peer, row->card, report);
	return r;
}

// -- acts ----------------------------------------------------------------------------------------------------------

static cm_result
cm_court_act(struct cm_court *court, uint64_t index, size_t request, struct cm_report *report)
{
	struct cm_store_receipt_page CM_CLEANUP(cm_store_receipt_page_free_at) *page = NULL;
	const struct cm_store_receipt *receipt = NULL;
	struct cm_buf CM_CLEANUP(cm_buf_fini) text = cm_buf_of(CM_LIMIT_ACT_BYTES_VALUE);
	char name[CM_X509_NODE + 96];
	cm_result r = cm_store_act_by_index(court->node->store, index, report, &page, &receipt);
	if (r != CM_OK || receipt == NULL)
		return r;
	struct cm_court_act *act = &court->acts[court->act_count++];
	*act = (struct cm_court_act){.index = index, .request = request};
	for (size_t i = 0; i < CM_ACT_SLOTS; i++)
		if (receipt->act->file.slots[i].open)
			act->value[i] = cm_arena_copy(&court->arena, receipt->act->file.slots[i].value);
	r = court->arena.failed ? CM_NOMEM : cm_act_write(&receipt->act->file, &text);
	if (r != CM_OK)
		return r;
	struct cm_view id = cm_court_value(act, CM_ACT_FIELD_ACT);
	snprintf(name, sizeof name, "acts/%.*s.%s.json", CM_VIEW_ARG(id), court->node->name.whole);
	cm_court_put(court, name, cm_buf_view(&text));
	snprintf(name, sizeof name, "proofs/%.*s.%s.tlog-proof", CM_VIEW_ARG(id), court->node->name.whole);
	cm_court_put(court, name, receipt->proof);
	return CM_OK;
}

static int
cm_court_act_order(const void *a, const void *b)
{
	const struct cm_court_act *x = a, *y = b;
	return x->index < y->index ? -1 : x->index > y->index;
}

static cm_result
cm_court_acts(struct cm_court *court, struct cm_report *report)
{
	uint64_t indexes[CM_LIMIT_COURT_ACTS_VALUE + 1]; // one more than may be shows that something would be left out
	cm_result r = CM_OK;
	for (size_t k = 0; r == CM_OK && k < court->request_count; k++) {
		size_t n = 0;
		struct cm_store_ask ask = {.request = court->requests[k].id, .limit = sizeof indexes / sizeof *indexes};
		r = cm_store_act_indexes(court->node->store, &ask, report, indexes, &n);
		if (r == CM_OK && court->act_count + n > CM_LIMIT_COURT_ACTS_VALUE)
			r = cm_report_refuse(report, CM_ERROR_ZIP_TOO_MANY_ENTRIES, "court/acts", "more than %u acts",
			                     (unsigned)CM_LIMIT_COURT_ACTS_VALUE);
		for (size_t i = 0; r == CM_OK && i < n; i++)
			r = cm_court_act(court, indexes[i], k, report);
	}
	qsort(court->acts, court->act_count, sizeof *court->acts, cm_court_act_order);
	return r;
}

cm_result
cm_court_files(struct cm_node *node, const struct cm_store_delivery *evidence, struct cm_report *report,
               struct cm_buf *to)
{
	struct cm_court CM_CLEANUP(cm_court_free_at) *court = cm_mem_new(sizeof *court);
	if (court == NULL)
		return CM_NOMEM;
	court->node = node;
	court->evidence = evidence;
	court->now = cm_clock_utc();
	court->to = to;
	cm_result r = cm_court_requests(court, report);
	if (r == CM_OK)
		r = cm_court_cards(court, report);
	if (r == CM_OK)
		r = cm_court_acts(court, report);
	if (r == CM_OK)
		r = cm_court_messages(court, report);
	if (r == CM_OK)
		r = cm_court_custody(court, report);
	if (r == CM_OK)
		r = cm_court_report(court, report);
	return r == CM_OK ? cm_buf_result(to) : r;
}
