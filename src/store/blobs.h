// Sealed blobs under HOME/blobs: `in/<name>.part` while they come, `<aa>/<sha256>` for good (aa = first two digits).
// Nothing here knows the database: a blob counts once its row is put (cm_change_blob); what has no row is swept at start.
// Source: blobs.c.
#ifndef CM_STORE_BLOBS_H
#define CM_STORE_BLOBS_H

#include "base/report.h"
#include "crypto/hash.h"

#define CM_BLOBS_NAME 40 // bytes with NUL of a part's name: a UUID

// A blob on its way in.
struct cm_blobs_part {
	int fd;
	char home[512], name[CM_BLOBS_NAME];
	uint64_t length;  // bytes written
	uint64_t durable; // bytes that survive a crash
	struct cm_hash_stream hash; // over `length` bytes
};

// Makes HOME/blobs and HOME/blobs/in when missing.
CM_CHECKED cm_result cm_blobs_prepare(const char *home, struct cm_report *report);

// Is there room for `bytes` more, with disk_reserve left over? Refused: blob_no_room. What others write meanwhile is not foreseen.
CM_CHECKED cm_result cm_blobs_room(const char *home, uint64_t bytes, struct cm_report *report);

// Begins a new part or goes on with the one of this name (a UUID): the first `durable` bytes are read again for their
// digest, what lies behind them is cut off. durable 0 starts anew. Refused: blob_name, blob_short (the file has fewer).
CM_CHECKED cm_result cm_blobs_begin(const char *home, struct cm_view name, uint64_t durable,
                                    struct cm_report *report, struct cm_blobs_part *ret_part);

// Appends bytes. Not durable yet.
CM_CHECKED cm_result cm_blobs_add(struct cm_blobs_part *part, struct cm_view bytes, struct cm_report *report);

// fdatasync: part->durable = part->length.
CM_CHECKED cm_result cm_blobs_sync(struct cm_blobs_part *part, struct cm_report *report);

// Digest of what is there so far.
struct cm_hash cm_blobs_digest(const struct cm_blobs_part *part);

// Syncs, moves the part to its place for good, syncs the folders. `expected` may be NULL; another digest is refused with
// blob_digest and the part stays. The part is closed on success. A blob that is there already is replaced by nothing:
// the part is removed.
CM_CHECKED cm_result cm_blobs_finish(struct cm_blobs_part *part, const struct cm_hash *expected,
                                     struct cm_report *report, struct cm_hash *ret_sha256);

// Closes; the file stays to be gone on with. Closed or zero parts are fine.
void cm_blobs_fini(struct cm_blobs_part *part);

// Removes a part.
CM_CHECKED cm_result cm_blobs_drop(const char *home, struct cm_view name, struct cm_report *report);

// Read-only descriptor and length of a blob. Refused: blob_missing.
CM_CHECKED cm_result cm_blobs_open(const char *home, const struct cm_hash *sha256, struct cm_report *report,
                                   int *ret_fd, uint64_t *ret_length);

// Reads the whole blob: is it still the one of its name? Refused: blob_missing, blob_changed.
CM_CHECKED cm_result cm_blobs_check(const char *home, const struct cm_hash *sha256, struct cm_report *report);

// Removes every file whose digest `keep` does not want, and parts that nobody claims.
struct cm_blobs_keep {
	bool (*blob)(void *self, const struct cm_hash *sha256);
	bool (*part)(void *self, struct cm_view name);
	void *self;
};
CM_CHECKED cm_result cm_blobs_sweep(const char *home, const struct cm_blobs_keep *keep, struct cm_report *report,
                                    size_t *ret_removed);

#endif
