// Knows: how functions look in this tree (name at the start of a line, braces of a body in column one), and their
// limits: lines of files and functions, arguments, booleans side by side, names of exported symbols.
#include "house.h"

#include <stdio.h>
#include <string.h>

#define FILE_LINES 600
#define FUNCTION_LINES 70
#define ARGUMENTS 6

static int
lines_of(const char *from, const char *to)
{
	int n = 1;
	for (; from < to && *from != 0; from++)
		n += *from == '\n';
	return n;
}

// The closing parenthesis of the one at `open`, or NULL.
static const char *
closing(const char *open)
{
	int depth = 0;
	for (const char *c = open; *c != 0; c++) {
		depth += (*c == '(') - (*c == ')');
		if (depth == 0)
			return c;
	}
	return NULL;
}

// Judges the parameter list between two parentheses.
static void
check_arguments(const struct house_file *f, const char *name, int name_n, const char *open, const char *close)
{
	int count = 1, depth = 0;
	bool boolean = false, before = false, empty = true;
	const char *start = open + 1;
	for (const char *c = open + 1; c <= close; c++) {
		depth += (*c == '(') - (*c == ')' && c != close);
		empty = empty && (*c == ' ' || *c == '\n' || *c == '\t' || c == close);
		if ((*c != ',' || depth != 0) && c != close)
			continue;
		start += strspn(start, " \t\n");
		boolean = house_starts(start, "bool ") && memchr(start, '*', (size_t)(c - start)) == NULL;
		if (boolean && before)
			house_fault("functions-booleans", f->path, house_line(f, name),
			            "Take an options struct with named fields.", "%.*s has two booleans in a row", name_n, name);
		before = boolean;
		count += c != close;
		start = c + 1;
	}
	if (!empty && count > ARGUMENTS)
		house_fault("functions-arguments", f->path, house_line(f, name), "Put what belongs together into a struct.",
		            "%.*s takes %d arguments, at most %d", name_n, name, count, ARGUMENTS);
}

// "cm_" and the stem, or the part of the stem before an underscore, then '_' or the end.
static bool
starts_with_stem(const char *name, size_t n, const char *whole_stem)
{
	char stem[128];
	snprintf(stem, sizeof stem, "%s", whole_stem);
	for (;;) {
		size_t m = strlen(stem);
		if (n - 3 >= m && strncmp(name + 3, stem, m) == 0 && (n - 3 == m || name[3 + m] == '_'))
			return true;
		char *cut = strrchr(stem, '_');
		if (cut == NULL)
			return false;
		*cut = 0;
	}
}

// Exported symbols start with the name of their file or of the header of the room that declares them: zip_read.c may
// export cm_zip_read_… and cm_zip_…; ossl/sign.c cm_key_…, since key.h declares it; comity_… is for the front door.
static bool
named_right(const struct house_file *f, const char *name, size_t n)
{
	char word[200];
	snprintf(word, sizeof word, "%.*s", (int)n, name);
	if (strcmp(f->room, "api") == 0 && house_starts(name, "comity_"))
		return true;
	if (!house_starts(name, "cm_"))
		return false;
	if (starts_with_stem(name, n, f->stem))
		return true;
	for (size_t i = 0; i < house.files; i++) {
		const struct house_file *h = &house.file[i];
		if (h->is_header && strcmp(h->room, f->room) == 0 && house_word(h->code, word) != NULL &&
		    starts_with_stem(name, n, h->stem))
			return true;
	}
	return false;
}

// True when the line before the one at `line` makes it a static function's name line.
static bool
is_static(const struct house_file *f, const char *line)
{
	if (line == f->code)
		return false;
	const char *end = line - 1, *start = end;
	while (start > f->code && start[-1] != '\n')
		start--;
	return house_word(start, "static") != NULL && house_word(start, "static") < end;
}

static void
check_definition(const struct house_file *f, const char *name, int name_n, const char *brace)
{
	const char *end = strstr(brace, "\n}");
	int lines = lines_of(name, end == NULL ? brace : end + 1);
	if (lines > FUNCTION_LINES)
		house_fault("functions-length", f->path, house_line(f, name), "Split it where its comments would stand.",
		            "%.*s has %d lines, at most %d", name_n, name, lines, FUNCTION_LINES);
	if (f->room[0] == 0 || is_static(f, name) || strcmp(f->room, "main") == 0)
		return;
	if (!named_right(f, name, (size_t)name_n))
		house_fault("functions-names", f->path, house_line(f, name), "Name it after its file, or make it static.",
		            "exported %.*s does not start with cm_%s", name_n, name, f->stem);
}

// Definitions have their name at the start of a line; prototypes in headers may follow their type.
static void
check_line(const struct house_file *f, const char *line)
{
	const char *open = line + strcspn(line, "(\n{;=");
	if (*open != '(' || !house_word_char(line[0]))
		return;
	const char *name = open;
	while (name > line && house_word_char(name[-1]))
		name--;
	int name_n = (int)(open - name);
	const char *close = closing(open);
	if (name_n == 0 || close == NULL || house_starts(name, "__attribute__") || house_starts(name, "UNIT_MAIN"))
		return;
	const char *after = close + 1 + strspn(close + 1, " \t\n");
	if (house_starts(after, "__attribute__") || *after == ';') {
		check_arguments(f, name, name_n, open, close);
	} else if (*after == '{' && after[-1] == '\n') {
		check_arguments(f, name, name_n, open, close);
		check_definition(f, line, name_n + (int)(name - line), after);
	}
}

void
house_functions(void)
{
	for (size_t i = 0; i < house.files; i++) {
		const struct house_file *f = &house.file[i];
		if (!f->is_header && !f->is_source)
			continue;
		int lines = lines_of(f->text, f->text + strlen(f->text)) - 1;
		if (lines > FILE_LINES)
			house_fault("functions-file", f->path, lines, "Split it by what its parts know.", "%d lines, at most %d",
			            lines, FILE_LINES);
		for (const char *line = f->code; *line != 0;) {
			check_line(f, line);
			line += strcspn(line, "\n");
			line += *line == '\n';
		}
	}
}
