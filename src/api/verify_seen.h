// When another node had what was signed: the acts of a bundle as witnesses. A register's act is dated and proven by its own node,
// so a thief of the signer's key cannot put it back. Source: verify_seen.c; doc/spec/directory.md, section 10.
#ifndef CM_API_VERIFY_SEEN_H
#define CM_API_VERIFY_SEEN_H

#include "crypto/x509.h"
#include "format/act.h"

struct cm_verify_seen;

CM_CHECKED cm_result cm_verify_seen_new(struct cm_verify_seen **ret_seen);
void cm_verify_seen_free(struct cm_verify_seen *seen);
static inline void
cm_verify_seen_free_at(struct cm_verify_seen **at)
{
	cm_verify_seen_free(*at);
}

// An act of `node` that is good in every way: signed, proven, by a key that was good. More than a bundle holds are left out.
void cm_verify_seen_act(struct cm_verify_seen *seen, const char *node, const struct cm_act_file *act);
// A receipt that stands in the message with this digest.
void cm_verify_seen_receipt(struct cm_verify_seen *seen, struct cm_view receipt, const struct cm_hash *message);

// The earliest moment at which the register of another node than `signer` has it, and that node; us 0: none.
struct cm_verify_seen_by {
	struct cm_instant at;
	const char *node; // "" without one
};
struct cm_verify_seen_by cm_verify_seen_message(const struct cm_verify_seen *seen, const char *signer,
                                                const struct cm_hash *message);
// A package by the digest of its list, also as the sealed file that the same node says it was in.
struct cm_verify_seen_by cm_verify_seen_package(const struct cm_verify_seen *seen, const char *signer,
                                                const struct cm_hash *manifest);
// A receipt's act by the message that brought it.
struct cm_verify_seen_by cm_verify_seen_proof(const struct cm_verify_seen *seen, const char *signer,
                                              struct cm_view proof);

#endif
