// Knows: how the tree is read and how comments and strings are blanked. Does not know: any rule.
#include "house.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

bool
house_starts(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

static bool
ends(const char *s, const char *suffix)
{
	size_t n = strlen(s), m = strlen(suffix);
	return n >= m && strcmp(s + n - m, suffix) == 0;
}

bool
house_word_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

const char *
house_word(const char *from, const char *word)
{
	size_t n = strlen(word);
	for (const char *at = from; (at = strstr(at, word)) != NULL; at += n)
		if ((at == from || !house_word_char(at[-1])) && !house_word_char(at[n]))
			return at;
	return NULL;
}

int
house_line(const struct house_file *f, const char *at)
{
	const char *start = at >= f->code && at <= f->code + strlen(f->text) ? f->code : f->text;
	int line = 1;
	for (const char *c = start; c < at; c++)
		line += *c == '\n';
	return line;
}

static void *
checked(void *p)
{
	if (p == NULL) {
		fputs("house: no memory\n", stderr);
		exit(3);
	}
	return p;
}

static char *
slurp(const char *path)
{
	FILE *f = fopen(path, "rb");
	struct stat st;
	if (f == NULL || fstat(fileno(f), &st) != 0) {
		perror(path);
		exit(3);
	}
	char *text = checked(calloc(1, (size_t)st.st_size + 1));
	if (fread(text, 1, (size_t)st.st_size, f) != (size_t)st.st_size) {
		perror(path);
		exit(3);
	}
	fclose(f);
	return text;
}

// Blanks a quoted run that starts at `c`; gives the position of its end quote.
static char *
blank_quoted(char *c)
{
	char quote = *c++;
	for (; *c != 0 && *c != quote && *c != '\n'; c++) {
		if (*c == '\\' && c[1] != 0 && c[1] != '\n')
			*c++ = ' ';
		*c = ' ';
	}
	return *c == 0 ? c - 1 : c;
}

static char *
blank_comment(char *c)
{
	bool line = c[1] == '/';
	for (; *c != 0 && !(line && *c == '\n'); c++) {
		if (!line && c[0] == '*' && c[1] == '/') {
			c[0] = c[1] = ' ';
			return c + 1;
		}
		if (*c != '\n')
			*c = ' ';
	}
	return c - 1;
}

static char *
blank_directive(char *c)
{
	for (; *c != 0 && *c != '\n'; c++) {
		if (*c == '\\' && c[1] == '\n')
			c++;
		else
			*c = ' ';
	}
	return c - 1;
}

static char *
code_of(const char *text)
{
	char *code = checked(strdup(text));
	bool line_start = true;
	for (char *c = code; *c != 0; c++) {
		if (*c == '\n') {
			line_start = true;
			continue;
		}
		if (line_start && *c == '#')
			c = blank_directive(c);
		else if (*c == '/' && (c[1] == '/' || c[1] == '*'))
			c = blank_comment(c);
		else if (*c == '"' || *c == '\'')
			c = blank_quoted(c);
		line_start = line_start && (*c == ' ' || *c == '\t');
	}
	return code;
}

static void
add_file(const char *path)
{
	if (house.files == HOUSE_FILES) {
		fputs("house: too many files\n", stderr);
		exit(3);
	}
	struct house_file *f = &house.file[house.files++];
	f->path = checked(strdup(path));
	f->is_header = ends(path, ".h");
	f->is_source = ends(path, ".c");
	f->text = slurp(path);
	f->code = f->is_header || f->is_source ? code_of(f->text) : f->text;
	f->room = "";
	if (house_starts(path, "src/")) {
		char *room = checked(strdup(path + 4));
		room[strcspn(room, "/")] = 0;
		f->room = room;
	}
	const char *name = strrchr(path, '/');
	char *stem = checked(strdup(name == NULL ? path : name + 1));
	stem[strcspn(stem, ".")] = 0;
	f->stem = stem;
}

static bool
wanted(const char *path)
{
	static const char *const suffixes[] = {".c", ".h", ".sh", ".py", ".scn", ".mjs", ".html", ".build", ".tab", ".md"};
	for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++)
		if (ends(path, suffixes[i]))
			return true;
	return false;
}

// Vectors have any suffix; only their names matter here.
static void
add_vector(const char *name)
{
	size_t n = house.vectors == NULL ? 0 : strlen(house.vectors);
	house.vectors = checked(realloc(house.vectors, n + strlen(name) + 2));
	snprintf(house.vectors + n, strlen(name) + 2, "%s\n", name);
}

static int
by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static void
walk(const char *folder)
{
	struct dirent **entries = NULL;
	int n = scandir(folder, &entries, NULL, by_name);
	for (int i = 0; i < n; i++) {
		char path[2048];
		struct stat st;
		const char *name = entries[i]->d_name;
		bool fits = (size_t)snprintf(path, sizeof path, "%s/%s", folder, name) < sizeof path;
		if (name[0] != '.' && fits && stat(path, &st) == 0) {
			if (house_starts(path, "tests/vectors/"))
				add_vector(name);
			if (S_ISDIR(st.st_mode) && strcmp(name, "corpus") != 0)
				walk(path);
			else if (S_ISREG(st.st_mode) && wanted(path))
				add_file(path);
		}
		free(entries[i]);
	}
	free(entries);
}

static void
read_table(const char *path, struct house_table *t)
{
	char *text = slurp(path);
	int line = 0;
	for (char *at = text; at != NULL && *at != 0;) {
		char *end = strchr(at, '\n');
		if (end != NULL)
			*end++ = 0;
		line++;
		if (*at != 0 && *at != '#' && t->rows < HOUSE_ROWS) {
			struct house_row *row = &t->row[t->rows++];
			*row = (struct house_row){.table = path, .line = line};
			for (size_t i = 0; i < HOUSE_CELLS; i++) {
				char *tab = at == NULL ? NULL : strchr(at, '\t');
				if (tab != NULL)
					*tab++ = 0;
				row->cell[i] = at == NULL ? "" : at;
				at = tab;
			}
		}
		at = end;
	}
	if (t->rows == 0) // the cells of all others point into it
		free(text);
}

const struct house_file *
house_find(const char *path)
{
	for (size_t i = 0; i < house.files; i++)
		if (strcmp(house.file[i].path, path) == 0)
			return &house.file[i];
	return NULL;
}

void
house_load(void)
{
	static const char *const roots[] = {"src", "include", "tools", "tests", "data"};
	for (size_t i = 0; i < sizeof roots / sizeof *roots; i++)
		walk(roots[i]);
	read_table("tests/house/rooms.tab", &house.rooms);
	read_table("tests/house/words.tab", &house.words);
	read_table("tests/house/exceptions.tab", &house.exceptions);
}
