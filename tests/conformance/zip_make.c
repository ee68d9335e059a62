// Writes containers with the writer of libcomity, for programs of others to read: zip_make small|forced|many|big FILE.
// `small` has names and sizes of all kinds, `forced` the same with ZIP64 fields everywhere, `many` 900 entries, `big`
// one entry beyond 4 GiB (a hole in the file) with small ones around it.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/tab_limit.h"
#include "format/zip_crc.h"
#include "format/zip_write.h"

#define BLOCK (1u << 20)

static FILE *out;
static struct cm_zip_write writer;

static void
die(const char *what)
{
	perror(what);
	exit(1);
}

static void
flush(struct cm_buf *b, cm_result r)
{
	if (r != CM_OK || (b->n != 0 && fwrite(b->p, 1, b->n, out) != b->n))
		die("write");
	cm_buf_fini(b);
}

static void
put(const char *name, const char *contents)
{
	struct cm_view v = cm_view_text(contents);
	struct cm_zip_item item = {.name = cm_view_text(name), .size = v.n, .crc = cm_zip_crc(0, v)};
	struct cm_buf b = cm_buf_of(BLOCK);
	cm_result r = cm_zip_write_entry(&writer, &item, &b, NULL);
	cm_buf_view_add(&b, v);
	flush(&b, r);
}

// Zeros, left as a hole.
static void
put_hole(const char *name, uint64_t size)
{
	uint32_t crc = 0;
	uint8_t *zeros = cm_mem_new(BLOCK);
	if (zeros == NULL)
		die("memory");
	for (uint64_t left = size; left > 0;) {
		size_t n = left < BLOCK ? (size_t)left : BLOCK;
		crc = cm_zip_crc(crc, cm_view_of(zeros, n));
		left -= n;
	}
	cm_mem_free(zeros);
	struct cm_zip_item item = {.name = cm_view_text(name), .size = size, .crc = crc};
	struct cm_buf b = cm_buf_of(BLOCK);
	cm_result r = cm_zip_write_entry(&writer, &item, &b, NULL);
	flush(&b, r);
	if (fseeko(out, (off_t)size, SEEK_CUR) != 0)
		die("seek");
}

int
main(int argc, char **argv)
{
	struct cm_zip_write_options o = {.modified = cm_instant_of_seconds(1804123456),
	                                 .max_entry_bytes = UINT64_MAX,
	                                 .max_entries = CM_LIMIT_BUNDLE_ENTRIES_VALUE};
	if (argc != 3 || (out = fopen(argv[2], "wb")) == NULL)
		die("usage: zip_make small|forced|many|big FILE");
	o.zip64_always = strcmp(argv[1], "forced") == 0;
	cm_zip_write_init(&writer, &o);
	put("mimetype", "application/vnd.etsi.asic-e+zip");
	if (strcmp(argv[1], "big") == 0)
		put_hole("data/disk.img", (UINT64_C(1) << 32) + 5);
	if (strcmp(argv[1], "many") == 0)
		for (unsigned i = 1; i < CM_LIMIT_BUNDLE_ENTRIES_VALUE - 3; i++) {
			char name[32];
			snprintf(name, sizeof name, "data/%u", i);
			put(name, name);
		}
	put("data/empty", "");
	put("data/\xc3\xbc \xce\xa9/100 %.txt", "contents\n");
	put("META-INF/last", "last");
	struct cm_buf b = cm_buf_of(2 * BLOCK);
	cm_result r = cm_zip_write_end(&writer, &b, NULL);
	flush(&b, r);
	cm_zip_write_fini(&writer);
	return fclose(out) == 0 ? 0 : 1;
}
