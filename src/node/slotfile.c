// Knows: two halves, generations, checksums. Does not know: what the contents mean. It does not guard against somebody who
// may write to the folder, nor against a disk that loses a write it confirmed: then the older half counts again.
#include "node/slotfile.h"

#include "base/mem.h"
#include "base/rd.h"
#include "base/tab_limit.h"
#include "crypto/hash.h"
#include "os/file.h"

#define CM_SLOTFILE_MAGIC "CMSLOT1\n"
#define CM_SLOTFILE_FRONT (8 + 8 + 4)
#define CM_SLOTFILE_BYTES (CM_SLOTFILE_FRONT + CM_LIMIT_SLOT_BYTES_VALUE + CM_HASH_SIZE)
#define CM_SLOTFILE_STRIDE 69632 // one half, rounded up to pages, so that a torn page hits one half only

_Static_assert(CM_SLOTFILE_BYTES <= CM_SLOTFILE_STRIDE, "a half must fit");

static uint64_t
cm_slotfile_offset(uint64_t generation)
{
	return generation % 2 * CM_SLOTFILE_STRIDE;
}

cm_result
cm_slotfile_write(struct cm_slotfile *file, struct cm_view contents, struct cm_report *report)
{
	if (contents.n > CM_LIMIT_SLOT_BYTES_VALUE)
		return CM_BUG;
	CM_CLEANUP(cm_buf_fini) struct cm_buf half = cm_buf_of_secret(CM_SLOTFILE_BYTES);
	uint64_t generation = file->generation + 1;
	cm_buf_text(&half, CM_SLOTFILE_MAGIC);
	cm_buf_u64be(&half, generation);
	cm_buf_field(&half, contents);
	struct cm_hash sum = cm_hash_of(cm_buf_view(&half));
	cm_buf_view_add(&half, cm_hash_view(&sum));
	cm_result r = cm_buf_result(&half);
	if (r == CM_OK)
		r = cm_file_pwrite_all(file->fd, cm_slotfile_offset(generation), cm_buf_view(&half), report);
	if (r == CM_OK)
		r = cm_file_sync_data(file->fd, report);
	if (r == CM_OK)
		file->generation = generation;
	return r;
}

cm_result
cm_slotfile_create(const char *path, struct cm_report *report)
{
	struct cm_slotfile file = {.fd = -1};
	cm_result r = cm_file_open(path, CM_FILE_NEW, 0600, report, &file.fd);
	if (r == CM_OK)
		r = cm_file_truncate(file.fd, 2 * CM_SLOTFILE_STRIDE, report);
	if (r == CM_OK)
		r = cm_slotfile_write(&file, cm_view_of(NULL, 0), report);
	if (r == CM_OK)
		r = cm_file_sync(file.fd, report);
	cm_slotfile_fini(&file);
	return r;
}

// One half as it stands in the file; false when it is not whole.
static bool
cm_slotfile_half(struct cm_view bytes, uint64_t place, uint64_t *ret_generation, struct cm_view *ret_contents)
{
	struct cm_rd rd = cm_rd_of(bytes);
	if (!cm_view_is(cm_rd_bytes(&rd, 8), CM_SLOTFILE_MAGIC))
		return false;
	uint64_t generation = cm_rd_u64be(&rd);
	struct cm_view contents = cm_rd_field(&rd);
	size_t covered = rd.at;
	struct cm_view stored = cm_rd_bytes(&rd, CM_HASH_SIZE);
	if (rd.failed || contents.n > CM_LIMIT_SLOT_BYTES_VALUE || generation % 2 != place)
		return false;
	struct cm_hash sum = cm_hash_of(cm_view_part(bytes, 0, covered));
	if (!cm_view_equal(stored, cm_hash_view(&sum)))
		return false;
	*ret_generation = generation;
	*ret_contents = contents;
	return true;
}

// Reads both halves from `bytes` (2 × CM_SLOTFILE_STRIDE) and keeps the newer one.
static cm_result
cm_slotfile_read(struct cm_slotfile *file, uint8_t *bytes, const char *path, struct cm_report *report,
                 struct cm_buf *to)
{
	size_t n = 0;
	cm_result r = cm_file_pread(file->fd, 0, bytes, 2 * CM_SLOTFILE_STRIDE, report, &n);
	if (r != CM_OK)
		return r;
	struct cm_view best = {0};
	bool found = false;
	for (uint64_t place = 0; place < 2; place++) {
		uint64_t generation;
		struct cm_view contents;
		struct cm_view half = cm_view_part(cm_view_of(bytes, n), place * CM_SLOTFILE_STRIDE,
		                                   CM_SLOTFILE_STRIDE);
		if (!cm_slotfile_half(half, place, &generation, &contents))
			continue;
		if (found && generation < file->generation)
			continue;
		found = true;
		file->generation = generation;
		best = contents;
	}
	if (!found)
		return cm_report_refuse(report, CM_ERROR_SLOT_DAMAGED, path, "no valid half");
	cm_buf_view_add(to, best);
	return cm_buf_result(to);
}

cm_result
cm_slotfile_open(const char *path, struct cm_report *report, struct cm_slotfile *ret_file, struct cm_buf *to)
{
	struct cm_slotfile file = {.fd = -1};
	uint8_t *bytes = cm_file_block_new(2 * CM_SLOTFILE_STRIDE);
	if (bytes == NULL)
		return CM_NOMEM;
	cm_result r = cm_file_open(path, CM_FILE_UPDATE, 0600, report, &file.fd);
	if (r == CM_OK)
		r = cm_slotfile_read(&file, bytes, path, report, to);
	cm_mem_wipe(bytes, 2 * CM_SLOTFILE_STRIDE);
	cm_file_block_free(bytes, 2 * CM_SLOTFILE_STRIDE);
	if (r == CM_OK)
		*ret_file = file;
	else
		cm_slotfile_fini(&file);
	return r;
}

void
cm_slotfile_fini(struct cm_slotfile *file)
{
	if (file != NULL)
		cm_file_close(&file->fd);
}
