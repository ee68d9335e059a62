// The tables as SQL: migrations of the fixed ones, making and dropping the derived ones. Source: schema.c.
#ifndef CM_STORE_SQLITE_SCHEMA_H
#define CM_STORE_SQLITE_SCHEMA_H

#include "store/sqlite/db.h"

// Brings the fixed tables to this program's version, forward, in one transaction, after a backup at PATH.before-N when
// there is something to lose. Refused: store_newer. *ret_derived_stale: the derived tables have to be rebuilt.
CM_CHECKED cm_result cm_schema_migrate(struct cm_db *db, const char *path, struct cm_report *report,
                                       bool *ret_derived_stale);

// Drops and makes the derived tables, empty, of this program's version. Inside a transaction.
CM_CHECKED cm_result cm_schema_derive(struct cm_db *db, struct cm_report *report);

#endif
