// What the tests of containers share: reading a container from memory, files of a vector folder, making small ones.
#ifndef CM_TESTS_FORMAT_ZIP_KIT_H
#define CM_TESTS_FORMAT_ZIP_KIT_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "format/zip_crc.h"
#include "format/zip_read.h"
#include "format/zip_write.h"
#include "unit.h"

#define KIT_MAX (1u << 24)

// The bytes of tests/vectors/<folder>/<name>.
static inline struct cm_buf
kit_file(const char *folder, const char *name)
{
	char path[512];
	uint8_t block[4096];
	struct cm_buf b = cm_buf_of(KIT_MAX);
	snprintf(path, sizeof path, "%s/%s/%s", getenv("VECTORS"), folder, name);
	FILE *f = fopen(path, "rb");
	assert_non_null(f);
	for (size_t n; (n = fread(block, 1, sizeof block, f)) > 0;)
		cm_buf_add(&b, block, n);
	fclose(f);
	assert_int_equal(cm_buf_result(&b), CM_OK);
	return b;
}

// Calls `each` with the name and bytes of every file of a vector folder; gives their number.
static inline size_t
kit_each_file(const char *folder, void (*each)(const char *name, struct cm_view bytes))
{
	char path[512];
	size_t count = 0;
	snprintf(path, sizeof path, "%s/%s", getenv("VECTORS"), folder);
	DIR *d = opendir(path);
	assert_non_null(d);
	for (struct dirent *e; (e = readdir(d)) != NULL;) {
		if (e->d_name[0] == '.')
			continue;
		struct cm_buf b = kit_file(folder, e->d_name);
		each(e->d_name, cm_buf_view(&b));
		cm_buf_fini(&b);
		count++;
	}
	closedir(d);
	return count;
}

// The rule that a refuse file is named by: what stands before the first '-' or '.'.
static inline enum cm_error
kit_rule(const char *file_name)
{
	enum cm_error rule = cm_error_find(file_name, strcspn(file_name, "-."));
	assert_int_not_equal(rule, CM_ERROR_NONE);
	return rule;
}

// Reads the whole container: directory, headers, contents. *ret_r is set when CM_OK.
static inline cm_result
kit_read(struct cm_view zip, const struct cm_zip_read_options *options, struct cm_report *report,
         struct cm_zip_read **ret_r)
{
	struct cm_zip_read *r = NULL;
	cm_result result = cm_zip_read_new(options, zip.n, &r);
	if (result != CM_OK)
		return result;
	struct cm_zip_need need = {0};
	do {
		// A copy of exact length, so that the sanitizer sees a read past what was asked for.
		void *exact = malloc(need.length == 0 ? 1 : need.length);
		assert_true(need.offset + need.length <= zip.n);
		if (need.length != 0)
			memcpy(exact, zip.p + need.offset, need.length);
		result = cm_zip_read_step(r, cm_view_of(exact, need.length), report, &need);
		free(exact);
	} while (result == CM_OK && need.length != 0);
	for (size_t i = 0; result == CM_OK && i < cm_zip_read_count(r); i++) {
		const struct cm_zip_entry *e = cm_zip_read_entry(r, i);
		assert_true(e->offset + e->size <= zip.n);
		result =
			cm_zip_read_check_crc(e, cm_zip_crc(0, cm_view_of(zip.p + e->offset, (size_t)e->size)), report);
	}
	if (result == CM_OK)
		*ret_r = r;
	else
		cm_zip_read_free(r);
	return result;
}

// Writes one entry with its contents.
static inline cm_result
kit_put(struct cm_zip_write *w, struct cm_buf *to, const char *name, struct cm_view contents)
{
	struct cm_zip_item item = {.name = cm_view_text(name), .size = contents.n, .crc = cm_zip_crc(0, contents)};
	cm_result r = cm_zip_write_entry(w, &item, to, NULL);
	cm_buf_view_add(to, contents);
	return r;
}

#endif
