// All processes of a node, started by the real parent, with a node that was taken over: behind the node's walls and with the
// node's descriptors it tries what an attacker wants. What to try stands in HOME/comity.conf, the outcome in HOME/run/outcome.
#include "home.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hooks.h"
#include "node/ipc_findings.h"
#include "node/parent.h"
#include "node/tab_frame.h"

static struct home home;

// -- the taken node

struct taken {
	struct cm_node_start *start;
	struct cm_keeper_client keeper;
	struct cm_ipc message;
};

static void
outcome(const struct taken *t, const char *text)
{
	char path[CM_FILE_PATH];
	if (cm_file_path(path, sizeof path, t->start->home, "run/outcome", NULL) == CM_OK)
		cm_result_ignore(cm_file_replace(path, 0600, cm_view_text(text), NULL), "the test sees that it is missing");
}

// The class and first rule of a call's result, as one word.
static void
outcome_call(const struct taken *t, cm_result r, const struct cm_report *report)
{
	outcome(t, report->count > 0 ? cm_error_row(report->findings[0].rule)->name : cm_result_name(r));
}

static void
try_open(struct taken *t, const char *name)
{
	char path[CM_FILE_PATH];
	snprintf(path, sizeof path, "%.900s/%s", t->start->home, name);
	int fd = open(path, O_RDONLY);
	outcome(t, fd >= 0 ? "opened" : errno == EACCES ? "denied" : "failed");
}

// Memory of the keeper and everybody near: their numbers follow the parent's.
static void
try_proc_mem(struct taken *t)
{
	for (int pid = getppid(); pid < getppid() + 30; pid++) {
		char path[64];
		snprintf(path, sizeof path, "/proc/%d/mem", pid);
		if (open(path, O_RDONLY) >= 0) {
			outcome(t, "opened");
			return;
		}
	}
	outcome(t, open("/proc/self/mem", O_RDONLY) >= 0 ? "opened" : errno == EACCES ? "denied" : "failed");
}

static void
try_untyped(struct taken *t, uint16_t type)
{
	struct cm_report report = {0};
	struct cm_ipc_frame frame = {.type = type, .id = 9, .payload = cm_view_text("sign me, whatever I am")}, reply;
	cm_result r = cm_ipc_send(&t->keeper.channel.ipc, &frame, CM_CLOCK_NEVER, &report);
	if (r == CM_OK)
		r = cm_ipc_recv(&t->keeper.channel.ipc, CM_CLOCK_NEVER, &report, &reply);
	if (r == CM_OK && reply.type == CM_FRAME_REFUSED)
		r = cm_ipc_findings_read(reply.payload, &report);
	outcome_call(t, r, &report);
}

static void
try_roll_back(struct taken *t)
{
	struct cm_report report = {0};
	struct cm_buf note = cm_buf_of(4096);
	struct cm_ipc_head head = {.origin = cm_view_text(HOME_ORIGIN), .head = {.size = 2}};
	cm_result r = cm_keeper_client_sign_head(&t->keeper, &head, &report, &note);
	head.head.size = 1;
	if (r == CM_OK)
		r = cm_keeper_client_sign_head(&t->keeper, &head, &report, &note);
	outcome_call(t, r, &report);
	cm_buf_fini(&note);
}

// A session and approvals that the node made up.
static void
try_approve(struct taken *t)
{
	struct cm_report report = {0};
	struct cm_ipc_approval approval;
	struct home_person nobody = {.id = "ana"};
	struct cm_hash digest = cm_hash_of(cm_view_text("header"));
	struct cm_buf text = cm_buf_of(CM_LIMIT_STATEMENT_BYTES_VALUE);
	struct cm_ipc_statement s = home_state(&nobody, "evidence_open", "e1", &digest, &text);
	outcome_call(t, cm_keeper_client_approve(&t->keeper, &s, &report, &approval), &report);
	cm_buf_fini(&text);
}

// A second person that the node made up: it knows the sealing recipient, so it can seal an enrolment.
static void
try_add_person(struct taken *t)
{
	struct cm_report report = {0};
	char id[CM_IPC_PERSON_ID];
	struct home_person eve = {.id = "eve", .password = "made up by the node"};
	struct cm_buf sealed = cm_buf_of(CM_LIMIT_SEALED_LOGIN_VALUE);
	home_enrolment(&t->keeper, &eve, &sealed);
	outcome_call(t, cm_keeper_client_person_add(&t->keeper, cm_buf_view(&sealed), &report, id), &report);
	cm_buf_fini(&sealed);
}

