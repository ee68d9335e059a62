// Refusals: a code that may be used for the kind, an article, reasons (Arts 40(21)-(25), 42(4)-(6), 50(7);
// data/refusal_grounds.tab).
#ifndef CM_DOMAIN_REFUSAL_H
#define CM_DOMAIN_REFUSAL_H

#include "base/report.h"
#include "domain/tab_kind.h"
#include "domain/tab_refusal.h"

struct cm_refusal_said {
	struct cm_view code;    // of the ground
	struct cm_view article; // "40(21)(b)" or "national"
	struct cm_view reasons; // for people
	struct cm_view basis;   // the reservation, other treaty or national law, where the ground needs one; else empty
};

// Refused with refusal_unknown, refusal_forbidden (fiscal, bank secrecy), refusal_not_allowed (not for this kind),
// refusal_needs_basis (42(5), national law), refusal_without_reasons.
CM_CHECKED cm_result cm_refusal_check(enum cm_kind kind, const struct cm_refusal_said *said, struct cm_report *report,
                                      enum cm_refusal *ret_ground);

// True when the ground may be used for the kind without naming a further basis.
bool cm_refusal_may(enum cm_kind kind, enum cm_refusal ground);

#endif
