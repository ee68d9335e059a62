// Two nodes for the benches of the whole path. Knows how a node is made, started and peered, and what /proc says of its
// processes. Does not know what is measured.
#include "submit_nodes.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/tab_limit.h"
#include "crypto/totp.h"
#include "node/admin_client.h"
#include "node/init.h"
#include "os/clock.h"
#include "os/file.h"

#define BENCH_PASSWORD "a long password of a bench"

void
bench_die(const char *what, const struct cm_report *report)
{
	fprintf(stderr, "submit: %s\n", what);
	for (size_t i = 0; report != NULL && i < report->count; i++)
		fprintf(stderr, "  %s: %s %s\n", cm_error_row(report->findings[i].rule)->name, report->findings[i].place,
		        report->findings[i].seen);
	kill(0, SIGTERM); // the nodes are of our process group
	exit(1);
}

// The answer of the admin API; 0 when nobody answers.
static unsigned
bench_ask(const struct cm_admin_call *call, struct cm_report *report, struct cm_buf *to)
{
	unsigned status = 0;
	return cm_admin_client_call(call, report, to, &status) == CM_OK ? status : 0;
}

void
bench_node_call(struct bench_node *node, const char *path, const struct cm_officer_statement *what, const char *body,
                struct cm_buf *to)
{
	struct cm_report report = {0};
	char fields[3][CM_OFFICER_FIELD];
	struct cm_officer_statement statement = *what;
	statement.digest = cm_hash_of(cm_view_text(body));
	if (cm_officer_state(&node->session, &statement, &report, fields) != CM_OK)
		bench_die("statement", &report);
	struct cm_admin_call call = {.home = node->home,
	        .method = "POST",
	        .path = path,
	        .content_type = "application/json",
	        .body = cm_view_text(body),
	        .body_fd = -1,
	        .fields = {fields[0], fields[1], fields[2]}};
	unsigned status = bench_ask(&call, &report, to);
	if (status < 200 || status > 299)
		bench_die(status == 0 ? path : cm_buf_cstr(to), &report);
}

static void
bench_serve(struct bench_node *node, const char *program)
{
	node->pid = fork();
	if (node->pid < 0)
		bench_die("fork", NULL);
	if (node->pid > 0)
		return;
	if (program == NULL)
		execl("/proc/self/exe", "submit", "serve", node->home, (char *)NULL);
	else
		execl(program, "comity", "serve", "--home", node->home, (char *)NULL);
	_exit(127);
}

static void
bench_await(struct bench_node *node)
{
	for (int tries = 0; tries < 200; tries++) {
		struct cm_buf CM_CLEANUP(cm_buf_fini) said = cm_buf_of(CM_LIMIT_API_ANSWER_BYTES_VALUE);
		struct cm_admin_call call = {.home = node->home, .method = "GET", .path = "/readyz", .body_fd = -1};
		if (bench_ask(&call, NULL, &said) == 200)
			return;
		if (waitpid(node->pid, NULL, WNOHANG) != 0)
			break;
		usleep(50000);
	}
	bench_die("a node does not start", NULL);
}

// Base32 of cm_totp_secret_write() back to bytes.
static size_t
bench_base32(const char *text, uint8_t *to)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	uint32_t bits = 0, held = 0;
	size_t n = 0;
	for (; *text != 0 && strchr(digits, *text) != NULL; text++) {
		bits = bits << 5 | (uint32_t)(strchr(digits, *text) - digits);
		held += 5;
		if (held >= 8)
			to[n++] = (uint8_t)(bits >> (held -= 8));
	}
	return n;
}

// The first person of a node is added before it runs.
static void
bench_officer_add(struct bench_node *node)
{
	struct cm_report report = {0};
	struct cm_buf CM_CLEANUP(cm_buf_fini) secret = cm_buf_of(256);
	struct cm_officer_person person = {
	        .home = node->home, .person = "ilse", .name = "Ilse Maren", .password = cm_view_text(BENCH_PASSWORD)};
	bool waits;
	if (cm_officer_person_put(&person, &report, &secret, &waits) != CM_OK)
		bench_die("person", &report);
	node->totp_n = bench_base32(cm_buf_cstr(&secret), node->totp);
}

static void
bench_officer_login(struct bench_node *node)
{
	struct cm_report report = {0};
	char code[CM_TOTP_CODE];
	if (cm_totp_code(cm_view_of(node->totp, node->totp_n), cm_clock_utc(), code) != CM_OK)
		bench_die("code", NULL);
	struct cm_officer_login login = {.home = node->home,
	        .person = "ilse",
	        .password = cm_view_text(BENCH_PASSWORD),
	        .code = cm_view_text(code)};
	if (cm_officer_login(&login, &report, &node->session) != CM_OK)
		bench_die("login", &report);
}

// The text value of a member of a flat answer of ours, cut out.
void
bench_node_member(struct cm_buf *json, const char *name, char *to, size_t room)
{
	char mark[64];
	snprintf(mark, sizeof mark, "\"%s\":\"", name);
	const char *at = strstr(cm_buf_cstr(json), mark);
	if (at == NULL)
		bench_die(cm_buf_cstr(json), NULL);
	at += strlen(mark);
	snprintf(to, room, "%.*s", (int)strcspn(at, "\""), at);
}

