// Package readers as the node uses them: real processes behind their walls, started by a parent, the key from a real keeper
// after two persons approved. What they judge, what they write, what they refuse.
#include "home.h"

#include <signal.h>
#include <unistd.h>

#include "../api/lab.h"
#include "node/jobs.h"
#include "node/node.h"
#include "node/reader_package.h"
#include "node/tab_frame.h"

#define JOBS 64

static struct home home;
static struct cm_keeper_process keeper;
static struct home_person ana = {.id = "ana", .password = "correct horse battery"};
static struct home_person bo = {.id = "bo", .password = "staple correct horse"};
static struct lab lab;
static struct cm_buf package, roots;
static char big[200001];

// -- the parent's part, on a thread of its own
static struct cm_node node;
static struct cm_ipc ends[2]; // parent's, node's
static struct cm_thread threads[2];
static struct cm_proc procs[JOBS];
static int asker = -1; // of the next jobs
static _Atomic bool kill_next; // the next reader dies before it does anything

static void
parent_tell(uint16_t type, uint32_t job, int *fd)
{
	struct cm_buf payload = cm_buf_of(64);
	cm_buf_u32be(&payload, job);
	struct cm_ipc_frame frame = {.type = type, .payload = cm_buf_view(&payload), .fd_count = fd == NULL ? 0 : 1};
	if (fd != NULL)
		frame.fds[0] = *fd;
	cm_result_ignore(cm_ipc_send(&ends[0], &frame, CM_CLOCK_NEVER, NULL), "the test ends");
	cm_buf_fini(&payload);
}

// The process is ended, and keeper and node hear of it, as the real parent does.
static void
parent_end(uint32_t job)
{
	struct cm_buf payload = cm_buf_of(4);
	cm_proc_fini(&procs[job]);
	cm_buf_u32be(&payload, job);
	struct cm_ipc_frame gone = {.type = CM_FRAME_READER_DETACH, .payload = cm_buf_view(&payload)};
	cm_result_ignore(cm_ipc_send(&keeper.parent, &gone, CM_CLOCK_NEVER, NULL), "the next release tells");
	cm_buf_fini(&payload);
	parent_tell(CM_FRAME_READER_ENDED, job, NULL);
}

static void
parent(void *arg)
{
	struct cm_ipc_frame frame;
	(void)arg;
	while (cm_ipc_recv(&ends[0], CM_CLOCK_NEVER, NULL, &frame) == CM_OK && frame.type != CM_FRAME_STOP) {
		uint32_t job = frame.payload.p[3];
		int fd = -1;
		if (frame.type == CM_FRAME_READER_START &&
		    cm_role_reader_start(&keeper.parent, job, NULL, &procs[job], &fd) == CM_OK) {
			bool dies = kill_next;
			if (dies)
				cm_proc_fini(&procs[job]);
			kill_next = false;
			parent_tell(CM_FRAME_READER_STARTED, job, &fd);
			close(fd);
			if (dies)
				parent_end(job);
		} else if (frame.type == CM_FRAME_READER_KILL) {
			parent_end(job);
		}
	}
	parent_tell(CM_FRAME_STOP, 0, NULL);
}

static void
listen_to_parent(void *arg)
{
	struct cm_ipc_frame frame;
	(void)arg;
	while (cm_ipc_recv(&ends[1], CM_CLOCK_NEVER, NULL, &frame) == CM_OK && frame.type != CM_FRAME_STOP)
		cm_jobs_parent_frame(node.jobs, &frame);
}

// -- evidence

struct evidence {
	char path[300];
	const char *id;
	struct cm_buf header; // to the MAC's LF
	uint64_t payload;     // where chunks begin
	int blob, out, court;
};

