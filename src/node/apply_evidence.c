// Knows: how sealed evidence goes from state to state on either side: uploaded, received, approved, opened, exported. Does
// not know: plaintext or keys.
// Texts of the events: UPLOAD id, request, peer, sha256 (hex), length, title, package (hex), exhibit; RECEIVED id, told;
// UNFETCHED id, told, trouble; APPROVED id, purpose, person; OPENED id, state, package (hex), report, told; EXPORTED id, and "interrupted" when it was. told: the
// detail of SENT for the message to the deliverer in the same change; absent when we deliver.
#include "node/event.h"

#include "base/hex.h"
#include "base/mem.h"
#include "base/num.h"

static void
cm_apply_evidence_news(const struct cm_store_event *event, struct cm_view id, struct cm_view state,
                       struct cm_change *change)
{
	struct cm_store_news news = {.at = event->at, .topic = cm_view_text("delivery"), .ref = id, .text = state};
	cm_change_news(change, &news);
}

static cm_result
cm_apply_evidence_upload(const struct cm_store_event *event, const struct cm_event_texts *t, struct cm_change *change)
{
	struct cm_store_delivery row = {
	        .id = t->text[0],
	        .request = t->text[1],
	        .peer = t->text[2],
	        .ours = 1,
	        .delivery_id = t->text[0],
	        .sequence = 1,
	        .last = 1,
	        .state = cm_view_text("packed"),
	        .title = t->text[5],
	        .created = event->at,
	        .changed = event->at,
	};
	if (t->n < 7 || !cm_hex_read(t->text[3], row.blob.b, 32) || !cm_num_u64(t->text[4], 0, UINT64_MAX, &row.length))
		return CM_BUG;
	row.have = row.length;
	if (t->text[6].n > 0 && !cm_hex_read(t->text[6], row.package.b, 32))
		return CM_BUG;
	cm_change_delivery(change, &row);
	cm_apply_evidence_news(event, row.id, row.state, change);
	return CM_OK;
}

static cm_result
cm_apply_evidence_approved(const struct cm_store_event *event, const struct cm_event_texts *t, struct cm_change *change)
{
	if (t->n < 3)
		return CM_BUG;
	struct cm_store_approval row = {
	        .delivery = t->text[0],
	        .purpose = t->text[1],
	        .person = t->text[2],
	        .at = event->at,
	        .act = CM_STORE_LAST,
	};
	cm_change_approval(change, &row);
	cm_apply_evidence_news(event, row.delivery, cm_view_text("approved"), change);
	return CM_OK;
}

// The message to the deliverer that belongs to the same change.
static cm_result
cm_apply_evidence_told(struct cm_node *node, const struct cm_store_event *event, struct cm_change *change,
                       struct cm_report *report)
{
	struct cm_store_event sent = *event;
	cm_result r = cm_event_sent(event, &sent.detail);
	sent.cause = cm_view_text(CM_EVENT_SENT);
	return r != CM_OK || sent.detail.n == 0 ? r : cm_apply_message(node, &sent, change, report);
}

cm_result
cm_apply_evidence(struct cm_node *node, const struct cm_store_event *event, struct cm_change *change,
                  struct cm_report *report)
{
	struct cm_event_texts t;
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_delivery *old = NULL;
	cm_result r = cm_event_texts_read(event->detail, &t);
	if (r != CM_OK || t.n == 0)
		return CM_BUG;
	if (cm_view_is(event->cause, CM_EVENT_UPLOAD))
		return cm_apply_evidence_upload(event, &t, change);
	if (cm_view_is(event->cause, CM_EVENT_APPROVED))
		return cm_apply_evidence_approved(event, &t, change);
	r = cm_store_delivery(node->store, t.text[0], report, &page, &old);
	if (r != CM_OK || old == NULL)
		return r;
	struct cm_store_delivery row = *old;
	row.changed = event->at;
	if (cm_view_is(event->cause, CM_EVENT_RECEIVED)) {
		row.state = cm_view_text("received");
		row.have = row.length;
		row.tries = row.strikes = 0;
		row.trouble = cm_view_of(NULL, 0);
	} else if (cm_view_is(event->cause, CM_EVENT_UNFETCHED) && t.n >= 3) {
		row.state = cm_view_text("error");
		row.have = 0;
		row.tries++;
		row.trouble = t.text[2];
	} else if (cm_view_is(event->cause, CM_EVENT_OPENED) && t.n >= 4) {
		row.state = t.text[1];
		row.report = t.text[3];
		if (t.text[2].n > 0 && !cm_hex_read(t.text[2], row.package.b, 32))
			return CM_BUG;
		cm_change_approval_clear(change, row.id, cm_view_text("open"));
	} else if (cm_view_is(event->cause, CM_EVENT_EXPORTED) && t.n == 1)
		cm_change_approval_clear(change, row.id, cm_view_text("export"));
	cm_change_delivery(change, &row);
	cm_apply_evidence_news(event, row.id, row.state, change);
	return cm_apply_evidence_told(node, event, change, report);
}
