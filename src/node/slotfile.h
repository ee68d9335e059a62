// A small state file with two halves: the newer valid one counts, a write goes to the other. So a power cut in the middle
// of a write leaves the old state, and the descriptor opened before the walls is enough for ever. One half is
//   "CMSLOT1\n", u64 generation, u32 length, contents, SHA-256 of all before.
// Source: slotfile.c.
#ifndef CM_NODE_SLOTFILE_H
#define CM_NODE_SLOTFILE_H

#include "base/buf.h"
#include "base/report.h"

struct cm_slotfile {
	int fd;
	uint64_t generation; // of the half that counts
};

// Makes the file with empty contents, durably. CM_FAILED with io_open when it exists.
CM_CHECKED cm_result cm_slotfile_create(const char *path, struct cm_report *report);

// Opens it and appends the contents that count to `to`. Refused: slot_damaged.
CM_CHECKED cm_result cm_slotfile_open(const char *path, struct cm_report *report, struct cm_slotfile *ret_file,
                                      struct cm_buf *to);

// Replaces the contents; on disk when it returns CM_OK. At most CM_LIMIT_SLOT_BYTES_VALUE bytes (else CM_BUG).
CM_CHECKED cm_result cm_slotfile_write(struct cm_slotfile *file, struct cm_view contents, struct cm_report *report);

void cm_slotfile_fini(struct cm_slotfile *file);

#endif
