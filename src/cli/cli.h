// The command line: a table of sub-commands. The top room `main` joins the commands of this room with those
// that need the node's rooms (serve, init, demo …) and gives both the same output and exit codes.
#ifndef CM_CLI_CLI_H
#define CM_CLI_CLI_H

#include "base/report.h"

// Exit codes of every command, part of the contract for scripts.
enum cm_cli_exit {
	CM_CLI_DONE = 0,        // done
	CM_CLI_REFUSED = 1,     // refused or invalid; the findings say why
	CM_CLI_USAGE = 2,       // the command line is wrong
	CM_CLI_ENVIRONMENT = 3, // disk, network or kernel in the way
};

// One sub-command. `run` gets argv from the command's own name on.
struct cm_cli_command {
	const char *name;
	const char *summary; // one line, for the list
	int (*run)(int argc, char **argv);
};

// The commands of this room, ended by a row with a NULL name.
extern const struct cm_cli_command cm_cli_commands[];

#endif
