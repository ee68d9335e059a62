// Knows: the SQL of writing, and the conditions of a change (state, generation, stamps). Does not know: the register, nor
// who waits for the change. Serves change.h; profile section 7 (at most 100 objects a second).
#include "base/buf.h"
#include "store/sqlite/put.h"

#include <inttypes.h>
#include <string.h>

#define CM_PUT_SQL 2048 // bytes of the longest INSERT

static const void *
cm_put_at(const void *row, const struct cm_table_column *c)
{
	return (const uint8_t *)row + c->at;
}

// A number column, its placeholders resolved.
static int64_t
cm_put_number(const struct cm_put *put, const void *row, const struct cm_table_column *c)
{
	uint64_t value;
	memcpy(&value, cm_put_at(row, c), sizeof value);
	if (value < CM_STORE_NTH(CM_CHANGE_ARTIFACTS))
		return (int64_t)value;
	if (strcmp(c->name, "act") == 0)
		return (int64_t)put->last_act;
	bool artifact = strcmp(c->name, "artifact") == 0 || strcmp(c->name, "document") == 0 ||
	                strcmp(c->name, "message") == 0 || strcmp(c->name, "answer") == 0;
	if (!artifact)
		return (int64_t)value;
	size_t n = value == CM_STORE_LAST ? put->artifact_count - 1 : (size_t)(UINT64_MAX - 1 - value);
	return n < put->artifact_count ? (int64_t)put->artifacts[n] : 0;
}

static void
cm_put_bind(const struct cm_put *put, struct cm_db_stmt *stmt, int at, const void *row,
            const struct cm_table_column *c)
{
	struct cm_view v;
	int64_t number;
	switch (c->type) {
	case CM_TABLE_ID:
	case CM_TABLE_TIME:
		memcpy(&number, cm_put_at(row, c), sizeof number);
		if (c->type == CM_TABLE_TIME || number != 0)
			cm_db_bind_number(stmt, at, number);
		return;
	case CM_TABLE_NUMBER:
		cm_db_bind_number(stmt, at, cm_put_number(put, row, c));
		return;
	case CM_TABLE_TEXT:
	case CM_TABLE_BYTES:
		memcpy(&v, cm_put_at(row, c), sizeof v);
		if (c->type == CM_TABLE_TEXT)
			cm_db_bind_text(stmt, at, v);
		else
			cm_db_bind_bytes(stmt, at, v);
		return;
	case CM_TABLE_HASH:
		cm_db_bind_bytes(stmt, at, cm_view_of(cm_put_at(row, c), CM_HASH_SIZE));
		return;
	}
}

// Prepares what was made and keeps it.
static cm_result
cm_put_made(struct cm_db *db, const struct cm_table *table, const char *key, struct cm_buf *sql, struct cm_report *report,
            struct cm_db_stmt **ret_stmt)
{
	cm_result r = cm_buf_result(sql);
	if (r == CM_OK)
		r = cm_db_stmt(db, cm_buf_cstr(sql), report, ret_stmt);
	cm_buf_fini(sql);
	if (r == CM_OK)
		cm_db_keep(*ret_stmt, table, key);
	return r;
}

// INSERT and its columns, made once; `verb` is a constant.
static cm_result
cm_put_insert(struct cm_db *db, const struct cm_table *table, const char *verb, struct cm_report *report,
              struct cm_db_stmt **ret_stmt)
{
	struct cm_db_stmt *stmt = cm_db_kept(db, table, verb);
	struct cm_buf sql = cm_buf_of(CM_PUT_SQL);
	int count = 0;
	if (stmt != NULL) {
		*ret_stmt = stmt;
		return CM_OK;
	}
	cm_buf_printf(&sql, "%s INTO \"%s\"(", verb, table->name);
	for (const struct cm_table_column *c = table->columns; c->name != NULL; c++)
		cm_buf_printf(&sql, "%s\"%s\"", count++ == 0 ? "" : ",", c->name);
	cm_buf_text(&sql, ") VALUES(");
	for (int i = 1; i <= count; i++)
		cm_buf_printf(&sql, "%s?%d", i == 1 ? "" : ",", i);
	cm_buf_text(&sql, ")");
	return cm_put_made(db, table, verb, &sql, report, ret_stmt);
}

