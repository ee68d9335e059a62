// Knows: SQLite's calls and what their result codes mean to us. Does not know: tables. Serves DECISIONS "Store" (WAL,
// synchronous=FULL). Nothing here is retried after an I/O error: the caller stops.
#include <sqlite3.h>

#include <limits.h>
#include <pthread.h>
#include <string.h>

#include "base/mem.h"
#include "store/sqlite/db.h"

#define CM_DB_STATEMENTS 160 // more different texts than the room has
#define CM_DB_HINTS 512      // a power of two; where a text was found the last time
#define CM_DB_BUSY_MS 10000  // a reader at start-up may meet another process's recovery

struct cm_db_stmt {
	struct cm_db *db;
	sqlite3_stmt *s;
	int bound;                // first failure of a binding
	const void *made, *tail;  // cm_db_keep()
};

struct cm_db {
	sqlite3 *c;
	size_t count;
	uint8_t hints[CM_DB_HINTS]; // by the address of the text or of what it was made from: index + 1
	int wal_pages;              // see cm_db_wal_pages()
	struct cm_db_stmt stmts[CM_DB_STATEMENTS];
};

// Nobody asks for SQLite's counters of memory, and keeping them is one lock for all threads.
static void
cm_db_library(void)
{
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

static int
cm_db_walled(void *context, sqlite3 *c, const char *name, int pages)
{
	struct cm_db *db = context;
	(void)c;
	(void)name;
	__atomic_store_n(&db->wal_pages, pages, __ATOMIC_RELAXED);
	return SQLITE_OK;
}

static uint8_t *
cm_db_hint(struct cm_db *db, const void *a, const void *b)
{
	uint64_t mixed = ((uint64_t)(uintptr_t)a * 3 + (uint64_t)(uintptr_t)b) * UINT64_C(0x9e3779b97f4a7c15);
	return &db->hints[mixed >> 32 & (CM_DB_HINTS - 1)];
}

static cm_result
cm_db_failed(const struct cm_db *db, int code, const char *place, struct cm_report *report)
{
	if (code == SQLITE_NOMEM)
		return CM_NOMEM;
	const char *words = db->c == NULL ? sqlite3_errstr(code) : sqlite3_errmsg(db->c);
	if ((code & 0xff) == SQLITE_CONSTRAINT)
		return cm_report_refuse(report, CM_ERROR_STORE_ROW, place, "%s", words);
	return cm_report_failed(report, CM_ERROR_STORE_DATABASE, place, "%s (%d)", words,
	                        db->c == NULL ? code : sqlite3_extended_errcode(db->c));
}

cm_result
cm_db_open(const char *path, enum cm_db_way way, struct cm_report *report, struct cm_db **ret_db)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	CM_CLEANUP(cm_db_close_at) struct cm_db *db = cm_mem_new(sizeof *db);
	if (db == NULL || pthread_once(&once, cm_db_library) != 0)
		return CM_NOMEM;
	int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
	            (way == CM_DB_WRITE ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY);
	int code = sqlite3_open_v2(path, &db->c, flags, NULL);
	if (code != SQLITE_OK)
		return cm_db_failed(db, code, path, report);
	sqlite3_busy_timeout(db->c, CM_DB_BUSY_MS);
	cm_result r = cm_db_exec(db, "PRAGMA temp_store=MEMORY; PRAGMA cache_size=-4096; PRAGMA trusted_schema=OFF",
	                         report);
	// Checkpoints are made by the publishing thread: inside a COMMIT they would make somebody wait.
	if (r == CM_OK && way == CM_DB_WRITE)
		r = cm_db_exec(db,
		               "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0;"
		               "PRAGMA journal_size_limit=268435456", // overwriting is cheaper than growing again
		               report);
	if (r == CM_OK && way == CM_DB_WRITE)
		sqlite3_wal_hook(db->c, cm_db_walled, db);
	if (r == CM_OK)
		*ret_db = cm_take(&db);
	return r;
}