static void
bench_peering(struct bench_node nodes[2])
{
	char code[512], body[600], path[256];
	struct cm_buf CM_CLEANUP(cm_buf_fini) said = cm_buf_of(CM_LIMIT_API_ANSWER_BYTES_VALUE);
	bench_node_call(&nodes[0], "/api/v1/invitations", &(struct cm_officer_statement){.act = "api_invite", .object = ""},
	                "{}", &said);
	bench_node_member(&said, "code", code, sizeof code);
	snprintf(body, sizeof body, "{\"code\":\"%s\"}", code);
	bench_node_call(&nodes[1], "/api/v1/peers", &(struct cm_officer_statement){.act = "api_peer_accept", .object = ""},
	                body, &said);
	for (size_t i = 0; i < 2; i++) {
		const char *other = nodes[1 - i].node;
		snprintf(path, sizeof path, "/api/v1/peers/%s/confirm", other);
		bench_node_call(&nodes[i], path,
		                &(struct cm_officer_statement){.act = "api_peer_confirm", .object = other}, "{}", &said);
	}
}

void
bench_nodes_start(struct bench_node nodes[2], const char *folder, const char *program)
{
	struct cm_report report = {0};
	char state[600];
	nodes[0] = (struct bench_node){.node = "xa.contact", .name = "Arland 24/7 Contact Point", .state = "Arland"};
	nodes[1] = (struct bench_node){.node = "xb.contact", .name = "Borvia 24/7 Contact Point", .state = "Borvia"};
	for (size_t i = 0; i < 2; i++) {
		struct bench_node *node = &nodes[i];
		snprintf(node->home, sizeof node->home, "%s/%.2s", folder, node->node);
		snprintf(state, sizeof state, "%s/state-%.2s", folder, node->node);
		struct cm_init_spec spec = {.home = node->home,
		        .state_folder = state,
		        .state_name = node->state,
		        .node = node->node,
		        .name = node->name,
		        .roles = {"contact_point", "central_authority"},
		        .listen = "127.0.0.1:0",
		        .phone = "+99915550124"};
		if (cm_init_node(&spec, &report) != CM_OK)
			bench_die("init", &report);
		bench_officer_add(node);
		bench_serve(node, program);
	}
	for (size_t i = 0; i < 2; i++) {
		struct cm_buf CM_CLEANUP(cm_buf_fini) addresses = cm_buf_of(CM_LIMIT_CARD_BYTES_VALUE);
		char path[600];
		bench_await(&nodes[i]);
		bench_officer_login(&nodes[i]);
		snprintf(path, sizeof path, "%s/run/addresses.json", nodes[i].home);
		if (cm_file_load(path, &addresses, &report) != CM_OK)
			bench_die("addresses", &report);
		bench_node_member(&addresses, "peer", nodes[i].peer, sizeof nodes[i].peer);
	}
	bench_peering(nodes);
}

void
bench_nodes_stop(struct bench_node nodes[2])
{
	for (size_t i = 0; i < 2; i++)
		kill(nodes[i].pid, SIGTERM);
	for (size_t i = 0; i < 2; i++) {
		int status = 0;
		if (waitpid(nodes[i].pid, &status, 0) != nodes[i].pid || status != 0)
			fprintf(stderr, "submit: node %s ended with %d\n", nodes[i].node, status);
		cm_officer_session_fini(&nodes[i].session);
	}
}

// -- what /proc says -----------------------------------------------------------------------------------------------

static size_t
bench_slurp(pid_t pid, const char *name, char *to, size_t room)
{
	char path[64];
	snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, name);
	FILE *f = fopen(path, "r");
	size_t n = f == NULL ? 0 : fread(to, 1, room - 1, f);
	if (f != NULL)
		fclose(f);
	to[n] = 0;
	return n;
}

static bool
bench_process_read(pid_t pid, pid_t parent, struct bench_process *to)
{
	char text[8192];
	long of = 0;
	unsigned long user = 0, system = 0;
	if (bench_slurp(pid, "stat", text, sizeof text) == 0)
		return false;
	const char *after = strrchr(text, ')');
	if (after == NULL || sscanf(after, ") %*c %ld %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &of, &user, &system) != 3 ||
	    (pid != parent && of != parent))
		return false;
	*to = (struct bench_process){.pid = pid, .cpu_ms = (double)(user + system) * 1e3 / (double)sysconf(_SC_CLK_TCK)};
	size_t n = bench_slurp(pid, "cmdline", text, sizeof text);
	for (size_t i = 0; i + 1 < n; i++)
		if (text[i] == 0)
			text[i] = ' ';
	const char *role = strstr(text, "--role=");
	snprintf(to->role, sizeof to->role, "%.*s", role == NULL ? 6 : (int)strcspn(role + 7, " "),
	         role == NULL ? "parent" : role + 7);
	bench_slurp(pid, "smaps_rollup", text, sizeof text);
	const char *pss = strstr(text, "\nPss:");
	to->pss_kib = pss == NULL ? 0 : strtod(pss + 5, NULL);
	return true;
}

size_t
bench_node_processes(const struct bench_node *node, struct bench_process to[BENCH_PROCESSES])
{
	size_t n = 0;
	DIR *proc = opendir("/proc");
	if (proc == NULL)
		bench_die("/proc", NULL);
	for (struct dirent *e; n < BENCH_PROCESSES && (e = readdir(proc)) != NULL;) {
		pid_t pid = (pid_t)strtol(e->d_name, NULL, 10);
		if (pid > 0 && bench_process_read(pid, node->pid, &to[n]))
			n++;
	}
	closedir(proc);
	return n;
}
