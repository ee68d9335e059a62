// `comity catalogue`: shows every table of data/ as it was compiled in, each row of law with its source.
// Knows: how tables are shown as lists, rows and JSON, and which contents and moves belong to a kind.
// Does not know: what any table means; it never judges.
#include "cli/cmd_catalogue.h"

#include <stdio.h>
#include <string.h>

#include "base/table.h"
#include "cli/catalogue_tables.h"
#include "cli/cli.h"
#include "cli/fail.h"
#include "domain/kind.h"
#include "domain/request.h"
#include "domain/tab_family.h"
#include "domain/tab_move.h"

#define CM_CATALOGUE_DECLARE(name) extern const struct cm_table cm_table_##name;
CM_CATALOGUE_TABLES(CM_CATALOGUE_DECLARE)

#define CM_CATALOGUE_ROW(name) &cm_table_##name,
static const struct cm_table *const tables[] = {CM_CATALOGUE_TABLES(CM_CATALOGUE_ROW)};
#define TABLES (sizeof tables / sizeof *tables)

static const char *
cell(const struct cm_table *t, size_t row, size_t column)
{
	return t->cell[row * t->columns + column];
}

// Position of the first of the named columns, or `columns` when there is none of them.
static size_t
column_of(const struct cm_table *t, const char *const *names)
{
	for (; *names != NULL; names++)
		for (size_t c = 1; c < t->columns; c++)
			if (strcmp(t->column[c], *names) == 0)
				return c;
	return t->columns;
}

// What a table is called here: "limits" are those of the law (time_limits); our own greatest sizes are "maxima".
static const char *
name_of(const struct cm_table *t)
{
	return strcmp(t->name, "limits") == 0 ? "maxima" : t->name;
}

// "request_kinds" is also found as "kinds" and "kind", "time_limits" as "limits"; any beginning that only one table has will do.
static const struct cm_table *
find_table(const char *word)
{
	const struct cm_table *found = NULL;
	size_t n = strlen(word);
	for (size_t i = 0; i < TABLES; i++) {
		const char *name = name_of(tables[i]);
		const char *bare = strncmp(name, "request_", 8) == 0 ? name + 8 : strncmp(name, "time_", 5) == 0 ? name + 5 : name;
		if (strcmp(name, word) == 0 || strcmp(bare, word) == 0)
			return tables[i];
		if (strncmp(name, word, n) == 0 || strncmp(bare, word, n) == 0) {
			if (found != NULL)
				return NULL;
			found = tables[i];
		}
	}
	return found;
}

static void
put_json_text(const char *s)
{
	putchar('"');
	for (; *s != 0; s++) {
		if (*s == '"' || *s == '\\')
			putchar('\\');
		if ((unsigned char)*s < 0x20)
			printf("\\u%04x", (unsigned)*s);
		else
			putchar(*s);
	}
	putchar('"');
}

static void
put_json_row(const struct cm_table *t, size_t row)
{
	putchar('{');
	for (size_t c = 0; c < t->columns; c++) {
		printf("%s", c == 0 ? "" : ",");
		put_json_text(t->column[c]);
		putchar(':');
		put_json_text(cell(t, row, c));
	}
	putchar('}');
}

static void
list_json(const struct cm_table *t)
{
	printf("[");
	for (size_t r = 0; r < t->rows; r++) {
		printf("%s\n", r == 0 ? "" : ",");
		put_json_row(t, r);
	}
	printf("\n]\n");
}

// The first sentence of a table's comment.
static int
sentence(const char *note)
{
	size_t n = strcspn(note, "\n");
	for (size_t i = 0; i + 1 < n; i++)
		if ((note[i] == '.' || note[i] == ':') && note[i + 1] == ' ')
			return (int)i;
	return n > 0 && note[n - 1] == '.' ? (int)n - 1 : (int)n;
}

static void
list_tables(bool json)
{
	printf("%s", json ? "[" : "");
	for (size_t i = 0; i < TABLES; i++) {
		if (json)
			printf("%s\n{\"table\":\"%s\",\"rows\":%zu}", i == 0 ? "" : ",", name_of(tables[i]), tables[i]->rows);
		else
			printf("%-16s %4zu  %.*s\n", name_of(tables[i]), tables[i]->rows, sentence(tables[i]->note),
			       tables[i]->note);
	}
	printf("%s", json ? "\n]\n" : "\n'comity catalogue TABLE' lists one, 'comity catalogue TABLE ROW' shows one row.\n");
}

// "text: 60 days". No value, or nought of a unit, is no more than the text says.
static void
list_value(const char *text, const char *value, const char *unit)
{
	size_t n = strlen(text), u = strlen(unit);
	bool number = value[strspn(value, "0123456789")] == 0;
	if (strcmp(value, "-") == 0 || strcmp(value, "0") == 0)
		printf("  %s", text);
	else if (!number || strcmp(unit, "-") == 0)
		printf("  %.*s: %s", (int)(n > 0 && text[n - 1] == '.' ? n - 1 : n), text, value);
	else
		printf("  %.*s: %s %s%s", (int)(n > 0 && text[n - 1] == '.' ? n - 1 : n), text, value, unit,
		       strcmp(value, "1") != 0 && u > 0 && unit[u - 1] != 's' ? "s" : "");
}

