// One connection to the database: opening, prepared statements kept by their text, binding, stepping. Used by one
// thread at a time. The only headers of SQLite are seen in sqlite/*.c. Source: db.c.
#ifndef CM_STORE_SQLITE_DB_H
#define CM_STORE_SQLITE_DB_H

#include "base/report.h"

struct cm_db;
struct cm_db_stmt;

enum cm_db_way {
	CM_DB_WRITE, // made when missing; WAL, synchronous=FULL
	CM_DB_READ,  // read only
};

CM_CHECKED cm_result cm_db_open(const char *path, enum cm_db_way way, struct cm_report *report, struct cm_db **ret_db);
void cm_db_close(struct cm_db *db); // NULL is fine
void cm_db_close_at(struct cm_db **db);

// Statements without results. CM_FAILED with store_database and SQLite's words.
CM_CHECKED cm_result cm_db_exec(struct cm_db *db, const char *sql, struct cm_report *report);

// The statement of this text, reset and with all parameters empty (NULL). Stays the connection's.
CM_CHECKED cm_result cm_db_stmt(struct cm_db *db, const char *sql, struct cm_report *report,
                                struct cm_db_stmt **ret_stmt);

// The same for a text that is made anew each time: found by what it is made from (addresses of constants), NULL when it was
// not kept.
struct cm_db_stmt *cm_db_kept(struct cm_db *db, const void *made, const void *tail);
void cm_db_keep(struct cm_db_stmt *stmt, const void *made, const void *tail);

// Runs one statement without parameters and rows, prepared once.
CM_CHECKED cm_result cm_db_do(struct cm_db *db, const char *sql, struct cm_report *report);

// Parameters from 1 on. Bytes must live until the next reset or cm_db_stmt(). A failure shows when stepping.
void cm_db_bind_number(struct cm_db_stmt *stmt, int at, int64_t value);
void cm_db_bind_text(struct cm_db_stmt *stmt, int at, struct cm_view value);
void cm_db_bind_bytes(struct cm_db_stmt *stmt, int at, struct cm_view value);

// The next row; *ret_row false at the end (the statement is reset then). A constraint that a row breaks is CM_REFUSED
// with store_row, everything else CM_FAILED with store_database.
CM_CHECKED cm_result cm_db_step(struct cm_db_stmt *stmt, struct cm_report *report, bool *ret_row);
// Steps a statement that gives no rows.
CM_CHECKED cm_result cm_db_run(struct cm_db_stmt *stmt, struct cm_report *report);
// Ends a statement whose rows were not all wanted.
void cm_db_reset(struct cm_db_stmt *stmt);

// Columns of the present row, from 0 on. Bytes live until the next step.
int64_t cm_db_number(struct cm_db_stmt *stmt, int at);
struct cm_view cm_db_bytes(struct cm_db_stmt *stmt, int at);
bool cm_db_null(struct cm_db_stmt *stmt, int at);

int64_t cm_db_last_id(struct cm_db *db); // of the last INSERT
int64_t cm_db_changed(struct cm_db *db); // rows that the last statement changed

// First column of the first row of a query without parameters; 0 when there is none.
CM_CHECKED cm_result cm_db_ask(struct cm_db *db, const char *sql, struct cm_report *report, int64_t *ret_value);

// A copy of the whole database at `path`, durable. Not inside a transaction.
CM_CHECKED cm_result cm_db_backup(struct cm_db *db, const char *path, struct cm_report *report);

// Moves what the log of the WAL holds into the database; readers and writer go on. `restart` waits for them, and
// the next transaction writes the log from its start.
CM_CHECKED cm_result cm_db_checkpoint(struct cm_db *db, bool restart, struct cm_report *report);

// Pages in the log of the WAL after the last COMMIT of this writing connection. From any thread.
size_t cm_db_wal_pages(const struct cm_db *db);

#endif