// UPDATE of all columns but those in `same`, which the row has to have already: their indexes need no change.
// Parameters 31 and 32 are free for `more`, a constant.
static cm_result
cm_put_update(struct cm_db *db, const struct cm_table *table, const char *const *same, const char *more,
              struct cm_report *report, struct cm_db_stmt **ret_stmt)
{
	struct cm_db_stmt *stmt = cm_db_kept(db, table, more);
	struct cm_buf sql = cm_buf_of(CM_PUT_SQL), where = cm_buf_of(CM_PUT_SQL);
	int count = 0, set = 0;
	if (stmt != NULL) {
		*ret_stmt = stmt;
		return CM_OK;
	}
	cm_buf_printf(&sql, "UPDATE \"%s\" SET ", table->name);
	for (const struct cm_table_column *c = table->columns; c->name != NULL; c++) {
		bool fixed = false;
		for (const char *const *s = same; *s != NULL; s++)
			fixed = fixed || strcmp(*s, c->name) == 0;
		count++;
		if (fixed)
			cm_buf_printf(&where, "\"%s\" = ?%d AND ", c->name, count);
		else
			cm_buf_printf(&sql, "%s\"%s\" = ?%d", set++ == 0 ? "" : ",", c->name, count);
	}
	cm_buf_printf(&sql, " WHERE %s%s", cm_buf_cstr(&where), more);
	cm_buf_fini(&where);
	return cm_put_made(db, table, more, &sql, report, ret_stmt);
}

static void
cm_put_bind_row(const struct cm_put *put, struct cm_db_stmt *stmt, const struct cm_table *table, const void *row)
{
	int at = 1;
	for (const struct cm_table_column *c = table->columns; c->name != NULL; c++)
		cm_put_bind(put, stmt, at++, row, c);
}

static cm_result
cm_put_way(struct cm_put *put, const struct cm_table *table, const char *verb, const void *row, struct cm_report *report)
{
	struct cm_db_stmt *stmt;
	cm_result r = cm_put_insert(put->db, table, verb, report, &stmt);
	if (r != CM_OK)
		return r;
	cm_put_bind_row(put, stmt, table, row);
	return cm_db_run(stmt, report);
}

cm_result
cm_put_row(struct cm_put *put, const struct cm_table *table, const void *row, struct cm_report *report)
{
	return cm_put_way(put, table, "INSERT OR REPLACE", row, report);
}

static cm_result
cm_put_artifact(struct cm_put *put, const struct cm_store_artifact *row, struct cm_report *report)
{
	struct cm_db_stmt *stmt;
	cm_result r = cm_db_stmt(put->db,
	                         "INSERT INTO artifact(sha256, direction, peer, media, name, at, bytes, seq)"
	                         " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, nullif(?8, 0))",
	                         report, &stmt);
	if (r != CM_OK)
		return r;
	cm_db_bind_bytes(stmt, 1, cm_hash_view(&row->sha256));
	cm_db_bind_number(stmt, 2, row->direction);
	cm_db_bind_text(stmt, 3, row->peer);
	cm_db_bind_text(stmt, 4, row->media);
	cm_db_bind_text(stmt, 5, row->name);
	cm_db_bind_number(stmt, 6, row->at.us);
	cm_db_bind_bytes(stmt, 7, row->bytes);
	cm_db_bind_number(stmt, 8, (int64_t)put->seq);
	r = cm_db_run(stmt, report);
	if (r == CM_OK)
		put->artifacts[put->artifact_count++] = (uint64_t)cm_db_last_id(put->db);
	return r;
}

