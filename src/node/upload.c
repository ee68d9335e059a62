// Knows: how a streamed body becomes a blob without holding an HTTP thread or more than a few pieces. Does not know: what
// the blob is for.
#include "node/upload.h"

#include <string.h>

#include "base/mem.h"
#include "base/tab_limit.h"
#include "os/clock.h"
#include "store/blobs.h"

struct cm_upload {
	struct cm_node *node;
	struct cm_net_request *rq;
	struct cm_mutex lock;
	struct cm_cond filled, emptied;
	uint8_t *ring;
	size_t begin, n; // bytes waiting in the ring
	bool closed, held;
	struct cm_thread writer;
	struct cm_blobs_part part;
	char name[37];
	cm_result result;
	struct cm_report report;
	bool finished;
};

static void
cm_upload_write(void *arg)
{
	struct cm_upload *u = arg;
	cm_mutex_lock(&u->lock);
	for (;;) {
		while (u->n == 0 && !u->closed)
			cm_cond_wait(&u->filled, &u->lock, CM_CLOCK_NEVER);
		if (u->n == 0)
			break;
		size_t run = CM_LIMIT_UPLOAD_RING_VALUE - u->begin;
		run = run < u->n ? run : u->n;
		cm_mutex_unlock(&u->lock);
		cm_result r = u->result == CM_OK ? cm_blobs_add(&u->part, cm_view_of(u->ring + u->begin, run), &u->report)
		                                 : u->result;
		cm_mutex_lock(&u->lock);
		u->result = r;
		u->begin = (u->begin + run) % CM_LIMIT_UPLOAD_RING_VALUE;
		u->n -= run;
		bool go_on = u->held;
		u->held = false;
		cm_cond_wake_all(&u->emptied);
		if (go_on) {
			cm_mutex_unlock(&u->lock);
			cm_server_continue(u->rq);
			cm_mutex_lock(&u->lock);
		}
	}
	cm_mutex_unlock(&u->lock);
}

cm_result
cm_upload_new(struct cm_node *node, struct cm_net_request *rq, struct cm_report *report, struct cm_upload **ret_upload)
{
	struct cm_upload *u = cm_mem_new(sizeof *u);
	if (u == NULL)
		return CM_NOMEM;
	u->node = node;
	u->rq = rq;
	u->part.fd = -1;
	cm_mutex_init(&u->lock);
	cm_cond_init(&u->filled);
	cm_cond_init(&u->emptied);
	u->ring = cm_mem_new(CM_LIMIT_UPLOAD_RING_VALUE);
	cm_result r = u->ring == NULL ? CM_NOMEM : cm_node_uuid(u->name, report);
	if (r == CM_OK && cm_server_length(rq) != CM_SERVER_LENGTH_UNKNOWN)
		r = cm_blobs_room(node->home, cm_server_length(rq), report);
	if (r == CM_OK)
		r = cm_blobs_begin(node->home, cm_view_text(u->name), 0, report, &u->part);
	if (r == CM_OK)
		r = cm_thread_start(&u->writer, "upload", cm_upload_write, u, report);
	if (r != CM_OK) {
		cm_upload_free(u);
		return r;
	}
	*ret_upload = u;
	return CM_OK;
}

size_t
cm_upload_piece(struct cm_upload *u, struct cm_view piece)
{
	CM_MUTEX_HOLD(&u->lock);
	size_t room = CM_LIMIT_UPLOAD_RING_VALUE - u->n;
	size_t take = piece.n < room ? piece.n : room;
	size_t at = (u->begin + u->n) % CM_LIMIT_UPLOAD_RING_VALUE;
	size_t first = CM_LIMIT_UPLOAD_RING_VALUE - at < take ? CM_LIMIT_UPLOAD_RING_VALUE - at : take;
	if (take > 0) {
		memcpy(u->ring + at, piece.p, first);
		memcpy(u->ring, piece.p + first, take - first);
	}
	u->n += take;
	u->held = take < piece.n;
	cm_cond_wake_all(&u->filled);
	return take;
}

static void
cm_upload_close(struct cm_upload *u)
{
	cm_mutex_lock(&u->lock);
	u->closed = true;
	cm_cond_wake_all(&u->filled);
	cm_mutex_unlock(&u->lock);
	cm_thread_join(&u->writer);
	u->writer.started = false;
}

cm_result
cm_upload_finish(struct cm_upload *u, const struct cm_hash *expected, struct cm_report *report,
                 struct cm_hash *ret_sha256, uint64_t *ret_length)
{
	cm_upload_close(u);
	cm_report_join(report, &u->report);
	cm_result r = u->result;
	uint64_t length = u->part.length;
	if (r == CM_OK)
		r = cm_blobs_finish(&u->part, expected, report, ret_sha256);
	if (r == CM_OK) {
		u->finished = true;
		*ret_length = length;
	}
	return r;
}

void
cm_upload_free(struct cm_upload *u)
{
	if (u == NULL)
		return;
	cm_upload_close(u);
	cm_blobs_fini(&u->part);
	if (!u->finished && u->name[0] != 0)
		cm_result_ignore(cm_blobs_drop(u->node->home, cm_view_text(u->name), NULL), "swept at the next start");
	cm_cond_fini(&u->filled);
	cm_cond_fini(&u->emptied);
	cm_mutex_fini(&u->lock);
	cm_mem_free(u->ring);
	cm_mem_free(u);
}
