// `comity catalogue [TABLE [ROW]] [--json]`: the law and the program's own tables, for reading.
#ifndef CM_CLI_CMD_CATALOGUE_H
#define CM_CLI_CMD_CATALOGUE_H

// Exit code as in cli/cli.h.
int cm_cmd_catalogue_run(int argc, char **argv);

#endif