// Starts a package reader as the node may, then asks for a file key nobody approved.
static void
try_release(struct taken *t)
{
	struct cm_report report = {0};
	struct cm_ipc_frame reply;
	struct cm_seal_random random;
	struct cm_seal_recipient recipient = home_recipient(&t->keeper);
	struct cm_buf header = cm_buf_of(4096), job = cm_buf_of(4);
	home_random(&random);
	cm_buf_u32be(&job, 1);
	struct cm_ipc_frame ask = {.type = CM_FRAME_READER_START, .payload = cm_buf_view(&job)};
	cm_result r = cm_seal_header_write(&recipient, 1, &random, &report, &header);
	header.n -= CM_SEAL_NONCE;
	if (r == CM_OK)
		r = cm_ipc_send(&t->start->parent, &ask, CM_CLOCK_NEVER, &report);
	if (r == CM_OK)
		r = cm_ipc_recv(&t->start->parent, CM_CLOCK_NEVER, &report, &reply);
	if (r == CM_OK && (reply.type != CM_FRAME_READER_STARTED || reply.fd_count != 1))
		r = CM_BUG;
	struct cm_ipc_release release = {.job = 1, .grant = CM_IPC_GRANT_OPEN, .object = cm_view_text("e1"),
	        .header = cm_buf_view(&header)};
	if (r == CM_OK)
		r = cm_keeper_client_release(&t->keeper, &release, &report);
	outcome_call(t, r, &report);
	cm_buf_fini(&header);
	cm_buf_fini(&job);
}

// Kills the message reader by a forbidden call inside it, and waits for the new one.
static void
try_reader_death(struct taken *t)
{
	struct cm_ipc_frame frame = {.type = CM_FRAME_MESSAGE, .id = 1, .payload = cm_view_text("die")}, reply;
	const char *text = "failed";
	cm_result r = cm_ipc_send(&t->message, &frame, CM_CLOCK_NEVER, NULL);
	if (r == CM_OK && cm_ipc_recv(&t->message, CM_CLOCK_NEVER, NULL, &reply) == CM_OK)
		text = "the reader answered";
	else if (cm_ipc_recv(&t->start->parent, CM_CLOCK_NEVER, NULL, &reply) == CM_OK &&
	         reply.type == CM_FRAME_MESSAGE_READER && reply.fd_count == 1) {
		struct cm_ipc fresh = cm_ipc_of(reply.fds[0]);
		frame.payload = cm_view_text("hello");
		if (cm_ipc_send(&fresh, &frame, CM_CLOCK_NEVER, NULL) == CM_OK &&
		    cm_ipc_recv(&fresh, CM_CLOCK_NEVER, NULL, &reply) == CM_OK && reply.type == CM_FRAME_DONE)
			text = "started again";
		cm_ipc_fini(&fresh);
	}
	outcome(t, text);
}

// Kills every message reader it gets, until the parent has had enough.
static void
try_restarts(struct taken *t)
{
	struct cm_ipc_frame frame = {.type = CM_FRAME_MESSAGE, .payload = cm_view_text("die")}, reply;
	while (cm_ipc_send(&t->message, &frame, CM_CLOCK_NEVER, NULL) == CM_OK) {
		cm_ipc_fini(&t->message);
		if (cm_ipc_recv(&t->start->parent, CM_CLOCK_NEVER, NULL, &reply) != CM_OK || reply.fd_count != 1)
			return;
		t->message = cm_ipc_of(reply.fds[0]);
	}
}

static void
try_attach(struct taken *t)
{
	outcome(t, "alive");
	if (ptrace(PTRACE_ATTACH, getppid() + 1, NULL, NULL) == 0)
		outcome(t, "attached");
	outcome(t, "not killed");
}

static void
try_read_memory(struct taken *t)
{
	char to[16];
	struct iovec here = {to, sizeof to}, there = {&home, sizeof to};
	outcome(t, "alive");
	ssize_t n = process_vm_readv(getppid() + 1, &here, 1, &there, 1, 0);
	outcome(t, n > 0 ? "read" : "not killed");
}

static void
try_exec(struct taken *t)
{
	outcome(t, "alive");
	execl("/bin/true", "true", (char *)NULL);
	outcome(t, "not killed");
}

static void
attack(struct taken *t, struct cm_view what)
{
	if (cm_view_is(what, "keys"))
		try_open(t, "keeper/sign.p8");
	else if (cm_view_is(what, "credential"))
		try_open(t, "keeper/credential");
	else if (cm_view_is(what, "guard"))
		try_open(t, "keeper/guard");
	else if (cm_view_is(what, "mem"))
		try_proc_mem(t);
	else if (cm_view_is(what, "untyped"))
		try_untyped(t, 4000);
	else if (cm_view_is(what, "filekey"))
		try_untyped(t, CM_FRAME_FILE_KEY);
	else if (cm_view_is(what, "rollback"))
		try_roll_back(t);
	else if (cm_view_is(what, "approve"))
		try_approve(t);
	else if (cm_view_is(what, "person"))
		try_add_person(t);
	else if (cm_view_is(what, "release"))
		try_release(t);
	else if (cm_view_is(what, "reader"))
		try_reader_death(t);
	else if (cm_view_is(what, "restarts"))
		try_restarts(t);
	else if (cm_view_is(what, "attach"))
		try_attach(t);
	else if (cm_view_is(what, "readmem"))
		try_read_memory(t);
	else if (cm_view_is(what, "exec"))
		try_exec(t);
}