// Numbers that were placeholders become what they stand for, so that the row can be kept at hand.
static void
cm_put_resolve(const struct cm_put *put, const struct cm_table *table, void *row)
{
	for (const struct cm_table_column *c = table->columns; c->name != NULL; c++)
		if (c->type == CM_TABLE_NUMBER) {
			int64_t number = cm_put_number(put, row, c);
			memcpy((uint8_t *)row + c->at, &number, sizeof number);
		}
}

static cm_result
cm_put_request_state(struct cm_put *put, const struct cm_change_op *op, struct cm_report *report)
{
	struct cm_db_stmt *stmt;
	bool found;
	cm_result r = cm_db_stmt(put->db, "SELECT state FROM request WHERE id = ?1", report, &stmt);
	if (r != CM_OK)
		return r;
	cm_db_bind_text(stmt, 1, ((const struct cm_store_request *)op->row)->id);
	r = cm_db_step(stmt, report, &found);
	if (r != CM_OK)
		return r;
	struct cm_view state = found ? cm_db_bytes(stmt, 0) : cm_view_of(NULL, 0);
	if (cm_view_equal(state, op->text))
		r = cm_report_refuse(report, CM_ERROR_STORE_STATE_CHANGED, "request", "another end than was known");
	else
		r = cm_report_refuse(report, CM_ERROR_STORE_STATE_CHANGED, "request", "%.*s instead of %.*s",
		                     CM_VIEW_ARG(state), CM_VIEW_ARG(op->text));
	if (found)
		cm_db_reset(stmt);
	return r;
}

static cm_result
cm_put_request(struct cm_put *put, const struct cm_change_op *op, struct cm_report *report)
{
	static const char *const same[] = {"id", NULL};
	const struct cm_table *table = cm_table_of(CM_TABLE_REQUEST);
	struct cm_db_stmt *stmt;
	bool is_new = op->text.n == 0;
	cm_put_resolve(put, table, op->row);
	cm_result r = is_new ? cm_put_insert(put->db, table, "INSERT OR IGNORE", report, &stmt)
	                     : cm_put_update(put->db, table, same, "state = ?32 AND \"until\" = ?31", report, &stmt);
	if (r != CM_OK)
		return r;
	cm_put_bind_row(put, stmt, table, op->row);
	if (!is_new) {
		cm_db_bind_text(stmt, 32, op->text);
		cm_db_bind_number(stmt, 31, op->number);
	}
	r = cm_db_run(stmt, report);
	return r == CM_OK && cm_db_changed(put->db) == 0 ? cm_put_request_state(put, op, report) : r;
}

static cm_result
cm_put_deadline(struct cm_put *put, const struct cm_change_op *op, struct cm_report *report)
{
	static const char *const same[] = {"request", "limit", NULL};
	const struct cm_table *table = cm_table_of(CM_TABLE_DEADLINE);
	const struct cm_store_deadline *row = op->row;
	struct cm_db_stmt *stmt;
	cm_result r = cm_put_update(put->db, table, same, "state = ?32 AND at = ?31", report, &stmt);
	if (r != CM_OK)
		return r;
	cm_put_bind_row(put, stmt, table, row);
	cm_db_bind_text(stmt, 32, op->text);
	cm_db_bind_number(stmt, 31, op->number);
	r = cm_db_run(stmt, report);
	if (r == CM_OK && cm_db_changed(put->db) == 0)
		r = cm_report_refuse(report, CM_ERROR_STORE_STATE_CHANGED, "deadline", "%.*s of %.*s", CM_VIEW_ARG(row->limit),
		                     CM_VIEW_ARG(row->request));
	return r;
}

