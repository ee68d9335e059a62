// Knows: which kinds change a preservation, and when that can still be. Does not know: messages, whose clock it is; it is told.
// Serves Arts 42(8), 42(9) and 40(26): data/families.tab, request_moves.tab, time_limits.tab.
#include "domain/preservation.h"

#include "domain/deadline.h"
#include "domain/kind.h"
#include "domain/move.h"
#include "domain/tab_family.h"

enum cm_event
cm_preservation_event(enum cm_kind kind)
{
	if (kind == CM_KIND_NONE)
		return CM_EVENT_NONE;
	enum cm_family family = cm_kind_row(kind)->family;
	return family == CM_FAMILY_EXTENSION ? CM_EVENT_EXTEND : family == CM_FAMILY_ENDING ? CM_EVENT_RELEASE : CM_EVENT_NONE;
}

bool
cm_preservation_is(enum cm_kind kind)
{
	return kind != CM_KIND_NONE && (cm_kind_has_task(kind, "LPTask") || cm_preservation_event(kind) != CM_EVENT_NONE);
}

enum cm_preservation_can
cm_preservation_can(const struct cm_preservation *now, enum cm_event event)
{
	if (!cm_kind_has_task(now->kind, "LPTask"))
		return CM_PRESERVATION_NOT;
	if (cm_move_at(now->kind, now->state, event) != CM_MOVE_NONE)
		return CM_PRESERVATION_YES;
	if (event == CM_EVENT_EXTEND && now->state == CM_STATE_HELD_PENDING_MLA)
		return CM_PRESERVATION_HELD;
	return cm_move_over(now->kind, now->state) ? CM_PRESERVATION_OVER : CM_PRESERVATION_NOT;
}

cm_result
cm_preservation_ask_check(const struct cm_preservation *now, const struct cm_preservation_ask *ask,
                          struct cm_report *report)
{
	char until[CM_INSTANT_TEXT];
	struct cm_move_step step = {now->kind, now->state, ask->event, CM_ACTOR_REQUESTED};
	enum cm_state to;
	switch (cm_preservation_can(now, ask->event)) {
	case CM_PRESERVATION_HELD:
		return CM_OK;
	case CM_PRESERVATION_YES:
		return ask->event == CM_EVENT_EXTEND ? cm_deadline_extension_check(now->until, ask->at, ask->wanted, report) : CM_OK;
	case CM_PRESERVATION_OVER:
		if (ask->event == CM_EVENT_EXTEND)
			return cm_report_refuse(report, CM_ERROR_EXTENSION_TOO_LATE, "extension", "it ended %s",
			                        cm_instant_text_people(now->until, until));
		break;
	case CM_PRESERVATION_NOT:
		break;
	}
	return cm_move_step(&step, report, &to);
}

cm_result
cm_preservation_extend_check(const struct cm_preservation *now, struct cm_instant asked, struct cm_instant until,
                             struct cm_instant clock, struct cm_report *report)
{
	char text[CM_INSTANT_TEXT];
	if (until.us != 0 && until.us <= clock.us)
		return cm_report_refuse(report, CM_ERROR_DEADLINE_IN_PAST, "end", "%s", cm_instant_text_people(until, text));
	return cm_deadline_extension_check(now->until, asked, until, report);
}
