// A table of data/*.tab as texts, for showing it to people as a whole; code that acts on a row uses the typed
// form (tab_<name>.h). The compiled tables are made by "tabc x".
#ifndef CM_BASE_TABLE_H
#define CM_BASE_TABLE_H

#include <stddef.h>

struct cm_table {
	const char *name;          // stem of its file: "request_kinds"
	const char *note;          // its first comment, lines ending with '\n'
	size_t columns, rows;      // at least one column, the row's id
	const char *const *column; // names
	const char *const *cell;   // rows × columns texts, row by row
};

#endif
