#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/b64.h"
#include "base/hex.h"
#include "base/mem.h"
#include "crypto/merkle.h"
#include "domain/log_check.h"
#include "domain/receipt.h"
#include "format/checkpoint.h"
#include "format/tile.h"

#define MOST 66000

// A log in memory: every file is made when it is asked for, from the leaves alone.
struct memory_log {
	struct cm_hash *leaves;
	uint64_t size;
	struct cm_key *key;
	struct cm_note_key vkey;
	const char *damaged, *gone; // name of a file with a flipped bit, of one that is missing
};

static void
entry_of(uint64_t i, char text[32])
{
	static const char *const words[] = {"one", "two", "three", "four", "five", "six", "seven", "eit", "nain", "ten",
	        "ileven", "twelf", "threeten", "fourten", "fivten"}; // of the public test log of tlog-tiles
	snprintf(text, 32, "%s", i < 15 ? words[i] : "entry");
	if (i >= 15)
		snprintf(text, 32, "entry %llu", (unsigned long long)i);
}

static void
head(struct memory_log *log, struct cm_buf *to)
{
	struct cm_checkpoint c = {.origin = cm_view_text(log->vkey.name), .size = log->size};
	struct cm_hash root = cm_merkle_root(log->leaves, (size_t)log->size);
	struct cm_key_signature sig;
	memcpy(c.root, root.b, sizeof c.root);
	cm_checkpoint_write(&c, to);
	assert_int_equal(cm_key_sign(log->key, cm_buf_view(to), &sig), CM_OK);
	cm_buf_u8(to, '\n');
	cm_note_line_write(&log->vkey, 0, &sig, to);
}

static cm_result
fetch(void *self, const char *name, struct cm_report *report, struct cm_buf *to)
{
	struct memory_log *log = self;
	struct cm_tile tile;
	char text[32];
	assert_int_equal(cm_tile_path_read(cm_view_text(name), report, &tile), CM_OK);
	if (log->gone != NULL && strcmp(name, log->gone) == 0)
		return CM_FAILED;
	if (tile.kind == CM_TILE_CHECKPOINT)
		head(log, to);
	assert_true(tile.kind == CM_TILE_CHECKPOINT || tile.width == cm_tile_width(log->size, tile.level, tile.n));
	for (uint64_t i = tile.n * 256; tile.kind != CM_TILE_CHECKPOINT && i < tile.n * 256 + tile.width; i++) {
		size_t span = (size_t)1 << (8 * tile.level);
		struct cm_hash hash = tile.kind == CM_TILE_HASHES ? cm_merkle_root(log->leaves + i * span, span)
		                                                  : cm_merkle_empty();
		entry_of(i, text);
		if (tile.kind == CM_TILE_HASHES)
			cm_buf_view_add(to, cm_hash_view(&hash));
		else
			assert_int_equal(cm_tile_entry_write(cm_view_text(text), report, to), CM_OK);
	}
	if (log->damaged != NULL && strcmp(name, log->damaged) == 0)
		to->p[to->n - 1] ^= 1;
	return CM_OK;
}

static int
prepare(void **state)
{
	struct memory_log *log = cm_mem_new(sizeof *log);
	uint8_t seed[32] = {3};
	struct cm_key_public public;
	char text[32];
	assert_non_null(log);
	assert_int_equal(cm_key_of_raw(CM_KEY_ED25519, cm_view_of(seed, sizeof seed), &log->key), CM_OK);
	cm_key_public(log->key, &public);
	assert_int_equal(cm_note_key_make(cm_view_text("xa.contact/log/2027"), CM_NOTE_ED25519, public.b, NULL, &log->vkey),
	                 CM_OK);
	log->leaves = cm_mem_new_many(MOST, sizeof *log->leaves);
	assert_non_null(log->leaves);
	for (uint64_t i = 0; i < MOST; i++) {
		entry_of(i, text);
		log->leaves[i] = cm_merkle_leaf(cm_view_text(text));
	}
	*state = log;
	return 0;
}

static int
leave(void **state)
{
	struct memory_log *log = *state;
	cm_key_free(log->key);
	cm_mem_free(log->leaves);
	cm_mem_free(log);
	return 0;
}

static cm_result
check(struct memory_log *log, struct cm_report *report, struct cm_log_check_told *told)
{
	struct cm_log_check c = {.fetch = fetch, .self = log, .keys = &log->vkey, .key_count = 1};
	return cm_log_check_run(&c, report, told);
}

static void
whole_logs_of_many_sizes_are_whole(void **state)
{
	static const uint64_t sizes[] = {0, 1, 2, 3, 15, 255, 256, 257, 511, 513, 1000, 65535, 65536, 65537, MOST};
	struct memory_log *log = *state;
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		struct cm_report report = {0};
		struct cm_log_check_told told;
		log->size = sizes[i];
		assert_int_equal(check(log, &report, &told), CM_OK);
		assert_int_equal(told.size, sizes[i]);
	}
}

