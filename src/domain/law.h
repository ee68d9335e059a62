// The legal check of one request at one stage: the rows of data/safeguards.tab walked over its facts, the law of both States
// (domain/national.h) and what people answered (convention.md, section 5). It blocks what is formal, holds and asks what is a
// judgement, and never decides persecution, essential interests or necessity. Listed contents, roles, dates and
// identifiers are checked by cm_request_check(), before this. Source: law.c, law_facts.c, law_send.c, law_answer.c.
#ifndef CM_DOMAIN_LAW_H
#define CM_DOMAIN_LAW_H

#include "domain/facts.h"
#include "domain/national.h"
#include "domain/tab_kind.h"
#include "domain/tab_refusal.h"
#include "domain/tab_safeguard.h"

enum cm_law_stage {
	CM_LAW_BEFORE_SEND,
	CM_LAW_BEFORE_ANSWER,
	CM_LAW_BEFORE_EXECUTE,
	CM_LAW_BEFORE_DISCLOSE,
	CM_LAW_BEFORE_ONWARD, // to a third State or organisation
	CM_LAW_BEFORE_USE,    // for a purpose
	CM_LAW_STAGES,
};
// "before_send"; false for another word.
bool cm_law_stage_read(struct cm_view word, enum cm_law_stage *ret_stage);
const char *cm_law_stage_name(enum cm_law_stage stage);

enum cm_law_severity {
	CM_LAW_WARN,
	CM_LAW_ASK,
	CM_LAW_HOLD,
	CM_LAW_BLOCK,
};

// What a person said to a finding, the oldest first: the last word of a person counts. An answer has a text and a name.
enum cm_law_says {
	CM_LAW_CLEAR,   // nothing stands against going on
	CM_LAW_AGAINST, // it stands against it: a ground of refusal
};
struct cm_law_answer {
	struct cm_view rule, text, person;
	enum cm_law_says says;
};
// "clear", "against"; false for another word.
bool cm_law_says_read(struct cm_view word, enum cm_law_says *ret_says);
const char *cm_law_says_name(enum cm_law_says says);
// May a person answer it, and is something said? What is formal is answered by nobody.
bool cm_law_answer_good(const struct cm_law_answer *answer);

struct cm_law_told {
	enum cm_kind kind;
	enum cm_law_stage stage;
	struct cm_instant now;
	struct cm_view asking, asked; // "XA": the two States; empty when not known yet
	const struct cm_national *asking_law, *asked_law; // NULL: no file of that State
	struct cm_view purpose; // before_use: what it is to be used for
	struct cm_view consent; // before_use, before_onward: the answer to consent_use that allows it
	const struct cm_law_answer *answers;
	size_t answer_count;
	bool gives; // data goes with it, whatever the kind
	const struct cm_report *formal; // what cm_request_check() refused: not said again; may be NULL
};

#define CM_LAW_SEEN 200
struct cm_law_finding {
	enum cm_safeguard rule;
	bool answered;          // clear: said by as many persons as decide, and by more than say the other
	bool holds;             // it stops here until it is answered
	size_t clear, against;  // persons whose last word it is
	char seen[CM_LAW_SEEN]; // what was found, or ""
	char said[CM_LAW_SEEN]; // "ilse: clear; karl: against", or ""
};
#define CM_LAW_FINDINGS (CM_SAFEGUARD_END - 1) // each rule at most once
struct cm_law {
	size_t count;
	struct cm_law_finding findings[CM_LAW_FINDINGS]; // in the order of the table
};

void cm_law_check(const struct cm_facts *facts, const struct cm_law_told *told, struct cm_law *ret_law);

enum cm_law_severity cm_law_severity(enum cm_safeguard rule);
// The finding of a rule, or NULL.
const struct cm_law_finding *cm_law_find(const struct cm_law *law, enum cm_safeguard rule);
// True for a rule that two persons decide.
bool cm_law_of_two(enum cm_safeguard rule);
// Is any of them a question of two persons?
bool cm_law_asks_two(const struct cm_law *law);
// Refused when it may not go on: each block is a finding law_block, each that holds without its answers law_hold, or
// law_two_persons where two decide, at the place of the rule's id.
CM_CHECKED cm_result cm_law_judge(const struct cm_law *law, struct cm_report *report);
// Refused with law_two_persons when a request is refused on a ground that two persons decide, and not two said so.
CM_CHECKED cm_result cm_law_judge_ground(const struct cm_law *law, enum cm_refusal ground, struct cm_report *report);

// -- answering: the grounds of refusal for a kind (data/refusal_grounds.tab)
enum cm_law_ground {
	CM_LAW_GROUND_OPEN,
	CM_LAW_GROUND_WITH_BASIS, // with the reservation, other treaty or national law that is named
	CM_LAW_GROUND_CLOSED,     // not for this kind
	CM_LAW_GROUND_FORBIDDEN,  // never
};
// What is known of the asked State decides between "with basis" and "closed": for dual criminality of a preservation only with its
// reservation 42(5) or the Budapest Convention as basis, for grounds of national law only when its file has them.
enum cm_law_ground cm_law_ground(const struct cm_facts *facts, const struct cm_law_told *told, enum cm_refusal ground);

#endif