static void
seal_chunks(struct comity_seal *seal, struct cm_view plain, struct cm_buf *to)
{
	struct comity_seal_worker *worker;
	CM_AUTO uint8_t *room = cm_mem_new(COMITY_SEAL_SEALED);
	assert_int_equal(comity_seal_worker_new(seal, &worker), COMITY_OK);
	for (uint64_t i = 0; i * COMITY_SEAL_CHUNK < plain.n; i++) {
		struct cm_view part = cm_view_part(plain, (size_t)(i * COMITY_SEAL_CHUNK), COMITY_SEAL_CHUNK);
		struct comity_chunk chunk = {i, (i + 1) * COMITY_SEAL_CHUNK >= plain.n};
		assert_int_equal(comity_seal_chunk(worker, chunk, comity_outside(part), room), COMITY_OK);
		cm_buf_add(to, room, part.n + 16);
	}
	comity_seal_worker_free(worker);
}

// Sealed to the node's own key, as a delivery is.
static void
evidence_make(struct evidence *e, const char *id, struct cm_view plain)
{
	struct comity_seal *seal;
	struct comity_step step;
	struct cm_buf sealed = cm_buf_of(LAB_BYTES);
	uint8_t chance[4096];
	char recipient[CM_SEAL_TEXT];
	struct cm_seal_recipient to = home_recipient(&keeper.client);
	*e = (struct evidence){.id = id, .header = cm_buf_of(4096), .blob = -1, .out = -1, .court = -1};
	cm_seal_recipient_write(&to, recipient);
	assert_int_equal(comity_seal_new(&seal), COMITY_OK);
	assert_int_equal(comity_seal_to(seal, recipient, lab.report), COMITY_OK);
	while (comity_seal_step(seal, lab.report, &step) == COMITY_OK && step.kind != COMITY_STEP_DONE) {
		if (step.kind == COMITY_STEP_RANDOM) {
			assert_int_equal(cm_rand_bytes(chance, (size_t)step.length, NULL), CM_OK);
			assert_int_equal(comity_seal_give(seal, (struct comity_view){chance, (size_t)step.length}, lab.report), 0);
		} else
			cm_buf_view_add(&sealed, comity_inside(step.bytes));
	}
	e->payload = sealed.n;
	cm_buf_add(&e->header, sealed.p, cm_seal_header_end(cm_buf_view(&sealed)));
	seal_chunks(seal, plain, &sealed);
	comity_seal_free(seal);
	snprintf(e->path, sizeof e->path, "%s/%s.age", home.top, id);
	assert_int_equal(cm_file_replace(e->path, 0600, cm_buf_view(&sealed), NULL), CM_OK);
	assert_int_equal(cm_file_open(e->path, CM_FILE_READ, 0, NULL, &e->blob), CM_OK);
	cm_buf_fini(&sealed);
}

static void
evidence_free(struct evidence *e)
{
	cm_file_close(&e->blob);
	cm_file_close(&e->out);
	cm_file_close(&e->court);
	cm_buf_fini(&e->header);
}

static void
approve(const struct evidence *e, const char *act)
{
	struct cm_report good = {0};
	struct cm_ipc_approval approval;
	struct cm_buf text = cm_buf_of(CM_LIMIT_STATEMENT_BYTES_VALUE);
	struct cm_hash digest = cm_hash_of(cm_buf_view(&e->header));
	struct cm_ipc_statement s = home_state(&ana, act, e->id, &digest, &text);
	assert_good(cm_keeper_client_approve(&keeper.client, &s, &good, &approval), &good);
	s = home_state(&bo, act, e->id, &digest, &text);
	assert_good(cm_keeper_client_approve(&keeper.client, &s, &good, &approval), &good);
	assert_int_equal(approval.have, 2);
	cm_buf_fini(&text);
}

