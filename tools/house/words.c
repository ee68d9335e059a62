// Knows: words that stay behind their door (tests/house/words.tab): word, where it is allowed, remedy. A word counts
// when it stands in code, outside comments and strings, and is called or named as a whole.
#include "house.h"

#include <stdio.h>
#include <string.h>

static bool
allowed(const char *path, const char *doors)
{
	char list[512];
	snprintf(list, sizeof list, "%s", doors);
	for (char *door = strtok(list, " "); door != NULL; door = strtok(NULL, " "))
		if (house_starts(path, door))
			return true;
	return false;
}

// A call: the word, then an opening parenthesis; not a member ("->time(") and not a declaration of our own.
static bool
is_call(const struct house_file *f, const char *at, const char *word)
{
	const char *after = at + strlen(word);
	after += strspn(after, " \t\n");
	if (*after != '(')
		return false;
	return at == f->code || (at[-1] != '.' && !(at - f->code >= 2 && at[-1] == '>' && at[-2] == '-'));
}

void
house_words(void)
{
	for (size_t i = 0; i < house.files; i++) {
		const struct house_file *f = &house.file[i];
		if (!house_starts(f->path, "src/") || (!f->is_header && !f->is_source))
			continue;
		for (size_t w = 0; w < house.words.rows; w++) {
			const struct house_row *row = &house.words.row[w];
			if (allowed(f->path, row->cell[1]))
				continue;
			for (const char *at = f->code; (at = house_word(at, row->cell[0])) != NULL; at++)
				if (is_call(f, at, row->cell[0]))
					house_fault("words", f->path, house_line(f, at), row->cell[2], "%s() stays behind its door",
					            row->cell[0]);
		}
	}
}
