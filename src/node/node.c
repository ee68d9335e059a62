// Knows: what a running node is made of and in which order it comes up and goes down. Does not know: what any part does.
// Order: settings and keys, walls, store, client, listeners, threads, READY.
#include "node/lawful.h"
#include "node/node.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/tab_limit.h"
#include "base/text.h"
#include "crypto/setup.h"
#include "node/event.h"
#include "node/exchange.h"
#include "node/hi1_answer.h"
#include "node/jobs.h"
#include "node/outbox.h"
#include "node/own_acts.h"
#include "node/output.h"
#include "node/directory.h"
#include "node/persons.h"
#include "node/pull.h"
#include "node/renewal.h"
#include "node/tab_frame.h"
#include "node/take.h"
#include "node/stream.h"
#include "node/timer.h"
#include "node/tls_key.h"
#include "os/clock.h"
#include "os/rand.h"
#include "os/thread.h"

// -- what parts call -----------------------------------------------------------------------------------------------

void
cm_node_end(struct cm_node *node, cm_result why)
{
	CM_MUTEX_HOLD(&node->end_lock);
	if (!node->ending)
		node->ended_by = why;
	node->ending = true;
	cm_cond_wake_all(&node->end);
}

void
cm_node_stir(struct cm_node *node)
{
	if (node->outbox != NULL)
		cm_outbox_stir(node->outbox);
	if (node->pull != NULL)
		cm_pull_stir(node->pull);
	if (node->timer != NULL)
		cm_timer_stir(node->timer);
}

void
cm_node_log(const char *what, const struct cm_report *report)
{
	char now[CM_INSTANT_TEXT];
	struct cm_buf CM_CLEANUP(cm_buf_fini) line = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE);
	cm_buf_printf(&line, "%s %s", cm_instant_text(cm_clock_utc(), now), what);
	for (size_t i = 0; report != NULL && i < report->count; i++) {
		const struct cm_finding *f = &report->findings[i];
		cm_buf_printf(&line, "; %s: %s %s", cm_error_row(f->rule)->name, f->place, f->seen);
	}
	cm_buf_u8(&line, '\n');
	cm_result_ignore(cm_file_write_all(2, cm_buf_view(&line), NULL), "a log that cannot be written stops nothing");
}

cm_result
cm_node_uuid(char to[37], struct cm_report *report)
{
	char one[1][37];
	cm_result r = cm_node_uuids(one, 1, report);
	if (r == CM_OK)
		memcpy(to, one[0], sizeof one[0]);
	return r;
}

cm_result
cm_node_uuids(char to[][37], size_t n, struct cm_report *report)
{
	uint8_t bytes[CM_NODE_UUIDS][16];
	struct cm_instant now = cm_clock_utc();
	cm_result r = n > CM_NODE_UUIDS ? CM_BUG : cm_rand_bytes(bytes, n * sizeof bytes[0], report);
	for (size_t i = 0; r == CM_OK && i < n; i++)
		cm_text_uuid_at(now, bytes[i], to[i]);
	return r;
}

// -- the store's hooks ---------------------------------------------------------------------------------------------

cm_result
cm_node_sign(void *self, const struct cm_store_sign *job, struct cm_report *report, struct cm_store_signed *ret_signed)
{
	struct cm_node *node = self;
	struct cm_buf CM_CLEANUP(cm_buf_fini) note = cm_buf_of(sizeof ret_signed->note);
	struct cm_key_signature sig = {.b = {0}};
	struct cm_ipc_cycle cycle = {
	        .acts = {.root = job->batch_root, .count = job->batch_count, .time = job->batch_time},
	        .head = {.origin = job->origin, .head = job->newer, .proof = job->consistency},
	};
	cm_result r = job->batch_count == 0
	                      ? cm_keeper_client_sign_head(&node->keeper, &cycle.head, report, &note)
	                      : cm_keeper_client_sign_cycle(&node->keeper, &cycle, report, &sig, &note);
	if (r != CM_OK)
		return r;
	memcpy(ret_signed->batch_signature, sig.b, sizeof sig.b);
	ret_signed->certificate = node->self.identity.sign_certificate;
	memcpy(ret_signed->note, note.p, note.n);
	ret_signed->note_n = note.n;
	return CM_OK;
}

static void
cm_node_fatal(void *self, const struct cm_report *report)
{
	cm_node_log("the store cannot go on", report);
	cm_node_end(self, CM_FAILED);
}

// -- workers -------------------------------------------------------------------------------------------------------

