// Knows: the SQL of the register's tables, writing. Does not know: what is hashed and why. Serves doc/spec/register.md
// section 5.
#include "store/sqlite/log.h"

cm_result
cm_log_put_act(struct cm_db *db, const struct cm_log_act *act, struct cm_report *report)
{
	struct cm_db_stmt *stmt;
	cm_result r = cm_db_stmt(db, "INSERT INTO entry(idx, bytes) VALUES(?1, ?2)", report, &stmt);
	if (r != CM_OK)
		return r;
	cm_db_bind_number(stmt, 1, (int64_t)act->index);
	cm_db_bind_bytes(stmt, 2, act->entry);
	r = cm_db_run(stmt, report);
	if (r == CM_OK)
		r = cm_db_stmt(db,
		               "INSERT INTO act(idx, id, request, seq, body) VALUES(?1, ?2, ?3, nullif(?4, 0), ?5)",
		               report, &stmt);
	if (r != CM_OK)
		return r;
	cm_db_bind_number(stmt, 1, (int64_t)act->index);
	cm_db_bind_text(stmt, 2, act->id);
	cm_db_bind_text(stmt, 3, act->request);
	cm_db_bind_number(stmt, 4, (int64_t)act->seq);
	cm_db_bind_bytes(stmt, 5, act->body);
	return cm_db_run(stmt, report);
}

cm_result
cm_log_put_node(struct cm_db *db, unsigned level, uint64_t n, const struct cm_hash *hash, struct cm_report *report)
{
	struct cm_db_stmt *stmt;
	cm_result r = cm_db_stmt(db, "INSERT INTO node(level, n, hash) VALUES(?1, ?2, ?3)", report, &stmt);
	if (r != CM_OK)
		return r;
	cm_db_bind_number(stmt, 1, level);
	cm_db_bind_number(stmt, 2, (int64_t)n);
	cm_db_bind_bytes(stmt, 3, cm_hash_view(hash));
	return cm_db_run(stmt, report);
}

cm_result
cm_log_put_batch(struct cm_db *db, const struct cm_log_batch *batch, struct cm_report *report)
{
	struct cm_db_stmt *stmt;
	cm_result r = cm_db_stmt(db, "INSERT INTO batch(first, count, time, root) VALUES(?1, ?2, ?3, ?4)", report,
	                         &stmt);
	if (r != CM_OK)
		return r;
	cm_db_bind_number(stmt, 1, (int64_t)batch->first);
	cm_db_bind_number(stmt, 2, (int64_t)batch->count);
	cm_db_bind_number(stmt, 3, batch->time.us);
	cm_db_bind_bytes(stmt, 4, cm_hash_view(&batch->root));
	return cm_db_run(stmt, report);
}

cm_result
cm_log_sign_batch(struct cm_db *db, const struct cm_log_batch *batch, struct cm_report *report)
{
	struct cm_db_stmt *stmt;
	cm_result r = cm_db_stmt(
	        db, "UPDATE batch SET signature = ?2, certificate = ?3, time = ?4 WHERE first = ?1 AND signature IS NULL",
	        report, &stmt);
	if (r != CM_OK)
		return r;
	cm_db_bind_number(stmt, 1, (int64_t)batch->first);
	cm_db_bind_bytes(stmt, 2, cm_view_of(batch->signature, sizeof batch->signature));
	cm_db_bind_bytes(stmt, 3, cm_hash_view(&batch->certificate));
	cm_db_bind_number(stmt, 4, batch->time.us);
	return cm_db_run(stmt, report);
}

cm_result
cm_log_put_head(struct cm_db *db, const struct cm_merkle_head *head, struct cm_view note, struct cm_report *report)
{
	struct cm_db_stmt *stmt;
	cm_result r = cm_db_stmt(db, "INSERT INTO head(size, root, note) VALUES(?1, ?2, ?3)", report, &stmt);
	if (r != CM_OK)
		return r;
	cm_db_bind_number(stmt, 1, (int64_t)head->size);
	cm_db_bind_bytes(stmt, 2, cm_hash_view(&head->root));
	cm_db_bind_bytes(stmt, 3, note);
	return cm_db_run(stmt, report);
}

cm_result
cm_log_put_meta(struct cm_db *db, const char *name, struct cm_view value, struct cm_report *report)
{
	struct cm_db_stmt *stmt;
	cm_result r = cm_db_stmt(db, "INSERT OR REPLACE INTO meta VALUES(?1, ?2)", report, &stmt);
	if (r != CM_OK)
		return r;
	cm_db_bind_text(stmt, 1, cm_view_text(name));
	cm_db_bind_bytes(stmt, 2, value);
	return cm_db_run(stmt, report);
}
