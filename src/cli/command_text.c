// Knows: how the tables of commands and options read as help, list, completion for bash and manual pages. Does not know:
// how a command line is read (command.c) or what any command does.
#include "cli/command.h"

#include <string.h>

static void
cm_command_usage(FILE *to, enum cm_command command)
{
	const struct cm_command_row *row = cm_command_row(command);
	fprintf(to, "comity %s%s%s", row->words, *row->arguments == 0 ? "" : " ", row->arguments);
	for (int o = 1; o < CM_OPTION_END; o++) {
		const struct cm_option_row *option = cm_option_row((enum cm_option)o);
		if (option->command == command && option->needed)
			fprintf(to, " --%s %s", option->long_name, option->argument);
	}
	fprintf(to, "%s%s [options]\n", row->home ? " --home DIR" : "", row->person ? " --session FILE" : "");
}

// Text in lines of at most 78 characters.
static void
cm_command_wrapped(FILE *to, const char *text)
{
	size_t column = 0;
	while (*text != 0) {
		size_t n = strcspn(text, " ");
		if (column > 0 && column + 1 + n > 78) {
			fputc('\n', to);
			column = 0;
		}
		column += (size_t)fprintf(to, "%s%.*s", column == 0 ? "" : " ", (int)n, text);
		text += n;
		text += *text == ' ';
	}
	fputc('\n', to);
}

static void
cm_command_option_line(FILE *to, const char *name, const char *help, bool needed)
{
	fprintf(to, "  %-28s ", name);
	if (strlen(name) > 28)
		fprintf(to, "\n%31s", "");
	fprintf(to, "%s%s\n", help, needed ? " (needed)" : "");
}

void
cm_command_help(FILE *to, enum cm_command command)
{
	const struct cm_command_row *row = cm_command_row(command);
	char name[64];
	fputs("usage: ", to);
	cm_command_usage(to, command);
	fprintf(to, "\n%s:\n", row->words);
	cm_command_wrapped(to, row->more);
	fputc('\n', to);
	for (int o = 1; o < CM_OPTION_END; o++) {
		const struct cm_option_row *option = cm_option_row((enum cm_option)o);
		if (option->command != command)
			continue;
		snprintf(name, sizeof name, "%s%s%s--%s %s", *option->letter ? "-" : "    ", option->letter,
		         *option->letter ? ", " : "", option->long_name, option->argument);
		cm_command_option_line(to, name, option->help, option->needed);
	}
	if (row->home)
		cm_command_option_line(to, "    --home DIR", "folder of the node", true);
	if (row->person)
		cm_command_option_line(to, "    --session FILE", "session file of 'comity login'; or COMITY_SESSION", true);
	cm_command_option_line(to, "    --json", "answer as JSON, a failure too", false);
	fputs("\nExit code: 0 done, 1 refused or invalid, 2 wrong command line, 3 environment.\n", to);
}

static void
cm_command_list_row(FILE *to, const struct cm_command_row *row)
{
	fprintf(to, "  %-18s %s\n", row->words, row->summary);
}

// Is the command one of the group that begins with these `n` bytes?
static bool
cm_command_of_group(enum cm_command command, const char *group, size_t n)
{
	const char *words = cm_command_row(command)->words;
	return strncmp(words, group, n) == 0 && words[n] == ' ';
}

void
cm_command_list(FILE *to)
{
	bool in_group = false;
	fputs("usage: comity COMMAND [arguments] [options]\n", to);
	for (int c = 1; c < CM_COMMAND_END; c++) {
		const struct cm_command_row *row = cm_command_row((enum cm_command)c);
		size_t n = strcspn(row->words, " ");
		bool group = row->words[n] == ' ';
		if (c == 1 || ((group || in_group) && !cm_command_of_group((enum cm_command)(c - 1), row->words, n)))
			fputc('\n', to);
		in_group = group;
		cm_command_list_row(to, row);
	}
	fputs("\n'comity COMMAND --help' explains one command; 'comity demo' shows the whole path.\n", to);
}

bool
cm_command_group(FILE *to, const char *group)
{
	bool some = false;
	for (int c = 1; c < CM_COMMAND_END; c++) {
		if (!cm_command_of_group((enum cm_command)c, group, strlen(group)))
			continue;
		if (!some)
			fprintf(to, "usage: comity %s COMMAND [arguments] [options]\n\n", group);
		some = true;
		cm_command_list_row(to, cm_command_row((enum cm_command)c));
	}
	if (some)
		fprintf(to, "\n'comity help %s' explains them all.\n", group);
	return some;
}

// The first words of the commands, each once; with `group` the second words of that group.
static void
cm_command_word_list(FILE *to, const char *group)
{
	size_t n = group == NULL ? 0 : strlen(group);
	for (int c = 1; c < CM_COMMAND_END; c++) {
		const char *words = cm_command_row((enum cm_command)c)->words;
		size_t length = strcspn(words, " ");
		if (group == NULL && (c == 1 || strncmp(cm_command_row((enum cm_command)(c - 1))->words, words, length) != 0))
			fprintf(to, "%.*s ", (int)length, words);
		else if (group != NULL && cm_command_of_group((enum cm_command)c, group, n))
			fprintf(to, "%s ", words + n + 1);
	}
}

