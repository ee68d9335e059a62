// Durable acts per second: each writer sends one message's change (artifact of 8 KiB, object, act, answer with receipt),
// waits until it is durable and answered, and sends the next.
//   store_acts FOLDER [SECONDS]
#include <pthread.h>

#include "base/num.h"
#include "store_local.h"

#define MAX_WRITERS 256
#define MAX_SAMPLES 2000000

static struct cm_store *store;
static int64_t until;
static uint32_t *samples; // microseconds
static size_t sample_count;

static void *
write_acts(void *arg)
{
	char name[64];
	for (size_t i = 0; cm_clock_mono() < until; i++) {
		snprintf(name, sizeof name, "%zu-%zu", (size_t)arg, i);
		int64_t begin = cm_clock_mono();
		if (cm_store_submit_wait(store, local_change(name), NULL, NULL, NULL) != CM_OK)
			local_die("submit", NULL);
		size_t at = __atomic_fetch_add(&sample_count, 1, __ATOMIC_RELAXED);
		if (at < MAX_SAMPLES)
			samples[at] = (uint32_t)(cm_clock_mono() - begin);
	}
	return NULL;
}

static int
by_value(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return x < y ? -1 : x > y;
}

static void
measure(const char *folder, size_t writers, int64_t seconds)
{
	char home[512];
	pthread_t threads[MAX_WRITERS];
	struct local l;
	struct cm_report report = {0};
	snprintf(home, sizeof home, "%s/writers-%zu", folder, writers);
	local_init(&l, home, NULL);
	if (cm_store_open(&l.options, &report, &store) != CM_OK)
		local_die("open", &report);
	sample_count = 0;
	until = cm_clock_after(seconds * CM_INSTANT_SECOND);
	int64_t begin = cm_clock_mono();
	for (size_t i = 0; i < writers; i++)
		if (pthread_create(&threads[i], NULL, write_acts, (void *)i) != 0)
			local_die("thread", NULL);
	for (size_t i = 0; i < writers; i++)
		pthread_join(threads[i], NULL);
	double time = (double)(cm_clock_mono() - begin) / 1e6;
	struct cm_store_figures f;
	cm_store_figures(store, &f);
	size_t n = sample_count < MAX_SAMPLES ? sample_count : MAX_SAMPLES;
	qsort(samples, n, sizeof *samples, by_value);
	printf("%zu writers: %.0f acts/s, p50 %.2f ms, p99 %.2f ms, %.1f acts a commit\n", writers,
	       (double)sample_count / time, samples[n / 2] / 1e3, samples[n * 99 / 100] / 1e3,
	       (double)sample_count / (double)f.commits);
	cm_store_close(store);
	cm_key_free(l.log_key);
	cm_key_free(l.authority);
}

int
main(int argc, char **argv)
{
	static const size_t writers[] = {1, 16, 256};
	uint64_t seconds = 5;
	if (argc < 2 || (argc > 2 && !cm_num_u64(cm_view_text(argv[2]), 1, 600, &seconds)))
		return 2;
	samples = cm_mem_new_many(MAX_SAMPLES, sizeof *samples);
	if (samples == NULL)
		return 3;
	for (size_t i = 0; i < 3; i++)
		measure(argv[1], writers[i], (int64_t)seconds);
	cm_mem_free(samples);
	return 0;
}
