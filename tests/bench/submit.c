// A preservation request from the officer's call to the signed receipt of the other node: two nodes, mutual TLS, loopback.
//   submit FOLDER DRAFT [PROGRAM [OPEN]]   nodes are made below FOLDER; DRAFT: the request's JSON; PROGRAM: a comity
//                                   executable; OPEN: so many requests are sent before, by the same path, and stay open
//   submit serve HOME               the node itself, when no PROGRAM is given
// Prints for several numbers of clients: rate, p50, p99, CPU of each process for one request; memory before and after;
// beside it, in the same run, what bare HTTPS exchanges with the same listener cost: the ground under the figure.
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/tab_limit.h"
#include "crypto/setup.h"
#include "net/client.h"
#include "node/admin_client.h"
#include "node/parent.h"
#include "node/role.h"
#include "os/clock.h"
#include "os/thread.h"
#include "submit_load.h"

#define BENCH_REQUESTS 4000
#define BENCH_BARE 4000
#define BENCH_BARE_WAYS 16
#define BENCH_PAGES 300

static int
bench_by_value(const void *a, const void *b)
{
	uint32_t x, y;
	memcpy(&x, a, sizeof x);
	memcpy(&y, b, sizeof y);
	return x < y ? -1 : x > y;
}

// CPU milliseconds of both nodes; printed for each process when there is a `before`.
static double
bench_cpu(struct bench_node nodes[2], struct bench_process before[2][BENCH_PROCESSES], size_t requests)
{
	double all = 0;
	for (size_t i = 0; i < 2; i++) {
		struct bench_process now[BENCH_PROCESSES] = {0};
		size_t n = bench_node_processes(&nodes[i], now);
		for (size_t k = 0; k < n; k++) {
			double was = 0;
			for (size_t o = 0; o < BENCH_PROCESSES; o++)
				if (before[i][o].pid == now[k].pid)
					was = before[i][o].cpu_ms;
			all += now[k].cpu_ms - was;
			if (requests > 0 && now[k].cpu_ms - was > 0)
				printf("    %-12.12s %-15s %.3f ms\n", nodes[i].node, now[k].role,
				       (now[k].cpu_ms - was) / (double)requests);
		}
		if (requests == 0)
			memcpy(before[i], now, sizeof now);
	}
	return all;
}

static double
bench_memory(const struct bench_node *node)
{
	struct bench_process now[BENCH_PROCESSES];
	double sum = 0;
	size_t n = bench_node_processes(node, now);
	for (size_t i = 0; i < n; i++)
		sum += now[i].pss_kib;
	return sum / 1024;
}

static double
bench_requests(struct bench_node nodes[2], const char *body, size_t clients, size_t requests)
{
	static struct bench_process before[2][BENCH_PROCESSES];
	memset(before, 0, sizeof before);
	struct bench_load load = {.node = &nodes[0],
	        .body = body,
	        .clients = clients,
	        .requests = requests,
	        .micros = cm_mem_new_many(requests, sizeof(uint32_t))};
	if (load.micros == NULL)
		bench_die("memory", NULL);
	bench_cpu(nodes, before, 0);
	bench_load_run(&load);
	qsort(load.micros, requests, sizeof *load.micros, bench_by_value);
	printf("%zu client%s: %.0f requests/s, p50 %.2f ms, p99 %.2f ms\n", clients, clients == 1 ? "" : "s",
	       (double)requests / load.seconds, load.micros[requests / 2] / 1e3, load.micros[requests * 99 / 100] / 1e3);
	printf("    CPU of both nodes for one request: %.3f ms\n", bench_cpu(nodes, before, requests) / (double)requests);
	fflush(stdout);
	cm_mem_free(load.micros);
	return (double)requests / load.seconds;
}

// -- the ground: bare exchanges -------------------------------------------------------------------------------------

struct bench_bare {
	struct cm_mutex lock;
	struct cm_cond ended;
	struct cm_client *client;
	struct cm_client_request request;
	size_t started, done;
};

