// Knows: the two listeners, which routes they have, and which queue an exchange goes to. Does not know: what any route
// does. Everything here runs in HTTP threads and never waits.
#include "node/exchange.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/tab_limit.h"
#include "node/tls_key.h"
#include "node/upload.h"
#include "os/clock.h"
#include "proto/problem.h"
#include "proto/shape.h"

// The first callback of a request: route, certificate, what happens to the body.
static void
cm_serve_head(struct cm_node *node, const char *listener, struct cm_net_request *rq, struct cm_server_plan *plan)
{
	struct cm_report report = {0};
	struct cm_exchange *ex = cm_mem_new(sizeof *ex);
	if (ex == NULL) {
		cm_server_answer(rq, &(struct cm_server_answer){.status = 503});
		return;
	}
	ex->node = node;
	ex->rq = rq;
	cm_server_set_user(rq, ex);
	cm_result r = cm_route_walk(listener, cm_server_method(rq), cm_server_path(rq), &report, &ex->match);
	const struct cm_route_row *row = cm_route_row(ex->match.route);
	if (r == CM_OK && row->certificate && cm_server_certificate_count(rq) == 0)
		r = cm_report_refuse(&report, CM_ERROR_PEER_UNKNOWN, "TLS", "no certificate");
	if (r == CM_OK)
		r = cm_shape_query_check(ex->match.route, cm_server_query(rq), &report);
	if (r == CM_OK && strcmp(row->body, "stream") == 0) {
		plan->body = CM_SERVER_BODY_STREAM;
		plan->body_max = row->body_max;
		plan->rate_min = CM_LIMIT_UPLOAD_RATE_MIN_VALUE;
	} else if (r == CM_OK && strcmp(row->body, "collect") == 0) {
		plan->body = CM_SERVER_BODY_COLLECT;
		plan->body_max = row->body_max;
	}
	if (r != CM_OK) {
		cm_server_set_user(rq, NULL);
		cm_exchange_problem(ex, r, &report);
	}
}

// The exchange belongs to its worker from here on; `gone` finds nothing more.
static struct cm_exchange *
cm_serve_hand_over(struct cm_net_request *rq)
{
	struct cm_exchange *ex = cm_server_user(rq);
	cm_server_set_user(rq, NULL);
	return ex;
}

static void
cm_serve_peer_head(void *context, struct cm_net_request *rq, struct cm_server_plan *plan)
{
	cm_serve_head(context, "peer", rq, plan);
}

static void
cm_serve_admin_head(void *context, struct cm_net_request *rq, struct cm_server_plan *plan)
{
	cm_serve_head(context, "admin", rq, plan);
}

// To a worker, or 503 when all places are taken: nobody waits here.
static void
cm_serve_queue(struct cm_queue *queue, struct cm_exchange *ex)
{
	struct cm_report report = {0};
	if (cm_queue_put(queue, ex, 0))
		return;
	cm_report_add(&report, CM_ERROR_NODE_BUSY, "queue", "%zu waiting", cm_queue_count(queue));
	cm_exchange_problem(ex, CM_FAILED, &report);
}

static void
cm_serve_peer_request(void *context, struct cm_net_request *rq)
{
	struct cm_node *node = context;
	cm_serve_queue(&node->messages, cm_serve_hand_over(rq));
}

static void
cm_serve_admin_request(void *context, struct cm_net_request *rq)
{
	struct cm_node *node = context;
	cm_serve_queue(&node->calls, cm_serve_hand_over(rq));
}

static size_t
cm_serve_piece(void *context, struct cm_net_request *rq, struct cm_view piece)
{
	struct cm_exchange *ex = cm_server_user(rq);
	struct cm_report report = {0};
	(void)context;
	if (ex == NULL)
		return piece.n; // answered already: the rest is read and thrown away
	cm_result r = ex->upload == NULL ? cm_upload_new(ex->node, rq, &report, &ex->upload) : CM_OK;
	if (r != CM_OK) {
		cm_exchange_problem(cm_serve_hand_over(rq), r, &report);
		return piece.n;
	}
	return cm_upload_piece(ex->upload, piece);
}

