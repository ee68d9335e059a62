// Changes of persons on the running node. The keeper wants the approvals of persons who are already here, for exactly these sealed
// bytes; so the bytes wait here, at most an hour, until enough persons said yes. Source: persons.c; doc/spec/keys.md,
// section 4.
#ifndef CM_NODE_PERSONS_H
#define CM_NODE_PERSONS_H

#include "node/node.h"

CM_CHECKED cm_result cm_persons_new(struct cm_persons **ret_persons);
void cm_persons_free(struct cm_persons *persons);

// What came of it.
struct cm_persons_outcome {
	char id[CM_IPC_PERSON_ID];
	uint32_t have, needed;
	bool waits; // for more approvals
};

// Sealed bytes that add a person, or give new factors ("person_add", "person_enrol"), with the first person's statement. Refused: person_waiting_many, statement_other, and what the
// keeper refuses.
struct cm_persons_enrolment {
	const char *act;
	const char *id; // of the path; "": what the statement says
	struct cm_view sealed;
	const struct cm_ipc_statement *statement;
};
CM_CHECKED cm_result cm_persons_enrol(struct cm_node *node, const struct cm_persons_enrolment *enrolment,
                                      struct cm_report *report, struct cm_persons_outcome *ret_outcome);

// One more person's statement for what waits for `id`. Refused: person_waiting_none, and as above.
CM_CHECKED cm_result cm_persons_approve(struct cm_node *node, const char *id, const struct cm_ipc_statement *statement,
                                        struct cm_report *report, struct cm_persons_outcome *ret_outcome);

// One that waits, by its place from 0; false behind the last. `ret_by`: who approved so far.
struct cm_persons_waiting {
	char act[16], id[CM_IPC_PERSON_ID], by[2 * CM_IPC_PERSON_ID + 4];
	struct cm_hash digest;
};
bool cm_persons_at(struct cm_persons *persons, size_t at, struct cm_persons_waiting *ret_waiting);

#endif
