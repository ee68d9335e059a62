// Knows: the rows of a file of national law and the form of each rule's value. Does not know: what follows from a rule.
// Serves doc/guide/national.md, section "The rules".
#include "domain/national.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "base/tab_limit.h"
#include "domain/article.h"
#include "domain/national_calendar.h"
#include "domain/tab_kind.h"
#include "domain/tab_offence.h"
#include "domain/tab_role.h"
#include "format/json_form.h"
#include "format/sheet.h"

// -- forms of values -----------------------------------------------------------------------------------------------------

static bool
cm_national_word(struct cm_view word, const char *const *words)
{
	for (; *words != NULL; words++)
		if (cm_view_is(word, *words))
			return true;
	return false;
}

// Every part of a list "a; b".
static bool
cm_national_list(struct cm_view list, bool (*good)(struct cm_view word))
{
	for (size_t at = 0;;) {
		size_t end = cm_view_find(list, at, ';');
		if (!good(cm_view_part(list, at, end - at)))
			return false;
		if (end == list.n)
			return true;
		if (end + 1 >= list.n || list.p[end + 1] != ' ')
			return false;
		at = end + 2;
	}
}

static bool
cm_national_weekday(struct cm_view word)
{
	static const char *const days[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun", NULL};
	return cm_national_word(word, days);
}

static bool
cm_national_weekdays(struct cm_view value)
{
	return cm_national_list(value, cm_national_weekday);
}

static bool
cm_national_kind(struct cm_view word)
{
	static const char *const regimes[] = {"all", "mla", "assets", "extradition", "traffic", NULL};
	return cm_kind_find(word.p, word.n) != CM_KIND_NONE || cm_national_word(word, regimes);
}

static bool
cm_national_kinds(struct cm_view value)
{
	return cm_national_list(value, cm_national_kind);
}

static bool
cm_national_length(struct cm_view value)
{
	struct cm_view word;
	struct cm_deadline_rule rule;
	return cm_national_within_read(value, &word, &rule) && cm_national_kind(word);
}

static bool
cm_national_offence(struct cm_view word)
{
	return cm_offence_find(word.p, word.n) != CM_OFFENCE_NONE || cm_view_is(word, "all");
}

static bool
cm_national_offences(struct cm_view value)
{
	return cm_national_list(value, cm_national_offence);
}

static bool
cm_national_yes(struct cm_view value)
{
	return cm_view_is(value, "yes");
}

static bool
cm_national_name(struct cm_view value)
{
	return cm_json_form_good(CM_FORM_LINE, value);
}

static bool
cm_national_treaty(struct cm_view value)
{
	static const char *const treaties[] = {"HC", "Budapest", "UNTOC", "UNCAC", NULL};
	return cm_national_word(value, treaties);
}

static bool
cm_national_zone(struct cm_view value)
{
	return cm_json_form_good(CM_FORM_ZONE, value);
}

static bool
cm_national_hours(struct cm_view value)
{
	static const char form[] = "dd:dd-dd:dd";
	if (value.n != sizeof form - 1)
		return false;
	for (size_t i = 0; i < value.n; i++)
		if (form[i] == 'd' ? value.p[i] < '0' || value.p[i] > '9' : value.p[i] != (uint8_t)form[i])
			return false;
	struct cm_view from = cm_view_part(value, 0, 5), to = cm_view_part(value, 6, 5);
	return cm_view_order(from, to) < 0 && cm_view_order(to, cm_view_text("24:00")) <= 0 && from.p[3] < '6' && to.p[3] < '6';
}

// A leap year before the month and the day makes a date of what is meant for every year.
static bool
cm_national_date(struct cm_view value)
{
	char every[16];
	if (value.n == 5) {
		snprintf(every, sizeof every, "2000-%.*s", CM_VIEW_ARG(value));
		value = cm_view_text(every);
		return cm_json_form_good(CM_FORM_DATE, value);
	}
	return cm_json_form_good(CM_FORM_DATE, value);
}

static bool
cm_national_language(struct cm_view value)
{
	return cm_json_form_good(CM_FORM_LANGUAGE, value);
}

static bool
cm_national_role(struct cm_view value)
{
	return cm_role_find(value.p, value.n) != CM_ROLE_NONE;
}

static bool
cm_national_clause(struct cm_view value)
{
	struct cm_article_cited cited;
	return cm_article_read(value, &cited) && cited.paragraph > 0;
}

static bool
cm_national_years(struct cm_view value)
{
	static const char *const categories[] = {"subscriber", "identify_only", "traffic", "content", "other", NULL};
	size_t blank = cm_view_find(value, 0, ' ');
	uint64_t years;
	return cm_national_word(cm_view_part(value, 0, blank), categories) &&
	       cm_num_u64(cm_view_part(value, blank + 1, value.n), 1, 100, &years);
}

static bool
cm_national_bar(struct cm_view value)
{
	size_t blank = cm_view_find(value, 0, ' ');
	uint64_t years;
	return cm_national_offence(cm_view_part(value, 0, blank)) &&
	       cm_num_u64(cm_view_part(value, blank + 1, value.n), 1, 100, &years);
}

static bool
cm_national_amount(struct cm_view value)
{
	size_t blank = cm_view_find(value, 0, ' ');
	return cm_json_form_good(CM_FORM_AMOUNT, cm_view_part(value, 0, blank)) &&
	       cm_json_form_good(CM_FORM_UNIT, cm_view_part(value, blank + 1, value.n));
}

static bool
cm_national_profession(struct cm_view value)
{
	static const char *const professions[] = {"lawyer", "doctor", "press", "clergy", "diplomat", "parliament", NULL};
	return cm_national_word(value, professions);
}

static bool
cm_national_age(struct cm_view value)
{
	uint64_t age;
	return cm_num_u64(value, 10, 21, &age);
}

static const struct {
	const char *form;
	bool (*good)(struct cm_view value);
} cm_national_forms[] = {
        {"name", cm_national_name},
        {"treaty", cm_national_treaty},
        {"offset", cm_national_zone},
        {"weekdays", cm_national_weekdays},
        {"hours", cm_national_hours},
        {"day", cm_national_date},
        {"language", cm_national_language},
        {"yes", cm_national_yes},
        {"role", cm_national_role},
        {"clause", cm_national_clause},
        {"kinds", cm_national_kinds},
        {"length", cm_national_length},
        {"offences", cm_national_offences},
        {"years", cm_national_years},
        {"bar", cm_national_bar},
        {"amount", cm_national_amount},
        {"profession", cm_national_profession},
        {"age", cm_national_age},
};

static bool
cm_national_value(enum cm_national_rule rule, struct cm_view value)
{
	for (size_t i = 0; i < sizeof cm_national_forms / sizeof *cm_national_forms; i++)
		if (strcmp(cm_national_forms[i].form, cm_national_rule_row(rule)->form) == 0)
			return value.n > 0 && cm_national_forms[i].good(value);
	return false;
}

// -- rows ----------------------------------------------------------------------------------------------------------------

static bool
cm_national_moment(struct cm_view cell, int64_t days, struct cm_instant *ret_at)
{
	char text[32];
	struct cm_instant at;
	if (cell.n == 0) {
		*ret_at = (struct cm_instant){.us = 0};
		return true;
	}
	if (!cm_json_form_good(CM_FORM_DATE, cell))
		return false;
	snprintf(text, sizeof text, "%.*sT00:00:00Z", CM_VIEW_ARG(cell));
	if (!cm_instant_read(cm_view_text(text), &at))
		return false;
	ret_at->us = at.us + days * CM_INSTANT_DAY;
	return true;
}

// Do two rows that may not stand beside each other share a day?
static bool
cm_national_meet(const struct cm_national_row *a, const struct cm_national_row *b)
{
	struct cm_view one = a->value, other = b->value;
	if (a->rule == CM_NATIONAL_RULE_ANSWER_WITHIN) { // one length for each kind
		one = cm_view_part(one, 0, cm_view_find(one, 0, ' '));
		other = cm_view_part(other, 0, cm_view_find(other, 0, ' '));
	}
	if (a->rule != b->rule ||
	    (cm_national_rule_row(a->rule)->many && !cm_view_equal(one, other) && a->rule != CM_NATIONAL_RULE_TIME_ZONE))
		return false;
	return (a->to.us == 0 || b->from.us == 0 || b->from.us < a->to.us) &&
	       (b->to.us == 0 || a->from.us == 0 || a->from.us < b->to.us);
}

static cm_result
cm_national_take(const struct cm_sheet_row *from, struct cm_national *national, struct cm_report *report)
{
	enum { RULE, VALUE, FROM, TO, TEXT, SOURCE };
	struct cm_national_row row = {.value = from->cell[VALUE], .text = from->cell[TEXT], .source = from->cell[SOURCE]};
	char place[40];
	snprintf(place, sizeof place, "line %zu", from->line);
	row.rule = cm_national_rule_find(from->cell[RULE].p, from->cell[RULE].n);
	if (row.rule == CM_NATIONAL_RULE_NONE)
		return cm_report_refuse(report, CM_ERROR_NATIONAL_RULE, place, "\"%.*s\"", CM_VIEW_ARG(from->cell[RULE]));
	if (!cm_national_value(row.rule, row.value))
		return cm_report_refuse(report, CM_ERROR_NATIONAL_VALUE, place, "%s \"%.*s\" (%s)",
		                        cm_national_rule_row(row.rule)->name, CM_VIEW_ARG(row.value),
		                        cm_national_rule_row(row.rule)->form);
	if (row.source.n == 0)
		return cm_report_refuse(report, CM_ERROR_NATIONAL_VALUE, place, "%s", "no source");
	if (!cm_national_moment(from->cell[FROM], 0, &row.from) || !cm_national_moment(from->cell[TO], 1, &row.to) ||
	    (row.from.us != 0 && row.to.us != 0 && row.from.us >= row.to.us))
		return cm_report_refuse(report, CM_ERROR_NATIONAL_VALUE, place, "from \"%.*s\" to \"%.*s\"",
		                        CM_VIEW_ARG(from->cell[FROM]), CM_VIEW_ARG(from->cell[TO]));
	for (size_t i = 0; i < national->count; i++)
		if (cm_national_meet(&national->rows[i], &row))
			return cm_report_refuse(report, CM_ERROR_NATIONAL_RULE, place, "%s a second time",
			                        cm_national_rule_row(row.rule)->name);
	if (national->count >= CM_LIMIT_NATIONAL_ROWS_VALUE)
		return cm_report_refuse(report, CM_ERROR_NATIONAL_MANY, place, "more than %d rows", CM_LIMIT_NATIONAL_ROWS_VALUE);
	national->rows[national->count++] = row;
	return CM_OK;
}

static cm_result
cm_national_rows(struct cm_national *national, struct cm_report *report)
{
	struct cm_view text = cm_buf_view(&national->bytes);
	struct cm_sheet sheet;
	struct cm_sheet_row row;
	size_t lines = 0;
	bool there = false;
	cm_result r = cm_sheet_read(text, "national", "rule\tvalue\tfrom\tto\ttext\tsource", report, &sheet);
	if (r != CM_OK)
		return r;
	if (!cm_json_form_good(CM_FORM_COUNTRY, sheet.name))
		return cm_report_refuse(report, CM_ERROR_NATIONAL_COUNTRY, "line 1", "\"%.*s\"", CM_VIEW_ARG(sheet.name));
	snprintf(national->country, sizeof national->country, "%.2s", (const char *)sheet.name.p);
	for (size_t i = 0; i < text.n; i++)
		lines += text.p[i] == '\n';
	national->rows = cm_mem_new_many(lines < CM_LIMIT_NATIONAL_ROWS_VALUE ? lines : CM_LIMIT_NATIONAL_ROWS_VALUE,
	                                 sizeof *national->rows);
	if (national->rows == NULL)
		return CM_NOMEM;
	do {
		r = cm_sheet_next(&sheet, report, &row, &there);
		if (r == CM_OK && there)
			r = cm_national_take(&row, national, report);
	} while (r == CM_OK && there);
	return r;
}

cm_result
cm_national_read(struct cm_view text, struct cm_report *report, struct cm_national *ret_national)
{
	struct cm_national CM_CLEANUP(cm_national_fini) national = {.bytes = cm_buf_of(CM_LIMIT_NATIONAL_BYTES_VALUE)};
	cm_buf_view_add(&national.bytes, text);
	cm_result r = cm_buf_result(&national.bytes);
	if (r == CM_REFUSED)
		return cm_report_refuse(report, CM_ERROR_NATIONAL_MANY, "file", "more than %d bytes", CM_LIMIT_NATIONAL_BYTES_VALUE);
	if (r == CM_OK)
		r = cm_national_rows(&national, report);
	if (r != CM_OK)
		return r;
	*ret_national = national;
	national = (struct cm_national){.count = 0}; // given away
	return CM_OK;
}

void
cm_national_fini(struct cm_national *national)
{
	if (national == NULL)
		return;
	cm_buf_fini(&national->bytes);
	cm_mem_free(national->rows);
	*national = (struct cm_national){.count = 0};
}
