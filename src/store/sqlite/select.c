// Knows: the SQL of reading and how a column becomes a field. Does not know: which lists exist (store_read.c).
#include "base/buf.h"
#include "store/sqlite/select.h"

#include <string.h>

#define CM_SELECT_SQL 2048 // bytes of the longest SELECT

static void
cm_select_field(struct cm_db_stmt *stmt, int at, const struct cm_table_column *c, uint8_t *row, struct cm_arena *arena)
{
	int64_t number;
	struct cm_view v;
	switch (c->type) {
	case CM_TABLE_ID:
	case CM_TABLE_NUMBER:
	case CM_TABLE_TIME:
		number = cm_db_number(stmt, at);
		memcpy(row + c->at, &number, sizeof number);
		return;
	case CM_TABLE_TEXT:
	case CM_TABLE_BYTES:
		v = cm_arena_copy(arena, cm_db_bytes(stmt, at));
		memcpy(row + c->at, &v, sizeof v);
		return;
	case CM_TABLE_HASH:
		v = cm_db_bytes(stmt, at);
		if (v.n == CM_HASH_SIZE)
			memcpy(row + c->at, v.p, v.n);
		return;
	}
}

static cm_result
cm_select_stmt(struct cm_db *db, const struct cm_select *ask, struct cm_report *report, struct cm_db_stmt **ret_stmt)
{
	*ret_stmt = cm_db_kept(db, ask->table, ask->tail);
	if (*ret_stmt != NULL)
		return CM_OK;
	struct cm_buf sql = cm_buf_of(CM_SELECT_SQL);
	int count = 0;
	cm_buf_text(&sql, "SELECT ");
	for (const struct cm_table_column *c = ask->table->columns; c->name != NULL; c++)
		cm_buf_printf(&sql, "%s\"%s\"", count++ == 0 ? "" : ",", c->name);
	cm_buf_printf(&sql, " FROM \"%s\" %s LIMIT ?12", ask->table->name, ask->tail);
	cm_result r = cm_buf_result(&sql);
	if (r == CM_OK)
		r = cm_db_stmt(db, cm_buf_cstr(&sql), report, ret_stmt);
	cm_buf_fini(&sql);
	if (r == CM_OK)
		cm_db_keep(*ret_stmt, ask->table, ask->tail);
	return r;
}

// A growing array in the arena: each piece doubles, so that little is copied.
static uint8_t *
cm_select_grow(uint8_t *rows, size_t n, size_t size, size_t *room, struct cm_arena *arena)
{
	if (n < *room)
		return rows;
	*room = *room == 0 ? 4 : 2 * *room;
	uint8_t *more = cm_arena_new_many(arena, *room, size);
	if (more != NULL && n != 0)
		memcpy(more, rows, n * size);
	return more;
}

cm_result
cm_select_rows(struct cm_db *db, const struct cm_select *ask, struct cm_arena *arena, struct cm_report *report,
               const void **ret_rows, size_t *ret_count)
{
	struct cm_db_stmt *stmt;
	size_t n = 0, room = 0;
	uint8_t *rows = NULL;
	bool more = true;
	cm_result r = cm_select_stmt(db, ask, report, &stmt);
	if (r != CM_OK)
		return r;
	for (int i = 0; i < CM_SELECT_PLACES; i++) {
		cm_db_bind_number(stmt, 1 + i, ask->numbers[i]);
		cm_db_bind_text(stmt, 6 + i, ask->texts[i]);
	}
	if (ask->hash != NULL)
		cm_db_bind_bytes(stmt, 11, cm_hash_view(ask->hash));
	cm_db_bind_number(stmt, 12, (int64_t)ask->limit);
	while (r == CM_OK) {
		r = cm_db_step(stmt, report, &more);
		if (r != CM_OK || !more)
			break;
		rows = cm_select_grow(rows, n, ask->table->size, &room, arena);
		if (rows == NULL) {
			r = CM_NOMEM;
			break;
		}
		int at = 0;
		for (const struct cm_table_column *c = ask->table->columns; c->name != NULL; c++)
			cm_select_field(stmt, at++, c, rows + n * ask->table->size, arena);
		n++;
	}
	if (r == CM_OK && arena->failed)
		r = CM_NOMEM;
	cm_db_reset(stmt);
	if (r == CM_OK) {
		*ret_rows = rows;
		*ret_count = n;
	}
	return r;
}
