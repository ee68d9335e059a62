// Knows: the last head that was signed for each of our logs, durably. Does not know: the store. Three rules stand between a
// restored backup, a copied machine or a taken node and a forked register: never smaller, never another root at the same
// size, never larger without a proof from the head that was signed last. It is kept on disk before anything is signed.
#include "node/keeper_inside.h"

#include <string.h>

#include "base/rd.h"

cm_result
cm_keeper_guard_open(const char *path, struct cm_report *report, struct cm_keeper_guard *guard)
{
	struct cm_buf contents = cm_buf_of(CM_LIMIT_SLOT_BYTES_VALUE);
	*guard = (struct cm_keeper_guard){.file = {.fd = -1}};
	cm_result r = cm_slotfile_open(path, report, &guard->file, &contents);
	struct cm_rd rd = cm_rd_of(cm_buf_view(&contents));
	size_t n = r == CM_OK && contents.n > 0 ? cm_rd_u32be(&rd) : 0;
	bool good = n <= CM_LIMIT_LOG_HEADS_VALUE;
	for (size_t i = 0; i < n && good; i++) {
		struct cm_keeper_guard_log *log = &guard->logs[i];
		struct cm_view origin = cm_rd_field(&rd);
		log->head.size = cm_rd_u64be(&rd);
		struct cm_view root = cm_rd_bytes(&rd, CM_HASH_SIZE);
		good = !rd.failed && origin.n < sizeof log->origin;
		if (good && origin.n != 0)
			memcpy(log->origin, origin.p, origin.n);
		if (good)
			memcpy(log->head.root.b, root.p, CM_HASH_SIZE);
	}
	if (r == CM_OK && (!good || !cm_rd_done(&rd)))
		r = cm_report_refuse(report, CM_ERROR_SLOT_DAMAGED, path, "contents");
	guard->n = n;
	cm_buf_fini(&contents);
	if (r != CM_OK)
		cm_slotfile_fini(&guard->file);
	return r;
}

static size_t
cm_keeper_guard_find(const struct cm_keeper_guard *guard, struct cm_view origin)
{
	size_t i = 0;
	while (i < guard->n && !cm_view_is(origin, guard->logs[i].origin))
		i++;
	return i;
}

struct cm_merkle_head
cm_keeper_guard_head(const struct cm_keeper_guard *guard, struct cm_view origin)
{
	size_t at = cm_keeper_guard_find(guard, origin);
	if (at < guard->n)
		return guard->logs[at].head;
	return (struct cm_merkle_head){.size = 0, .root = cm_merkle_empty()};
}

// "<node>/log/<four digits>"
static bool
cm_keeper_guard_origin_may(const char *node, struct cm_view origin)
{
	static const char middle[] = "/log/";
	size_t n = strlen(node);
	if (origin.n != n + sizeof middle - 1 + 4 || origin.n >= CM_LIMIT_LOG_ORIGIN_VALUE ||
	    !cm_view_starts(origin, node) || !cm_view_starts(cm_view_part(origin, n, origin.n), middle))
		return false;
	for (size_t i = origin.n - 4; i < origin.n; i++)
		if (origin.p[i] < '0' || origin.p[i] > '9')
			return false;
	return true;
}

// May `next` follow `last`? The same head again may: signing it again gives the same bytes.
static cm_result
cm_keeper_guard_judge(const struct cm_merkle_head *last, const struct cm_ipc_head *next, struct cm_report *report)
{
	unsigned long long held = last->size, asked = next->head.size;
	if (next->head.size < last->size)
		return cm_report_refuse(report, CM_ERROR_GUARD_SMALLER, "head", "%llu after %llu", asked, held);
	if (next->head.size == last->size) {
		if (cm_hash_equal(&next->head.root, &last->root))
			return CM_OK;
		return cm_report_refuse(report, CM_ERROR_GUARD_FORK, "head", "two roots for size %llu", asked);
	}
	if (last->size == 0) {
		if (next->proof.count == 0)
			return CM_OK; // every tree extends the empty one
		return cm_report_refuse(report, CM_ERROR_GUARD_PROOF, "head", "a proof from size 0");
	}
	if (cm_merkle_consistency_verify(last, &next->head, &next->proof, NULL) != CM_OK)
		return cm_report_refuse(report, CM_ERROR_GUARD_PROOF, "head", "%llu after %llu", asked, held);
	return CM_OK;
}

static cm_result
cm_keeper_guard_keep(struct cm_keeper_guard *guard, struct cm_report *report)
{
	struct cm_buf contents = cm_buf_of(CM_LIMIT_SLOT_BYTES_VALUE);
	cm_buf_u32be(&contents, (uint32_t)guard->n);
	for (size_t i = 0; i < guard->n; i++) {
		cm_buf_field(&contents, cm_view_text(guard->logs[i].origin));
		cm_buf_u64be(&contents, guard->logs[i].head.size);
		cm_buf_view_add(&contents, cm_hash_view(&guard->logs[i].head.root));
	}
	cm_result r = cm_buf_result(&contents);
	if (r == CM_OK)
		r = cm_slotfile_write(&guard->file, cm_buf_view(&contents), report);
	cm_buf_fini(&contents);
	if (r != CM_OK)
		guard->broken = true; // what is on disk is unknown now; only a restart reads it again
	return r;
}

cm_result
cm_keeper_guard_take(struct cm_keeper_guard *guard, const char *node, const struct cm_ipc_head *head,
                     struct cm_report *report)
{
	if (guard->broken)
		return cm_report_failed(report, CM_ERROR_IO_WRITE, "guard", "a write failed before");
	if (!cm_keeper_guard_origin_may(node, head->origin))
		return cm_report_refuse(report, CM_ERROR_KEEPER_ORIGIN, "head", "%.*s", CM_VIEW_ARG(head->origin));
	size_t at = cm_keeper_guard_find(guard, head->origin);
	if (at == CM_LIMIT_LOG_HEADS_VALUE)
		return cm_report_refuse(report, CM_ERROR_KEEPER_ORIGIN, "head", "too many logs");
	struct cm_merkle_head last = cm_keeper_guard_head(guard, head->origin);
	cm_result r = cm_keeper_guard_judge(&last, head, report);
	if (r != CM_OK)
		return r;
	if (at < guard->n && head->head.size == last.size)
		return CM_OK; // held already
	if (at == guard->n) {
		memcpy(guard->logs[at].origin, head->origin.p, head->origin.n);
		guard->logs[at].origin[head->origin.n] = 0;
		guard->n++;
	}
	guard->logs[at].head = head->head;
	return cm_keeper_guard_keep(guard, report);
}
