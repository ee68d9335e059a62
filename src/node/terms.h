// What binds whoever has a piece of evidence: what it was asked for, limits of use, conditions of the answer, secrecy, the day on which
// its use ends, and the consents that were asked for and given since (40(5), 40(19), 40(20), 36(3); doc/guide/law.md "Limits of
// use"). Read anew from the signed documents of the request each time. Source: terms.c.
#ifndef CM_NODE_TERMS_H
#define CM_NODE_TERMS_H

#include "base/arena.h"
#include "base/tab_limit.h"
#include "domain/facts.h"
#include "domain/tab_state.h"
#include "format/json_put.h"
#include "node/node.h"

// Another use, or another State, that consent was asked for.
struct cm_terms_consent {
	struct cm_view purpose, country; // country: "XC", who is to get it; empty for another use of the same State
	enum cm_state state;             // use_asked, use_allowed, use_allowed_with_conditions, use_refused
	struct cm_instant at;            // of the last word on it
};
struct cm_terms {
	struct cm_view purpose, only_for, use_until, secret_until; // as the request says them; empty: it does not
	bool secret;
	struct cm_view conditions[CM_LIMIT_TERMS_CONDITIONS_VALUE];
	size_t condition_count;
	struct cm_terms_consent consents[CM_LIMIT_TERMS_CONSENTS_VALUE]; // the oldest first
	size_t consent_count;
};

// Texts live in `arena`. A request that cannot be read any more has empty terms.
CM_CHECKED cm_result cm_terms_read(struct cm_node *node, const struct cm_store_request *request, struct cm_arena *arena,
                                   struct cm_report *report, struct cm_terms *ret_terms);
// One JSON object; null when there is no such request.
void cm_terms_put(struct cm_json_put *put, const struct cm_terms *terms);
CM_CHECKED cm_result cm_terms_put_of(struct cm_node *node, struct cm_view request, struct cm_json_put *put, struct cm_report *report);
// The same for readers, one line for each that there is, each begun with two spaces.
void cm_terms_say(const struct cm_terms *terms, struct cm_buf *to);

#endif