// The second that a changed object is stamped with. For a new object of the peer that was stamped last, the counter at hand
// is the database's; it may only be too high, after a change that was refused.
static cm_result
cm_put_stamp(struct cm_put *put, struct cm_store_object *row, bool is_new, struct cm_report *report)
{
	struct cm_put_stamp *last = put->stamp;
	struct cm_db_stmt *stmt;
	bool found, known = is_new && last->peer_n == row->peer.n && row->peer.n != 0 &&
	                    memcmp(last->peer, row->peer.p, row->peer.n) == 0;
	cm_result r = CM_OK;
	if (!known) {
		*last = (struct cm_put_stamp){.latest = INT64_MIN};
		r = cm_db_stmt(put->db,
		               "SELECT changed, count(*) FROM object WHERE peer = ?1 AND registrar = 1 AND id <> ?2"
		               " GROUP BY changed ORDER BY changed DESC LIMIT 1",
		               report, &stmt);
		if (r != CM_OK)
			return r;
		cm_db_bind_text(stmt, 1, row->peer);
		cm_db_bind_text(stmt, 2, row->id);
		r = cm_db_step(stmt, report, &found);
		if (r != CM_OK)
			return r;
		if (found) {
			last->latest = cm_db_number(stmt, 0);
			last->count = cm_db_number(stmt, 1);
			cm_db_reset(stmt);
		}
	}
	int64_t at = cm_instant_of_seconds(cm_instant_seconds(row->changed)).us;
	if (last->latest >= at)
		at = last->count < CM_LIMIT_STORE_STAMP_VALUE ? last->latest : last->latest + CM_INSTANT_SECOND;
	last->count = at == last->latest ? last->count + 1 : 1;
	last->latest = row->changed.us = at;
	if (is_new && row->peer.n <= sizeof last->peer) {
		memcpy(last->peer, row->peer.p, row->peer.n);
		last->peer_n = row->peer.n;
	} else {
		last->peer_n = 0; // an object moved from one second to another: count again
	}
	return CM_OK;
}

static cm_result
cm_put_object_generation(struct cm_put *put, const struct cm_change_op *op, struct cm_report *report)
{
	const struct cm_store_object *row = op->row;
	struct cm_db_stmt *stmt;
	bool found;
	cm_result r = cm_db_stmt(put->db, "SELECT generation FROM object WHERE id = ?1", report, &stmt);
	if (r != CM_OK)
		return r;
	cm_db_bind_text(stmt, 1, row->id);
	r = cm_db_step(stmt, report, &found);
	if (r != CM_OK)
		return r;
	int64_t generation = found ? cm_db_number(stmt, 0) : -1;
	if (found)
		cm_db_reset(stmt);
	return op->number == generation
	               ? CM_OK
	               : cm_report_refuse(report, CM_ERROR_STORE_GENERATION, "object", "%" PRId64 " instead of %" PRId64,
	                                  generation, op->number);
}

static cm_result
cm_put_object(struct cm_put *put, const struct cm_change_op *op, struct cm_report *report)
{
	static const char *const same[] = {"id", "peer", "request", NULL};
	const struct cm_table *table = cm_table_of(CM_TABLE_OBJECT);
	struct cm_store_object *row = op->row;
	struct cm_db_stmt *stmt;
	bool is_new = op->number == -1;
	cm_result r = op->number < 0 ? CM_OK : cm_put_object_generation(put, op, report);
	if (r == CM_OK && row->registrar == 1)
		r = cm_put_stamp(put, row, is_new, report);
	if (r == CM_OK)
		r = is_new ? cm_put_insert(put->db, table, "INSERT OR IGNORE", report, &stmt)
		           : cm_put_update(put->db, table, same, "true", report, &stmt);
	if (r != CM_OK)
		return r;
	cm_put_bind_row(put, stmt, table, row);
	r = cm_db_run(stmt, report);
	if (r != CM_OK || cm_db_changed(put->db) != 0)
		return r;
	return is_new ? cm_report_refuse(report, CM_ERROR_STORE_OBJECT_KNOWN, "object", "%.*s", CM_VIEW_ARG(row->id))
	              : cm_put_row(put, table, row, report);
}