void
cm_db_close(struct cm_db *db)
{
	if (db == NULL)
		return;
	for (size_t i = 0; i < db->count; i++)
		sqlite3_finalize(db->stmts[i].s);
	sqlite3_close(db->c);
	cm_mem_free(db);
}

void
cm_db_close_at(struct cm_db **db)
{
	cm_db_close(*db);
}

cm_result
cm_db_exec(struct cm_db *db, const char *sql, struct cm_report *report)
{
	int code = sqlite3_exec(db->c, sql, NULL, NULL, NULL);
	return code == SQLITE_OK ? CM_OK : cm_db_failed(db, code, "statement", report);
}

static struct cm_db_stmt *
cm_db_again(struct cm_db_stmt *stmt)
{
	cm_db_reset(stmt);
	sqlite3_clear_bindings(stmt->s);
	return stmt;
}

struct cm_db_stmt *
cm_db_kept(struct cm_db *db, const void *made, const void *tail)
{
	uint8_t at = *cm_db_hint(db, made, tail);
	if (at == 0 || db->stmts[at - 1].made != made || db->stmts[at - 1].tail != tail)
		return NULL;
	return cm_db_again(&db->stmts[at - 1]);
}

void
cm_db_keep(struct cm_db_stmt *stmt, const void *made, const void *tail)
{
	stmt->made = made;
	stmt->tail = tail;
	*cm_db_hint(stmt->db, made, tail) = (uint8_t)(stmt - stmt->db->stmts + 1);
}

cm_result
cm_db_stmt(struct cm_db *db, const char *sql, struct cm_report *report, struct cm_db_stmt **ret_stmt)
{
	uint8_t *hint = cm_db_hint(db, sql, NULL);
	if (*hint != 0 && strcmp(sqlite3_sql(db->stmts[*hint - 1].s), sql) == 0) {
		*ret_stmt = cm_db_again(&db->stmts[*hint - 1]);
		return CM_OK;
	}
	for (size_t i = 0; i < db->count; i++)
		if (strcmp(sqlite3_sql(db->stmts[i].s), sql) == 0) {
			*hint = (uint8_t)(i + 1);
			*ret_stmt = cm_db_again(&db->stmts[i]);
			return CM_OK;
		}
	if (db->count == CM_DB_STATEMENTS)
		return CM_BUG;
	struct cm_db_stmt *stmt = &db->stmts[db->count];
	int code = sqlite3_prepare_v3(db->c, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt->s, NULL);
	if (code != SQLITE_OK)
		return cm_db_failed(db, code, sql, report);
	stmt->db = db;
	stmt->bound = SQLITE_OK;
	db->count++;
	*hint = (uint8_t)db->count;
	*ret_stmt = stmt;
	return CM_OK;
}

cm_result
cm_db_do(struct cm_db *db, const char *sql, struct cm_report *report)
{
	struct cm_db_stmt *stmt;
	cm_result r = cm_db_stmt(db, sql, report, &stmt);
	return r == CM_OK ? cm_db_run(stmt, report) : r;
}

static void
cm_db_note(struct cm_db_stmt *stmt, int code)
{
	if (stmt->bound == SQLITE_OK)
		stmt->bound = code;
}

void
cm_db_bind_number(struct cm_db_stmt *stmt, int at, int64_t value)
{
	cm_db_note(stmt, sqlite3_bind_int64(stmt->s, at, value));
}

void
cm_db_bind_text(struct cm_db_stmt *stmt, int at, struct cm_view value)
{
	if (value.n > INT_MAX)
		cm_db_note(stmt, SQLITE_TOOBIG);
	else
		cm_db_note(stmt, sqlite3_bind_text(stmt->s, at, value.n == 0 ? "" : (const char *)value.p, (int)value.n,
		                                   SQLITE_STATIC));
}

void
cm_db_bind_bytes(struct cm_db_stmt *stmt, int at, struct cm_view value)
{
	if (value.n > INT_MAX)
		cm_db_note(stmt, SQLITE_TOOBIG);
	else
		cm_db_note(stmt, sqlite3_bind_blob(stmt->s, at, value.n == 0 ? (const void *)"" : value.p, (int)value.n,
		                                   SQLITE_STATIC));
}

