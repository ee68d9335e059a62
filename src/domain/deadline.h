// Time limits of preservations (data/time_limits.tab; Arts 25(2), 42(8), 42(9)). All moments are UTC; the clock of
// the requested node counts, from its own receipt.
#ifndef CM_DOMAIN_DEADLINE_H
#define CM_DOMAIN_DEADLINE_H

#include "base/instant.h"
#include "base/report.h"

// Least end of a preservation for another State that takes effect at `effect`: sixty days later.
struct cm_instant cm_deadline_least(struct cm_instant effect);

// Last end that a domestic preservation order made at `order` may have: ninety days later; it can be renewed.
struct cm_instant cm_deadline_order_last(struct cm_instant order);

// The end to tell for a request that wants `wanted` (us 0: names none): `wanted`, but never less than sixty days.
struct cm_instant cm_deadline_promise(struct cm_instant effect, struct cm_instant wanted);

// Checks the end that an officer is about to tell: deadline_too_short, or deadline_in_past.
CM_CHECKED cm_result cm_deadline_promise_check(struct cm_instant effect, struct cm_instant until,
                                               struct cm_instant now, struct cm_report *report);

// Checks a domestic order: refused with order_too_long when it lasts over ninety days.
CM_CHECKED cm_result cm_deadline_order_check(struct cm_instant from, struct cm_instant until, struct cm_report *report);

// True when the order must be renewed because it ends before the promise, or while the data is held without end.
bool cm_deadline_needs_renewal(struct cm_instant order_until, struct cm_instant promised, bool held);

// Checks an extension asked at `asked`: extension_too_late when the preservation ended before, extension_not_later
// when the new end is not after the present one.
CM_CHECKED cm_result cm_deadline_extension_check(struct cm_instant until, struct cm_instant asked,
                                                 struct cm_instant wanted, struct cm_report *report);

enum cm_deadline_stage {
	CM_DEADLINE_FAR,    // more than fourteen days
	CM_DEADLINE_FIRST,  // fourteen days or less
	CM_DEADLINE_SECOND, // seven days or less
	CM_DEADLINE_LAST,   // two days or less: the deputy is told as well
	CM_DEADLINE_OVER,   // the end is reached
	CM_DEADLINE_HELD,   // no end: held until the request for the data is decided
};

// The stage at `now` of an end. `held` is a state of held_pending_mla.
enum cm_deadline_stage cm_deadline_stage(struct cm_instant until, struct cm_instant now, bool held);

// When the stage changes next after `now`: the moment to wake up. False when it changes no more.
bool cm_deadline_next(struct cm_instant until, struct cm_instant now, struct cm_instant *ret_at);

#endif
