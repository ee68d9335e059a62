// The keeper's parts, seen only by keeper*.c: keys, guard, persons, sessions, approvals, readers, and the frame handlers.
// Everything has a fixed maximum and lives in one struct; nothing here is shared between threads.
#ifndef CM_NODE_KEEPER_INSIDE_H
#define CM_NODE_KEEPER_INSIDE_H

#include "domain/rights.h"
#include "domain/tab_purpose.h"
#include "node/ipc_keeper.h"
#include "node/keeper_login.h"
#include "node/keeper_statement.h"
#include "node/slotfile.h"
#include "node/state_root.h"
#include "os/ipc.h"

// -- keys (keeper_keys.c)
struct cm_keeper_keys {
	struct cm_key *sign, *seal, *log, *witness;
	struct cm_seal_identity identity; // the raw half of `seal`
	struct cm_x509_list chain;        // authority-sign first
	struct cm_x509_list seal_chain;   // the sealing certificate
	struct cm_ipc_keys public;        // views into the lists above
};

// The pass phrase, appended to `to` (a secret buffer): from descriptor `pass_fd` when it is not negative, else from
// HOME/keeper/credential, else from the service manager's credential "comity-keeper".
CM_CHECKED cm_result cm_keeper_keys_pass(const char *home, int pass_fd, struct cm_report *report, struct cm_buf *to);
// Reads and unlocks everything below HOME/keeper and checks that keys and certificates belong together. Refused:
// keeper_unlock, keeper_keys.
CM_CHECKED cm_result cm_keeper_keys_open(const char *home, struct cm_view pass, struct cm_report *report,
                                         struct cm_keeper_keys *ret_keys);
void cm_keeper_keys_fini(struct cm_keeper_keys *keys);
// One key, and one list of certificates, of the folder HOME by its name in it. Refused: keeper_unlock; what a PEM text is refused for.
CM_CHECKED cm_result cm_keeper_keys_one(const char *home, const char *name, struct cm_view pass, struct cm_report *report,
                                        struct cm_key **ret_key);
CM_CHECKED cm_result cm_keeper_keys_chain(const char *home, const char *name, struct cm_report *report,
                                          struct cm_x509_list *ret_list);

// -- making them (keeper_init.c)
// A fresh key into `folder`/`name`, encrypted; its public half to *ret_public.
CM_CHECKED cm_result cm_keeper_init_key(const char *folder, const char *name, enum cm_key_kind kind, struct cm_view pass,
                                        struct cm_report *report, struct cm_key_public *ret_public);
// A certificate by the State's root, with the root's own behind it, into `folder`/`name`.
CM_CHECKED cm_result cm_keeper_init_certify(const char *folder, const char *name, const struct cm_state_root *root,
                                            const struct cm_state_root_issue *issue, struct cm_report *report);

// -- the guard of the register (keeper_guard.c)
struct cm_keeper_guard {
	struct cm_slotfile file;
	bool broken; // a write failed: nothing is signed any more
	size_t n;
	struct cm_keeper_guard_log {
		char origin[CM_LIMIT_LOG_ORIGIN_VALUE];
		struct cm_merkle_head head;
	} logs[CM_LIMIT_LOG_HEADS_VALUE];
};

CM_CHECKED cm_result cm_keeper_guard_open(const char *path, struct cm_report *report, struct cm_keeper_guard *guard);
// The head held for `origin`; size 0 and the empty root when there is none.
struct cm_merkle_head cm_keeper_guard_head(const struct cm_keeper_guard *guard, struct cm_view origin);
// Judges a head for the node's log and, when it is new, keeps it durably. CM_OK: it may be signed.
CM_CHECKED cm_result cm_keeper_guard_take(struct cm_keeper_guard *guard, const char *node,
                                          const struct cm_ipc_head *head, struct cm_report *report);

// -- persons (keeper_person.c)
struct cm_keeper_person {
	struct cm_ipc_person public;
	char verifier[CM_PASSWORD_TEXT];
	uint8_t salt[16];             // of the mask
	uint8_t totp[CM_TOTP_SECRET]; // masked under the sealing key: the file alone is no second factor
	uint64_t last_step;           // TOTP step used last
	unsigned tries;               // wrong logins since the last right one; not kept
	int64_t wait_until;           // monotonic; not kept
};
struct cm_keeper_persons {
	struct cm_slotfile file;
	bool broken;
	size_t n;
	struct cm_keeper_person list[CM_LIMIT_PERSONS_VALUE];
};

CM_CHECKED cm_result cm_keeper_person_open(const char *path, struct cm_report *report,
                                           struct cm_keeper_persons *persons);
struct cm_keeper_person *cm_keeper_person_find(struct cm_keeper_persons *persons, struct cm_view id);
CM_CHECKED cm_result cm_keeper_person_add(struct cm_keeper_persons *persons, const struct cm_seal_identity *identity,
                                          const struct cm_keeper_enrolment *e, struct cm_report *report);
CM_CHECKED cm_result cm_keeper_person_enrol(struct cm_keeper_persons *persons,
                                            const struct cm_seal_identity *identity,
                                            const struct cm_keeper_enrolment *e, struct cm_report *report);
CM_CHECKED cm_result cm_keeper_person_disable(struct cm_keeper_persons *persons, struct cm_view id,
                                              struct cm_report *report);
