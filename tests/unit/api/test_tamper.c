// Nothing of a package or bundle can be changed unnoticed: every byte with two patterns, and entries added, removed,
// reordered, renamed. Each is refused, by a rule that has a name.
#include <sys/wait.h>
#include <unistd.h>

#include "lab.h"

#include "format/zip_read.h"
#include "format/zip_write.h"

static const struct lab_file files[] = {{"a.txt", "hello"}, {"b/c.bin", "0123456789"}, {"empty", ""}};
static const struct lab_file court[] = {{"report.txt", "What happened.\n"}};

static struct lab lab;
static struct cm_buf package, bundle;

static int
set_up(void **state)
{
	(void)state;
	lab_init(&lab);
	package = cm_buf_of(LAB_BYTES);
	bundle = cm_buf_of(LAB_BYTES);
	assert_int_equal(lab_pack(&lab, files, 3, &package), COMITY_OK);
	assert_int_equal(lab_bundle(&lab, cm_buf_view(&package), court, 1, &bundle), COMITY_OK);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	cm_buf_fini(&package);
	cm_buf_fini(&bundle);
	lab_fini(&lab);
	return 0;
}

static void
what_was_made_is_valid(void **state)
{
	(void)state;
	assert_int_equal(lab_verify(&lab, cm_buf_view(&package), lab.trust), COMITY_VERDICT_VALID);
	assert_int_equal(lab_verify(&lab, cm_buf_view(&bundle), lab.trust), COMITY_VERDICT_VALID);
	assert_int_equal(lab_verify(&lab, cm_buf_view(&package), NULL), COMITY_VERDICT_INTACT);
	assert_int_equal(lab_verify(&lab, cm_buf_view(&bundle), NULL), COMITY_VERDICT_INTACT);
	assert_int_equal(comity_report_count(lab.report), 0);
}

// One half of the bytes, odd or even: pattern 01 with trusted roots, pattern ff without (then "intact" would be the
// forger's gain).
static bool
half_of_the_bytes(struct cm_buf *whole, size_t from)
{
	static const uint8_t patterns[] = {0x01, 0xff};
	for (size_t i = from; i < whole->n; i += 2)
		for (size_t p = 0; p < sizeof patterns; p++) {
			whole->p[i] ^= patterns[p];
			enum comity_verdict verdict =
			        lab_verify(&lab, cm_buf_view(whole), p == 0 ? lab.trust : NULL);
			whole->p[i] ^= patterns[p];
			if (verdict != COMITY_VERDICT_REFUSED || comity_report_count(lab.report) == 0) {
				print_message("byte %zu ^ %02x: %s\n", i, patterns[p],
				              comity_report_verdict_text(verdict));
				return false;
			}
		}
	return true;
}

// Two processes, since it takes seconds.
static void
every_byte(struct cm_buf *whole)
{
	int status = 0;
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0)
		_exit(half_of_the_bytes(whole, 1) ? 0 : 1);
	bool even = half_of_the_bytes(whole, 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(even);
	assert_int_equal(status, 0);
}

static void
every_byte_of_a_package_counts(void **state)
{
	(void)state;
	every_byte(&package);
}

static void
every_byte_of_a_bundle_counts(void **state)
{
	(void)state;
	every_byte(&bundle);
}

static void
every_length_but_the_whole_is_refused(void **state)
{
	(void)state;
	for (size_t n = 0; n < bundle.n; n++)
		assert_int_equal(lab_verify(&lab, cm_view_part(cm_buf_view(&bundle), 0, n), lab.trust),
		                 COMITY_VERDICT_REFUSED);
	cm_buf_u8(&bundle, 0);
	assert_int_equal(lab_verify(&lab, cm_buf_view(&bundle), lab.trust), COMITY_VERDICT_REFUSED);
	bundle.n--;
}

// The entries of a container, for making another of them.
#define MAX_ENTRIES 16
struct entries {
	struct cm_zip_item items[MAX_ENTRIES];
	struct cm_view contents[MAX_ENTRIES];
	size_t count;
};

static void
take_apart(struct cm_view whole, struct cm_zip_read **r, struct entries *to)
{
	struct cm_zip_need need = {0};
	struct cm_view given = {0};
	assert_int_equal(cm_zip_read_new(&(struct cm_zip_read_options){0}, whole.n, r), CM_OK);
	do {
		assert_int_equal(cm_zip_read_step(*r, given, NULL, &need), CM_OK);
		given = cm_view_part(whole, (size_t)need.offset, need.length);
	} while (need.length != 0);
	to->count = cm_zip_read_count(*r);
	assert_true(to->count <= MAX_ENTRIES);
	for (size_t i = 0; i < to->count; i++) {
		const struct cm_zip_entry *e = cm_zip_read_entry(*r, i);
		to->items[i] = (struct cm_zip_item){.name = e->name, .size = e->size, .crc = e->crc};
		to->contents[i] = cm_view_part(whole, (size_t)e->offset, (size_t)e->size);
	}
}

