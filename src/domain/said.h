// What is said with an event, and which words a kind permits as its answers (data/event_fields.tab, data/request_answers.tab).
// Facts are those of a decision: "text", "until", "ground", and members of the answer document. Source: said.c.
#ifndef CM_DOMAIN_SAID_H
#define CM_DOMAIN_SAID_H

#include "base/report.h"
#include "domain/facts.h"
#include "domain/tab_actor.h"
#include "domain/tab_answer_word.h"
#include "domain/tab_event.h"
#include "domain/tab_kind.h"
#include "domain/tab_state.h"

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

// -- on a thread: what one side said of a request, judged by the other, or by its own node before it leaves

struct cm_said_thread {
	enum cm_kind kind;
	enum cm_actor who; // who speaks: REQUESTED (also its node and its clock) or REQUESTING
	// Where the request is; then where it was before moves that the speaker need not know of.
	const enum cm_state *from;
	size_t from_count;
	bool told[CM_STATE_END];        // what was said on the thread before
	const struct cm_facts *request; // what is asked, or NULL: not known here
	const struct cm_facts *asked;   // the questions that are open (an answer document), or NULL
};

// May this side say so now, by the table of moves? Refused with move_not_allowed.
CM_CHECKED cm_result cm_said_check_open(const struct cm_said_thread *thread, enum cm_state state, struct cm_report *report);
// Was said what the event answers (column after of data/events.tab)? Refused with said_not_asked.
CM_CHECKED cm_result cm_said_check_asked(const struct cm_said_thread *thread, enum cm_event event, struct cm_report *report);
// The same for a state alone: one event of this side that leads to it was asked for.
CM_CHECKED cm_result cm_said_check_told(const struct cm_said_thread *thread, enum cm_state state, struct cm_report *report);
// Are the items those of the request, the replies to questions that are open? Refused with said_item, said_reply.
CM_CHECKED cm_result cm_said_check_named(const struct cm_said_thread *thread, const struct cm_facts *said,
                                         struct cm_report *report);
// All of it for a whole answer document, whose event is not written down: one event that leads this side to its state has to take every
// member and miss none. Refused with one of the rules above, said_missing, said_unfitting or answer_not_permitted.
CM_CHECKED cm_result cm_said_judge(const struct cm_said_thread *thread, const struct cm_facts *said, struct cm_report *report);

#endif
