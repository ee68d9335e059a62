// The house checks: what the build does not enforce by itself. A host program that reads the tree and sees no room.
// Each fault names file, line, rule and remedy. Exceptions are rows of tests/house/exceptions.tab with a reason; one
// that excuses nothing is itself a fault.
#ifndef HOUSE_H
#define HOUSE_H

#include <stdbool.h>
#include <stddef.h>

#define HOUSE_FILES 4096
#define HOUSE_ROWS 1024
#define HOUSE_CELLS 6

// One file of the tree. Memory lives as long as the program.
struct house_file {
	const char *path; // from the root: "src/base/buf.c"
	const char *room; // "base", or "" outside src/
	const char *stem; // "buf"
	char *text;       // as it is
	char *code;       // same length: comments, strings and preprocessor lines blanked; line breaks kept
	bool is_header, is_source;
};

// A table of the house: tab-separated cells, "#" comments, no header line.
struct house_row {
	const char *cell[HOUSE_CELLS]; // "" where the line has fewer
	const char *table;             // path
	int line;
	bool used;
};
struct house_table {
	size_t rows;
	struct house_row row[HOUSE_ROWS];
};

struct house {
	size_t files; // of src/, include/, tools/, tests/
	struct house_file file[HOUSE_FILES];
	struct house_table rooms, words, exceptions;
	char *vectors; // names of all files under tests/vectors, one a line
	int faults;
};
extern struct house house;

// files.c
void house_load(void);
int house_line(const struct house_file *f, const char *at); // line number of a position in text or code
const struct house_file *house_find(const char *path);
bool house_starts(const char *s, const char *prefix);
bool house_word_char(char c);
// The next use of a whole word in `from`, or NULL.
const char *house_word(const char *from, const char *word);

// main.c: reports a fault unless an exception row excuses it.
void house_fault(const char *rule, const char *path, int line, const char *remedy, const char *format, ...)
        __attribute__((format(printf, 5, 6)));

// The checks.
void house_rooms(void);     // rooms.c: who includes whom, homes of foreign headers
void house_words(void);     // words.c: words that stay behind their door
void house_functions(void); // functions.c: sizes, arguments, names of exported symbols
void house_pairs(void);     // pairs.c: comments, tests, fuzz targets, READMEs
void house_tables(void);    // tables.c: rows of data/ that must be used and tested

#endif
