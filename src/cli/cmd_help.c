// Knows: which command is meant by the words behind `help` and `manual`. Does not know: how its help is laid out
// (command.h).
#include "cli/cmd_help.h"

#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/fail.h"

static int __attribute__((format(printf, 2, 0)))
cm_cmd_help_unknown(const struct cm_command_line *line, const char *seen, const char *name)
{
	struct cm_report report = {0};
	return cm_fail(line, cm_report_refuse(&report, CM_ERROR_USAGE, "arguments", seen, name), &report);
}

int
cm_cmd_help_run(const struct cm_command_line *line)
{
	char words[128];
	bool some = false;
	if (line->argument_count == 0) {
		cm_command_list(stdout);
		return CM_CLI_DONE;
	}
	snprintf(words, sizeof words, "%s%s%s", line->arguments[0], line->argument_count > 1 ? " " : "",
	         line->argument_count > 1 ? line->arguments[1] : "");
	size_t n = strlen(words);
	for (int c = 1; c < CM_COMMAND_END; c++) {
		const char *of = cm_command_row((enum cm_command)c)->words;
		if (strncmp(of, words, n) != 0 || (of[n] != 0 && of[n] != ' '))
			continue;
		if (some)
			putchar('\n');
		cm_command_help(stdout, (enum cm_command)c);
		some = true;
	}
	if (some)
		return CM_CLI_DONE;
	return cm_cmd_help_unknown(line, "there is no command \"%s\"; \"comity help\" lists them", words);
}

int
cm_cmd_help_manual(const struct cm_command_line *line)
{
	char name[64];
	snprintf(name, sizeof name, "%s", line->argument_count == 0 ? "comity" : line->arguments[0]);
	for (char *c = name; *c != 0; c++)
		*c = *c == '-' ? '_' : *c;
	enum cm_command command = cm_command_find(name, strlen(name));
	if (command == CM_COMMAND_NONE && strcmp(name, "comity") != 0)
		return cm_cmd_help_unknown(line, "there is no page \"%s\"; names are those of the commands with \"_\" for a space",
		                           name);
	cm_command_manual(stdout, command);
	return CM_CLI_DONE;
}

int
cm_cmd_help_completion(const struct cm_command_line *line)
{
	(void)line;
	cm_command_completion(stdout);
	return CM_CLI_DONE;
}

int
cm_cmd_help_version(const struct cm_command_line *line)
{
	printf(line->json ? "{\"version\":\"%s\"}\n" : "comity %s\n", CM_VERSION);
	return CM_CLI_DONE;
}
