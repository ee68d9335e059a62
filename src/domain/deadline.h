// Time limits of preservations (data/time_limits.tab; Arts 25(2), 42(8), 42(9)), and the stages of every clock. All moments are
// UTC; the clock of the requested node counts, from its own receipt. How lengths are counted: deadline_rule.h.
#ifndef CM_DOMAIN_DEADLINE_H
#define CM_DOMAIN_DEADLINE_H

#include "base/instant.h"
#include "base/report.h"
#include "domain/tab_state.h"
#include "domain/tab_time_limit.h"

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

// Checks the day that an officer is about to set for a reply of the other side: only questions, consultations and hearings have one
// (deadline_not_asked), and it is still to come (deadline_in_past).
CM_CHECKED cm_result cm_deadline_reply_check(enum cm_state state, struct cm_instant by, struct cm_instant now,
                                             struct cm_report *report);

// How far a clock has come: how many of its reminders have passed, then its end.
enum cm_deadline_stage {
	CM_DEADLINE_FAR,    // before the first
	CM_DEADLINE_FIRST,  // of a preservation: fourteen days or less
	CM_DEADLINE_SECOND, // seven days or less
	CM_DEADLINE_LAST,   // two days or less: the deputy is told as well
	CM_DEADLINE_HEAD,   // one day or less: the head of the authority too
	CM_DEADLINE_OVER,   // the end is reached
	CM_DEADLINE_HELD,   // no end: held until the request for the data is decided, or until a question is answered
};

// A clock of this limit that ends at `until`. Whether it stands still is known to who asks.
struct cm_deadline_clock {
	enum cm_time_limit limit;
	struct cm_instant until;
	bool held;
};

enum cm_deadline_stage cm_deadline_stage(const struct cm_deadline_clock *clock, struct cm_instant now);

// When the stage changes next after `now`: the moment to wake up. False when it changes no more.
bool cm_deadline_next(const struct cm_deadline_clock *clock, struct cm_instant now, struct cm_instant *ret_at);

// Is the head of the authority told of this stage? From the last reminder on, where the table says so.
bool cm_deadline_escalates(enum cm_time_limit limit, enum cm_deadline_stage stage);

// "14 days left", "1 hour left", "over", "held", "running": for people.
void cm_deadline_stage_text(enum cm_time_limit limit, enum cm_deadline_stage stage, struct cm_buf *to);

#endif
