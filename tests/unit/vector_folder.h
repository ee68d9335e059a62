// Judges whole vector folders: tests/vectors/TOPIC/accept and refuse. A refuse file is named by the rule that it breaks,
// "rule.ext" or "rule~what.ext".
#ifndef CM_TESTS_UNIT_VECTOR_FOLDER_H
#define CM_TESTS_UNIT_VECTOR_FOLDER_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/report.h"

#include "unit.h"

#define VECTOR_FOLDER_MAX 1048576

typedef cm_result (*vector_folder_judge)(struct cm_view bytes, struct cm_report *report);

static inline void
vector_folder_file(const char *path, const char *name, bool refuse, vector_folder_judge judge)
{
	uint8_t block[4096];
	struct cm_report report = {0};
	struct cm_buf b = cm_buf_of(VECTOR_FOLDER_MAX);
	FILE *f = fopen(path, "rb");
	if (f == NULL)
		fail_msg("%s is missing", path);
	for (size_t n; (n = fread(block, 1, sizeof block, f)) > 0;)
		cm_buf_add(&b, block, n);
	fclose(f);
	assert_int_equal(cm_buf_result(&b), CM_OK);
	enum cm_error rule = refuse ? cm_error_find(name, strcspn(name, "~.")) : CM_ERROR_NONE;
	if (refuse && rule == CM_ERROR_NONE)
		fail_msg("%s names no rule", name);
	cm_result r = judge(cm_buf_view(&b), &report);
	if (r != (refuse ? CM_REFUSED : CM_OK) || (refuse && !cm_report_has(&report, rule)))
		fail_msg("%s: %s, %s", name, cm_result_name(r),
		         report.count == 0 ? "no finding" : cm_error_row(report.findings[0].rule)->name);
	cm_buf_fini(&b);
}

static inline void
vector_folder_half(const char *topic, const char *ending, bool refuse, vector_folder_judge judge)
{
	char path[1024];
	unsigned count = 0;
	snprintf(path, sizeof path, "%s/%s/%s", getenv("VECTORS"), topic, refuse ? "refuse" : "accept");
	DIR *d = opendir(path);
	if (d == NULL)
		fail_msg("%s is missing", path);
	for (struct dirent *e; (e = readdir(d)) != NULL;) {
		size_t n = strlen(e->d_name), m = strlen(ending);
		if (e->d_name[0] == '.' || n < m || strcmp(e->d_name + n - m, ending) != 0)
			continue;
		snprintf(path, sizeof path, "%s/%s/%s/%s", getenv("VECTORS"), topic, refuse ? "refuse" : "accept", e->d_name);
		vector_folder_file(path, e->d_name, refuse, judge);
		count++;
	}
	closedir(d);
	if (count == 0)
		fail_msg("%s has no *%s", path, ending);
}

// Calls `judge` for each file of the topic with this ending; both folders must have some.
static inline void
vector_folder(const char *topic, const char *ending, vector_folder_judge judge)
{
	vector_folder_half(topic, ending, false, judge);
	vector_folder_half(topic, ending, true, judge);
}

#endif
