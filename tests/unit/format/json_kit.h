// Vectors of JSON documents: files by folder, and SHA-256 of a library that is not ours.
#ifndef CM_TESTS_JSON_KIT_H
#define CM_TESTS_JSON_KIT_H

#include "unit.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include <openssl/evp.h>

#include "base/buf.h"
#include "base/report.h"

static inline void
kit_sha256(struct cm_view bytes, uint8_t ret_digest[32])
{
	assert_int_equal(EVP_Digest(bytes.p == NULL ? (const uint8_t *)"" : bytes.p, bytes.n, ret_digest, NULL, EVP_sha256(), NULL),
	                 1);
}

// The file of a vector folder; to be freed with cm_buf_fini().
static inline struct cm_buf
kit_file(const char *folder, const char *name)
{
	char path[1024];
	uint8_t block[65536];
	snprintf(path, sizeof path, "%s/%s/%s", getenv("VECTORS"), folder, name);
	FILE *f = fopen(path, "rb");
	if (f == NULL)
		fail_msg("%s", path);
	struct cm_buf b = cm_buf_of(8u << 20);
	for (size_t n; (n = fread(block, 1, sizeof block, f)) > 0;)
		cm_buf_add(&b, block, n);
	fclose(f);
	return b;
}

// Calls `each` for every file of the folder; fails when there are fewer than `least`.
static inline void
kit_each(const char *folder, size_t least, void (*each)(const char *name, struct cm_view bytes))
{
	char path[1024];
	size_t count = 0;
	snprintf(path, sizeof path, "%s/%s", getenv("VECTORS"), folder);
	DIR *dir = opendir(path);
	assert_non_null(dir);
	for (struct dirent *e; (e = readdir(dir)) != NULL;) {
		if (e->d_name[0] == '.')
			continue;
		struct cm_buf b = kit_file(folder, e->d_name);
		each(e->d_name, cm_buf_view(&b));
		cm_buf_fini(&b);
		count++;
	}
	closedir(dir);
	assert_true(count >= least);
}

static inline void
kit_say(const char *name, const struct cm_report *report)
{
	for (size_t i = 0; i < report->count; i++)
		print_message("%s: %s at %s: %s\n", name, cm_error_row(report->findings[i].rule)->name,
		              report->findings[i].place, report->findings[i].seen);
}

// The rule in a refuse vector's file name: "rule.json" or "rule~what.json".
static inline enum cm_error
kit_rule(const char *name)
{
	size_t n = strcspn(name, "~.");
	enum cm_error rule = cm_error_find(name, n);
	if (rule == CM_ERROR_NONE)
		fail_msg("%s names no rule", name);
	return rule;
}

#endif