static cm_result
run(const struct evidence *e, enum cm_reader_package_what what, enum cm_ipc_grant grant, struct cm_report *report,
    struct cm_buf *answer)
{
	struct cm_buf payload = cm_buf_of(CM_LIMIT_FRAME_BYTES_VALUE);
	struct cm_reader_package_job job = {.what = what, .now = {LAB_NOW}, .roots = cm_buf_view(&roots)};
	struct cm_jobs_ask ask = {.release = {.grant = grant, .object = cm_view_text(e->id), .header = cm_buf_view(&e->header)},
	                          .fds = {e->blob, e->out, e->court},
	                          .fd_count = what == CM_READER_PACKAGE_BUNDLE ? 3 : 1,
	                          .asker = asker};
	job.chain_count = node.keys.keys.chain_count;
	for (size_t i = 0; i < job.chain_count; i++)
		job.chain[i] = node.keys.keys.chain[i];
	cm_reader_package_job_write(&job, &payload);
	ask.payload = cm_buf_view(&payload);
	cm_result r = cm_jobs_run(node.jobs, &ask, report, answer);
	cm_buf_fini(&payload);
	return r;
}

// The report of an answer holds this text.
static bool
says(struct cm_buf *answer, const char *text)
{
	struct cm_reader_package_told told;
	assert_true(cm_reader_package_told_read(cm_buf_view(answer), &told));
	bool found = memmem(told.report.p, told.report.n, text, strlen(text)) != NULL;
	if (!found)
		print_message("%.*s\n", CM_VIEW_ARG(told.report));
	return found;
}

static int
setup(void **state)
{
	(void)state;
	struct cm_report report = {0};
	char path[300];
	struct lab_file files[] = {{"a.txt", "hello\n"}, {"big.txt", big}, {"empty", ""}};
	int pair[2];
	memset(big, 'b', sizeof big - 1);
	home_make(&home);
	assert_good(cm_keeper_start(home.home, -1, &report, &keeper), &report);
	home_add(&keeper.client, &ana);
	home_add(&keeper.client, &bo);
	assert_good(home_login(&keeper.client, &ana, 0, &report), &report);
	assert_good(home_login(&keeper.client, &bo, 0, &report), &report);
	assert_good(cm_keeper_client_keys(&keeper.client, &report, &node.keys), &report);
	lab_init(&lab);
	package = cm_buf_of(LAB_BYTES);
	assert_int_equal(lab_pack(&lab, files, 3, &package), COMITY_OK);
	roots = cm_buf_of(CM_LIMIT_FRAME_BYTES_VALUE);
	assert_int_equal(cm_x509_pem_write(cm_buf_view(&lab.root), "CERTIFICATE", &roots), CM_OK);
	snprintf(path, sizeof path, "%s/root.pem", home.state);
	assert_int_equal(cm_file_load(path, &roots, NULL), CM_OK);
	assert_good(cm_settings_read(cm_view_text("node = xa.contact\n"), &report, &node.settings), &report);
	// The keeper answers one question at a time, so one channel serves two clients that take turns.
	cm_keeper_client_init(&node.keeper, keeper.client.channel.ipc.fd);
	assert_good(cm_ipc_pair(&report, pair), &report);
	ends[0] = cm_ipc_of(pair[0]);
	ends[1] = cm_ipc_of(pair[1]);
	cm_mutex_init(&node.parent_lock);
	node.parent = &ends[1];
	assert_good(cm_jobs_start(&node, &report, &node.jobs), &report);
	assert_good(cm_thread_start(&threads[0], "parent", parent, NULL, &report), &report);
	assert_good(cm_thread_start(&threads[1], "frames", listen_to_parent, NULL, &report), &report);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	struct cm_ipc_frame stop = {.type = CM_FRAME_STOP};
	cm_jobs_cancel(node.jobs);
	assert_int_equal(cm_ipc_send(&ends[1], &stop, CM_CLOCK_NEVER, NULL), CM_OK);
	cm_thread_join(&threads[0]);
	cm_thread_join(&threads[1]);
	cm_jobs_stop(node.jobs);
	cm_ipc_fini(&ends[0]);
	cm_ipc_fini(&ends[1]);
	cm_keeper_public_fini(&node.keys);
	cm_keeper_stop(&keeper);
	cm_buf_fini(&package);
	cm_buf_fini(&roots);
	lab_fini(&lab);
	home_remove(&home);
	return 0;
}

