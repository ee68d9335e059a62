// A million open clocks in one store: what the next wake, a page of what is due and a page of "deadline list" cost, and how
// much memory the process has.
//   deadlines FOLDER [ROWS]
#include "base/num.h"
#include "base/tab_limit.h"
#include "store/sqlite/db.h"
#include "store_local.h"

#define BENCH_ROUNDS 2000
#define BENCH_LIST_PAGE 50

static struct cm_store *store;
static const int64_t begin_s = INT64_C(1803865324);

// Straight into the table: filling is not what is measured. Ends do not come in the order of the requests' names.
static void
bench_fill(const char *home, uint64_t rows)
{
	char path[512], sql[1024];
	struct cm_db *db;
	struct cm_report report = {0};
	snprintf(path, sizeof path, "%s/db/comity.db", home);
	snprintf(sql, sizeof sql,
	         "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %llu)"
	         " INSERT INTO deadline(request, \"limit\", peer, start, at, wake, stage, state, action, source)"
	         " SELECT printf('017f22e2-79b0-7cc3-98c4-%%012x', i), 'hc-pres-min', 'xb.contact', %lld,"
	         " %lld + i * 7919 %% 7776000 * 1000000, %lld + (i * 7919 %% 7776000 - 1209600) * 1000000, 0, 'running', 'lapse',"
	         " 'Art. 42(8)' FROM n",
	         (unsigned long long)rows, (long long)begin_s * 1000000, (long long)begin_s * 1000000, (long long)begin_s * 1000000);
	if (cm_db_open(path, CM_DB_WRITE, &report, &db) != CM_OK || cm_db_exec(db, sql, &report) != CM_OK)
		local_die("fill", &report);
	cm_db_close(db);
}

static int
by_value(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return x < y ? -1 : x > y;
}

static void
bench_tell(const char *what, uint32_t *micros, size_t n)
{
	qsort(micros, n, sizeof *micros, by_value);
	printf("%s: p50 %.3f ms, p99 %.3f ms, most %.3f ms\n", what, micros[n / 2] / 1e3, micros[n * 99 / 100] / 1e3,
	       micros[n - 1] / 1e3);
}

static void
bench_wake(uint32_t *micros)
{
	struct cm_instant at;
	for (size_t i = 0; i < BENCH_ROUNDS; i++) {
		int64_t from = cm_clock_mono();
		if (cm_store_next_wake(store, NULL, &at) != CM_OK || at.us == INT64_MAX)
			local_die("next wake", NULL);
		micros[i] = (uint32_t)(cm_clock_mono() - from);
	}
	bench_tell("next wake", micros, BENCH_ROUNDS);
}

static void
bench_due(uint32_t *micros)
{
	struct cm_store_ask ask = {.until = cm_instant_of_seconds(begin_s), .limit = CM_LIMIT_STORE_PAGE_VALUE};
	size_t rounds = BENCH_ROUNDS / 4, n = 0;
	for (size_t i = 0; i < rounds; i++) {
		struct cm_store_page *page;
		const struct cm_store_deadline *rows;
		int64_t from = cm_clock_mono();
		if (cm_store_wakes(store, &ask, NULL, &page, &rows, &n) != CM_OK || n != CM_LIMIT_STORE_PAGE_VALUE)
			local_die("due", NULL);
		micros[i] = (uint32_t)(cm_clock_mono() - from);
		cm_store_page_free(page);
	}
	printf("(a page of %zu) ", n);
	bench_tell("what is due", micros, rounds);
}

// Page after page, each from where the one before ended.
static void
bench_list(uint32_t *micros)
{
	char after[64] = "", limit[40] = "";
	struct cm_store_ask ask = {.limit = BENCH_LIST_PAGE};
	for (size_t i = 0; i < BENCH_ROUNDS; i++) {
		struct cm_store_page *page;
		const struct cm_store_deadline *rows;
		size_t n;
		int64_t from = cm_clock_mono();
		if (cm_store_ends(store, &ask, NULL, &page, &rows, &n) != CM_OK || n != BENCH_LIST_PAGE)
			local_die("list", NULL);
		micros[i] = (uint32_t)(cm_clock_mono() - from);
		snprintf(after, sizeof after, "%.*s", CM_VIEW_ARG(rows[n - 1].request));
		snprintf(limit, sizeof limit, "%.*s", CM_VIEW_ARG(rows[n - 1].limit));
		ask.after_time = rows[n - 1].at;
		ask.after = cm_view_text(after);
		ask.kind = cm_view_text(limit);
		cm_store_page_free(page);
	}
	printf("(a page of %d) ", BENCH_LIST_PAGE);
	bench_tell("list", micros, BENCH_ROUNDS);
}

static double
bench_memory(void)
{
	char line[256];
	double kib = 0;
	FILE *f = fopen("/proc/self/status", "re");
	while (f != NULL && fgets(line, sizeof line, f) != NULL)
		if (strncmp(line, "VmRSS:", 6) == 0)
			kib = strtod(line + 6, NULL);
	if (f != NULL)
		fclose(f);
	return kib / 1024;
}

int
main(int argc, char **argv)
{
	static uint32_t micros[BENCH_ROUNDS];
	struct local l;
	struct cm_report report = {0};
	uint64_t rows = 1000000;
	if (argc < 2 || (argc > 2 && !cm_num_u64(cm_view_text(argv[2]), 2000, 100000000, &rows)))
		return 2;
	setvbuf(stdout, NULL, _IOLBF, 0);
	local_init(&l, argv[1], NULL);
	if (cm_store_open(&l.options, &report, &store) != CM_OK)
		local_die("open", &report);
	cm_store_close(store);
	bench_fill(argv[1], rows);
	printf("%llu open clocks\n", (unsigned long long)rows);
	int64_t from = cm_clock_mono();
	if (cm_store_open(&l.options, &report, &store) != CM_OK)
		local_die("open", &report);
	printf("opened again in %.0f ms, memory %.1f MiB\n", (double)(cm_clock_mono() - from) / 1e3, bench_memory());
	bench_wake(micros);
	bench_due(micros);
	bench_list(micros);
	printf("memory after it: %.1f MiB\n", bench_memory());
	cm_store_close(store);
	cm_key_free(l.log_key);
	cm_key_free(l.authority);
	return 0;
}
