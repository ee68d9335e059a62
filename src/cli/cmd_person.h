// The commands `person add`, `person enrol` and `login`: both factors go sealed to the keeper; `person approve`, `logout`.
#ifndef CM_CLI_CMD_PERSON_H
#define CM_CLI_CMD_PERSON_H

#include "cli/command.h"

int cm_cmd_person_add(const struct cm_command_line *line);
int cm_cmd_person_enrol(const struct cm_command_line *line);
int cm_cmd_person_approve(const struct cm_command_line *line);
int cm_cmd_person_logout(const struct cm_command_line *line);
int cm_cmd_person_login(const struct cm_command_line *line);

#endif
