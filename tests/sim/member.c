// Knows: how a node is made of its real parts in this process, how it crashes and comes up again. Does not know: what it is used
// for. A crash is sudden: its threads never go on, its databases are closed as the kernel would. The functions named __wrap_…
// stand for the sockets to keeper and message reader, and for the log.
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "node/directory.h"
#include "node/hold.h"
#include "node/lawful.h"
#include "node/ipc_findings.h"
#include "node/peering.h"
#include "node/reader.h"
#include "node/tab_frame.h"
#include "os/clock.h"
#include "os/file.h"
#include "sim.h"

static void
member_copy_file(const char *from, const char *to)
{
	static char bytes[1 << 16];
	int in = open(from, O_RDONLY | O_CLOEXEC), out = in < 0 ? -1 : open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	for (ssize_t n; out >= 0 && (n = read(in, bytes, sizeof bytes)) > 0;)
		if (write(out, bytes, (size_t)n) != n)
			abort();
	if (in >= 0)
		close(in);
	if (out >= 0)
		close(out);
}

static const char *const member_files[] = {"keeper/guard", "comity.conf", "card.json"};

static void
member_database(int i, char path[512])
{
	snprintf(path, 512, "%s/db/comity.db", sim.members[i].home);
}

void
sim_member_remove(const char *home)
{
	static const char *const names[] = {"db/lock", "keeper/guard", "comity.conf",
	                                    "card.json", "blobs/in", "blobs", "db", "keeper", "log", "run", "."};
	char path[512];
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		snprintf(path, sizeof path, "%s/%s", home, names[i]);
		if (unlink(path) != 0)
			rmdir(i + 1 < sizeof names / sizeof *names ? path : home); // what is left goes with the whole folder, at the end
	}
}

// -- keeper and reader ---------------------------------------------------------------------------------------------

static cm_result
member_keeper(struct cm_keeper *keeper, const struct cm_ask *ask, struct cm_report *report)
{
	switch (ask->type) {
	case CM_FRAME_KEYS:
		return cm_keeper_sign_keys(keeper, ask->payload, report, ask->to);
	case CM_FRAME_SIGN_HI1:
		return cm_keeper_sign_hi1(keeper, ask->payload, report, ask->to);
	case CM_FRAME_SIGN_HEAD:
		return cm_keeper_sign_head(keeper, ask->payload, report, ask->to);
	case CM_FRAME_SIGN_CYCLE:
		return cm_keeper_sign_cycle(keeper, ask->payload, report, ask->to);
	default:
		return cm_report_refuse(report, CM_ERROR_IPC_FRAME, "sim", "type %u", ask->type);
	}
}

// Cards are judged once, before the seeds: each start of each node reads them all, and their signatures would take most of the
// time. The reader's answer about each is kept.
static struct cm_buf judged_cards[SIM_NODES];

static void
member_judge_card(int i)
{
	struct cm_buf job = cm_buf_of(CM_LIMIT_FRAME_BYTES_VALUE);
	struct cm_report report = {0};
	judged_cards[i] = cm_buf_of(CM_LIMIT_FRAME_BYTES_VALUE);
	cm_buf_u8(&job, CM_READER_JOB_CARD);
	cm_buf_u64be(&job, (uint64_t)(sim.calendar + sim.now));
	cm_buf_field(&job, cm_buf_view(&sim.members[i].card));
	if (cm_reader_message_handle(cm_buf_view(&job), &report, &judged_cards[i]) != CM_OK)
		sim_wrong("the card of %d is refused: %s", i, cm_error_row(report.findings[0].rule)->name);
	cm_buf_fini(&job);
}

static cm_result
member_reader(const struct cm_ask *ask, struct cm_report *report)
{
	struct cm_rd rd = cm_rd_of(ask->payload);
	bool card = cm_rd_u8(&rd) == CM_READER_JOB_CARD;
	cm_rd_u64be(&rd);
	struct cm_view json = card ? cm_rd_field(&rd) : cm_view_of(NULL, 0);
	for (int i = 0; card && i < SIM_NODES; i++)
		if (cm_view_equal(json, cm_buf_view(&sim.members[i].card))) {
			cm_buf_view_add(ask->to, cm_buf_view(&judged_cards[i]));
			return CM_OK;
		}
	return cm_reader_message_handle(ask->payload, report, ask->to);
}

