// Changes the demo's bundle and has libcomity judge each copy: 2,000 random bytes with two patterns each, and entries
// removed, renamed, exchanged and added. Each must be refused with a rule that has a name.
//   tamper BUNDLE TRUST.PEM SEED        the seed is printed, so that a failure can be had again
// Knows nothing of the demo. A twentieth of the bytes is chosen from the whole bundle, the rest outside of its greatest entry,
// which would otherwise take nearly all. To be fast, digests of entries that a change does not touch are kept from the first
// reading, and judging ends with the first finding.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "format/zip_crc.h"
#include "format/zip_read.h"
#include "format/zip_write.h"
#include "api/report_inside.h"

#include "comity/package.h"

#define PLACES 2000
#define ENTRIES 900
#define MOST (UINT64_C(256) << 20)
#define NOWHERE UINT64_MAX

struct kept {
	uint64_t offset, length;
	struct comity_hash hash;
	uint32_t crc;
};

struct entries {
	struct cm_zip_item items[ENTRIES + 1];
	struct cm_view contents[ENTRIES + 1];
	size_t count;
};

static struct cm_buf bundle, other;
static struct comity_trust *trust;
static struct comity_report *report;
static struct kept kept[ENTRIES];
static size_t kept_count;
static struct entries all, changed;

static void
must(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "tamper: %s\n", what);
	exit(1);
}

static struct cm_buf
load(const char *path)
{
	static uint8_t block[1 << 16];
	struct cm_buf b = cm_buf_of(MOST);
	FILE *f = fopen(path, "rb");
	must(f != NULL, path);
	for (size_t n; (n = fread(block, 1, sizeof block, f)) > 0;)
		cm_buf_add(&b, block, n);
	fclose(f);
	must(cm_buf_result(&b) == CM_OK, "the bundle is too large for this test");
	return b;
}

static void
hash(struct comity_verify *verify, const struct comity_step *step, struct cm_view part, bool keep)
{
	struct kept k = {.offset = step->offset, .length = step->length};
	struct comity_digest digest;
	comity_digest_init(&digest);
	comity_digest_add(&digest, comity_outside(part));
	k.hash = comity_digest_final(&digest);
	k.crc = cm_zip_crc(0, part);
	must(comity_verify_hashed(verify, step->input, &k.hash, k.crc) == COMITY_OK, "a digest is not taken");
	if (keep && kept_count < ENTRIES)
		kept[kept_count++] = k;
}

// True: a digest of the first reading serves, since no byte of the entry is another.
static bool
known(struct comity_verify *verify, const struct comity_step *step, uint64_t at)
{
	if (at >= step->offset && at - step->offset < step->length)
		return false;
	for (size_t i = 0; i < kept_count; i++)
		if (kept[i].offset == step->offset && kept[i].length == step->length)
			return comity_verify_hashed(verify, step->input, &kept[i].hash, kept[i].crc) == COMITY_OK;
	return false;
}

// `at`: the one byte that is another than in the bundle; NOWHERE: these are other bytes altogether.
static enum comity_verdict
judge(struct cm_view bytes, uint64_t at, bool first)
{
	struct comity_verify_options options = {.trust = trust};
	struct comity_verify *verify;
	struct comity_step step;
	comity_report_clear(report);
	must(comity_verify_new(&options, bytes.n, &verify) == COMITY_OK, "out of memory");
	while (comity_verify_step(verify, report, &step) == COMITY_OK && step.kind != COMITY_STEP_DONE &&
	       comity_report_count(report) == 0) {
		struct cm_view part = cm_view_part(bytes, (size_t)step.offset, (size_t)step.length);
		must(part.n == step.length, "bytes outside of the bundle are wanted");
		if (step.kind == COMITY_STEP_NEED)
			must(comity_verify_give(verify, comity_outside(part), report) == COMITY_OK, "bytes are not taken");
		if (step.kind == COMITY_STEP_HASH && (at == NOWHERE || !known(verify, &step, at)))
			hash(verify, &step, part, first);
	}
	comity_verify_free(verify);
	return comity_report_verdict(report);
}

static void
must_be_refused(struct cm_view bytes, uint64_t at, const char *what)
{
	struct comity_finding finding;
	enum comity_verdict verdict = judge(bytes, at, false);
	if (verdict == COMITY_VERDICT_REFUSED && comity_report_finding(report, 0, &finding) && *finding.rule.code != 0)
		return;
	fprintf(stderr, "tamper: %s at %llu: %s\n", what, (unsigned long long)at, comity_report_verdict_text(verdict));
	exit(1);
}

// xorshift64*: the same places for the same seed.
static uint64_t
chance(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * UINT64_C(2685821657736338717);
}

// Every second place, from `first` on.
static void
change_bytes(uint64_t seed, unsigned first)
{
	static const uint8_t patterns[] = {0x01, 0xff};
	struct kept largest = {.length = 0};
	for (size_t i = 0; i < kept_count; i++)
		if (kept[i].length > largest.length)
			largest = kept[i];
	for (unsigned n = 0; n < PLACES; n++) {
		size_t at = (size_t)(chance(&seed) % (n % 20 == 0 ? bundle.n : bundle.n - largest.length));
		if (n % 20 != 0 && at >= largest.offset)
			at += (size_t)largest.length;
		if (n % 2 != first)
			continue;
		for (size_t p = 0; p < sizeof patterns; p++) {
			bundle.p[at] ^= patterns[p];
			must_be_refused(cm_buf_view(&bundle), at, "a changed byte is taken");
			bundle.p[at] ^= patterns[p];
		}
	}
}

