// Does a receipt prove what it says? Joins act file, record, proof, checkpoint and the log's key, offline.
// Serves doc/spec/register.md, section 6. Source: receipt.c.
#ifndef CM_DOMAIN_RECEIPT_H
#define CM_DOMAIN_RECEIPT_H

#include "base/instant.h"
#include "crypto/act_record.h"
#include "crypto/note.h"
#include "format/act.h"

struct cm_receipt_told {
	uint64_t index, size;            // of the entry, of the tree
	char origin[CM_NOTE_NAME + 96];  // of the log, with NUL
	struct cm_hash leaf, root;
	size_t key;                      // which of the keys signed
	uint64_t time;                   // newest cosignature, POSIX seconds; 0 without one
};

// Is `entry` in the log of one of `keys`? The key's name must be the checkpoint's origin. Refused: proof_form,
// proof_too_large, note_…, checkpoint_…, receipt_log_unlisted (no key of the list signed; also a key whose name is not the
// origin), merkle_inclusion.
struct cm_receipt_question {
	struct cm_view proof;
	struct cm_view entry;
	const struct cm_note_key *keys;
	size_t key_count;
};
CM_CHECKED cm_result cm_receipt_verify(const struct cm_receipt_question *question, struct cm_report *report,
                                       struct cm_receipt_told *ret_told);

// The record root that the slots of an act give, open or not, computed anew.
CM_CHECKED cm_result cm_receipt_root(const struct cm_act_file *act, struct cm_hash512 *ret_root);

// The entry that an act file stands for, recomputed from its fields and commitments.
CM_CHECKED cm_result cm_receipt_entry(const struct cm_act_file *act, uint8_t ret_entry[CM_ACT_RECORD_ENTRY]);

// Is the act signed by `key` (P-256, of the certificate that act->certificate names)? Refused: act_signature,
// merkle_inclusion (place "batch").
CM_CHECKED cm_result cm_receipt_act_signed(const struct cm_act_file *act, const struct cm_key_public *key,
                                           struct cm_report *report);

// Both: the act's own entry against the proof. A valid proof of another act is refused with receipt_other_act.
// `question->entry` is not looked at.
CM_CHECKED cm_result cm_receipt_act_verify(const struct cm_act_file *act, const struct cm_receipt_question *question,
                                           struct cm_report *report, struct cm_receipt_told *ret_told);

#endif