cm_result __wrap_cm_ask(struct cm_ask_channel *channel, struct cm_ask *asks, size_t n, struct cm_report *report);
cm_result
__wrap_cm_ask(struct cm_ask_channel *channel, struct cm_ask *asks, size_t n, struct cm_report *report)
{
	int at = sim_fiber_node();
	(void)channel;
	(void)report;
	sim_fiber_sleep(200 + (int64_t)sim_random(20000));
	for (size_t i = 0; i < n; i++) {
		struct cm_report found = {0};
		size_t before = asks[i].to->n;
		cm_result r = asks[i].type == CM_FRAME_MESSAGE ? member_reader(&asks[i], &found)
		                                               : member_keeper(sim.members[at].keeper, &asks[i], &found);
		asks[i].ret_type = CM_FRAME_DONE;
		if (r == CM_OK)
			continue;
		asks[i].to->n = before;
		asks[i].ret_type = CM_FRAME_REFUSED;
		cm_ipc_findings_write(r, &found, asks[i].to);
	}
	return CM_OK;
}

void __wrap_cm_node_log(const char *what, const struct cm_report *report);
void
__wrap_cm_node_log(const char *what, const struct cm_report *report)
{
	const struct cm_finding *f = report != NULL && report->count > 0 ? &report->findings[0] : NULL;
	sim_trace("%d says: %s; %s %s %s", sim_fiber_node(), what, f == NULL ? "" : cm_error_row(f->rule)->name,
	          f == NULL ? "" : f->place, f == NULL ? "" : f->seen);
}

static void
member_fatal(void *self, const struct cm_report *report)
{
	(void)self;
	sim_wrong("the store of %d cannot go on: %s %s", sim_fiber_node(),
	          report->count > 0 ? cm_error_row(report->findings[0].rule)->name : "",
	          report->count > 0 ? report->findings[0].seen : "");
}

// -- up and down ---------------------------------------------------------------------------------------------------

static cm_result
member_open(int i, struct cm_node *node, struct cm_report *report)
{
	struct sim_member *m = &sim.members[i];
	snprintf(node->home, sizeof node->home, "%s", m->home);
	node->card = cm_buf_of(CM_LIMIT_CARD_BYTES_VALUE);
	cm_buf_view_add(&node->card, cm_buf_view(&m->card));
	node->card_sha256 = cm_hash_of(cm_buf_view(&node->card));
	cm_mutex_init(&node->end_lock);
	cm_cond_init(&node->end);
	cm_mutex_init(&node->own_acts_lock);
	cm_peers_init(&node->peers);
	cm_result r = cm_queue_init(&node->messages, CM_LIMIT_MESSAGE_QUEUE_VALUE);
	if (r == CM_OK)
		r = cm_directory_shelf_new(&node->directory);
	if (r == CM_OK)
		r = cm_settings_load(node->home, report, &node->settings);
	if (r == CM_OK)
		r = cm_node_name_read(cm_view_text(m->name), report, &node->name);
	if (r == CM_OK)
		r = cm_keeper_client_keys(&node->keeper, report, &node->keys);
	if (r == CM_OK)
		r = cm_reader_client_card(&node->reader, cm_buf_view(&node->card), cm_clock_utc(), report, &node->self);
	struct cm_store_options options = {.home = node->home, .node = node->name.whole, .log = &node->self.identity.log,
	                                   .sign = cm_node_sign, .reply = cm_hi1_answer_reply, .apply = cm_apply_event,
	                                   .fatal = member_fatal, .self = node, .no_tiles = 1};
	if (r == CM_OK)
		r = cm_store_open(&options, report, &node->store);
	return r;
}

// What the node's queue gets: messages that are looked at once more.
static void
member_worker(void *arg)
{
	struct cm_node *node = arg;
	for (struct cm_exchange *ex; (ex = cm_queue_take(&node->messages, CM_CLOCK_NEVER)) != NULL;)
		cm_take_message(ex);
}

static void
member_boot(void *arg)
{
	int i = (int)(intptr_t)arg;
	struct cm_report report = {0};
	struct cm_node *node = cm_mem_new(sizeof *node);
	cm_result r = member_open(i, node, &report);
	if (r == CM_OK)
		r = cm_lawful_load(node, &report);
	if (r == CM_OK)
		r = cm_peers_load(&node->peers, node->store, &node->reader, &report);
	if (r == CM_OK)
		r = cm_directory_load(node, &report);
	sim.members[i].node = node;
	if (r == CM_OK)
		r = cm_outbox_start(node, &report, &node->outbox);
	if (r == CM_OK)
		r = cm_timer_start(node, &report, &node->timer);
	for (int w = 0; w < 2; w++)
		sim_fiber_start(i, member_worker, node);
	if (r != CM_OK)
		sim_wrong("%d cannot start: %s %s %s", i, report.count > 0 ? cm_error_row(report.findings[0].rule)->name : "",
		          report.count > 0 ? report.findings[0].place : "", report.count > 0 ? report.findings[0].seen : "");
	sim_trace("%d is up", i);
}

