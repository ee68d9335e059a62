// Knows: how every file of a register follows from its entries. Does not know: disks, networks, the writer: nothing here
// shares code with the store beyond the hash of a leaf and of a node. Serves doc/spec/register.md section 7.
#include "base/mem.h"
#include "crypto/merkle.h"
#include "domain/log_check.h"
#include "format/checkpoint.h"
#include "format/tile.h"

#include <inttypes.h>
#include <string.h>

#define CM_LOG_CHECK_LEVELS 8

// The walk: for each level the hashes since its last full tile.
struct cm_log_walk {
	const struct cm_log_check *check;
	struct cm_report *report;
	uint64_t size, files;
	struct cm_hash open[CM_LOG_CHECK_LEVELS][CM_TILE_WIDTH];
	unsigned count[CM_LOG_CHECK_LEVELS];
	struct cm_buf file;
	bool bad;
};

// Root of 2^k hashes by pairing; works in place.
static struct cm_hash
cm_log_check_pairs(struct cm_hash *hashes, size_t n)
{
	for (; n > 1; n /= 2)
		for (size_t i = 0; i < n / 2; i++)
			hashes[i] = cm_merkle_node(&hashes[2 * i], &hashes[2 * i + 1]);
	return hashes[0];
}

cm_result
cm_log_check_head(const struct cm_log_check *check, struct cm_report *report, struct cm_log_check_head *ret_head)
{
	CM_AUTO struct cm_note *note = cm_mem_new(sizeof *note);
	CM_AUTO struct cm_note_signers *signers = cm_mem_new(sizeof *signers);
	struct cm_checkpoint says;
	struct cm_log_check_head head = {.bytes = cm_buf_of(CM_LIMIT_NOTE_BYTES_VALUE)};
	if (note == NULL || signers == NULL)
		return CM_NOMEM;
	cm_result r = check->fetch(check->self, "checkpoint", NULL, &head.bytes);
	if (r == CM_REFUSED || r == CM_FAILED)
		r = cm_report_refuse(report, CM_ERROR_FSCK_MISSING, "checkpoint", "not there");
	if (r == CM_OK)
		r = cm_note_read(cm_buf_view(&head.bytes), report, note);
	if (r == CM_OK)
		r = cm_checkpoint_read(note->text, report, &says);
	if (r == CM_OK && says.origin.n >= sizeof head.origin)
		r = cm_report_refuse(report, CM_ERROR_CHECKPOINT_FORM, "line 1", "%zu bytes", says.origin.n);
	if (r == CM_OK && check->key_count != 0) {
		r = cm_note_verify(note, check->keys, check->key_count, report, signers);
		bool listed = false;
		for (size_t i = 0; r == CM_OK && i < check->key_count; i++)
			listed = listed || (signers->signed_by[i] && cm_view_is(says.origin, check->keys[i].name));
		if (r == CM_OK && !listed)
			r = cm_report_refuse(report, CM_ERROR_RECEIPT_LOG_UNLISTED, "origin", "%.*s",
			                     CM_VIEW_ARG(says.origin));
	}
	if (r != CM_OK) {
		cm_buf_fini(&head.bytes);
		return r;
	}
	memcpy(head.origin, says.origin.p, says.origin.n);
	head.size = says.size;
	memcpy(head.root.b, says.root, sizeof head.root.b);
	*ret_head = head;
	return CM_OK;
}

// Fetches a tile of the register's own size; a missing one is a finding. The name goes to `name`.
static bool
cm_log_check_fetch(struct cm_log_walk *walk, const struct cm_tile *tile, char name[CM_TILE_PATH])
{
	cm_buf_clear(&walk->file);
	cm_tile_path(tile, name);
	walk->files++;
	if (walk->check->fetch(walk->check->self, name, NULL, &walk->file) == CM_OK)
		return true;
	cm_report_add(walk->report, CM_ERROR_FSCK_MISSING, name, "not there");
	walk->bad = true;
	return false;
}

// Compares a file of hashes with what was computed.
static void
cm_log_check_tile(struct cm_log_walk *walk, unsigned level, uint64_t n, unsigned width)
{
	char name[CM_TILE_PATH];
	struct cm_tile tile = {.kind = CM_TILE_HASHES, .level = level, .n = n, .width = width};
	if (!cm_log_check_fetch(walk, &tile, name))
		return;
	if (walk->file.n != width * sizeof(struct cm_hash)) {
		cm_report_add(walk->report, CM_ERROR_FSCK_LENGTH, name, "%zu bytes", walk->file.n);
		walk->bad = true;
		return;
	}
	for (unsigned i = 0; i < width; i++)
		if (memcmp(walk->file.p + i * sizeof(struct cm_hash), walk->open[level][i].b, CM_HASH_SIZE) != 0) {
			cm_report_add(walk->report, level == 0 ? CM_ERROR_FSCK_LEAF : CM_ERROR_FSCK_NODE, name,
			              "hash %u", i);
			walk->bad = true;
			return;
		}
}

