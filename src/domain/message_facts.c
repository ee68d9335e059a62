// Knows: in which HI-1 field each fact of a request sits (doc/spec/profile.md, section 3). Does not know: which facts a
// kind needs (data/request_contents.tab).
#include "domain/message_facts.h"

#include <stdio.h>

static void
cm_message_facts_each(void *context, struct cm_view path, struct cm_view text)
{
	cm_facts_put(context, path, text);
}

static void
cm_message_facts_time(struct cm_facts *facts, const char *path, struct cm_instant t)
{
	char text[CM_INSTANT_TEXT];
	if (t.us != 0)
		cm_facts_put_text(facts, path, cm_instant_text(t, text));
}

static void
cm_message_facts_details(struct cm_facts *facts, const struct cm_hi1_details *details)
{
	if (details == NULL)
		return;
	cm_message_facts_time(facts, "task.start", details->start);
	cm_message_facts_time(facts, "task.end", details->end);
	for (size_t i = 0; i < details->value_count; i++) {
		char path[64];
		snprintf(path, sizeof path, "task.values[%zu].format", i);
		cm_facts_put(facts, cm_view_text(path), details->values[i].format_name);
		snprintf(path, sizeof path, "task.values[%zu].value", i);
		cm_facts_put(facts, cm_view_text(path), details->values[i].value);
	}
}

static void
cm_message_facts_disclosure(struct cm_facts *facts, const struct cm_hi1_disclosure *task)
{
	cm_message_facts_details(facts, task->details);
	if (task->destination_count > 0 && task->destinations[0].encryption.n > 0)
		cm_facts_put(facts, cm_view_text("task.delivery_key"), task->destinations[0].encryption);
	if (task->preservation_count > 0)
		cm_facts_put(facts, cm_view_text("task.preservation"), task->preservations[0].value);
	if (task->deadline_count > 0)
		cm_message_facts_time(facts, "task.deadline", task->deadlines[0].at);
}

void
cm_message_facts_put(struct cm_facts *facts, const struct cm_request_doc *doc, const struct cm_hi1_object *task)
{
	cm_request_doc_each(doc, cm_message_facts_each, facts);
	if (task == NULL)
		return;
	if (task->type == CM_HI1_TYPE_PRESERVATION) {
		cm_message_facts_details(facts, task->preservation.details);
		cm_message_facts_time(facts, "task.wanted_end", task->preservation.desired_expiration);
	} else if (task->type == CM_HI1_TYPE_DISCLOSURE)
		cm_message_facts_disclosure(facts, &task->disclosure);
}
