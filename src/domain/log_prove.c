// Knows: how the proof of one entry is made from a register's tiles. Does not know: disks, networks. Serves
// doc/spec/register.md section 7, C2SP tlog-proof.
#include "base/mem.h"
#include "crypto/merkle.h"
#include "domain/log_check.h"
#include "format/proof.h"
#include "format/tile.h"

#include <inttypes.h>
#include <string.h>

struct cm_log_prove {
	const struct cm_log_check *check;
	struct cm_report *report;
	uint64_t size;
	struct cm_buf file;
};

static cm_result
cm_log_prove_read(void *self, unsigned level, uint64_t first, size_t n, struct cm_hash *ret_hashes)
{
	struct cm_log_prove *prove = self;
	char name[CM_TILE_PATH];
	uint64_t number = first / CM_TILE_WIDTH;
	struct cm_tile tile = {.kind = CM_TILE_HASHES, .level = level, .n = number,
	                       .width = cm_tile_width(prove->size, level, number)};
	cm_buf_clear(&prove->file);
	cm_tile_path(&tile, name);
	if (prove->check->fetch(prove->check->self, name, NULL, &prove->file) != CM_OK)
		return cm_report_refuse(prove->report, CM_ERROR_FSCK_MISSING, name, "not there");
	size_t from = (size_t)(first % CM_TILE_WIDTH) * sizeof *ret_hashes;
	if (prove->file.n < from + n * sizeof *ret_hashes)
		return cm_report_refuse(prove->report, CM_ERROR_FSCK_LENGTH, name, "%zu bytes", prove->file.n);
	memcpy(ret_hashes, prove->file.p + from, n * sizeof *ret_hashes);
	return CM_OK;
}

// The proof must hold before it is given away: the leaf is read as it stands in its tile.
static cm_result
cm_log_prove_hold(struct cm_log_prove *prove, const struct cm_log_check_head *head, uint64_t index,
                  const struct cm_merkle_proof *path)
{
	struct cm_hash leaf;
	cm_result r = cm_log_prove_read(prove, 0, index, 1, &leaf);
	return r == CM_OK ? cm_merkle_inclusion_verify(index, head->size, &leaf, path, &head->root, prove->report) : r;
}

cm_result
cm_log_check_prove(const struct cm_log_check *check, uint64_t index, struct cm_report *report, struct cm_buf *to)
{
	struct cm_log_check_head head;
	CM_AUTO struct cm_merkle_proof *path = cm_mem_new(sizeof *path);
	CM_AUTO struct cm_proof *proof = cm_mem_new(sizeof *proof);
	if (path == NULL || proof == NULL)
		return CM_NOMEM;
	cm_result r = cm_log_check_head(check, report, &head);
	if (r != CM_OK)
		return r;
	struct cm_log_prove prove = {.check = check, .report = report, .size = head.size,
	                             .file = cm_buf_of(CM_LOG_CHECK_FILE)};
	struct cm_merkle_source source = {.read = cm_log_prove_read, .self = &prove};
	if (index >= head.size)
		r = cm_report_refuse(report, CM_ERROR_FSCK_INDEX, "index", "%" PRIu64 " of %" PRIu64, index, head.size);
	if (r == CM_OK)
		r = cm_merkle_inclusion_make(&source, index, head.size, path);
	if (r == CM_OK)
		r = cm_log_prove_hold(&prove, &head, index, path);
	if (r == CM_OK) {
		proof->index = index;
		proof->count = path->count;
		for (size_t i = 0; i < path->count; i++)
			memcpy(proof->hashes[i], path->hashes[i].b, sizeof proof->hashes[i]);
		proof->note = cm_buf_view(&head.bytes);
		cm_proof_write(proof, to);
		r = cm_buf_result(to);
	}
	cm_buf_fini(&prove.file);
	cm_buf_fini(&head.bytes);
	return r;
}
