// Opening sealed evidence and writing court bundles: who approved is told and recorded, the package reader does the rest,
// what it found is kept and told to the deliverer. Source: opening.c.
#ifndef CM_NODE_OPENING_H
#define CM_NODE_OPENING_H

#include "node/exchange.h"

// The sealed file's header (all bytes up to the MAC line with its LF), by which persons approve. CM_OK with `to` empty
// while the blob is not here whole.
CM_CHECKED cm_result cm_opening_header(struct cm_node *node, const struct cm_store_delivery *evidence,
                                       struct cm_report *report, struct cm_buf *to);

// POST /api/v1/evidence/ID/open and /approve: keeps the person's approval; when it was the last one needed for opening, the
// package reader judges the package, and the answer has its report. Refused: evidence_not_here, approval_same_person …
CM_CHECKED cm_result cm_opening_approve(struct cm_exchange *ex, struct cm_report *report, struct cm_buf *body);

// One export.
struct cm_opening_export {
	struct cm_node *node;
	const char *evidence, *person;
	int out, asker; // where the bundle goes, and the command's socket: who ends the command ends the export. Both stay the caller's
	uint32_t job;   // filled in by cm_opening_bundle()
};
// Writes the bundle; `answer` gets JSON. On CM_OK the approvals are held until cm_opening_bundle_end(). When it was
// interrupted they are in force again, and the register says that a part may have been written. Refused: approval_missing, bundle_unopened.
CM_CHECKED cm_result cm_opening_bundle(struct cm_opening_export *export, struct cm_report *report, struct cm_buf *answer);
// The command has the bundle in its place, so the approvals are spent; or it went away, and they are in force again.
void cm_opening_bundle_end(const struct cm_opening_export *export, bool kept);

#endif
