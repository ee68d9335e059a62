// Runs the house checks from the root of the tree and prints the faults.
//   house [--warn] [RULE…]     all rules, or those named; --warn: print, but exit 0
#include "house.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct house house;

static const struct {
	const char *name;
	void (*run)(void);
} checks[] = {
        {"rooms", house_rooms},   {"words", house_words},   {"functions", house_functions},
        {"pairs", house_pairs}, {"tables", house_tables},
};
#define CHECKS (sizeof checks / sizeof *checks)

// A row "rule, path, detail, reason": the path may end with '*', the detail is part of the fault's text or "-".
static bool
excused(const char *rule, const char *path, const char *text)
{
	for (size_t i = 0; i < house.exceptions.rows; i++) {
		struct house_row *row = &house.exceptions.row[i];
		size_t n = strlen(row->cell[1]);
		bool same = n > 0 && row->cell[1][n - 1] == '*' ? strncmp(row->cell[1], path, n - 1) == 0
		                                               : strcmp(row->cell[1], path) == 0;
		if (strcmp(row->cell[0], rule) != 0 || !same)
			continue;
		if (strcmp(row->cell[2], "-") != 0 && strstr(text, row->cell[2]) == NULL)
			continue;
		row->used = true;
		return true;
	}
	return false;
}

void
house_fault(const char *rule, const char *path, int line, const char *remedy, const char *format, ...)
{
	char text[1024];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	if (excused(rule, path, text))
		return;
	house.faults++;
	printf("%s:%d: %s: %s. %s\n", path, line, rule, text, remedy);
}

// Every rule starts with the name of its check ("rooms-include"), so that a run of some checks judges their rows only.
static void
unused_exceptions(const char *check)
{
	for (size_t i = 0; i < house.exceptions.rows; i++) {
		const struct house_row *row = &house.exceptions.row[i];
		if (!house_starts(row->cell[0], check))
			continue;
		if (!row->used)
			house_fault("exceptions", row->table, row->line, "Remove the row.", "%s %s excuses nothing", row->cell[0],
			            row->cell[1]);
		else if (strlen(row->cell[3]) < 10)
			house_fault("exceptions", row->table, row->line, "Write down why.", "%s %s has no reason", row->cell[0],
			            row->cell[1]);
	}
}

int
main(int argc, char **argv)
{
	bool warn = argc > 1 && strcmp(argv[1], "--warn") == 0;
	int first = warn ? 2 : 1;
	house_load();
	for (size_t c = 0; c < CHECKS; c++) {
		bool chosen = first >= argc;
		for (int i = first; i < argc; i++)
			chosen = chosen || strcmp(argv[i], checks[c].name) == 0;
		if (!chosen)
			continue;
		checks[c].run();
		unused_exceptions(checks[c].name);
	}
	if (house.faults > 0)
		printf("%d fault%s of the house rules.\n", house.faults, house.faults == 1 ? "" : "s");
	return house.faults > 0 && !warn ? 1 : 0;
}
