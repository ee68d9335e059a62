// The receipt of a log: C2SP tlog-proof ("c2sp.org/tlog-proof@v1"), the form alone. Whether it proves something about an
// act: domain/receipt.h. Source: proof.c.
#ifndef CM_FORMAT_PROOF_H
#define CM_FORMAT_PROOF_H

#include "base/buf.h"
#include "base/report.h"

#define CM_PROOF_HASHES 63

struct cm_proof {
	struct cm_view extra; // base64 text of the optional line, not decoded; empty when there is none
	uint64_t index;
	size_t count;
	uint8_t hashes[CM_PROOF_HASHES][32]; // leaf's sibling first
	struct cm_view note;                 // the signed checkpoint, verbatim
};

// Reads; `ret_proof` points into `bytes`. Refused: proof_form, proof_too_large (bytes, or more than 63 hashes).
CM_CHECKED cm_result cm_proof_read(struct cm_view bytes, struct cm_report *report, struct cm_proof *ret_proof);

void cm_proof_write(const struct cm_proof *proof, struct cm_buf *to);

#endif
