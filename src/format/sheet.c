// Knows: the form of tab-separated files that an operator writes: first line, notes, columns, rows, cells. Does not know:
// what a cell means (domain/national.h). Serves doc/guide/national.md, section "The file".
#include "format/sheet.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

static cm_result
cm_sheet_refuse(const struct cm_sheet *sheet, struct cm_report *report, const char *why, struct cm_view seen)
{
	char place[40];
	snprintf(place, sizeof place, "line %zu", sheet->line);
	return cm_report_refuse(report, CM_ERROR_SHEET_FORM, place, "%s: \"%.*s\"", why, CM_VIEW_ARG(seen));
}

// The next line that is no note. Empty lines, other ends of lines and signs that nobody sees are refused, not mended.
static cm_result
cm_sheet_line(struct cm_sheet *sheet, struct cm_report *report, struct cm_view *ret_line, bool *ret_there)
{
	while (sheet->at < sheet->text.n) {
		size_t end = cm_view_find(sheet->text, sheet->at, '\n');
		struct cm_view line = cm_view_part(sheet->text, sheet->at, end - sheet->at);
		sheet->line++;
		if (end == sheet->text.n)
			return cm_sheet_refuse(sheet, report, "the last line does not end", line);
		sheet->at = end + 1;
		if (line.n == 0)
			return cm_sheet_refuse(sheet, report, "an empty line", line);
		if (line.p[0] == '#' && sheet->line > 1) {
			if (!cm_text_showable(line, false))
				return cm_sheet_refuse(sheet, report, "a sign that cannot be shown", line);
			continue;
		}
		*ret_line = line;
		*ret_there = true;
		return CM_OK;
	}
	*ret_there = false;
	return CM_OK;
}

static bool
cm_sheet_blank(struct cm_view cell)
{
	return cell.n > 0 && (cell.p[0] == ' ' || cell.p[cell.n - 1] == ' ');
}

static cm_result
cm_sheet_cells(const struct cm_sheet *sheet, struct cm_view line, struct cm_report *report, struct cm_sheet_row *row)
{
	size_t n = 0;
	for (size_t at = 0; at <= line.n; n++) {
		size_t end = cm_view_find(line, at, '\t');
		struct cm_view cell = cm_view_part(line, at, end - at);
		if (n >= sheet->columns)
			return cm_sheet_refuse(sheet, report, "more cells than columns", line);
		if (!cm_text_showable(cell, false))
			return cm_sheet_refuse(sheet, report, "a sign that cannot be shown", cell);
		if (cm_sheet_blank(cell))
			return cm_sheet_refuse(sheet, report, "a blank at the end of a cell", cell);
		row->cell[n] = cell;
		at = end + 1;
	}
	return n == sheet->columns ? CM_OK : cm_sheet_refuse(sheet, report, "fewer cells than columns", line);
}

cm_result
cm_sheet_read(struct cm_view text, const char *kind, const char *columns, struct cm_report *report,
              struct cm_sheet *ret_sheet)
{
	struct cm_sheet sheet = {.text = text, .columns = 1};
	struct cm_view line = cm_view_of(NULL, 0);
	size_t n = strlen(kind);
	bool there = false;
	for (const char *c = columns; *c != 0; c++)
		sheet.columns += *c == '\t';
	if (sheet.columns > CM_SHEET_COLUMNS)
		return CM_BUG;
	cm_result r = cm_sheet_line(&sheet, report, &line, &there);
	if (r != CM_OK)
		return r;
	if (!there || line.n < n + 3 || line.p[0] != '#' || memcmp(line.p + 1, kind, n) != 0 || line.p[n + 1] != ' ' ||
	    !cm_text_showable(line, false))
		return cm_sheet_refuse(&sheet, report, "the first line is another one", line);
	sheet.name = cm_view_part(line, n + 2, line.n);
	r = cm_sheet_line(&sheet, report, &line, &there);
	if (r != CM_OK)
		return r;
	if (!there || !cm_view_is(line, columns))
		return cm_sheet_refuse(&sheet, report, "other columns", there ? line : cm_view_of(NULL, 0));
	*ret_sheet = sheet;
	return CM_OK;
}

cm_result
cm_sheet_next(struct cm_sheet *sheet, struct cm_report *report, struct cm_sheet_row *ret_row, bool *ret_there)
{
	struct cm_sheet_row row = {.line = 0};
	struct cm_view line = cm_view_of(NULL, 0);
	bool there = false;
	cm_result r = cm_sheet_line(sheet, report, &line, &there);
	if (r == CM_OK && there)
		r = cm_sheet_cells(sheet, line, report, &row);
	if (r != CM_OK)
		return r;
	row.line = sheet->line;
	if (there)
		*ret_row = row;
	*ret_there = there;
	return CM_OK;
}
