// Where a command writes its result: a file that appears whole or not at all, or standard output ("-"). A file is
// written without a name where the file system can (so that nothing stays when the program is ended), else under a temporary
// name beside its place; around the page cache where the file system can; then synced and renamed.
// Source: sink.c.
#ifndef CM_CLI_SINK_H
#define CM_CLI_SINK_H

#include "api/report_inside.h"
#include "os/file.h"

struct cm_sink {
	int fd;
	bool stream; // standard output
	bool direct; // around the page cache
	bool force;  // a file of the name may be replaced
	bool done;   // committed
	bool named;  // the temporary name stands in the folder
	char path[CM_FILE_PATH], temp[CM_FILE_PATH];
	uint8_t *block; // CM_SINK_BLOCK aligned bytes
	size_t used;
	uint64_t offset; // of the block in the file
	uint64_t written; // bytes taken so far
};

#define CM_SINK_BLOCK 1048576

// Opened before the work begins, so that a place that cannot be written is found before anything is spent on it.
// Refused: out_exists (a file of the name is there and `force` is not set, or a folder is).
CM_CHECKED cm_result cm_sink_open(const char *path, bool force, struct cm_report *report, struct cm_sink *ret_sink);
CM_CHECKED cm_result cm_sink_write(struct cm_sink *sink, struct cm_view bytes, struct cm_report *report);
// The descriptor, open for writing only, for another process that writes in place of cm_sink_write(). Not for a stream.
int cm_sink_hand(struct cm_sink *sink);
// Everything is on disk under its name.
CM_CHECKED cm_result cm_sink_commit(struct cm_sink *sink, struct cm_report *report);
// Removes what was not committed. Fits CM_CLEANUP.
void cm_sink_fini(struct cm_sink *sink);

#endif
