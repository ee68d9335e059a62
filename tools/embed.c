// Knows: how text files become C strings. Does not know: what the texts say. A host program of the build:
//   embed NAME FILE > out.h             static const char NAME[] = "…";
//   embed --web NAME FILE… > out.c      const struct cm_web_file NAME[] of src/ui/web.h
//   embed --table NAME FILE… > out.h    static const struct { const char *name, *text; } NAME[] = {…}, named without ending
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static void
put_text(FILE *from)
{
	int c;
	printf("\t\"");
	while ((c = getc(from)) != EOF) {
		if (c == '\n')
			fputs("\\n\"\n\t\"", stdout);
		else if (c == '"' || c == '\\')
			printf("\\%c", c);
		else if (c < 0x20 || c > 0x7e)
			printf("\\%03o", (unsigned)c);
		else
			putchar(c);
	}
	putchar('"');
}

static int
put_file(const char *path)
{
	FILE *from = fopen(path, "r");
	if (from == NULL) {
		fprintf(stderr, "embed: %s cannot be read\n", path);
		return 2;
	}
	put_text(from);
	int bad = ferror(from);
	fclose(from);
	return bad ? 1 : 0;
}

static int
put_table(const char *name, char **files)
{
	int code = 0;
	printf("static const struct {\n\tconst char *name, *text;\n} %s[] = {\n", name);
	for (; *files != NULL && code == 0; files++) {
		const char *base = strrchr(*files, '/') == NULL ? *files : strrchr(*files, '/') + 1;
		printf("{\"%.*s\",\n", (int)strcspn(base, "."), base);
		code = put_file(*files);
		printf("},\n");
	}
	printf("};\n");
	return code;
}

// A template (.html) and a language (.mo) by their names; any other file by its address, with its media type.
static int
put_web(const char *name, char **files)
{
	static const char *const types[][2] = {
	        {".html", NULL}, {".mo", NULL}, {".css", "text/css; charset=utf-8"},
	        {".js", "text/javascript; charset=utf-8"}, {".svg", "image/svg+xml"}};
	int code = 0;
	printf("#include \"ui/web.h\"\n\nconst struct cm_web_file %s[] = {\n", name);
	for (; *files != NULL && code == 0; files++) {
		const char *base = strrchr(*files, '/') == NULL ? *files : strrchr(*files, '/') + 1;
		const char *ending = strrchr(base, '.') == NULL ? "" : strrchr(base, '.');
		size_t i = 0;
		while (i < sizeof types / sizeof types[0] && strcmp(types[i][0], ending) != 0)
			i++;
		if (i == sizeof types / sizeof types[0]) {
			fprintf(stderr, "embed: %s has an ending that is not known\n", *files);
			return 2;
		}
		bool named = types[i][1] == NULL;
		printf("{\"%s%.*s\", \"%s\", {(const uint8_t *)\n", named ? "" : "/",
		       (int)(named ? (size_t)(ending - base) : strlen(base)), base, named ? "" : types[i][1]);
		code = put_file(*files);
		printf(", sizeof(\n");
		code = code == 0 ? put_file(*files) : code;
		printf(") - 1}},\n");
	}
	printf("{NULL, NULL, {NULL, 0}}};\n");
	return code;
}

int
main(int argc, char **argv)
{
	int code = 2;
	if (argc > 3 && strcmp(argv[1], "--table") == 0)
		code = put_table(argv[2], argv + 3);
	else if (argc > 3 && strcmp(argv[1], "--web") == 0)
		code = put_web(argv[2], argv + 3);
	else if (argc == 3) {
		printf("static const char %s[] =\n", argv[1]);
		code = put_file(argv[2]);
		printf(";\n");
	} else
		fprintf(stderr, "usage: embed NAME FILE | embed --table|--web NAME FILE…\n");
	return code == 0 && fflush(stdout) != 0 ? 1 : code;
}
