// Two nodes for benches: made in a folder, started as real processes with real keepers, readers and mutual TLS, pinned to
// each other, an officer logged in at each. Failures end the bench with a line on standard error.
#ifndef CM_TESTS_SUBMIT_NODES_H
#define CM_TESTS_SUBMIT_NODES_H

#include <sys/types.h>

#include "node/officer.h"

struct bench_node {
	const char *node, *name, *state;
	char home[512];
	char peer[128]; // "127.0.0.1:40123", where it listens for peers
	pid_t pid;      // its parent process
	uint8_t totp[64]; // the officer's secret
	size_t totp_n;
	struct cm_officer_session session;
};

// `program`: a comity executable that knows `serve --home`, or NULL: this very program is started as
// `submit serve HOME`.
void bench_nodes_start(struct bench_node nodes[2], const char *folder, const char *program);
void bench_nodes_stop(struct bench_node nodes[2]);

// One call as the officer of `node`; the answer's body is appended to `to`.
void bench_node_call(struct bench_node *node, const char *path, const struct cm_officer_statement *what,
                     const char *body, struct cm_buf *to);

// The text value of the first member of that name, cut out of an answer.
void bench_node_member(struct cm_buf *json, const char *name, char *to, size_t room);

// Figures of one process of a node.
struct bench_process {
	pid_t pid;
	char role[32];
	double cpu_ms, pss_kib;
};
#define BENCH_PROCESSES 16
size_t bench_node_processes(const struct bench_node *node, struct bench_process to[BENCH_PROCESSES]);

void bench_die(const char *what, const struct cm_report *report) __attribute__((noreturn));

#endif
