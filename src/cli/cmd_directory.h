// comity directory import FILE. Source: cmd_directory.c.
#ifndef CM_CLI_CMD_DIRECTORY_H
#define CM_CLI_CMD_DIRECTORY_H

#include "cli/command.h"

int cm_cmd_directory_import(const struct cm_command_line *line);

#endif