void
cm_command_completion(FILE *to)
{
	char group[64] = "";
	fputs("# Completion of bash for comity; written by \"comity completion\".\n_comity() {\n"
	      "\tlocal cur=${COMP_WORDS[COMP_CWORD]} words= options=\n\tlocal line=\"${COMP_WORDS[*]:1:COMP_CWORD-1} \"\n"
	      "\tcase \"$line\" in\n",
	      to);
	for (int c = 1; c < CM_COMMAND_END; c++) {
		const char *words = cm_command_row((enum cm_command)c)->words;
		size_t n = strcspn(words, " ");
		if (words[n] == 0 || (strlen(group) == n && strncmp(group, words, n) == 0))
			continue;
		snprintf(group, sizeof group, "%.*s", (int)n, words);
		fprintf(to, "\t\"%s \" | \"help %s \") words=\"", group, group);
		cm_command_word_list(to, group);
		fputs("\" ;;\n", to);
	}
	for (int c = 1; c < CM_COMMAND_END; c++) {
		const struct cm_command_row *row = cm_command_row((enum cm_command)c);
		fprintf(to, "\t\"%s \"*) options=\"--help --json%s%s", row->words, row->home ? " --home" : "",
		        row->person ? " --session" : "");
		for (int o = 1; o < CM_OPTION_END; o++)
			if (cm_option_row((enum cm_option)o)->command == (enum cm_command)c)
				fprintf(to, " --%s", cm_option_row((enum cm_option)o)->long_name);
		fputs("\" ;;\n", to);
	}
	fputs("\tesac\n\tcase \"$line\" in\n\t\" \" | \"help \") words=\"", to);
	cm_command_word_list(to, NULL);
	fputs("\" ;;\n\tesac\n\tcase \"$cur\" in\n\t-*) words=$options ;;\n\tesac\n"
	      "\tCOMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n}\n"
	      "complete -o default -F _comity comity\n",
	      to);
}

// Text of a table in man format: a backslash and a leading dot would be commands there.
static void
cm_command_man_text(FILE *to, const char *text)
{
	if (*text == '.' || *text == '\'')
		fputs("\\&", to);
	for (; *text != 0; text++) {
		if (*text == '\\' || *text == '-')
			fputc('\\', to);
		fputc(*text == '\\' ? 'e' : *text, to);
	}
}

static void
cm_command_man_option(FILE *to, const char *name, const char *argument, const char *help)
{
	fputs(".TP\n.B ", to);
	cm_command_man_text(to, name);
	fprintf(to, "%s%s\n", *argument == 0 ? "" : " ", argument);
	cm_command_man_text(to, help);
	fputc('\n', to);
}

// What all commands have in common.
static void
cm_command_man_common(FILE *to)
{
	fputs(".SH EXIT STATUS\n.TP\n.B 0\nDone.\n.TP\n.B 1\nRefused or invalid; the findings say why.\n.TP\n.B 2\n"
	      "The command line is wrong, or no session was given where a person is needed.\n.TP\n.B 3\n"
	      "Disk, network, memory or kernel is in the way, or no node runs.\n"
	      ".SH FAILURES\nA failure is told on standard error: what is wrong, where, what to do, and the name of the rule\n"
	      "(\n.B comity catalogue errors\nlists them).\nWith\n.B \\-\\-json\n"
	      "it is one object on standard output with the members\n.I exit\nand\n.IR findings ,\n"
	      "each finding with\n.IR place ,\n.IR remedy ,\n.IR rule ,\n.IR seen ,\n.I source\nand\n.IR text .\n"
	      "Where the result itself goes to standard output\n.RB ( \"\\-\\-out \\-\" )\n"
	      "the object goes to standard error.\n",
	      to);
}

static void
cm_command_man_overview(FILE *to)
{
	fprintf(to, ".TH COMITY 1 \"\" \"comity %s\"\n.SH NAME\ncomity \\- mutual legal assistance between States\n"
	            ".SH SYNOPSIS\n.B comity\n.I COMMAND\n[arguments] [options]\n.SH COMMANDS\n",
	        CM_VERSION);
	for (int c = 1; c < CM_COMMAND_END; c++) {
		const struct cm_command_row *row = cm_command_row((enum cm_command)c);
		cm_command_man_option(to, row->words, row->arguments, row->summary);
	}
	cm_command_man_common(to);
	fputs(".SH ENVIRONMENT\n.TP\n.B COMITY_SESSION\nThe session file, when \\-\\-session is not given.\n",
	      to);
}

void
cm_command_manual(FILE *to, enum cm_command command)
{
	if (command == CM_COMMAND_NONE) {
		cm_command_man_overview(to);
		return;
	}
	const struct cm_command_row *row = cm_command_row(command);
	fputs(".TH COMITY-", to);
	for (const char *c = row->name; *c != 0; c++)
		fputc(*c == '_' ? '-' : *c >= 'a' && *c <= 'z' ? *c - 'a' + 'A' : *c, to);
	fprintf(to, " 1 \"\" \"comity %s\"\n.SH NAME\ncomity %s \\- ", CM_VERSION, row->words);
	cm_command_man_text(to, row->summary);
	fputs("\n.SH SYNOPSIS\n", to);
	cm_command_usage(to, command);
	fputs(".SH DESCRIPTION\n", to);
	cm_command_man_text(to, row->more);
	fputs("\n.SH OPTIONS\n", to);
	for (int o = 1; o < CM_OPTION_END; o++) {
		const struct cm_option_row *option = cm_option_row((enum cm_option)o);
		char name[80];
		if (option->command != command)
			continue;
		snprintf(name, sizeof name, "%s%s%s--%s", *option->letter ? "-" : "", option->letter,
		         *option->letter ? ", " : "", option->long_name);
		cm_command_man_option(to, name, option->argument, option->help);
	}
	if (row->home)
		cm_command_man_option(to, "--home", "DIR", "Folder of the node.");
	if (row->person)
		cm_command_man_option(to, "--session", "FILE", "Session file of 'comity login'; or COMITY_SESSION.");
	cm_command_man_option(to, "--json", "", "Answer as JSON, a failure too.");
	cm_command_man_common(to);
	fputs(".SH SEE ALSO\n.BR comity (1)\n",
	      to);
}
