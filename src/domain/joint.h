// A joint undertaking (Art. 48): requests of one kind under one number, to several parties, by the State that leads. Each party's
// answer is its own; who takes part is told to all by the leading one, as a roll. Source: joint.c; why so: doc/why/undertakings.md.
#ifndef CM_DOMAIN_JOINT_H
#define CM_DOMAIN_JOINT_H

#include "base/buf.h"
#include "base/result.h"
#include "base/tab_limit.h"
#include "domain/tab_state.h"
#include "format/answer_doc.h"

// How a request belongs to an undertaking: the word of `relates_to` in its document.
enum cm_joint_part {
	CM_JOINT_NO_PART,
	CM_JOINT_FOUNDS, // asks a party without which nothing is in force
	CM_JOINT_JOINS,  // asks a party to come to what there is
	CM_JOINT_WITHIN, // any other request of one party to another
};
enum cm_joint_part cm_joint_part_find(struct cm_view word);
const char *cm_joint_part_name(enum cm_joint_part part);

// What the state of its request says of a party: "asked", "agreed", "refused" or "left".
const char *cm_joint_standing(enum cm_state state);

// The parties at one moment. Views point into what the roll was read from.
struct cm_joint_roll {
	struct cm_doc_member parties[CM_LIMIT_JOINT_PARTIES_VALUE];
	size_t count;
};
void cm_joint_roll_write(const struct cm_doc_member *parties, size_t count, struct cm_buf *to);
// CM_BUG for anything malformed: we wrote it. Nothing gives an empty roll.
CM_CHECKED cm_result cm_joint_roll_read(struct cm_view bytes, struct cm_joint_roll *ret_roll);

// Does it lead, or has it agreed and not left?
bool cm_joint_member(const struct cm_joint_roll *roll, struct cm_view node);

// In force: every founding party that has not left has agreed, and there is one.
bool cm_joint_in_force(const struct cm_joint_roll *roll);

// A sentence of the parties, for people.
void cm_joint_words(const struct cm_joint_roll *roll, struct cm_buf *to);

#endif
