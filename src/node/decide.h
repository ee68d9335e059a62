// An officer's decision about a request of another node: judged by the tables of moves, deadlines and refusals, told to
// the requesting node as UPDATE, Notification and, where there is more to say, an answer document. Source: decide.c.
#ifndef CM_NODE_DECIDE_H
#define CM_NODE_DECIDE_H

#include "domain/joint.h"
#include "domain/tab_move.h"
#include "node/exchange.h"

// POST /api/v1/requests/ID/decision.
CM_CHECKED cm_result cm_decide_request(struct cm_exchange *ex, const struct cm_ipc_person *person,
                                       struct cm_report *report, struct cm_buf *body);

// POST /api/v1/evidence/ID/delivery: announces sealed evidence by DELIVER and moves the request by `event` of the body, else
// to where its kind ends ("disclose", "answer"). `evidence` is the row that upload made.
CM_CHECKED cm_result cm_decide_deliver(struct cm_exchange *ex, const struct cm_ipc_person *person,
                                       const struct cm_store_delivery *evidence, struct cm_report *report,
                                       struct cm_buf *body);

// POST /api/v1/requests/ID/delivery: may evidence answer the request so, now? Judges as cm_decide_deliver() would; nothing is
// written or said.
CM_CHECKED cm_result cm_decide_may_deliver(struct cm_exchange *ex, const struct cm_ipc_person *person,
                                           struct cm_report *report, struct cm_buf *body);

// The node's own word, without a person: that a preservation is held, that its end came. NONE tells the present state
// again. What is not open in the present state is refused with move_not_allowed.
CM_CHECKED cm_result cm_decide_tell(struct cm_node *node, struct cm_view request, enum cm_event event,
                                    enum cm_actor who, struct cm_report *report);

// The same when the clock of `row` ended. Refused with store_state_changed, by the very change that tells it, when no clock of this
// limit runs and is over any more: the row may have been read some time ago.
CM_CHECKED cm_result cm_decide_end_tell(struct cm_node *node, const struct cm_store_deadline *row, enum cm_event event,
                                        struct cm_report *report);

// The parties of an undertaking that we lead, told to the one that this request of ours asks. Refused: store_state_changed.
CM_CHECKED cm_result cm_decide_parties(struct cm_node *node, struct cm_view request, const struct cm_joint_roll *roll,
                                       struct cm_report *report);

#endif
