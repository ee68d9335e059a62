// The command line by its tables (data/commands.tab, data/options.tab): parsing, help, completion. Options common to
// all commands: --help, --json, --home DIR, --session FILE.
#ifndef CM_CLI_COMMAND_H
#define CM_CLI_COMMAND_H

#include <stdio.h>

#include "base/view.h"
#include "cli/tab_command.h"
#include "cli/tab_option.h"

#define CM_COMMAND_ARGUMENTS 8 // positional arguments of one command
#define CM_COMMAND_VALUES 64   // options given on one command line

struct cm_command_value {
	enum cm_option option;
	const char *text; // as typed; "" for a flag
};

// What was typed. Points into argv; nothing to free.
struct cm_command_line {
	enum cm_command command;
	const char *arguments[CM_COMMAND_ARGUMENTS];
	size_t argument_count;
	struct cm_command_value values[CM_COMMAND_VALUES];
	size_t value_count;
	const char *home;    // --home, or NULL
	const char *session; // --session, or NULL
	bool json, help;
};

// Parses argv from the command's first word on ("peer invite --home …" has argv[0] "peer"). A wrong line is told as any
// failure is (cli/fail.h); false. A line with --help is complete as it is.
bool cm_command_parse(int argc, const char *const *argv, struct cm_command_line *ret_line);

// The value of an option, or NULL when it was not given. Of a list: the last one.
const char *cm_command_value(const struct cm_command_line *line, enum cm_option option);

// The i-th value of an option that may be repeated, or NULL.
const char *cm_command_value_at(const struct cm_command_line *line, enum cm_option option, size_t i);

// The help of one command, and the list of all commands.
void cm_command_help(FILE *to, enum cm_command command);
void cm_command_list(FILE *to);

// The list of the commands that begin with this word ("request"). False, and nothing written: it begins none.
bool cm_command_group(FILE *to, const char *group);

// A completion script for bash; a manual page (man format) of one command, of NONE the overview.
void cm_command_completion(FILE *to);
void cm_command_manual(FILE *to, enum cm_command command);

#endif
