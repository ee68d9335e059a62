// The commands about the program: `help`, `manual`, `completion`, `version`.
#ifndef CM_CLI_CMD_HELP_H
#define CM_CLI_CMD_HELP_H

#include "cli/command.h"

int cm_cmd_help_run(const struct cm_command_line *line);
int cm_cmd_help_manual(const struct cm_command_line *line);
int cm_cmd_help_completion(const struct cm_command_line *line);
int cm_cmd_help_version(const struct cm_command_line *line);

#endif
