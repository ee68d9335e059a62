// What is said on standard error while a command waits for somebody else: the other node's answer, a package reader. Never
// with --json. Source: wait.c.
#ifndef CM_CLI_WAIT_H
#define CM_CLI_WAIT_H

#include "cli/call.h"
#include "cli/out.h"

// One waiting. Zero but for `line`, and `evidence` or `job` where a package reader is waited for.
struct cm_wait {
	const struct cm_command_line *line;
	const char *evidence; // its id: GET /api/v1/evidence/{id} tells how far the reader is
	const char *job;      // of an export: GET /api/v1/jobs/{id} does
	struct cm_out_progress progress;
	bool told;
};

// For cm_call.waiting, with a cm_wait as context. `us`: microseconds waited so far.
// After a second one line says what is waited for, and that nothing is lost when the waiting is ended.
void cm_wait_answer(void *context, int64_t us);
// On a terminal: bytes read, of how many, speed and time that is left.
void cm_wait_reader(void *context, int64_t us);

// Takes the line of progress away.
void cm_wait_end(struct cm_wait *wait);

#endif
