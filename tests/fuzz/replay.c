// Runs a fuzz target over files or folders of files: the corpus is an ordinary test.  replay PATH…
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned count;

static int
replay_file(const char *path)
{
	FILE *f = fopen(path, "rb");
	struct stat st;
	if (f == NULL || fstat(fileno(f), &st) != 0) {
		fprintf(stderr, "%s: cannot be read\n", path);
		return 1;
	}
	// Exactly as large as the input, so that the address sanitizer sees a read past its end.
	size_t n = (size_t)st.st_size;
	uint8_t *data = malloc(n == 0 ? 1 : n);
	if (data == NULL || fread(data, 1, n, f) != n) {
		fprintf(stderr, "%s: cannot be read\n", path);
		return 1;
	}
	fclose(f);
	fprintf(stderr, "%s\n", path); // the last one named is the one that failed
	LLVMFuzzerTestOneInput(data, n);
	free(data);
	count++;
	return 0;
}

static int
replay_path(const char *path)
{
	struct stat st;
	if (stat(path, &st) == 0 && !S_ISDIR(st.st_mode))
		return replay_file(path);
	DIR *d = opendir(path);
	if (d == NULL) {
		fprintf(stderr, "%s: no such folder\n", path);
		return 1;
	}
	int bad = 0;
	for (struct dirent *e; (e = readdir(d)) != NULL;) {
		char full[4096];
		snprintf(full, sizeof full, "%s/%s", path, e->d_name);
		if (e->d_name[0] != '.')
			bad |= replay_file(full);
	}
	closedir(d);
	return bad;
}

int
main(int argc, char **argv)
{
	int bad = 0;
	LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
	for (int i = 1; i < argc; i++)
		bad |= replay_path(argv[i]);
	if (count == 0) {
		fputs("the corpus is empty\n", stderr);
		return 1;
	}
	fprintf(stderr, "%u inputs\n", count);
	return bad;
}