// Behind the node's own walls it does what it was told, then waits for STOP, or just ends.
cm_result
cm_node_main(struct cm_node_start *start, struct cm_report *report)
{
	char path[CM_FILE_PATH];
	struct cm_sandbox_done done;
	struct cm_ipc_frame frame;
	struct cm_buf what = cm_buf_of(64);
	struct taken t = {.start = start, .message = cm_ipc_of(start->message_fd)};
	cm_keeper_client_init(&t.keeper, start->keeper_fd);
	cm_result r = cm_role_node_walls(start->home, report, &done);
	if (r == CM_OK)
		r = cm_role_ready(&start->parent, &done, report);
	if (r == CM_OK)
		r = cm_file_path(path, sizeof path, start->home, "comity.conf", report);
	if (r == CM_OK)
		r = cm_file_load(path, &what, report);
	if (r == CM_OK)
		attack(&t, cm_buf_view(&what));
	while (r == CM_OK && cm_view_is(cm_buf_view(&what), "wait") &&
	       cm_ipc_recv(&start->parent, CM_CLOCK_NEVER, NULL, &frame) == CM_OK && frame.type != CM_FRAME_STOP)
		cm_ipc_frame_close(&frame);
	cm_buf_fini(&what);
	cm_ipc_fini(&t.message);
	cm_keeper_client_fini(&t.keeper);
	return r;
}

// -- the tests

static void
tell(const char *what)
{
	char path[300];
	snprintf(path, sizeof path, "%s/comity.conf", home.home);
	assert_int_equal(cm_file_replace(path, 0600, cm_view_text(what), NULL), CM_OK);
	snprintf(path, sizeof path, "%s/run/outcome", home.home);
	assert_int_equal(cm_file_remove(path, NULL), CM_OK);
}

static void
terminate(void *self, enum cm_parent_news news, const char *text)
{
	(void)self;
	if (news == CM_PARENT_READY && text[0] != 0)
		print_message("not protected: %s\n", text);
	if (news == CM_PARENT_READY)
		kill(getpid(), SIGTERM);
}

static void
quiet(void *self, enum cm_parent_news news, const char *text)
{
	(void)self;
	if (news == CM_PARENT_TROUBLE)
		print_message("%s\n", text);
}

// Runs the parent in a process of its own; gives its result, and its last finding's text.
static cm_result
run_parent(void (*say)(void *, enum cm_parent_news, const char *), char why[CM_REPORT_SEEN])
{
	struct cm_report report = {0};
	struct cm_parent_options options = {.home = home.home, .pass_fd = -1, .say = say};
	cm_result r = cm_parent_run(&options, &report);
	why[0] = 0;
	if (report.count > 0)
		memcpy(why, report.findings[report.count - 1].seen, CM_REPORT_SEEN);
	return r;
}

static void
assert_outcome(const char *what, const char *expected, const char *end)
{
	char path[300], why[CM_REPORT_SEEN];
	struct cm_buf got = cm_buf_of(64);
	tell(what);
	assert_int_equal(run_parent(quiet, why), CM_FAILED); // the taken node ends by itself or is killed
	print_message("%s: ", what);
	if (strstr(why, end) == NULL)
		print_message("%s\n", why);
	assert_non_null(strstr(why, end));
	snprintf(path, sizeof path, "%s/run/outcome", home.home);
	cm_result_ignore(cm_file_load(path, &got, NULL), "a missing outcome is empty and fails below");
	print_message("%s, %s\n", cm_buf_cstr(&got), why);
	assert_view_is(cm_buf_view(&got), expected);
	cm_buf_fini(&got);
}

static int
setup(void **state)
{
	(void)state;
	struct cm_report report = {0};
	struct cm_keeper_process keeper;
	struct home_person ana = {.id = "ana", .password = "correct horse battery"};
	struct home_person bo = {.id = "bo", .password = "staple correct horse"};
	struct cm_ipc_head head = {.origin = cm_view_text(HOME_ORIGIN), .head = {.size = 2}};
	struct cm_buf note = cm_buf_of(4096);
	home_make(&home);
	assert_good(cm_keeper_start(home.home, -1, &report, &keeper), &report);
	home_add(&keeper.client, &ana);
	home_add(&keeper.client, &bo);
	assert_good(cm_keeper_client_sign_head(&keeper.client, &head, &report, &note), &report);
	cm_buf_fini(&note);
	cm_keeper_stop(&keeper);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	home_remove(&home);
	return 0;
}

