// The table compiler: turns data/NAME.tab into a constant C array with an enum and look-ups.
//   tabc c|h TABLE.tab > tab_NAME.c|tab_NAME.h      C source, C header
//   tabc md TABLE.tab                               a chapter of the manual (Markdown)
//   tabc json TABLE.tab                             the rows as JSON
//   tabc x TABLE.tab > text_NAME.c                  all cells as text (base/table.h), for showing
// A table starts with a line "#tab NAME room=ROOM" and a header line of tab-separated "column:type" cells;
// other lines that start with '#' are comments. Types:
//   id          the row's name and enumerator CM_<NAME>_<ID>; the first column, always
//   str         text, "" allowed            list   texts separated by "; "
//   u64 i64     numbers ("-" means 0)       bool   yes or no
//   const       a number that also becomes the enumerator constant CM_<NAME>_<ID>_VALUE (for array sizes)
//   ref(R/T)    an id of table T, whose header is "R/tab_T.h"
// Row 0 of every array is an empty row CM_<NAME>_NONE, so that an unset field finds nothing.
#include <ctype.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_COLUMNS 32
#define MAX_ROWS 4096

struct table {
	const char *path;
	char name[64], room[64], upper[64];
	int columns, rows;
	char *column[MAX_COLUMNS], *type[MAX_COLUMNS];
	char **cell[MAX_ROWS]; // columns texts a row
	int line[MAX_ROWS];    // where the row stands in the file
};

static void __attribute__((noreturn, format(printf, 3, 4)))
die(const struct table *t, int line, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	fprintf(stderr, "%s:%d: ", t->path, line);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
	exit(1);
}

static void *
checked(void *p)
{
	if (p == NULL) {
		fputs("tabc: no memory\n", stderr);
		exit(1);
	}
	return p;
}

// Splits a line at tabs; gives the number of cells.
static int
split(char *line, char **cells, int max)
{
	int n = 0;
	for (char *at = line; at != NULL && n < max; n++) {
		cells[n] = at;
		at = strchr(at, '\t');
		if (at != NULL)
			*at++ = 0;
	}
	return n;
}

static void
read_directive(struct table *t, const char *line, int number)
{
	if (sscanf(line, "#tab %63[a-z0-9_] room=%63[a-z0-9_]", t->name, t->room) != 2)
		die(t, number, "the first line must be \"#tab NAME room=ROOM\"");
	for (size_t i = 0; i < sizeof t->upper && (i == 0 || t->name[i - 1] != 0); i++)
		t->upper[i] = (char)toupper((unsigned char)t->name[i]);
}

static void
read_header(struct table *t, char *line, int number)
{
	t->columns = split(line, t->column, MAX_COLUMNS);
	for (int i = 0; i < t->columns; i++) {
		t->column[i] = checked(strdup(t->column[i]));
		char *colon = strchr(t->column[i], ':');
		if (colon == NULL)
			die(t, number, "column \"%s\" has no type", t->column[i]);
		*colon = 0;
		t->type[i] = colon + 1;
	}
	if (strcmp(t->type[0], "id") != 0)
		die(t, number, "the first column must have the type id");
}

static void
read_row(struct table *t, char *line, int number)
{
	char *cells[MAX_COLUMNS + 1];
	int n = split(line, cells, MAX_COLUMNS + 1);
	if (n != t->columns)
		die(t, number, "%d cells, but the table has %d columns", n, t->columns);
	if (t->rows == MAX_ROWS)
		die(t, number, "more than %d rows", MAX_ROWS);
	t->line[t->rows] = number;
	t->cell[t->rows] = checked(calloc((size_t)n, sizeof(char *)));
	for (int i = 0; i < n; i++)
		t->cell[t->rows][i] = checked(strdup(cells[i]));
	for (int r = 0; r < t->rows; r++)
		if (strcmp(t->cell[r][0], cells[0]) == 0)
			die(t, number, "id \"%s\" stands in line %d already", cells[0], t->line[r]);
	if (cells[0][0] == 0)
		die(t, number, "empty id");
	t->rows++;
}

