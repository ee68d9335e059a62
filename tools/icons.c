// Knows: how SVG files of an icon set become one block of symbols. A host program of the build:
//   icons FOLDER icons.tab > icons.html
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// What stands inside <svg …>…</svg>, without line ends; NULL when it is no such file.
static char *
inside(char *text)
{
	char *from = strstr(text, "<svg"), *end = strstr(text, "</svg>");
	from = from == NULL ? NULL : strchr(from, '>');
	if (from == NULL || end == NULL || end < from)
		return NULL;
	*end = '\0';
	for (char *c = from + 1; *c != '\0'; c++)
		if (*c == '\n')
			*c = ' ';
	return from + 1;
}

static int
put(const char *folder, const char *name, const char *file)
{
	static char text[65536];
	char path[4096];
	snprintf(path, sizeof path, "%s/%s.svg", folder, file);
	FILE *from = fopen(path, "r");
	if (from == NULL) {
		fprintf(stderr, "icons: %s is not there; install bootstrap-icons\n", path);
		return 1;
	}
	size_t n = fread(text, 1, sizeof text - 1, from);
	fclose(from);
	text[n] = '\0';
	char *shapes = inside(text);
	if (shapes == NULL) {
		fprintf(stderr, "icons: %s is no picture\n", path);
		return 1;
	}
	printf("<symbol id=\"i-%s\" viewBox=\"0 0 16 16\">%s</symbol>", name, shapes);
	return 0;
}

int
main(int argc, char **argv)
{
	char line[1024];
	int code = 0;
	FILE *table = argc == 3 ? fopen(argv[2], "r") : NULL;
	if (table == NULL) {
		fputs("icons FOLDER icons.tab > icons.html\n", stderr);
		return 2;
	}
	fputs("<svg hidden>", stdout);
	while (code == 0 && fgets(line, sizeof line, table) != NULL) {
		char *tab = strchr(line, '\t');
		if (line[0] == '#' || tab == NULL || strncmp(line, "name:id", 7) == 0)
			continue;
		*tab = '\0';
		tab[1 + strcspn(tab + 1, "\t\n")] = '\0';
		code = put(argv[1], line, tab + 1);
	}
	fclose(table);
	fputs("</svg>\n", stdout);
	return code;
}
