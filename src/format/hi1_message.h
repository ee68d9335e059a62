// An HI-1 message: JSON ↔ record ↔ bytes between our own processes (doc/spec/profile.md; ETSI TS 103 120 v1.23.1).
// The reader is stricter than ETSI's schemas (profile section 7). It goes on as far as an answer is possible, since the
// signature has to be judged first and a refusal is itself an answer:
//   * CM_REFUSED: there is no message to answer to (no JSON, no header, no TransactionIdentifier): HTTP 400.
//   * CM_OK with `fault` set: the whole message is refused with that error, once its signature was judged.
//   * CM_OK with a fault in actions: those actions are refused, the others get 42000 (all or nothing).
//   * CM_OK and cm_hi1_message_good(): everything is in the record.
// Who may set which field, states, kinds and contents of documents are domain's and node's.
// Source: hi1_message.c, hi1_action.c, hi1_jws.c (reader), hi1_write.c (writer), hi1_wire.c.
#ifndef CM_FORMAT_HI1_MESSAGE_H
#define CM_FORMAT_HI1_MESSAGE_H

#include "base/arena.h"
#include "base/report.h"
#include "format/hi1_error.h"
#include "format/hi1_object.h"

#define CM_HI1_CONTENT_TYPE_REQUEST "application/vnd.comity.request+json"
#define CM_HI1_CONTENT_TYPE_ANSWER "application/vnd.comity.answer+json"
#define CM_HI1_CONTENT_TYPE_SEALED "application/vnd.comity.sealed-package"
#define CM_HI1_ETSI_VERSION "V1.23.1"
#define CM_HI1_PROFILE_OWNER "comity"
#define CM_HI1_PROFILE_VERSION "v1.0"

enum cm_hi1_verb {
	CM_HI1_VERB_NONE = 0,
	CM_HI1_VERB_CREATE,
	CM_HI1_VERB_UPDATE,
	CM_HI1_VERB_DELIVER,
	CM_HI1_VERB_GET,
	CM_HI1_VERB_LIST,
	CM_HI1_VERB_GETCSPCONFIG,
};

struct cm_hi1_list { // filters of LIST
	struct cm_hi1_entry object_type, status;
	struct cm_instant last_changed; // from this moment on …
	struct cm_instant from, to;     // … or a span
	uint64_t max;
	struct cm_view country;
};

struct cm_hi1_listed { // one record of a LIST answer
	struct cm_hi1_entry object_type;
	struct cm_view id, country, owner, external_id;
	uint64_t generation;
	struct cm_instant last_changed;
};

// GETCSPCONFIG's answer: dictionaries, identifier formats, and where the workflows are.
struct cm_hi1_meaning {
	struct cm_view value, meaning;
};
struct cm_hi1_own_dictionary {
	struct cm_view owner, name;
	const struct cm_hi1_meaning *entries;
	size_t entry_count;
};
struct cm_hi1_format {
	struct cm_view name, description, regex;
};
struct cm_hi1_targeting {
	struct cm_view format_name, format_owner, guidance;
	const struct cm_hi1_entry *disclosure_types, *disclosure_subtypes, *preservation_types, *preservation_subtypes;
	size_t disclosure_type_count, disclosure_subtype_count, preservation_type_count, preservation_subtype_count;
};
struct cm_hi1_workflow {
	struct cm_hi1_entry endpoint;
	struct cm_view guidance, url;
};
struct cm_hi1_config {
	struct cm_instant last_changed;
	const struct cm_hi1_own_dictionary *dictionaries;
	size_t dictionary_count;
	struct cm_view format_owner;
	const struct cm_hi1_format *formats;
	size_t format_count;
	const struct cm_hi1_targeting *targetings;
	size_t targeting_count;
	const struct cm_hi1_workflow *preservation_workflows, *disclosure_workflows;
	size_t preservation_workflow_count, disclosure_workflow_count;
};

// Why something was refused, ready to be said.
struct cm_hi1_fault {
	enum cm_hi1_error error;             // CM_HI1_ERROR_NONE: no fault
	char place[CM_REPORT_PLACE];         // JSON pointer into the message
	char seen[CM_REPORT_SEEN];           // what was there
};

