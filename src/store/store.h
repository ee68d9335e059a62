// The store: everything a node keeps beside its keys and its sealed blobs. One database (HOME/db/comity.db), one writer
// thread with group commit, two reading connections; no cursor and no transaction leaves this room.
//
// Writing. A *change* lists the rows that must become durable together (change.h). It is submitted with a completion,
// which the writer thread calls once everything about it is on disk: rows, acts, the signed head over them, and the exact
// bytes of the answer that carries the acts' receipts. A failed COMMIT has an unknown outcome, so it ends the process
// (`fatal`); the next start decides from the database.
//   cycle k: transaction = rows, acts and entries of batch k, plus head and answers of batch k-1; COMMIT; answers of k-1
//   are released; the entries of k are read back, recomputed and proved by other code; the keeper signs; answers of k are
//   made. The next transaction starts at once: it takes whatever came meanwhile.
//
// Reading (read.h) is synchronous, from any thread, and sees whole changes only.
// Serves doc/spec/register.md section 5; DESIGN.md section 5 rules 1, 3. Source: store.c, writer.c, cycle.c.
#ifndef CM_STORE_STORE_H
#define CM_STORE_STORE_H

#include "crypto/merkle.h"
#include "crypto/note.h"
#include "store/change.h"

struct cm_store;

// What the keeper is asked for after a COMMIT, in one round trip.
struct cm_store_sign {
	struct cm_hash batch_root; // over the record leaves of the batch; meaningless when batch_count is 0
	uint64_t batch_count;      // acts of the batch; 0: only the head (recovery)
	struct cm_instant batch_time;
	struct cm_view origin;
	struct cm_merkle_head older, newer;
	struct cm_merkle_proof consistency; // older → newer, verified
};

struct cm_store_signed {
	uint8_t batch_signature[64];   // r||s of authority-sign over cm_statement_acts()
	struct cm_hash certificate;    // SHA-256 of the DER certificate of authority-sign
	uint8_t note[4096];            // the whole signed checkpoint
	size_t note_n;
};

// One answer to be made: fill `answer` (its maximum is CM_LIMIT_MESSAGE_BYTES_VALUE).
struct cm_store_reply_job {
	struct cm_view sender, transaction, context; // of the reply row
	const struct cm_store_receipt *receipts;     // of the change's acts, in order
	size_t receipt_count;
	struct cm_buf answer; // set up by the store
};

// The receipt of one act: a proof to our own signed head.
struct cm_store_receipt {
	const struct cm_store_act *act; // with its signature
	struct cm_view proof;           // tlog-proof text
};

// What came of a change. Everything in it lives until the completion returns.
struct cm_store_outcome {
	cm_result result;               // CM_OK; CM_REFUSED: nothing of the change was kept, `report` names the rule
	const struct cm_report *report;
	const struct cm_store_receipt *receipts;
	size_t receipt_count;
	struct cm_view answer;          // exact bytes when the change had a reply
	bool repeated;                  // the transaction was answered before: `answer` is the first answer, nothing else was done
	const uint64_t *artifacts;      // ids of the artifacts put, in order
	size_t artifact_count;
	uint64_t outbox;                // id of the last outbox row put, 0 without
};
typedef void (*cm_store_done)(void *context, const struct cm_store_outcome *outcome);

struct cm_store_options {
	const char *home;
	const char *node;                 // node id, for the acts
	const struct cm_note_key *log;    // name = origin "<node>/log/<year>"; kept in the database at the first opening
	cm_result (*sign)(void *self, const struct cm_store_sign *job, struct cm_report *report,
	                  struct cm_store_signed *ret_signed);
	// Makes answers for `count` jobs of one batch (so that they can be signed together). Also called at start for
	// answers that a crash left unmade. NULL when no change has a reply.
	cm_result (*reply)(void *self, struct cm_store_reply_job *jobs, size_t count, struct cm_report *report);
	// Puts the derived rows of an event into `change`: the same function when a change is made and when the store
	// rebuilds. NULL: nothing to rebuild with.
	cm_result (*apply)(void *self, const struct cm_store_event *event, struct cm_change *change,
	                   struct cm_report *report);
	// Something was committed, and readers see it; from the writer thread, must not block. May be NULL.
	void (*kept)(void *self);
	// Called once, from the writer thread, when a COMMIT, fsync or signature fails: the process must end. Nothing is
	// acknowledged after it.
	void (*fatal)(void *self, const struct cm_report *report);
	void *self;
	uint32_t batch_max;               // changes of one commit; 0: CM_LIMIT_STORE_BATCH_VALUE
	unsigned no_tiles : 1;            // do not write HOME/log (benches)
};

// Opens or makes the store: lock, migrations (after a backup file beside the database), checks (head signature, right
// edge, last 256 entries), unsigned entries signed, unmade answers made, orphan blobs swept; then starts the writer.
// Refused: lock_held, store_newer, store_damaged, store_origin. CM_FAILED for disk and database.
CM_CHECKED cm_result cm_store_open(const struct cm_store_options *options, struct cm_report *report,
                                   struct cm_store **ret_store);

// Lets the writer finish what was submitted, then closes. NULL is fine.
void cm_store_close(struct cm_store *store);

// Submits; the store owns the change from here on, also on failure. `done` is called exactly once for CM_OK, from the
// writer thread; it must not block and must not call cm_store_close(). CM_REFUSED with store_busy when the queue is
// full (answer 503 with Retry-After), store_stopped after a fatal failure or while closing: then `done` is not called.
CM_CHECKED cm_result cm_store_submit(struct cm_store *store, struct cm_change *change, cm_store_done done,
                                     void *context, struct cm_report *report);

// Submits and waits; for commands and tests. The outcome's answer is appended to `answer` (may be NULL), the first
// receipt's proof to `proof` (may be NULL). Never from the writer thread.
CM_CHECKED cm_result cm_store_submit_wait(struct cm_store *store, struct cm_change *change, struct cm_report *report,
                                          struct cm_buf *answer, struct cm_buf *proof);

// Calls options.apply and then submits: the usual way of the node. at, cause and detail of `event` are
// copied into the change; acts are put by the caller, before or after.
CM_CHECKED cm_result cm_store_apply(struct cm_store *store, const struct cm_store_event *event,
                                    struct cm_change *change, struct cm_report *report);

// True when the derived tables are of another version than the program's. Then cm_store_rebuild() comes before anything else is
// read or written; it is not part of the opening, since `apply` reads the store.
bool cm_store_stale(const struct cm_store *store);

// Drops all derived rows and makes them again by walking the events, in one transaction. Nothing else is written meanwhile.
// CM_REFUSED, CM_BUG: an event does not apply any more, the rows are as before.
CM_CHECKED cm_result cm_store_rebuild(struct cm_store *store, struct cm_report *report);

// The whole check: every entry, tile and head recomputed, every act opened to its entry, every blob's length. Takes
// long; runs on a reading connection. Refused: store_damaged, with the place.
CM_CHECKED cm_result cm_store_check(struct cm_store *store, struct cm_report *report);

// Figures for /metrics and the desk.
struct cm_store_figures {
	uint64_t size;             // entries of the register
	uint64_t queued;           // changes waiting
	uint64_t commits, changes; // since start
	uint64_t tiles_size;       // entries that HOME/log shows
};
void cm_store_figures(struct cm_store *store, struct cm_store_figures *ret_figures);

#endif
