// What is said with an event, and which words a kind permits as its answers (data/event_fields.tab, data/request_answers.tab).
// Facts are those of a decision: "text", "until", "ground", and members of the answer document. Source: said.c.
#ifndef CM_DOMAIN_SAID_H
#define CM_DOMAIN_SAID_H

#include "base/report.h"
#include "domain/facts.h"
#include "domain/tab_answer_word.h"
#include "domain/tab_event.h"
#include "domain/tab_kind.h"

// The event that a decision about a request of this kind means: its member "event", or the one of its "answer", or both when they
// are the same. Refused with event_unknown or answer_not_permitted (the finding lists the kind's words). `ret_word` is
// CM_ANSWER_WORD_NONE for a decision without an answer.
CM_CHECKED cm_result cm_said_event(enum cm_kind kind, const struct cm_facts *said, struct cm_report *report,
                                   enum cm_event *ret_event, enum cm_answer_word *ret_word);

// Is everything there that the event and the word need, and nothing that does not belong to them? Refused with said_missing
// (the finding names all of it) or said_unfitting.
CM_CHECKED cm_result cm_said_check(enum cm_event event, enum cm_answer_word word, const struct cm_facts *said,
                                   struct cm_report *report);

// The members of the answer document that are said with it, in the table's order: calls `each` for every one.
void cm_said_members(enum cm_event event, enum cm_answer_word word, void (*each)(void *context, const char *member),
                     void *context);

#endif
