// The legal check at a node: national law of its folder, what people answered, and what may go on (domain/law.h,
// doc/guide/law.md). Source: lawful.c; GET /api/v1/requests/ID/check: do_law.c.
#ifndef CM_NODE_LAWFUL_H
#define CM_NODE_LAWFUL_H

#include "base/arena.h"
#include "base/tab_limit.h"
#include "domain/law.h"
#include "domain/tab_event.h"
#include "node/question.h"

// The invented States, and HOME/national/*.tab over them. Refused as cm_national_read() does, and with national_country for a file
// that is not named after its State.
CM_CHECKED cm_result cm_lawful_load(struct cm_node *node, struct cm_report *report);

// One check; texts point into what it was made from.
struct cm_lawful {
	struct cm_law_told told;
	struct cm_law law;
	struct cm_questions said; // before, and of others
	// Those, then the call's, then what a refusal itself says.
	struct cm_law_answer answers[CM_LIMIT_LAW_SAID_VALUE + CM_LIMIT_LAW_ANSWERS_VALUE + CM_LAW_FINDINGS];
	size_t call_count;
	char peer[3]; // capitals of the other State
};

struct cm_lawful_ask {
	enum cm_kind kind;
	enum cm_law_stage stage;
	struct cm_instant now;
	struct cm_view peer;          // the other node, or empty
	bool ours;                    // we ask
	const struct cm_facts *said;  // the call: "answers[0].rule", ".says", ".text"; NULL: none
	enum cm_law_says says;        // what an answer means that does not say it
	struct cm_view matter;        // whose answers of before count (question.h), or empty
	const char *person;           // whose session the call is of: nobody answers for another
};
// The answers of a call alone, into `lawful->told`. Refused with api_member for an answer to a rule that no person decides, without
// words, with a word that is none, or for too many.
CM_CHECKED cm_result cm_lawful_answers(const struct cm_lawful_ask *ask, struct cm_report *report, struct cm_lawful *lawful);
// Refused as cm_lawful_answers() is.
CM_CHECKED cm_result cm_lawful_check(struct cm_node *node, const struct cm_facts *facts, const struct cm_lawful_ask *ask,
                                     struct cm_report *report, struct cm_lawful *ret_lawful);

// What was answered in the call, for the note of an act: "death: assurance 7/2027 (orsk)". Refused with api_member when it is too long.
CM_CHECKED cm_result cm_lawful_note(const struct cm_lawful *lawful, struct cm_report *report, struct cm_buf *note);

// What a request asks, for the law. Refused with request_unknown when its document cannot be read any more.
CM_CHECKED cm_result cm_lawful_facts(struct cm_node *node, const struct cm_store_request *request, struct cm_report *report,
                                     struct cm_facts *facts);

// Before a decision about a request that we received is told: all steps that it takes are judged, and what was answered is noted.
// Evidence, and every event by which the other side learns data (cm_move_discloses), is judged as answer and as disclosure,
// whatever the event is called. A refusal is judged by its ground: two persons say it where two decide, and who
// refuses is one of them. What asks back is only noted.
struct cm_lawful_step {
	enum cm_event event;
	enum cm_refusal ground; // on which it is refused, or NONE
	bool evidence; // a package goes with it
	struct cm_instant now;
	const struct cm_facts *said; // the call
	const char *person;
	struct cm_arena *arena;      // where the note is kept
};
CM_CHECKED cm_result cm_lawful_decide(struct cm_node *node, const struct cm_store_request *request,
                                      const struct cm_lawful_step *step, struct cm_report *report, struct cm_view *ret_note);

// GET /api/v1/requests/ID/check?stage=…&purpose=…&consent=…: what our side of a request has to look at.
CM_CHECKED cm_result cm_do_law(struct cm_exchange *ex, struct cm_report *report, struct cm_buf *body);

#endif
