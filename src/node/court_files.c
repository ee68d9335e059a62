// Knows: which of our records belong to a request and go into its court bundle (doc/spec/package.md, section 6). Does not
// know: what is in the package.
#include "node/opening.h"

#include <stdio.h>

#include "base/mem.h"
#include "base/tab_limit.h"
#include "format/act.h"

#define CM_COURT_ACTS 256 // of one request

static void
cm_court_put(struct cm_buf *to, const char *name, struct cm_view bytes)
{
	cm_buf_field(to, cm_view_text(name));
	cm_buf_field(to, bytes);
}

static cm_result
cm_court_card(struct cm_node *node, struct cm_view peer, struct cm_report *report, struct cm_buf *to)
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_peer *row = NULL;
	char name[CM_X509_NODE + 32];
	snprintf(name, sizeof name, "cards/%s.json", node->name.whole);
	cm_court_put(to, name, cm_buf_view(&node->card));
	cm_result r = cm_store_peer(node->store, peer, report, &page, &row);
	if (r == CM_OK && row != NULL && row->card.n > 0) {
		snprintf(name, sizeof name, "cards/%.*s.json", CM_VIEW_ARG(peer));
		cm_court_put(to, name, row->card);
	}
	return r;
}

static void
cm_court_artifact(const struct cm_store_artifact *row, struct cm_buf *to)
{
	char name[CM_X509_NODE + 64];
	snprintf(name, sizeof name, "messages/%06llu.%s.json", (unsigned long long)row->id,
	         row->direction == CM_STORE_IN ? "received" : "sent");
	cm_court_put(to, name, row->bytes);
}

// A message and its answer.
static cm_result
cm_court_transaction(struct cm_node *node, struct cm_view transaction, struct cm_report *report, struct cm_buf *to)
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_artifact *rows = NULL;
	size_t n = 0;
	struct cm_store_ask ask = {
	        .request = transaction, .kind = cm_view_text("hi1"), .limit = CM_LIMIT_STORE_PAGE_VALUE};
	cm_result r = cm_store_artifacts(node->store, &ask, report, &page, &rows, &n);
	for (size_t i = 0; r == CM_OK && i < n; i++)
		cm_court_artifact(&rows[i], to);
	return r;
}

// What announced the evidence to us.
static cm_result
cm_court_announced(struct cm_node *node, const struct cm_store_delivery *evidence, struct cm_report *report,
                   struct cm_buf *to)
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_artifact *row = NULL;
	if (evidence->ours || evidence->message == 0)
		return CM_OK;
	cm_result r = cm_store_artifact(node->store, evidence->message, report, &page, &row);
	if (r == CM_OK && row != NULL)
		cm_court_artifact(row, to);
	return r;
}

static cm_result
cm_court_messages(struct cm_node *node, const struct cm_store_delivery *evidence, struct cm_report *report,
                  struct cm_buf *to)
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_outbox *rows = NULL;
	size_t n = 0;
	struct cm_store_ask ask = {.request = evidence->request, .limit = CM_LIMIT_STORE_PAGE_VALUE};
	cm_result r = cm_store_outboxes(node->store, &ask, report, &page, &rows, &n);
	for (size_t i = 0; r == CM_OK && i < n; i++)
		r = cm_court_transaction(node, rows[i].transaction, report, to);
	return r == CM_OK ? cm_court_announced(node, evidence, report, to) : r;
}

static cm_result
cm_court_act(struct cm_node *node, uint64_t index, struct cm_report *report, struct cm_buf *to)
{
	struct cm_store_receipt_page CM_CLEANUP(cm_store_receipt_page_free_at) *page = NULL;
	const struct cm_store_receipt *receipt = NULL;
	struct cm_buf CM_CLEANUP(cm_buf_fini) text = cm_buf_of(CM_LIMIT_ACT_BYTES_VALUE);
	char name[CM_X509_NODE + 96];
	cm_result r = cm_store_act_by_index(node->store, index, report, &page, &receipt);
	if (r != CM_OK || receipt == NULL)
		return r;
	struct cm_view act = receipt->act->file.slots[CM_ACT_SLOT(CM_ACT_FIELD_ACT)].value;
	r = cm_act_write(&receipt->act->file, &text);
	if (r != CM_OK)
		return r;
	snprintf(name, sizeof name, "acts/%.*s.%s.json", CM_VIEW_ARG(act), node->name.whole);
	cm_court_put(to, name, cm_buf_view(&text));
	snprintf(name, sizeof name, "proofs/%.*s.%s.tlog-proof", CM_VIEW_ARG(act), node->name.whole);
	cm_court_put(to, name, receipt->proof);
	return CM_OK;
}

cm_result
cm_court_files(struct cm_node *node, const struct cm_store_delivery *evidence, struct cm_report *report,
               struct cm_buf *to)
{
	uint64_t indexes[CM_COURT_ACTS];
	size_t n = 0;
	struct cm_store_ask ask = {.request = evidence->request, .limit = CM_COURT_ACTS};
	cm_result r = cm_court_card(node, evidence->peer, report, to);
	if (r == CM_OK)
		r = cm_court_messages(node, evidence, report, to);
	if (r == CM_OK)
		r = cm_store_act_indexes(node->store, &ask, report, indexes, &n);
	for (size_t i = 0; r == CM_OK && i < n; i++)
		r = cm_court_act(node, indexes[i], report, to);
	return r == CM_OK ? cm_buf_result(to) : r;
}
