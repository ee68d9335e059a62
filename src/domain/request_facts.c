// Knows: which field of a task object carries which fact of the law (profile, section 3).
// Does not know: what must be there; that is request.h and data/request_contents.tab.
#include "domain/request_facts.h"

#include <stdio.h>

// The particulars are put by their names below, so that a row of data/request_contents.tab can ask for one.
static void
cm_request_facts_leaf(void *context, struct cm_view path, struct cm_view text)
{
	if (!cm_view_starts(path, "particulars["))
		cm_facts_put(context, path, text);
}

void
cm_request_facts_document(const struct cm_request_doc *doc, struct cm_facts *facts)
{
	cm_request_doc_each(doc, cm_request_facts_leaf, facts);
	for (size_t i = 0; i < doc->particular_count; i++) {
		char path[96];
		snprintf(path, sizeof path, "particulars.%.*s", CM_VIEW_ARG(doc->particulars[i].name));
		cm_facts_put(facts, cm_view_text(path), doc->particulars[i].text);
	}
}

static void
cm_request_facts_moment(struct cm_facts *facts, const char *path, struct cm_instant t)
{
	char text[CM_INSTANT_TEXT];
	if (t.us != 0)
		cm_facts_put_text(facts, path, cm_instant_text(t, text));
}

// A format of another owner than ours has rules that we do not know: it is named with its owner, which is in no table.
static void
cm_request_facts_value(struct cm_facts *facts, size_t i, const struct cm_hi1_request_value *value)
{
	char path[64], format[128];
	snprintf(path, sizeof path, "task.values[%zu].format", i);
	if (cm_view_is(value->format_owner, "comity"))
		cm_facts_put(facts, cm_view_text(path), value->format_name);
	else {
		snprintf(format, sizeof format, "%.*s:%.*s", CM_VIEW_ARG(value->format_owner),
		         CM_VIEW_ARG(value->format_name));
		cm_facts_put_text(facts, path, format);
	}
	snprintf(path, sizeof path, "task.values[%zu].value", i);
	cm_facts_put(facts, cm_view_text(path), value->value);
}

static void
cm_request_facts_details(struct cm_facts *facts, const struct cm_hi1_details *details)
{
	if (details == NULL)
		return;
	cm_request_facts_moment(facts, "task.start", details->start);
	cm_request_facts_moment(facts, "task.end", details->end);
	for (size_t i = 0; i < details->value_count; i++)
		cm_request_facts_value(facts, i, &details->values[i]);
}

void
cm_request_facts_preservation(const struct cm_hi1_preservation *task, struct cm_facts *facts)
{
	cm_request_facts_details(facts, task->details);
	cm_request_facts_moment(facts, "task.wanted_end", task->desired_expiration);
}

void
cm_request_facts_disclosure(const struct cm_hi1_disclosure *task, struct cm_facts *facts)
{
	cm_request_facts_details(facts, task->details);
	if (task->destination_count > 0)
		cm_facts_put(facts, cm_view_text("task.delivery_key"), task->destinations[0].encryption);
	if (task->preservation_count > 0)
		cm_facts_put(facts, cm_view_text("task.preservation"), task->preservations[0].value);
	if (task->deadline_count > 0) {
		cm_request_facts_moment(facts, "task.deadline", task->deadlines[0].at);
		if (task->deadlines[0].information.n > 0)
			cm_facts_put(facts, cm_view_text("task.deadline_reason"), task->deadlines[0].information);
	}
}
