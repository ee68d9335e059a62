#include "unit.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "domain/kind.h"
#include "domain/request.h"
#include "format/tab_particular.h"

struct vector {
	struct cm_facts facts;
	struct cm_request_told told;
	char node[64], to[64];
};

// A vector is lines "path<tab>text"; the first four, "sending_node" and "receiving_node" say what the check is told.
static void
take_line(struct vector *v, size_t number, struct cm_view key, struct cm_view text)
{
	switch (number) {
	case 0:
		v->told.kind = cm_kind_find(text.p, text.n);
		assert_int_not_equal(v->told.kind, CM_KIND_NONE);
		break;
	case 1:
		assert_true(cm_instant_read(text, &v->told.now));
		break;
	case 2:
		assert_int_equal(cm_authority_read(text, NULL, &v->told.sender), CM_OK);
		break;
	case 3:
		assert_int_equal(cm_authority_read(text, NULL, &v->told.receiver), CM_OK);
		break;
	default:
		if (cm_view_is(key, "sending_node")) {
			snprintf(v->node, sizeof v->node, "%.*s", CM_VIEW_ARG(text));
			v->told.node = cm_view_text(v->node);
		} else if (cm_view_is(key, "receiving_node")) {
			snprintf(v->to, sizeof v->to, "%.*s", CM_VIEW_ARG(text));
			v->told.to = cm_view_text(v->to);
		} else
			cm_facts_put(&v->facts, key, text);
	}
}

static void
load(const char *folder, const char *name, struct vector *v)
{
	char path[1024], line[20000];
	*v = (struct vector){0};
	cm_facts_init(&v->facts);
	snprintf(path, sizeof path, "%s/request/%s/%s", getenv("VECTORS"), folder, name);
	FILE *f = fopen(path, "r");
	assert_non_null(f);
	for (size_t number = 0; fgets(line, sizeof line, f) != NULL; number++) {
		char *tab = strchr(line, '\t');
		assert_non_null(tab);
		*tab = 0;
		tab[1 + strcspn(tab + 1, "\n")] = 0;
		take_line(v, number, cm_view_text(line), cm_view_text(tab + 1));
	}
	fclose(f);
	assert_int_equal(cm_facts_result(&v->facts), CM_OK);
}

// Runs `check` on every vector of a folder and gives their number.
static size_t
each(const char *folder, void (*check)(const char *name, struct vector *))
{
	char path[1024];
	size_t n = 0;
	snprintf(path, sizeof path, "%s/request/%s", getenv("VECTORS"), folder);
	DIR *dir = opendir(path);
	assert_non_null(dir);
	for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
		struct vector v;
		if (entry->d_name[0] == '.')
			continue;
		load(folder, entry->d_name, &v);
		check(entry->d_name, &v);
		cm_facts_fini(&v.facts);
		n++;
	}
	closedir(dir);
	return n;
}

static void
accepted(const char *name, struct vector *v)
{
	struct cm_report report = {0};
	if (cm_request_check(&v->facts, &v->told, &report) != CM_OK)
		fail_msg("%s: %s %s: %s", name, cm_error_row(report.findings[0].rule)->name, report.findings[0].place,
		         report.findings[0].seen);
	assert_int_equal(report.count, 0);
}

static void
refused_by_the_rule_in_its_name(const char *name, struct vector *v)
{
	struct cm_report report = {0};
	enum cm_error rule = cm_error_find(name, strcspn(name, "~"));
	assert_int_not_equal(rule, CM_ERROR_NONE);
	assert_int_equal(cm_request_check(&v->facts, &v->told, &report), CM_REFUSED);
	for (size_t i = 0; i < report.count; i++)
		if (report.findings[i].rule != rule)
			fail_msg("%s: also %s %s: %s", name, cm_error_row(report.findings[i].rule)->name,
			         report.findings[i].place, report.findings[i].seen);
	assert_true(cm_report_has(&report, rule));
	assert_int_equal(cm_request_only_gaps(&report), rule == CM_ERROR_CONTENTS_MISSING);
}

static void
complete_requests_are_accepted(void **state)
{
	(void)state;
	assert_true(each("accept", accepted) >= 3);
}

static void
each_fault_is_refused_by_name(void **state)
{
	(void)state;
	assert_true(each("refuse", refused_by_the_rule_in_its_name) >= 40);
}

// Does the fact stand under the path of a content? "data[].relation" is missed when the first element lacks it.
static bool
of_first(struct cm_view fact, const char *path)
{
	const char *every = strstr(path, "[].");
	char first[96];
	if (every == NULL)
		return cm_view_starts(fact, path);
	snprintf(first, sizeof first, "%.*s[0].%s", (int)(every - path), path, every + 3);
	return cm_view_starts(fact, first);
}

