// `comity version`: the version of this build.
#include "cli/cli.h"

#include <stdio.h>

#include "cli/cmd_catalogue.h"

static int
cm_cli_version(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	printf("comity %s\n", CM_VERSION);
	return CM_CLI_DONE;
}

const struct cm_cli_command cm_cli_commands[] = {
        {"catalogue", "the law and the program's tables, with sources", cm_cmd_catalogue_run},
        {"version", "print the version of this build", cm_cli_version},
        {NULL, NULL, NULL},
};
