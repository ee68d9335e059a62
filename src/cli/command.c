// Knows: how a command line is read by data/commands.tab and data/options.tab. Does not know: what any command does.
// The parser is our own and not getopt, because names of options, help, manual and completion come from one table.
#include "cli/command.h"

#include <string.h>

static const char *const cm_command_common[] = {"--help", "--json", "--home", "--session"};

// How many leading words of argv are the words of `command`; 0 when they are not.
static size_t
cm_command_words(enum cm_command command, int argc, char **argv)
{
	const char *words = cm_command_row(command)->words;
	size_t n = 0;
	while (*words != 0) {
		size_t length = strcspn(words, " ");
		if (n >= (size_t)argc || strlen(argv[n]) != length || strncmp(argv[n], words, length) != 0)
			return 0;
		n++;
		words += length + (words[length] == ' ');
	}
	return n;
}

static enum cm_command
cm_command_of(int argc, char **argv, size_t *ret_words)
{
	for (int c = 1; c < CM_COMMAND_END; c++) {
		size_t n = cm_command_words((enum cm_command)c, argc, argv);
		if (n > 0) {
			*ret_words = n;
			return (enum cm_command)c;
		}
	}
	return CM_COMMAND_NONE;
}

// The option of `command` spelled by `n` bytes at `name` (without dashes).
static enum cm_option
cm_command_option(enum cm_command command, const char *name, size_t n, bool letter)
{
	for (int o = 1; o < CM_OPTION_END; o++) {
		const struct cm_option_row *row = cm_option_row((enum cm_option)o);
		const char *spelled = letter ? row->letter : row->long_name;
		if (row->command == command && n > 0 && strlen(spelled) == n && strncmp(spelled, name, n) == 0)
			return (enum cm_option)o;
	}
	return CM_OPTION_NONE;
}

static bool
cm_command_wrong(enum cm_command command, const char *what, const char *word)
{
	fprintf(stderr, "comity %s: %s%s%s. See 'comity %s --help'.\n", cm_command_row(command)->words, what,
	        *word == 0 ? "" : " ", word, cm_command_row(command)->words);
	return false;
}

// --home and --session belong to every command that does not list them itself; --help and --json to all.
// True when argv[*at] was one of them.
static bool
cm_command_take_common(struct cm_command_line *line, int argc, char **argv, int *at)
{
	const char *word = argv[*at];
	if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
		line->help = true;
		return true;
	}
	if (strcmp(word, "--json") == 0) {
		line->json = true;
		return true;
	}
	const char **where = strcmp(word, "--home") == 0 ? &line->home : strcmp(word, "--session") == 0 ? &line->session : NULL;
	if (where == NULL || *at + 1 >= argc)
		return false;
	*where = argv[++*at];
	return true;
}

static bool
cm_command_take_option(struct cm_command_line *line, int argc, char **argv, int *at)
{
	const char *word = argv[*at];
	bool letter = word[1] != '-';
	const char *name = word + (letter ? 1 : 2);
	size_t n = letter ? strlen(name) : strcspn(name, "=");
	enum cm_option option = cm_command_option(line->command, name, n, letter);
	if (option == CM_OPTION_NONE)
		return cm_command_wrong(line->command, "there is no option", word);
	const char *text = "";
	if (!letter && name[n] == '=')
		text = name + n + 1;
	else if (strcmp(cm_option_row(option)->kind, "flag") != 0) {
		if (*at + 1 >= argc)
			return cm_command_wrong(line->command, "a value is missing after", word);
		text = argv[++*at];
	}
	if (line->value_count == CM_COMMAND_VALUES)
		return cm_command_wrong(line->command, "too many options", "");
	line->values[line->value_count++] = (struct cm_command_value){option, text};
	return true;
}

static bool
cm_command_complete(const struct cm_command_line *line)
{
	const struct cm_command_row *row = cm_command_row(line->command);
	size_t wanted = 0, least = 0;
	for (const char *a = row->arguments; *a != 0; a += *a == ' ') {
		least += strchr("[", *a) == NULL;
		wanted++;
		a += strcspn(a, " ");
	}
	if (line->argument_count < least || line->argument_count > wanted)
		return cm_command_wrong(line->command, wanted == 0 ? "it takes no argument" : "it takes", row->arguments);
	for (int o = 1; o < CM_OPTION_END; o++) {
		const struct cm_option_row *option = cm_option_row((enum cm_option)o);
		bool is_home = strcmp(option->long_name, "home") == 0;
		if (option->command == line->command && option->needed && !(is_home && line->home != NULL) &&
		    cm_command_value(line, (enum cm_option)o) == NULL) {
			char name[80];
			snprintf(name, sizeof name, "--%s %s", option->long_name, option->argument);
			return cm_command_wrong(line->command, "it needs", name);
		}
	}
	return true;
}

