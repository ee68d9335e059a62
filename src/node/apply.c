// Knows: which part makes the derived rows of which event. Does not know: the rows.
#include "node/event.h"

static cm_result
cm_apply_news(const struct cm_store_event *event, struct cm_change *change)
{
	struct cm_event_texts t;
	if (cm_event_texts_read(event->detail, &t) != CM_OK || t.n != 3)
		return CM_BUG;
	cm_change_news(change, &(struct cm_store_news){.at = event->at, .topic = t.text[0], .ref = t.text[1], .text = t.text[2]});
	return CM_OK;
}

cm_result
cm_apply_event(void *self, const struct cm_store_event *event, struct cm_change *change, struct cm_report *report)
{
	if (cm_view_is(event->cause, CM_EVENT_TAKEN) || cm_view_is(event->cause, CM_EVENT_SENT))
		return cm_apply_message(self, event, change, report);
	if (cm_view_is(event->cause, CM_EVENT_ANSWERED))
		return cm_apply_answer(self, event, change, report);
	if (cm_view_is(event->cause, CM_EVENT_BOUNCED))
		return cm_apply_bounced(self, event, change, report);
	if (cm_view_is(event->cause, CM_EVENT_DEADLINE))
		return cm_apply_deadline(self, event, change, report);
	if (cm_view_is(event->cause, CM_EVENT_NEWS))
		return cm_apply_news(event, change);
	return cm_apply_evidence(self, event, change, report);
}
