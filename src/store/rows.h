// The rows that the store keeps, in the domain's words: one struct for writing and reading. Times are microseconds UTC
// (us 0: none). Views point to the caller's memory when a row is written, to the page's when it was read.
// Fixed tables hold what came, went and was said; derived ones can be dropped and rebuilt from them (store.h).
#ifndef CM_STORE_ROWS_H
#define CM_STORE_ROWS_H

#include "base/instant.h"
#include "crypto/hash.h"
#include "format/act.h"

// -- fixed ----------------------------------------------------------------------------------------------------------

enum cm_store_direction {
	CM_STORE_IN = 1,    // received
	CM_STORE_OUT = 2,   // signed by us to be sent
	CM_STORE_LOCAL = 3, // drafts, decisions, cards, reports: never sent as they are
};

// Exact bytes, as received or sent. They are truth: never changed.
struct cm_store_artifact {
	uint64_t id; // given by the store; 0 when written
	struct cm_hash sha256; // computed by the store
	int64_t direction;     // enum cm_store_direction
	struct cm_view peer;   // node id, empty for our own
	struct cm_view media;  // "hi1", "card", "request-document", "report", …
	struct cm_view name;   // what it is found by: TransactionIdentifier, document id, "card"
	struct cm_instant at;
	struct cm_view bytes;
};

// A peer, from the invitation on. One row a node; the last card wins, older cards stay as artifacts.
struct cm_store_peer {
	struct cm_view node;    // "xb.contact"; an open invitation has the name "invitation:<hex of id>"
	struct cm_view state;   // "invited", "accepted", "words", "confirmed", "ended": the node's words
	struct cm_view title;   // for people
	struct cm_view address; // HOST:PORT of the peer listener
	struct cm_view card;    // verified card (JSON bytes)
	struct cm_view secret;  // state of the pairing in the node's own encoding; emptied when confirmed
	struct cm_instant created, changed, expires;
	int64_t tries;
};

// The one answer to a message: (sender, transaction) → exact bytes. Kept for 60 days.
struct cm_store_reply {
	struct cm_view sender, transaction;
	struct cm_hash digest;  // SHA-256 of the message's signed bytes
	struct cm_instant at;
	struct cm_view context; // what cm_store_options.reply needs to make the answer; the node's own encoding
	struct cm_view answer;  // empty until it is made
};

enum cm_store_sent {
	CM_STORE_WAITING = 1,
	CM_STORE_DONE = 2,   // answered; `answer` is the artifact of it
	CM_STORE_FAILED = 3, // given up, or refused by the other side
};

// A message that has to reach a peer: the same bytes until an answer comes.
struct cm_store_outbox {
	uint64_t id; // given by the store; 0 when written
	struct cm_view peer, transaction, request, topic; // topic: "request", "update", "deliver", … for the node
	uint64_t artifact; // the message; 0 when written: the artifact put last in the same change
	int64_t state;     // enum cm_store_sent
	int64_t tries;
	struct cm_instant created, due; // due: not before
	uint64_t answer;   // artifact of the answer, 0 without
	struct cm_view trouble; // why the last try failed
};

// Sealed bytes under blobs/.
struct cm_store_blob {
	struct cm_hash sha256;
	uint64_t length;
	struct cm_instant at;
	struct cm_view origin; // "upload", "pull:<node>"
};

// What a change was about: enough, with the artifacts and acts, to make the derived rows again.
struct cm_store_event {
	uint64_t seq;         // given by the store
	struct cm_instant at; // of the change
	struct cm_view cause; // the node's name of it: "taken", "asked", "decided", …
	struct cm_view detail; // the node's own encoding
	const struct cm_store_artifact *artifacts; // put in this change, in order
	size_t artifact_count;
	const struct cm_store_act *acts; // of this change, in order; empty while it is first made
	size_t act_count;
};

// An act as it stands in the register.
struct cm_store_act {
	uint64_t index;      // in the register
	struct cm_hash leaf; // leaf hash of its entry
	struct cm_act_file file; // all sixteen fields open; the signature once its batch is signed
};

// -- derived --------------------------------------------------------------------------------------------------------