static void
cm_node_peer_worker(void *arg)
{
	struct cm_node *node = arg;
	for (struct cm_exchange *ex; (ex = cm_queue_take(&node->messages, CM_CLOCK_NEVER)) != NULL;)
		cm_do_peer(ex);
}

static void
cm_node_call_worker(void *arg)
{
	struct cm_node *node = arg;
	for (struct cm_exchange *ex; (ex = cm_queue_take(&node->calls, CM_CLOCK_NEVER)) != NULL;)
		cm_do_admin(ex);
}

// A message reader that hangs on what it reads must not make the node deaf.
static void
cm_node_reader_lost(void *arg)
{
	struct cm_node *node = arg;
	struct cm_ipc_frame frame = {.type = CM_FRAME_MESSAGE_KILL};
	struct cm_report report = {0};
	cm_node_log("the message reader does not answer; another one is asked for", &report);
	CM_MUTEX_HOLD(&node->parent_lock);
	cm_result_ignore(cm_ipc_send(node->parent, &frame, cm_clock_after(CM_LIMIT_PROCESS_STOP_S_VALUE * CM_INSTANT_SECOND), NULL),
	                 "a parent that is gone ends this process too");
}

// The parent's frames: told to stop, a new message reader, package readers.
static void
cm_node_parent_worker(void *arg)
{
	struct cm_node *node = arg;
	struct cm_ipc_frame frame;
	while (cm_ipc_recv(node->parent, CM_CLOCK_NEVER, NULL, &frame) == CM_OK) {
		if (frame.type == CM_FRAME_STOP)
			break;
		if (frame.type == CM_FRAME_MESSAGE_READER && frame.fd_count == 1) {
			cm_reader_client_renew(&node->reader, frame.fds[0]);
			continue;
		}
		cm_jobs_parent_frame(node->jobs, &frame);
	}
	cm_node_end(node, CM_OK);
}

#define CM_NODE_CALL_WORKERS 16

struct cm_node_threads {
	struct cm_thread peers[CM_LIMIT_PEER_WORKERS_VALUE], calls[CM_NODE_CALL_WORKERS], parent;
	size_t peer_count;
};

// -- up ------------------------------------------------------------------------------------------------------------

static cm_result
cm_node_load(struct cm_node *node, struct cm_report *report)
{
	char path[CM_FILE_PATH];
	struct cm_view name;
	cm_result r = cm_settings_load(node->home, report, &node->settings);
	node->started = cm_clock_utc();
	if (r == CM_OK) {
		name = cm_view_text(cm_settings_text(&node->settings, CM_SETTING_NODE));
		r = cm_node_name_read(name, report, &node->name);
	}
	if (r == CM_OK)
		r = cm_lawful_load(node, report);
	if (r == CM_OK)
		r = cm_keeper_client_keys(&node->keeper, report, &node->keys);
	if (r == CM_OK)
		r = cm_file_path(path, sizeof path, node->home, "card.json", report);
	if (r == CM_OK)
		r = cm_file_load(path, &node->card, report);
	node->card_sha256 = cm_hash_of(cm_buf_view(&node->card));
	if (r == CM_OK)
		r = cm_reader_client_card(&node->reader, cm_buf_view(&node->card), cm_clock_utc(), report, &node->self);
	if (r == CM_OK && strcmp(node->self.identity.node, node->name.whole) != 0)
		r = cm_report_refuse(report, CM_ERROR_NODE_NAME, "card.json", "%s", node->self.identity.node);
	if (r == CM_OK && !cm_view_equal(node->self.sign_certificate, node->keys.keys.chain[0]))
		r = cm_report_refuse(report, CM_ERROR_CARD_STALE, "card.json", "%s", node->self.identity.node);
	return r;
}

static void
cm_node_kept(void *self)
{
	struct cm_node *node = self;
	cm_stream_stir(node->stream);
	if (node->timer != NULL)
		cm_timer_kept(node->timer);
}

static cm_result
cm_node_open_store(struct cm_node *node, struct cm_report *report)
{
	struct cm_store_options options = {
	        .home = node->home,
	        .node = node->name.whole,
	        .log = &node->self.identity.log,
	        .sign = cm_node_sign,
	        .reply = cm_hi1_answer_reply,
	        .apply = cm_apply_event,
	        .fatal = cm_node_fatal,
	        .kept = cm_node_kept,
	        .self = node,
	};
	cm_result r = cm_stream_start(node, report, &node->stream);
	if (r == CM_OK)
		r = cm_store_open(&options, report, &node->store);
	if (r == CM_OK && cm_store_stale(node->store))
		r = cm_store_rebuild(node->store, report);
	if (r == CM_OK)
		r = cm_peers_load(&node->peers, node->store, &node->reader, report);
	if (r == CM_OK)
		r = cm_directory_load(node, report);
	if (r == CM_OK)
		r = cm_own_acts_card(node, report);
	return r == CM_OK ? cm_own_acts_persons(node, NULL, NULL, report) : r;
}

