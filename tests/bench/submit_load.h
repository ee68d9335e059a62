// Load on a node's admin socket: N clients on kept connections, each submits a preservation request as an officer and
// waits for the signed receipt before the next. One thread, so that the load takes little of what it measures.
#ifndef CM_TESTS_SUBMIT_LOAD_H
#define CM_TESTS_SUBMIT_LOAD_H

#include "submit_nodes.h"

struct bench_load {
	struct bench_node *node;
	const char *body; // of POST /api/v1/requests
	size_t clients, requests;
	uint32_t *micros; // `requests` places: how long each took
	double seconds;   // all of it
};
void bench_load_run(struct bench_load *load);

#endif
