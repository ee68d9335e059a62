// Vector files of a topic: tests/vectors/<topic>/<name>. A file accept-… must pass; refuse-<rule>… must be refused by
// the row <rule> of data/errors.tab (or only be refused, when <rule> is not a row).
#ifndef CM_TESTS_UNIT_CRYPTO_VECTORS_H
#define CM_TESTS_UNIT_CRYPTO_VECTORS_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/report.h"

// The whole file as a buffer of the test's; free with cm_buf_fini().
static inline struct cm_buf
vector_file(const char *topic, const char *name)
{
	char path[512];
	snprintf(path, sizeof path, "%s/%s/%s", getenv("VECTORS"), topic, name);
	FILE *f = fopen(path, "rb");
	if (f == NULL)
		fail_msg("%s is missing", path);
	struct cm_buf b = cm_buf_of(1 << 24);
	static uint8_t block[65536];
	for (size_t n; (n = fread(block, 1, sizeof block, f)) > 0;)
		cm_buf_add(&b, block, n);
	fclose(f);
	assert_int_equal(cm_buf_result(&b), CM_OK);
	return b;
}

// Calls `check(name, bytes, report)` for each file of the topic that ends in `suffix` and compares the result with its
// name. Returns how many there were.
static inline unsigned
vector_each(const char *topic, const char *suffix,
            cm_result (*check)(const char *name, struct cm_view bytes, struct cm_report *report))
{
	char path[512];
	unsigned count = 0;
	snprintf(path, sizeof path, "%s/%s", getenv("VECTORS"), topic);
	DIR *d = opendir(path);
	if (d == NULL)
		fail_msg("%s is missing", path);
	for (struct dirent *e; (e = readdir(d)) != NULL;) {
		size_t n = strlen(e->d_name), m = strlen(suffix);
		bool is_refuse = strncmp(e->d_name, "refuse-", 7) == 0;
		if (n < m || strcmp(e->d_name + n - m, suffix) != 0 ||
		    (!is_refuse && strncmp(e->d_name, "accept-", 7) != 0))
			continue;
		struct cm_report report = {0};
		struct cm_buf b = vector_file(topic, e->d_name);
		cm_result r = check(e->d_name, cm_buf_view(&b), &report);
		if ((r == CM_OK) == is_refuse)
			fail_msg("%s: %s", e->d_name, cm_result_name(r));
		if (is_refuse) {
			// refuse-<rule>.<rest>: the part up to the first dot is the rule
			char rule[64];
			snprintf(rule, sizeof rule, "%.*s", (int)strcspn(e->d_name + 7, "."), e->d_name + 7);
			enum cm_error want = cm_error_find(rule, strlen(rule));
			if (want != CM_ERROR_NONE && !cm_report_has(&report, want))
				fail_msg("%s: refused by %s: %s", e->d_name,
				         cm_error_row(report.findings[0].rule)->name, report.findings[0].seen);
			assert_true(report.count != 0);
		}
		cm_buf_fini(&b);
		count++;
	}
	closedir(d);
	return count;
}

#endif
