// The register's tables: entries, acts, roots of full tiles, batches, heads, answers waiting for receipts, events. Each call
// is one statement; transactions are the caller's. Source: log.c, log_read.c.
#ifndef CM_STORE_SQLITE_LOG_H
#define CM_STORE_SQLITE_LOG_H

#include "base/arena.h"
#include "crypto/merkle.h"
#include "store/rows.h"
#include "store/sqlite/db.h"

struct cm_log_act {
	uint64_t index, seq;          // seq: event, 0 without
	struct cm_view id, request;   // request may be empty
	struct cm_view body;          // act_body.h
	struct cm_view entry;         // as it stands in the log
};
CM_CHECKED cm_result cm_log_put_act(struct cm_db *db, const struct cm_log_act *act, struct cm_report *report);
CM_CHECKED cm_result cm_log_put_node(struct cm_db *db, unsigned level, uint64_t n, const struct cm_hash *hash,
                                     struct cm_report *report);

struct cm_log_batch {
	uint64_t first, count;
	struct cm_instant time;
	struct cm_hash root;
	bool is_signed;
	uint8_t signature[64];
	struct cm_hash certificate;
};
CM_CHECKED cm_result cm_log_put_batch(struct cm_db *db, const struct cm_log_batch *batch, struct cm_report *report);
CM_CHECKED cm_result cm_log_sign_batch(struct cm_db *db, const struct cm_log_batch *batch, struct cm_report *report);
// The batch that holds entry `index`; *ret_found false when there is none.
CM_CHECKED cm_result cm_log_batch_of(struct cm_db *db, uint64_t index, struct cm_report *report,
                                     struct cm_log_batch *ret_batch, bool *ret_found);

CM_CHECKED cm_result cm_log_put_head(struct cm_db *db, const struct cm_merkle_head *head, struct cm_view note,
                                     struct cm_report *report);
// The newest head (size 0 and an empty note when there is none); the note is appended to `note`, which may be NULL.
CM_CHECKED cm_result cm_log_last_head(struct cm_db *db, struct cm_report *report, struct cm_merkle_head *ret_head,
                                      struct cm_buf *note);

// Entries that the table holds (signed or not).
CM_CHECKED cm_result cm_log_size(struct cm_db *db, struct cm_report *report, uint64_t *ret_size);
// Calls `each` for the entries [first, first+n) in order; store_damaged when one is missing.
CM_CHECKED cm_result cm_log_entries(struct cm_db *db, uint64_t first, uint64_t n, struct cm_report *report,
                                    bool (*each)(void *context, uint64_t index, struct cm_view entry),
                                    void *context);
// Leaf hashes of [first, first+n).
CM_CHECKED cm_result cm_log_leaves(struct cm_db *db, uint64_t first, size_t n, struct cm_report *report,
                                   struct cm_hash *ret_leaves);
// Hashes [first, first+n) of tile level `level` ≥ 1: roots of full tiles of the level below.
CM_CHECKED cm_result cm_log_nodes(struct cm_db *db, unsigned level, uint64_t first, size_t n, struct cm_report *report,
                                  struct cm_hash *ret_hashes);

// A source of hashes for proofs. `self` of the source is this struct, which must outlive it.
struct cm_log_source {
	struct cm_db *db;
	struct cm_report *report;
};
struct cm_merkle_source cm_log_source_of(struct cm_log_source *source);

// The act at an index, or of an id; views live in `arena`. *ret_found false when there is none.
CM_CHECKED cm_result cm_log_act_at(struct cm_db *db, uint64_t index, struct cm_arena *arena, struct cm_report *report,
                                   struct cm_log_act *ret_act, bool *ret_found);
CM_CHECKED cm_result cm_log_act_index(struct cm_db *db, struct cm_view id, struct cm_report *report,
                                      uint64_t *ret_index, bool *ret_found);

// Time of the newest act's batch; us 0 without one.
CM_CHECKED cm_result cm_log_last_time(struct cm_db *db, struct cm_report *report, struct cm_instant *ret_time);

// Values that the store itself remembers.
CM_CHECKED cm_result cm_log_meta(struct cm_db *db, const char *name, struct cm_report *report, struct cm_buf *to);
CM_CHECKED cm_result cm_log_put_meta(struct cm_db *db, const char *name, struct cm_view value,
                                     struct cm_report *report);

#endif
