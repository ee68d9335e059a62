#include "unit.h"

#include "vectors.h"

#include "base/b64.h"
#include "base/num.h"
#include "base/rd.h"
#include "crypto/merkle.h"

#define LEAVES 600 // over two tiles
#define SMALL 70   // sizes that are tried exhaustively

static struct cm_hash leaves[LEAVES];

static int
make_leaves(void **state)
{
	(void)state;
	for (uint8_t i = 0; i < 100; i++)
		for (uint8_t j = 0; j < 6; j++) {
			uint8_t entry[2] = {i, j};
			leaves[i * 6 + j] = cm_merkle_leaf(cm_view_of(entry, 2));
		}
	return 0;
}

static struct cm_view
word(struct cm_view *line)
{
	size_t end = cm_view_find(*line, 0, ' ');
	struct cm_view w = cm_view_part(*line, 0, end);
	*line = cm_view_part(*line, end + 1, line->n);
	return w;
}

static struct cm_hash
hash_word(struct cm_view *line)
{
	struct cm_hash h;
	assert_true(cm_b64_read_exact(word(line), CM_B64_STANDARD, h.b, sizeof h.b));
	return h;
}

static uint64_t
number_word(struct cm_view *line)
{
	uint64_t x;
	assert_true(cm_num_u64(word(line), 0, 1000, &x));
	return x;
}

static void
proofs_and_roots_are_those_of_the_public_log(void **state)
{
	(void)state;
	struct cm_buf b = vector_file("merkle", "tessera.txt");
	struct cm_rd rd = cm_rd_of(cm_buf_view(&b));
	struct cm_hash words[15];
	unsigned lines = 0;
	while (cm_rd_left(&rd) != 0) {
		struct cm_view line = cm_rd_until(&rd, '\n');
		struct cm_view kind = word(&line);
		struct cm_merkle_leaves array = {.leaves = words, .count = 15};
		struct cm_merkle_source source = cm_merkle_source_of_leaves(&array);
		struct cm_merkle_proof proof;
		if (cm_view_is(kind, "leaves"))
			for (size_t i = 0; i < 15; i++)
				words[i] = cm_merkle_leaf(word(&line));
		if (cm_view_is(kind, "root")) {
			uint64_t size = number_word(&line);
			struct cm_hash want = hash_word(&line), root = cm_merkle_root(words, (size_t)size);
			assert_memory_equal(want.b, root.b, 32);
		}
		if (cm_view_is(kind, "consistency") || cm_view_is(kind, "inclusion")) {
			uint64_t a = number_word(&line), n = number_word(&line);
			if (cm_view_is(kind, "inclusion"))
				assert_int_equal(cm_merkle_inclusion_make(&source, a, n, &proof), CM_OK);
			else
				assert_int_equal(cm_merkle_consistency_make(&source, a, n, &proof), CM_OK);
			assert_int_equal(proof.count, 4);
			for (size_t i = 0; i < proof.count; i++) {
				struct cm_hash want = hash_word(&line);
				assert_memory_equal(want.b, proof.hashes[i].b, 32);
			}
		}
		lines++;
	}
	assert_int_equal(lines, 12);
	cm_buf_fini(&b);
	struct cm_hash empty = cm_merkle_leaf(cm_view_of(NULL, 0));
	static const uint8_t want[4] = {0x6e, 0x34, 0x0b, 0x9c};
	assert_memory_equal(empty.b, want, 4);
}

static struct cm_merkle_leaves array = {.leaves = leaves, .count = LEAVES};

