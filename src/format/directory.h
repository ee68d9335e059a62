// The two files of the directory (doc/spec/directory.md): the list of States that the secretariat signs, and the list of
// authorities that a State's root signs. Shape only: whether a signature is good and a list may be believed is judged by
// others (domain/trust.h). Absent values as in request_doc.h. Source: directory.c.
#ifndef CM_FORMAT_DIRECTORY_H
#define CM_FORMAT_DIRECTORY_H

#include "base/arena.h"
#include "base/instant.h"
#include "base/report.h"

#define CM_DIRECTORY_STATES_FORMAT "comity.states/1"
#define CM_DIRECTORY_STATE_FORMAT "comity.state/1"
#define CM_DIRECTORY_ROOT_FORMAT "comity.root-change/1"
#define CM_DIRECTORY_JWS_TYPE "comity-directory+jws"

// One step of a history; steps are in order of time, and are never taken back.
struct cm_directory_status {
	struct cm_view state; // of a State: "party", "suspended", "withdrawn"; of a key: "valid", "superseded", "revoked",
	                      // "frozen", "thawed"
	struct cm_instant at;
	struct cm_view reason; // or absent
};

struct cm_directory_root {
	struct cm_instant from;
	struct cm_view sha256; // 32 bytes, of the certificate's DER
};

struct cm_directory_state {
	struct cm_view country; // "XA"
	struct cm_view name, deposit; // for people; deposit: the record of the depositary
	const struct cm_directory_root *roots; // the first is where trust begins; others follow by the State's own word
	size_t root_count;
	const struct cm_directory_status *status;
	size_t status_count;
};

struct cm_directory_key {
	struct cm_view spki;        // 32 bytes, SHA-256 of the SubjectPublicKeyInfo
	struct cm_view certificate; // 32 bytes, SHA-256 of the newest certificate over it
	const struct cm_directory_status *status;
	size_t status_count;
};

struct cm_directory_authority {
	struct cm_view node, kind; // "authority", "organisation", "provider"
	struct cm_view name;
	const struct cm_view *roles;
	size_t role_count;
	const struct cm_view *languages;
	size_t language_count;
	struct cm_view hours, phone, endpoint; // phone: to call back, E.164
	struct cm_view card; // 32 bytes, SHA-256 of the identity card
	const struct cm_directory_key *keys;
	size_t key_count;
	struct cm_view next_spki; // 32 bytes: the key announced, taken from `next_from` on; absent without one
	struct cm_instant next_from;
};

// A root of a State. Every one but the first carries the word of the one before: a detached JWS over
// {"country","format":"comity.root-change/1","from","new","old"} (cm_directory_change_write()).
struct cm_directory_anchor {
	struct cm_view certificate; // DER
	struct cm_instant from;
	struct cm_view protected_b64, signature_b64;
	struct cm_view signer_sha256; // 32 bytes, from the protected header; not written
};

struct cm_directory {
	struct cm_view country;     // of a State's list; empty: the list of States
	struct cm_view certificate; // DER of the secretariat; empty in a State's list
	uint64_t version;           // grows with each list
	struct cm_instant issued, next_update;
	const struct cm_directory_state *states; // list of States
	size_t state_count;
	const struct cm_directory_anchor *anchors; // State's list: its roots; the last one signs
	size_t anchor_count;
	const struct cm_directory_authority *authorities;
	size_t authority_count;
	struct cm_view protected_b64, signature_b64;
	struct cm_view signer_sha256; // 32 bytes, from the protected header; not written
	struct cm_view canonical;     // reading only: the bytes that are signed
	struct cm_arena arena;        // reading only
};

// Reads either file, at most CM_LIMIT_DIRECTORY_BYTES_VALUE, in its one form. Refused: directory_json, directory_member,
// directory_order (a history that runs backward or says what cannot be), directory_signature_form.
CM_CHECKED cm_result cm_directory_read(struct cm_view json, struct cm_report *report, struct cm_directory *ret_directory);
void cm_directory_fini(struct cm_directory *directory);

bool cm_directory_is_states(const struct cm_directory *directory);

// Appends the bytes to be signed, and the whole with its signature. CM_BUG when a required member is missing.
CM_CHECKED cm_result cm_directory_write_unsigned(const struct cm_directory *directory, struct cm_buf *to);
CM_CHECKED cm_result cm_directory_write(const struct cm_directory *directory, struct cm_buf *to);

// The word of an old root for the next: its bytes to be signed.
struct cm_directory_change {
	struct cm_view country;
	struct cm_instant from;
	struct cm_view new_sha256, old_sha256; // 32 bytes each
};
CM_CHECKED cm_result cm_directory_change_write(const struct cm_directory_change *change, struct cm_buf *to);

// Appends the protected header for a signature by the key of the certificate with this digest, base64url.
void cm_directory_protected_write(const uint8_t certificate_sha256[32], struct cm_buf *to);

// Between our processes: everything but `canonical`. Views point into the bytes. False when they are not of that form.
void cm_directory_wire_write(const struct cm_directory *directory, struct cm_buf *to);
bool cm_directory_wire_read(struct cm_view bytes, struct cm_directory *ret_directory);

#endif