cm_result
cm_db_step(struct cm_db_stmt *stmt, struct cm_report *report, bool *ret_row)
{
	if (stmt->bound != SQLITE_OK)
		return stmt->bound == SQLITE_NOMEM ? CM_NOMEM
		                                   : cm_report_refuse(report, CM_ERROR_STORE_ROW, "parameter", "%s",
		                                                      sqlite3_errstr(stmt->bound));
	int code = sqlite3_step(stmt->s);
	if (code != SQLITE_ROW && code != SQLITE_DONE) {
		cm_result r = cm_db_failed(stmt->db, code, sqlite3_sql(stmt->s), report);
		cm_db_reset(stmt);
		return r;
	}
	if (code == SQLITE_DONE)
		cm_db_reset(stmt);
	*ret_row = code == SQLITE_ROW;
	return CM_OK;
}

cm_result
cm_db_run(struct cm_db_stmt *stmt, struct cm_report *report)
{
	bool row;
	cm_result r = cm_db_step(stmt, report, &row);
	if (r == CM_OK && row)
		cm_db_reset(stmt);
	return r;
}

void
cm_db_reset(struct cm_db_stmt *stmt)
{
	sqlite3_reset(stmt->s);
	stmt->bound = SQLITE_OK;
}

int64_t
cm_db_number(struct cm_db_stmt *stmt, int at)
{
	return sqlite3_column_int64(stmt->s, at);
}

struct cm_view
cm_db_bytes(struct cm_db_stmt *stmt, int at)
{
	const void *p = sqlite3_column_blob(stmt->s, at);
	int n = sqlite3_column_bytes(stmt->s, at);
	return p == NULL || n < 0 ? cm_view_of(NULL, 0) : cm_view_of(p, (size_t)n);
}

bool
cm_db_null(struct cm_db_stmt *stmt, int at)
{
	return sqlite3_column_type(stmt->s, at) == SQLITE_NULL;
}

int64_t
cm_db_last_id(struct cm_db *db)
{
	return sqlite3_last_insert_rowid(db->c);
}

int64_t
cm_db_changed(struct cm_db *db)
{
	return sqlite3_changes64(db->c);
}

cm_result
cm_db_ask(struct cm_db *db, const char *sql, struct cm_report *report, int64_t *ret_value)
{
	struct cm_db_stmt *stmt;
	bool row;
	cm_result r = cm_db_stmt(db, sql, report, &stmt);
	if (r == CM_OK)
		r = cm_db_step(stmt, report, &row);
	if (r != CM_OK)
		return r;
	*ret_value = row ? cm_db_number(stmt, 0) : 0;
	cm_db_reset(stmt);
	return CM_OK;
}

cm_result
cm_db_backup(struct cm_db *db, const char *path, struct cm_report *report)
{
	struct cm_db_stmt *stmt;
	cm_result r = cm_db_stmt(db, "VACUUM INTO ?1", report, &stmt);
	if (r != CM_OK)
		return r;
	cm_db_bind_text(stmt, 1, cm_view_text(path));
	return cm_db_run(stmt, report);
}

cm_result
cm_db_checkpoint(struct cm_db *db, bool restart, struct cm_report *report)
{
	int code = sqlite3_wal_checkpoint_v2(db->c, NULL,
	                                     restart ? SQLITE_CHECKPOINT_RESTART : SQLITE_CHECKPOINT_PASSIVE, NULL,
	                                     NULL);
	// Busy means that somebody reads: the next one moves the rest.
	return code == SQLITE_OK || (code & 0xff) == SQLITE_BUSY || (code & 0xff) == SQLITE_LOCKED
	               ? CM_OK
	               : cm_db_failed(db, code, "checkpoint", report);
}

size_t
cm_db_wal_pages(const struct cm_db *db)
{
	return (size_t)__atomic_load_n(&db->wal_pages, __ATOMIC_RELAXED);
}
