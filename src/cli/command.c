// Knows: how a command line is read by data/commands.tab and data/options.tab. Does not know: what any command does,
// or how help looks (command_text.c).
// The parser is our own and not getopt, because names of options, help, manual and completion come from one table.
#include "cli/command.h"

#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/num.h"
#include "os/env.h"
#include "cli/fail.h"

// How many leading words of argv are the words of `command`; 0 when they are not.
static size_t
cm_command_words(enum cm_command command, int argc, const char *const *argv)
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
cm_command_of(int argc, const char *const *argv, size_t *ret_words)
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

// Refuses the line: `place` is the word that is wrong, or the one that is missing.
static cm_result
cm_command_wrong(struct cm_report *report, const char *place, const char *seen, const char *word)
{
	return cm_report_refuse(report, CM_ERROR_USAGE, place, seen, word);
}

// Where the value of an option goes that every command has, or NULL.
static const char **
cm_command_common(struct cm_command_line *line, const char *name, size_t n)
{
	if (n == 4 && strncmp(name, "home", n) == 0)
		return &line->home;
	return n == 7 && strncmp(name, "session", n) == 0 ? &line->session : NULL;
}

// May an option stand several times?
static bool
cm_command_repeats(enum cm_option option)
{
	const char *kind = cm_option_row(option)->kind;
	return strcmp(kind, "list") == 0 || strcmp(kind, "answers") == 0 || strcmp(kind, "each") == 0;
}

static cm_result
cm_command_take_option(struct cm_command_line *line, int argc, const char *const *argv, int *at, struct cm_report *report)
{
	const char *word = argv[*at], *text = "";
	if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
		line->help = true;
		return CM_OK;
	}
	if (strcmp(word, "--json") == 0)
		return CM_OK; // was seen before
	bool letter = word[1] != '-';
	const char *name = word + (letter ? 1 : 2);
	size_t n = letter ? strlen(name) : strcspn(name, "=");
	const char **common = letter ? NULL : cm_command_common(line, name, n);
	enum cm_option option = common != NULL ? CM_OPTION_NONE : cm_command_option(line->command, name, n, letter);
	if (common == NULL && option == CM_OPTION_NONE)
		return cm_command_wrong(report, "option", "there is no option %s", word);
	bool flag = common == NULL && strcmp(cm_option_row(option)->kind, "flag") == 0;
	if (!letter && name[n] == '=')
		text = name + n + 1;
	else if (!flag) {
		if (*at + 1 >= argc)
			return cm_command_wrong(report, "option", "a value is missing after %s", word);
		text = argv[++*at];
	}
	bool again = common != NULL ? *common != NULL : cm_command_value(line, option) != NULL;
	if (again && !flag && (common != NULL || !cm_command_repeats(option)))
		return cm_command_wrong(report, "option", "%s is given twice; it takes one value", word);
	if (common != NULL) {
		*common = text;
		return CM_OK;
	}
	if (line->value_count == CM_COMMAND_VALUES)
		return cm_command_wrong(report, "options", "%s is one too many", word);
	line->values[line->value_count++] = (struct cm_command_value){option, text};
	return CM_OK;
}

static bool
cm_command_given(const struct cm_command_line *line, enum cm_option option)
{
	const char *name = cm_option_row(option)->long_name;
	const char *text = strcmp(name, "home") == 0      ? line->home
	                   : strcmp(name, "session") == 0 ? line->session
	                                                  : cm_command_value(line, option);
	return text != NULL && *text != 0;
}

static cm_result
cm_command_numbers(const struct cm_command_line *line, struct cm_report *report)
{
	uint64_t number;
	for (size_t i = 0; i < line->value_count; i++) {
		const struct cm_option_row *option = cm_option_row(line->values[i].option);
		char place[80];
		if (strcmp(option->kind, "number") != 0 || cm_num_u64(cm_view_text(line->values[i].text), 0, INT64_MAX, &number))
			continue;
		snprintf(place, sizeof place, "--%s", option->long_name);
		return cm_command_wrong(report, place, "a whole number is wanted, not \"%s\"", line->values[i].text);
	}
	return CM_OK;
}

