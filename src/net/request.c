// One exchange, from the first line to the last byte of the answer: the named steps that libmicrohttpd's callbacks walk
// (header, body, ask, wait, answer, end), and the one door through which other threads answer. It holds the rule of
// suspending: decided and recorded under the request's lock, so that an answer that comes at the same moment is either
// seen before or resumes after. Knows no route and no TLS. Serves RFC 9110 sections 9, 10.1.1, 15.5.14; RFC 9112 section 6.
#include <string.h>

#include "net/inside.h"

struct cm_view
cm_server_method(const struct cm_net_request *rq)
{
	return cm_view_text(rq->method);
}

struct cm_view
cm_server_path(const struct cm_net_request *rq)
{
	return rq->path;
}

struct cm_view
cm_server_query(const struct cm_net_request *rq)
{
	return rq->query;
}

uint64_t
cm_server_length(const struct cm_net_request *rq)
{
	return rq->length;
}

size_t
cm_server_certificate_count(const struct cm_net_request *rq)
{
	return rq->connection->peer.count;
}

struct cm_view
cm_server_certificate(const struct cm_net_request *rq, size_t at)
{
	return at < rq->connection->peer.count ? rq->connection->peer.der[at] : (struct cm_view){.p = NULL, .n = 0};
}

const char *
cm_server_remote(const struct cm_net_request *rq)
{
	return rq->connection->remote;
}

struct cm_view
cm_server_body(const struct cm_net_request *rq)
{
	return cm_buf_view(&rq->body);
}

void
cm_server_set_user(struct cm_net_request *rq, void *user)
{
	rq->user = user;
}

void *
cm_server_user(const struct cm_net_request *rq)
{
	return rq->user;
}

void
cm_request_release(struct cm_net_request *rq)
{
	if (atomic_fetch_sub(&rq->holders, 1) != 1)
		return;
	if (rq->response != NULL)
		MHD_destroy_response(rq->response);
	cm_connection_release(rq->connection);
	cm_buf_fini(&rq->body);
	cm_mem_free(rq->fields);
	cm_mem_free(rq->uri);
	cm_mutex_fini(&rq->lock);
	cm_mem_free(rq);
}

void *
cm_request_first_line(void *cls, const char *uri, struct MHD_Connection *mhd)
{
	struct cm_server *server = cls;
	struct cm_connection *connection = cm_connection_of(mhd);
	struct cm_net_request *rq = connection == NULL ? NULL : cm_mem_new(sizeof *rq);
	if (rq == NULL)
		return NULL;
	rq->uri = cm_mem_text(uri, strlen(uri));
	if (rq->uri == NULL) {
		cm_mem_free(rq);
		return NULL;
	}
	struct cm_view all = cm_view_text(rq->uri);
	size_t mark = cm_view_find(all, 0, '?');
	rq->path = cm_view_part(all, 0, mark);
	rq->query = cm_view_part(all, mark + 1, all.n);
	rq->server = server;
	rq->connection = connection;
	atomic_fetch_add(&connection->holders, 1);
	atomic_init(&rq->holders, 1);
	cm_mutex_init(&rq->lock);
	rq->start = cm_clock_mono();
	cm_mutex_lock(&server->lock);
	connection->rq = rq;
	server->running++;
	server->counts.requests_total++;
	cm_mutex_unlock(&server->lock);
	cm_connection_due(connection, server->options.header_us);
	return rq;
}

// Keeps the refusal for the moment when it can be sent.
static void
cm_request_refuse(struct cm_net_request *rq, unsigned status, const struct cm_report *why)
{
	cm_mutex_lock(&rq->server->lock);
	rq->server->counts.refused_total++;
	cm_mutex_unlock(&rq->server->lock);
	struct MHD_Response *response = cm_answer_refusal(rq, status, why);
	CM_MUTEX_HOLD(&rq->lock);
	rq->throwing = true;
	if (rq->answered) { // the service was first
		if (response != NULL)
			MHD_destroy_response(response);
		return;
	}
	rq->answered = true;
	rq->response = response;
	rq->status = status;
}

