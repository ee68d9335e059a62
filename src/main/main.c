// The program: joins the sub-commands of the cli and node rooms in one table and runs the one that was asked for.
// Nobody includes this room.
#include "cli/cli.h"

#include <stdio.h>
#include <string.h>

static const struct cm_cli_command *const cm_main_tables[] = {cm_cli_commands};

static void
cm_main_list(FILE *to)
{
	fputs("usage: comity COMMAND [options]\n\n", to);
	for (size_t t = 0; t < sizeof cm_main_tables / sizeof *cm_main_tables; t++)
		for (const struct cm_cli_command *c = cm_main_tables[t]; c->name != NULL; c++)
			fprintf(to, "  %-12s %s\n", c->name, c->summary);
	fputs("\n'comity COMMAND --help' explains one command.\n", to);
}

int
main(int argc, char **argv)
{
	if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
		cm_main_list(argc < 2 ? stderr : stdout);
		return argc < 2 ? CM_CLI_USAGE : CM_CLI_DONE;
	}
	for (size_t t = 0; t < sizeof cm_main_tables / sizeof *cm_main_tables; t++)
		for (const struct cm_cli_command *c = cm_main_tables[t]; c->name != NULL; c++)
			if (strcmp(c->name, argv[1]) == 0)
				return c->run(argc - 1, argv + 1);
	fprintf(stderr, "comity: there is no command \"%s\"; 'comity help' lists them.\n", argv[1]);
	return CM_CLI_USAGE;
}
