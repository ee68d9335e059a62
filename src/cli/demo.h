// The command `demo`: two States, one request, sealed evidence, a court. Everything is done by running this program as a
// user would, and other people's programs as a court's expert would. Source: demo.c and demo_*.c.
#ifndef CM_CLI_DEMO_H
#define CM_CLI_DEMO_H

#include "cli/command.h"

// Exit code as in cli/cli.h; done only if every step held.
int cm_demo_run(const struct cm_command_line *line);

#endif
