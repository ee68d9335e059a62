// Knows: how a text file becomes a C string. Does not know: what the text says. A host program of the build:
//   embed NAME FILE > out.h     static const char NAME[] = "…";
#include <stdio.h>

static int
put_text(FILE *from, const char *name)
{
	int c;
	printf("static const char %s[] =\n\t\"", name);
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
	fputs("\";\n", stdout);
	return ferror(from) || fflush(stdout) != 0 ? 1 : 0;
}

int
main(int argc, char **argv)
{
	FILE *from = argc == 3 ? fopen(argv[2], "r") : NULL;
	if (from == NULL) {
		fprintf(stderr, "usage: embed NAME FILE\n");
		return 2;
	}
	int code = put_text(from, argv[1]);
	fclose(from);
	return code;
}
