// Commands on requests that are more than one call. Source: cmd_request_send.c.
#ifndef CM_CLI_CMD_REQUEST_H
#define CM_CLI_CMD_REQUEST_H

#include "cli/command.h"

// request send: one call for each --to. Exit code as in cli/cli.h.
int cm_cmd_request_send(const struct cm_command_line *line);

#endif
