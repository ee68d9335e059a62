// Knows: the SQL of the register's tables, reading. Does not know: what the hashes prove. Serves doc/spec/register.md
// section 5.
#include "store/sqlite/log.h"

#include <inttypes.h>
#include <string.h>

static bool
cm_log_hash(struct cm_view v, struct cm_hash *ret_hash)
{
	if (v.n != sizeof ret_hash->b)
		return false;
	memcpy(ret_hash->b, v.p, v.n);
	return true;
}

static cm_result
cm_log_damaged(struct cm_report *report, const char *place, uint64_t at)
{
	return cm_report_refuse(report, CM_ERROR_STORE_DAMAGED, place, "%" PRIu64, at);
}

cm_result
cm_log_batch_of(struct cm_db *db, uint64_t index, struct cm_report *report, struct cm_log_batch *ret_batch,
                bool *ret_found)
{
	struct cm_db_stmt *stmt;
	struct cm_log_batch b = {0};
	bool row;
	cm_result r = cm_db_stmt(db,
	                         "SELECT first, count, time, root, signature, certificate FROM batch WHERE first <= ?1"
	                         " ORDER BY first DESC LIMIT 1",
	                         report, &stmt);
	if (r != CM_OK)
		return r;
	cm_db_bind_number(stmt, 1, (int64_t)index);
	r = cm_db_step(stmt, report, &row);
	if (r != CM_OK)
		return r;
	bool found = row;
	if (row) {
		b.first = (uint64_t)cm_db_number(stmt, 0);
		b.count = (uint64_t)cm_db_number(stmt, 1);
		b.time.us = cm_db_number(stmt, 2);
		struct cm_view signature = cm_db_bytes(stmt, 4);
		b.is_signed = signature.n == sizeof b.signature && cm_log_hash(cm_db_bytes(stmt, 5), &b.certificate);
		if (b.is_signed)
			memcpy(b.signature, signature.p, signature.n);
		found = cm_log_hash(cm_db_bytes(stmt, 3), &b.root) && index - b.first < b.count;
		cm_db_reset(stmt);
	}
	if (found)
		*ret_batch = b;
	*ret_found = found;
	return CM_OK;
}

cm_result
cm_log_last_head(struct cm_db *db, struct cm_report *report, struct cm_merkle_head *ret_head, struct cm_buf *note)
{
	struct cm_db_stmt *stmt;
	bool row, whole = true;
	cm_result r = cm_db_stmt(db, "SELECT size, root, note FROM head ORDER BY size DESC LIMIT 1", report, &stmt);
	if (r == CM_OK)
		r = cm_db_step(stmt, report, &row);
	if (r != CM_OK)
		return r;
	struct cm_merkle_head head = {.root = cm_merkle_empty()};
	if (row) {
		head.size = (uint64_t)cm_db_number(stmt, 0);
		whole = cm_log_hash(cm_db_bytes(stmt, 1), &head.root);
		if (note != NULL)
			cm_buf_view_add(note, cm_db_bytes(stmt, 2));
		cm_db_reset(stmt);
	}
	if (!whole)
		return cm_log_damaged(report, "head", head.size);
	*ret_head = head;
	return note == NULL ? CM_OK : cm_buf_result(note);
}

cm_result
cm_log_size(struct cm_db *db, struct cm_report *report, uint64_t *ret_size)
{
	int64_t size;
	cm_result r = cm_db_ask(db, "SELECT coalesce(max(idx) + 1, 0) FROM entry", report, &size);
	if (r == CM_OK)
		*ret_size = (uint64_t)size;
	return r;
}

cm_result
cm_log_entries(struct cm_db *db, uint64_t first, uint64_t n, struct cm_report *report,
               bool (*each)(void *context, uint64_t index, struct cm_view entry), void *context)
{
	struct cm_db_stmt *stmt;
	bool row;
	cm_result r = cm_db_stmt(db, "SELECT idx, bytes FROM entry WHERE idx >= ?1 AND idx < ?2 ORDER BY idx", report,
	                         &stmt);
	if (r != CM_OK)
		return r;
	cm_db_bind_number(stmt, 1, (int64_t)first);
	cm_db_bind_number(stmt, 2, (int64_t)(first + n));
	for (uint64_t i = first; i < first + n; i++) {
		r = cm_db_step(stmt, report, &row);
		if (r == CM_OK && (!row || cm_db_number(stmt, 0) != (int64_t)i))
			r = cm_log_damaged(report, "entry", i);
		if (r == CM_OK && !each(context, i, cm_db_bytes(stmt, 1)))
			r = cm_log_damaged(report, "entry", i);
		if (r != CM_OK)
			break;
	}
	cm_db_reset(stmt);
	return r;
}

struct cm_log_leaf_walk {
	struct cm_hash *next;
};

static bool
cm_log_leaf(void *context, uint64_t index, struct cm_view entry)
{
	struct cm_log_leaf_walk *walk = context;
	(void)index;
	*walk->next++ = cm_merkle_leaf(entry);
	return true;
}