bool
cm_command_parse(int argc, char **argv, struct cm_command_line *ret_line)
{
	struct cm_command_line line = {.command = CM_COMMAND_NONE};
	size_t words = 0;
	line.command = cm_command_of(argc, argv, &words);
	if (line.command == CM_COMMAND_NONE) {
		fprintf(stderr, "comity: there is no command \"%s%s%s\"; 'comity help' lists them.\n", argv[0],
		        argc > 1 ? " " : "", argc > 1 ? argv[1] : "");
		return false;
	}
	bool only_arguments = false;
	for (int i = (int)words; i < argc; i++) {
		bool option = !only_arguments && argv[i][0] == '-' && argv[i][1] != 0;
		if (option && strcmp(argv[i], "--") == 0)
			only_arguments = true;
		else if (option && cm_command_take_common(&line, argc, argv, &i))
			continue;
		else if (option) {
			if (!cm_command_take_option(&line, argc, argv, &i))
				return false;
		} else if (line.argument_count == CM_COMMAND_ARGUMENTS)
			return cm_command_wrong(line.command, "too many arguments", "");
		else
			line.arguments[line.argument_count++] = argv[i];
	}
	if (!line.help && !cm_command_complete(&line))
		return false;
	*ret_line = line;
	return true;
}

const char *
cm_command_value(const struct cm_command_line *line, enum cm_option option)
{
	const char *text = NULL;
	for (size_t i = 0; i < line->value_count; i++)
		if (line->values[i].option == option)
			text = line->values[i].text;
	return text;
}

const char *
cm_command_value_at(const struct cm_command_line *line, enum cm_option option, size_t at)
{
	for (size_t i = 0; i < line->value_count; i++)
		if (line->values[i].option == option && at-- == 0)
			return line->values[i].text;
	return NULL;
}

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
	fputs(" [options]\n", to);
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
	bool has_home = false;
	fputs("usage: ", to);
	cm_command_usage(to, command);
	fprintf(to, "\n%s:\n", row->words);
	cm_command_wrapped(to, row->more);
	fputc('\n', to);
	for (int o = 1; o < CM_OPTION_END; o++) {
		const struct cm_option_row *option = cm_option_row((enum cm_option)o);
		if (option->command != command)
			continue;
		has_home = has_home || strcmp(option->long_name, "home") == 0;
		snprintf(name, sizeof name, "%s%s%s--%s %s", *option->letter ? "-" : "    ", option->letter,
		         *option->letter ? ", " : "", option->long_name, option->argument);
		cm_command_option_line(to, name, option->help, option->needed);
	}
	if (!has_home && (row->route != CM_ROUTE_NONE || row->person))
		cm_command_option_line(to, "    --home DIR", "folder of the running node", true);
	if (row->person)
		cm_command_option_line(to, "    --session FILE", "session file of 'comity login'; or COMITY_SESSION", true);
	cm_command_option_line(to, "    --json", "answer as JSON", false);
	fputs("\nExit code: 0 done, 1 refused or invalid, 2 wrong command line, 3 environment.\n", to);
}

void
cm_command_list(FILE *to)
{
	fputs("usage: comity COMMAND [arguments] [options]\n\n", to);
	for (int c = 1; c < CM_COMMAND_END; c++) {
		const struct cm_command_row *row = cm_command_row((enum cm_command)c);
		fprintf(to, "  %-18s %s\n", row->words, row->summary);
	}
	fputs("\n'comity COMMAND --help' explains one command; 'comity demo' shows the whole path.\n", to);
}

void
cm_command_completion(FILE *to)
{
	fputs("_comity() {\n\tlocal cur=${COMP_WORDS[COMP_CWORD]} line=\"${COMP_WORDS[*]:1:COMP_CWORD-1}\"\n"
	      "\tcase \"$line\" in\n",
	      to);
	for (int c = 1; c < CM_COMMAND_END; c++) {
		fprintf(to, "\t\"%s\"*) COMPREPLY=($(compgen -f -W \"", cm_command_row((enum cm_command)c)->words);
		for (int o = 1; o < CM_OPTION_END; o++)
			if (cm_option_row((enum cm_option)o)->command == (enum cm_command)c)
				fprintf(to, "--%s ", cm_option_row((enum cm_option)o)->long_name);
		for (size_t i = 0; i < sizeof cm_command_common / sizeof *cm_command_common; i++)
			fprintf(to, "%s ", cm_command_common[i]);
		fputs("\" -- \"$cur\")) ;;\n", to);
	}
	fputs("\t*) COMPREPLY=($(compgen -W \"", to);
	for (int c = 1; c < CM_COMMAND_END; c++)
		fprintf(to, "%s ", cm_command_row((enum cm_command)c)->words);
	fputs("\" -- \"$cur\")) ;;\n\tesac\n}\ncomplete -F _comity comity\n", to);
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
	fputs(".SH EXIT STATUS\n0 done, 1 refused or invalid, 2 wrong command line, 3 environment.\n"
	      ".SH ENVIRONMENT\n.TP\n.B COMITY_SESSION\nThe session file, when \\-\\-session is not given.\n",
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
	if (row->route != CM_ROUTE_NONE || row->person)
		cm_command_man_option(to, "--home", "DIR", "Folder of the running node.");
	if (row->person)
		cm_command_man_option(to, "--session", "FILE", "Session file of 'comity login'; or COMITY_SESSION.");
	cm_command_man_option(to, "--json", "", "Answer as JSON.");
	fputs(".SH EXIT STATUS\n0 done, 1 refused or invalid, 2 wrong command line, 3 environment.\n"
	      ".SH SEE ALSO\n.BR comity (1)\n",
	      to);
}
