// Answers as the HTTP library wants them: from memory, from a file, from a source that makes them while they leave.
// Knows when bytes move, so it moves the deadline for sending. Serves RFC 9110 sections 6.4, 15.
#include <stdio.h>
#include <unistd.h>

#include "net/inside.h"

// A source with its request, which must live as long.
struct cm_answer_source {
	struct cm_server_source source;
	struct cm_net_request *rq;
};

bool
cm_server_answer_field(struct cm_server_answer *answer, const char *name, const char *value)
{
	if (answer->field_count == CM_SERVER_FIELDS)
		return false;
	answer->fields[answer->field_count++] = (struct cm_server_field){.name = name, .value = value};
	return true;
}

// Nothing to send now. True: something came meanwhile, ask again.
static bool
cm_answer_later(struct cm_net_request *rq)
{
	CM_MUTEX_HOLD(&rq->lock);
	if (rq->continued || rq->cut || atomic_load(&rq->server->cutting)) {
		rq->continued = false;
		return !rq->cut && !atomic_load(&rq->server->cutting);
	}
	// The client is not late while we have nothing for it.
	atomic_store(&rq->connection->deadline, CM_CLOCK_NEVER);
	rq->wait = CM_REQUEST_WAITS_SOURCE;
	MHD_suspend_connection(rq->connection->mhd);
	return false;
}

static ssize_t
cm_answer_read(void *cls, uint64_t at, char *to, size_t n)
{
	struct cm_answer_source *it = cls;
	struct cm_net_request *rq = it->rq;
	for (;;) {
		int64_t got = it->source.read(it->source.context, at, (uint8_t *)to, n);
		if (got > 0 && (uint64_t)got <= n) {
			cm_connection_due(rq->connection, rq->server->options.send_us);
			return (ssize_t)got;
		}
		if (got == CM_SERVER_SOURCE_END)
			return MHD_CONTENT_READER_END_OF_STREAM;
		if (got != CM_SERVER_SOURCE_LATER)
			return MHD_CONTENT_READER_END_WITH_ERROR;
		if (!cm_answer_later(rq))
			return rq->cut || atomic_load(&rq->server->cutting) ? MHD_CONTENT_READER_END_WITH_ERROR : 0;
	}
}

static void
cm_answer_source_free(void *cls)
{
	struct cm_answer_source *it = cls;
	if (it->source.free != NULL)
		it->source.free(it->source.context);
	cm_request_release(it->rq);
	cm_mem_free(it);
}

static struct MHD_Response *
cm_answer_from_source(struct cm_net_request *rq, struct cm_server_answer *answer)
{
	struct cm_answer_source *it = cm_mem_new(sizeof *it);
	if (it == NULL) {
		if (answer->source.free != NULL)
			answer->source.free(answer->source.context);
		return NULL;
	}
	*it = (struct cm_answer_source){.source = answer->source, .rq = rq};
	atomic_fetch_add(&rq->holders, 1);
	uint64_t length = answer->length == CM_SERVER_LENGTH_UNKNOWN ? MHD_SIZE_UNKNOWN : answer->length;
	struct MHD_Response *response = MHD_create_response_from_callback(length, CM_LIMIT_NET_POOL_BYTES_VALUE / 2,
	                                                                  cm_answer_read, it, cm_answer_source_free);
	if (response == NULL)
		cm_answer_source_free(it);
	return response;
}

static struct MHD_Response *
cm_answer_body(struct cm_net_request *rq, struct cm_server_answer *answer)
{
	struct MHD_Response *response;
	switch (answer->from) {
	case CM_SERVER_FROM_FILE:
		response = MHD_create_response_from_fd_at_offset64(answer->length, answer->fd, answer->offset);
		if (response == NULL)
			close(answer->fd);
		return response;
	case CM_SERVER_FROM_SOURCE:
		return cm_answer_from_source(rq, answer);
	case CM_SERVER_FROM_BYTES:
	default:
		response = MHD_create_response_from_buffer_with_free_callback(answer->length, answer->bytes, cm_mem_free);
		if (response == NULL)
			cm_mem_free(answer->bytes);
		return response;
	}
}

struct MHD_Response *
cm_answer_response(struct cm_net_request *rq, struct cm_server_answer *answer)
{
	struct MHD_Response *response = cm_answer_body(rq, answer);
	if (response == NULL)
		return NULL;
	enum MHD_Result r = MHD_YES;
	if (answer->content_type != NULL)
		r = MHD_add_response_header(response, "Content-Type", answer->content_type);
	for (size_t i = 0; i < answer->field_count && r == MHD_YES; i++)
		r = MHD_add_response_header(response, answer->fields[i].name, answer->fields[i].value);
	if (answer->close && r == MHD_YES)
		r = MHD_add_response_header(response, "Connection", "close");
	if (r == MHD_YES)
		return response;
	MHD_destroy_response(response);
	return NULL;
}

struct MHD_Response *
cm_answer_refusal(struct cm_net_request *rq, unsigned status, const struct cm_report *why)
{
	const struct cm_server_service *service = rq->server->service;
	struct cm_server_answer answer = {.status = status, .content_type = "text/plain; charset=utf-8", .close = true};
	CM_CLEANUP(cm_buf_fini) struct cm_buf body = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE);
	if (service->refusal != NULL)
		answer.content_type = service->refusal(service->context, status, why, &body);
	else
		cm_buf_printf(&body, "%s\n", why->count == 0 ? "" : cm_error_row(why->findings[0].rule)->text);
	size_t n = 0;
	answer.bytes = cm_buf_take(&body, &n);
	answer.length = n;
	return cm_answer_response(rq, &answer);
}