static void
bench_bare_done(void *context, cm_result result, const struct cm_client_answer *answer, const struct cm_report *report)
{
	struct bench_bare *bare = context;
	if (result != CM_OK || answer->status != 200)
		bench_die("bare exchange", report);
	CM_MUTEX_HOLD(&bare->lock);
	bare->done++;
	if (bare->started < BENCH_BARE) {
		bare->started++;
		if (cm_client_start(bare->client, &bare->request, NULL, NULL) != CM_OK)
			bench_die("bare exchange", NULL);
	}
	cm_cond_wake_all(&bare->ended);
}

static double
bench_bare(struct bench_node nodes[2])
{
	struct bench_bare bare = {.done = 0};
	char pair[600], anchor[600], url[256];
	snprintf(pair, sizeof pair, "%s/tls/node.pem", nodes[0].home);
	snprintf(anchor, sizeof anchor, "%s/peers/%s/authority.pem", nodes[0].home, nodes[1].node);
	snprintf(url, sizeof url, "https://%s/card", nodes[1].peer);
	bare.request = (struct cm_client_request){
	        .url = url, .anchor_file = anchor, .context = &bare, .done = bench_bare_done};
	cm_mutex_init(&bare.lock);
	cm_cond_init(&bare.ended);
	struct cm_client_options options = {.key_file = pair, .chain_file = pair};
	if (cm_client_new(&options, NULL, &bare.client) != CM_OK)
		bench_die("client", NULL);
	int64_t begin = cm_clock_mono();
	cm_mutex_lock(&bare.lock);
	for (; bare.started < BENCH_BARE_WAYS; bare.started++)
		if (cm_client_start(bare.client, &bare.request, NULL, NULL) != CM_OK)
			bench_die("bare exchange", NULL);
	while (bare.done < BENCH_BARE)
		cm_cond_wait(&bare.ended, &bare.lock, CM_CLOCK_NEVER);
	cm_mutex_unlock(&bare.lock);
	double rate = BENCH_BARE / ((double)(cm_clock_mono() - begin) / 1e6);
	cm_client_free(bare.client);
	cm_cond_fini(&bare.ended);
	cm_mutex_fini(&bare.lock);
	return rate;
}

static char *
bench_body(const char *path, const char *peer)
{
	static char text[1 << 16];
	char draft[1 << 15];
	FILE *f = fopen(path, "r");
	size_t n = f == NULL ? 0 : fread(draft, 1, sizeof draft - 1, f);
	if (n == 0)
		bench_die(path, NULL);
	fclose(f);
	draft[n] = 0;
	snprintf(text, sizeof text, "{\"draft\":%s,\"to\":\"%s\"}", draft, peer);
	return text;
}

#define BENCH_PIECE 10000

// Both stores get `open` cases, each with its messages, objects, clocks and acts, as they come in life; the rate of each piece says
// what a full store costs.
static void
bench_fill(struct bench_node nodes[2], const char *draft, size_t open)
{
	const char *body = bench_body(draft, nodes[1].node);
	for (size_t done = 0; done < open; done += BENCH_PIECE) {
		struct bench_load load = {.node = &nodes[0],
		        .body = body,
		        .clients = 64,
		        .requests = open - done < BENCH_PIECE ? open - done : BENCH_PIECE,
		        .micros = cm_mem_new_many(BENCH_PIECE, sizeof(uint32_t))};
		if (load.micros == NULL)
			bench_die("memory", NULL);
		bench_load_run(&load);
		qsort(load.micros, load.requests, sizeof *load.micros, bench_by_value);
		printf("from %zu open cases on, 64 clients: %.0f requests/s, p99 %.2f ms\n", done, (double)load.requests / load.seconds,
		       load.micros[load.requests * 99 / 100] / 1e3);
		fflush(stdout);
		cm_mem_free(load.micros);
	}
}