static enum comity_verdict
put_together(const struct entries *from)
{
	struct cm_zip_write_options options = {.modified = {LAB_NOW}};
	struct cm_zip_write w;
	struct cm_buf CM_CLEANUP(cm_buf_fini) b = cm_buf_of(LAB_BYTES);
	cm_zip_write_init(&w, &options);
	for (size_t i = 0; i < from->count; i++) {
		assert_int_equal(cm_zip_write_entry(&w, &from->items[i], &b, NULL), CM_OK);
		cm_buf_view_add(&b, from->contents[i]);
	}
	assert_int_equal(cm_zip_write_end(&w, &b, NULL), CM_OK);
	cm_zip_write_fini(&w);
	return lab_verify(&lab, cm_buf_view(&b), lab.trust);
}

static void
entries_cannot_be_removed_moved_or_renamed(struct cm_view whole)
{
	struct cm_zip_read *r;
	struct entries all, other;
	take_apart(whole, &r, &all);
	assert_int_equal(put_together(&all), COMITY_VERDICT_VALID);
	for (size_t i = 0; i < all.count; i++) {
		other = all;
		other.count--;
		for (size_t k = i; k < other.count; k++) {
			other.items[k] = all.items[k + 1];
			other.contents[k] = all.contents[k + 1];
		}
		assert_int_equal(put_together(&other), COMITY_VERDICT_REFUSED);
		assert_true(comity_report_count(lab.report) > 0);
		other = all;
		other.items[i].name = cm_view_text("data/other");
		assert_int_equal(put_together(&other), COMITY_VERDICT_REFUSED);
		for (size_t k = i + 1; k < all.count; k++) {
			other = all;
			other.items[i] = all.items[k];
			other.contents[i] = all.contents[k];
			other.items[k] = all.items[i];
			other.contents[k] = all.contents[i];
			assert_int_equal(put_together(&other), COMITY_VERDICT_REFUSED);
			assert_true(comity_report_count(lab.report) > 0);
			// names exchanged, contents where they were
			other = all;
			other.items[i].name = all.items[k].name;
			other.items[k].name = all.items[i].name;
			assert_int_equal(put_together(&other), COMITY_VERDICT_REFUSED);
		}
	}
	cm_zip_read_free(r);
}

static void
entries_of_a_package_are_fixed(void **state)
{
	(void)state;
	entries_cannot_be_removed_moved_or_renamed(cm_buf_view(&package));
}

static void
entries_of_a_bundle_are_fixed(void **state)
{
	(void)state;
	entries_cannot_be_removed_moved_or_renamed(cm_buf_view(&bundle));
}

static void
entries_cannot_be_added(void **state)
{
	(void)state;
	static const char *const names[] = {"data/z", "metadata/request/z.json", "court/z.txt", "META-INF/z.xml", "z"};
	static const char *const wholes[] = {"package", "bundle"};
	for (size_t w = 0; w < 2; w++)
		for (size_t n = 0; n < sizeof names / sizeof *names; n++) {
			struct cm_zip_read *r;
			struct entries all;
			take_apart(cm_buf_view(strcmp(wholes[w], "package") == 0 ? &package : &bundle), &r, &all);
			for (size_t at = 0; at <= all.count; at++) {
				struct entries other = all;
				other.count++;
				for (size_t k = all.count; k > at; k--) {
					other.items[k] = all.items[k - 1];
					other.contents[k] = all.contents[k - 1];
				}
				struct cm_view text = cm_view_text("more");
				other.items[at] = (struct cm_zip_item){
				        .name = cm_view_text(names[n]), .size = text.n, .crc = cm_zip_crc(0, text)};
				other.contents[at] = text;
				assert_int_equal(put_together(&other), COMITY_VERDICT_REFUSED);
				assert_true(comity_report_count(lab.report) > 0);
			}
			cm_zip_read_free(r);
		}
}

