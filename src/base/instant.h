// Moments in UTC. Everything inside the program is a count of microseconds since 1970-01-01T00:00:00Z;
// text is RFC 3339. Leap seconds do not exist here (":60" is refused), as in POSIX.
#ifndef CM_BASE_INSTANT_H
#define CM_BASE_INSTANT_H

#include "base/buf.h"

struct cm_instant {
	int64_t us; // microseconds since the epoch, UTC
};

#define CM_INSTANT_SECOND INT64_C(1000000)
#define CM_INSTANT_DAY (INT64_C(86400) * CM_INSTANT_SECOND)
#define CM_INSTANT_TEXT 33 // longest text of this file with its NUL

// Civil time of a moment, UTC.
struct cm_civil {
	int year, month, day, hour, minute, second; // month and day from 1
	int micro;
};

struct cm_instant cm_instant_of_seconds(int64_t seconds);
int64_t cm_instant_seconds(struct cm_instant t); // rounded down

struct cm_civil cm_instant_civil(struct cm_instant t);
// False when a field is out of range (years 1970 to 9999).
bool cm_instant_of_civil(struct cm_civil c, struct cm_instant *ret_t);

// "2027-03-02T01:22:04Z" (whole seconds) into a buffer of CM_INSTANT_TEXT bytes; returns `to`.
char *cm_instant_text(struct cm_instant t, char *to);
// "2027-03-02T01:22:04.318225Z": six digits, as HI-1 headers want it.
char *cm_instant_text_micro(struct cm_instant t, char *to);
// "2027-03-02 01:22:04 UTC": for people.
char *cm_instant_text_people(struct cm_instant t, char *to);

// RFC 3339 with an offset ("Z", "+02:00"), an optional fraction of 1 to 9 digits (cut to microseconds),
// years 1970 to 9999, real dates only.
bool cm_instant_read(struct cm_view text, struct cm_instant *ret_t);

// A length of time for people: "2 d 4 h", "13 min", "41 s", "0.6 s". `to` has 32 bytes; returns `to`.
char *cm_instant_span_text(int64_t us, char *to);

#endif