static void
cm_request_due(struct cm_net_request *rq)
{
	int64_t all = rq->plan.request_us == 0 ? rq->server->options.request_us : rq->plan.request_us;
	if (rq->plan.rate_min != 0)
		all += (int64_t)(rq->received / rq->plan.rate_min) * CM_INSTANT_SECOND;
	cm_connection_due(rq->connection, rq->start + all - cm_clock_mono());
}

// The header is here: judges its form, shows it to the service, judges the length of the body.
static void
cm_request_head(struct cm_net_request *rq, const char *method, const char *version)
{
	struct cm_report report = {.count = 0};
	unsigned status = 0;
	if (strlen(method) < sizeof rq->method) // else longer than any that is served: stays empty
		memcpy(rq->method, method, strlen(method));
	struct cm_connection *connection = rq->connection;
	if (!connection->certificates_read && rq->server->keys != NULL) {
		const union MHD_ConnectionInfo *tls = MHD_get_connection_info(connection->mhd, MHD_CONNECTION_INFO_GNUTLS_SESSION);
		if (tls == NULL || !cm_tls_peer_read(tls->tls_session, &connection->peer))
			status = 400;
		connection->certificates_read = status == 0;
	}
	cm_result r = status != 0 ? cm_report_refuse(&report, CM_ERROR_HTTP_CERTIFICATE, "certificates", "too many or too large")
	                          : cm_field_read(rq, version, &report, &status);
	if (r == CM_OK && atomic_load(&rq->server->stopping)) {
		status = 503;
		r = cm_report_refuse(&report, CM_ERROR_HTTP_STOPPING, "server", "stopping");
	}
	if (r != CM_OK) {
		cm_request_refuse(rq, status, &report);
		return;
	}
	rq->shown = true;
	rq->server->service->head(rq->server->service->context, rq, &rq->plan);
	if (rq->plan.body == CM_SERVER_BODY_NONE)
		rq->plan.body_max = 0;
	rq->body = cm_buf_of(rq->plan.body_max > SIZE_MAX ? SIZE_MAX : (size_t)rq->plan.body_max);
	cm_request_due(rq);
	if (rq->answered)
		rq->throwing = true;
	else if (rq->length > rq->plan.body_max && rq->length != CM_SERVER_LENGTH_UNKNOWN) {
		enum cm_error rule = rq->plan.body == CM_SERVER_BODY_NONE ? CM_ERROR_HTTP_BODY_UNWANTED : CM_ERROR_HTTP_BODY_SIZE;
		cm_report_add(&report, rule, "body", "%llu bytes, allowed %llu", (unsigned long long)rq->length,
		              (unsigned long long)rq->plan.body_max);
		cm_request_refuse(rq, 413, &report);
	}
}

// Hands the answer to the library. `early`: before the body was read, so the connection cannot go on.
static enum MHD_Result
cm_request_queue(struct cm_net_request *rq, bool early)
{
	cm_mutex_lock(&rq->lock);
	struct MHD_Response *response = cm_take(&rq->response);
	cm_mutex_unlock(&rq->lock);
	if (response == NULL)
		return MHD_NO; // no memory for it
	if (early || atomic_load(&rq->server->stopping))
		MHD_add_response_header(response, "Connection", "close");
	rq->queued = true;
	uint64_t extra = rq->answer_length == CM_SERVER_LENGTH_UNKNOWN ? 0 : rq->answer_length / CM_LIMIT_NET_RATE_MIN_VALUE;
	cm_connection_due(rq->connection, rq->server->options.send_us + (int64_t)extra * CM_INSTANT_SECOND);
	enum MHD_Result r = MHD_queue_response(rq->connection->mhd, rq->status, response);
	MHD_destroy_response(response); // the library has its own hold
	return r;
}

