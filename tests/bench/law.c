// The time of one legal check: facts of a request that are read already, the law of both States (exercise), one stage.
//   law FACTS...          files as tests/vectors/law/ has them; prints p50, p99 and the slowest of each
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "domain/law.h"
#include "domain/nationals.h"
#include "os/clock.h"

#define ROUNDS 2000
#define REPEAT 16 // checks in one sample: the clock counts microseconds

static struct cm_nationals nationals;

static void
take(struct cm_law_told *told, struct cm_facts *facts, struct cm_view key, struct cm_view text)
{
	if (facts->count == 0 && cm_view_is(key, "kind") && told->kind == CM_KIND_NONE)
		told->kind = cm_kind_find(text.p, text.n);
	else if (cm_view_is(key, "now"))
		(void)cm_instant_read(text, &told->now);
	else if (cm_view_is(key, "stage"))
		(void)cm_law_stage_read(text, &told->stage);
	else if (cm_view_is(key, "from"))
		told->asking_law = cm_nationals_find(&nationals, text);
	else if (cm_view_is(key, "to"))
		told->asked_law = cm_nationals_find(&nationals, text);
	else
		cm_facts_put(facts, key, text);
}

static int
by_value(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return x < y ? -1 : x > y;
}

static void
measure(const char *path)
{
	static int64_t samples[ROUNDS];
	static char line[20000];
	struct cm_law_told told = {.kind = CM_KIND_NONE};
	struct cm_facts CM_CLEANUP(cm_facts_fini) facts;
	struct cm_law law;
	FILE *f = fopen(path, "r");
	if (f == NULL)
		exit(2);
	cm_facts_init(&facts);
	while (fgets(line, sizeof line, f) != NULL) {
		size_t tab = strcspn(line, "\t"), end = strcspn(line, "\n");
		if (tab < end)
			take(&told, &facts, cm_view_of(line, tab), cm_view_of(line + tab + 1, end - tab - 1));
	}
	fclose(f);
	for (size_t i = 0; i < ROUNDS; i++) {
		int64_t begin = cm_clock_mono();
		for (size_t k = 0; k < REPEAT; k++)
			cm_law_check(&facts, &told, &law);
		samples[i] = cm_clock_mono() - begin;
	}
	qsort(samples, ROUNDS, sizeof *samples, by_value);
	printf("%s: %zu facts, %zu findings: p50 %.1f us, p99 %.1f us, slowest %.1f us\n", strrchr(path, '/') + 1, facts.count, law.count,
	       (double)samples[ROUNDS / 2] / REPEAT, (double)samples[ROUNDS * 99 / 100] / REPEAT,
	       (double)samples[ROUNDS - 1] / REPEAT);
}

int
main(int argc, char **argv)
{
	if (cm_nationals_exercise(&nationals, NULL) != CM_OK)
		return 3;
	for (int i = 1; i < argc; i++)
		measure(argv[i]);
	cm_nationals_fini(&nationals);
	return 0;
}