cm_result
cm_log_leaves(struct cm_db *db, uint64_t first, size_t n, struct cm_report *report, struct cm_hash *ret_leaves)
{
	struct cm_log_leaf_walk walk = {.next = ret_leaves};
	return cm_log_entries(db, first, n, report, cm_log_leaf, &walk);
}

cm_result
cm_log_nodes(struct cm_db *db, unsigned level, uint64_t first, size_t n, struct cm_report *report,
             struct cm_hash *ret_hashes)
{
	struct cm_db_stmt *stmt;
	bool row;
	cm_result r = cm_db_stmt(
	        db, "SELECT n, hash FROM node WHERE level = ?1 AND n >= ?2 AND n < ?3 ORDER BY n", report, &stmt);
	if (r != CM_OK)
		return r;
	cm_db_bind_number(stmt, 1, level);
	cm_db_bind_number(stmt, 2, (int64_t)first);
	cm_db_bind_number(stmt, 3, (int64_t)(first + n));
	for (size_t i = 0; i < n && r == CM_OK; i++) {
		r = cm_db_step(stmt, report, &row);
		if (r == CM_OK && (!row || cm_db_number(stmt, 0) != (int64_t)(first + i) ||
		                   !cm_log_hash(cm_db_bytes(stmt, 1), &ret_hashes[i])))
			r = cm_log_damaged(report, "node", first + i);
	}
	cm_db_reset(stmt);
	return r;
}

static cm_result
cm_log_source_read(void *self, unsigned level, uint64_t first, size_t n, struct cm_hash *ret_hashes)
{
	struct cm_log_source *source = self;
	return level == 0 ? cm_log_leaves(source->db, first, n, source->report, ret_hashes)
	                  : cm_log_nodes(source->db, level, first, n, source->report, ret_hashes);
}

struct cm_merkle_source
cm_log_source_of(struct cm_log_source *source)
{
	return (struct cm_merkle_source){.read = cm_log_source_read, .self = source};
}

cm_result
cm_log_act_at(struct cm_db *db, uint64_t index, struct cm_arena *arena, struct cm_report *report,
              struct cm_log_act *ret_act, bool *ret_found)
{
	struct cm_db_stmt *stmt;
	bool row;
	cm_result r = cm_db_stmt(db,
	                         "SELECT id, request, coalesce(seq, 0), body, bytes FROM act JOIN entry USING(idx)"
	                         " WHERE idx = ?1",
	                         report, &stmt);
	if (r != CM_OK)
		return r;
	cm_db_bind_number(stmt, 1, (int64_t)index);
	r = cm_db_step(stmt, report, &row);
	if (r != CM_OK)
		return r;
	if (row) {
		*ret_act = (struct cm_log_act){.index = index,
		                               .id = cm_arena_copy(arena, cm_db_bytes(stmt, 0)),
		                               .request = cm_arena_copy(arena, cm_db_bytes(stmt, 1)),
		                               .seq = (uint64_t)cm_db_number(stmt, 2),
		                               .body = cm_arena_copy(arena, cm_db_bytes(stmt, 3)),
		                               .entry = cm_arena_copy(arena, cm_db_bytes(stmt, 4))};
		cm_db_reset(stmt);
	}
	*ret_found = row;
	return arena->failed ? CM_NOMEM : CM_OK;
}

cm_result
cm_log_act_index(struct cm_db *db, struct cm_view id, struct cm_report *report, uint64_t *ret_index, bool *ret_found)
{
	struct cm_db_stmt *stmt;
	bool row;
	cm_result r = cm_db_stmt(db, "SELECT idx FROM act WHERE id = ?1", report, &stmt);
	if (r != CM_OK)
		return r;
	cm_db_bind_text(stmt, 1, id);
	r = cm_db_step(stmt, report, &row);
	if (r != CM_OK)
		return r;
	if (row) {
		*ret_index = (uint64_t)cm_db_number(stmt, 0);
		cm_db_reset(stmt);
	}
	*ret_found = row;
	return CM_OK;
}

cm_result
cm_log_last_time(struct cm_db *db, struct cm_report *report, struct cm_instant *ret_time)
{
	return cm_db_ask(db, "SELECT time FROM batch ORDER BY first DESC LIMIT 1", report, &ret_time->us);
}

cm_result
cm_log_meta(struct cm_db *db, const char *name, struct cm_report *report, struct cm_buf *to)
{
	struct cm_db_stmt *stmt;
	bool row;
	cm_result r = cm_db_stmt(db, "SELECT value FROM meta WHERE name = ?1", report, &stmt);
	if (r != CM_OK)
		return r;
	cm_db_bind_text(stmt, 1, cm_view_text(name));
	r = cm_db_step(stmt, report, &row);
	if (r != CM_OK || !row)
		return r;
	cm_buf_view_add(to, cm_db_bytes(stmt, 0));
	cm_db_reset(stmt);
	return cm_buf_result(to);
}