static cm_result
cm_put_mark(struct cm_put *put, const struct cm_store_outbox *row, struct cm_report *report)
{
	struct cm_db_stmt *stmt;
	uint64_t answer = row->answer;
	if (answer == 0 && row->state == CM_STORE_DONE && put->artifact_count != 0)
		answer = put->artifacts[put->artifact_count - 1];
	cm_result r = cm_db_stmt(put->db,
	                         "UPDATE outbox SET state = ?2, tries = ?3, due = ?4, answer = ?5, trouble = ?6"
	                         " WHERE id = ?1",
	                         report, &stmt);
	if (r != CM_OK)
		return r;
	cm_db_bind_number(stmt, 1, (int64_t)row->id);
	cm_db_bind_number(stmt, 2, row->state);
	cm_db_bind_number(stmt, 3, row->tries);
	cm_db_bind_number(stmt, 4, row->due.us);
	cm_db_bind_number(stmt, 5, (int64_t)answer);
	cm_db_bind_text(stmt, 6, row->trouble);
	return cm_db_run(stmt, report);
}

static cm_result
cm_put_fetch(struct cm_put *put, const struct cm_store_delivery *row, struct cm_report *report)
{
	struct cm_db_stmt *stmt;
	cm_result r = cm_db_stmt(put->db,
	                         "UPDATE delivery SET have = ?2, tries = ?3, strikes = ?4, due = ?5, trouble = ?6"
	                         " WHERE id = ?1",
	                         report, &stmt);
	if (r != CM_OK)
		return r;
	cm_db_bind_text(stmt, 1, row->id);
	cm_db_bind_number(stmt, 2, (int64_t)row->have);
	cm_db_bind_number(stmt, 3, row->tries);
	cm_db_bind_number(stmt, 4, row->strikes);
	cm_db_bind_number(stmt, 5, row->due.us);
	cm_db_bind_text(stmt, 6, row->trouble);
	return cm_db_run(stmt, report);
}

// Of two who deliver the same at once, one wins.
static cm_result
cm_put_deliver(struct cm_put *put, const struct cm_change_op *op, struct cm_report *report)
{
	static const char *const same[] = {"id", NULL};
	const struct cm_table *table = cm_table_of(CM_TABLE_DELIVERY);
	const struct cm_store_delivery *row = op->row;
	struct cm_db_stmt *stmt;
	cm_put_resolve(put, table, op->row);
	cm_result r = cm_put_update(put->db, table, same, "state = 'packed'", report, &stmt);
	if (r != CM_OK)
		return r;
	cm_put_bind_row(put, stmt, table, op->row);
	r = cm_db_run(stmt, report);
	if (r == CM_OK && cm_db_changed(put->db) == 0)
		r = cm_report_refuse(report, CM_ERROR_EVIDENCE_DELIVERED, "evidence", "%.*s", CM_VIEW_ARG(row->id));
	return r;
}

static cm_result
cm_put_plain(struct cm_put *put, const struct cm_change_op *op, struct cm_report *report)
{
	if (op->table == CM_TABLE_ARTIFACT)
		return cm_put_artifact(put, op->row, report);
	if (op->table == CM_TABLE_OUTBOX) {
		struct cm_store_outbox row = *(const struct cm_store_outbox *)op->row;
		if (row.artifact == 0 && put->artifact_count != 0)
			row.artifact = put->artifacts[put->artifact_count - 1];
		cm_result r = cm_put_row(put, cm_table_of(op->table), &row, report);
		if (r == CM_OK)
			put->outbox = (uint64_t)cm_db_last_id(put->db);
		return r;
	}
	return cm_put_row(put, cm_table_of(op->table), op->row, report);
}

