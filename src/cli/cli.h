// Exit codes. Commands are rows of data/commands.tab (cli/command.h); the top room `main` joins those of this room with
// those that need the node's rooms (serve, init …).
#ifndef CM_CLI_CLI_H
#define CM_CLI_CLI_H

// Exit codes of every command, part of the contract for scripts.
enum cm_cli_exit {
	CM_CLI_DONE = 0,        // done
	CM_CLI_REFUSED = 1,     // refused or invalid; the findings say why
	CM_CLI_USAGE = 2,       // the command line is wrong
	CM_CLI_ENVIRONMENT = 3, // disk, network or kernel in the way
};

#endif