// A hash joins its level; a level that fills is compared, and its root goes one level up.
static void
cm_log_check_add(struct cm_log_walk *walk, struct cm_hash hash)
{
	for (unsigned level = 0; level < CM_LOG_CHECK_LEVELS; level++) {
		walk->open[level][walk->count[level]++] = hash;
		if (walk->count[level] < CM_TILE_WIDTH)
			return;
		uint64_t n = 0;
		for (unsigned up = CM_LOG_CHECK_LEVELS - 1; up > level; up--)
			n = n * CM_TILE_WIDTH + walk->count[up];
		cm_log_check_tile(walk, level, n, CM_TILE_WIDTH);
		hash = cm_log_check_pairs(walk->open[level], CM_TILE_WIDTH);
		walk->count[level] = 0;
	}
}

// One bundle: exactly `width` entries, nothing behind. What is not there counts as leaves of zeros, so that one missing
// bundle gives one finding more at its tile and not one for every file behind it.
static void
cm_log_check_bundle(struct cm_log_walk *walk, uint64_t n, unsigned width)
{
	char name[CM_TILE_PATH];
	struct cm_tile tile = {.kind = CM_TILE_ENTRIES, .n = n, .width = width};
	struct cm_hash leaves[CM_TILE_WIDTH] = {0};
	struct cm_view entry;
	if (cm_log_check_fetch(walk, &tile, name)) {
		struct cm_rd rd = cm_rd_of(cm_buf_view(&walk->file));
		unsigned i = 0;
		while (i < width && cm_tile_entry_next(&rd, &entry))
			leaves[i++] = cm_merkle_leaf(entry);
		if (i < width || !cm_rd_done(&rd)) {
			cm_report_add(walk->report, CM_ERROR_FSCK_LENGTH, name, "%u entries, %zu bytes behind", i,
			              cm_rd_left(&rd));
			walk->bad = true;
		}
	}
	for (unsigned i = 0; i < width; i++)
		cm_log_check_add(walk, leaves[i]);
}

// The root from what is open on each level: perfect trees from large to small, folded from the right.
static struct cm_hash
cm_log_check_root(struct cm_log_walk *walk)
{
	bool any = false;
	struct cm_hash root = cm_merkle_empty();
	for (unsigned level = 0; level < CM_LOG_CHECK_LEVELS; level++) {
		unsigned end = walk->count[level];
		for (unsigned bit = 1; bit < CM_TILE_WIDTH; bit *= 2) {
			if ((walk->count[level] & bit) == 0)
				continue;
			end -= bit;
			struct cm_hash part = cm_log_check_pairs(&walk->open[level][end], bit);
			root = any ? cm_merkle_node(&part, &root) : part;
			any = true;
		}
	}
	return root;
}

static void
cm_log_check_walk(struct cm_log_walk *walk)
{
	uint64_t bundles = walk->size / CM_TILE_WIDTH + (walk->size % CM_TILE_WIDTH != 0);
	// A head may lie about its size: once the report is full there is nothing more to tell.
	bool full = false;
	for (uint64_t n = 0; n < bundles && !full; n++) {
		cm_log_check_bundle(walk, n, cm_tile_width(walk->size, 0, n));
		if (walk->check->progress != NULL)
			walk->check->progress(walk->check->self,
			                      n + 1 == bundles ? walk->size : (n + 1) * CM_TILE_WIDTH, walk->size);
		full = walk->report->count == CM_REPORT_MAX;
	}
	for (unsigned level = 0; level < CM_LOG_CHECK_LEVELS && !full; level++)
		if (walk->count[level] != 0)
			cm_log_check_tile(walk, level, (walk->size >> (8 * level)) / CM_TILE_WIDTH, walk->count[level]);
}

cm_result
cm_log_check_run(const struct cm_log_check *check, struct cm_report *report, struct cm_log_check_told *ret_told)
{
	struct cm_log_check_head head;
	cm_result r = cm_log_check_head(check, report, &head);
	if (r != CM_OK)
		return r;
	cm_buf_fini(&head.bytes);
	CM_AUTO struct cm_log_walk *walk = cm_mem_new(sizeof *walk);
	if (walk == NULL)
		return CM_NOMEM;
	*walk = (struct cm_log_walk){
	        .check = check, .report = report, .size = head.size, .files = 1, .file = cm_buf_of(CM_LOG_CHECK_FILE)};
	cm_log_check_walk(walk);
	struct cm_hash root = cm_log_check_root(walk);
	cm_buf_fini(&walk->file);
	if (!cm_hash_equal(&root, &head.root)) {
		cm_report_add(report, CM_ERROR_FSCK_ROOT, "checkpoint", "size %" PRIu64, head.size);
		walk->bad = true;
	}
	if (walk->bad)
		return CM_REFUSED;
	ret_told->size = head.size;
	ret_told->root = head.root;
	ret_told->files = walk->files;
	memcpy(ret_told->origin, head.origin, sizeof ret_told->origin);
	return CM_OK;
}
