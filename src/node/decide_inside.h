// One decision on its way, between the files that make it a message. Source: decide.c (judged, sent),
// decide_objects.c (what becomes of objects), decide_words.c (its words).
#ifndef CM_NODE_DECIDE_INSIDE_H
#define CM_NODE_DECIDE_INSIDE_H

#include "domain/joint.h"
#include "domain/said.h"
#include "domain/tab_actor.h"
#include "domain/tab_refusal.h"
#include "domain/tab_state.h"
#include "format/hi1_message.h"
#include "node/event.h"
#include "node/exchange.h"

struct cm_decide {
	struct cm_node *node;
	const struct cm_store_request *request;
	struct cm_facts said;
	struct cm_arena arena;
	struct cm_instant now, until, order_until, answer_by;
	struct cm_event_ends ends; // what the answer document names
	struct cm_event_clocks clocks; // what becomes of clocks that run, and how we count them
	enum cm_time_limit extend; // the limit that ends at `until` from now on, or NONE
	enum cm_kind kind;
	enum cm_actor who;
	enum cm_event event;
	enum cm_answer_word word;
	enum cm_state say, to; // what is said; what the request is then. They differ for what only passes
	bool asks;             // nothing is done: may it be?
	bool by_person;        // else the node's own word
	struct cm_view body;   // of the call, as it came; empty for the node's own word
	enum cm_refusal ground;
	const struct cm_store_request *changes; // the preservation that the request is to extend or end, or NULL
	struct cm_store_page *changes_page;
	const char *changes_status; // of its task, when the request is over: "Preserved", …
	const struct cm_store_delivery *evidence; // what is delivered, or NULL
	struct cm_view over; // the limit whose end has it said, or empty
	const struct cm_joint_roll *roll; // the parties that are told, or NULL
	struct cm_view note; // what was answered to findings of the law
	struct cm_hi1_content content;
	struct cm_hi1_message message;
	struct cm_hi1_object objects[4];
	struct cm_hi1_action actions[4];
};

// What was said under this name, or the empty view.
struct cm_view cm_decide_said(const struct cm_decide *d, const char *member);

// Is everything said that the event and the answer's word need, in a form that can be sent?
CM_CHECKED cm_result cm_decide_words_check(const struct cm_decide *d, struct cm_report *report);

// Does it fit the thread: was it asked for, are the items and questions it names those of the request?
CM_CHECKED cm_result cm_decide_words_fit(const struct cm_decide *d, struct cm_report *report);

// A refusal or postponement before the other side answered a consultation, or let its time go by, says why: else it is refused with
// consult_first. Of a preservation, which cannot wait, that is added to `found` only.
CM_CHECKED cm_result cm_decide_words_consulted(const struct cm_decide *d, struct cm_report *found, struct cm_report *report);

// The next action: CREATE of an object of ours about the request.
CM_CHECKED cm_result cm_decide_new_object(struct cm_decide *d, enum cm_hi1_type type, struct cm_report *report,
                                          struct cm_hi1_object **ret_object);

// What becomes of the objects whose registrar this node is.
CM_CHECKED cm_result cm_decide_updates(struct cm_decide *d, struct cm_report *report);
// What the asking side wants of its objects when it takes its request back. The preservation that another request is about stays.
void cm_decide_cancel(struct cm_decide *d);
// The sealed package, by URL (06-deliver-request of the profile's messages).
CM_CHECKED cm_result cm_decide_delivery(struct cm_decide *d, struct cm_report *report);

// The answer document, when there is more to say than the state; and the notification.
CM_CHECKED cm_result cm_decide_answer(struct cm_decide *d, const struct cm_ipc_person *person, struct cm_report *report);
CM_CHECKED cm_result cm_decide_notification(struct cm_decide *d, struct cm_report *report);

// The sentence of the state, and the officer's own words.
void cm_decide_sentence(const struct cm_decide *d, struct cm_buf *to);

#endif
