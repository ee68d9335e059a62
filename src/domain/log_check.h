// Checking a whole register, and proving one entry, from its static files alone: no database, no code of the writer. The
// caller fetches files by name, from a folder or a URL. Serves doc/spec/register.md section 7, C2SP tlog-tiles.
// Source: log_check.c, log_prove.c.
#ifndef CM_DOMAIN_LOG_CHECK_H
#define CM_DOMAIN_LOG_CHECK_H

#include "base/buf.h"
#include "crypto/note.h"

#define CM_LOG_CHECK_FILE (256 * (2 + CM_LIMIT_ENTRY_BYTES_VALUE)) // the greatest file

struct cm_log_check {
	// Appends the file of this name ("checkpoint", "tile/0/000.p/7" …) to `to`. CM_REFUSED or CM_FAILED: it is not there.
	cm_result (*fetch)(void *self, const char *name, struct cm_report *report, struct cm_buf *to);
	void (*progress)(void *self, uint64_t done, uint64_t all); // entries; may be NULL
	void *self;
	const struct cm_note_key *keys; // of the registers that are accepted
	size_t key_count;
};

struct cm_log_check_told {
	char origin[CM_NOTE_NAME + 96];
	uint64_t size;
	struct cm_hash root;
	uint64_t files; // read
};

// `report` is needed. Recomputes everything: signature and origin of the head, each bundle against its tile, each tile against the one
// below, partial tiles, the root. Every fault is a finding, as many as fit: fsck_missing, fsck_length, fsck_leaf,
// fsck_node, fsck_root, and what the head breaks (note_…, checkpoint_…, receipt_log_unlisted).
CM_CHECKED cm_result cm_log_check_run(const struct cm_log_check *check, struct cm_report *report,
                                      struct cm_log_check_told *ret_told);

// Writes the tlog-proof of entry `index` to the folder's own head. With no keys the head's signature is not judged.
// Refused: fsck_index, and as above.
CM_CHECKED cm_result cm_log_check_prove(const struct cm_log_check *check, uint64_t index, struct cm_report *report,
                                        struct cm_buf *to);

// The head: form, origin, and with keys the signature.
struct cm_log_check_head {
	struct cm_buf bytes; // the caller frees
	uint64_t size;
	struct cm_hash root;
	char origin[CM_NOTE_NAME + 96];
};
CM_CHECKED cm_result cm_log_check_head(const struct cm_log_check *check, struct cm_report *report,
                                       struct cm_log_check_head *ret_head);

#endif
