// The text of a checkpoint (C2SP tlog-checkpoint v1.0.0): three lines, no extension lines in this network.
// Its signatures are a note's business (crypto/note.h). Source: checkpoint.c.
#ifndef CM_FORMAT_CHECKPOINT_H
#define CM_FORMAT_CHECKPOINT_H

#include "base/buf.h"
#include "base/report.h"

struct cm_checkpoint {
	struct cm_view origin; // without line end
	uint64_t size;         // below 2^63
	uint8_t root[32];      // SHA-256("") when the size is 0
};

// Reads the text of a note (with its last LF). `ret_checkpoint` points into `text`. Refused: checkpoint_form,
// checkpoint_extension (a fourth line), checkpoint_empty_root (size 0 with another root).
CM_CHECKED cm_result cm_checkpoint_read(struct cm_view text, struct cm_report *report,
                                        struct cm_checkpoint *ret_checkpoint);

void cm_checkpoint_write(const struct cm_checkpoint *checkpoint, struct cm_buf *to);

#endif
