// Strict reader of tab-separated files that an operator writes (HOME/national/XX.tab):
//   "#KIND NAME", notes that start with '#', one line with the names of the columns, then rows.
// UTF-8 without control characters, LF ends every line, one tab between cells, no empty line. Source: sheet.c.
#ifndef CM_FORMAT_SHEET_H
#define CM_FORMAT_SHEET_H

#include "base/report.h"

#define CM_SHEET_COLUMNS 8

struct cm_sheet {
	struct cm_view text; // of the caller; cells point into it
	struct cm_view name; // behind KIND on the first line
	size_t columns, at, line;
};

struct cm_sheet_row {
	struct cm_view cell[CM_SHEET_COLUMNS];
	size_t line; // counted from 1
};

// Reads up to the line of columns, which must be `columns` ("rule\tvalue"). Refused with sheet_form, with the line.
CM_CHECKED cm_result cm_sheet_read(struct cm_view text, const char *kind, const char *columns, struct cm_report *report,
                                   struct cm_sheet *ret_sheet);

// The next row; `ret_there` is false at the end. Refused with sheet_form.
CM_CHECKED cm_result cm_sheet_next(struct cm_sheet *sheet, struct cm_report *report, struct cm_sheet_row *ret_row,
                                   bool *ret_there);

#endif