static void
all_processes_start_and_stop_at_sigterm(void **state)
{
	(void)state;
	char why[CM_REPORT_SEEN];
	tell("wait");
	assert_int_equal(run_parent(terminate, why), CM_OK);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); // nobody is left
	assert_int_equal(errno, ECHILD);
}

static void
a_taken_node_reaches_no_key_and_no_memory(void **state)
{
	(void)state;
	if (cm_sandbox_landlock_abi() == 0)
		print_message("skipped: this kernel has no Landlock, files and /proc are not tried\n");
	else {
		assert_outcome("keys", "denied", "code 0");
		assert_outcome("credential", "denied", "code 0");
		assert_outcome("guard", "denied", "code 0");
		assert_outcome("mem", "denied", "code 0");
	}
	if (!cm_sandbox_seccomp_has()) {
		print_message("skipped: this kernel cannot filter system calls\n");
		return;
	}
	assert_outcome("attach", "alive", "signal 31 (a forbidden system call)");
	assert_outcome("readmem", "alive", "signal 31 (a forbidden system call)");
	assert_outcome("exec", "alive", "signal 31 (a forbidden system call)");
}

static void
a_taken_node_cannot_sign_roll_back_approve_or_open(void **state)
{
	(void)state;
	assert_outcome("untyped", "keeper_purpose", "code 0");
	assert_outcome("filekey", "keeper_purpose", "code 0");
	assert_outcome("rollback", "guard_smaller", "code 0");
	assert_outcome("approve", "session_unknown", "code 0");
	assert_outcome("person", "person_approval", "code 0");
	assert_outcome("release", "approval_missing", "code 0");
}

static void
a_message_reader_that_dies_is_started_again(void **state)
{
	(void)state;
	if (!cm_sandbox_seccomp_has()) {
		print_message("skipped: this kernel cannot filter system calls\n");
		skip();
	}
	assert_outcome("reader", "started again", "code 0");
}

// The keeper is the parent's first child.
static void
kill_keeper(void *self, enum cm_parent_news news, const char *text)
{
	char path[64], pids[64] = "";
	(void)self;
	(void)text;
	if (news != CM_PARENT_READY)
		return;
	snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
	int fd = open(path, O_RDONLY);
	if (fd >= 0 && read(fd, pids, sizeof pids - 1) > 0)
		kill((pid_t)strtol(pids, NULL, 10), SIGKILL);
	if (fd >= 0)
		close(fd);
}

static void
a_dead_keeper_stops_everything_and_says_so(void **state)
{
	(void)state;
	char why[CM_REPORT_SEEN];
	tell("wait");
	assert_int_equal(run_parent(kill_keeper, why), CM_FAILED);
	assert_non_null(strstr(why, "keeper was ended by signal 9"));
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

static void
a_message_reader_that_dies_again_and_again_stops_the_node(void **state)
{
	(void)state;
	struct cm_report report = {0};
	struct cm_parent_options options = {.home = home.home, .pass_fd = -1};
	if (!cm_sandbox_seccomp_has()) {
		print_message("skipped: this kernel cannot filter system calls\n");
		skip();
	}
	tell("restarts");
	assert_int_equal(cm_parent_run(&options, &report), CM_FAILED);
	assert_true(cm_report_has(&report, CM_ERROR_PROCESS_RESTARTS));
}

static void
keys_that_cannot_be_unlocked_stop_the_start_with_a_clear_text(void **state)
{
	(void)state;
	char path[300];
	struct cm_report report = {0};
	snprintf(path, sizeof path, "%s/keeper/credential", home.home);
	assert_int_equal(cm_file_replace(path, 0400, cm_view_text("wrong"), NULL), CM_OK);
	struct cm_parent_options options = {.home = home.home, .pass_fd = -1};
	assert_int_equal(cm_parent_run(&options, &report), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_KEEPER_UNLOCK));
}

int
main(int argc, char **argv)
{
	int code;
	if (cm_role_main(argc, argv, NULL, &code))
		return code;
	const struct CMUnitTest tests[] = {
	        T(all_processes_start_and_stop_at_sigterm),
	        T(a_taken_node_reaches_no_key_and_no_memory),
	        T(a_taken_node_cannot_sign_roll_back_approve_or_open),
	        T(a_message_reader_that_dies_is_started_again),
	        T(a_message_reader_that_dies_again_and_again_stops_the_node),
	        T(a_dead_keeper_stops_everything_and_says_so),
	        T(keys_that_cannot_be_unlocked_stop_the_start_with_a_clear_text),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