// Each change of a proof is refused: a bit, a hash dropped, added, doubled.
static void
mutate_inclusion(uint64_t index, uint64_t size, const struct cm_merkle_proof *good, const struct cm_hash *root)
{
	const struct cm_hash *leaf = &leaves[index];
	for (size_t i = 0; i < good->count; i++) {
		struct cm_merkle_proof p = *good;
		p.hashes[i].b[(index + i) % 32] ^= 4;
		assert_int_equal(cm_merkle_inclusion_verify(index, size, leaf, &p, root, NULL), CM_REFUSED);
		p = *good;
		memmove(&p.hashes[i], &p.hashes[i + 1], (p.count - 1 - i) * sizeof *p.hashes);
		p.count--;
		assert_int_equal(cm_merkle_inclusion_verify(index, size, leaf, &p, root, NULL), CM_REFUSED);
		p = *good;
		memmove(&p.hashes[i + 1], &p.hashes[i], (p.count - i) * sizeof *p.hashes);
		p.count++;
		assert_int_equal(cm_merkle_inclusion_verify(index, size, leaf, &p, root, NULL), CM_REFUSED);
	}
	struct cm_merkle_proof p = *good;
	p.hashes[p.count++] = *root;
	assert_int_equal(cm_merkle_inclusion_verify(index, size, leaf, &p, root, NULL), CM_REFUSED);
	for (uint64_t other = 0; other < size; other++)
		if (other != index)
			assert_int_equal(cm_merkle_inclusion_verify(other, size, leaf, good, root, NULL), CM_REFUSED);
}

static void
every_small_inclusion_proof_holds_and_no_changed_one(void **state)
{
	(void)state;
	struct cm_merkle_source source = cm_merkle_source_of_leaves(&array);
	for (uint64_t size = 1; size <= SMALL; size++) {
		struct cm_hash root = cm_merkle_root(leaves, size);
		for (uint64_t index = 0; index < size; index++) {
			struct cm_merkle_proof proof;
			assert_int_equal(cm_merkle_inclusion_make(&source, index, size, &proof), CM_OK);
			assert_int_equal(cm_merkle_inclusion_verify(index, size, &leaves[index], &proof, &root, NULL),
			                 CM_OK);
			assert_int_equal(
				cm_merkle_inclusion_verify(index, size, &leaves[(index + 1) % 71], &proof, &root, NULL),
				CM_REFUSED);
			mutate_inclusion(index, size, &proof, &root);
		}
		struct cm_merkle_proof none = {0};
		struct cm_report report = {0};
		assert_int_equal(cm_merkle_inclusion_verify(size, size, &leaves[0], &none, &root, &report), CM_REFUSED);
		assert_true(cm_report_has(&report, CM_ERROR_MERKLE_INCLUSION));
	}
}

static void
mutate_consistency(const struct cm_merkle_head *a, const struct cm_merkle_head *b, const struct cm_merkle_proof *good)
{
	for (size_t i = 0; i < good->count; i++) {
		struct cm_merkle_proof p = *good;
		p.hashes[i].b[(a->size + i) % 32] ^= 64;
		assert_int_equal(cm_merkle_consistency_verify(a, b, &p, NULL), CM_REFUSED);
		p = *good;
		memmove(&p.hashes[i], &p.hashes[i + 1], (p.count - 1 - i) * sizeof *p.hashes);
		p.count--;
		assert_int_equal(cm_merkle_consistency_verify(a, b, &p, NULL), CM_REFUSED);
	}
	struct cm_merkle_proof p = *good;
	p.hashes[p.count++] = a->root;
	assert_int_equal(cm_merkle_consistency_verify(a, b, &p, NULL), CM_REFUSED);
	for (int which = 0; which < 2; which++) {
		struct cm_merkle_head x = *a, y = *b;
		(which == 0 ? &x : &y)->root.b[3] ^= 1;
		assert_int_equal(cm_merkle_consistency_verify(&x, &y, good, NULL), CM_REFUSED);
	}
}