// A container made right, but signed by somebody whom no trusted State knows.
static void
a_root_of_ones_own_is_refused(void **state)
{
	(void)state;
	struct lab other;
	struct cm_buf CM_CLEANUP(cm_buf_fini) forged = cm_buf_of(LAB_BYTES), again = cm_buf_of(LAB_BYTES);
	lab_init(&other);
	assert_int_equal(lab_pack(&other, files, 3, &forged), COMITY_OK);
	assert_int_equal(lab_verify(&lab, cm_buf_view(&forged), lab.trust), COMITY_VERDICT_REFUSED);
	assert_true(lab_has(&lab, "chain_root_unknown") || lab_has(&lab, "chain_signature"));
	assert_int_equal(lab_bundle(&other, cm_buf_view(&package), court, 1, &again), COMITY_OK);
	assert_int_equal(lab_verify(&lab, cm_buf_view(&again), lab.trust), COMITY_VERDICT_REFUSED);
	assert_true(lab_has(&lab, "chain_root_unknown") || lab_has(&lab, "chain_signature"));
	lab_fini(&other);
}

// The root is trusted, and of Borvia: it vouches for nodes of Borvia, also in a package without any card.
static void
a_root_vouches_for_nodes_of_its_own_state(void **state)
{
	(void)state;
	static const struct {
		const char *node;
		enum comity_verdict verdict;
	} cases[] = {{"xb.other", COMITY_VERDICT_VALID}, {"xa.contact", COMITY_VERDICT_REFUSED}};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct lab one;
		struct cm_buf CM_CLEANUP(cm_buf_fini) made = cm_buf_of(LAB_BYTES);
		lab_init_node(&one, cases[i].node);
		assert_int_equal(lab_pack(&one, files, 3, &made), COMITY_OK);
		assert_int_equal(lab_verify(&one, cm_buf_view(&made), one.trust), cases[i].verdict);
		assert_int_equal(lab_has(&one, "chain_node"), cases[i].verdict == COMITY_VERDICT_REFUSED);
		lab_fini(&one);
	}
}

static void
what_changes_while_it_is_packed_is_refused(void **state)
{
	(void)state;
	struct comity_pack_options options = {.now = {LAB_NOW}};
	struct comity_pack *pack;
	struct comity_step step;
	uint8_t chance[65536] = {0};
	struct comity_pack_input input = {"a.txt", 5, cm_zip_crc(0, cm_view_text("hello"))};
	enum comity_result r;
	comity_report_clear(lab.report);
	assert_int_equal(comity_pack_new(&options, lab.report, &pack), COMITY_OK);
	assert_int_equal(comity_pack_add(pack, &input, lab.report), COMITY_OK);
	while ((r = comity_pack_step(pack, lab.report, &step)) == COMITY_OK && step.kind != COMITY_STEP_COPY)
		if (step.kind == COMITY_STEP_RANDOM)
			assert_int_equal(comity_pack_give(pack, (struct comity_view){chance, (size_t)step.length},
			                                  lab.report),
			                 COMITY_OK);
	assert_int_equal(r, COMITY_OK);
	assert_int_equal(comity_pack_step(pack, lab.report, &step), COMITY_OK);
	assert_int_equal(step.kind, COMITY_STEP_WAIT);
	assert_int_equal(comity_pack_digest(pack, comity_outside(cm_view_text("hellO")), lab.report), COMITY_REFUSED);
	assert_true(lab_has(&lab, "pack_changed"));
	comity_pack_free(pack);
}

static void
a_changed_package_gets_into_no_bundle(void **state)
{
	(void)state;
	struct cm_buf CM_CLEANUP(cm_buf_fini) out = cm_buf_of(LAB_BYTES);
	const uint8_t *at = memmem(package.p, package.n, "0123456789", 10);
	size_t i = (size_t)(at - package.p);
	comity_report_clear(lab.report);
	package.p[i] ^= 1;
	assert_int_equal(lab_bundle(&lab, cm_buf_view(&package), court, 1, &out), COMITY_REFUSED);
	package.p[i] ^= 1;
	assert_true(lab_has(&lab, "bundle_package"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {T(what_was_made_is_valid),
	                                   T(every_byte_of_a_package_counts),
	                                   T(every_byte_of_a_bundle_counts),
	                                   T(every_length_but_the_whole_is_refused),
	                                   T(entries_of_a_package_are_fixed),
	                                   T(entries_of_a_bundle_are_fixed),
	                                   T(entries_cannot_be_added),
	                                   T(a_root_of_ones_own_is_refused),
	                                   T(a_root_vouches_for_nodes_of_its_own_state),
	                                   T(what_changes_while_it_is_packed_is_refused),
	                                   T(a_changed_package_gets_into_no_bundle)};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