// Roots of the public test log of tlog-tiles.
static void
the_public_test_log_has_these_roots(void **state)
{
	static const struct {
		uint64_t size;
		const char *root;
	} rows[] = {{1, "0Nc2CrefWKseHj/mStd+LqC8B+NrX0btIiPt2SmN+ek="}, {4, "zY1lN35vrXYAPixXSd59LsU29xUJtuW4o2dNNg5Y2Co="},
	        {5, "gy5gl3aksFyiCO95a/1vLXz88A3dRq+0l9Sxte8ZqZQ="}, {7, "IrSXADBqJ7EQoUODSDKROySgNveeL6CFhik2w/+fS7U="},
	        {15, "rKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs="}};
	struct memory_log *log = *state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct cm_report report = {0};
		struct cm_log_check_told told;
		struct cm_hash root;
		log->size = rows[i].size;
		assert_int_equal(check(log, &report, &told), CM_OK);
		assert_true(cm_b64_read_exact(cm_view_text(rows[i].root), CM_B64_STANDARD, root.b, sizeof root.b));
		assert_true(cm_hash_equal(&root, &told.root));
	}
	struct cm_buf file = cm_buf_of(CM_LOG_CHECK_FILE);
	uint8_t digest[32];
	assert_int_equal(fetch(log, "tile/0/000.p/15", NULL, &file), CM_OK);
	struct cm_hash hash = cm_hash_of(cm_buf_view(&file));
	assert_true(cm_hex_read(cm_view_text("93593af14d2cce39867d2e73fe4ca400a38581605c5c4501a03e752d9b51a130"), digest, 32));
	assert_memory_equal(hash.b, digest, 32);
	cm_buf_fini(&file);
}

static void
every_damaged_or_missing_file_is_named(void **state)
{
	static const struct {
		const char *file;
		enum cm_error rule; // of damage
	} rows[] = {{"tile/0/000", CM_ERROR_FSCK_LEAF}, {"tile/0/257.p/208", CM_ERROR_FSCK_LEAF},
	        {"tile/entries/100", CM_ERROR_FSCK_LEAF}, {"tile/entries/257.p/208", CM_ERROR_FSCK_LEAF},
	        {"tile/1/000", CM_ERROR_FSCK_NODE}, {"tile/1/001.p/1", CM_ERROR_FSCK_NODE}, {"tile/2/000.p/1", CM_ERROR_FSCK_NODE}};
	struct memory_log *log = *state;
	log->size = MOST;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct cm_report report = {0};
		struct cm_log_check_told told;
		log->damaged = rows[i].file;
		assert_int_equal(check(log, &report, &told), CM_REFUSED);
		assert_true(cm_report_has(&report, rows[i].rule));
		assert_string_equal(report.findings[0].place[0] == 't' ? "tile" : "", "tile");
		log->damaged = NULL;
		log->gone = rows[i].file;
		cm_report_clear(&report);
		assert_int_equal(check(log, &report, &told), CM_REFUSED);
		assert_true(cm_report_has(&report, CM_ERROR_FSCK_MISSING));
		assert_string_equal(report.findings[0].place, rows[i].file);
		log->gone = NULL;
	}
	log->gone = "checkpoint";
	struct cm_report report = {0};
	struct cm_log_check_told told;
	assert_int_equal(check(log, &report, &told), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_FSCK_MISSING));
	log->gone = NULL;
}

static void
a_head_that_does_not_fit_or_is_of_another_is_refused(void **state)
{
	struct memory_log *log = *state;
	struct cm_report report = {0};
	struct cm_log_check_told told;
	struct cm_hash was = log->leaves[3];
	log->size = 20;
	log->leaves[3].b[0] ^= 1; // the tile and the head lie together; the entries do not
	assert_int_equal(check(log, &report, &told), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_FSCK_ROOT));
	assert_true(cm_report_has(&report, CM_ERROR_FSCK_LEAF));
	log->leaves[3] = was;
	struct cm_note_key other = log->vkey;
	other.id[0] ^= 1;
	struct cm_log_check c = {.fetch = fetch, .self = log, .keys = &other, .key_count = 1};
	cm_report_clear(&report);
	assert_int_equal(cm_log_check_run(&c, &report, &told), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_NOTE_UNSIGNED));
}

static void
proofs_from_the_files_verify(void **state)
{
	static const uint64_t indexes[] = {0, 1, 255, 256, 65535, 65536, MOST - 1};
	struct memory_log *log = *state;
	struct cm_log_check c = {.fetch = fetch, .self = log, .keys = &log->vkey, .key_count = 1};
	log->size = MOST;
	for (size_t i = 0; i < sizeof indexes / sizeof *indexes; i++) {
		struct cm_report report = {0};
		struct cm_buf proof = cm_buf_of(CM_LIMIT_PROOF_BYTES_VALUE);
		char entry[32];
		struct cm_receipt_told told;
		entry_of(indexes[i], entry);
		assert_int_equal(cm_log_check_prove(&c, indexes[i], &report, &proof), CM_OK);
		struct cm_receipt_question q = {.proof = cm_buf_view(&proof), .entry = cm_view_text(entry),
		                                .keys = &log->vkey, .key_count = 1};
		assert_int_equal(cm_receipt_verify(&q, &report, &told), CM_OK);
		assert_int_equal(told.index, indexes[i]);
		cm_buf_fini(&proof);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {T(whole_logs_of_many_sizes_are_whole), T(the_public_test_log_has_these_roots),
	        T(every_damaged_or_missing_file_is_named), T(a_head_that_does_not_fit_or_is_of_another_is_refused),
	        T(proofs_from_the_files_verify)};
	return cmocka_run_group_tests(tests, prepare, leave);
}