// Suspends until another thread has something. False: it has already, go on; *ret_dead: the server ends.
static bool
cm_request_suspend(struct cm_net_request *rq, enum cm_request_wait wait, bool *ret_dead)
{
	CM_MUTEX_HOLD(&rq->lock);
	*ret_dead = rq->cut || atomic_load(&rq->server->cutting);
	if (rq->answered || *ret_dead)
		return false;
	if (wait == CM_REQUEST_WAITS_PIECE && rq->continued) {
		rq->continued = false;
		return false;
	}
	// Our own work is no fault of the client.
	atomic_store(&rq->connection->deadline, CM_CLOCK_NEVER);
	rq->wait = wait;
	rq->paused_at = cm_clock_mono();
	MHD_suspend_connection(rq->connection->mhd);
	return true;
}

static void
cm_request_owe(struct cm_net_request *rq)
{
	if (rq->owed)
		return;
	CM_MUTEX_HOLD(&rq->lock);
	if (!rq->answered) {
		rq->owed = true;
		atomic_fetch_add(&rq->holders, 1);
	}
}

// A streamed part: offered until the service has taken all, or holds the client back.
static enum MHD_Result
cm_request_stream(struct cm_net_request *rq, const char *upload, size_t *upload_n)
{
	const struct cm_server_service *service = rq->server->service;
	const char *at = upload;
	cm_request_owe(rq);
	if (rq->paused_at != 0) {
		rq->start += cm_clock_mono() - rq->paused_at;
		rq->paused_at = 0;
	}
	while (*upload_n > 0 && !rq->throwing) {
		size_t n = *upload_n > 65536 ? 65536 : *upload_n;
		size_t taken = service->piece(service->context, rq, cm_view_of(at, n));
		taken = taken > n ? n : taken;
		rq->received += taken;
		at += taken;
		*upload_n -= taken;
		bool dead = false;
		if (taken < n && cm_request_suspend(rq, CM_REQUEST_WAITS_PIECE, &dead))
			return MHD_YES;
		if (dead)
			return MHD_NO;
		rq->throwing = rq->answered;
	}
	rq->thrown += *upload_n;
	*upload_n = 0;
	cm_request_due(rq);
	return MHD_YES;
}

static enum MHD_Result
cm_request_body(struct cm_net_request *rq, const char *upload, size_t *upload_n)
{
	if (!rq->throwing && *upload_n > rq->plan.body_max - rq->received) {
		struct cm_report report = {.count = 0};
		cm_report_add(&report, CM_ERROR_HTTP_BODY_SIZE, "body", "more than %llu bytes",
		              (unsigned long long)rq->plan.body_max);
		cm_request_refuse(rq, 413, &report);
	}
	if (rq->throwing) {
		// Read on for a while: a client that is cut while it sends rarely sees why.
		rq->thrown += *upload_n;
		*upload_n = 0;
		return rq->thrown > CM_LIMIT_NET_DRAIN_BYTES_VALUE ? MHD_NO : MHD_YES;
	}
	if (rq->plan.body == CM_SERVER_BODY_STREAM)
		return cm_request_stream(rq, upload, upload_n);
	cm_buf_add(&rq->body, upload, *upload_n);
	rq->received += *upload_n;
	*upload_n = 0;
	cm_request_due(rq);
	return cm_buf_result(&rq->body) == CM_OK ? MHD_YES : MHD_NO;
}

// All of the request is here.
static enum MHD_Result
cm_request_finish(struct cm_net_request *rq)
{
	bool dead = false;
	if (!rq->asked && !rq->answered) {
		rq->asked = true;
		cm_request_owe(rq);
		rq->server->service->request(rq->server->service->context, rq);
	}
	if (cm_request_suspend(rq, CM_REQUEST_WAITS_ANSWER, &dead))
		return MHD_YES;
	if (dead && !rq->answered) {
		struct cm_report report = {.count = 0};
		cm_report_add(&report, CM_ERROR_HTTP_STOPPING, "server", "stopping");
		cm_request_refuse(rq, 503, &report);
	}
	return cm_request_queue(rq, false);
}