static void
take_apart(void)
{
	struct cm_zip_read *r;
	struct cm_zip_need need = {0};
	struct cm_view given = {0};
	must(cm_zip_read_new(&(struct cm_zip_read_options){0}, bundle.n, &r) == CM_OK, "out of memory");
	do {
		must(cm_zip_read_step(r, given, NULL, &need) == CM_OK, "the bundle is no container");
		given = cm_view_part(cm_buf_view(&bundle), (size_t)need.offset, need.length);
	} while (need.length != 0);
	all.count = cm_zip_read_count(r);
	must(all.count > 3 && all.count <= ENTRIES, "the bundle has few entries, or too many");
	for (size_t i = 0; i < all.count; i++) {
		const struct cm_zip_entry *e = cm_zip_read_entry(r, i);
		all.items[i] = (struct cm_zip_item){.name = e->name, .size = e->size, .crc = e->crc};
		all.contents[i] = cm_view_part(cm_buf_view(&bundle), (size_t)e->offset, (size_t)e->size);
	}
	changed = all; // names point into the reader, which lives as long as the program
}

static void
put_together(void)
{
	struct cm_zip_write_options options = {.modified = {INT64_C(1804000000000000)}};
	struct cm_zip_write w;
	cm_buf_clear(&other);
	cm_zip_write_init(&w, &options);
	for (size_t i = 0; i < changed.count; i++) {
		must(cm_zip_write_entry(&w, &changed.items[i], &other, NULL) == CM_OK, "an entry cannot be written");
		cm_buf_view_add(&other, changed.contents[i]);
	}
	must(cm_zip_write_end(&w, &other, NULL) == CM_OK && cm_buf_result(&other) == CM_OK, "the container cannot be written");
	cm_zip_write_fini(&w);
}

static void
must_refuse_entries(const char *what)
{
	put_together();
	must_be_refused(cm_buf_view(&other), NOWHERE, what);
	changed = all;
}

static void
change_entries(uint64_t seed)
{
	put_together();
	must(judge(cm_buf_view(&other), NOWHERE, false) == COMITY_VERDICT_VALID, "the bundle put together again is refused");
	for (unsigned n = 0; n < 10; n++) {
		size_t i = (size_t)(chance(&seed) % (all.count - 1));
		memmove(&changed.items[i], &changed.items[i + 1], (all.count - i - 1) * sizeof *all.items);
		memmove(&changed.contents[i], &changed.contents[i + 1], (all.count - i - 1) * sizeof *all.contents);
		changed.count--;
		must_refuse_entries("a container without an entry is taken");
		changed.items[i] = all.items[i + 1];
		changed.items[i + 1] = all.items[i];
		changed.contents[i] = all.contents[i + 1];
		changed.contents[i + 1] = all.contents[i];
		must_refuse_entries("exchanged entries are taken");
		changed.items[i].name = cm_view_text("data/other");
		must_refuse_entries("a renamed entry is taken");
		changed.contents[all.count] = cm_view_text("more");
		changed.items[all.count] = (struct cm_zip_item){
		        .name = cm_view_text("data/more"), .size = 4, .crc = cm_zip_crc(0, cm_view_text("more"))};
		changed.count++;
		must_refuse_entries("an added entry is taken");
	}
}

int
main(int argc, char **argv)
{
	must(argc == 4, "tamper BUNDLE TRUST.PEM SEED");
	uint64_t seed = strtoull(argv[3], NULL, 10) | 1; // never zero
	printf("seed %s\n", argv[3]);
	bundle = load(argv[1]);
	other = cm_buf_of(MOST);
	struct cm_buf pem = load(argv[2]);
	must(comity_report_new(&report) == COMITY_OK && comity_trust_new(&trust) == COMITY_OK, "out of memory");
	must(comity_trust_add(trust, comity_outside(cm_buf_view(&pem)), report) == COMITY_OK, "no roots");
	must(judge(cm_buf_view(&bundle), NOWHERE, true) == COMITY_VERDICT_VALID, "the bundle is refused as it is");
	fflush(stdout);
	pid_t child = fork(); // two processes, since it takes seconds
	must(child >= 0, "no second process");
	change_bytes(seed, child == 0 ? 0 : 1);
	if (child == 0)
		_exit(0);
	take_apart();
	change_entries(seed);
	int status;
	must(waitpid(child, &status, 0) == child && status == 0, "the other half of the bytes");
	printf("%d bytes of %zu with two patterns each and 40 changes of %zu entries: all refused by name\n", PLACES, bundle.n, all.count);
	comity_trust_free(trust);
	comity_report_free(report);
	cm_buf_fini(&pem);
	cm_buf_fini(&other);
	cm_buf_fini(&bundle);
	return 0;
}
