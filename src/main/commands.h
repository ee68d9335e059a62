// The commands that need the node's rooms, and the hooks that lend them to the cli room.
#ifndef CM_MAIN_COMMANDS_H
#define CM_MAIN_COMMANDS_H

#include "cli/command.h"

// Fills in cm_cli_hooks. Before any command runs.
void cm_commands_join(void);

// Before a command runs: in the folder of a node that was made for an exercise, the command follows the exercise's clock; init
// and serve are told it (--exercise-clock). False: said why not.
bool cm_commands_clock(const struct cm_command_line *line);

int cm_commands_init(const struct cm_command_line *line);
int cm_commands_renew(const struct cm_command_line *line);
int cm_commands_key_next(const struct cm_command_line *line);
int cm_commands_key_change(const struct cm_command_line *line);
int cm_commands_directory_issue(const struct cm_command_line *line);
int cm_commands_directory_states(const struct cm_command_line *line);
int cm_commands_serve(const struct cm_command_line *line);

#endif
