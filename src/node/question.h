// What persons said to questions of the law, each in a call of the own session that the keeper judged: acts of the register, so that
// it is durable and a second person may answer on another day (data/safeguards.tab, doc/guide/law.md "Two persons"). A matter is a
// request by its id, or a draft by cm_question_draft(). Source: question.c.
#ifndef CM_NODE_QUESTION_H
#define CM_NODE_QUESTION_H

#include "base/tab_limit.h"
#include "domain/law.h"
#include "node/exchange.h"

// The last word of each person to each rule. Whoever is disabled by now says nothing any more.
struct cm_questions {
	size_t n;
	struct cm_question_said {
		enum cm_safeguard rule;
		enum cm_law_says says;
		char person[CM_IPC_PERSON_ID];
	} all[CM_LIMIT_LAW_SAID_VALUE];
};
CM_CHECKED cm_result cm_question_list(struct cm_node *node, struct cm_view matter, struct cm_report *report,
                                       struct cm_questions *ret_questions);

// The matter of a draft: a UUID made of the call's members "draft" (its digest, as the reader's facts have it) and "to", so that a
// draft with another word is another matter. Refused with api_member when the call has no draft.
CM_CHECKED cm_result cm_question_draft(const struct cm_facts *call, struct cm_report *report, char ret_matter[37]);

// POST /api/v1/requests/ID/answers, and /api/v1/requests/answers for a draft: keeps what the person says. Refused with
// api_member for a rule that no person decides or without words, with request_unknown.
CM_CHECKED cm_result cm_question_answer(struct cm_exchange *ex, const struct cm_ipc_person *person, struct cm_report *report,
                                        struct cm_buf *body);

#endif
