// The command `bundle export`: the court bundle goes from a package reader straight into the officer's file.
#ifndef CM_CLI_CMD_BUNDLE_H
#define CM_CLI_CMD_BUNDLE_H

#include "cli/command.h"

int cm_cmd_bundle_export(const struct cm_command_line *line);

#endif
