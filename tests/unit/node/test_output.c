// The socket where a command hands over the descriptor of a bundle: only for a job that a person asked for, only one that
// nobody can read from.
#include "home.h"

#include <unistd.h>

#include "node/ipc_findings.h"
#include "node/output.h"
#include "os/local.h"

static struct home home;
static struct cm_node node;

static int
setup(void **state)
{
	(void)state;
	struct cm_report report = {0};
	char path[CM_FILE_PATH];
	assert_good(cm_dir_temp(home.top, sizeof home.top, &report), &report);
	snprintf(path, sizeof path, "%s/run", home.top);
	assert_good(cm_dir_make(path, 0700, &report), &report);
	snprintf(node.home, sizeof node.home, "%s", home.top);
	assert_good(cm_output_open(&node, &report, &node.output), &report);
	assert_good(cm_output_start(node.output, &report), &report);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	cm_output_stop(node.output);
	home_remove(&home);
	return 0;
}

// What the node says to a frame with this job and descriptor.
static cm_result
hand_over(const char *job, int fd, struct cm_report *report)
{
	char path[CM_FILE_PATH];
	int socket = -1;
	struct cm_ipc_frame answer, ask = {.type = 1, .payload = cm_view_text(job), .fds = {fd}, .fd_count = fd < 0 ? 0 : 1};
	snprintf(path, sizeof path, "%s/run/output.sock", home.top);
	assert_int_equal(cm_local_connect(path, report, &socket), CM_OK);
	struct cm_ipc ipc = cm_ipc_of(socket);
	cm_result r = cm_ipc_send(&ipc, &ask, CM_CLOCK_NEVER, report);
	if (r == CM_OK)
		r = cm_ipc_recv(&ipc, CM_CLOCK_NEVER, report, &answer);
	assert_int_equal(r, CM_OK);
	assert_int_equal(answer.type, 2);
	r = cm_ipc_findings_read(answer.payload, report);
	cm_ipc_fini(&ipc);
	return r;
}

static void
a_descriptor_that_can_be_read_from_is_refused(void **state)
{
	(void)state;
	struct cm_report good = {0};
	char path[CM_FILE_PATH], job[CM_OUTPUT_JOB];
	int fd = -1;
	struct cm_buf shown = cm_buf_of(4096);
	struct cm_json_put put = cm_json_put_of(&shown);
	assert_good(cm_output_expect(node.output, "e1", "ana", &good, job), &good);
	assert_int_equal(strlen(job), 32);
	snprintf(path, sizeof path, "%s/out", home.top);
	assert_good(cm_file_open(path, CM_FILE_UPDATE, 0600, &good, &fd), &good);
	assert_refused(hand_over(job, fd, report), CM_ERROR_OUTPUT_WAY);
	cm_file_close(&fd);
	assert_good(cm_file_open(path, CM_FILE_READ, 0, &good, &fd), &good);
	assert_refused(hand_over(job, fd, report), CM_ERROR_OUTPUT_WAY);
	cm_file_close(&fd);
	assert_true(cm_output_show(node.output, job, &put)); // it waits on for a good one
	assert_non_null(strstr(cm_buf_cstr(&shown), "\"state\":\"waits\""));
	cm_buf_fini(&shown);
}

static void
a_job_that_nobody_asked_for_is_refused(void **state)
{
	(void)state;
	struct cm_report good = {0};
	char path[CM_FILE_PATH];
	int fd = -1;
	snprintf(path, sizeof path, "%s/out2", home.top);
	assert_good(cm_file_open(path, CM_FILE_OUTPUT, 0600, &good, &fd), &good);
	assert_refused(hand_over("00000000000000000000000000000000", fd, report), CM_ERROR_HTTP_NOT_FOUND);
	assert_refused(hand_over("", fd, report), CM_ERROR_HTTP_NOT_FOUND);
	assert_refused(hand_over("00000000000000000000000000000000", -1, report), CM_ERROR_HTTP_NOT_FOUND);
	cm_file_close(&fd);
}

// Many who connect and say nothing: somebody who knows what he wants is heard meanwhile.
static void
silent_callers_hold_up_nobody(void **state)
{
	(void)state;
	char path[CM_FILE_PATH];
	int silent[20];
	struct cm_report good = {0};
	snprintf(path, sizeof path, "%s/run/output.sock", home.top);
	int64_t begun = cm_clock_mono();
	for (size_t i = 0; i < sizeof silent / sizeof *silent; i++)
		assert_good(cm_local_connect(path, &good, &silent[i]), &good);
	assert_refused(hand_over("00000000000000000000000000000000", -1, report), CM_ERROR_HTTP_NOT_FOUND);
	assert_true(cm_clock_mono() - begun < 8 * CM_INSTANT_SECOND); // each was waited for a second, one after the other
	for (size_t i = 0; i < sizeof silent / sizeof *silent; i++)
		cm_file_close(&silent[i]);
}

static void
more_jobs_than_places_are_refused(void **state)
{
	(void)state;
	char job[CM_OUTPUT_JOB];
	struct cm_report said = {0};
	cm_result r = CM_OK;
	for (size_t i = 0; r == CM_OK && i < 100; i++)
		r = cm_output_expect(node.output, "e1", "ana", &said, job);
	assert_int_equal(r, CM_REFUSED);
	assert_true(cm_report_has(&said, CM_ERROR_NODE_BUSY));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	        T(a_descriptor_that_can_be_read_from_is_refused),
	        T(a_job_that_nobody_asked_for_is_refused),
	        T(silent_callers_hold_up_nobody),
	        T(more_jobs_than_places_are_refused),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
