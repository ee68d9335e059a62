// comity request check: a draft or a request held against the law. Source: cmd_check.c.
#ifndef CM_CLI_CMD_CHECK_H
#define CM_CLI_CMD_CHECK_H

#include "cli/command.h"

// With --id a request of the node; with --home a draft by the node's own tables and peers; else a draft here, without any node.
int cm_cmd_check(const struct cm_command_line *line);

#endif
