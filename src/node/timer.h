// The clock of deadlines: warns, and lets end what has ended. One thread, woken by the store's next moment. Source: timer.c.
#ifndef CM_NODE_TIMER_H
#define CM_NODE_TIMER_H

#include "node/node.h"

struct cm_timer;

CM_CHECKED cm_result cm_timer_start(struct cm_node *node, struct cm_report *report, struct cm_timer **ret_timer);
void cm_timer_stop(struct cm_timer *timer);
void cm_timer_free(struct cm_timer *timer); // once nobody can stir it any more
// A deadline was set or moved.
void cm_timer_stir(struct cm_timer *timer);

// Something about the preservation of this task, or about a request that names it, changed: see cm_hold_look(). From any
// thread.
void cm_timer_look_at(struct cm_timer *timer, struct cm_view task);

// A joint undertaking is known here from now on; and: something was kept, which may concern one. From any thread.
void cm_timer_undertakes(struct cm_timer *timer);
void cm_timer_kept(struct cm_timer *timer);

#endif
