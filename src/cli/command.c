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

void
cm_command_help(FILE *to, enum cm_command command)
{
	const struct cm_command_row *row = cm_command_row(command);
	fputs("usage: ", to);
	cm_command_usage(to, command);
	fprintf(to, "\n%s.\n%s\n\n", row->summary, row->more);
	for (int o = 1; o < CM_OPTION_END; o++) {
		const struct cm_option_row *option = cm_option_row((enum cm_option)o);
		if (option->command != command)
			continue;
		char name[64];
		snprintf(name, sizeof name, "%s%s%s--%s %s", *option->letter ? "-" : "    ", option->letter,
		         *option->letter ? ", " : "", option->long_name, option->argument);
		fprintf(to, "  %-28s %s%s\n", name, option->help, option->needed ? " (needed)" : "");
	}
	if (row->route != CM_ROUTE_NONE || row->person)
		fprintf(to, "      %-24s %s\n", "--home DIR", "folder of the running node");
	if (row->person)
		fprintf(to, "      %-24s %s\n", "--session FILE", "session file written by 'comity login'");
	fprintf(to, "      %-24s %s\n", "--json", "answer as JSON");
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

void
cm_command_manual(FILE *to, enum cm_command command)
{
	const struct cm_command_row *row = cm_command_row(command);
	fprintf(to, ".TH COMITY-%s 1 \"\" \"comity %s\"\n.SH NAME\ncomity %s \\- %s\n.SH SYNOPSIS\n", row->name, CM_VERSION,
	        row->words, row->summary);
	cm_command_usage(to, command);
	fprintf(to, ".SH DESCRIPTION\n%s\n.SH OPTIONS\n", row->more);
	for (int o = 1; o < CM_OPTION_END; o++) {
		const struct cm_option_row *option = cm_option_row((enum cm_option)o);
		if (option->command == command)
			fprintf(to, ".TP\n.B \\-\\-%s %s\n%s\n", option->long_name, option->argument, option->help);
	}
	fputs(".SH EXIT STATUS\n0 done, 1 refused or invalid, 2 wrong command line, 3 environment.\n", to);
}
