// Knows: rows in memory by table and key. Does not know: when they are written (cycle.c) or who asks (store_read.c). Serves
// DESIGN.md section 8 (the path of a request). A row lies in one block: struct, then its texts.
#include "store/recent.h"

#include <string.h>

#include "base/mem.h"

struct cm_recent_row {
	struct cm_recent_row *next; // of the bucket
	enum cm_table_name table;
	uint32_t mark; // of the key
	size_t place;  // in the ring
	void *row;     // behind this struct, its texts behind it
};

void
cm_recent_init(struct cm_recent *recent)
{
	cm_mutex_init(&recent->lock);
}

// FNV-1a: the keys are our own or were checked to be UUIDs, and a crowded bucket only costs time.
static uint32_t
cm_recent_mark(enum cm_table_name table, struct cm_view key)
{
	uint32_t mark = UINT32_C(2166136261) ^ (uint32_t)table;
	for (size_t i = 0; i < key.n; i++)
		mark = (mark ^ key.p[i]) * UINT32_C(16777619);
	return mark;
}

static struct cm_view
cm_recent_key(enum cm_table_name table, const void *row)
{
	struct cm_view key;
	memcpy(&key, (const uint8_t *)row + cm_table_of(table)->columns[0].at, sizeof key);
	return key;
}

static struct cm_recent_row **
cm_recent_at(struct cm_recent *recent, enum cm_table_name table, struct cm_view key, uint32_t mark)
{
	struct cm_recent_row **at = &recent->buckets[mark % CM_LIMIT_STORE_RECENT_VALUE];
	while (*at != NULL && ((*at)->mark != mark || (*at)->table != table ||
	                       !cm_view_equal(cm_recent_key(table, (*at)->row), key)))
		at = &(*at)->next;
	return at;
}

// Takes the row out of its bucket and frees it; the place in the ring stays empty.
static void
cm_recent_drop(struct cm_recent *recent, struct cm_recent_row **at)
{
	struct cm_recent_row *row = *at;
	*at = row->next;
	recent->rows[row->place] = NULL;
	cm_mem_free(row);
}

static void
cm_recent_drop_place(struct cm_recent *recent, size_t place)
{
	struct cm_recent_row *row = recent->rows[place];
	if (row != NULL)
		cm_recent_drop(recent, cm_recent_at(recent, row->table, cm_recent_key(row->table, row->row), row->mark));
}

void
cm_recent_clear(struct cm_recent *recent)
{
	CM_MUTEX_HOLD(&recent->lock);
	for (size_t i = 0; i < CM_LIMIT_STORE_RECENT_VALUE; i++)
		cm_recent_drop_place(recent, i);
}

void
cm_recent_fini(struct cm_recent *recent)
{
	cm_recent_clear(recent);
	cm_mutex_fini(&recent->lock);
}

static struct cm_recent_row *
cm_recent_make(const struct cm_table *table, const void *row)
{
	size_t texts = cm_table_bytes(table, row) - table->size;
	struct cm_recent_row *made = cm_mem_new(sizeof *made + table->size + texts);
	if (made == NULL)
		return NULL;
	uint8_t *copy = (uint8_t *)(made + 1), *end = copy + table->size;
	memcpy(copy, row, table->size);
	for (const struct cm_table_column *c = table->columns; c->name != NULL; c++) {
		struct cm_view v;
		if (c->type != CM_TABLE_TEXT && c->type != CM_TABLE_BYTES)
			continue;
		memcpy(&v, copy + c->at, sizeof v);
		if (v.n != 0)
			memcpy(end, v.p, v.n);
		v.p = end;
		end += v.n;
		memcpy(copy + c->at, &v, sizeof v);
	}
	made->row = copy;
	return made;
}

void
cm_recent_put(struct cm_recent *recent, enum cm_table_name table, const void *row)
{
	struct cm_view key = cm_recent_key(table, row);
	uint32_t mark = cm_recent_mark(table, key);
	struct cm_recent_row *made = cm_recent_make(cm_table_of(table), row);
	CM_MUTEX_HOLD(&recent->lock);
	struct cm_recent_row **at = cm_recent_at(recent, table, key, mark);
	if (*at != NULL)
		cm_recent_drop(recent, at);
	if (made == NULL)
		return;
	made->table = table;
	made->mark = mark;
	made->place = recent->next;
	recent->next = (recent->next + 1) % CM_LIMIT_STORE_RECENT_VALUE;
	cm_recent_drop_place(recent, made->place);
	recent->rows[made->place] = made;
	at = &recent->buckets[mark % CM_LIMIT_STORE_RECENT_VALUE];
	made->next = *at;
	*at = made;
}

void *
cm_recent_find(struct cm_recent *recent, enum cm_table_name table, struct cm_view key, struct cm_arena *arena)
{
	uint32_t mark = cm_recent_mark(table, key);
	CM_MUTEX_HOLD(&recent->lock);
	struct cm_recent_row *row = *cm_recent_at(recent, table, key, mark);
	return row == NULL ? NULL : cm_table_copy(cm_table_of(table), row->row, arena);
}