static void
a_sealed_package_is_judged_in_a_process_of_its_own(void **state)
{
	(void)state;
	struct cm_report good = {0};
	struct evidence e;
	struct cm_buf answer = cm_buf_of(CM_LIMIT_API_ANSWER_BYTES_VALUE);
	evidence_make(&e, "e1", cm_buf_view(&package));
	assert_refused(run(&e, CM_READER_PACKAGE_VERIFY, CM_IPC_GRANT_OPEN, report, &answer), CM_ERROR_APPROVAL_MISSING);
	approve(&e, "evidence_open");
	assert_good(run(&e, CM_READER_PACKAGE_VERIFY, CM_IPC_GRANT_OPEN, &good, &answer), &good);
	assert_true(says(&answer, "\"verdict\":\"valid\""));
	assert_true(says(&answer, "\"about\":\"data/big.txt\""));
	assert_true(says(&answer, "\"name\":\"origin\",\"state\":\"ok\""));
	assert_true(says(&answer, "\"findings\":[]"));
	cm_buf_fini(&answer);
	evidence_free(&e);
}

static void
a_changed_byte_is_named_and_the_package_refused(void **state)
{
	(void)state;
	struct cm_report good = {0};
	struct evidence e;
	int fd = -1;
	uint8_t byte;
	struct cm_buf answer = cm_buf_of(CM_LIMIT_API_ANSWER_BYTES_VALUE);
	evidence_make(&e, "e2", cm_buf_view(&package));
	assert_int_equal(cm_file_open(e.path, CM_FILE_UPDATE, 0, NULL, &fd), CM_OK);
	assert_int_equal(cm_file_pread_all(fd, e.payload + 70000, &byte, 1, NULL), CM_OK);
	byte ^= 1;
	assert_int_equal(cm_file_pwrite_all(fd, e.payload + 70000, cm_view_of(&byte, 1), NULL), CM_OK);
	cm_file_close(&fd);
	approve(&e, "evidence_open");
	assert_good(run(&e, CM_READER_PACKAGE_VERIFY, CM_IPC_GRANT_OPEN, &good, &answer), &good);
	assert_true(says(&answer, "\"verdict\":\"refused\""));
	assert_true(says(&answer, "\"rule\":\"seal_chunk\""));
	cm_buf_fini(&answer);
	evidence_free(&e);
}

static void
what_is_no_package_is_refused_by_name(void **state)
{
	(void)state;
	struct cm_report good = {0};
	struct evidence e;
	struct cm_buf answer = cm_buf_of(CM_LIMIT_API_ANSWER_BYTES_VALUE);
	evidence_make(&e, "e3", cm_view_text("not a package at all, but well sealed"));
	approve(&e, "evidence_open");
	assert_good(run(&e, CM_READER_PACKAGE_VERIFY, CM_IPC_GRANT_OPEN, &good, &answer), &good);
	assert_true(says(&answer, "\"verdict\":\"refused\""));
	assert_true(says(&answer, "\"rule\":\"zip_"));
	cm_buf_fini(&answer);
	evidence_free(&e);
}