// Statements with up to two texts or digests and a number.
static cm_result
cm_put_small(struct cm_put *put, const char *sql, const struct cm_change_op *op, struct cm_report *report)
{
	struct cm_db_stmt *stmt;
	cm_result r = cm_db_stmt(put->db, sql, report, &stmt);
	if (r != CM_OK)
		return r;
	if (op->kind == CM_CHANGE_BLOB)
		cm_db_bind_bytes(stmt, 1, cm_hash_view(&op->hash));
	else
		cm_db_bind_text(stmt, 1, op->text);
	if (op->kind == CM_CHANGE_HAVE || op->kind == CM_CHANGE_DUE)
		cm_db_bind_number(stmt, 2, op->number);
	if (op->kind == CM_CHANGE_CLEAR)
		cm_db_bind_text(stmt, 2, op->text2);
	return cm_db_run(stmt, report);
}

cm_result
cm_put_prune(struct cm_db *db, struct cm_instant before, struct cm_report *report)
{
	struct cm_db_stmt *stmt;
	cm_result r = cm_db_stmt(db, "DELETE FROM reply WHERE at < ?1 AND length(answer) <> 0", report, &stmt);
	if (r != CM_OK)
		return r;
	cm_db_bind_number(stmt, 1, before.us);
	return cm_db_run(stmt, report);
}

static cm_result
cm_put_op(struct cm_put *put, const struct cm_change_op *op, struct cm_report *report)
{
	switch (op->kind) {
	case CM_CHANGE_PUT:
		return cm_put_plain(put, op, report);
	case CM_CHANGE_REMOVE:
		return cm_put_small(put, "DELETE FROM peer WHERE node = ?1", op, report);
	case CM_CHANGE_MARK:
		return cm_put_mark(put, op->row, report);
	case CM_CHANGE_REQUEST:
		return cm_put_request(put, op, report);
	case CM_CHANGE_DEADLINE:
		return cm_put_deadline(put, op, report);
	case CM_CHANGE_OBJECT:
		return cm_put_object(put, op, report);
	case CM_CHANGE_HAVE:
		return cm_put_small(put, "UPDATE delivery SET have = ?2 WHERE id = ?1", op, report);
	case CM_CHANGE_DUE:
		return cm_put_small(put, "UPDATE delivery SET due = ?2 WHERE id = ?1", op, report);
	case CM_CHANGE_FETCH:
		return cm_put_fetch(put, op->row, report);
	case CM_CHANGE_DELIVER:
		return cm_put_deliver(put, op, report);
	case CM_CHANGE_CLEAR:
		return cm_put_small(put, "DELETE FROM approval WHERE delivery = ?1 AND purpose = ?2", op, report);
	case CM_CHANGE_PRUNE:
		return cm_put_prune(put->db, (struct cm_instant){.us = op->number}, report);
	case CM_CHANGE_BLOB:
		return cm_put_small(put, "DELETE FROM blob WHERE sha256 = ?1", op, report);
	case CM_CHANGE_ACT:
		return CM_OK; // the register's: cycle.c
	}
	return CM_BUG;
}

cm_result
cm_put_change(struct cm_put *put, const struct cm_change *change, struct cm_report *report)
{
	for (const struct cm_change_op *op = change->first; op != NULL; op = op->next) {
		if (put->derived_only && op->table < CM_TABLE_DERIVED)
			continue;
		cm_result r = cm_put_op(put, op, report);
		if (r != CM_OK)
			return r;
	}
	return CM_OK;
}

cm_result
cm_put_event(struct cm_db *db, const struct cm_change *change, struct cm_report *report, uint64_t *ret_seq)
{
	struct cm_db_stmt *stmt;
	cm_result r = cm_db_stmt(db, "INSERT INTO event(at, cause, detail) VALUES(?1, ?2, ?3)", report, &stmt);
	if (r != CM_OK)
		return r;
	cm_db_bind_number(stmt, 1, change->at.us);
	cm_db_bind_text(stmt, 2, change->cause);
	cm_db_bind_bytes(stmt, 3, change->detail);
	r = cm_db_run(stmt, report);
	if (r == CM_OK)
		*ret_seq = (uint64_t)cm_db_last_id(db);
	return r;
}
