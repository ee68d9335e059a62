// Knows: how the rows of a change are gathered and copied. Does not know: the database; order and conditions are judged
// by the writer. Serves change.h.
#include "base/hex.h"
#include "base/mem.h"
#include "base/num.h"
#include "store/change_inside.h"

struct cm_change *
cm_change_new(struct cm_instant at)
{
	struct cm_change *change = cm_mem_new(sizeof *change);
	if (change == NULL)
		return NULL;
	change->at = at;
	change->end = &change->first;
	return change;
}

void
cm_change_free(struct cm_change *change)
{
	if (change == NULL)
		return;
	cm_arena_fini(&change->arena);
	cm_mem_free(change);
}

void
cm_change_free_at(struct cm_change **at)
{
	cm_change_free(*at);
}

cm_result
cm_change_result(const struct cm_change *change)
{
	return change->failed != CM_OK ? change->failed : change->arena.failed ? CM_NOMEM : CM_OK;
}

static void
cm_change_fail(struct cm_change *change, cm_result r)
{
	if (change->failed == CM_OK)
		change->failed = r;
}

static struct cm_change_op *
cm_change_op(struct cm_change *change, enum cm_change_kind kind, enum cm_table_name table, size_t bytes)
{
	if (bytes > CM_LIMIT_STORE_CHANGE_BYTES_VALUE - change->bytes ||
	    change->ops == CM_LIMIT_STORE_CHANGE_ROWS_VALUE) {
		cm_change_fail(change, CM_REFUSED);
		return NULL;
	}
	struct cm_change_op *op = cm_arena_new(&change->arena, sizeof *op);
	if (op == NULL)
		return NULL;
	op->kind = kind;
	op->table = table;
	*change->end = op;
	change->end = &op->next;
	change->ops++;
	change->bytes += bytes;
	return op;
}

void
cm_change_rebuild(struct cm_change *change)
{
	change->rebuild = true;
}

static struct cm_change_op *
cm_change_row(struct cm_change *change, enum cm_change_kind kind, enum cm_table_name name, const void *row)
{
	const struct cm_table *table = cm_table_of(name);
	struct cm_change_op *op = cm_change_op(change, kind, name, cm_table_bytes(table, row));
	if (op == NULL)
		return NULL;
	op->row = cm_table_copy(table, row, &change->arena);
	return op->row == NULL ? NULL : op;
}

void
cm_change_event(struct cm_change *change, struct cm_view cause, struct cm_view detail)
{
	change->has_event = true;
	change->cause = cm_arena_copy(&change->arena, cause);
	change->detail = cm_arena_copy(&change->arena, detail);
	change->bytes += detail.n;
}

void
cm_change_early(struct cm_change *change)
{
	change->early = true;
}

void
cm_change_artifact(struct cm_change *change, const struct cm_store_artifact *row)
{
	if (change->artifacts == NULL)
		change->artifacts = cm_arena_new_many(&change->arena, CM_CHANGE_ARTIFACTS, sizeof(void *));
	if (change->artifact_count == CM_CHANGE_ARTIFACTS)
		cm_change_fail(change, CM_REFUSED);
	struct cm_change_op *op = cm_change_row(change, CM_CHANGE_PUT, CM_TABLE_ARTIFACT, row);
	if (op == NULL || change->artifacts == NULL || change->failed != CM_OK)
		return;
	struct cm_store_artifact *copy = op->row;
	copy->sha256 = cm_hash_of(copy->bytes);
	if (copy->at.us == 0)
		copy->at = change->at;
	change->artifacts[change->artifact_count++] = copy;
}

void
cm_change_peer(struct cm_change *change, const struct cm_store_peer *row)
{
	cm_change_row(change, CM_CHANGE_PUT, CM_TABLE_PEER, row);
}