static void
read_table(struct table *t)
{
	FILE *f = fopen(t->path, "r");
	if (f == NULL) {
		perror(t->path);
		exit(1);
	}
	char *line = NULL;
	size_t room = 0;
	int number = 0;
	for (ssize_t n; (n = getline(&line, &room, f)) >= 0;) {
		number++;
		if (n > 0 && line[n - 1] == '\n')
			line[n - 1] = 0;
		if (number == 1)
			read_directive(t, line, number);
		else if (line[0] == '#' || line[0] == 0)
			continue;
		else if (t->columns == 0)
			read_header(t, line, number);
		else
			read_row(t, line, number);
	}
	free(line);
	fclose(f);
}

// CM_<TABLE>_<ID>, with everything outside [A-Z0-9] as '_'.
static void
put_enumerator(const char *table, const char *id)
{
	printf("CM_");
	for (const char *c = table; *c != 0; c++)
		putchar(toupper((unsigned char)*c));
	putchar('_');
	for (const char *c = id; *c != 0; c++)
		putchar(isalnum((unsigned char)*c) ? toupper((unsigned char)*c) : '_');
}

// A C (or JSON) string literal of `n` bytes.
static void
put_string(const char *s, size_t n)
{
	putchar('"');
	for (size_t i = 0; i < n; i++) {
		if (s[i] == '"' || s[i] == '\\')
			putchar('\\');
		putchar(s[i]);
	}
	putchar('"');
}

// The table's name of a ref(room/table) type, in `name`; the room before it in `room`.
static bool
ref_parts(const char *type, char *room, char *name)
{
	return sscanf(type, "ref(%63[a-z0-9_]/%63[a-z0-9_])", room, name) == 2;
}

static bool
is_number(const char *s)
{
	if (*s == '-' && s[1] != 0)
		s++;
	if (*s == 0)
		return false;
	for (; *s != 0; s++)
		if (!isdigit((unsigned char)*s))
			return false;
	return true;
}

static void
put_list(const char *s)
{
	printf("(const char *const[]){");
	while (*s != 0) {
		const char *end = strstr(s, "; ");
		size_t n = end == NULL ? strlen(s) : (size_t)(end - s);
		put_string(s, n);
		printf(", ");
		s += end == NULL ? n : n + 2;
	}
	printf("NULL}");
}

static void
put_cell(const struct table *t, int row, int column)
{
	const char *type = t->type[column], *s = t->cell[row][column];
	char room[64], name[64];
	if (strcmp(type, "id") == 0 || strcmp(type, "str") == 0)
		put_string(s, strlen(s));
	else if (strcmp(type, "list") == 0)
		put_list(s);
	else if (strcmp(type, "bool") == 0) {
		if (strcmp(s, "yes") != 0 && strcmp(s, "no") != 0)
			die(t, t->line[row], "%s must be yes or no, not \"%s\"", t->column[column], s);
		printf("%s", s[0] == 'y' ? "true" : "false");
	} else if (strcmp(type, "u64") == 0 || strcmp(type, "i64") == 0 || strcmp(type, "const") == 0) {
		bool none = strcmp(s, "-") == 0;
		if (!none && !is_number(s))
			die(t, t->line[row], "%s must be a number, not \"%s\"", t->column[column], s);
		printf(type[0] == 'i' ? "INT64_C(%s)" : "UINT64_C(%s)", none ? "0" : s);
	} else if (ref_parts(type, room, name))
		put_enumerator(name, strcmp(s, "-") == 0 || *s == 0 ? "NONE" : s);
	else
		die(t, t->line[row], "column \"%s\" has the unknown type \"%s\"", t->column[column], type);
}

