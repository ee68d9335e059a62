// The commands about commands: `help`, `manual`, `completion`.
#ifndef CM_CLI_CMD_HELP_H
#define CM_CLI_CMD_HELP_H

#include "cli/command.h"

int cm_cmd_help_run(const struct cm_command_line *line);
int cm_cmd_help_manual(const struct cm_command_line *line);
int cm_cmd_help_completion(const struct cm_command_line *line);

#endif
