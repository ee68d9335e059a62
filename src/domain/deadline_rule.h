// Lengths of time as rows of data/time_limits.tab say them, counted on a calendar: when a clock that starts here ends, what
// a pause does to it, when its reminders come. All moments are UTC. Pure: the caller tells the time.
#ifndef CM_DOMAIN_DEADLINE_RULE_H
#define CM_DOMAIN_DEADLINE_RULE_H

#include "domain/calendar.h"
#include "domain/tab_actor.h"
#include "domain/tab_event.h"
#include "domain/tab_time_limit.h"

enum cm_deadline_counting {
	CM_DEADLINE_NAMED,    // no length: the end is a date that somebody names
	CM_DEADLINE_HOURS,    // so many hours later, whatever the date
	CM_DEADLINE_CALENDAR, // the same local time on a later date; a day that the month does not have is its last
	CM_DEADLINE_WORKING,  // when offices close on the n-th working day after the date of the start
};

enum cm_deadline_unit { CM_DEADLINE_HOUR, CM_DEADLINE_DAY, CM_DEADLINE_MONTH, CM_DEADLINE_YEAR };

struct cm_deadline_rule {
	enum cm_deadline_counting counting;
	enum cm_deadline_unit unit; // of CALENDAR: DAY, MONTH or YEAR; of WORKING: DAY
	int64_t number;
};

// What a row of the table counts.
struct cm_deadline_rule cm_deadline_rule_of(enum cm_time_limit limit);

// The end of a clock that starts at `start`. NAMED has none: us 0. A calendar of zeros is UTC without days off.
struct cm_instant cm_deadline_rule_end(const struct cm_deadline_rule *rule, struct cm_instant start,
                                       const struct cm_calendar *calendar);

// A clock stood still from `paused` to `resumed` (paused <= end): its new end. What was left goes on from `resumed`:
// working days as whole days, everything else to the microsecond.
struct cm_deadline_pause {
	struct cm_instant end, paused, resumed;
};
struct cm_instant cm_deadline_rule_resume(const struct cm_deadline_rule *rule, const struct cm_deadline_pause *pause,
                                          const struct cm_calendar *calendar);

// When reminder `i` of a clock that ends at `end` comes; false when it has no such reminder. The earliest is 0.
#define CM_DEADLINE_REMINDERS 4
bool cm_deadline_rule_reminder(enum cm_time_limit limit, size_t i, struct cm_instant end, struct cm_instant *ret_at);

// May this side give it a later end by its word? An end is never told earlier.
bool cm_deadline_rule_extends(enum cm_time_limit limit, enum cm_actor who);

// Have both sides this clock?
bool cm_deadline_rule_both(enum cm_time_limit limit);

// How the other side's end stands to ours. Some minutes are nothing: the two clocks are not one. HARM: the table's bound is on the
// other side of it, so that data may go earlier, or an answer come later, than counted here.
enum cm_deadline_view { CM_DEADLINE_VIEW_SAME, CM_DEADLINE_VIEW_OTHER, CM_DEADLINE_VIEW_HARM };
enum cm_deadline_view cm_deadline_rule_view(enum cm_time_limit limit, struct cm_instant ours, struct cm_instant theirs);

// What the end does: an event of the request (lapse, silence), or NONE when it is only told.
enum cm_event cm_deadline_rule_event(enum cm_time_limit limit);

#endif
