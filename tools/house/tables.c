// Knows: rows of data/ that must be used in code, and tested: errors, limits, settings, routes. The consistency of the law's tables
// is judged by the unit tests of the domain room, which see the typed rows.
#include "house.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

// True when a #define line has the word; the code of a file is without its preprocessor lines.
static bool
defines(const char *text, const char *word)
{
	for (const char *at = text; (at = house_word(at, word)) != NULL; at++) {
		const char *line = at;
		while (line > text && line[-1] != '\n')
			line--;
		const char *comment = strstr(line, "//");
		if (house_starts(line, "#define ") && (comment == NULL || comment > at))
			return true;
	}
	return false;
}

// True when the word stands in a file under `root`; in code only, or anywhere.
static bool
stands(const char *root, const char *word, bool code_only)
{
	for (size_t i = 0; i < house.files; i++) {
		const struct house_file *f = &house.file[i];
		if (house_starts(f->path, root) && !house_starts(f->path, "tests/house/") &&
		    !house_starts(f->path, "tests/snapshots/") &&
		    (house_word(code_only ? f->code : f->text, word) != NULL || defines(f->text, word)))
			return true;
	}
	return false;
}

// A vector named by the rule, as refuse/<rule>.x or refuse/<rule>~what.x, is a test of it.
static bool
vector(const char *name)
{
	return house.vectors != NULL && house_word(house.vectors, name) != NULL;
}

// A limit stands in code as its value, too; a rule of HI-1 as the number that data/hi1_errors.tab leads to it with.
static void
other_name(const char *constant, bool error, char *to, size_t room)
{
	static const char hi1[] = "CM_ERROR_HI1_";
	if (error && house_starts(constant, hi1))
		snprintf(to, room, "CM_HI1_ERROR_%s", constant + sizeof hi1 - 1);
	else
		snprintf(to, room, "%s%s", constant, error ? "" : "_VALUE");
}

static void
check_row(const char *table, int line, const char *prefix, const char *unused, const char *id)
{
	char constant[200];
	snprintf(constant, sizeof constant, "%s%s", prefix, id);
	for (char *c = constant; *c != 0; c++)
		*c = isalnum((unsigned char)*c) ? (char)toupper((unsigned char)*c) : '_';
	bool error = strcmp(prefix, "CM_ERROR_") == 0;
	char other[220];
	other_name(constant, error, other, sizeof other);
	if (!stands("src/", constant, true) && !stands("src/", other, true))
		house_fault(unused, table, line, "Use the row or remove it.", "%s is in no code", id);
	if (error && !stands("tests/", constant, true) && !stands("tests/", other, true) && !stands("tests/", id, false) &&
	    !vector(id))
		house_fault("tables-error-untested", table, line, "Add a refusing test or a vector named by the rule.",
		            "no test refuses with %s", id);
}

static void
check_table(const char *path, const char *prefix, const char *unused)
{
	const struct house_file *f = house_find(path);
	int number = 0;
	bool header = false;
	if (f == NULL)
		return;
	for (const char *line = f->text; *line != 0;) {
		char id[128];
		number++;
		if (*line != '#' && *line != '\n' && header && sscanf(line, "%127[^\t\n]", id) == 1)
			check_row(path, number, prefix, unused, id);
		header = header || (*line != '#' && *line != '\n');
		line += strcspn(line, "\n");
		line += *line == '\n';
	}
}

void
house_tables(void)
{
	check_table("data/errors.tab", "CM_ERROR_", "tables-error-unused");
	check_table("data/limits.tab", "CM_LIMIT_", "tables-limit-unused");
	check_table("data/settings.tab", "CM_SETTING_", "tables-setting-unused");
	check_table("data/routes.tab", "CM_ROUTE_", "tables-route-unused");
}