// The client left, or the server refused the body. With an upload begun an answer is owed; a worker takes it apart, since
// that waits for its thread.
static void
cm_serve_gone(void *context, struct cm_net_request *rq)
{
	struct cm_node *node = context;
	struct cm_exchange *ex = cm_serve_hand_over(rq);
	if (ex == NULL)
		return;
	ex->gone = true;
	if (ex->upload == NULL)
		cm_mem_free(ex);
	else if (!cm_queue_put(&node->calls, ex, 0))
		cm_exchange_status(ex, 503);
}

static const char *
cm_serve_refusal(void *context, unsigned status, const struct cm_report *why, struct cm_buf *body)
{
	(void)context;
	cm_problem_write(status, why, body);
	return CM_PROBLEM_TYPE;
}

static cm_result
cm_serve_load(const struct cm_node *node, const char *name, struct cm_buf *to, struct cm_report *report)
{
	char path[CM_FILE_PATH];
	cm_result r = cm_file_path(path, sizeof path, node->home, name, report);
	return r == CM_OK ? cm_file_load(path, to, report) : r;
}

static cm_result
cm_serve_start_peer(struct cm_node *node, struct cm_report *report)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) pair = cm_buf_of_secret(CM_LIMIT_CARD_BYTES_VALUE);
	cm_result r = cm_serve_load(node, CM_TLS_KEY_FILE, &pair, report);
	if (r != CM_OK)
		return r;
	struct cm_server_options options = {
	        .name = "peer",
	        .address = cm_settings_text(&node->settings, CM_SETTING_PEER_LISTEN),
	        .threads = (unsigned)cm_settings_number(&node->settings, CM_SETTING_PEER_THREADS),
	        .key_pem = cm_buf_view(&pair),
	        .chain_pem = cm_buf_view(&pair),
	        .ask_certificate = true,
	};
	node->peer_service = (struct cm_server_service){
	        .context = node,
	        .head = cm_serve_peer_head,
	        .request = cm_serve_peer_request,
	        .gone = cm_serve_gone,
	        .refusal = cm_serve_refusal,
	};
	// A port that the system chose stays the same over a restart, so that peers find us again.
	struct cm_buf CM_CLEANUP(cm_buf_fini) last = cm_buf_of(CM_LIMIT_CARD_BYTES_VALUE);
	if (cm_settings_any_port(options.address) && cm_serve_load(node, CM_SETTINGS_LAST_ADDRESS, &last, NULL) == CM_OK) {
		struct cm_server_options again = options;
		again.address = cm_buf_cstr(&last);
		if (cm_server_new(&again, &node->peer_service, NULL, &node->peer_server) == CM_OK)
			return CM_OK;
		cm_node_log("the port of the last start is taken; peers do not find this node under the new one", NULL);
	}
	return cm_server_new(&options, &node->peer_service, report, &node->peer_server);
}

cm_result
cm_serve_start(struct cm_node *node, struct cm_report *report)
{
	char socket[CM_FILE_PATH + 8];
	int n = snprintf(socket, sizeof socket, "unix:%s/%s", node->home,
	                 cm_settings_text(&node->settings, CM_SETTING_ADMIN_LISTEN));
	if (n < 0 || (size_t)n >= sizeof socket)
		return cm_report_refuse(report, CM_ERROR_SOCKET_PATH, "admin_listen", "%s", node->home);
	cm_result r = cm_serve_start_peer(node, report);
	struct cm_server_options options = {
	        .name = "admin",
	        .address = socket,
	        .threads = (unsigned)cm_settings_number(&node->settings, CM_SETTING_ADMIN_THREADS),
	};
	node->admin_service = (struct cm_server_service){
	        .context = node,
	        .head = cm_serve_admin_head,
	        .request = cm_serve_admin_request,
	        .piece = cm_serve_piece,
	        .gone = cm_serve_gone,
	        .refusal = cm_serve_refusal,
	};
	return r == CM_OK ? cm_server_new(&options, &node->admin_service, report, &node->admin_server) : r;
}
