// What commands say when they did their work: checks and verdict for people, the same as JSON, sizes, and a line of progress on a terminal for what takes longer than a second. Source: out.c.
#ifndef CM_CLI_OUT_H
#define CM_CLI_OUT_H

#include <stdio.h>

#include "base/buf.h"
#include "comity/report.h"
#include "format/json_put.h"

// Checks and verdict for people: passed files are counted, everything else is named. `all` names every file.
void cm_out_checks(FILE *to, const struct comity_report *report, bool all);

// Members "checks", "facts", "findings", "verdict" of an open object (in this order; RFC 8785).
void cm_out_json_report(struct cm_json_put *put, struct comity_report *report);

// Prints a finished document and a line end on standard output. False when it could not be made.
bool cm_out_json(struct cm_buf *json);

// 1536 -> "1.5 KiB". `to` has 32 bytes; returns `to`.
char *cm_out_bytes(uint64_t bytes, char *to);

// Progress. Zero-initialise, then cm_out_progress_begin(); silent when standard error is no terminal.
struct cm_out_progress {
	const char *what;
	bool on, shown;
	uint64_t all; // 0: not known
	int64_t begun, told; // monotonic, microseconds
};
void cm_out_progress_begin(struct cm_out_progress *p, const char *what, uint64_t all, bool quiet);
void cm_out_progress_at(struct cm_out_progress *p, uint64_t done);
void cm_out_progress_end(struct cm_out_progress *p);

#endif
