// The commands `log fsck` and `log prove`: a register judged from its files, in a folder or behind a URL.
#ifndef CM_CLI_CMD_LOG_H
#define CM_CLI_CMD_LOG_H

#include "base/buf.h"
#include "base/report.h"
#include "cli/command.h"

// Fetches a public file by its URL; the transport is the net room's. Filled in by main before any command runs; NULL:
// URLs are refused.
extern cm_result (*cm_cmd_log_fetch)(const char *url, struct cm_report *report, struct cm_buf *to);

int cm_cmd_log_fsck(const struct cm_command_line *line);
int cm_cmd_log_prove(const struct cm_command_line *line);

#endif