static const char *
c_type(const char *type, char *buffer)
{
	char room[64], name[64];
	if (strcmp(type, "list") == 0)
		return "const char *const *";
	if (strcmp(type, "bool") == 0)
		return "bool ";
	if (strcmp(type, "i64") == 0)
		return "int64_t ";
	if (strcmp(type, "u64") == 0 || strcmp(type, "const") == 0)
		return "uint64_t ";
	if (ref_parts(type, room, name)) {
		snprintf(buffer, 80, "enum cm_%s ", name);
		return buffer;
	}
	return "const char *";
}

static void
write_header(const struct table *t)
{
	printf("// Made by tabc from data/%s; do not edit.\n#ifndef CM_TAB_%s_H\n#define CM_TAB_%s_H\n\n",
	       strrchr(t->path, '/') == NULL ? t->path : strrchr(t->path, '/') + 1, t->upper, t->upper);
	printf("#include <stdbool.h>\n#include <stddef.h>\n#include <stdint.h>\n\n");
	for (int i = 0; i < t->columns; i++) {
		char room[64], name[64];
		if (ref_parts(t->type[i], room, name) && strcmp(name, t->name) != 0)
			printf("#include \"%s/tab_%s.h\"\n", room, name);
	}
	printf("\nenum cm_%s {\n\tCM_%s_NONE,\n", t->name, t->upper);
	for (int r = 0; r < t->rows; r++) {
		printf("\t");
		put_enumerator(t->name, t->cell[r][0]);
		printf(",\n");
	}
	printf("\tCM_%s_END,\n};\n\n", t->upper);
	for (int i = 0; i < t->columns; i++)
		for (int r = 0; r < t->rows && strcmp(t->type[i], "const") == 0; r++) {
			printf("#define ");
			put_enumerator(t->name, t->cell[r][0]);
			printf("_VALUE %s\n", t->cell[r][i]);
		}
	printf("\nstruct cm_%s_row {\n", t->name);
	for (int i = 0; i < t->columns; i++) {
		char buffer[80];
		printf("\t%s%s;\n", c_type(t->type[i], buffer), t->column[i]);
	}
	printf("};\n\n// The row of an enumerator; the empty row for NONE and anything out of range. Never NULL.\n");
	printf("const struct cm_%s_row *cm_%s_row(enum cm_%s at);\n\n", t->name, t->name, t->name);
	printf("// The enumerator of the row named by `n` bytes at `name`, or NONE.\n");
	printf("enum cm_%s cm_%s_find(const void *name, size_t n);\n\n#endif\n", t->name, t->name);
}

static void
write_source(const struct table *t)
{
	printf("// Made by tabc; do not edit.\n#include \"%s/tab_%s.h\"\n\n#include <string.h>\n\n", t->room, t->name);
	printf("static const struct cm_%s_row cm_%s_rows[CM_%s_END] = {\n\t[CM_%s_NONE] = {", t->name, t->name, t->upper,
	       t->upper);
	for (int i = 0; i < t->columns; i++)
		if (strcmp(t->type[i], "id") == 0 || strcmp(t->type[i], "str") == 0)
			printf(".%s = \"\", ", t->column[i]);
		else if (strcmp(t->type[i], "list") == 0)
			printf(".%s = (const char *const[]){NULL}, ", t->column[i]);
	printf("},\n");
	for (int r = 0; r < t->rows; r++) {
		printf("\t[");
		put_enumerator(t->name, t->cell[r][0]);
		printf("] = {");
		for (int i = 0; i < t->columns; i++) {
			printf(".%s = ", t->column[i]);
			put_cell(t, r, i);
			printf(", ");
		}
		printf("},\n");
	}
	printf("};\n\nconst struct cm_%s_row *\ncm_%s_row(enum cm_%s at)\n{\n", t->name, t->name, t->name);
	printf("\treturn &cm_%s_rows[(unsigned)at < CM_%s_END ? at : CM_%s_NONE];\n}\n\n", t->name, t->upper, t->upper);
	printf("enum cm_%s\ncm_%s_find(const void *name, size_t n)\n{\n", t->name, t->name);
	printf("\tfor (int i = 1; i < CM_%s_END; i++)\n", t->upper);
	printf("\t\tif (strlen(cm_%s_rows[i].%s) == n && memcmp(cm_%s_rows[i].%s, name, n) == 0)\n", t->name,
	       t->column[0], t->name, t->column[0]);
	printf("\t\t\treturn (enum cm_%s)i;\n\treturn CM_%s_NONE;\n}\n", t->name, t->upper);
}