// Every item that is always needed, of every kind that works, is missed when it alone is left out.
static void
leave_out_each(const char *name, struct vector *v)
{
	for (enum cm_content c = CM_CONTENT_NONE + 1; c < CM_CONTENT_END; c++) {
		const struct cm_content_row *row = cm_content_row(c);
		struct cm_facts less;
		struct cm_report report = {0};
		if (!cm_request_wants(v->told.kind, c) || strcmp(row->need, "always") != 0)
			continue;
		cm_facts_init(&less);
		for (size_t i = 0; i < v->facts.count; i++) {
			struct cm_facts_member m = cm_facts_member(&v->facts, i);
			bool drop = false;
			for (const char *const *p = row->paths; *p != NULL; p++)
				drop = drop || of_first(m.path, *p);
			if (!drop)
				cm_facts_put(&less, m.path, m.text);
		}
		assert_int_equal(cm_request_check(&less, &v->told, &report), CM_REFUSED);
		bool named = false;
		for (size_t i = 0; i < report.count; i++)
			named = named || (report.findings[i].rule == CM_ERROR_CONTENTS_MISSING &&
			                  strcmp(report.findings[i].place, row->article) == 0 &&
			                  strstr(report.findings[i].seen, row->name) != NULL);
		if (!named)
			fail_msg("%s without %s", name, row->id);
		cm_facts_fini(&less);
	}
}

static void
what_is_left_out_is_named_with_its_article(void **state)
{
	(void)state;
	assert_true(each("accept", leave_out_each) >= 3);
}

static void
what_could_be_added_is_advice_only(void **state)
{
	(void)state;
	struct vector v;
	struct cm_report report = {0};
	load("accept", "pres.facts", &v);
	cm_request_advise(&v.facts, v.told.kind, &report);
	assert_int_equal(report.count, 0);
	struct cm_facts none = {0};
	cm_request_advise(&none, CM_KIND_PRES, &report);
	assert_true(report.count >= 2);
	assert_int_equal(report.findings[0].rule, CM_ERROR_CONTENTS_POSSIBLE);
	cm_facts_fini(&v.facts);
}

static void
every_kind_names_lists_that_exist(void **state)
{
	(void)state;
	for (enum cm_kind kind = CM_KIND_NONE + 1; kind < CM_KIND_END; kind++) {
		for (const char *const *list = cm_kind_row(kind)->lists; *list != NULL; list++) {
			bool found = false;
			for (enum cm_content c = CM_CONTENT_NONE + 1; c < CM_CONTENT_END; c++)
				found = found || strcmp(cm_content_row(c)->list, *list) == 0;
			assert_true(found);
		}
		assert_true(!cm_kind_row(kind)->works || cm_kind_row(kind)->lists[0] != NULL);
	}
}

// The words of the particulars are those that some content asks for, and no others.
static void
every_particular_is_asked_for_by_a_content(void **state)
{
	(void)state;
	bool asked[CM_PARTICULAR_END] = {false};
	for (enum cm_content c = CM_CONTENT_NONE + 1; c < CM_CONTENT_END; c++)
		for (const char *const *path = cm_content_row(c)->paths; *path != NULL; path++) {
			if (strncmp(*path, "particulars.", strlen("particulars.")) != 0)
				continue;
			const char *word = *path + strlen("particulars.");
			enum cm_particular p = cm_particular_find(word, strlen(word));
			if (p == CM_PARTICULAR_NONE)
				fail_msg("%s asks for %s", cm_content_row(c)->id, *path);
			asked[p] = true;
		}
	for (enum cm_particular p = CM_PARTICULAR_NONE + 1; p < CM_PARTICULAR_END; p++)
		if (!asked[p])
			fail_msg("nothing asks for %s", cm_particular_row(p)->id);
}

static void
kinds_are_known_supported_or_neither(void **state)
{
	(void)state;
	struct cm_report report = {0};
	enum cm_kind kind = CM_KIND_NONE;
	assert_int_equal(cm_kind_check(cm_view_text("pres"), &report, &kind), CM_OK);
	assert_int_equal(kind, CM_KIND_PRES);
	assert_int_equal(cm_kind_check(cm_view_text("status"), &report, &kind), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_KIND_UNSUPPORTED));
	assert_int_equal(kind, CM_KIND_STATUS);
	assert_int_equal(cm_kind_check(cm_view_text("PRES"), &report, &kind), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_KIND_UNKNOWN));
	assert_true(cm_kind_has_task(CM_KIND_STORED, "LDTask"));
	assert_false(cm_kind_has_task(CM_KIND_PRES_EXT, "LPTask"));
}

UNIT_MAIN(T(complete_requests_are_accepted), T(each_fault_is_refused_by_name),
          T(what_is_left_out_is_named_with_its_article), T(what_could_be_added_is_advice_only),
          T(every_kind_names_lists_that_exist), T(every_particular_is_asked_for_by_a_content),
          T(kinds_are_known_supported_or_neither))