static cm_result
cm_node_open_client(struct cm_node *node, struct cm_report *report)
{
	char pair[CM_FILE_PATH];
	struct cm_buf CM_CLEANUP(cm_buf_fini) pem = cm_buf_of_secret(CM_LIMIT_CARD_BYTES_VALUE);
	cm_result r = cm_file_path(pair, sizeof pair, node->home, CM_TLS_KEY_FILE, report);
	struct cm_client_options options = {.key_file = pair, .chain_file = pair};
	if (r == CM_OK)
		r = cm_tls_key_ready(node->home, &node->keeper, &node->keys.keys, report, &pem);
	node->tls_due = cm_tls_key_due(cm_buf_view(&pem), &node->keys.keys);
	return r == CM_OK ? cm_client_new(&options, report, &node->client) : r;
}

// run/addresses.json: where the listeners really are, for commands and scripts; CM_SETTINGS_LAST_ADDRESS: for the next start, so
// that a port the system chose stays the same.
static cm_result
cm_node_tell_addresses(struct cm_node *node, struct cm_report *report)
{
	char path[CM_FILE_PATH];
	struct cm_buf CM_CLEANUP(cm_buf_fini) text = cm_buf_of(CM_LIMIT_CARD_BYTES_VALUE);
	const char *url = cm_settings_text(&node->settings, CM_SETTING_PUBLIC_URL);
	snprintf(node->endpoint, sizeof node->endpoint, "%s%s", *url == 0 ? "https://" : "",
	         *url == 0 ? cm_server_address(node->peer_server) : url);
	cm_buf_printf(&text, "{\"admin\":\"%s\",\"node\":\"%s\",\"peer\":\"%s\",\"url\":\"%s\"}\n",
	              cm_server_address(node->admin_server), node->name.whole, cm_server_address(node->peer_server),
	              node->endpoint);
	cm_result r = cm_file_path(path, sizeof path, node->home, "run/addresses.json", report);
	if (r == CM_OK)
		r = cm_file_replace(path, 0600, cm_buf_view(&text), report);
	if (r == CM_OK)
		r = cm_file_path(path, sizeof path, node->home, CM_SETTINGS_LAST_ADDRESS, report);
	return r == CM_OK ? cm_file_replace(path, 0600, cm_view_text(cm_server_address(node->peer_server)), report) : r;
}

static cm_result
cm_node_start_threads(struct cm_node *node, struct cm_node_threads *threads, struct cm_report *report)
{
	cm_result r = cm_outbox_start(node, report, &node->outbox);
	if (r == CM_OK)
		r = cm_jobs_start(node, report, &node->jobs);
	if (r == CM_OK)
		r = cm_pull_start(node, report, &node->pull);
	if (r == CM_OK)
		r = cm_timer_start(node, report, &node->timer);
	if (r == CM_OK)
		r = cm_output_start(node->output, report);
	if (r == CM_OK) // when all that a message stirs is there
		r = cm_serve_start(node, report);
	if (r == CM_OK)
		r = cm_node_tell_addresses(node, report);
	if (r == CM_OK)
		r = cm_renewal_start(node, report, &node->renewal);
	// Last those who take exchanges: by now all that they use is there.
	threads->peer_count = (size_t)cm_settings_number(&node->settings, CM_SETTING_PEER_THREADS);
	threads->peer_count = threads->peer_count < CM_LIMIT_PEER_WORKERS_VALUE ? threads->peer_count
	                                                                         : CM_LIMIT_PEER_WORKERS_VALUE;
	for (size_t i = 0; r == CM_OK && i < threads->peer_count; i++)
		r = cm_thread_start(&threads->peers[i], "peer-worker", cm_node_peer_worker, node, report);
	for (size_t i = 0; r == CM_OK && i < CM_NODE_CALL_WORKERS; i++)
		r = cm_thread_start(&threads->calls[i], "call-worker", cm_node_call_worker, node, report);
	if (r == CM_OK)
		r = cm_thread_start(&threads->parent, "parent", cm_node_parent_worker, node, report);
	return r;
}

// -- down ----------------------------------------------------------------------------------------------------------

