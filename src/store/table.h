// The rows of rows.h as tables: for each struct its columns with type and place, so that copying, writing and reading
// walk one list. Inside the room only. Source: table.c.
#ifndef CM_STORE_TABLE_H
#define CM_STORE_TABLE_H

#include "base/arena.h"
#include "store/rows.h"

enum cm_table_type {
	CM_TABLE_ID,     // uint64_t, the table's own number; 0 when written: the next one
	CM_TABLE_NUMBER, // uint64_t or int64_t
	CM_TABLE_TIME,   // struct cm_instant
	CM_TABLE_TEXT,   // struct cm_view, UTF-8
	CM_TABLE_BYTES,  // struct cm_view
	CM_TABLE_HASH,   // struct cm_hash
};

struct cm_table_column {
	const char *name;
	enum cm_table_type type;
	size_t at; // offset in the struct
};

enum cm_table_name {
	CM_TABLE_ARTIFACT,
	CM_TABLE_PEER,
	CM_TABLE_REPLY,
	CM_TABLE_OUTBOX,
	CM_TABLE_BLOB,
	CM_TABLE_PERSON,
	CM_TABLE_FOLDER,
	CM_TABLE_DIRECTORY,
	CM_TABLE_REQUEST, // the first derived one
	CM_TABLE_STEP,
	CM_TABLE_OBJECT,
	CM_TABLE_DEADLINE,
	CM_TABLE_DELIVERY,
	CM_TABLE_APPROVAL,
	CM_TABLE_NEWS,
	CM_TABLE_END,
};
#define CM_TABLE_DERIVED CM_TABLE_REQUEST

#define CM_TABLE_COLUMNS 32

struct cm_table {
	const char *name;
	size_t size; // of the struct
	size_t keys; // the first columns are the key
	struct cm_table_column columns[CM_TABLE_COLUMNS]; // ended by one without a name
	const char *indexes; // SQL, of derived tables
};

const struct cm_table *cm_table_of(enum cm_table_name name);

// Size of the struct and of all its texts.
size_t cm_table_bytes(const struct cm_table *table, const void *row);

// A deep copy of a row. NULL: no memory.
void *cm_table_copy(const struct cm_table *table, const void *row, struct cm_arena *arena);

#endif