static void
every_small_consistency_proof_holds_and_no_changed_one(void **state)
{
	(void)state;
	struct cm_merkle_source source = cm_merkle_source_of_leaves(&array);
	for (uint64_t n = 1; n <= SMALL; n++)
		for (uint64_t m = 1; m <= n; m++) {
			struct cm_merkle_head a = {m, cm_merkle_root(leaves, m)}, b = {n, cm_merkle_root(leaves, n)};
			struct cm_merkle_proof proof;
			assert_int_equal(cm_merkle_consistency_make(&source, m, n, &proof), CM_OK);
			assert_int_equal(cm_merkle_consistency_verify(&a, &b, &proof, NULL), CM_OK);
			mutate_consistency(&a, &b, &proof);
			if (m != n)
				assert_int_equal(cm_merkle_consistency_verify(&b, &a, &proof, NULL), CM_REFUSED);
		}
	struct cm_merkle_head empty = {0, cm_merkle_empty()}, some = {5, cm_merkle_root(leaves, 5)};
	struct cm_merkle_proof none = {0};
	assert_int_equal(cm_merkle_consistency_verify(&empty, &some, &none, NULL), CM_OK);
	assert_int_equal(cm_merkle_consistency_verify(&empty, &empty, &none, NULL), CM_OK);
	empty.root.b[0] ^= 1;
	struct cm_report report = {0};
	assert_int_equal(cm_merkle_consistency_verify(&empty, &some, &none, &report), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_MERKLE_CONSISTENCY));
}

// The edge after each push is the edge read back from stored hashes, and gives the root.
static void
the_edge_grows_as_the_tree(void **state)
{
	(void)state;
	struct cm_merkle_source source = cm_merkle_source_of_leaves(&array);
	struct cm_merkle_edge edge = {0};
	for (size_t size = 0; size < LEAVES; size++) {
		struct cm_merkle_edge back;
		struct cm_hash root = cm_merkle_edge_root(&edge);
		assert_int_equal(cm_merkle_edge_make(&source, size, &back), CM_OK);
		assert_int_equal(back.size, edge.size);
		assert_memory_equal(back.hashes, edge.hashes, cm_merkle_edge_count(&edge) * sizeof *edge.hashes);
		if (size % 37 == 0) {
			struct cm_hash want = cm_merkle_root(leaves, size);
			assert_memory_equal(want.b, root.b, 32);
		}
		assert_true(cm_merkle_edge_push(&edge, &leaves[size]));
	}
}

// Counts reads and checks that each stays within one tile and within what a full subtree has.
static cm_result
counting_read(void *self, unsigned level, uint64_t first, size_t n, struct cm_hash *ret_hashes)
{
	struct cm_merkle_source inner = cm_merkle_source_of_leaves(&array);
	assert_true(n >= 1 && n <= CM_MERKLE_TILE_WIDTH);
	assert_int_equal(first / CM_MERKLE_TILE_WIDTH, (first + n - 1) / CM_MERKLE_TILE_WIDTH);
	++*(unsigned *)self;
	return inner.read(inner.self, level, first, n, ret_hashes);
}

static void
proofs_across_tiles_hold_and_read_little(void **state)
{
	(void)state;
	unsigned reads = 0;
	struct cm_merkle_source source = {.read = counting_read, .self = &reads};
	struct cm_hash root = cm_merkle_root(leaves, LEAVES);
	struct cm_merkle_proof proof;
	for (uint64_t index = 0; index < LEAVES; index += 7) {
		reads = 0;
		assert_int_equal(cm_merkle_inclusion_make(&source, index, LEAVES, &proof), CM_OK);
		assert_true(reads <= 24);
		assert_int_equal(cm_merkle_inclusion_verify(index, LEAVES, &leaves[index], &proof, &root, NULL), CM_OK);
	}
	assert_int_equal(cm_merkle_inclusion_make(&source, LEAVES, LEAVES, &proof), CM_BUG);
	assert_int_equal(cm_merkle_tile_hashes(70000, 0), 70000);
	assert_int_equal(cm_merkle_tile_hashes(70000, 1), 273);
	assert_int_equal(cm_merkle_tile_hashes(70000, 2), 1);
	assert_int_equal(cm_merkle_tile_hashes(70000, 3), 0);
	assert_int_equal(cm_merkle_tile_hashes(UINT64_MAX, 9), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {T(proofs_and_roots_are_those_of_the_public_log),
	                                   T(every_small_inclusion_proof_holds_and_no_changed_one),
	                                   T(every_small_consistency_proof_holds_and_no_changed_one),
	                                   T(the_edge_grows_as_the_tree), T(proofs_across_tiles_hold_and_read_little)};
	return cmocka_run_group_tests(tests, make_leaves, NULL);
}