// One line a row: its name, the article, what it is, and the source in brackets.
static void
list_rows(const struct cm_table *t)
{
	static const char *const what[] = {"title", "label", "meaning", "what", "check", "summary", "text", "line", "help",
	        "form", "reason", "name", "words", "why", NULL};
	static const char *const article[] = {"article", NULL}, *const source[] = {"source", NULL},
	                         *const value[] = {"value", NULL}, *const unit[] = {"unit", NULL};
	size_t w = column_of(t, what), a = column_of(t, article), s = column_of(t, source), widest = 0;
	size_t v = column_of(t, value), u = column_of(t, unit);
	for (size_t r = 0; r < t->rows; r++)
		widest = strlen(cell(t, r, 0)) > widest ? strlen(cell(t, r, 0)) : widest;
	for (size_t r = 0; r < t->rows; r++) {
		printf("%-*s", (int)(widest > 40 ? 40 : widest), cell(t, r, 0));
		if (a < t->columns)
			printf("  %-18s", cell(t, r, a));
		if (w < t->columns && v < t->columns && u < t->columns)
			list_value(cell(t, r, w), cell(t, r, v), cell(t, r, u));
		else if (w < t->columns)
			printf("  %s", cell(t, r, w));
		if (s < t->columns && cell(t, r, s)[0] != 0 && strcmp(cell(t, r, s), "-") != 0)
			printf("  [%s]", cell(t, r, s));
		putchar('\n');
	}
}

// The name of a column is spelled as labels are everywhere.
static void
show_row(const struct cm_table *t, size_t row)
{
	for (size_t c = 0; c < t->columns; c++) {
		if (cell(t, row, c)[0] == 0)
			continue;
		for (const char *s = t->column[c]; *s != 0; s++)
			putchar(*s == '_' ? ' ' : *s);
		printf("%*s %s\n", strlen(t->column[c]) < 16 ? (int)(16 - strlen(t->column[c])) : 0, "", cell(t, row, c));
	}
}

static void
show_moves(enum cm_kind kind, bool all)
{
	size_t n = 0;
	if (all)
		printf("\nHow it moves:\n");
	for (enum cm_move m = CM_MOVE_NONE + 1; m < CM_MOVE_END; m++) {
		const struct cm_move_row *row = cm_move_row(m);
		if (!cm_kind_listed(row->families, "all") &&
		    !cm_kind_listed(row->families, cm_family_row(cm_kind_row(kind)->family)->name))
			continue;
		n++;
		if (all)
			printf("  %-20s %-18s %-24s %s  [%s]\n", cm_state_row(row->from)->name, cm_event_row(row->event)->name,
			       cm_state_row(row->to)->name, row->text, row->source);
	}
	if (!all)
		printf("\nIt has %zu moves; --moves shows them.\n", n);
}

// What a request of the kind must and may hold.
static void
show_kind(enum cm_kind kind)
{
	printf("\nIt must say (or, where marked, may say):\n");
	for (enum cm_content c = CM_CONTENT_NONE + 1; c < CM_CONTENT_END; c++) {
		const struct cm_content_row *row = cm_content_row(c);
		if (cm_request_wants(kind, c))
			printf("  %-10s %s%s%s%s  [%s]\n", row->article, row->name,
			       strcmp(row->need, "always") == 0 ? "" : " (",
			       strcmp(row->need, "always") == 0 ? "" : row->need,
			       strcmp(row->need, "always") == 0 ? "" : ")", row->source);
	}
}

static int
show_named(const struct cm_table *t, const struct cm_command_line *line)
{
	struct cm_report report = {0};
	const char *name = line->arguments[1];
	for (size_t r = 0; r < t->rows; r++) {
		if (strcmp(cell(t, r, 0), name) != 0)
			continue;
		if (line->json) {
			put_json_row(t, r);
			putchar('\n');
			return CM_CLI_DONE;
		}
		show_row(t, r);
		if (strcmp(t->name, "request_kinds") == 0) {
			show_kind(cm_kind_find(name, strlen(name)));
			show_moves(cm_kind_find(name, strlen(name)), cm_command_value(line, CM_OPTION_CATALOGUE_MOVES) != NULL);
		}
		return CM_CLI_DONE;
	}
	cm_result r = cm_report_refuse(&report, CM_ERROR_CATALOGUE_UNKNOWN, t->name, "%s", name);
	return cm_fail(line, r, &report);
}

int
cm_cmd_catalogue_run(const struct cm_command_line *line)
{
	struct cm_report report = {0};
	if (line->argument_count == 0) {
		list_tables(line->json);
		return CM_CLI_DONE;
	}
	const struct cm_table *t = find_table(line->arguments[0]);
	if (t == NULL)
		return cm_fail(line, cm_report_refuse(&report, CM_ERROR_CATALOGUE_UNKNOWN, "table", "%s", line->arguments[0]),
		               &report);
	if (line->argument_count == 2)
		return show_named(t, line);
	if (line->json)
		list_json(t);
	else
		list_rows(t);
	return CM_CLI_DONE;
}
