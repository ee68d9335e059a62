// `comity catalogue [TABLE [ROW]] [--json]`: the law and the program's own tables, for reading.
#ifndef CM_CLI_CMD_CATALOGUE_H
#define CM_CLI_CMD_CATALOGUE_H

#include "cli/command.h"

int cm_cmd_catalogue_run(const struct cm_command_line *line);

#endif