static void
a_key_for_opening_makes_no_bundle_and_the_other_way(void **state)
{
	(void)state;
	struct evidence e;
	struct cm_buf answer = cm_buf_of(CM_LIMIT_API_ANSWER_BYTES_VALUE);
	char path[300];
	evidence_make(&e, "e4", cm_buf_view(&package));
	snprintf(path, sizeof path, "%s/none.asice", home.top);
	assert_int_equal(cm_file_open(path, CM_FILE_OUTPUT, 0600, NULL, &e.out), CM_OK);
	assert_int_equal(cm_file_open(path, CM_FILE_READ, 0, NULL, &e.court), CM_OK); // empty: no court files
	approve(&e, "evidence_open");
	assert_refused(run(&e, CM_READER_PACKAGE_BUNDLE, CM_IPC_GRANT_EXPORT, report, &answer), CM_ERROR_APPROVAL_MISSING);
	assert_refused(run(&e, CM_READER_PACKAGE_BUNDLE, CM_IPC_GRANT_OPEN, report, &answer), CM_ERROR_APPROVAL_MISSING);
	uint64_t size = 1;
	assert_int_equal(cm_file_size(e.court, NULL, &size), CM_OK);
	assert_int_equal(size, 0);
	cm_buf_fini(&answer);
	evidence_free(&e);
}

// Court files as the node collects them: a text, and something that calls itself a receipt.
static void
court_make(struct evidence *e)
{
	char path[300];
	struct cm_buf records = cm_buf_of(4096);
	cm_buf_field(&records, cm_view_text("report.txt"));
	cm_buf_field(&records, cm_view_text("who asked whom for what\n"));
	cm_buf_field(&records, cm_view_text("receipts/001.xb.contact.tlog-proof"));
	cm_buf_field(&records, cm_view_text("not a receipt"));
	snprintf(path, sizeof path, "%s/court", home.top);
	assert_int_equal(cm_file_replace(path, 0600, cm_buf_view(&records), NULL), CM_OK);
	assert_int_equal(cm_file_open(path, CM_FILE_READ, 0, NULL, &e->court), CM_OK);
	cm_buf_fini(&records);
}

static void
a_bundle_is_signed_by_the_keeper_and_holds_for_others(void **state)
{
	(void)state;
	struct cm_report good = {0};
	struct evidence e;
	struct comity_trust *trust;
	char path[300];
	struct cm_buf answer = cm_buf_of(CM_LIMIT_API_ANSWER_BYTES_VALUE), bundle = cm_buf_of(LAB_BYTES);
	evidence_make(&e, "e5", cm_buf_view(&package));
	court_make(&e);
	snprintf(path, sizeof path, "%s/bundle.asice", home.top);
	assert_int_equal(cm_file_open(path, CM_FILE_OUTPUT, 0600, NULL, &e.out), CM_OK);
	approve(&e, "evidence_export");
	assert_good(run(&e, CM_READER_PACKAGE_BUNDLE, CM_IPC_GRANT_EXPORT, &good, &answer), &good);
	assert_int_equal(cm_file_load(path, &bundle, NULL), CM_OK);
	struct cm_reader_package_told told;
	struct cm_hash hash = cm_hash_of(cm_buf_view(&bundle));
	assert_true(cm_reader_package_told_read(cm_buf_view(&answer), &told));
	assert_true(cm_hash_equal(&told.hash, &hash));
	assert_int_equal(told.bytes, bundle.n);
	assert_int_equal(comity_trust_new(&trust), COMITY_OK);
	assert_int_equal(comity_trust_add(trust, comity_outside(cm_buf_view(&roots)), lab.report), COMITY_OK);
	assert_int_equal(lab_verify(&lab, cm_buf_view(&bundle), trust), COMITY_VERDICT_VALID);
	assert_non_null(memmem(bundle.p, bundle.n, "court/receipts/001.xb.contact.tlog-proof", 40));
	assert_null(memmem(bundle.p, bundle.n, "court/proofs/", 13));
	comity_trust_free(trust);
	cm_buf_fini(&answer);
	cm_buf_fini(&bundle);
	evidence_free(&e);
}