// A request, asked by us or of us.
struct cm_store_request {
	struct cm_view id;       // UUID: AuthorisationDesiredStatus … thread id of the profile, the same on both sides
	int64_t ours;            // 1: we ask, 0: we are asked
	struct cm_view peer, kind, state; // state: a row of request_states.tab
	struct cm_view reference, their_reference, case_id, title; // title: for lists
	struct cm_view relates;  // the request that its document names as the first, ours or not; empty without
	struct cm_view parent;   // task of the preservation that it is about (stored, pres_ext, pres_end → pres)
	struct cm_view objects;  // HI-1 ObjectIdentifiers of the thread, in the node's encoding
	struct cm_view person;   // who has it
	struct cm_view told;     // last words of the other side, for people
	uint64_t document;       // artifact of the request document
	uint64_t message;        // artifact of the signed CREATE
	uint64_t act;            // index + 1 of our act (asked, taken); 0: none
	uint64_t their_act;      // index + 1 of the other side's act, by a receipt that was verified; 0: none
	struct cm_instant created, changed;
	struct cm_instant due;   // an answer is wanted by then
	struct cm_instant wanted_until, until; // preservation: wished and promised end
	int64_t held;            // 1: held until the request for the data is decided
	int64_t urgent;
	struct cm_view undertaking, part; // number of the joint undertaking, and how it belongs to it (domain/joint.h)
	struct cm_view roll;     // the parties as they were told last, by us or to us
};

// One step of a request, for its history.
struct cm_store_step {
	uint64_t id;
	struct cm_view request, event, from_state, to_state, person, note;
	struct cm_instant at;
	uint64_t act; // index + 1
};

// An HI-1 object that we hold a copy of.
struct cm_store_object {
	struct cm_view id;      // ObjectIdentifier
	struct cm_view peer, type, request;
	int64_t registrar;      // 1: we are its registrar
	int64_t generation;     // Generation of the registrar
	struct cm_instant changed; // LastChanged, whole seconds; see cm_change_object()
	struct cm_view status;
	struct cm_hash digest;  // of the contents of its CREATE, in the node's canonical form
	struct cm_view contents; // present contents (JSON)
};

struct cm_store_deadline {
	struct cm_view request, limit; // limit: row of time_limits.tab or the node's word; unique together
	struct cm_view peer;
	struct cm_instant start;
	struct cm_instant at;   // end
	struct cm_instant wake; // when the clock has to look at it next; 0: never more
	int64_t stage;          // enum cm_deadline_stage
	struct cm_view state;   // "running", "held", "met", "over"
	struct cm_view action;  // what the end does: as the column at_end of time_limits.tab
	struct cm_view source;  // article, for people
	struct cm_view calendar; // whose days are counted: a State ("XB"), or "UTC"
	struct cm_instant paused; // it stands still since then; 0: it does not
	struct cm_instant theirs; // the end that the other side told last; 0: none
};

// Sealed evidence on its way: one row a delivery object.
struct cm_store_delivery {
	struct cm_view id; // ObjectIdentifier of the Delivery
	struct cm_view request, peer;
	int64_t ours;     // 1: we deliver, 0: we receive
	struct cm_view delivery_id; // DeliveryID: volumes of one package share it
	int64_t sequence, last;
	struct cm_view state;  // "packed", "available", "pulling", "received", "opening", "opened", "acknowledged", "error", "expired"
	struct cm_view url;
	struct cm_hash blob;   // SHA-256 of the sealed bytes
	uint64_t length, have; // bytes in all; durable so far
	struct cm_hash package; // zeros until opened (or packed by us)
	struct cm_view title, report; // report: verdict after opening, for people (JSON)
	uint64_t message;      // artifact of the DELIVER
	struct cm_view anyway; // we deliver: a person's words for doing it with lists that are too old, or empty
	struct cm_instant created, changed;
	// How fetching goes (we receive): fetches that brought nothing since the last that did, those that brought other bytes than
	// announced, when the next may begin, what the last one ran into.
	int64_t tries, strikes;
	struct cm_instant due;
	struct cm_view trouble;
};

// An approval to open (or export): who, of what, when.
struct cm_store_approval {
	struct cm_view delivery, purpose, person; // unique together
	struct cm_instant at;
	uint64_t act; // index + 1
};

// The feed for people and programs: what changed, in order.
struct cm_store_news {
	uint64_t id;
	struct cm_instant at;
	struct cm_view topic, ref, text; // topic: "request", "peer", "delivery", …; ref: its id
};

// A case of ours, opened by a person before any request belongs to it ("case" is a word of SQL).
struct cm_store_folder {
	struct cm_view id, title, person;
	struct cm_instant created;
};

// The newest list of the directory under its name: "states", or the country of the State that signed it. Older ones stay as
// artifacts.
struct cm_store_directory {
	struct cm_view name;
	uint64_t version;
	struct cm_instant at;
	struct cm_view bytes; // as it was signed
};

// A person, as the node shows it (the keeper holds the verifiers).
struct cm_store_person {
	struct cm_view id, name, state; // "active", "disabled"
	uint64_t factors;               // how often factors were given
	struct cm_instant at;
};

#endif
