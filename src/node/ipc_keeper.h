// What travels between node and keeper: the payloads of data/ipc.tab as structs, their writers and strict readers side by
// side. Readers give false for anything malformed, too long, or with bytes left over; views point into the frame.
// Source: ipc_keeper.c.
#ifndef CM_NODE_IPC_KEEPER_H
#define CM_NODE_IPC_KEEPER_H

#include "base/instant.h"
#include "base/tab_limit.h"
#include "crypto/key.h"
#include "crypto/merkle.h"
#include "crypto/seal.h"
#include "crypto/x509.h"

#define CM_IPC_SESSION_ID 16
#define CM_IPC_PERSON_ID CM_LIMIT_PERSON_ID_VALUE       // bytes with NUL
#define CM_IPC_PERSON_NAME CM_LIMIT_PERSON_NAME_VALUE   // bytes with NUL
#define CM_IPC_PERSON_FUNCTIONS CM_LIMIT_PERSON_FUNCTIONS_VALUE // bytes with NUL

struct cm_ipc_cades {
	struct cm_hash manifest;
	struct cm_instant time; // whole seconds, near the keeper's clock
};
void cm_ipc_keeper_cades_write(const struct cm_ipc_cades *cades, struct cm_buf *to);
bool cm_ipc_keeper_cades_read(struct cm_view v, struct cm_ipc_cades *ret_cades);

struct cm_ipc_hi1 {
	struct cm_view protected_b64; // from cm_jws_protected_write()
	struct cm_view payload;       // RFC 8785 bytes without Signature
};
void cm_ipc_keeper_hi1_write(const struct cm_ipc_hi1 *hi1, struct cm_buf *to);
bool cm_ipc_keeper_hi1_read(struct cm_view v, struct cm_ipc_hi1 *ret_hi1);

struct cm_ipc_acts {
	struct cm_hash root; // Merkle root over the record roots of the commit
	uint64_t count;
	struct cm_instant time;
};
void cm_ipc_keeper_acts_write(const struct cm_ipc_acts *acts, struct cm_buf *to);
bool cm_ipc_keeper_acts_read(struct cm_view v, struct cm_ipc_acts *ret_acts);

struct cm_ipc_head {
	struct cm_view origin; // "<node>/log/<year>"
	struct cm_merkle_head head;
	struct cm_merkle_proof proof; // consistency from the head that the guard holds; empty from size 0
};
void cm_ipc_keeper_head_write(const struct cm_ipc_head *head, struct cm_buf *to);
bool cm_ipc_keeper_head_read(struct cm_view v, struct cm_ipc_head *ret_head);

struct cm_ipc_cycle {
	struct cm_ipc_acts acts;
	struct cm_ipc_head head;
};
void cm_ipc_keeper_cycle_write(const struct cm_ipc_cycle *cycle, struct cm_buf *to);
bool cm_ipc_keeper_cycle_read(struct cm_view v, struct cm_ipc_cycle *ret_cycle);

struct cm_ipc_tls {
	struct cm_view spki; // DER SubjectPublicKeyInfo, P-256
	struct cm_view dns;  // or empty
	struct cm_view ip;   // 4 or 16 bytes, or empty
	struct cm_instant not_before, not_after;
};
void cm_ipc_keeper_tls_write(const struct cm_ipc_tls *tls, struct cm_buf *to);
bool cm_ipc_keeper_tls_read(struct cm_view v, struct cm_ipc_tls *ret_tls);

// Public things of a node.
#define CM_IPC_CHAIN 4
struct cm_ipc_keys {
	char node[CM_X509_NODE];
	size_t chain_count;
	struct cm_view chain[CM_IPC_CHAIN]; // DER: authority-sign first, then the State's root
	struct cm_view seal_certificate;    // DER
	struct cm_seal_recipient recipient; // of the own sealing key
	uint8_t log[32], witness[32];       // Ed25519
};
void cm_ipc_keeper_keys_write(const struct cm_ipc_keys *keys, struct cm_buf *to);
bool cm_ipc_keeper_keys_read(struct cm_view v, struct cm_ipc_keys *ret_keys);

struct cm_ipc_person {
	char id[CM_IPC_PERSON_ID];
	char name[CM_IPC_PERSON_NAME];
	char functions[CM_IPC_PERSON_FUNCTIONS]; // as the other side is shown them
	uint32_t roles;                          // cm_rights_roles: what the person may do here
	uint32_t factors; // how often factors were given: 1 for a person who was added
	bool disabled;
};
void cm_ipc_keeper_person_write(const struct cm_ipc_person *person, struct cm_buf *to);
bool cm_ipc_keeper_person_read(struct cm_view v, struct cm_ipc_person *ret_person);

struct cm_ipc_persons {
	size_t n;
	struct cm_ipc_person persons[CM_LIMIT_PERSONS_VALUE];
};
void cm_ipc_keeper_persons_write(const struct cm_ipc_persons *persons, struct cm_buf *to);
bool cm_ipc_keeper_persons_read(struct cm_view v, struct cm_ipc_persons *ret_persons);

struct cm_ipc_session {
	uint8_t id[CM_IPC_SESSION_ID];
	struct cm_instant until;
	char person[CM_IPC_PERSON_ID];
	struct cm_hash proof; // HMAC by the session key: the keeper itself took the login (keeper_login.h)
};
void cm_ipc_keeper_session_write(const struct cm_ipc_session *session, struct cm_buf *to);
bool cm_ipc_keeper_session_read(struct cm_view v, struct cm_ipc_session *ret_session);

// A person's statement with its session and MAC (keeper_statement.h).
struct cm_ipc_statement {
	uint8_t session[CM_IPC_SESSION_ID];
	struct cm_view text;
	struct cm_hash mac;
};
void cm_ipc_keeper_statement_write(const struct cm_ipc_statement *statement, struct cm_buf *to);
bool cm_ipc_keeper_statement_read(struct cm_view v, struct cm_ipc_statement *ret_statement);

struct cm_ipc_approval {
	char person[CM_IPC_PERSON_ID];
	uint32_t have;   // different persons so far
	uint32_t needed;
	bool again;      // nothing was added: this person's approval is in force, and with the others it is enough
};
void cm_ipc_keeper_approval_write(const struct cm_ipc_approval *approval, struct cm_buf *to);
bool cm_ipc_keeper_approval_read(struct cm_view v, struct cm_ipc_approval *ret_approval);

// What a file key is released for; the reader does no more than that.
enum cm_ipc_grant {
	CM_IPC_GRANT_NONE,
	CM_IPC_GRANT_OPEN,   // act "evidence_open"
	CM_IPC_GRANT_EXPORT, // act "evidence_export": a court bundle
};
struct cm_ipc_release {
	uint32_t job;
	enum cm_ipc_grant grant;
	struct cm_view object; // id of the evidence, as in the approvals
	struct cm_view header; // the sealed file's header: all bytes up to the MAC line with its LF
};
void cm_ipc_keeper_release_write(const struct cm_ipc_release *release, struct cm_buf *to);
bool cm_ipc_keeper_release_read(struct cm_view v, struct cm_ipc_release *ret_release);

#endif
