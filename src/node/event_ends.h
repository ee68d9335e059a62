// The moments that the documents of a message name for clocks (data/deadline_starts.tab), between the message reader, the node
// and the store's events: only the reader sees documents. Source: event_ends.c.
#ifndef CM_NODE_EVENT_ENDS_H
#define CM_NODE_EVENT_ENDS_H

#include "base/rd.h"
#include "domain/deadline_start.h"
#include "domain/national.h"
#include "node/event_clocks.h"

struct cm_event_ends {
	struct cm_deadline_named_end at[CM_DEADLINE_STARTS];
	size_t count;
};

// Adds what is named in the facts of a document.
void cm_event_ends_find(const struct cm_facts *facts, enum cm_deadline_document document, enum cm_kind kind,
                        struct cm_event_ends *ends);

// The same of an answer; `kind` NONE: not known to who asks. Of the request's kind it is known to who answers.
CM_CHECKED cm_result cm_event_ends_answer(const struct cm_answer_doc *doc, enum cm_kind kind, struct cm_event_ends *ends);

// Adds the end that the own law of the asked State sets for a request of this kind that it received at `received`, if any.
void cm_event_ends_national(const struct cm_national *asked, enum cm_kind kind, struct cm_instant received,
                            struct cm_event_ends *ends);

// By the names of their rows, so that an event is read by a later program; a row that is no more is left out.
void cm_event_ends_write(const struct cm_event_ends *ends, struct cm_buf *to);
bool cm_event_ends_read(struct cm_rd *rd, struct cm_event_ends *ret_ends);

#endif