static cm_result
cm_command_complete(const struct cm_command_line *line, struct cm_report *report)
{
	const struct cm_command_row *row = cm_command_row(line->command);
	size_t wanted = 0, least = 0;
	for (const char *a = row->arguments; *a != 0; a += *a == ' ') {
		least += strchr("[", *a) == NULL;
		wanted++;
		a += strcspn(a, " ");
	}
	if (line->argument_count > wanted)
		return cm_command_wrong(report, "arguments", "\"%s\" is one too many", line->arguments[wanted]);
	if (line->argument_count < least)
		return cm_command_wrong(report, "arguments", "it needs %s", row->arguments);
	if (row->home && (line->home == NULL || *line->home == 0))
		return cm_command_wrong(report, "--home", "%s", "it needs --home DIR, the folder of the node");
	for (int o = 1; o < CM_OPTION_END; o++) {
		const struct cm_option_row *option = cm_option_row((enum cm_option)o);
		char name[80];
		if (option->command != line->command || !option->needed || cm_command_given(line, (enum cm_option)o))
			continue;
		snprintf(name, sizeof name, "--%s %s", option->long_name, option->argument);
		return cm_command_wrong(report, "options", "it needs %s", name);
	}
	if (row->person && line->session == NULL && cm_env_get("COMITY_SESSION") == NULL)
		return cm_report_refuse(report, CM_ERROR_SESSION_MISSING, "--session", "%s", "it needs --session FILE");
	return cm_command_numbers(line, report);
}

// What to say about words that are no command: which ones begin like this, when there are any.
static cm_result
cm_command_unknown(int argc, const char *const *argv, struct cm_report *report)
{
	const char *word = argv[0], *second = argc > 1 && argv[1][0] != '-' ? argv[1] : "";
	struct cm_buf CM_CLEANUP(cm_buf_fini) text = cm_buf_of(CM_REPORT_SEEN);
	size_t n = strlen(word);
	for (int c = 1; c < CM_COMMAND_END; c++) {
		const char *words = cm_command_row((enum cm_command)c)->words;
		if (strncmp(words, word, n) == 0 && words[n] == ' ')
			cm_buf_printf(&text, "%s %s", text.n == 0 ? "; there is" : ",", words);
	}
	if (text.n > 0 && *second == 0)
		return cm_report_refuse(report, CM_ERROR_USAGE, "command", "a word is missing after \"%s\"%s", word, cm_buf_cstr(&text));
	return cm_report_refuse(report, CM_ERROR_USAGE, "command", "there is no \"%s%s%s\"%s", word, *second == 0 ? "" : " ",
	                        second, cm_buf_cstr(&text));
}

static cm_result
cm_command_read(int argc, const char *const *argv, struct cm_command_line *line, struct cm_report *report)
{
	size_t words = 0;
	bool only_arguments = false;
	line->command = cm_command_of(argc, argv, &words);
	if (line->command == CM_COMMAND_NONE)
		return cm_command_unknown(argc, argv, report);
	for (int i = (int)words; i < argc; i++) {
		bool option = !only_arguments && argv[i][0] == '-' && argv[i][1] != 0;
		cm_result r = CM_OK;
		if (option && strcmp(argv[i], "--") == 0)
			only_arguments = true;
		else if (option)
			r = cm_command_take_option(line, argc, argv, &i, report);
		else if (line->argument_count == CM_COMMAND_ARGUMENTS)
			r = cm_command_wrong(report, "arguments", "\"%s\" is one too many", argv[i]);
		else
			line->arguments[line->argument_count++] = argv[i];
		if (r != CM_OK)
			return r;
	}
	return line->help ? CM_OK : cm_command_complete(line, report);
}

// Whether failures are told as JSON has to be known before the first one.
static bool
cm_command_wants_json(int argc, const char *const *argv)
{
	for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "--json") == 0)
			return true;
	return false;
}

bool
cm_command_parse(int argc, const char *const *argv, struct cm_command_line *ret_line)
{
	struct cm_report report = {0};
	struct cm_command_line line = {.command = CM_COMMAND_NONE, .json = cm_command_wants_json(argc, argv)};
	cm_result r = cm_command_read(argc, argv, &line, &report);
	if (r != CM_OK) {
		cm_fail(&line, r, &report);
		return false;
	}
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