static void
write_markdown(const struct table *t)
{
	printf("# %s\n\n", t->name);
	for (int i = 0; i < t->columns; i++)
		printf("| %s ", t->column[i]);
	printf("|\n");
	for (int i = 0; i < t->columns; i++)
		printf("|---");
	printf("|\n");
	for (int r = 0; r < t->rows; r++) {
		for (int i = 0; i < t->columns; i++) {
			printf("| ");
			for (const char *c = t->cell[r][i]; *c != 0; c++)
				printf(*c == '|' ? "\\|" : "%c", *c);
			putchar(' ');
		}
		printf("|\n");
	}
}

static void
write_json(const struct table *t)
{
	printf("[\n");
	for (int r = 0; r < t->rows; r++) {
		printf("{");
		for (int i = 0; i < t->columns; i++) {
			printf("%s\"%s\":", i == 0 ? "" : ",", t->column[i]);
			put_string(t->cell[r][i], strlen(t->cell[r][i]));
		}
		printf("}%s\n", r + 1 < t->rows ? "," : "");
	}
	printf("]\n");
}

// The comments at the top of the table, which say what it is, in `note`.
static void
put_note(const struct table *t)
{
	FILE *f = checked(fopen(t->path, "r"));
	char *line = NULL;
	size_t room = 0;
	printf("\t.note = \"\"");
	for (int number = 1; getline(&line, &room, f) >= 0; number++) {
		line[strcspn(line, "\n")] = 0;
		if (number > 1 && line[0] != '#')
			break;
		if (number > 1) {
			printf("\n\t        ");
			put_string(line[1] == ' ' ? line + 2 : line + 1, strlen(line) - (line[1] == ' ' ? 2 : 1));
			printf(" \"\\n\"");
		}
	}
	printf(",\n");
	free(line);
	fclose(f);
}

static void
write_text(const struct table *t)
{
	const char *file = strrchr(t->path, '/') == NULL ? t->path : strrchr(t->path, '/') + 1;
	printf("// Made by tabc; do not edit.\n#include \"base/table.h\"\n\n");
	printf("extern const struct cm_table cm_table_%s;\n\nstatic const char *const columns[] = {", t->name);
	for (int i = 0; i < t->columns; i++)
		printf("\"%s\", ", t->column[i]);
	printf("};\n\nstatic const char *const cells[] = {\n");
	for (int r = 0; r < t->rows; r++) {
		printf("\t");
		for (int i = 0; i < t->columns; i++) {
			put_string(t->cell[r][i], strlen(t->cell[r][i]));
			printf(", ");
		}
		printf("\n");
	}
	printf("};\n\nconst struct cm_table cm_table_%s = {\n", t->name);
	printf("\t.name = \"%.*s\",\n", (int)strcspn(file, "."), file);
	put_note(t);
	printf("\t.columns = %d,\n\t.rows = %d,\n\t.column = columns,\n\t.cell = cells,\n};\n", t->columns, t->rows);
}

int
main(int argc, char **argv)
{
	static struct table t;
	if (argc != 3) {
		fputs("usage: tabc c|h|md|json|x TABLE.tab\n", stderr);
		return 2;
	}
	t.path = argv[2];
	read_table(&t);
	if (strcmp(argv[1], "c") == 0)
		write_source(&t);
	else if (strcmp(argv[1], "h") == 0)
		write_header(&t);
	else if (strcmp(argv[1], "md") == 0)
		write_markdown(&t);
	else if (strcmp(argv[1], "json") == 0)
		write_json(&t);
	else if (strcmp(argv[1], "x") == 0)
		write_text(&t);
	else
		return 2;
	return fflush(stdout) == 0 ? 0 : 1;
}
