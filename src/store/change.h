// A change: the rows that become durable together, or not at all. Built by one thread, then submitted (store.h).
// Everything given is copied. Failure is sticky: build the whole change and let cm_store_submit() tell.
// Source: change.c.
#ifndef CM_STORE_CHANGE_H
#define CM_STORE_CHANGE_H

#include "store/rows.h"

struct cm_change;

// An empty change that happened at `at`. NULL: no memory.
struct cm_change *cm_change_new(struct cm_instant at);
void cm_change_free(struct cm_change *change); // only when it was not submitted
void cm_change_free_at(struct cm_change **at); // for CM_CLEANUP

// CM_OK while nothing failed.
CM_CHECKED cm_result cm_change_result(const struct cm_change *change);

// What the change is about, for rebuilding: cause and detail of `event` are kept with the artifacts and acts of the
// change. A change without it leaves nothing to rebuild from: fine for fixed rows (outbox marks, peers).
void cm_change_event(struct cm_change *change, struct cm_view cause, struct cm_view detail);

// The outcome comes as soon as the rows and the acts' entries are durable, without receipts: the signed head follows. For
// those who have no use for a receipt. A change with a reply cannot have it.
void cm_change_early(struct cm_change *change);

// -- fixed rows. Strings are keys as rows.h says; a put of the same key replaces the row.
// Artifacts are found again by ids in outcome order; later rows of the same change that say artifact 0 mean the last one.
void cm_change_artifact(struct cm_change *change, const struct cm_store_artifact *row);
void cm_change_peer(struct cm_change *change, const struct cm_store_peer *row);
void cm_change_peer_remove(struct cm_change *change, struct cm_view node);
// The change answers this transaction. Known with the same digest: the whole change is skipped and the outcome repeats
// the first answer; with another digest: refused with store_transaction_reused. One a change.
void cm_change_reply(struct cm_change *change, const struct cm_store_reply *row);
// Removes the answers to messages that came before `before`; one that is not made yet stays.
void cm_change_reply_prune(struct cm_change *change, struct cm_instant before);
void cm_change_outbox(struct cm_change *change, const struct cm_store_outbox *row);
// State, tries, due, answer and trouble of outbox row `id`. answer 0 means the last artifact of this change, if the state
// is CM_STORE_DONE and there is one.
void cm_change_outbox_mark(struct cm_change *change, const struct cm_store_outbox *row);
void cm_change_blob(struct cm_change *change, const struct cm_store_blob *row);
void cm_change_blob_remove(struct cm_change *change, const struct cm_hash *sha256);
void cm_change_folder(struct cm_change *change, const struct cm_store_folder *row);
void cm_change_directory(struct cm_change *change, const struct cm_store_directory *row);
void cm_change_person(struct cm_change *change, const struct cm_store_person *row);

// An act for the register. The store fills in `act` (unless given), `at` and `node`. A word that is no row of acts.tab, or
// fields that do not fit it, refuse the change. Field values "$artifact" and "$artifact:N" stand for the SHA-256 of the
// last (N-th, from 0) artifact of this change.
void cm_change_act(struct cm_change *change, const struct cm_act_values *values);

// -- derived rows. An act or artifact number that is not known yet: CM_STORE_LAST stands for the last act (index + 1) of
// this change or the last artifact put so far, CM_STORE_NTH(n) for its n-th artifact, from 0. They hold in every field
// called act, artifact, document, message, answer; while rebuilding they stand for those of the event.
#define CM_STORE_LAST UINT64_MAX
#define CM_STORE_NTH(n) (UINT64_MAX - 1 - (uint64_t)(n))
// Insert or replace; `from` is the row that was judged: its state and its end (`until`) must be those of now. NULL when the
// request must not exist yet. Otherwise the whole change is refused with store_state_changed.
void cm_change_request(struct cm_change *change, const struct cm_store_request *from, const struct cm_store_request *row);
void cm_change_step(struct cm_change *change, const struct cm_store_step *row);
// Insert or replace. `generation` is the one the row must have now, -1 when it must not exist yet (store_object_known),
// -2 when it does not matter. When we are its registrar row->changed is where stamping starts: the store moves it on to
// the first second in which fewer than 100 objects of this peer were stamped, and never before the peer's latest second.
// options.reply runs after the COMMIT, so it reads the stamp from the row.
void cm_change_object(struct cm_change *change, int64_t generation, const struct cm_store_object *row);
// Insert or replace; with `from`, the row that was looked at, its end and state must be those of now (store_state_changed).
void cm_change_deadline(struct cm_change *change, const struct cm_store_deadline *from, const struct cm_store_deadline *row);
void cm_change_delivery(struct cm_change *change, const struct cm_store_delivery *row);
// Durable progress of a pull.
void cm_change_delivery_have(struct cm_change *change, struct cm_view id, uint64_t have);
// How fetching goes: `have`, `tries`, `strikes`, `due` and `trouble` of the row.
void cm_change_delivery_fetch(struct cm_change *change, const struct cm_store_delivery *row);
// Fetching may begin again at this time.
void cm_change_delivery_due(struct cm_change *change, struct cm_view id, struct cm_instant due);
// Evidence of ours is announced. Unless its row is in state "packed", the whole change is refused with evidence_delivered.
void cm_change_deliver(struct cm_change *change, const struct cm_store_delivery *row);
void cm_change_approval(struct cm_change *change, const struct cm_store_approval *row);
void cm_change_approval_clear(struct cm_change *change, struct cm_view delivery, struct cm_view purpose);
void cm_change_news(struct cm_change *change, const struct cm_store_news *row);

#endif
