// Asking the keeper: one blocking call for each frame of data/ipc.tab, from any thread; several may be under way. What the keeper refuses comes back as its findings. Source: keeper_client.c.
#ifndef CM_NODE_KEEPER_CLIENT_H
#define CM_NODE_KEEPER_CLIENT_H

#include "node/ask.h"
#include "node/ipc_keeper.h"

struct cm_keeper_client {
	struct cm_ask_channel channel;
};

// Takes over the descriptor.
void cm_keeper_client_init(struct cm_keeper_client *client, int fd);
void cm_keeper_client_fini(struct cm_keeper_client *client);

// Public keys and certificates; free with cm_keeper_public_fini(). Views point into `bytes`.
struct cm_keeper_public {
	struct cm_buf bytes;
	struct cm_ipc_keys keys;
};
CM_CHECKED cm_result cm_keeper_client_keys(struct cm_keeper_client *client, struct cm_report *report,
                                           struct cm_keeper_public *ret_public);
void cm_keeper_public_fini(struct cm_keeper_public *public);

// -- signatures
// Over the DER attributes that cm_cms_attributes() makes of manifest, time (whole seconds) and the authority-sign
// certificate. Refused: keeper_time.
CM_CHECKED cm_result cm_keeper_client_sign_cades(struct cm_keeper_client *client, const struct cm_ipc_cades *cades,
                                                 struct cm_report *report, struct cm_key_signature *ret_sig);
// Over cm_jws_digest(protected, payload). The keeper computes the digest itself, so this cannot be used to sign
// anything but a message of this profile.
CM_CHECKED cm_result cm_keeper_client_sign_hi1(struct cm_keeper_client *client, const struct cm_ipc_hi1 *hi1,
                                               struct cm_report *report, struct cm_key_signature *ret_sig);
// The same for several at once: one message after another waits for the keeper, not for the way to it. `ret_sigs` has `n`
// places. Nothing is given when one is refused.
CM_CHECKED cm_result cm_keeper_client_sign_hi1_many(struct cm_keeper_client *client, const struct cm_ipc_hi1 *hi1,
                                                    size_t n, struct cm_report *report,
                                                    struct cm_key_signature *ret_sigs);
// A JWS of type comity-card+jws (format/card.h) over the card's RFC 8785 bytes without signatures.
CM_CHECKED cm_result cm_keeper_client_sign_card(struct cm_keeper_client *client, struct cm_view card,
                                                struct cm_report *report, struct cm_key_signature *ret_sig);
// Over cm_statement_acts().
CM_CHECKED cm_result cm_keeper_client_sign_acts(struct cm_keeper_client *client, const struct cm_ipc_acts *acts,
                                                struct cm_report *report, struct cm_key_signature *ret_sig);
// Signs the head as a note, after the guard took it durably; the note is appended to `to`. Asking again for the head
// that the guard holds gives the same note. Refused: keeper_origin, guard_smaller, guard_fork, guard_proof.
CM_CHECKED cm_result cm_keeper_client_sign_head(struct cm_keeper_client *client, const struct cm_ipc_head *head,
                                                struct cm_report *report, struct cm_buf *to);
// Acts of a commit and the head after it, in one round trip. Nothing is signed when either is refused.
CM_CHECKED cm_result cm_keeper_client_sign_cycle(struct cm_keeper_client *client, const struct cm_ipc_cycle *cycle,
                                                 struct cm_report *report, struct cm_key_signature *ret_sig,
                                                 struct cm_buf *to);
// What the guard holds for a log; size 0 when it never signed one.
CM_CHECKED cm_result cm_keeper_client_head(struct cm_keeper_client *client, struct cm_view origin,
                                           struct cm_report *report, struct cm_merkle_head *ret_head);
// A certificate of our TLS key, DER appended to `to`.
CM_CHECKED cm_result cm_keeper_client_sign_tls(struct cm_keeper_client *client, const struct cm_ipc_tls *tls,
                                               struct cm_report *report, struct cm_buf *to);

// -- persons
// `sealed` from cm_keeper_enrolment_seal(). With a running node and persons already here, the approvals of all of them, at
// most two, must have come before: act "person_add" or "person_enrol", object = the person's id, digest = SHA-256 of
// `sealed`. Refused: person_exists, person_unknown, person_form, person_too_many, person_approval.
CM_CHECKED cm_result cm_keeper_client_person_add(struct cm_keeper_client *client, struct cm_view sealed,
                                                 struct cm_report *report, char ret_id[CM_IPC_PERSON_ID]);
CM_CHECKED cm_result cm_keeper_client_person_enrol(struct cm_keeper_client *client, struct cm_view sealed,
                                                   struct cm_report *report, char ret_id[CM_IPC_PERSON_ID]);
// With a running node one other person's approval must have come before: act "person_disable", object = the id.
CM_CHECKED cm_result cm_keeper_client_person_disable(struct cm_keeper_client *client, const char *id,
                                                     struct cm_report *report);
CM_CHECKED cm_result cm_keeper_client_person_list(struct cm_keeper_client *client, struct cm_report *report,
                                                  struct cm_ipc_persons *ret_persons);

// -- sessions, statements, approvals
// `sealed` from cm_keeper_login_seal(). Refused: login_wrong (one answer for every wrong factor), login_wait, login_sealed.
CM_CHECKED cm_result cm_keeper_client_login(struct cm_keeper_client *client, struct cm_view sealed,
                                            struct cm_report *report, struct cm_ipc_session *ret_session);
CM_CHECKED cm_result cm_keeper_client_logout(struct cm_keeper_client *client,
                                             const uint8_t session[CM_IPC_SESSION_ID], struct cm_report *report);
// Did the person of this session say this? Each statement once. Refused: session_unknown, statement_form, statement_mac,
// statement_replayed, keeper_time, login_wrong for a disabled person.
CM_CHECKED cm_result cm_keeper_client_act_check(struct cm_keeper_client *client,
                                                const struct cm_ipc_statement *statement, struct cm_report *report,
                                                struct cm_ipc_person *ret_person);
// Keeps the statement as an approval. Besides the above: approval_same_person, while others have to approve.
CM_CHECKED cm_result cm_keeper_client_approve(struct cm_keeper_client *client,
                                              const struct cm_ipc_statement *statement, struct cm_report *report,
                                              struct cm_ipc_approval *ret_approval);
// Sends the file key to the reader of the job. Approvals of two different persons: act by grant ("evidence_open",
// "evidence_export"), object, digest = SHA-256 of the sealed file's header. Refused: approval_missing, release_job,
// approval_in_use, seal_no_match, seal_mac, seal_header. Whoever got CM_OK settles it at the end.
CM_CHECKED cm_result cm_keeper_client_release(struct cm_keeper_client *client, const struct cm_ipc_release *release,
                                              struct cm_report *report);
// Of a job that a key was released to: what came of it is durable, so the approvals are spent; or nothing came of it, and they
// are in force again. A job of nothing is fine.
CM_CHECKED cm_result cm_keeper_client_settle(struct cm_keeper_client *client, uint32_t job, bool spent,
                                             struct cm_report *report);

#endif