// Both factors. The used TOTP step is on disk before CM_OK. Refused: login_wrong, login_wait.
CM_CHECKED cm_result cm_keeper_person_login(struct cm_keeper_persons *persons,
                                            const struct cm_seal_identity *identity,
                                            const struct cm_keeper_login *login, struct cm_report *report,
                                            struct cm_keeper_person **ret_person);

// -- sessions and statements (keeper_session.c)
struct cm_keeper_session {
	bool used;
	uint8_t id[CM_IPC_SESSION_ID];
	uint8_t key[32];
	char person[CM_IPC_PERSON_ID];
	struct cm_instant until;
	struct cm_instant floor; // statements up to here have been forgotten, so they are refused
	size_t next;             // place of the ring below that is written next
	struct {
		struct cm_instant time;
		struct cm_hash mac;
	} seen[CM_LIMIT_SESSION_REPLAYS_VALUE];
};
struct cm_keeper_sessions {
	struct cm_keeper_session list[CM_LIMIT_SESSIONS_VALUE];
};

CM_CHECKED cm_result cm_keeper_session_start(struct cm_keeper_sessions *sessions, const char *person,
                                             const uint8_t key[32], struct cm_report *report,
                                             struct cm_ipc_session *ret_session);
CM_CHECKED cm_result cm_keeper_session_end(struct cm_keeper_sessions *sessions,
                                           const uint8_t id[CM_IPC_SESSION_ID], struct cm_report *report);
void cm_keeper_session_end_person(struct cm_keeper_sessions *sessions, const char *person);
// Checks session, form, MAC, time, and that it comes for the first time; remembers it. `ret_person` is a session's
// own text.
CM_CHECKED cm_result cm_keeper_session_statement(struct cm_keeper_sessions *sessions,
                                                 const struct cm_ipc_statement *statement,
                                                 struct cm_report *report, struct cm_keeper_statement *ret_statement,
                                                 const char **ret_person);

// -- approvals (keeper_approval.c)
#define CM_KEEPER_APPROVAL_TEXT 128
struct cm_keeper_approval {
	bool used;
	char person[CM_IPC_PERSON_ID];
	char act[CM_KEEPER_APPROVAL_TEXT], object[CM_KEEPER_APPROVAL_TEXT];
	struct cm_hash digest;
	int64_t until; // monotonic
	bool held;     // a file key went to the reader of `job` by it, and what came of that is not settled
	uint32_t job;
};
struct cm_keeper_approvals {
	struct cm_keeper_approval list[CM_LIMIT_APPROVALS_VALUE];
};

// What an approval is about.
struct cm_keeper_matter {
	struct cm_view act, object;
	struct cm_hash digest;
};
CM_CHECKED cm_result cm_keeper_approval_add(struct cm_keeper_approvals *approvals, const char *person,
                                            const struct cm_keeper_matter *matter, struct cm_report *report);
// Different persons with an approval in force.
size_t cm_keeper_approval_count(struct cm_keeper_approvals *approvals, const struct cm_keeper_matter *matter);
// True while a reader works by the approvals of this matter: no second one may.
bool cm_keeper_approval_held(const struct cm_keeper_approvals *approvals, const struct cm_keeper_matter *matter);
// The reader of this job works by the approvals of this matter.
void cm_keeper_approval_hold(struct cm_keeper_approvals *approvals, const struct cm_keeper_matter *matter, uint32_t job);
// What the reader of this job did is kept, so its approvals are spent; or it is not, and they are in force again.
void cm_keeper_approval_settle(struct cm_keeper_approvals *approvals, uint32_t job, bool spent);
void cm_keeper_approval_end_person(struct cm_keeper_approvals *approvals, const char *person);
// The matter is done: its approvals are gone.
void cm_keeper_approval_spend(struct cm_keeper_approvals *approvals, const struct cm_keeper_matter *matter);

// -- the whole
struct cm_keeper_reader {
	bool used;
	uint32_t job;
	struct cm_ipc ipc;
};
struct cm_keeper {
	bool offline;
	struct cm_ipc parent, node;
	struct cm_keeper_keys keys;
	struct cm_keeper_guard guard;
	struct cm_keeper_persons persons;
	struct cm_keeper_sessions sessions;
	struct cm_keeper_approvals approvals;
	struct cm_keeper_reader readers[CM_LIMIT_READERS_VALUE];
};

// A frame's handler: reads the payload strictly, appends the answer.
typedef cm_result cm_keeper_handler(struct cm_keeper *keeper, struct cm_view payload, struct cm_report *report,
                                    struct cm_buf *answer);

// keeper_sign.c
cm_keeper_handler cm_keeper_sign_keys, cm_keeper_sign_cades, cm_keeper_sign_hi1, cm_keeper_sign_card,
        cm_keeper_sign_acts, cm_keeper_sign_head, cm_keeper_sign_cycle, cm_keeper_sign_known_head, cm_keeper_sign_tls;
// keeper_desk.c
cm_keeper_handler cm_keeper_desk_add, cm_keeper_desk_enrol, cm_keeper_desk_disable, cm_keeper_desk_list,
        cm_keeper_desk_login, cm_keeper_desk_logout, cm_keeper_desk_check, cm_keeper_desk_approve;
// keeper_release.c
cm_keeper_handler cm_keeper_release_key, cm_keeper_release_settle;
// Takes over `fd`. CM_REFUSED when all places are taken or the job has one.
CM_CHECKED cm_result cm_keeper_release_attach(struct cm_keeper *keeper, uint32_t job, int fd);
void cm_keeper_release_detach(struct cm_keeper *keeper, uint32_t job);

#endif
