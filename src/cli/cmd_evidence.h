// The commands `evidence send`, `evidence open`, `evidence approve`: packing and sealing on the officer's side, and the
// approvals of two persons.
#ifndef CM_CLI_CMD_EVIDENCE_H
#define CM_CLI_CMD_EVIDENCE_H

#include "cli/command.h"

int cm_cmd_evidence_send(const struct cm_command_line *line);
int cm_cmd_evidence_open(const struct cm_command_line *line);
int cm_cmd_evidence_approve(const struct cm_command_line *line);

#endif
