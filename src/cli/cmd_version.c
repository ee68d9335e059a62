// `comity version`: the version of this build.
#include "cli/cli.h"

#include <stdio.h>

static int
cm_cli_version(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	printf("comity %s\n", CM_VERSION);
	return CM_CLI_DONE;
}

const struct cm_cli_command cm_cli_commands[] = {
        {"version", "print the version of this build", cm_cli_version},
        {NULL, NULL, NULL},
};