void
cm_change_peer_remove(struct cm_change *change, struct cm_view node)
{
	struct cm_change_op *op = cm_change_op(change, CM_CHANGE_REMOVE, CM_TABLE_PEER, node.n);
	if (op != NULL)
		op->text = cm_arena_copy(&change->arena, node);
}

void
cm_change_reply(struct cm_change *change, const struct cm_store_reply *row)
{
	if (change->reply != NULL)
		cm_change_fail(change, CM_BUG);
	struct cm_store_reply unanswered = *row;
	unanswered.answer = cm_view_of(NULL, 0);
	struct cm_change_op *op = cm_change_row(change, CM_CHANGE_PUT, CM_TABLE_REPLY, &unanswered);
	if (op != NULL)
		change->reply = op->row;
}

void
cm_change_reply_prune(struct cm_change *change, struct cm_instant before)
{
	struct cm_change_op *op = cm_change_op(change, CM_CHANGE_PRUNE, CM_TABLE_REPLY, sizeof before);
	if (op != NULL)
		op->number = before.us;
}

void
cm_change_outbox(struct cm_change *change, const struct cm_store_outbox *row)
{
	cm_change_row(change, CM_CHANGE_PUT, CM_TABLE_OUTBOX, row);
}

void
cm_change_outbox_mark(struct cm_change *change, const struct cm_store_outbox *row)
{
	cm_change_row(change, CM_CHANGE_MARK, CM_TABLE_OUTBOX, row);
}

void
cm_change_blob(struct cm_change *change, const struct cm_store_blob *row)
{
	cm_change_row(change, CM_CHANGE_PUT, CM_TABLE_BLOB, row);
}

void
cm_change_blob_remove(struct cm_change *change, const struct cm_hash *sha256)
{
	struct cm_change_op *op = cm_change_op(change, CM_CHANGE_BLOB, CM_TABLE_BLOB, sizeof *sha256);
	if (op != NULL)
		op->hash = *sha256;
}

void
cm_change_folder(struct cm_change *change, const struct cm_store_folder *row)
{
	cm_change_row(change, CM_CHANGE_PUT, CM_TABLE_FOLDER, row);
}

void
cm_change_directory(struct cm_change *change, const struct cm_store_directory *row)
{
	cm_change_row(change, CM_CHANGE_PUT, CM_TABLE_DIRECTORY, row);
}

void
cm_change_person(struct cm_change *change, const struct cm_store_person *row)
{
	cm_change_row(change, CM_CHANGE_PUT, CM_TABLE_PERSON, row);
}

// "$artifact" and "$artifact:N" become the digest in hexadecimal; everything else is copied.
static struct cm_view
cm_change_value(struct cm_change *change, struct cm_view value)
{
	if (!cm_view_starts(value, "$artifact"))
		return cm_arena_copy(&change->arena, value);
	uint64_t n = change->artifact_count - 1;
	bool numbered = value.n > 10;
	if (numbered && (value.p[9] != ':' || !cm_num_u64(cm_view_part(value, 10, value.n), 0, CM_CHANGE_ARTIFACTS, &n)))
		cm_change_fail(change, CM_BUG);
	char *text = cm_arena_new(&change->arena, 2 * CM_HASH_SIZE + 1);
	if (n >= change->artifact_count)
		cm_change_fail(change, CM_BUG);
	if (text == NULL || change->failed != CM_OK)
		return cm_view_of(NULL, 0);
	cm_hex_text(cm_hash_view(&change->artifacts[n]->sha256), text);
	return cm_view_text(text);
}

void
cm_change_act(struct cm_change *change, const struct cm_act_values *values)
{
	size_t bytes = 0;
	for (size_t i = 0; i < CM_ACT_SLOTS; i++)
		bytes += values->value[i].n;
	if (change->act_count == CM_LIMIT_STORE_CHANGE_ACTS_VALUE)
		cm_change_fail(change, CM_REFUSED);
	struct cm_change_op *op = cm_change_op(change, CM_CHANGE_ACT, CM_TABLE_END, bytes);
	if (op == NULL)
		return;
	op->values = cm_arena_new(&change->arena, sizeof *op->values);
	if (op->values == NULL)
		return;
	for (size_t i = 0; i < CM_ACT_SLOTS; i++)
		op->values->value[i] = cm_change_value(change, values->value[i]);
	change->act_count++;
}

