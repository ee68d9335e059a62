// Knows: what must stand beside a file: its first comment, its unit test, the fuzz target of a parser, the README of
// a room. Does not know: whether they are any good.
#include "house.h"

#include <stdio.h>
#include <string.h>

#define README_LINES 15
#define COMMENT_LINES 12

static void
first_comment(const struct house_file *f)
{
	int n = 0;
	for (const char *line = f->text; house_starts(line, "//"); n++) {
		line += strcspn(line, "\n");
		line += *line == '\n';
	}
	if (n == 0)
		house_fault("pairs-comment", f->path, 1, "Say what it knows, what it does not, and which section it serves.",
		            "it does not begin with a comment");
	else if (f->is_source && n > COMMENT_LINES)
		house_fault("pairs-comment", f->path, 1, "Move the explanation to doc/ or to the header.",
		            "its first comment has %d lines", n);
}

// A test of its own, or one of the room that includes its header.
static bool
is_tested(const struct house_file *f)
{
	char path[512], include[512];
	snprintf(path, sizeof path, "tests/unit/%s/test_%s.c", f->room, f->stem);
	snprintf(include, sizeof include, "#include \"%s/%s.h\"", f->room, f->stem);
	if (house_find(path) != NULL)
		return true;
	snprintf(path, sizeof path, "tests/unit/%s/", f->room);
	for (size_t i = 0; i < house.files; i++)
		if (house_starts(house.file[i].path, path) && strstr(house.file[i].text, include) != NULL)
			return true;
	return false;
}

static void
unit_test(const struct house_file *f)
{
	if (!is_tested(f))
		house_fault("pairs-test", f->path, 1,
		            "Write tests/unit/ROOM/test_FILE.c, or give the reason in tests/house/exceptions.tab.",
		            "no unit test includes its header");
}

// A parser exports cm_<file>_read… or cm_<file>_parse… that takes a view or a cursor.
static bool
is_parser(const struct house_file *f)
{
	static const char *const verbs[] = {"read", "parse"};
	char name[160];
	for (size_t v = 0; v < 2; v++) {
		snprintf(name, sizeof name, "\ncm_%s_%s", f->stem, verbs[v]);
		const char *at = strstr(f->code, name);
		if (at != NULL && (strncmp(f->code, name + 1, strlen(name) - 1) != 0))
			return true;
	}
	return false;
}

static void
fuzz_target(const struct house_file *f)
{
	char path[512];
	if ((strcmp(f->room, "format") != 0 && strcmp(f->room, "crypto") != 0 && strcmp(f->room, "proto") != 0) ||
	    !is_parser(f))
		return;
	snprintf(path, sizeof path, "tests/fuzz/fuzz_%s.c", f->stem);
	if (house_find(path) == NULL)
		house_fault("pairs-fuzz", f->path, 1,
		            "Write it with a small corpus, or name in tests/house/exceptions.tab the target that reaches it.",
		            "the parser has no %s", path);
}

static void
readme_of(const char *room)
{
	char path[512];
	snprintf(path, sizeof path, "src/%s/README.md", room);
	const struct house_file *f = house_find(path);
	if (f == NULL) {
		house_fault("pairs-readme", path, 1,
		            "Say in at most fifteen lines what belongs here, what does not, who may enter, what to read first.",
		            "the room %s has no README", room);
		return;
	}
	int lines = 0;
	for (const char *c = f->text; *c != 0; c++)
		lines += *c == '\n';
	if (lines > README_LINES)
		house_fault("pairs-readme", path, lines, "Shorten it.", "%d lines, at most %d", lines, README_LINES);
}

void
house_pairs(void)
{
	for (size_t i = 0; i < house.files; i++) {
		const struct house_file *f = &house.file[i];
		if (!house_starts(f->path, "src/"))
			continue;
		if (f->is_source || f->is_header)
			first_comment(f);
		if (f->is_source && strcmp(f->room, "main") != 0 && strcmp(f->stem, "room") != 0) {
			unit_test(f);
			fuzz_target(f);
		}
	}
	for (size_t i = 0; i < house.rooms.rows; i++)
		if (strcmp(house.rooms.row[i].cell[0], "may") == 0)
			readme_of(house.rooms.row[i].cell[1]);
}