// Three times, so that its place is free again each time (package_readers is 2).
static void
a_reader_that_dies_fails_its_job_alone(void **state)
{
	(void)state;
	struct evidence e;
	struct cm_buf answer = cm_buf_of(CM_LIMIT_API_ANSWER_BYTES_VALUE);
	evidence_make(&e, "e7", cm_buf_view(&package));
	approve(&e, "evidence_open"); // stays in force for its hour, so the work can be done again
	for (int i = 0; i < 3; i++) {
		struct cm_report why = {0};
		kill_next = true;
		cm_result r = run(&e, CM_READER_PACKAGE_VERIFY, CM_IPC_GRANT_OPEN, &why, &answer);
		assert_int_not_equal(r, CM_OK);
		// Dead before the keeper had heard of it, or after.
		assert_true(cm_report_has(&why, CM_ERROR_PROCESS_ENDED) || cm_report_has(&why, CM_ERROR_RELEASE_JOB));
	}
	struct cm_report good = {0};
	assert_good(run(&e, CM_READER_PACKAGE_VERIFY, CM_IPC_GRANT_OPEN, &good, &answer), &good);
	assert_true(says(&answer, "\"verdict\":\"valid\""));
	cm_buf_fini(&answer);
	evidence_free(&e);
}

// The approvals are in force again, as after a reader that died.
static void
who_asked_and_went_away_ends_the_job(void **state)
{
	(void)state;
	struct evidence e;
	struct cm_report why = {0}, good = {0};
	struct cm_buf answer = cm_buf_of(CM_LIMIT_API_ANSWER_BYTES_VALUE);
	int pair[2];
	evidence_make(&e, "e8", cm_buf_view(&package));
	approve(&e, "evidence_open");
	assert_good(cm_ipc_pair(&good, pair), &good);
	cm_file_close(&pair[1]);
	asker = pair[0];
	assert_int_equal(run(&e, CM_READER_PACKAGE_VERIFY, CM_IPC_GRANT_OPEN, &why, &answer), CM_FAILED);
	assert_true(cm_report_has(&why, CM_ERROR_OUTPUT_LEFT));
	cm_file_close(&pair[0]);
	asker = -1;
	assert_good(run(&e, CM_READER_PACKAGE_VERIFY, CM_IPC_GRANT_OPEN, &good, &answer), &good);
	cm_buf_fini(&answer);
	evidence_free(&e);
}

static void
a_malformed_job_fails_and_after_the_end_none_begins(void **state)
{
	(void)state;
	struct cm_report good = {0};
	struct evidence e;
	struct cm_buf answer = cm_buf_of(CM_LIMIT_API_ANSWER_BYTES_VALUE);
	evidence_make(&e, "e6", cm_buf_view(&package));
	approve(&e, "evidence_open");
	struct cm_jobs_ask ask = {
	        .release = {.grant = CM_IPC_GRANT_OPEN, .object = cm_view_text("e6"), .header = cm_buf_view(&e.header)},
	        .payload = cm_view_text("nonsense"),
	        .fds = {e.blob},
	        .fd_count = 1,
	        .asker = -1};
	assert_int_equal(cm_jobs_run(node.jobs, &ask, &good, &answer), CM_FAILED);
	assert_true(cm_report_has(&good, CM_ERROR_IPC_FRAME));
	cm_jobs_cancel(node.jobs); // nothing begins any more
	assert_refused(cm_jobs_run(node.jobs, &ask, report, &answer), CM_ERROR_NODE_BUSY);
	cm_buf_fini(&answer);
	evidence_free(&e);
}

int
main(int argc, char **argv)
{
	int code;
	if (cm_role_main(argc, argv, NULL, &code))
		return code;
	const struct CMUnitTest tests[] = {
	        T(a_sealed_package_is_judged_in_a_process_of_its_own),
	        T(a_changed_byte_is_named_and_the_package_refused),
	        T(what_is_no_package_is_refused_by_name),
	        T(a_key_for_opening_makes_no_bundle_and_the_other_way),
	        T(a_bundle_is_signed_by_the_keeper_and_holds_for_others),
	        T(a_reader_that_dies_fails_its_job_alone),
	        T(who_asked_and_went_away_ends_the_job),
	        T(a_malformed_job_fails_and_after_the_end_none_begins),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
