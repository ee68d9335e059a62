// Files of tests/vectors/register and tests/vectors/proof: loading one, walking the refused ones of an ending.
#ifndef CM_TESTS_REGISTER_FILES_H
#define CM_TESTS_REGISTER_FILES_H

#include "unit.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/report.h"

#define REGISTER_FILE_MAX 1048576

static inline struct cm_buf
register_file(const char *name)
{
	char path[1024];
	uint8_t block[4096];
	size_t n;
	struct cm_buf b = cm_buf_of(REGISTER_FILE_MAX);
	assert_true(snprintf(path, sizeof path, "%s/%s", getenv("VECTORS"), name) < (int)sizeof path);
	FILE *f = fopen(path, "rb");
	assert_non_null(f);
	while ((n = fread(block, 1, sizeof block, f)) != 0)
		cm_buf_add(&b, block, n);
	fclose(f);
	return b;
}

// Calls `judge` for every refused file with this ending; the name's first part is the rule that must be found.
static inline size_t
register_refused(const char *topic, const char *ending, cm_result (*judge)(struct cm_view bytes, struct cm_report *report))
{
	char path[1024];
	size_t count = 0;
	snprintf(path, sizeof path, "%s/%s/refuse", getenv("VECTORS"), topic);
	DIR *dir = opendir(path);
	assert_non_null(dir);
	for (struct dirent *e = readdir(dir); e != NULL; e = readdir(dir)) {
		struct cm_report report = {0};
		if (strlen(e->d_name) < strlen(ending) || strcmp(e->d_name + strlen(e->d_name) - strlen(ending), ending) != 0)
			continue;
		snprintf(path, sizeof path, "%s/refuse/%s", topic, e->d_name);
		struct cm_buf b = register_file(path);
		cm_result r = judge(cm_buf_view(&b), &report);
		enum cm_error rule = cm_error_find(e->d_name, strcspn(e->d_name, "."));
		if (r != CM_REFUSED || rule == CM_ERROR_NONE || !cm_report_has(&report, rule))
			print_message("%s: %s, %s\n", e->d_name, cm_result_name(r),
			              report.count == 0 ? "no finding" : cm_error_row(report.findings[0].rule)->name);
		assert_int_equal(r, CM_REFUSED);
		assert_int_not_equal(rule, CM_ERROR_NONE);
		assert_true(cm_report_has(&report, rule));
		cm_buf_fini(&b);
		count++;
	}
	closedir(dir);
	return count;
}

#endif
