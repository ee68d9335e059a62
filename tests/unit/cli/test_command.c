#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "cli/command.h"

static char *shown; // what was said on standard error, or written to a stream

static bool
parse(const char *const *words, struct cm_command_line *line)
{
	int argc = 0;
	FILE *err = stderr;
	size_t n;
	while (words[argc] != NULL)
		argc++;
	free(shown);
	stderr = open_memstream(&shown, &n);
	bool good = cm_command_parse(argc, words, line);
	fclose(stderr);
	stderr = err;
	return good;
}
#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})

static void
words_arguments_and_options_are_told_apart(void **state)
{
	(void)state;
	struct cm_command_line line;
	assert_true(parse(WORDS("request", "decide", "abc", "--event=preserve", "--json", "--home", "h", "--text", "t", "--session=s"), &line));
	assert_int_equal(line.command, CM_COMMAND_REQUEST_DECIDE);
	assert_int_equal(line.argument_count, 1);
	assert_true(line.json);
	assert_int_equal(line.value_count, 2);
	assert_true(parse(WORDS("verify", "--", "--odd-name"), &line));
	assert_int_equal(line.argument_count, 1);
}

static void
lists_are_kept_in_order(void **state)
{
	(void)state;
	char seal[] = "seal", file[] = "f", r[] = "-r", a[] = "a", b[] = "b", o[] = "-o", out[] = "x";
	const char *argv[] = {seal, file, r, a, r, b, o, out, NULL};
	struct cm_command_line line;
	assert_true(cm_command_parse(8, argv, &line));
	assert_string_equal(cm_command_value_at(&line, CM_OPTION_SEAL_RECIPIENT, 0), "a");
	assert_string_equal(cm_command_value_at(&line, CM_OPTION_SEAL_RECIPIENT, 1), "b");
	assert_null(cm_command_value_at(&line, CM_OPTION_SEAL_RECIPIENT, 2));
	assert_string_equal(cm_command_value(&line, CM_OPTION_SEAL_OUT), "x");
}

static void
wrong_lines_are_told_with_the_help(void **state)
{
	(void)state;
	struct cm_command_line line;
	assert_false(parse(WORDS("nothing", "here"), &line));
	assert_non_null(strstr(shown, "there is no \"nothing here\""));
	assert_false(parse(WORDS("request", "decide", "--event", "preserve"), &line));
	assert_non_null(strstr(shown, "it needs REQUEST"));
	assert_false(parse(WORDS("request", "say", "abc", "--home=h"), &line));
	assert_non_null(strstr(shown, "it needs --event EVENT"));
	assert_false(parse(WORDS("request", "decide", "abc", "--event"), &line));
	assert_non_null(strstr(shown, "a value is missing after --event"));
	assert_false(parse(WORDS("request", "decide", "abc", "--evil", "x"), &line));
	assert_non_null(strstr(shown, "there is no option --evil"));
	assert_false(parse(WORDS("stop", "too", "many"), &line));
	assert_non_null(strstr(shown, "\"too\" is one too many"));
	assert_false(parse(WORDS("request"), &line));
	assert_non_null(strstr(shown, "a word is missing after \"request\"; there is request check, request send"));
	assert_false(parse(WORDS("request", "list"), &line));
	assert_non_null(strstr(shown, "it needs --home DIR"));
	assert_non_null(strstr(shown, "\"comity request list --help\""));
	assert_false(parse(WORDS("request", "list", "--home"), &line));
	assert_non_null(strstr(shown, "a value is missing after --home"));
	assert_false(parse(WORDS("log", "prove", "d", "--index", "many"), &line));
	assert_non_null(strstr(shown, "a whole number is wanted"));
	assert_true(parse(WORDS("request", "decide", "--help"), &line));
	assert_true(line.help);
}

static char *
written(void (*write)(FILE *to, enum cm_command command), enum cm_command command)
{
	size_t n;
	free(shown);
	FILE *to = open_memstream(&shown, &n);
	write(to, command);
	fclose(to);
	return shown;
}

static void
every_option_stands_in_help_and_manual(void **state)
{
	(void)state;
	for (int o = 1; o < CM_OPTION_END; o++) {
		const struct cm_option_row *row = cm_option_row((enum cm_option)o);
		char name[80];
		snprintf(name, sizeof name, "--%s", row->long_name);
		assert_non_null(strstr(written(cm_command_help, row->command), name));
		size_t n = 0;
		for (const char *c = row->long_name; *c != 0; c++)
			n += (size_t)snprintf(name + n, sizeof name - n, "%s%c", *c == '-' ? "\\" : "", *c);
		assert_non_null(strstr(written(cm_command_manual, row->command), name));
	}
}

static void
every_command_stands_in_list_and_completion(void **state)
{
	(void)state;
	char *list = NULL, *completion = NULL;
	size_t n;
	FILE *to = open_memstream(&list, &n);
	cm_command_list(to);
	fclose(to);
	to = open_memstream(&completion, &n);
	cm_command_completion(to);
	fclose(to);
	for (int c = 1; c < CM_COMMAND_END; c++) {
		assert_non_null(strstr(list, cm_command_row((enum cm_command)c)->words));
		assert_non_null(strstr(completion, cm_command_row((enum cm_command)c)->words));
		assert_non_null(strstr(written(cm_command_manual, CM_COMMAND_NONE), cm_command_row((enum cm_command)c)->words));
	}
	free(list);
	free(completion);
}

static void
manual_text_is_no_man_command(void **state)
{
	(void)state;
	for (int c = 1; c < CM_COMMAND_END; c++) {
		const char *page = written(cm_command_manual, (enum cm_command)c);
		for (const char *line = page; line != NULL; line = strchr(line + 1, '\n'))
			if (line[0] == '\n' && line[1] == '.')
				assert_true(line[2] >= 'A' && line[2] <= 'Z');
	}
	free(shown);
	shown = NULL;
}

UNIT_MAIN(T(words_arguments_and_options_are_told_apart), T(lists_are_kept_in_order), T(wrong_lines_are_told_with_the_help),
          T(every_option_stands_in_help_and_manual), T(every_command_stands_in_list_and_completion),
          T(manual_text_is_no_man_command))