enum MHD_Result
cm_request_access(void *cls, struct MHD_Connection *mhd, const char *url, const char *method, const char *version,
                  const char *upload, size_t *upload_n, void **context)
{
	(void)cls;
	(void)mhd;
	(void)url;
	struct cm_net_request *rq = *context;
	if (rq == NULL)
		return MHD_NO;
	if (rq->headed)
		return *upload_n != 0 ? cm_request_body(rq, upload, upload_n) : rq->queued ? MHD_YES : cm_request_finish(rq);
	rq->headed = true;
	cm_request_head(rq, method, version);
	// Answered without the body: at once when the client holds it back, or when there is too much to read it first.
	// A request that gave its length twice is not read on either: nobody knows where it ends.
	bool framed = rq->shown;
	if (rq->throwing && (!framed || rq->expects || (rq->length != CM_SERVER_LENGTH_UNKNOWN &&
	                                                rq->length > CM_LIMIT_NET_DRAIN_BYTES_VALUE)))
		return cm_request_queue(rq, true);
	return MHD_YES;
}

void
cm_request_completed(void *cls, struct MHD_Connection *mhd, void **context, enum MHD_RequestTerminationCode code)
{
	(void)mhd;
	(void)code;
	struct cm_server *server = cls;
	struct cm_net_request *rq = *context;
	if (rq == NULL)
		return;
	*context = NULL;
	cm_connection_due(rq->connection, server->options.idle_us);
	cm_mutex_lock(&server->lock);
	rq->connection->rq = NULL;
	server->running--;
	cm_cond_wake_all(&server->idle_wake);
	cm_mutex_unlock(&server->lock);
	cm_mutex_lock(&rq->lock);
	rq->over = true;
	bool tell = rq->shown && !rq->replied;
	struct MHD_Response *unsent = cm_take(&rq->response);
	cm_mutex_unlock(&rq->lock);
	if (unsent != NULL)
		MHD_destroy_response(unsent); // it may hold the request: a source does
	if (tell && server->service->gone != NULL)
		server->service->gone(server->service->context, rq);
	cm_request_release(rq);
}

// Wakes a connection that was suspended. Under the request's lock.
static void
cm_request_resume(struct cm_net_request *rq)
{
	rq->wait = CM_REQUEST_RUNS;
	if (!rq->over)
		MHD_resume_connection(rq->connection->mhd);
}

void
cm_server_answer(struct cm_net_request *rq, struct cm_server_answer *answer)
{
	struct MHD_Response *response = cm_answer_response(rq, answer);
	cm_mutex_lock(&rq->lock);
	bool owed = rq->owed;
	rq->owed = false;
	rq->replied = true;
	if (!rq->answered && !rq->over) {
		rq->answered = true;
		rq->response = response;
		rq->status = answer->status;
		rq->answer_length = answer->length;
		response = NULL;
		if (rq->wait == CM_REQUEST_WAITS_ANSWER || rq->wait == CM_REQUEST_WAITS_PIECE)
			cm_request_resume(rq);
	}
	cm_mutex_unlock(&rq->lock);
	if (response != NULL)
		MHD_destroy_response(response);
	if (owed)
		cm_request_release(rq);
}

void
cm_server_continue(struct cm_net_request *rq)
{
	CM_MUTEX_HOLD(&rq->lock);
	if (rq->wait == CM_REQUEST_WAITS_PIECE || rq->wait == CM_REQUEST_WAITS_SOURCE)
		cm_request_resume(rq);
	else if (rq->wait == CM_REQUEST_RUNS)
		rq->continued = true;
}

void
cm_request_cut(struct cm_net_request *rq)
{
	CM_MUTEX_HOLD(&rq->lock);
	rq->cut = true;
	if (rq->wait != CM_REQUEST_RUNS)
		cm_request_resume(rq);
}
