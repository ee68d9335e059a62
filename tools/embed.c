// Knows: how text files become C strings. Does not know: what the texts say. A host program of the build:
//   embed NAME FILE > out.h             static const char NAME[] = "…";
//   embed --table NAME FILE… > out.h    static const struct { const char *name, *text; } NAME[] = {…}, named without ending
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

int
main(int argc, char **argv)
{
	int code = 2;
	if (argc > 3 && strcmp(argv[1], "--table") == 0)
		code = put_table(argv[2], argv + 3);
	else if (argc == 3) {
		printf("static const char %s[] =\n", argv[1]);
		code = put_file(argv[2]);
		printf(";\n");
	} else
		fprintf(stderr, "usage: embed NAME FILE | embed --table NAME FILE…\n");
	return code == 0 && fflush(stdout) != 0 ? 1 : code;
}