// One action of a request, or the answer to one.
struct cm_hi1_action {
	enum cm_hi1_verb verb;               // NONE in an answer that is an error
	struct cm_view id;                   // GET, DELIVER; answers of CREATE, UPDATE, DELIVER
	const struct cm_hi1_object *object;  // CREATE, UPDATE, DELIVER; answers of GET; of CREATE, UPDATE if given
	const struct cm_hi1_list *list;      // LIST request
	const struct cm_hi1_listed *listed;  // LIST answer
	size_t listed_count;
	const struct cm_hi1_config *config;  // GETCSPCONFIG answer
	const struct cm_hi1_error_info *error; // answer only: refused
	struct cm_hi1_fault fault;           // reading only
};

// The detached JWS (profile section 5). `present` false: the message carries no Signature.
struct cm_hi1_jws {
	bool present;
	bool answers;                 // request_sha256 is there (req#S256)
	uint8_t certificate_sha256[32]; // x5t#S256
	uint8_t request_sha256[32];
	const struct cm_view *chain;  // x5c, DER, the signer's first; may be none
	size_t chain_count;
	struct cm_view protected_b64; // as it stands in the message; part of the signing input
	struct cm_view signature_b64; // 86 characters; for cm_jws_signature_read()
};

struct cm_hi1_message {
	struct cm_hi1_endpoint sender, receiver;
	struct cm_view transaction;   // UUID
	struct cm_instant timestamp;  // microseconds
	struct cm_view workflow;      // kind code; may be absent
	bool response;                // else request
	const struct cm_hi1_error_info *error; // response only: the whole message was refused; then no actions
	struct cm_hi1_action *actions; // numbered from 0
	size_t action_count;
	struct cm_hi1_jws jws;
	struct cm_view canonical;     // reading only: RFC 8785 bytes without Signature, what the JWS signs
	struct cm_hi1_fault fault;    // reading only
	struct cm_arena arena;        // reading only: owns what the record points at
};

// What reading needs to be told.
struct cm_hi1_read_options {
	// SHA-256, for the checksums of documents and embedded data (crypto stands beside this room, not below).
	// Required.
	void (*sha256)(struct cm_view bytes, uint8_t ret_digest[32]);
};

// Reads a message of at most CM_LIMIT_MESSAGE_BYTES_VALUE. All findings go to `report` too, with JSON pointers as
// places.
CM_CHECKED cm_result cm_hi1_message_read(struct cm_view json, const struct cm_hi1_read_options *options,
                                         struct cm_report *report, struct cm_hi1_message *ret_message);

// Frees what a read message owns. Not for records that were built.
void cm_hi1_message_fini(struct cm_hi1_message *message);

// No fault in the message and none in its actions.
bool cm_hi1_message_good(const struct cm_hi1_message *message);

// Appends the RFC 8785 bytes of the message without Signature: what is signed. The record must be complete; a missing
// required member or a value that the reader would refuse is CM_BUG. CM_REFUSED when the result passes message_bytes.
CM_CHECKED cm_result cm_hi1_message_write(const struct cm_hi1_message *message, struct cm_buf *to);

// Appends the message as it is sent: those bytes with the Signature as last member. Both parts are base64url.
CM_CHECKED cm_result cm_hi1_message_sign(struct cm_view canonical, struct cm_view protected_b64,
                                         struct cm_view signature_b64, struct cm_buf *to);

// Between our own processes. The bytes are a stranger's words in another form: every bound, count, text form and
// dictionary value is checked again. Rule: wire_malformed. At most CM_LIMIT_HI1_WIRE_BYTES_VALUE.
CM_CHECKED cm_result cm_hi1_message_write_wire(const struct cm_hi1_message *message, struct cm_buf *to);
CM_CHECKED cm_result cm_hi1_message_read_wire(struct cm_view bytes, struct cm_report *report,
                                              struct cm_hi1_message *ret_message);

const char *cm_hi1_verb_name(enum cm_hi1_verb verb); // "CREATE"; "" for NONE

// The receipt (C2SP proof text) that an answer carries, in the message; empty without one.
struct cm_view cm_hi1_message_receipt(const struct cm_hi1_message *message);

#endif
