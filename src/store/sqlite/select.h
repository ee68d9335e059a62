// Reading rows: one SELECT for every table, made from its columns and a tail that the caller writes. Source: select.c.
#ifndef CM_STORE_SQLITE_SELECT_H
#define CM_STORE_SQLITE_SELECT_H

#include "store/sqlite/db.h"
#include "store/table.h"

#define CM_SELECT_PLACES 5

struct cm_select {
	const struct cm_table *table;
	const char *tail; // a constant: "WHERE … ORDER BY …" with ?1 … ?5 for numbers, ?6 … ?10 for texts, ?11 for a digest
	int64_t numbers[CM_SELECT_PLACES];
	struct cm_view texts[CM_SELECT_PLACES];
	const struct cm_hash *hash;
	size_t limit; // rows
};

// The rows as an array of the table's struct, in the arena.
CM_CHECKED cm_result cm_select_rows(struct cm_db *db, const struct cm_select *ask, struct cm_arena *arena,
                                    struct cm_report *report, const void **ret_rows, size_t *ret_count);

#endif