static void
bench_page(const struct bench_node *node, const char *path, char *ret_request, size_t room)
{
	uint32_t micros[BENCH_PAGES];
	for (size_t i = 0; i < BENCH_PAGES; i++) {
		struct cm_buf CM_CLEANUP(cm_buf_fini) said = cm_buf_of(CM_LIMIT_API_ANSWER_BYTES_VALUE);
		struct cm_admin_call call = {.home = node->home, .method = "GET", .path = path, .body_fd = -1};
		unsigned status = 0;
		int64_t begin = cm_clock_mono();
		if (cm_admin_client_call(&call, NULL, &said, &status) != CM_OK || status != 200)
			bench_die(path, NULL);
		micros[i] = (uint32_t)(cm_clock_mono() - begin);
		if (ret_request != NULL)
			bench_node_member(&said, "request", ret_request, room);
	}
	qsort(micros, BENCH_PAGES, sizeof *micros, bench_by_value);
	printf("GET %s: p50 %.2f ms, p99 %.2f ms\n", path, micros[BENCH_PAGES / 2] / 1e3, micros[BENCH_PAGES * 99 / 100] / 1e3);
}

// Lists that need a register and messages: what lists.sh cannot put into a database from outside.
static void
bench_pages(const struct bench_node *node)
{
	char request[64], path[128];
	bench_page(node, "/api/v1/requests?limit=50", request, sizeof request);
	bench_page(node, "/api/v1/acts?limit=50", NULL, 0);
	bench_page(node, "/api/v1/acts?limit=50&before=1000", NULL, 0);
	snprintf(path, sizeof path, "/api/v1/requests/%s/messages", request);
	bench_page(node, path, NULL, 0);
	snprintf(path, sizeof path, "/api/v1/requests/%s", request);
	bench_page(node, path, NULL, 0);
}

static void
bench_all(struct bench_node nodes[2], const char *draft)
{
	static const size_t clients[] = {1, 4, 8, 16, 32, 64};
	const char *body = bench_body(draft, nodes[1].node);
	double best = 0;
	printf("memory idle: %.1f MiB + %.1f MiB (PSS of all processes of each node)\n", bench_memory(&nodes[0]),
	       bench_memory(&nodes[1]));
	for (size_t i = 0; i < sizeof clients / sizeof *clients; i++) {
		double rate = bench_requests(nodes, body, clients[i], clients[i] == 1 ? BENCH_REQUESTS / 8 : BENCH_REQUESTS);
		best = rate > best ? rate : best;
	}
	printf("memory after: %.1f MiB + %.1f MiB\n", bench_memory(&nodes[0]), bench_memory(&nodes[1]));
	double bare = bench_bare(nodes);
	printf("bare HTTPS exchanges with the same listener, client without any of our work: %.0f/s; ratio %.2f\n", bare,
	       best / bare);
}

static int
bench_serve_here(const char *home)
{
	struct cm_report report = {0};
	struct cm_parent_options options = {.home = home, .pass_fd = -1};
	cm_result r = cm_parent_run(&options, &report);
	if (r != CM_OK)
		fprintf(stderr, "submit: node %s: %s %s\n", home,
		        report.count == 0 ? "" : cm_error_row(report.findings[0].rule)->name,
		        report.count == 0 ? "" : report.findings[0].seen);
	return r == CM_OK ? 0 : 1;
}

int
main(int argc, char **argv)
{
	struct bench_node nodes[2];
	int code = 0;
	if (cm_role_main(argc, argv, NULL, &code))
		return code;
	if (argc == 3 && strcmp(argv[1], "serve") == 0)
		return bench_serve_here(argv[2]);
	if (argc < 3 || argc > 5 || cm_setup_init() != CM_OK)
		return 2;
	signal(SIGPIPE, SIG_IGN);
	setpgid(0, 0);
	bench_nodes_start(nodes, argv[1], argc > 3 ? argv[3] : NULL);
	if (argc == 5) {
		bench_fill(nodes, argv[2], strtoul(argv[4], NULL, 10));
		bench_pages(&nodes[1]);
	}
	bench_all(nodes, argv[2]);
	bench_nodes_stop(nodes);
	return 0;
}