static void
member_guard(int i)
{
	char path[512];
	struct cm_report report = {0};
	snprintf(path, sizeof path, "%s/keeper/guard", sim.members[i].home);
	memset(&sim.members[i].keeper->guard, 0, sizeof sim.members[i].keeper->guard);
	if (cm_keeper_guard_open(path, &report, &sim.members[i].keeper->guard) != CM_OK)
		sim_wrong("the guard of %d: %s", i, report.findings[0].seen);
}

void
sim_member_boot(int i)
{
	member_guard(i);
	sim_fiber_start(i, member_boot, (void *)(intptr_t)i);
}

void
sim_member_leave(int i)
{
	struct sim_member *m = &sim.members[i];
	struct cm_node *node = m->node;
	char path[512];
	sim_fiber_kill(i);
	m->life++;
	m->node = NULL;
	member_database(i, path);
	sim_disk_crash(path);
	for (size_t k = 0; k < CM_STORE_READERS; k++)
		cm_db_close(node->store->readers[k]);
	cm_db_close(node->store->check);
	cm_db_close(node->store->db);
	close(node->store->lock);
}

void
sim_member_crash(int i)
{
	sim_trace("%d crashes", i);
	sim.crashes++;
	sim_member_leave(i);
	if (sim.fault == SIM_FAULT_DISK)
		sim_judge_lose(i);
}

void
sim_member_move(int i, const char *to)
{
	struct sim_member *m = &sim.members[i];
	char a[512], b[512];
	for (size_t k = 0; k < 5; k++) {
		static const char *const folders[] = {"", "/db", "/keeper", "/log", "/run"};
		snprintf(b, sizeof b, "%s%s", to, folders[k]);
		mkdir(b, 0700);
	}
	for (size_t k = 0; k < sizeof member_files / sizeof *member_files; k++) {
		snprintf(a, sizeof a, "%s/%s", m->home, member_files[k]);
		snprintf(b, sizeof b, "%s/%s", to, member_files[k]);
		member_copy_file(a, b);
	}
	member_database(i, a);
	snprintf(m->home, sizeof m->home, "%s", to);
	member_database(i, b);
	sim_disk_move(a, b);
	if (m->node == NULL)
		return;
	snprintf(m->node->home, sizeof m->node->home, "%s", to);
	snprintf(m->node->store->home, sizeof m->node->store->home, "%s", to);
	snprintf(m->node->store->path, sizeof m->node->store->path, "%s", b);
	member_guard(i);
}

// -- once, before the seeds ----------------------------------------------------------------------------------------

static void
member_peers(void *arg)
{
	int i = (int)(intptr_t)arg;
	struct cm_report report = {0};
	struct cm_node *node = cm_mem_new(sizeof *node);
	cm_result r = member_open(i, node, &report);
	struct cm_change *change = cm_change_new(cm_clock_utc());
	for (int k = 0; k < SIM_NODES; k++) {
		struct cm_store_peer row = {.node = cm_view_text(sim.members[k].name), .state = cm_view_text("confirmed"),
		                            .card = cm_buf_view(&sim.members[k].card),
		                            .created = cm_clock_utc(), .changed = cm_clock_utc()};
		row.title = row.address = row.node;
		if (k != i)
			cm_change_peer(change, &row);
	}
	if (r == CM_OK)
		r = cm_store_submit_wait(node->store, change, &report, NULL, NULL);
	if (r != CM_OK)
		sim_wrong("template %d: %s %s", i, cm_error_row(report.findings[0].rule)->name, report.findings[0].seen);
	else
		cm_store_close(node->store);
}

bool
sim_member_template(const char *home, int i)
{
	struct sim_member *m = &sim.members[i];
	struct cm_report report = {0};
	struct cm_buf pass = cm_buf_of_secret(4096);
	char path[512];
	m->keeper = calloc(1, sizeof *m->keeper);
	m->card = cm_buf_of(CM_LIMIT_CARD_BYTES_VALUE);
	snprintf(m->home, sizeof m->home, "%s/x%c", home, 'a' + i);
	snprintf(m->name, sizeof m->name, "x%c.contact", 'a' + i);
	snprintf(path, sizeof path, "%s/card.json", m->home);
	cm_result r = cm_file_load(path, &m->card, &report);
	if (r == CM_OK)
		r = cm_keeper_keys_pass(m->home, -1, &report, &pass);
	if (r == CM_OK)
		r = cm_keeper_keys_open(m->home, cm_buf_view(&pass), &report, &m->keeper->keys);
	if (r != CM_OK)
		fprintf(stderr, "%s: %s %s\n", m->home, report.findings[0].place, report.findings[0].seen);
	cm_buf_fini(&pass);
	if (r == CM_OK)
		member_judge_card(i);
	return r == CM_OK && sim.wrong == NULL;
}

void
sim_member_fill(int i)
{
	member_guard(i);
	sim_fiber_start(i, member_peers, (void *)(intptr_t)i);
}
