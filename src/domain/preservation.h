// What may become of a preservation later: a longer one, or its end, asked for by a request of its own (Art. 42(9), profile
// section 2). All from the tables of kinds and moves.
#ifndef CM_DOMAIN_PRESERVATION_H
#define CM_DOMAIN_PRESERVATION_H

#include "base/instant.h"
#include "base/report.h"
#include "domain/tab_kind.h"
#include "domain/tab_move.h"

// What a request of this kind asks to happen to a preservation: EXTEND, RELEASE, or NONE for all other kinds.
enum cm_event cm_preservation_event(enum cm_kind kind);

// A request to preserve, to preserve longer or no longer: nothing is disclosed with it.
bool cm_preservation_is(enum cm_kind kind);

// A preservation as it is known to whoever judges.
struct cm_preservation {
	enum cm_kind kind;
	enum cm_state state;
	struct cm_instant until; // us 0: not known
};

enum cm_preservation_can {
	CM_PRESERVATION_YES,
	CM_PRESERVATION_HELD, // an extension of what is held anyway: there is no end to move (Art. 42(8))
	CM_PRESERVATION_OVER, // it has ended: too late
	CM_PRESERVATION_NOT,  // it is not there to be changed: of another kind, or not decided yet
};
enum cm_preservation_can cm_preservation_can(const struct cm_preservation *now, enum cm_event event);

// Before it leaves: refused with extension_too_late, extension_not_later or move_not_allowed. `wanted` is the new end of an
// extension.
struct cm_preservation_ask {
	enum cm_event event;
	struct cm_instant at, wanted;
};
CM_CHECKED cm_result cm_preservation_ask_check(const struct cm_preservation *now, const struct cm_preservation_ask *ask,
                                               struct cm_report *report);

// When the officer grants a later end: extension_not_later or extension_too_late for `until` against the present end at the
// moment `asked`, deadline_in_past when it is over by now.
CM_CHECKED cm_result cm_preservation_extend_check(const struct cm_preservation *now, struct cm_instant asked,
                                                  struct cm_instant until, struct cm_instant clock,
                                                  struct cm_report *report);

#endif
