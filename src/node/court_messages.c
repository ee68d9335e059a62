// Knows: which messages a bundle holds: each one that an act of the path names, what was answered to it, and the receipts
// that the other node gave for our requests. Does not know: what they say; their bytes go in as they are.
#include "node/court.h"

#include <stdio.h>

#include "base/hex.h"
#include "base/mem.h"
#include "base/tab_limit.h"

static void
cm_court_message_name(struct cm_court *court, const char *direction, struct cm_view transaction, char to[96])
{
	struct cm_view id = cm_view_part(transaction, 0, 36);
	snprintf(to, 96, "messages/%03u-%s-%.*s.json", ++court->number, direction, CM_VIEW_ARG(id));
}

static cm_result
cm_court_message_room(const struct cm_court *court, struct cm_report *report)
{
	return court->message_count < CM_LIMIT_COURT_MESSAGES_VALUE
	               ? CM_OK
	               : cm_report_refuse(report, CM_ERROR_ZIP_TOO_MANY_ENTRIES, "court/messages",
	                                  "more than %u messages", (unsigned)CM_LIMIT_COURT_MESSAGES_VALUE);
}

// What we answered to a message of the peer; answers are kept for 60 days.
static cm_result
cm_court_message_reply(struct cm_court *court, const struct cm_store_artifact *row, struct cm_report *report)
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_reply *reply = NULL;
	char name[96];
	if (row->direction != CM_STORE_IN)
		return CM_OK;
	cm_result r = cm_store_reply(court->node->store, row->peer, row->name, report, &page, &reply);
	if (r != CM_OK || reply == NULL || reply->answer.n == 0)
		return r;
	cm_court_message_name(court, "sent", row->name, name);
	cm_court_put(court, name, reply->answer);
	return CM_OK;
}

static cm_result
cm_court_message(struct cm_court *court, const struct cm_store_artifact *row, struct cm_report *report)
{
	char name[96];
	for (size_t i = 0; i < court->message_count; i++)
		if (court->messages[i] == row->id)
			return CM_OK;
	cm_result r = cm_court_message_room(court, report);
	if (r != CM_OK)
		return r;
	court->messages[court->message_count++] = row->id;
	cm_court_message_name(court, row->direction == CM_STORE_IN ? "received" : "sent", row->name, name);
	cm_court_put(court, name, row->bytes);
	return cm_court_message_reply(court, row, report);
}

// The message and, under the same transaction, the answer that came to it.
static cm_result
cm_court_message_pair(struct cm_court *court, const struct cm_store_artifact *message, struct cm_report *report)
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_artifact *rows = NULL;
	size_t n = 0;
	struct cm_store_ask ask = {.request = message->name,
	                           .peer = court->evidence->peer,
	                           .kind = cm_view_text("hi1"),
	                           .limit = CM_LIMIT_STORE_PAGE_VALUE};
	cm_result r = cm_court_message(court, message, report);
	if (r == CM_OK && message->name.n > 0)
		r = cm_store_artifacts(court->node->store, &ask, report, &page, &rows, &n);
	for (size_t i = 0; r == CM_OK && i < n; i++)
		r = cm_court_message(court, &rows[i], report);
	return r;
}

static cm_result
cm_court_message_of(struct cm_court *court, const struct cm_court_act *act, struct cm_report *report)
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_artifact *row = NULL;
	struct cm_hash sha256;
	if (!cm_hex_read(cm_court_value(act, CM_ACT_FIELD_ARTIFACT), sha256.b, sizeof sha256.b))
		return CM_OK; // the act names none
	cm_result r = cm_store_artifact_of_act(court->node->store, act->index, &sha256, report, &page, &row);
	if (r != CM_OK || row == NULL || !cm_view_is(row->media, "hi1"))
		return r;
	return cm_court_message_pair(court, row, report);
}

// Receipts of the peer: the package reader makes acts and proofs of those that hold.
static cm_result
cm_court_receipts(struct cm_court *court, const struct cm_court_request *request, struct cm_report *report)
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_artifact *rows = NULL;
	char name[CM_X509_NODE + 64];
	size_t n = 0;
	struct cm_store_ask ask = {.request = request->id,
	                           .peer = request->peer,
	                           .kind = cm_view_text("receipt"),
	                           .limit = CM_LIMIT_STORE_PAGE_VALUE};
	cm_result r = cm_store_artifacts(court->node->store, &ask, report, &page, &rows, &n);
	for (size_t i = 0; r == CM_OK && i < n; i++) {
		snprintf(name, sizeof name, "receipts/%03zu.%.*s.tlog-proof", ++court->receipts, CM_VIEW_ARG(request->peer));
		cm_court_put(court, name, rows[i].bytes);
	}
	return r;
}

cm_result
cm_court_messages(struct cm_court *court, struct cm_report *report)
{
	cm_result r = CM_OK;
	for (size_t i = 0; r == CM_OK && i < court->act_count; i++)
		r = cm_court_message_of(court, &court->acts[i], report);
	for (size_t i = 0; r == CM_OK && i < court->request_count; i++)
		r = cm_court_receipts(court, &court->requests[i], report);
	return r;
}
