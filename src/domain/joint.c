// Knows: what makes a party to a joint undertaking, when it is in force, and how a roll of parties is kept. Does not know: who tells
// it to whom (node/joint.c). Serves doc/spec/request-document.md, section 5.
#include "domain/joint.h"

#include <string.h>

#include "base/instant.h"
#include "base/rd.h"

static const char *const cm_joint_parts[] = {[CM_JOINT_FOUNDS] = "founds", [CM_JOINT_JOINS] = "joins", [CM_JOINT_WITHIN] = "within"};

enum cm_joint_part
cm_joint_part_find(struct cm_view word)
{
	for (enum cm_joint_part part = CM_JOINT_FOUNDS; part <= CM_JOINT_WITHIN; part++)
		if (cm_view_is(word, cm_joint_parts[part]))
			return part;
	return CM_JOINT_NO_PART;
}

const char *
cm_joint_part_name(enum cm_joint_part part)
{
	return part == CM_JOINT_NO_PART ? "" : cm_joint_parts[part];
}

const char *
cm_joint_standing(enum cm_state state)
{
	if (state == CM_STATE_ANSWERED || state == CM_STATE_ACCEPTED || state == CM_STATE_ACCEPTED_WITH_CONDITIONS)
		return "agreed";
	if (state == CM_STATE_REFUSED || state == CM_STATE_CONDITIONS_REFUSED || state == CM_STATE_RETURNED_INCOMPLETE)
		return "refused";
	if (state == CM_STATE_CLOSED || state == CM_STATE_WITHDRAWN || state == CM_STATE_RETENTION_END)
		return "left";
	return "asked";
}

void
cm_joint_roll_write(const struct cm_doc_member *parties, size_t count, struct cm_buf *to)
{
	cm_buf_u8(to, (uint8_t)count);
	for (size_t i = 0; i < count; i++) {
		cm_buf_field(to, parties[i].node);
		cm_buf_field(to, parties[i].state);
		cm_buf_field(to, parties[i].recipient);
		cm_buf_u64be(to, (uint64_t)parties[i].at.us);
		cm_buf_u8(to, (uint8_t)parties[i].founds);
	}
}

cm_result
cm_joint_roll_read(struct cm_view bytes, struct cm_joint_roll *ret_roll)
{
	struct cm_joint_roll roll = {.count = 0};
	struct cm_rd rd = cm_rd_of(bytes);
	size_t n = bytes.n == 0 ? 0 : cm_rd_u8(&rd);
	if (n > CM_LIMIT_JOINT_PARTIES_VALUE)
		return CM_BUG;
	for (; roll.count < n; roll.count++) {
		struct cm_doc_member *m = &roll.parties[roll.count];
		m->node = cm_rd_field(&rd);
		m->state = cm_rd_field(&rd);
		m->recipient = cm_rd_field(&rd);
		m->at.us = (int64_t)cm_rd_u64be(&rd);
		m->founds = cm_rd_u8(&rd) == CM_DOC_YES ? CM_DOC_YES : CM_DOC_NO;
	}
	if (!cm_rd_done(&rd))
		return CM_BUG;
	*ret_roll = roll;
	return CM_OK;
}

bool
cm_joint_member(const struct cm_joint_roll *roll, struct cm_view node)
{
	for (size_t i = 0; i < roll->count; i++)
		if (cm_view_equal(roll->parties[i].node, node) &&
		    (cm_view_is(roll->parties[i].state, "leads") || cm_view_is(roll->parties[i].state, "agreed")))
			return true;
	return false;
}

bool
cm_joint_in_force(const struct cm_joint_roll *roll)
{
	bool agreed = false;
	for (size_t i = 0; i < roll->count; i++) {
		struct cm_view state = roll->parties[i].state;
		agreed = agreed || cm_view_is(state, "agreed");
		if (roll->parties[i].founds == CM_DOC_YES && (cm_view_is(state, "asked") || cm_view_is(state, "refused")))
			return false;
	}
	return agreed;
}

void
cm_joint_words(const struct cm_joint_roll *roll, struct cm_buf *to)
{
	char at[CM_INSTANT_TEXT];
	for (size_t i = 0; i < roll->count; i++)
		cm_buf_printf(to, "%s%.*s %.*s since %s", i == 0 ? "" : "; ", CM_VIEW_ARG(roll->parties[i].node),
		              CM_VIEW_ARG(roll->parties[i].state), cm_instant_text(roll->parties[i].at, at));
	cm_buf_text(to, cm_joint_in_force(roll) ? ". In force." : ". Not in force.");
}
