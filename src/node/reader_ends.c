// Knows: which moments the documents of a message name for clocks, and what they say of those that run. Does not know: which of them count; the node asks the
// tables. Runs in the message reader only.
#include "base/mem.h"
#include "domain/request_facts.h"
#include "format/answer_doc.h"
#include "node/reader_message_ipc.h"

// A document that is none is somebody else's finding (reader_message.c); it names nothing here.
static void
cm_reader_ends_document(const struct cm_hi1_body *body, struct cm_event_ends *ends, struct cm_event_clocks *clocks)
{
	struct cm_facts CM_CLEANUP(cm_facts_fini) facts;
	struct cm_request_doc CM_CLEANUP(cm_request_doc_fini) asked = {.id = {0}};
	struct cm_answer_doc CM_CLEANUP(cm_answer_doc_fini) said = {.id = {0}};
	cm_facts_init(&facts);
	if (cm_view_is(body->content_type, CM_HI1_CONTENT_TYPE_ANSWER)) {
		if (cm_answer_doc_read(body->contents, NULL, &said) == CM_OK) {
			cm_result_ignore(cm_event_ends_answer(&said, CM_KIND_NONE, ends), "a document with too much in it starts no clock");
			cm_event_clocks_read_document(&said, clocks);
		}
	} else if (cm_request_doc_read(body->contents, NULL, &asked) == CM_OK) {
		cm_request_facts_document(&asked, &facts);
		if (cm_facts_result(&facts) == CM_OK)
			cm_event_ends_find(&facts, CM_DEADLINE_OF_REQUEST, cm_kind_find(asked.kind.p, asked.kind.n), ends);
	}
}

static void
cm_reader_ends_task(const struct cm_hi1_disclosure *task, struct cm_view kind, struct cm_event_ends *ends)
{
	struct cm_facts CM_CLEANUP(cm_facts_fini) facts;
	cm_facts_init(&facts);
	cm_request_facts_disclosure(task, &facts);
	if (cm_facts_result(&facts) == CM_OK)
		cm_event_ends_find(&facts, CM_DEADLINE_OF_REQUEST, cm_kind_find(kind.p, kind.n), ends);
}

void
cm_reader_ends(const struct cm_hi1_message *message, struct cm_buf *answer)
{
	struct cm_event_ends ends = {.count = 0};
	struct cm_event_clocks clocks = {.count = 0};
	for (size_t i = 0; i < message->action_count && !message->response; i++) {
		const struct cm_hi1_object *o = message->actions[i].object;
		if (message->actions[i].verb != CM_HI1_VERB_CREATE || o == NULL)
			continue;
		if (o->type == CM_HI1_TYPE_DOCUMENT && o->document.body != NULL)
			cm_reader_ends_document(o->document.body, &ends, &clocks);
		else if (o->type == CM_HI1_TYPE_DISCLOSURE)
			cm_reader_ends_task(&o->disclosure, message->workflow, &ends);
	}
	cm_event_ends_write(&ends, answer);
	cm_event_clocks_write(&clocks, answer);
}
