// A joint undertaking as this node knows it (Art. 48): the leading node makes the roll of parties from its own requests and their
// answers and tells it to each; a party keeps what it was told last. Source: joint.c; why so: doc/why/undertakings.md.
#ifndef CM_NODE_JOINT_H
#define CM_NODE_JOINT_H

#include "domain/joint.h"
#include "format/json_put.h"
#include "node/node.h"
#include "node/reader_message.h"

struct cm_joint {
	bool known, leads;        // known here; led by us
	char lead[CM_X509_NODE];  // who leads
	const char *own;          // what our own answer says of us, when we do not lead: "left" before the leading node has told it
	struct cm_joint_roll roll;
	struct cm_arena arena;    // texts of the roll
};
void cm_joint_fini(struct cm_joint *joint);
// The undertaking of this number; free with cm_joint_fini().
CM_CHECKED cm_result cm_joint_read(struct cm_node *node, struct cm_view number, struct cm_report *report,
                                   struct cm_joint *ret_joint);

// May this request of a peer be answered with data? One that is within no undertaking may. Refused: undertaking_unknown,
// undertaking_member, undertaking_force.
CM_CHECKED cm_result cm_joint_may_give(struct cm_node *node, const struct cm_store_request *row, struct cm_report *report);

// A request of ours that is to leave: it begins an undertaking, or belongs to one that we lead or take part in.
CM_CHECKED cm_result cm_joint_may_send(struct cm_node *node, const struct cm_reader_draft *draft, struct cm_view own,
                                       struct cm_view to, struct cm_report *report);

// A request of a peer: within an undertaking it must be of a member, and none has a number of another one's. *ret_why stays NULL
// when it may be taken.
CM_CHECKED cm_result cm_joint_take(struct cm_node *node, struct cm_view peer, const struct cm_reader_judged *judged,
                                   struct cm_report *report, const char **ret_why);

// Tells the roll to every party of each undertaking that we lead, where it is another one than was told last; of those about which
// something changed since `from`. Looking twice, or late, does no harm.
CM_CHECKED cm_result cm_joint_look(struct cm_node *node, struct cm_instant from, struct cm_report *report);

// Members "undertaking" (object or null) of a request as shown.
CM_CHECKED cm_result cm_joint_show(struct cm_node *node, const struct cm_store_request *row, struct cm_json_put *put,
                                   struct cm_report *report);

// The sealing keys of the members, beside those that are listed already.
CM_CHECKED cm_result cm_joint_recipients(struct cm_node *node, const struct cm_store_request *row, struct cm_json_put *put,
                                         struct cm_report *report);

#endif
