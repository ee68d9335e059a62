// Rows of requests and objects as they were last committed, for those who ask again soon: the answer to a message comes
// milliseconds after it was written. What is not here is in the database; what is here is never older than it.
// Filled by the writer after a COMMIT, read by any thread. Inside the room only. Source: recent.c.
#ifndef CM_STORE_RECENT_H
#define CM_STORE_RECENT_H

#include "base/tab_limit.h"
#include "os/thread.h"
#include "store/table.h"

struct cm_recent_row; // opaque

struct cm_recent {
	struct cm_mutex lock;
	struct cm_recent_row *rows[CM_LIMIT_STORE_RECENT_VALUE];    // in order of first arrival, a ring
	struct cm_recent_row *buckets[CM_LIMIT_STORE_RECENT_VALUE]; // by key
	size_t next;
};

void cm_recent_init(struct cm_recent *recent);
void cm_recent_fini(struct cm_recent *recent);

// The row as it is now. Tables whose first column is their whole key. Without memory the row is forgotten.
void cm_recent_put(struct cm_recent *recent, enum cm_table_name table, const void *row);

// A copy in the arena, NULL when it is not here or the arena found no memory.
void *cm_recent_find(struct cm_recent *recent, enum cm_table_name table, struct cm_view key, struct cm_arena *arena);

// Forgets all.
void cm_recent_clear(struct cm_recent *recent);

#endif
