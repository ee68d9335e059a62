// Commands that are one call of the node and have something to wait for, or to say, after it. Source: cmd_after.c.
#ifndef CM_CLI_CMD_AFTER_H
#define CM_CLI_CMD_AFTER_H

#include "cli/command.h"
#include "format/json.h"

// Says that something waits in the outbox, when the node's answer says so. Nothing with --json.
void cm_cmd_after_tell(const struct cm_command_line *line, const struct cm_json_value *answer);

// comity request send, decide and say, evidence deliver: tells when what was said waits in the outbox.
int cm_cmd_after_send(const struct cm_command_line *line);

// comity stop: comes back when the node has ended and its folder is free.
int cm_cmd_after_stop(const struct cm_command_line *line);

#endif
