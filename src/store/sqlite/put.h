// Writing rows: one INSERT for every table, made from its columns, and what a change asks for beyond it. Inside a
// transaction of the writer. Source: put.c.
#ifndef CM_STORE_SQLITE_PUT_H
#define CM_STORE_SQLITE_PUT_H

#include "store/change_inside.h"
#include "store/sqlite/db.h"

// How many objects of the peer stamped last have its newest second. Zero-initialise; keep it as long as the connection.
struct cm_put_stamp {
	char peer[256];
	size_t peer_n; // 0: not known
	int64_t latest, count;
};

// What the placeholders of a change stand for, and which of its rows count.
struct cm_put {
	struct cm_db *db;
	struct cm_put_stamp *stamp;
	bool derived_only; // rebuilding: rows of fixed tables and acts are passed over
	uint64_t seq;      // event of the change, 0 without
	uint64_t last_act; // index + 1 of the last act of the change, 0 without
	uint64_t artifacts[CM_CHANGE_ARTIFACTS]; // ids, in order
	size_t artifact_count;
	uint64_t outbox; // id of the last row of it
};

CM_CHECKED cm_result cm_put_row(struct cm_put *put, const struct cm_table *table, const void *row,
                                struct cm_report *report);

// All rows of the change but its acts, in order. Rows of requests and objects are as written afterwards. Refused: store_state_changed, store_object_known, store_generation,
// store_row.
CM_CHECKED cm_result cm_put_change(struct cm_put *put, const struct cm_change *change, struct cm_report *report);

// Answers older than that have done their work.
CM_CHECKED cm_result cm_put_prune(struct cm_db *db, struct cm_instant before, struct cm_report *report);

// The event row; gives its number.
CM_CHECKED cm_result cm_put_event(struct cm_db *db, const struct cm_change *change, struct cm_report *report,
                                  uint64_t *ret_seq);

#endif
