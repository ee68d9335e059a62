// The commands that write something of the node byte for byte: `message show`, `act proof`; and `event list`.
#ifndef CM_CLI_CMD_RECORD_H
#define CM_CLI_CMD_RECORD_H

#include "cli/command.h"

int cm_cmd_record_message(const struct cm_command_line *line);
int cm_cmd_record_events(const struct cm_command_line *line);
int cm_cmd_record_proof(const struct cm_command_line *line);

#endif
