// Sealed evidence on its way in over the admin socket: bytes go to blobs/in while a digest runs over them. The HTTP thread
// only puts pieces into a bounded queue; this thread writes. Source: upload.c.
#ifndef CM_NODE_UPLOAD_H
#define CM_NODE_UPLOAD_H

#include "node/node.h"

struct cm_upload;

// Begins. `rq` is continued when there is room again.
CM_CHECKED cm_result cm_upload_new(struct cm_node *node, struct cm_net_request *rq, struct cm_report *report,
                                   struct cm_upload **ret_upload);

// Takes some bytes (HTTP thread); gives how many.
size_t cm_upload_piece(struct cm_upload *upload, struct cm_view piece);

// After the last piece: waits for the disk and puts the blob in its place. Refused: blob_digest (not `expected`).
CM_CHECKED cm_result cm_upload_finish(struct cm_upload *upload, const struct cm_hash *expected,
                                      struct cm_report *report, struct cm_hash *ret_sha256, uint64_t *ret_length);

// Ends it; bytes that were not finished are removed. NULL is fine.
void cm_upload_free(struct cm_upload *upload);

#endif
