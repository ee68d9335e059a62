// Load and judge for the kill tests of the store.
//   store_load run HOME GUARD ACKS ROUND [WRITERS [CHANGES]]   sends changes; each acknowledged one is a line in ACKS
//   store_load check HOME GUARD ACKS                           opens, checks everything against ACKS, waits for HOME/log
// ACKS is the client's own memory: index, leaf hash, digest of the answer, transaction. Exit 0: all is well.
#include <pthread.h>

#include "base/num.h"
#include "domain/log_check.h"
#include "../bench/store_local.h"

#define MAX_WRITERS 64
#define ACK_LINE 256

static struct cm_store *store;
static int acks;
static uint64_t per_writer = UINT64_MAX;
static const char *round_name;

struct waiter {
	pthread_mutex_t lock;
	pthread_cond_t done;
	bool over, good;
	const char *transaction;
};

// What came is written down before anybody else is told, as a client would.
static void
answered(void *context, const struct cm_store_outcome *outcome)
{
	struct waiter *w = context;
	char line[ACK_LINE], leaf[65], answer[65];
	pthread_mutex_lock(&w->lock);
	w->good = outcome->result == CM_OK;
	if (w->good && !outcome->repeated) {
		struct cm_hash digest = cm_hash_of(outcome->answer);
		cm_hex_text(cm_hash_view(&digest), answer);
		cm_hex_text(cm_hash_view(&outcome->receipts[0].act->leaf), leaf);
		int n = snprintf(line, sizeof line, "%llu %s %s %s\n",
		                 (unsigned long long)outcome->receipts[0].act->index, leaf, answer, w->transaction);
		if (write(acks, line, (size_t)n) != n)
			_exit(6);
	}
	w->over = true;
	pthread_cond_signal(&w->done);
	pthread_mutex_unlock(&w->lock);
}

static void *
write_acts(void *arg)
{
	char name[64];
	for (uint64_t i = 0; i < per_writer; i++) {
		struct waiter w = {.lock = PTHREAD_MUTEX_INITIALIZER, .done = PTHREAD_COND_INITIALIZER,
		                   .transaction = name};
		snprintf(name, sizeof name, "%s-%zu-%llu", round_name, (size_t)arg, (unsigned long long)i);
		if (cm_store_submit(store, local_change(name), answered, &w, NULL) != CM_OK)
			return NULL;
		pthread_mutex_lock(&w.lock);
		while (!w.over)
			pthread_cond_wait(&w.done, &w.lock);
		pthread_mutex_unlock(&w.lock);
		if (!w.good)
			return NULL;
	}
	return NULL;
}

static int
run(size_t writers)
{
	pthread_t threads[MAX_WRITERS];
	for (size_t i = 0; i < writers; i++)
		if (pthread_create(&threads[i], NULL, write_acts, (void *)i) != 0)
			local_die("thread", NULL);
	for (size_t i = 0; i < writers; i++)
		pthread_join(threads[i], NULL);
	return 0;
}

// Is what was acknowledged there, unchanged?
static void
check_ack(const char *line, size_t number)
{
	unsigned long long index;
	char leaf[80], answer[80], transaction[80], hex[65];
	struct cm_report report = {0};
	struct cm_store_receipt_page *page;
	const struct cm_store_receipt *receipt;
	if (sscanf(line, "%llu %79s %79s %79s", &index, leaf, answer, transaction) != 4)
		return; // the last line may be cut by the kill
	if (cm_store_act_by_index(store, index, &report, &page, &receipt) != CM_OK || receipt == NULL)
		local_die("an acknowledged act is not there", &report);
	cm_hex_text(cm_hash_view(&receipt->act->leaf), hex);
	if (strcmp(hex, leaf) != 0)
		local_die("an acknowledged act is another one now", NULL);
	cm_store_receipt_page_free(page);
	struct cm_store_page *rows;
	const struct cm_store_reply *reply;
	if (cm_store_reply(store, cm_view_text("xb.contact"), cm_view_text(transaction), &report, &rows, &reply) != CM_OK ||
	    reply == NULL)
		local_die("the answer is not there", &report);
	struct cm_hash digest = cm_hash_of(reply->answer);
	cm_hex_text(cm_hash_view(&digest), hex);
	if (strcmp(hex, answer) != 0)
		local_die("the answer is another one now", NULL);
	cm_store_page_free(rows);
	(void)number;
}

static cm_result
fetch(void *self, const char *name, struct cm_report *report, struct cm_buf *to)
{
	char path[1024];
	snprintf(path, sizeof path, "%s/log/%s", (const char *)self, name);
	return cm_file_load(path, to, report);
}

static int
check(struct local *l, char *home, const char *ack_file)
{
	static struct cm_report report;
	char line[ACK_LINE];
	size_t count = 0;
	struct cm_store_figures f;
	if (cm_store_check(store, &report) != CM_OK)
		local_die("the register in the database is damaged", &report);
	FILE *file = fopen(ack_file, "r");
	while (file != NULL && fgets(line, sizeof line, file) != NULL)
		check_ack(line, count++);
	if (file != NULL)
		fclose(file);
	cm_store_figures(store, &f);
	if (cm_tiles_wait(store, f.size, cm_clock_after(10 * CM_INSTANT_SECOND), &report) != CM_OK)
		local_die("HOME/log does not follow", &report);
	cm_store_close(store);
	struct cm_log_check check = {.fetch = fetch, .self = home, .keys = &l->log, .key_count = 1};
	struct cm_log_check_told told = {0};
	if (f.size != 0 && cm_log_check_run(&check, &report, &told) != CM_OK)
		local_die("fsck", &report);
	printf("%zu acknowledged, %llu in the register\n", count, (unsigned long long)f.size);
	return 0;
}

int
main(int argc, char **argv)
{
	static struct cm_report report;
	struct local l;
	uint64_t writers = 4;
	if (argc < 5)
		return 2;
	bool running = strcmp(argv[1], "run") == 0;
	if (argc > 6 && !cm_num_u64(cm_view_text(argv[6]), 1, MAX_WRITERS, &writers))
		return 2;
	if (argc > 7 && !cm_num_u64(cm_view_text(argv[7]), 1, UINT64_MAX, &per_writer))
		return 2;
	round_name = argc > 5 ? argv[5] : "";
	acks = open(argv[4], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	local_init(&l, argv[2], argv[3]);
	if (cm_store_open(&l.options, &report, &store) != CM_OK)
		local_die("open", &report);
	if (!running)
		return check(&l, argv[2], argv[4]);
	int code = run((size_t)writers);
	cm_store_close(store);
	return code;
}
