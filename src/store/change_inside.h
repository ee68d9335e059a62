// What a change is made of, for the writer. Inside the room only. Source: change.c.
#ifndef CM_STORE_CHANGE_INSIDE_H
#define CM_STORE_CHANGE_INSIDE_H

#include "store/change.h"
#include "store/table.h"

enum cm_change_kind {
	CM_CHANGE_PUT,     // table, row
	CM_CHANGE_REMOVE,  // table, text = key
	CM_CHANGE_MARK,    // row = outbox
	CM_CHANGE_REQUEST, // row, text = state and number = end it must have; no text: it must not exist
	CM_CHANGE_DEADLINE, // row, text = state and number = end it must have
	CM_CHANGE_OBJECT,  // row, number = generation it must have
	CM_CHANGE_HAVE,    // text = delivery, number = bytes
	CM_CHANGE_DUE,     // text = delivery, number = microseconds
	CM_CHANGE_FETCH,   // row = delivery
	CM_CHANGE_DELIVER, // row = delivery of ours that is still packed
	CM_CHANGE_CLEAR,   // text = delivery, text2 = purpose
	CM_CHANGE_PRUNE,   // number: replies before that moment go
	CM_CHANGE_BLOB,    // hash = blob whose row goes
	CM_CHANGE_ACT,     // values
};

struct cm_change_op {
	struct cm_change_op *next;
	enum cm_change_kind kind;
	enum cm_table_name table;
	void *row;
	struct cm_view text, text2;
	struct cm_hash hash;
	int64_t number;
	struct cm_act_values *values;
};

struct cm_change {
	struct cm_arena arena;
	struct cm_instant at;
	struct cm_change_op *first, **end;
	size_t ops, bytes;
	cm_result failed;
	bool has_event;
	bool early;
	bool rebuild; // no rows: the derived tables are to be made again
	struct cm_view cause, detail;
	const struct cm_store_reply *reply; // also among the ops
	size_t artifact_count, act_count;
	struct cm_store_artifact **artifacts; // in order, CM_CHANGE_ARTIFACTS places
};

// Makes the change an order to rebuild.
void cm_change_rebuild(struct cm_change *change);

#define CM_CHANGE_ARTIFACTS CM_LIMIT_STORE_CHANGE_ACTS_VALUE

#endif