void
cm_change_request(struct cm_change *change, const struct cm_store_request *from, const struct cm_store_request *row)
{
	struct cm_change_op *op = cm_change_row(change, CM_CHANGE_REQUEST, CM_TABLE_REQUEST, row);
	if (op == NULL || from == NULL)
		return;
	op->text = cm_arena_copy(&change->arena, from->state);
	op->number = from->until.us;
}

void
cm_change_step(struct cm_change *change, const struct cm_store_step *row)
{
	cm_change_row(change, CM_CHANGE_PUT, CM_TABLE_STEP, row);
}

void
cm_change_object(struct cm_change *change, int64_t generation, const struct cm_store_object *row)
{
	struct cm_change_op *op = cm_change_row(change, CM_CHANGE_OBJECT, CM_TABLE_OBJECT, row);
	if (op != NULL)
		op->number = generation;
}

void
cm_change_deadline(struct cm_change *change, const struct cm_store_deadline *from, const struct cm_store_deadline *row)
{
	enum cm_change_kind kind = from == NULL ? CM_CHANGE_PUT : CM_CHANGE_DEADLINE;
	struct cm_change_op *op = cm_change_row(change, kind, CM_TABLE_DEADLINE, row);
	if (op == NULL || from == NULL)
		return;
	op->text = cm_arena_copy(&change->arena, from->state);
	op->number = from->at.us;
}

void
cm_change_delivery(struct cm_change *change, const struct cm_store_delivery *row)
{
	cm_change_row(change, CM_CHANGE_PUT, CM_TABLE_DELIVERY, row);
}

static void
cm_change_delivery_number(struct cm_change *change, enum cm_change_kind kind, struct cm_view id, int64_t number)
{
	struct cm_change_op *op = cm_change_op(change, kind, CM_TABLE_DELIVERY, id.n);
	if (op == NULL)
		return;
	op->text = cm_arena_copy(&change->arena, id);
	op->number = number;
}

void
cm_change_delivery_have(struct cm_change *change, struct cm_view id, uint64_t have)
{
	cm_change_delivery_number(change, CM_CHANGE_HAVE, id, (int64_t)have);
}

void
cm_change_delivery_due(struct cm_change *change, struct cm_view id, struct cm_instant due)
{
	cm_change_delivery_number(change, CM_CHANGE_DUE, id, due.us);
}

void
cm_change_delivery_fetch(struct cm_change *change, const struct cm_store_delivery *row)
{
	cm_change_row(change, CM_CHANGE_FETCH, CM_TABLE_DELIVERY, row);
}

void
cm_change_deliver(struct cm_change *change, const struct cm_store_delivery *row)
{
	cm_change_row(change, CM_CHANGE_DELIVER, CM_TABLE_DELIVERY, row);
}

void
cm_change_approval(struct cm_change *change, const struct cm_store_approval *row)
{
	cm_change_row(change, CM_CHANGE_PUT, CM_TABLE_APPROVAL, row);
}

void
cm_change_approval_clear(struct cm_change *change, struct cm_view delivery, struct cm_view purpose)
{
	struct cm_change_op *op = cm_change_op(change, CM_CHANGE_CLEAR, CM_TABLE_APPROVAL, delivery.n + purpose.n);
	if (op == NULL)
		return;
	op->text = cm_arena_copy(&change->arena, delivery);
	op->text2 = cm_arena_copy(&change->arena, purpose);
}

void
cm_change_news(struct cm_change *change, const struct cm_store_news *row)
{
	cm_change_row(change, CM_CHANGE_PUT, CM_TABLE_NEWS, row);
}
