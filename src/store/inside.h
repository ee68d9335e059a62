// The store's own state, for the files of this room. Source: store.c, writer.c, cycle*.c, readers.c.
#ifndef CM_STORE_INSIDE_H
#define CM_STORE_INSIDE_H

#include "os/thread.h"
#include "store/change_inside.h"
#include "store/paths.h"
#include "store/recent.h"
#include "store/register.h"
#include "store/sqlite/put.h"
#include "store/store.h"

#define CM_STORE_WAL_MOVE 1024 // pages in the WAL from which they are moved into the database
#define CM_STORE_READERS 2
#define CM_STORE_PATH 1024

// An act of the batch in work; lives in its change's arena.
struct cm_cycle_act {
	struct cm_store_act act;
	char id[40], at[CM_INSTANT_TEXT];
	struct cm_hash512 record;
	struct cm_view entry;
};

// A submitted change and what comes of it.
struct cm_job {
	struct cm_job *next;
	struct cm_change *change;
	cm_store_done done;
	void *context;
	cm_result result;
	struct cm_report *report; // when refused
	bool repeated, deferred;
	struct cm_cycle_act *acts; // change->act_count of them
	struct cm_store_receipt *receipts;
	struct cm_buf answer;
	uint64_t artifacts[CM_CHANGE_ARTIFACTS];
	size_t artifact_count;
	uint64_t outbox;
};

// One batch: written by one transaction, signed after its COMMIT, finished by the next transaction.
struct cm_cycle {
	struct cm_job *jobs;
	struct cm_merkle_head older, newer;
	struct cm_log_batch batch; // count 0: no acts
	struct cm_hash *leaves;    // of the entries, and of the records in their batch
	struct cm_hash *records;
	size_t room;
	struct cm_paths paths;
	struct cm_store_signed head; // note_n 0: not signed
};

struct cm_store {
	struct cm_store_options options;
	char home[CM_STORE_PATH], node[256], path[CM_STORE_PATH];
	struct cm_note_key log;
	int lock;
	// the writer's
	struct cm_db *db, *check; // `check` reads back what `db` committed
	struct cm_register reg;
	struct cm_merkle_edge proved; // edge of the newest signed head, by the reading-back code
	struct cm_merkle_head head;   // newest signed head that is committed or about to be
	struct cm_instant last_at;
	struct cm_put_stamp stamp;
	bool stale; // the derived tables are of another version
	struct cm_thread writer, publisher;
	struct cm_report writer_report, publisher_report; // of what ends them; here, so that a lack of memory can be told
	// queue
	struct cm_mutex lock_queue;
	struct cm_cond filled;
	struct cm_job *first, **end;
	uint64_t queued, crowd; // crowd: changes that the last batch found waiting
	bool closing, stopped;
	// readers
	struct cm_mutex lock_readers;
	struct cm_cond reader_free;
	struct cm_db *readers[CM_STORE_READERS];
	bool taken[CM_STORE_READERS];
	bool rebuilding; // reads of the rebuilding thread go to `db`: it must see what it wrote
	pthread_t rebuilder;
	struct cm_recent recent;
	// publishing
	struct cm_mutex lock_tiles;
	struct cm_cond tiles_moved;
	uint64_t committed; // size of the newest committed head
	uint64_t published; // size that HOME/log shows
	bool wal_due;       // the WAL has CM_STORE_WAL_MOVE pages or more
	bool tiles_closing;
	uint64_t commits, changes;
};

// -- readers.c
bool cm_readers_rebuilding(struct cm_store *store); // is it the calling thread that makes the derived tables again?
CM_CHECKED cm_result cm_readers_init(struct cm_store *store, struct cm_report *report);
void cm_readers_fini(struct cm_store *store);
struct cm_db *cm_readers_take(struct cm_store *store);
void cm_readers_give(struct cm_store *store, struct cm_db *db);

// -- cycle.c, cycle_sign.c
// One transaction: finishes `before` (may be NULL), writes the rows and acts of cycle->jobs. Anything but CM_OK is fatal.
CM_CHECKED cm_result cm_cycle_write(struct cm_store *store, struct cm_cycle *before, struct cm_cycle *cycle,
                                    struct cm_report *report);
// Reads back, proves, lets sign, makes receipts and answers. Anything but CM_OK is fatal.
CM_CHECKED cm_result cm_cycle_sign(struct cm_store *store, struct cm_cycle *cycle, struct cm_report *report);
// After the COMMIT: rows that are soon asked for again are kept at hand.
void cm_cycle_remember(struct cm_store *store, const struct cm_cycle *cycle);
// Head, signature and answers of a signed cycle, inside a transaction.
CM_CHECKED cm_result cm_cycle_finish(struct cm_store *store, const struct cm_cycle *cycle, struct cm_report *report);
void cm_cycle_free(struct cm_cycle *cycle); // jobs have to be gone

// -- recover.c: checks and repairs at start, before the threads
CM_CHECKED cm_result cm_recover_run(struct cm_store *store, struct cm_report *report);

// -- rebuild.c: a transaction of its own. What came of it is the job's result; anything but CM_OK here is fatal.
CM_CHECKED cm_result cm_rebuild_run(struct cm_store *store, struct cm_job *job, struct cm_report *report);

// -- writer.c
void cm_writer_run(void *store);
void cm_writer_job_free(struct cm_job *job);

// -- tiles.c
void cm_tiles_run(void *store);
CM_CHECKED cm_result cm_tiles_load(struct cm_store *store, struct cm_report *report);

// -- receipt_load.c: an act of the database with its receipt to `head`. Views live in the arena.
struct cm_receipt_load {
	struct cm_db *db;
	const struct cm_merkle_head *head;
	struct cm_view note;
	struct cm_arena *arena;
};
CM_CHECKED cm_result cm_receipt_load_at(const struct cm_receipt_load *from, uint64_t index, struct cm_report *report,
                                        struct cm_store_receipt *ret_receipt, bool *ret_found);
// The tlog-proof's text, into the arena.
CM_CHECKED cm_result cm_receipt_load_text(struct cm_arena *arena, uint64_t index, const struct cm_merkle_proof *path,
                                          struct cm_view note, struct cm_view *ret_text);

#endif