static void
cm_node_stop(struct cm_node *node, struct cm_node_threads *threads)
{
	cm_stream_stop(node->stream); // its readers would be waited for
	if (node->admin_server != NULL)
		cm_server_stop(node->admin_server);
	if (node->peer_server != NULL)
		cm_server_stop(node->peer_server);
	cm_timer_stop(node->timer);
	cm_pull_stop(node->pull);
	cm_outbox_end(node->outbox);  // nobody waits for an answer any more
	cm_client_stop(node->client); // ends every call under way
	cm_renewal_stop(node->renewal);
	cm_jobs_cancel(node->jobs);   // whoever waits for one comes back
	cm_queue_close(&node->messages);
	cm_queue_close(&node->calls);
	for (size_t i = 0; i < threads->peer_count; i++)
		cm_thread_join(&threads->peers[i]);
	for (size_t i = 0; i < CM_NODE_CALL_WORKERS; i++)
		cm_thread_join(&threads->calls[i]);
	cm_outbox_stop(node->outbox);
	cm_output_stop(node->output);
	cm_ipc_deafen(node->parent); // its frames are for the jobs
	cm_thread_join(&threads->parent);
	cm_jobs_stop(node->jobs);
	cm_store_close(node->store); // the last changes stir those that have stopped
	cm_timer_free(node->timer);
	cm_pull_free(node->pull);
	cm_outbox_free(node->outbox);
	cm_client_free(node->client);
	cm_server_free(node->admin_server);
	cm_server_free(node->peer_server);
	cm_stream_free(node->stream);
	cm_persons_free(node->persons);
	cm_directory_shelf_free(node->directory);
}

static cm_result
cm_node_run(struct cm_node *node, struct cm_node_start *start, struct cm_node_threads *threads,
            struct cm_report *report)
{
	struct cm_sandbox_done done;
	cm_result r = cm_output_open(node, report, &node->output);
	if (r == CM_OK)
		r = cm_role_node_walls(node->home, report, &done);
	if (r == CM_OK)
		r = cm_node_load(node, report);
	if (r == CM_OK)
		r = cm_node_open_client(node, report);
	if (r == CM_OK)
		r = cm_node_open_store(node, report);
	if (r == CM_OK)
		r = cm_node_start_threads(node, threads, report);
	if (r == CM_OK)
		r = cm_role_ready(&start->parent, &done, report);
	if (r != CM_OK)
		return r;
	cm_mutex_lock(&node->end_lock);
	while (!node->ending)
		cm_cond_wait(&node->end, &node->end_lock, CM_CLOCK_NEVER);
	r = node->ended_by;
	cm_mutex_unlock(&node->end_lock);
	return r;
}

cm_result
cm_node_main(struct cm_node_start *start, struct cm_report *report)
{
	struct cm_node *node = cm_mem_new(sizeof *node);
	struct cm_node_threads *threads = cm_mem_new(sizeof *threads);
	cm_result r = node == NULL || threads == NULL ? CM_NOMEM : cm_setup_init();
	if (r != CM_OK)
		return r;
	signal(SIGPIPE, SIG_IGN);
	snprintf(node->home, sizeof node->home, "%s", start->home);
	node->card = cm_buf_of(CM_LIMIT_CARD_BYTES_VALUE);
	node->parent = &start->parent;
	cm_mutex_init(&node->peering_lock);
	cm_mutex_init(&node->numbers.lock);
	cm_mutex_init(&node->parent_lock);
	cm_mutex_init(&node->end_lock);
	cm_mutex_init(&node->own_acts_lock);
	cm_cond_init(&node->end);
	cm_peers_init(&node->peers);
	cm_keeper_client_init(&node->keeper, start->keeper_fd);
	cm_reader_client_init(&node->reader, start->message_fd);
	node->reader.channel.lost = cm_node_reader_lost;
	node->reader.channel.self = node;
	r = cm_queue_init(&node->messages, CM_LIMIT_MESSAGE_QUEUE_VALUE);
	if (r == CM_OK)
		r = cm_queue_init(&node->calls, CM_LIMIT_MESSAGE_QUEUE_VALUE);
	if (r == CM_OK)
		r = cm_persons_new(&node->persons);
	if (r == CM_OK)
		r = cm_directory_shelf_new(&node->directory);
	if (r == CM_OK)
		r = cm_node_run(node, start, threads, report);
	cm_node_stop(node, threads);
	if (r != CM_OK)
		cm_role_failed(&start->parent, r, report);
	// The process ends now; what is left belongs to the kernel.
	cm_keeper_client_fini(&node->keeper);
	cm_reader_client_fini(&node->reader);
	return r;
}
